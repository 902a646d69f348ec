"""Requests of groups as bytes, and their answers as values, in the old versions that every broker still has."""

import wire
from wire import Reader, array, blob, compact, compact_array, frame, header, i8, i32, i64, string

OFFSET_COMMIT, OFFSET_FETCH, FIND_COORDINATOR, JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP, DESCRIBE_GROUPS, \
    LIST_GROUPS, DELETE_GROUPS, OFFSET_DELETE = 8, 9, 10, 11, 12, 13, 14, 15, 16, 42, 47
CONSUMER_GROUP_HEARTBEAT = 68

NONE, UNKNOWN_TOPIC_OR_PARTITION, OFFSET_METADATA_TOO_LARGE = 0, 3, 12
ILLEGAL_GENERATION, INVALID_GROUP_ID, UNKNOWN_MEMBER_ID = 22, 24, 25
INVALID_REQUEST, MEMBER_ID_REQUIRED, GROUP_MAX_SIZE_REACHED = 42, 79, 81
GROUP_ID_NOT_FOUND, FENCED_MEMBER_EPOCH = 69, 110


def join(group, member="", protocols=(("range", b"\0\0\0\0\0\0\xff\xff\xff\xff"),), session_timeout_ms=30_000):
    """Version 4, the first that asks for a member id first (KIP-394)."""
    return frame(header(JOIN_GROUP, 4) + string(group) + i32(session_timeout_ms) + i32(60_000) + string(member) +
                 string("consumer") + array([string(name) + blob(metadata) for name, metadata in protocols]))


def read_join(reply):
    """(error, generation, member id, ids of the members that the leader is told)."""
    reader = Reader(reply)
    reader.i32()
    error, generation = reader.i16(), reader.i32()
    reader.string(), reader.string()
    member = reader.string()
    members = reader.array(lambda: (reader.string(), reader.blob()))
    reader.end()
    return error, generation, member, [each for each, _ in members]


def sync(group, generation, member, assignments=()):
    return frame(header(SYNC_GROUP, 0) + string(group) + i32(generation) + string(member) +
                 array([string(id) + blob(assignment) for id, assignment in assignments]))


def heartbeat(group, generation, member):
    return frame(header(HEARTBEAT, 0) + string(group) + i32(generation) + string(member))


def leave(group, member):
    return frame(header(LEAVE_GROUP, 0) + string(group) + string(member))


def read_error(reply):
    """Of SyncGroup, Heartbeat and LeaveGroup, version 0, which begin with it."""
    return Reader(reply).i16()


def consumer_heartbeat(group, member, epoch, *, topics=None, owned=None, rebalance_timeout_ms=-1):
    """Version 1 (KIP-848). `owned`: [(topic id, partitions)]; None, as for topics: as it was said last."""
    def nullable(items):
        return wire.uvarint(0) if items is None else compact_array(items)

    return frame(header(CONSUMER_GROUP_HEARTBEAT, 1, flexible=True) + compact(group) + compact(member) + i32(epoch) +
                 compact(None) + compact(None) + i32(rebalance_timeout_ms) +
                 nullable(None if topics is None else [compact(topic) for topic in topics]) + compact(None) +
                 compact(None) +
                 nullable(None if owned is None else [id + compact_array([i32(p) for p in partitions]) + wire.NO_TAGS
                                                      for id, partitions in owned]) + wire.NO_TAGS)


def read_consumer_heartbeat(reply):
    """(error, member epoch, [(topic id, partitions)] or None), of a reply without its header."""
    reader = Reader(reply)
    reader.i32()
    error = reader.i16()
    for _ in ("message", "member id"):
        reader.take(max(reader.uvarint() - 1, 0))
    epoch, assigned = reader.i32(), None
    reader.i32()
    if reader.i8() >= 0:
        assigned = []
        for _ in range(reader.uvarint() - 1):
            topic = reader.take(16)
            assigned.append((topic, [reader.i32() for _ in range(reader.uvarint() - 1)]))
            reader.uvarint()
        reader.uvarint()
    reader.uvarint()
    reader.end()
    return error, epoch, assigned


def commit(group, offset, *, topic="target", partition=0, generation=-1, member="", metadata=""):
    return frame(header(OFFSET_COMMIT, 2) + string(group) + i32(generation) + string(member) + i64(-1) +
                 array([string(topic) + array([i32(partition) + i64(offset) + string(metadata)])]))


def read_commit(reply):
    """The error of the one partition."""
    reader = Reader(reply)
    [(_, [(_, error)])] = reader.array(lambda: (reader.string(), reader.array(lambda: (reader.i32(), reader.i16()))))
    reader.end()
    return error


def fetch_offset(group, *, topic="target", partition=0):
    return frame(header(OFFSET_FETCH, 1) + string(group) + array([string(topic) + array([i32(partition)])]))


def read_offset(reply):
    """(error, offset) of the one partition."""
    reader = Reader(reply)
    [(_, [(_, offset, _, error)])] = reader.array(lambda: (reader.string(), reader.array(
        lambda: (reader.i32(), reader.i64(), reader.string(), reader.i16()))))
    reader.end()
    return error, offset


def describe(groups):
    return frame(header(DESCRIBE_GROUPS, 0) + array([string(group) for group in groups]))


def read_describe(reply):
    """[(error, group, state)]."""
    reader = Reader(reply)
    found = reader.array(lambda: (reader.i16(), reader.string(), reader.string(), reader.string(), reader.string(),
                                  reader.array(lambda: (reader.string(), reader.string(), reader.string(),
                                                        reader.blob(), reader.blob()))))
    reader.end()
    return [each[:3] for each in found]


def list_groups():
    return frame(header(LIST_GROUPS, 0))


def read_list(reply):
    """Ids of groups."""
    reader = Reader(reply)
    assert reader.i16() == NONE
    found = reader.array(lambda: (reader.string(), reader.string()))
    reader.end()
    return [group for group, _ in found]


def delete(groups):
    return frame(header(DELETE_GROUPS, 0) + array([string(group) for group in groups]))


def read_delete(reply):
    """[(group, error)]."""
    reader = Reader(reply)
    reader.i32()
    found = reader.array(lambda: (reader.string(), reader.i16()))
    reader.end()
    return found


def delete_offset(group, *, topic="target", partition=0):
    return frame(header(OFFSET_DELETE, 0) + string(group) + array([string(topic) + array([i32(partition)])]))


def find_coordinators(groups):
    """Version 4: many keys in one request."""
    return frame(header(FIND_COORDINATOR, 4, flexible=True) + i8(0) + compact_array([compact(group) for group in groups]) +
                 wire.NO_TAGS)


def fetch_offsets_of(groups):
    """Version 8: many groups in one request, all that they have committed."""
    return frame(header(OFFSET_FETCH, 8, flexible=True) +
                 compact_array([compact(group) + wire.uvarint(0) + wire.NO_TAGS for group in groups]) + i8(0) +
                 wire.NO_TAGS)
