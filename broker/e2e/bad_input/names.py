"""Names that mean something to a file system."""

import testing
import wire
from bad_input.table import row

NONE, INVALID_TOPIC = 0, 17
BAD_NAMES = ["", ".", "..", "../../x", "a/b", "a\0b", "a b", "a" * 250, "\u0430pple", "a\nb", "~", "$HOME", "a:b", "*",
             "__cluster_metadata/x"]


@row("B100", "topic-path")
def _(bench):
    before = bench.files()
    for name in BAD_NAMES:
        assert bench.create(name) == INVALID_TOPIC, repr(name)
        with bench.connect() as connection:  # nor are they created by asking for them, or by producing to them
            (error, _, partitions), = wire.read_metadata(connection.ask(wire.metadata([name])))
            assert (error, partitions) == (INVALID_TOPIC, 0), (name, error)
        assert bench.produce(wire.batch(), topic=name) in (INVALID_TOPIC, 3), repr(name)
    made = bench.files() - before
    assert not made, f"files were made: {made}"


@row("B101", "topic-collide")
def _(bench):
    assert bench.create("a.b") == NONE
    assert bench.create("a_b") == INVALID_TOPIC


@row("B103", "topic-suffix", changes=True, restarts=True)
def _(bench):
    """Names that look like the folders and files of a log directory; they are all there after a restart, with theirs."""
    names = ["foo", "foo-1", "foo-1-0", "x-delete", "x.0123456789abcdef0123456789abcdef-delete", "meta.properties",
             "x.swap", "x.cleaned", "x-future", "recovery-point-offset-checkpoint", ".lock"]
    for name in names:
        bench.broker.create_topic(name, partitions=2)
        for partition in range(2):
            value = f"{name} {partition}".encode()
            assert bench.produce(wire.batch([wire.record(None, value)]), topic=name, partition=partition) == NONE
    for restart in (bench.broker.restart, lambda: (bench.broker.kill(), bench.broker.start())):
        restart()
        for name in names:
            for partition in range(2):
                data = testing.read_all(bench.broker, name, partition)
                assert f"{name} {partition}".encode() in data, (name, partition, data)
