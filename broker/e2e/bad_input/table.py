"""The table's form: a row has an id, a name and a check; the runner watches the broker around every row.

Ids are those under which the cases are listed in docs and logs; gaps are cases of parts that do not exist yet.
"""

import contextlib
import dataclasses
import os
import pathlib
import time
from typing import Callable

import testing
import wire

PATIENCE = 60.0  # seconds to wait for what must come; with a loaded machine, not a limit that is judged


@dataclasses.dataclass
class Row:
    id: str
    name: str
    check: Callable
    grows_kib: int = 8192  # how far the broker's memory may grow while the row runs
    changes: bool = False  # the row may change what the target topic holds
    restarts: bool = False  # the row restarts the broker, so that nothing can be watched beside it


ROWS: list[Row] = []


def row(id, name, **options):
    """Adds the decorated function, which takes the Bench, to the table."""
    def add(check):
        ROWS.append(Row(id, name, check, **options))
        return check
    return add


def closes(id, name, *payloads, **options):
    """A row: each payload, sent on a connection of its own, makes the broker close it."""
    row(id, name, **options)(lambda bench: [bench.closes(payload) for payload in payloads])


def refused_batches(id, name, codes, *batches, version=3, **options):
    """A row: each records field, produced to the target topic, is refused with one of the codes."""
    def check(bench):
        for number, records in enumerate(batches):
            code = bench.produce(records, version=version)
            assert code in codes, f"batch {number}: error {code}, not one of {codes}"
    row(id, name, **options)(check)


class Bench:
    """What a row's check works with: the live broker and its target topic."""

    TARGET = "target"

    def __init__(self, broker, mangle):
        self.broker, self.mangle = broker, mangle
        self.slowest_close = 0.0

    def connect(self, **options):
        return self.broker.connect(patience=PATIENCE, **options)

    def closes(self, payload, after=b""):
        """Sends the payload; the broker must close. Returns how long that took."""
        with self.connect() as connection:
            if after:
                connection.ask(after)
            connection.send(payload)
            took = connection.seconds_until_closed(PATIENCE)
            self.slowest_close = max(self.slowest_close, took)
            return took

    def answers_or_closes(self, request, flexible=False):
        """The reply's body, or None if the broker closed. Both are right."""
        with self.connect() as connection:
            try:
                return connection.ask(request, flexible=flexible)
            except wire.Closed:
                return None

    def produce(self, records, topic=TARGET, version=3, **options):
        """The error code of one Produce, version 3, or 7, the first that may bring zstd (KIP-110)."""
        read = wire.read_produce if version < 5 else wire.read_produce_v5
        with self.connect() as connection:
            return read(connection.ask(wire.produce(topic, records, version=version, **options)))[0]

    def new_producer(self):
        with self.connect() as connection:
            error, producer, epoch = wire.read_init_producer_id(connection.ask(wire.init_producer_id()))
        assert (error, epoch) == (wire.NONE, 0), (error, epoch)
        return producer

    def create(self, name):
        """The error code of creating one topic."""
        with self.connect() as connection:
            (_, code), = wire.read_create_topics(connection.ask(wire.create_topics([(name, 1, 1, {})])))
            return code

    def is_alive(self):
        with self.connect() as connection:
            error, _ = wire.read_api_versions(connection.ask(wire.api_versions()))
            assert error == wire.NONE

    @contextlib.contextmanager
    def cpu(self, seconds):
        """The block must not cost the broker much more CPU than `seconds`: ten times that fails, since the healthy
        client's work and the clock's ticks of 10 ms are in the figure; the figure is printed."""
        before = self.broker.cpu_seconds()
        yield
        used = self.broker.cpu_seconds() - before
        print(f"      CPU {used:.2f} s (aim {seconds} s)")
        assert used <= 10 * seconds, f"{used:.2f} s of CPU"

    def shoot(self, form, requests):
        """Runs `mangle` over [(name, request with its length)]."""
        text = "".join(f"{name}\t{request[4:].hex()}\n" for name, request in requests)
        with testing.temporary_file("requests", text) as path:
            done = testing.run([str(self.mangle), form, str(self.broker.port), str(path)], timeout=800)
        print(f"      {form}: {done.stdout.decode().strip()}")
        self.is_alive()

    def files(self):
        """Every file and folder below the test's folder, to see that none was made."""
        return {os.path.join(folder, name) for folder, folders, names in os.walk(self.broker.folder)
                for name in folders + names}


class Watch:
    """Looks at the broker's memory and sockets around a row."""

    def __init__(self, broker):
        self.broker = broker
        self.sockets = broker.sockets()
        self.memory = broker.resident_kib()
        pathlib.Path(f"/proc/{broker.process.pid}/clear_refs").write_text("5")  # the peak starts from here

    def peak_growth_kib(self):
        return max(0, self.broker.status("VmHWM") - self.memory)

    def check(self, limit_kib):
        growth = self.peak_growth_kib()
        assert growth <= limit_kib, f"memory grew by {growth} KiB, more than {limit_kib} KiB"
        testing.await_true(lambda: self.broker.sockets() <= self.sockets, PATIENCE, f"sockets back to {self.sockets}")
        return growth, self.kept_kib()

    def kept_kib(self):
        """How far memory stays above where it was after 2 s, or as soon as that is within 1 MiB."""
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline and self.broker.resident_kib() > self.memory + 1024:
            time.sleep(0.02)
        return max(0, self.broker.resident_kib() - self.memory)
