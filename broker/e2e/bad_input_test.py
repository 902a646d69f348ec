"""Bad input against the live broker, from the table in bad_input/, with a healthy client beside every row.

For every row: the process stays the same and writes no sanitizer report; its memory grows no more than the row says;
its descriptors come back; the target topic's bytes stay unless the row changes them; the healthy client sees no error;
log lines stay clean. How soon memory comes back and what a close takes is printed, not judged: it depends on the
machine's load.
"""

import os
import pathlib
import sys
import time
import traceback

import testing
import wire
from bad_input import table
from bad_input import framing, header, body, batches, names  # noqa: F401  (they fill the table)

SETTINGS = {
    "highwater_request_timeout_ms": framing.REQUEST_TIMEOUT_MS,
    "highwater_first_request_timeout_ms": framing.FIRST_REQUEST_TIMEOUT_MS,
}


def run_row(bench, row):
    """None, or why the row failed."""
    broker = bench.broker
    process = broker.process.pid
    restarts = row.id == "B103"
    try:
        watch = table.Watch(broker)
        stored = testing.read_all(broker, bench.TARGET)
        started = time.monotonic()
        if restarts:
            row.check(bench)
            growth, released = 0, 0
        else:
            with testing.HealthyClient(broker, f"healthy-{row.id}") as healthy:
                row.check(bench)
            growth = watch.check(row.grows_kib)
            released = watch.released_after
            assert broker.process.pid == process and broker.process.poll() is None, "another process"
        if not row.changes:
            assert testing.read_all(broker, bench.TARGET) == stored, "the target topic's bytes changed"
        for sign in ("Sanitizer", "runtime error", "invariant"):
            assert sign not in broker.log_text(), f"the log says '{sign}'"
        back = "back within 1 MiB" if released is not None else "not back within 1 MiB in 2 s"
        beside = "" if restarts else f", {healthy.rounds} healthy rounds beside"
        print(f"ok    {row.id:5} {row.name:28} {time.monotonic() - started:6.1f} s, memory +{growth} KiB, {back}{beside}",
              flush=True)
        return None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        print(f"FAIL  {row.id:5} {row.name:28} {error!r}", flush=True)
        traceback.print_exc(limit=-3)
        return f"{row.id} {row.name}: {error!r}"


def main():
    wanted = set(sys.argv[1:])
    programs = pathlib.Path(os.environ.get("HIGHWATER_E2E_PROGRAMS", testing.ROOT / "build/release/broker/e2e"))
    failures = []
    ran = 0
    broker = testing.Broker("bad-input", **SETTINGS)
    broker.start()
    try:
        broker.create_topic(table.Bench.TARGET)
        bench = table.Bench(broker, programs / "mangle")
        assert bench.produce(wire.batch([wire.record(b"target", b"kept")])) == wire.NONE
        for row in table.ROWS:
            if wanted and row.id not in wanted:
                continue
            ran += 1
            failed = run_row(bench, row)
            if failed:
                failures.append(failed)
                if broker.process.poll() is not None:
                    print(f"the broker died:\n{broker.log_text()[-4000:]}")
                    broker.start()
        print(f"slowest close of those that must be at once or by time-out: {bench.slowest_close:.3f} s")
    finally:
        if broker.process.poll() is None:
            broker.kill()
    print(f"{ran} rows, {len(failures)} failed")
    if failures:
        print("\n".join(failures))
        print(f"the broker's data and log are in {broker.folder}")
        return 1
    import shutil
    shutil.rmtree(broker.folder)
    return 0


if __name__ == "__main__":
    if not testing.BINARY.exists():
        print(f"{testing.BINARY} does not exist: ./dev build release")
        sys.exit(1)
    sys.exit(main())
