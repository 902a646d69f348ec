"""Request headers."""

import wire
from bad_input.table import closes, row
from wire import API_VERSIONS, METADATA, frame, header, i16, i32, uvarint

UNSUPPORTED_VERSION, INVALID_REQUEST = 35, 42

closes("B20", "unknown-key", frame(header(32767, 0)), frame(header(-1, 0)))
closes("B22", "version-high", frame(header(METADATA, 127) + i32(0)), frame(header(METADATA, -1) + i32(0)))


@row("B23", "apiversions-high")
def _(bench):
    """KIP-511: a client newer than the broker learns from the refusal what it may ask."""
    for version in (99, 32767):
        with bench.connect() as connection:
            reply = connection.ask(frame(header(API_VERSIONS, version, flexible=True) + b"\x02x\x021\0"))
            error, apis = wire.read_api_versions(reply)
            assert error == UNSUPPORTED_VERSION, error
            assert API_VERSIONS in apis, apis
            wire.read_api_versions(connection.ask(wire.api_versions()))  # still usable


closes("B25", "clientid-minus-two", frame(i16(API_VERSIONS) + i16(0) + i32(1) + i16(-2)))
closes("B26", "clientid-lie", frame(i16(API_VERSIONS) + i16(0) + i32(1) + i16(0x7FFF) + bytes(30)))


@row("B28", "clientid-hostile")
def _(bench):
    for client in (b"a\nb", b"\x1b[2J", b"a\0b", b"\xc3\x28", b"%n%s%x", b"\"'`"):
        bench.answers_or_closes(wire.api_versions(client=client))
        bench.closes(frame(header(32767, 0, client=client)))  # this one may be logged
    text = bench.broker.log.read_bytes()
    assert not any(byte < 0x20 and byte != 0x0A for byte in text), "control characters reach the log"
    text.decode()  # as do no broken UTF-8 sequences


@row("B29", "clientid-cardinality")
def _(bench):
    with bench.connect() as connection:
        for start in range(0, 10_000, 100):
            connection.send(b"".join(wire.api_versions(client=f"client {start + i}") for i in range(100)))
            for _ in range(100):
                connection.receive()


def flexible_api_versions(tags):
    return frame(header(API_VERSIONS, 3, flexible=True, tags=tags) + b"\x02x\x021\0")


closes("B31", "tag-count-max", flexible_api_versions(bytes.fromhex("ffffffff0f")))
closes("B32", "varint-unterminated", frame(header(API_VERSIONS, 3) + bytes.fromhex("ffffffffff")),
       frame(header(API_VERSIONS, 3) + bytes.fromhex("ffffffffffffffffffff7f")))


@row("B34", "tag-flood")
def _(bench):
    tags = uvarint(500_000) + b"".join(uvarint(tag) + b"\0" for tag in range(500_000))
    with bench.cpu(0.05):
        bench.answers_or_closes(flexible_api_versions(tags))


closes("B35", "tag-order", flexible_api_versions(uvarint(2) + b"\x05\0" + b"\x03\0"),
       flexible_api_versions(uvarint(2) + b"\x05\0" + b"\x05\0"))


@row("B37", "wrong-header-form")
def _(bench):
    body = b"\x02" + b"\0" * 16 + b"\x07target" + b"\0" + b"\0\0\0"  # Metadata 12: one topic by name
    bench.answers_or_closes(frame(header(METADATA, 12) + body))
    bench.answers_or_closes(frame(header(METADATA, 1, flexible=True) + i32(-1)))
    bench.answers_or_closes(frame(header(API_VERSIONS, 3) + b"\x02x\x021\0"))


@row("B38", "apiversions-badname")
def _(bench):
    for name in (" bad!", "", "-x", "x!"):
        with bench.connect() as connection:
            error = wire.Reader(connection.ask(wire.api_versions(3, software=name))).i16()
            assert error == INVALID_REQUEST, (name, error)
            wire.read_api_versions(connection.ask(wire.api_versions()))
