"""Request bodies: lengths that lie, text that is none, and every broken form of every valid request."""

import json

import testing
import wire
from bad_input.table import closes, row
from wire import METADATA, PRODUCE, array, compact, frame, header, i16, i32, string, u32, uvarint

FIND_COORDINATOR, OFFSET_FETCH, DESCRIBE_GROUPS = 10, 9, 15
INVALID_TOPIC, INVALID_REQUEST = 17, 42


def metadata_12(count, topics=b""):
    return frame(header(METADATA, 12, flexible=True) + count + topics + b"\0\0\0")


closes("B40", "array-intmax", frame(header(METADATA, 1) + u32(0x7FFFFFFF)), grows_kib=64 + 1024)
closes("B41", "compact-array-max", metadata_12(bytes.fromhex("ffffffff0f")))


@row("B43", "array-heavy", grows_kib=2 * (100 << 10))
def _(bench):
    count = (100 << 20) // 2 - 100
    with bench.cpu(1):
        reply = bench.answers_or_closes(frame(header(METADATA, 1) + i32(count) + bytes(2 * count)))
    assert reply is None or len(reply) < 1 << 20, f"a reply of {len(reply)} bytes"


@row("B44", "array-minus-two")
def _(bench):
    """Kafka's own reader takes any negative count as null where null is allowed; where it is not, it closes."""
    bench.answers_or_closes(frame(header(METADATA, 1) + u32(0xFFFFFFFE)))
    bench.closes(frame(header(wire.CREATE_TOPICS, 2) + u32(0xFFFFFFFE) + i32(1000) + b"\0"))


closes("B46", "string-long", metadata_12(uvarint(2), bytes(16) + uvarint(40_001) + b"x" * 40_000 + b"\0"))


@row("B47", "utf8-bad")
def _(bench):
    """Refused as a name, or as no text at all: no reply could carry it."""
    for name in (b"\xc3\x28", b"\xc0\xaf", b"\xed\xa0\x80"):
        reply = bench.answers_or_closes(wire.create_topics([(name, 1, 1, {})]))
        assert reply is None or wire.i16(INVALID_TOPIC) in reply, reply


@row("B49", "keys-million", grows_kib=2 * (8 << 10))
def _(bench):
    keys = 1_000_000
    with bench.cpu(1):
        bench.answers_or_closes(frame(header(FIND_COORDINATOR, 4, flexible=True) + b"\0" + uvarint(keys + 1) +
                                      compact("g") * keys + b"\0"), flexible=True)
        bench.answers_or_closes(frame(header(OFFSET_FETCH, 8, flexible=True) + uvarint(keys + 1) +
                                      (compact("g") + b"\0\0") * keys + b"\0\0"), flexible=True)
        bench.answers_or_closes(frame(header(DESCRIBE_GROUPS, 0) + array([string("g")] * keys)))


@row("B50", "bool-odd")
def _(bench):
    """0x7F is true, as in Kafka: the topic is created."""
    request = frame(header(METADATA, 4) + array([string("odd-bool")]) + b"\x7f")
    with bench.connect() as connection:
        testing.await_true(lambda: wire.i16(0) + wire.string("odd-bool") in connection.ask(request), 60,
                           "the topic is created")


closes("B56", "pos-wrap",
       # Metadata 1: one topic name that is longer than all; Produce 9: a records field that wraps at 2^32 and at 2^64
       frame(header(METADATA, 1) + array([i16(0x7FFF) + b"x"])),
       *(frame(header(PRODUCE, 9, flexible=True) + b"\0" + i16(-1) + i32(1000) + b"\x02" + compact("target") + b"\x02" +
               i32(0) + length + b"x" * 50) for length in (
                   bytes.fromhex("f0ffffff0f"), bytes.fromhex("ffffffff0f"), bytes.fromhex("f0ffffffffffffffff01"),
                   bytes.fromhex("ffffffff07"))))


@row("B56b", "records-length-negative")
def _(bench):
    """A nullable field: any negative length is null, and null records are refused."""
    body = string(None) + i16(-1) + i32(1000) + array([string("target") + array([i32(0) + u32(0xFFFFFFF0)])])
    reply = bench.answers_or_closes(frame(header(PRODUCE, 3) + body))
    assert reply is None or wire.read_produce(reply)[0] in (87, 2), reply


# ---- every broken form of every request -----------------------------------------------------------------------------

API_OF = {
    "ProduceRequest": 0, "FetchRequest": 1, "ListOffsetsRequest": 2, "MetadataRequest": 3,
    "OffsetCommitRequest": 8, "OffsetFetchRequest": 9, "FindCoordinatorRequest": 10, "JoinGroupRequest": 11,
    "HeartbeatRequest": 12, "LeaveGroupRequest": 13, "SyncGroupRequest": 14, "DescribeGroupsRequest": 15,
    "ListGroupsRequest": 16, "DeleteGroupsRequest": 42, "OffsetDeleteRequest": 47, "ApiVersionsRequest": 18,
    "CreateTopicsRequest": 19, "DeleteTopicsRequest": 20, "DeleteRecordsRequest": 21, "InitProducerIdRequest": 22,
    "OffsetForLeaderEpochRequest": 23, "DescribeConfigsRequest": 32, "AlterConfigsRequest": 33,
    "DescribeLogDirsRequest": 35, "CreatePartitionsRequest": 37, "IncrementalAlterConfigsRequest": 44,
    "AddPartitionsToTxnRequest": 24, "AddOffsetsToTxnRequest": 25, "EndTxnRequest": 26, "WriteTxnMarkersRequest": 27,
    "TxnOffsetCommitRequest": 28, "DescribeTransactionsRequest": 65, "ListTransactionsRequest": 66,
    "ConsumerGroupHeartbeatRequest": 68, "ConsumerGroupDescribeRequest": 69,
    "DescribeClusterRequest": 60, "DescribeProducersRequest": 61, "DescribeTopicPartitionsRequest": 75,
}
NEVER = 1 << 15
FIRST_FLEXIBLE = {
    "ProduceRequest": 9, "FetchRequest": 12, "ListOffsetsRequest": 6, "MetadataRequest": 9,
    "OffsetCommitRequest": 8, "OffsetFetchRequest": 6, "FindCoordinatorRequest": 3, "JoinGroupRequest": 6,
    "HeartbeatRequest": 4, "LeaveGroupRequest": 4, "SyncGroupRequest": 4, "DescribeGroupsRequest": 5,
    "ListGroupsRequest": 3, "DeleteGroupsRequest": 2, "OffsetDeleteRequest": NEVER, "ApiVersionsRequest": 3,
    "CreateTopicsRequest": 5, "DeleteTopicsRequest": 4, "DeleteRecordsRequest": 2, "InitProducerIdRequest": 2,
    "OffsetForLeaderEpochRequest": 4, "DescribeConfigsRequest": 4, "AlterConfigsRequest": 2,
    "DescribeLogDirsRequest": 2, "CreatePartitionsRequest": 2, "IncrementalAlterConfigsRequest": 1,
    "AddPartitionsToTxnRequest": 3, "AddOffsetsToTxnRequest": 3, "EndTxnRequest": 3, "WriteTxnMarkersRequest": 1,
    "TxnOffsetCommitRequest": 3, "DescribeTransactionsRequest": 0, "ListTransactionsRequest": 0,
    "ConsumerGroupHeartbeatRequest": 0, "ConsumerGroupDescribeRequest": 0,
    "DescribeClusterRequest": 0, "DescribeProducersRequest": 0, "DescribeTopicPartitionsRequest": 0,
}


def golden_requests():
    """(message, version, body) of every request in the golden vectors."""
    for path in sorted((testing.ROOT / "net/wire/testdata").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            vector = json.loads(line)
            if vector["message"].endswith("Request"):
                yield vector["message"], vector["version"], bytes.fromhex(vector["hex"])


def request_of(message, version, body):
    return frame(header(API_OF[message], version, flexible=version >= FIRST_FLEXIBLE[message]) + body)


def all_requests(bench):
    """Every API and version that the broker serves, from the golden vectors, and some requests that do something."""
    with bench.connect() as connection:
        _, served = wire.read_api_versions(connection.ask(wire.api_versions()))
    missing = {(api, version) for api, (low, high) in served.items() for version in range(low, high + 1)}
    requests = []
    for message, version, body in golden_requests():
        api = API_OF[message]
        if api in served and served[api][0] <= version <= served[api][1]:
            missing.discard((api, version))
            requests.append((f"{message} {version}", request_of(message, version, body)))
    assert not missing, f"no golden vector of these APIs and versions: {sorted(missing)}"
    batch = wire.batch([wire.record(b"k", b"v", i) for i in range(3)])
    for version in (3, 5, 7):
        requests.append((f"live Produce {version}", wire.produce("mangled", batch, version=version)))
    requests.append(("live Fetch", wire.fetch("mangled", 0)))
    requests.append(("live ListOffsets", wire.list_offsets("mangled", -1)))
    requests.append(("live Metadata", wire.metadata(["mangled"], version=4)))
    return requests


@row("B52", "truncate-all", grows_kib=64 << 10)
def _(bench):
    bench.create("mangled")
    bench.shoot("truncate", all_requests(bench))


@row("B53", "flip-all", grows_kib=256 << 10)
def _(bench):
    """A flip may leave a valid request that does what it says, e.g. creates a topic; so memory is judged loosely."""
    bench.shoot("flip", all_requests(bench))


@row("B55", "cross-api", grows_kib=64 << 10)
def _(bench):
    ends = {}
    for message, version, body in golden_requests():
        low, high = ends.setdefault(message, [(version, body), (version, body)])
        ends[message] = [low if low[0] <= version else (version, body), high if high[0] >= version else (version, body)]
    requests = [(f"body of {other} {body_version} as {message} {version}", request_of(message, version, body))
                for message in ends for version, _ in ends[message]
                for other in ends if other != message for body_version, body in ends[other]]
    bench.shoot("whole", requests)
