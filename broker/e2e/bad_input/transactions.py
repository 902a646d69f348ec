"""Transactions: what comes too late, producer epochs at their end, ids and timeouts that are none."""

import struct
import time

import testing
import transaction_wire as transactions
import wire
from bad_input.table import PATIENCE, row
from wire import frame, header

LAST_EPOCH = 32_766
REFUSALS = {transactions.INVALID_PRODUCER_EPOCH, transactions.INVALID_TXN_STATE, transactions.PRODUCER_FENCED,
            transactions.TRANSACTION_ABORTABLE}


def persisted(ask):
    """The answer of ask(), asked again while the coordinator is not ready or a marker is on its way."""
    deadline = time.monotonic() + PATIENCE
    while (answer := ask())[0] in transactions.NOT_YET:
        assert time.monotonic() < deadline, answer
        time.sleep(0.002)
    return answer


def begun(connection, transactional_id, timeout_ms=60_000):
    """(producer id, epoch) that InitProducerId gives."""
    connection.ask(transactions.find_transaction_coordinator(transactional_id))
    error, producer, epoch = persisted(lambda: transactions.read_init_producer_id(connection.ask(
        transactions.init_producer_id(transactional_id, timeout_ms))))
    assert error == wire.NONE, error
    return producer, epoch


def add(connection, transactional_id, producer, topic):
    return persisted(lambda: (transactions.read_add_partition(connection.ask(
        transactions.add_partition(transactional_id, producer, topic))),))[0]


def end(connection, transactional_id, producer, commit):
    return persisted(lambda: (transactions.read_end(connection.ask(
        transactions.end(transactional_id, producer, commit))),))[0]


def produce(connection, transactional_id, producer, topic, sequence):
    return persisted(lambda: wire.read_produce(connection.ask(wire.produce(
        topic, transactions.batch(producer, sequence), transactional_id=transactional_id))))[0]


def attributes(bench, topic):
    """Of every batch of the topic's one partition."""
    batches = wire.batches(testing.read_all(bench.broker, topic))
    return [struct.unpack_from(">h", batch, 21)[0] for _, _, batch in batches]


def markers(bench, topic):
    return sum(each & transactions.CONTROL != 0 for each in attributes(bench, topic))


@row("B127", "late-produce")
def _(bench):
    """A batch that was held up until its transaction had been aborted for running out of time."""
    bench.create("late-produce")
    with bench.connect() as connection:
        producer = begun(connection, "late", timeout_ms=100)
        assert add(connection, "late", producer, "late-produce") == wire.NONE
        assert produce(connection, "late", producer, "late-produce", 0) == wire.NONE
        testing.await_true(lambda: markers(bench, "late-produce") == 1, PATIENCE, "the transaction is aborted")
        error = produce(connection, "late", producer, "late-produce", 1)
        assert error in REFUSALS, error
        assert end(connection, "late", producer, True) in REFUSALS
    assert attributes(bench, "late-produce") == [transactions.TRANSACTIONAL,
                                                 transactions.TRANSACTIONAL | transactions.CONTROL]


def climbed(connection, ids, epoch):
    """The producers of the ids, all of that epoch: each InitProducerId takes the next one. Side by side, since each
    waits for its record in the log."""
    producers = {id: begun(connection, id) for id in ids}
    for expected in range(1, epoch + 1):
        for id in ids:
            connection.send(transactions.init_producer_id(id))
        answers = [transactions.read_init_producer_id(connection.receive()) for _ in ids]
        for id, answer in zip(ids, answers):
            after = begun(connection, id) if answer[0] in transactions.NOT_YET else answer[1:]
            assert after == (producers[id][0], expected), (id, answer, after)
            producers[id] = after
    return producers


@row("B128", "epoch-end", grows_kib=64 << 10)
def _(bench):
    """The last epochs, ended in each way: then there is a new producer id, from whose epochs everything works."""
    bench.create("epoch-end")
    endings = ("commit", "abort", "time-out", "nothing")
    with bench.connect() as connection:
        climbers = climbed(connection, endings, LAST_EPOCH - 2)
        for ending in endings:
            first = climbers[ending]
            producer = begun(connection, ending, 500 if ending == "time-out" else 60_000)
            assert producer == (first[0], LAST_EPOCH - 1), (first, producer)
            if ending != "nothing":
                before = markers(bench, "epoch-end")
                assert add(connection, ending, producer, "epoch-end") == wire.NONE
                assert produce(connection, ending, producer, "epoch-end", 0) == wire.NONE
                if ending != "time-out":
                    assert end(connection, ending, producer, ending == "commit") == wire.NONE
                testing.await_true(lambda: markers(bench, "epoch-end") == before + 1, PATIENCE, "the transaction ends")
            for _ in range(3):
                after = begun(connection, ending)
                assert 0 <= after[1] <= LAST_EPOCH and after > producer, (producer, after)
                producer = after
            assert producer[0] != first[0], "a new producer id follows"
            before = markers(bench, "epoch-end")
            assert add(connection, ending, producer, "epoch-end") == wire.NONE
            assert produce(connection, ending, producer, "epoch-end", 0) == wire.NONE
            assert end(connection, ending, producer, True) == wire.NONE
            testing.await_true(lambda: markers(bench, "epoch-end") == before + 1, PATIENCE, "and it is not stuck")


@row("B128b", "txn-words")
def _(bench):
    """An empty id, timeouts out of bounds, producers that nobody knows, partitions and ends out of turn."""
    bench.create("txn-words")
    with bench.connect() as connection:
        producer = begun(connection, "words")

        def init(transactional_id, timeout_ms):
            return transactions.read_init_producer_id(connection.ask(
                transactions.init_producer_id(transactional_id, timeout_ms)))[0]

        assert init("", 60_000) == 42  # INVALID_REQUEST
        for timeout_ms in (0, -1, 900_001, 0x7FFFFFFF, -0x80000000):
            assert init("words", timeout_ms) == transactions.INVALID_TRANSACTION_TIMEOUT, timeout_ms
        strangers = ((producer[0] + 1000, 0), (producer[0], producer[1] + 1), (producer[0], -1), (-1, -1))
        known_refusals = {transactions.INVALID_PRODUCER_ID_MAPPING, *REFUSALS}
        for stranger in strangers:
            assert add(connection, "words", stranger, "txn-words") in known_refusals, stranger
            assert end(connection, "words", stranger, False) in known_refusals, stranger
        assert end(connection, "never seen", producer, False) in known_refusals
        assert end(connection, "words", producer, True) == transactions.INVALID_TXN_STATE
        assert add(connection, "words", producer, "no-such-topic") == 3  # UNKNOWN_TOPIC_OR_PARTITION
        # A transactional batch without a transaction, or without its id.
        for transactional_id in ("words", None):
            error = produce(connection, transactional_id, producer, "txn-words", 0)
            assert error in {*REFUSALS, 53, 42}, error
    assert attributes(bench, "txn-words") == []


# LeaderAndIsr, StopReplica, UpdateMetadata, ControlledShutdown; Vote, BeginQuorumEpoch, EndQuorumEpoch, AlterPartition,
# Envelope, FetchSnapshot; BrokerRegistration, BrokerHeartbeat, AllocateProducerIds, ControllerRegistration,
# AssignReplicasToDirs.
OF_NODES = (4, 5, 6, 7, 52, 53, 54, 56, 58, 59, 62, 63, 67, 70, 73)


@row("B130", "inter-broker")
def _(bench):
    """What nodes tell each other, from a client: what is not served closes. Markers are taken from who may connect, as
    there is no authorizer yet, but never one that is too old or for a partition that is not there."""
    for key in OF_NODES:
        for version in range(5):
            bench.closes(frame(header(key, version) + bytes(64)))
            bench.closes(frame(header(key, version, flexible=True) + bytes(64)))
    bench.create("inter-broker")
    with bench.connect() as connection:
        old = begun(connection, "inter")
        producer = begun(connection, "inter")
        assert add(connection, "inter", producer, "inter-broker") == wire.NONE
        assert produce(connection, "inter", producer, "inter-broker", 0) == wire.NONE

        def write(*marker, topic="inter-broker", partition=0):
            reply = connection.ask(transactions.write_marker(*marker, topic, partition), flexible=True)
            return transactions.read_write_marker(reply, topic)

        assert write(old, False) == transactions.INVALID_PRODUCER_EPOCH
        for wrong in ((producer[0], -1), (producer[0], -0x8000), (-1, -1), (-1, 0), (-2, 0), (-1 << 63, 0)):
            assert write(wrong, True) == 87, wrong  # INVALID_RECORD
        for partition in (1, -1, 0x7FFFFFFF):
            assert write(producer, False, partition=partition) == 3  # UNKNOWN_TOPIC_OR_PARTITION
        assert write(producer, False, topic="no-such-topic") == 3
        assert markers(bench, "inter-broker") == 0
        assert end(connection, "inter", producer, True) == wire.NONE
    testing.await_true(lambda: markers(bench, "inter-broker") == 1, PATIENCE, "the transaction ends as it was told")


@row("B125", "txnid-flood", grows_kib=128 << 10)
def _(bench):
    """Transactional ids that nobody uses again; a part of the flood of 1,000,000 that the limit is stated for."""
    with bench.connect() as connection:
        begun(connection, "flood")
        for number in range(20_000):
            error, _, _ = persisted(lambda id=f"flood {number}": transactions.read_init_producer_id(
                connection.ask(transactions.init_producer_id(id))))
            assert error == wire.NONE, error
