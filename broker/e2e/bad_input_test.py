"""Bad input against the live broker, from the table in bad_input/, with a healthy client beside every row.

For every row: the process stays the same and writes no sanitizer report; its memory grows no more than the row says;
its sockets come back; the target topic's bytes stay unless the row changes them; the healthy client sees no error;
log lines stay clean. How soon memory comes back and what a close takes is printed, not judged: it depends on the
machine's load.
"""

import os
import pathlib
import shutil
import sys
import time
import traceback

import testing
import wire
from bad_input import table
from bad_input import framing, header, body, batches, names, groups, transactions  # noqa: F401  (they fill the table)

SETTINGS = {
    "highwater_request_timeout_ms": framing.REQUEST_TIMEOUT_MS,
    "highwater_first_request_timeout_ms": framing.FIRST_REQUEST_TIMEOUT_MS,
}


def watched(bench, row, healthy):
    """Runs the row's check with all that is looked at around it; returns what to print."""
    watch = table.Watch(bench.broker)
    rounds = healthy.rounds
    row.check(bench)
    growth, kept = watch.check(row.grows_kib)
    healthy.check()
    return f"memory +{growth} KiB, of that kept {kept} KiB; {healthy.rounds - rounds} healthy rounds beside"


def run_row(bench, row, healthy):
    """None, or why the row failed."""
    broker = bench.broker
    process = broker.process.pid
    started = time.monotonic()
    try:
        stored = testing.read_all(broker, bench.TARGET)
        if row.restarts:
            row.check(bench)
            seen = "restarted"
        else:
            seen = watched(bench, row, healthy)
            assert broker.process.pid == process and broker.process.poll() is None, "another process"
        if not row.changes:
            assert testing.read_all(broker, bench.TARGET) == stored, "the target topic's bytes changed"
        for sign in ("Sanitizer", "runtime error", "invariant"):
            assert sign not in broker.log_text(), f"the log says '{sign}'"
        print(f"ok    {row.id:5} {row.name:28} {time.monotonic() - started:6.1f} s, {seen}", flush=True)
        return None
    except Exception as error:
        print(f"FAIL  {row.id:5} {row.name:28} {error!r}", flush=True)
        traceback.print_exc(limit=-3)
        return f"{row.id} {row.name}: {error!r}"


def run_rows(bench, rows, healthy):
    """The rows that failed. A broker that died ends the table: what follows would say nothing."""
    failures = []
    for row in rows:
        failed = run_row(bench, row, healthy)
        if failed:
            failures.append(failed)
        if bench.broker.process.poll() is not None:
            failures.append(f"the broker died:\n{bench.broker.log_text()[-4000:]}")
            break
    return failures


def main():
    wanted = set(sys.argv[1:])
    programs = pathlib.Path(os.environ.get("HIGHWATER_E2E_PROGRAMS", testing.ROOT / "build/release/broker/e2e"))
    rows = [row for row in table.ROWS if not wanted or row.id in wanted]
    broker = testing.Broker("bad-input", **SETTINGS)
    broker.start()
    try:
        broker.create_topic(table.Bench.TARGET)
        bench = table.Bench(broker, programs / "mangle")
        assert bench.produce(wire.batch([wire.record(b"target", b"kept")])) == wire.NONE
        try:
            with testing.HealthyClient(broker) as healthy:
                failures = run_rows(bench, [row for row in rows if not row.restarts], healthy)
        except AssertionError as error:
            failures.append(str(error))
        if broker.process.poll() is None:
            failures += run_rows(bench, [row for row in rows if row.restarts], None)
        print(f"slowest close: {bench.slowest_close:.3f} s")
    finally:
        if broker.process.poll() is None:
            broker.kill()
    print(f"{len(rows)} rows, {len(failures)} failures")
    if failures:
        print("\n".join(failures))
        print(f"the broker's data and log are in {broker.folder}")
        return 1
    shutil.rmtree(broker.folder)
    return 0


if __name__ == "__main__":
    if not testing.BINARY.exists():
        print(f"{testing.BINARY} does not exist: ./dev build release")
        sys.exit(1)
    sys.exit(main())
