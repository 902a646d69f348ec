"""A second, small codec of Kafka's protocol for the tests that speak bytes, independent of the broker's own.

Only what those tests send and read. Requests are bytes built by hand from the published layouts, so that a test can
write a wrong one as easily as a right one. Standard library only.
"""

import socket
import struct
import time

PRODUCE, FETCH, LIST_OFFSETS, METADATA = 0, 1, 2, 3
API_VERSIONS, CREATE_TOPICS, DELETE_TOPICS, DELETE_RECORDS = 18, 19, 20, 21
INIT_PRODUCER_ID, CREATE_PARTITIONS, INCREMENTAL_ALTER_CONFIGS = 22, 37, 44

NONE = 0
NOW = int(time.time() * 1000)  # of records that say nothing else: retention would take older ones away
CORRELATION = 0x0BADF00D


class Closed(Exception):
    """The broker closed the connection."""


class Silent(Exception):
    """The broker neither answered nor closed within the time given."""


# ---- primitives -----------------------------------------------------------------------------------------------------


def i8(value):
    return struct.pack(">b", value)


def i16(value):
    return struct.pack(">h", value)


def i32(value):
    return struct.pack(">i", value)


def i64(value):
    return struct.pack(">q", value)


def u32(value):
    return struct.pack(">I", value)


def uvarint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varint(value):
    """Zigzag, for any integer: what overflows 64 bits is for the caller to want."""
    return uvarint(value << 1 if value >= 0 else (-value << 1) - 1)


def raw(value):
    return value if isinstance(value, bytes) else value.encode()


def string(value):
    return i16(-1) if value is None else i16(len(raw(value))) + raw(value)


def blob(value):
    return i32(-1) if value is None else i32(len(value)) + value


def compact(value):
    return uvarint(0) if value is None else uvarint(len(raw(value)) + 1) + raw(value)


def array(items):
    return i32(len(items)) + b"".join(items)


def compact_array(items):
    return uvarint(len(items) + 1) + b"".join(items)


NO_TAGS = b"\0"

_CRC32C = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _CRC32C.append(_byte)


def crc32c(data):
    crc, table = 0xFFFFFFFF, _CRC32C
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


# ---- record batches -------------------------------------------------------------------------------------------------


def record(key=None, value=b"v", offset_delta=0, timestamp_delta=0, headers=(), *, length=None, key_length=None,
           value_length=None):
    """One record of format v2. The keyword arguments replace what the lengths should be."""
    body = i8(0) + varint(timestamp_delta) + varint(offset_delta)
    body += varint(key_length if key_length is not None else -1 if key is None else len(key)) + (key or b"")
    body += varint(value_length if value_length is not None else -1 if value is None else len(value)) + (value or b"")
    body += varint(len(headers)) + b"".join(
        varint(len(name)) + name + varint(len(data)) + data for name, data in headers)
    return varint(len(body) if length is None else length) + body


def batch(records=(record(),), *, base_offset=0, leader_epoch=-1, magic=2, attributes=0, last_delta=None,
          base_timestamp=NOW, max_timestamp=NOW, producer_id=-1, producer_epoch=-1,
          base_sequence=-1, count=None, length=None, crc=None, payload=None):
    """One record batch of format v2 with a right CRC, whatever else is wrong in it. `payload` is what follows the
    header in place of the records, e.g. compressed ones."""
    payload = b"".join(records) if payload is None else payload
    count = len(records) if count is None else count
    last_delta = count - 1 if last_delta is None else last_delta
    checked = i16(attributes) + i32(last_delta) + i64(base_timestamp) + i64(max_timestamp)
    checked += i64(producer_id) + i16(producer_epoch) + i32(base_sequence) + i32(count) + payload
    rest = i32(leader_epoch) + i8(magic) + u32(crc32c(checked) if crc is None else crc) + checked
    return i64(base_offset) + i32(len(rest) if length is None else length) + rest


def message_set(magic, value=b"v", offset=0):
    """One message of the formats before record batches, magic 0 or 1."""
    import zlib
    body = i8(magic) + i8(0) + (i64(NOW) if magic == 1 else b"") + i32(-1) + blob(value)
    message = u32(zlib.crc32(body)) + body
    return i64(offset) + i32(len(message)) + message


# ---- requests -------------------------------------------------------------------------------------------------------


def header(api, version, *, correlation=CORRELATION, client="bad", flexible=False, tags=NO_TAGS):
    return i16(api) + i16(version) + i32(correlation) + string(client) + (tags if flexible else b"")


def frame(payload):
    return u32(len(payload)) + payload


def api_versions(version=0, **options):
    if version < 3:
        return frame(header(API_VERSIONS, version, **options))
    name = options.pop("software", "tests")
    return frame(header(API_VERSIONS, version, flexible=True, **options) + compact(name) + compact("1") + NO_TAGS)


def metadata(topics=None, version=1, create=False, **options):
    """Versions 1 to 8 as far as these tests use them. No topics: all of them."""
    body = i32(-1) if topics is None else array([string(topic) for topic in topics])
    if version >= 4:
        body += i8(int(create))
    return frame(header(METADATA, version, **options) + body)


def produce(topic, records, *, partition=0, acks=-1, timeout_ms=10000, version=3, transactional_id=None, **options):
    """Versions 3 to 8. `records` are the bytes of the records field, None for null."""
    body = string(transactional_id) + i16(acks) + i32(timeout_ms)
    body += array([string(topic) + array([i32(partition) + blob(records)])])
    return frame(header(PRODUCE, version, **options) + body)


def fetch(topic, offset, *, partition=0, max_wait_ms=0, min_bytes=1, max_bytes=1 << 20, isolation=0, version=4,
          **options):
    body = i32(-1) + i32(max_wait_ms) + i32(min_bytes) + i32(max_bytes) + i8(isolation)
    body += array([string(topic) + array([i32(partition) + i64(offset) + i32(max_bytes)])])
    return frame(header(FETCH, version, **options) + body)


def create_topics(topics, *, timeout_ms=10000, version=2, **options):
    """`topics`: (name, partitions, replication factor, {config: value})."""
    body = array([
        string(name) + i32(partitions) + i16(replication) + i32(0) +
        array([string(key) + string(value) for key, value in configs.items()])
        for name, partitions, replication, configs in topics
    ]) + i32(timeout_ms) + i8(0)
    return frame(header(CREATE_TOPICS, version, **options) + body)


def delete_topics(topics, *, timeout_ms=10000, version=1, **options):
    return frame(header(DELETE_TOPICS, version, **options) + array([string(name) for name in topics]) + i32(timeout_ms))


def init_producer_id(version=0, **options):
    return frame(header(INIT_PRODUCER_ID, version, **options) + string(None) + i32(60000))


def list_offsets(topic, timestamp, *, partition=0, version=1, **options):
    body = i32(-1) + array([string(topic) + array([i32(partition) + i64(timestamp)])])
    return frame(header(LIST_OFFSETS, version, **options) + body)


# ---- replies --------------------------------------------------------------------------------------------------------


class Reader:
    """Reads what a reply is made of; anything short or left over is an error of the broker."""

    def __init__(self, data):
        self.data, self.position = data, 0

    def take(self, size):
        assert 0 <= size <= len(self.data) - self.position, f"reply ends early at {self.position}: {self.data!r}"
        self.position += size
        return self.data[self.position - size:self.position]

    def number(self, code):
        return struct.unpack(">" + code, self.take(struct.calcsize(">" + code)))[0]

    def i8(self):
        return self.number("b")

    def i16(self):
        return self.number("h")

    def i32(self):
        return self.number("i")

    def i64(self):
        return self.number("q")

    def uvarint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def varint(self):
        value = self.uvarint()
        return value >> 1 ^ -(value & 1)

    def string(self):
        size = self.i16()
        return None if size < 0 else self.take(size).decode()

    def blob(self):
        size = self.i32()
        return None if size < 0 else self.take(size)

    def array(self, item):
        return [item() for _ in range(max(0, self.i32()))]

    def end(self):
        assert self.position == len(self.data), f"{len(self.data) - self.position} bytes left over: {self.data!r}"


def read_produce(reply):
    """(error code, base offset) of the one partition; versions 3 and 4."""
    reader = Reader(reply)
    found = reader.array(lambda: (reader.string(), reader.array(
        lambda: (reader.i32(), reader.i16(), reader.i64(), reader.i64()))))
    reader.i32()
    reader.end()
    return found[0][1][0][1], found[0][1][0][2]


def read_produce_v5(reply):
    """As read_produce, for versions 5 to 7, which add the log start offset."""
    reader = Reader(reply)
    found = reader.array(lambda: (reader.string(), reader.array(
        lambda: (reader.i32(), reader.i16(), reader.i64(), reader.i64(), reader.i64()))))
    reader.i32()
    reader.end()
    return found[0][1][0][1], found[0][1][0][2]


def read_fetch(reply):
    """(error code, high watermark, bytes of the records) of the one partition; version 4."""
    reader = Reader(reply)
    reader.i32()

    def partition():
        head = (reader.i32(), reader.i16(), reader.i64(), reader.i64())
        reader.array(lambda: (reader.i64(), reader.i64()))
        return head[1], head[2], reader.blob() or b""

    found = reader.array(lambda: (reader.string(), reader.array(partition)))
    reader.end()
    return found[0][1][0]


def read_create_topics(reply):
    """[(topic, error code)]; versions 2 to 4."""
    reader = Reader(reply)
    reader.i32()
    found = reader.array(lambda: (reader.string(), reader.i16(), reader.string()))
    reader.end()
    return [(name, error) for name, error, _ in found]


def read_list_offsets(reply):
    """(error code, offset) of the one partition; version 1."""
    reader = Reader(reply)
    found = reader.array(lambda: (reader.string(), reader.array(
        lambda: (reader.i32(), reader.i16(), reader.i64(), reader.i64()))))
    reader.end()
    return found[0][1][0][1], found[0][1][0][3]


def read_metadata(reply):
    """[(error code, topic, number of partitions)]; version 1."""
    reader = Reader(reply)
    reader.array(lambda: (reader.i32(), reader.string(), reader.i32(), reader.string()))
    reader.i32()
    found = reader.array(lambda: (reader.i16(), reader.string(), reader.i8(), len(reader.array(lambda: (
        reader.i16(), reader.i32(), reader.i32(), reader.array(reader.i32), reader.array(reader.i32))))))
    reader.end()
    return [(error, name, partitions) for error, name, _, partitions in found]


def read_api_versions(reply):
    """(error code, {api: (lowest, highest)}); version 0."""
    reader = Reader(reply)
    error = reader.i16()
    found = {key: (low, high) for key, low, high in reader.array(lambda: (reader.i16(), reader.i16(), reader.i16()))}
    reader.end()
    return error, found


def read_api_versions_v3(reply):
    """As read_api_versions, for versions 3 and 4."""
    reader = Reader(reply)
    error = reader.i16()
    found = {}
    for _ in range(reader.uvarint() - 1):
        key, low, high = reader.i16(), reader.i16(), reader.i16()
        assert reader.uvarint() == 0
        found[key] = (low, high)
    return error, found


def read_init_producer_id(reply):
    """(error code, producer id, producer epoch); version 0."""
    reader = Reader(reply)
    reader.i32()
    found = (reader.i16(), reader.i64(), reader.i16())
    reader.end()
    return found


def batches(data):
    """The whole record batches in the bytes of a records field: (base offset, last offset delta, bytes)."""
    position = 0
    while position + 61 <= len(data):
        base_offset, length = struct.unpack_from(">qi", data, position)
        size = 12 + length
        if position + size > len(data):
            return
        yield base_offset, struct.unpack_from(">i", data, position + 23)[0], data[position:position + size]
        position += size


# ---- connections ----------------------------------------------------------------------------------------------------


class Connection:
    """One connection that sends and reads frames. Waiting is always for an event, up to `patience` seconds."""

    def __init__(self, port, patience=20.0):
        self.patience = patience
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        """Sends what the broker takes; a broker that closes meanwhile shows when its answer is read."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self, size):
        parts = bytearray()
        while len(parts) < size:
            try:
                part = self.socket.recv(min(1 << 20, size - len(parts)))
            except TimeoutError as timeout:
                raise Silent() from timeout
            except (ConnectionResetError, BrokenPipeError) as reset:
                raise Closed() from reset
            if not part:
                raise Closed()
            parts += part
        return bytes(parts)

    def receive(self, correlation=CORRELATION, flexible=False):
        """The body of the next reply, which must answer `correlation`."""
        size = struct.unpack(">i", self.read(4))[0]
        assert 4 <= size <= 200 << 20, f"reply of {size} bytes"
        data = self.read(size)
        got = struct.unpack(">i", data[:4])[0]
        assert got == correlation, f"reply to {got:#x}, not to {correlation:#x}"
        if flexible:
            assert data[4] == 0, "unexpected tags in the reply's header"
            return data[5:]
        return data[4:]

    def ask(self, request, correlation=CORRELATION, flexible=False):
        self.send(request)
        return self.receive(correlation, flexible)

    def seconds_until_closed(self, patience):
        """How long the broker takes to close; answers on the way are dropped. Silent if it does not."""
        started = time.monotonic()
        self.socket.settimeout(patience)
        try:
            while True:
                left = patience - (time.monotonic() - started)
                if left <= 0:
                    raise Silent()
                self.socket.settimeout(left)
                if not self.socket.recv(1 << 16):
                    return time.monotonic() - started
        except TimeoutError as timeout:
            raise Silent() from timeout
        except (ConnectionResetError, BrokenPipeError):
            return time.monotonic() - started
