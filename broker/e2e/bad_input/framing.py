"""Framing, before any request is understood."""

import wire
from bad_input.table import PATIENCE, closes, row

# The runner starts the broker with these, so that the rows that wait for them do not take minutes. The defaults are
# 30 s and 10 s.
REQUEST_TIMEOUT_MS = 3000
FIRST_REQUEST_TIMEOUT_MS = 2000


@row("B01", "len-max", grows_kib=64 + 1024)
def _(bench):
    """The connection is gone at once, however long the sender would have held it."""
    bench.closes(bytes.fromhex("7fffffff"))


closes("B02", "len-over-limit", bytes.fromhex("06400001"))
closes("B04", "len-min", bytes.fromhex("80000000"))
closes("B05", "len-zero", bytes(4))


@row("B07", "http")
def _(bench):
    bench.closes(b"GET / HTTP/1.1\r\n\r\n")
    assert "HTTP" in bench.broker.log_text(), "the log does not say that somebody spoke HTTP"


@row("B08", "tls-on-plain")
def _(bench):
    bench.closes(bytes.fromhex("16030102000100") + bytes(510))
    assert "TLS" in bench.broker.log_text(), "the log does not say that somebody spoke TLS"


closes("B10", "foreign", b"SSH-2.0-x\r\n", b"AMQP\0\0\x09\x01", b"*1\r\n$4\r\nPING\r\n", bytes.fromhex("100e0004"))


@row("B11", "half-frame", grows_kib=64 + 1024)
def _(bench):
    """After a whole request the request time-out holds, before it the shorter one for new connections."""
    half = wire.u32(1_000_000) + bytes(10)
    took = bench.closes(half, after=wire.api_versions())
    assert took > REQUEST_TIMEOUT_MS / 1000 * 0.9, f"closed after {took:.3f} s already"
    took = bench.closes(half)
    assert took > FIRST_REQUEST_TIMEOUT_MS / 1000 * 0.9, f"closed after {took:.3f} s already"


@row("B13", "slow-length")
def _(bench):
    took = bench.closes(b"\0")
    assert took > FIRST_REQUEST_TIMEOUT_MS / 1000 * 0.9, f"closed after {took:.3f} s already"


@row("B14", "announce-storm", grows_kib=64 << 10)
def _(bench):
    connections = [bench.connect() for _ in range(1000)]
    for connection in connections:
        connection.send(wire.u32(100 << 20) + b"\0")
    bench.is_alive()
    for connection in connections:
        connection.close()


@row("B16", "split-everywhere")
def _(bench):
    both = wire.api_versions(correlation=1) + wire.metadata(["target"], correlation=2)
    with bench.connect() as connection:
        connection.send(both)
        expected = connection.receive(1), connection.receive(2)
    for cut in range(1, len(both)):
        with bench.connect() as connection:
            connection.send(both[:cut])
            connection.send(both[cut:])
            assert (connection.receive(1), connection.receive(2)) == expected, f"cut at {cut}"


@row("B16b", "byte-by-byte")
def _(bench):
    with bench.connect() as connection:
        for byte in wire.metadata(["target"], correlation=2):
            connection.send(bytes([byte]))
        assert wire.read_metadata(connection.receive(2))[0][0] == wire.NONE


@row("B17", "glued")
def _(bench):
    with bench.connect() as connection:
        connection.send(b"".join(wire.api_versions(correlation=i) for i in range(50)))
        for i in range(50):
            connection.receive(i)


@row("B19", "half-close")
def _(bench):
    with bench.connect() as connection:
        connection.send(wire.api_versions())
        connection.socket.shutdown(1)
        assert wire.read_api_versions(connection.receive())[0] == wire.NONE
        connection.seconds_until_closed(PATIENCE)


@row("B19b", "gone-in-the-middle-of-a-reply")
def _(bench):
    """The peer resets while large replies are on their way."""
    for _ in range(20):
        connection = bench.connect()
        connection.send(b"".join(wire.metadata() for _ in range(200)))
        connection.close()
    bench.is_alive()
