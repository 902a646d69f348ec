"""Record batches, sent with Produce version 3."""

import struct
import zlib

import testing
import wire
from bad_input.table import refused_batches, row
from wire import batch, record

NONE, CORRUPT, TIMED_OUT, TOO_LARGE, LIST_TOO_LARGE = 0, 2, 7, 10, 18
INVALID_TIMESTAMP, OUT_OF_ORDER, INVALID_EPOCH, BAD_CODEC, INVALID_RECORD = 32, 45, 47, 76, 87
GZIP, SNAPPY, LZ4, ZSTD = 1, 2, 3, 4

refused_batches("B61", "old-magic", {INVALID_RECORD}, wire.message_set(0), wire.message_set(1))
refused_batches("B62", "future-magic", {INVALID_RECORD, CORRUPT}, batch(magic=3), batch(magic=-1))
refused_batches("B64", "no-batch", {INVALID_RECORD}, None, b"")
refused_batches("B65", "batch-length", {CORRUPT}, *(
    batch(length=length) for length in (-1, 0, 48, 10_000, 0x7FFFFFFF)))
refused_batches("B65b", "crc", {CORRUPT}, batch(crc=0))
refused_batches("B65c", "two-batches", {INVALID_RECORD}, batch() + batch())
refused_batches("B67", "last-delta", {INVALID_RECORD}, batch(last_delta=5), batch(last_delta=-1),
                batch([record(), record(None, b"v", 1)], last_delta=0))
refused_batches("B67b", "record-count", {INVALID_RECORD}, batch(count=2, last_delta=1), batch(count=0, last_delta=0),
                batch(count=-1, last_delta=-2), batch(count=0x7FFFFFFF, last_delta=0x7FFFFFFE))
refused_batches("B68", "record-length", {INVALID_RECORD}, *(
    batch([record(length=length)]) for length in (-1, 1000, 0, -(1 << 31))))
refused_batches("B70", "key-value-length", {INVALID_RECORD}, batch([record(b"", key_length=-5)]),
                batch([record(None, b"v", value_length=0x7FFFFFFF)]), batch([record(b"k", key_length=1000)]))
refused_batches("B71", "delta-overflow", {INVALID_RECORD, INVALID_TIMESTAMP}, *(
    batch([record(offset_delta=delta)]) for delta in (1 << 63, (1 << 64) - 1, -(1 << 63))), *(
    batch([record(timestamp_delta=delta)], base_timestamp=(1 << 63) - 1) for delta in (1, (1 << 63) - 1, 1 << 64)))


@row("B71b", "offset-delta", changes=True)
def _(bench):
    """A delta that is not the record's place in the batch is put right when it is stored."""
    bench.broker.create_topic("deltas")
    assert bench.produce(batch([record(offset_delta=7), record(offset_delta=3)]), topic="deltas") == NONE
    (_, _, stored), = wire.batches(testing.read_all(bench.broker, "deltas"))
    assert stored[61:] == record(offset_delta=0) + record(offset_delta=1), stored


refused_batches("B73", "codec-id", {BAD_CODEC}, *(batch(attributes=codec) for codec in (5, 6, 7)))
refused_batches("B73b", "zstd-before-its-time", {BAD_CODEC}, batch(attributes=4), version=3)  # KIP-110
refused_batches("B74", "control-bit", {INVALID_RECORD}, batch(attributes=0x20))
refused_batches("B76", "pid-no-seq", {INVALID_RECORD}, batch(producer_id=4711, producer_epoch=0, base_sequence=-1))


@row("B77", "seq-gap", changes=True)
def _(bench):
    producer = bench.new_producer()

    def send(sequence):
        return bench.produce(batch(producer_id=producer, producer_epoch=0, base_sequence=sequence))
    assert send(0) == NONE
    assert send(7) == OUT_OF_ORDER
    assert send(1) == NONE


@row("B79", "seq-wrap", changes=True)
def _(bench):
    bench.create("wrapping")
    producer = bench.new_producer()
    codes = [bench.produce(batch(producer_id=producer, producer_epoch=0, base_sequence=sequence), topic="wrapping")
             for sequence in (0x7FFFFFFF, 0)]
    assert codes == [NONE, NONE], codes
    stored = [base for base, _, _ in wire.batches(testing.read_all(bench.broker, "wrapping"))]
    assert stored == [0, 1], stored


@row("B80", "old-epoch", changes=True)
def _(bench):
    producer = bench.new_producer()
    codes = [bench.produce(batch(producer_id=producer, producer_epoch=epoch, base_sequence=0)) for epoch in (3, 2)]
    assert codes == [NONE, INVALID_EPOCH], codes


@row("B82", "over-segment")
def _(bench):
    bench.broker.create_topic("small-segments", segment_bytes=1 << 20, max_message_bytes=8 << 20)
    code = bench.produce(batch([record(None, bytes(1 << 21))]), topic="small-segments")
    assert code == LIST_TOO_LARGE, code


# ---- compressed: what must not be believed, and what must not be paid for -------------------------------------------


def compressed(codec, payload, count=1):
    return batch(attributes=codec, payload=payload, count=count)


def gzip_member(data, name=None, extra=None):
    flags = (4 if extra is not None else 0) | (8 if name is not None else 0)
    header = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6)
    if extra is not None:
        header += struct.pack("<H", len(extra)) + extra
    if name is not None:
        header += name + b"\0"
    squeeze = zlib.compressobj(wbits=-15)
    return header + squeeze.compress(data) + squeeze.flush() + struct.pack("<II", zlib.crc32(data), len(data))


@row("B83", "gzip-bomb", grows_kib=16 << 10)
def _(bench):
    """1 MiB that unpacks to 1 GiB: refused, or never unpacked."""
    squeeze = zlib.compressobj(9, wbits=31)
    zeros = bytes(1 << 20)
    # The first record's length says that all of it is one record.
    bomb = squeeze.compress(wire.varint((1 << 30) - 100)) + b"".join(squeeze.compress(zeros) for _ in range(1024))
    bomb += squeeze.flush()
    bench.broker.create_topic("bombed", max_message_bytes=4 << 20)
    with bench.cpu(0.1):
        code = bench.produce(compressed(GZIP, bomb), topic="bombed")
    assert code in (INVALID_RECORD, TOO_LARGE), code


def zstd_frame(descriptor, rest):
    return struct.pack("<IB", 0xFD2FB528, descriptor) + rest


RAW_BLOCK = struct.pack("<I", 1 | 0 << 1 | 4 << 3)[:3] + b"abcd"  # last, raw, 4 bytes

refused_batches("B85", "zstd-window", {INVALID_RECORD}, compressed(ZSTD, zstd_frame(0, bytes([21 << 3]) + RAW_BLOCK)),
                version=7)
refused_batches(
    "B86", "zstd-size-lie", {INVALID_RECORD},
    compressed(ZSTD, zstd_frame(3 << 6, b"\x50" + struct.pack("<Q", 1 << 62) + RAW_BLOCK)),
    compressed(ZSTD, zstd_frame(1, b"\x50" + b"\x07" + RAW_BLOCK)),
    compressed(ZSTD, struct.pack("<II", 0x184D2A50, 0) * 100_000), version=7)


def lz4_frame(flags, block, checksum, rest):
    return struct.pack("<I", 0x184D2204) + bytes([flags, block, checksum]) + rest


LZ4_FLAGS, LZ4_BLOCK_64K = 0x60, 0x40  # version 1, independent blocks; the header's checksum for these is 0x82
refused_batches(
    "B88", "lz4-lie", {INVALID_RECORD},
    compressed(LZ4, lz4_frame(LZ4_FLAGS, 0x10, 0x82, bytes(4))),                                  # block-size code 1
    compressed(LZ4, lz4_frame(LZ4_FLAGS, LZ4_BLOCK_64K, 0x83, bytes(4))),                         # header checksum
    compressed(LZ4, lz4_frame(LZ4_FLAGS, LZ4_BLOCK_64K, 0x82, struct.pack("<I", 0x7FFFFFFF))),    # block length
    compressed(LZ4, lz4_frame(LZ4_FLAGS, LZ4_BLOCK_64K, 0x82, struct.pack("<I", 0x80000004) + b"abcd")))  # no end mark


@row("B89", "gzip-header", changes=True, grows_kib=16 << 10)
def _(bench):
    """Long optional fields of a gzip header are valid: taken as Kafka takes them, or refused; bounded either way."""
    data = record()
    bench.broker.create_topic("gzip-headers", max_message_bytes=4 << 20)
    for member in (gzip_member(data, name=b"n" * (1 << 20)), gzip_member(data, extra=bytes(65_535))):
        code = bench.produce(compressed(GZIP, member), topic="gzip-headers")
        assert code in (NONE, INVALID_RECORD, TOO_LARGE), code


refused_batches("B89b", "not-compressed-at-all", {INVALID_RECORD}, *(
    compressed(codec, payload) for codec in (GZIP, SNAPPY, LZ4, ZSTD) for payload in (b"", b"\0", record())), version=7)


@row("B92", "null-key-compacted")
def _(bench):
    bench.broker.create_topic("compacted", cleanup_policy="compact")
    assert bench.produce(batch([record(None)]), topic="compacted") == INVALID_RECORD
    assert bench.produce(batch([record(b"k")]), topic="compacted") == NONE


@row("B94", "acks0-bad")
def _(bench):
    bench.closes(wire.produce("target", batch(crc=0), acks=0))


@row("B95", "timeout-odd", changes=True)
def _(bench):
    """The disk is all that one replica waits for; no time for it at all may be told so at once."""
    assert bench.produce(batch(), timeout_ms=0x7FFFFFFF) == NONE
    for timeout in (0, -1, -0x80000000):
        code = bench.produce(batch(), timeout_ms=timeout)
        assert code in (NONE, TIMED_OUT), (timeout, code)


@row("B97", "base-offset", changes=True)
def _(bench):
    before = len(list(wire.batches(testing.read_all(bench.broker, "target"))))
    odd = [batch(base_offset=(1 << 63) - 1), batch(base_offset=-1), batch(leader_epoch=0x7FFFFFFF)]
    codes = [bench.produce(records) for records in odd]
    assert codes == [NONE] * 3, codes
    stored = list(wire.batches(testing.read_all(bench.broker, "target")))[before:]
    first = stored[0][0]
    assert [base for base, _, _ in stored] == [first, first + 1, first + 2], stored
    assert all(struct.unpack_from(">i", data, 12)[0] < 1000 for _, _, data in stored), "the client's leader epoch is kept"
