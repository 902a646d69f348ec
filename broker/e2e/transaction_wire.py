"""Requests of transactions as bytes, and their answers as values, in the old versions that every broker still has."""

import wire
from wire import NO_TAGS, Reader, array, compact, compact_array, frame, header, i8, i16, i32, i64, string, uvarint

INIT_PRODUCER_ID, ADD_PARTITIONS_TO_TXN, END_TXN, WRITE_TXN_MARKERS = 22, 24, 26, 27

NONE, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR = 0, 14, 15, 16
INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE, INVALID_PRODUCER_ID_MAPPING = 47, 48, 49
INVALID_TRANSACTION_TIMEOUT, CONCURRENT_TRANSACTIONS, PRODUCER_FENCED, TRANSACTION_ABORTABLE = 50, 51, 90, 120
NOT_YET = {COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, CONCURRENT_TRANSACTIONS}
TRANSACTIONAL, CONTROL = 0x10, 0x20  # attributes of a batch


def find_transaction_coordinator(transactional_id):
    """Version 1, the first that asks for any."""
    return frame(header(10, 1) + string(transactional_id) + i8(1))


def init_producer_id(transactional_id, timeout_ms=60_000):
    return frame(header(INIT_PRODUCER_ID, 0) + string(transactional_id) + i32(timeout_ms))


read_init_producer_id = wire.read_init_producer_id


def add_partition(transactional_id, producer, topic, partition=0):
    """`producer`: (id, epoch)."""
    return frame(header(ADD_PARTITIONS_TO_TXN, 0) + string(transactional_id) + i64(producer[0]) + i16(producer[1]) +
                 array([string(topic) + array([i32(partition)])]))


def read_add_partition(reply):
    """The error of the one partition."""
    reader = Reader(reply)
    reader.i32()
    [(_, [(_, error)])] = reader.array(lambda: (reader.string(), reader.array(lambda: (reader.i32(), reader.i16()))))
    reader.end()
    return error


def end(transactional_id, producer, commit):
    return frame(header(END_TXN, 0) + string(transactional_id) + i64(producer[0]) + i16(producer[1]) + i8(commit))


def read_end(reply):
    reader = Reader(reply)
    reader.i32()
    error = reader.i16()
    reader.end()
    return error


def write_marker(producer, commit, topic, partition=0, coordinator_epoch=0):
    """Version 1, the first; flexible. Of one partition."""
    topics = compact_array([compact(topic) + compact_array([i32(partition)]) + NO_TAGS])
    marker = i64(producer[0]) + i16(producer[1]) + i8(commit) + topics + i32(coordinator_epoch) + NO_TAGS
    return frame(header(WRITE_TXN_MARKERS, 1, flexible=True) + compact_array([marker]) + NO_TAGS)


def read_write_marker(reply, topic):
    """The error of the one partition."""
    after = reply[len(uvarint(2) + i64(0) + uvarint(2) + compact(topic) + uvarint(2) + i32(0)):]
    return Reader(after).i16()


def batch(producer, sequence, value=b"v"):
    return wire.batch([wire.record(None, value)], attributes=TRANSACTIONAL, producer_id=producer[0],
                      producer_epoch=producer[1], base_sequence=sequence)
