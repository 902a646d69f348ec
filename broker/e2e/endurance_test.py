"""Ten million records of 100 bytes in, ten kill -9 of the broker in the middle, the same ten million out.

An idempotent librdkafka producer writes; each time another eleventh of the records has been acknowledged the broker is
killed and started again. It must serve again within 2 s. After the last record, a consumer compares every record of
every partition with what was sent: nothing acknowledged is lost, nothing is there twice, order holds.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import threading
import time

import testing
import wire

KILLS = 10
PARTITIONS = 4
RESTART_LIMIT = 2.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--flush", choices=("durable", "replicated"), default="durable")
    options = parser.parse_args()
    programs = pathlib.Path(os.environ.get("HIGHWATER_E2E_PROGRAMS", testing.ROOT / "build/release/broker/e2e"))
    settings = {} if options.flush == "durable" else {"flush": "replicated"}
    with testing.broker("endurance", **settings) as broker:
        broker.create_topic("endurance", partitions=PARTITIONS)
        arguments = [broker.address, "endurance", str(PARTITIONS), str(options.records)]
        endure(broker, [str(programs / "endurance"), "produce", *arguments], options.records)
        started = time.monotonic()
        verified = testing.run([str(programs / "endurance"), "verify", *arguments], timeout=900)
        print(verified.stdout.decode(), end="")
        print(f"verified in {time.monotonic() - started:.1f} s")


def serve_again(broker):
    """Restarts a killed broker; seconds until every partition answers."""
    started = time.monotonic()
    broker.start()
    with broker.connect() as connection:
        for partition in range(PARTITIONS):
            error = None
            while error != wire.NONE:
                error, _ = wire.read_list_offsets(connection.ask(wire.list_offsets("endurance", -1, partition=partition)))
    return time.monotonic() - started


def endure(broker, command, records):
    started = time.monotonic()
    kills = 0
    slowest = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as producer:
        errors = []
        drain = threading.Thread(target=lambda: errors.append(producer.stderr.read()))
        drain.start()
        try:
            for line in producer.stdout:
                words = line.split()
                if words[0] != "acknowledged":
                    continue
                if kills < KILLS and int(words[1]) >= (kills + 1) * records // (KILLS + 1):
                    broker.kill()
                    kills += 1
                    took = serve_again(broker)
                    slowest = max(slowest, took)
                    print(f"kill {kills} at {words[1]} acknowledged: serves again after {took:.3f} s", flush=True)
        except BaseException:
            producer.kill()
            raise
        drain.join()
    if producer.returncode != 0:
        raise AssertionError(f"the producer failed: {errors[0]}\n{broker.log_text()[-4000:]}")
    assert kills == KILLS, f"only {kills} kills: too few records for {KILLS}"
    elapsed = time.monotonic() - started
    print(f"{records} records acknowledged in {elapsed:.1f} s with {kills} kills; slowest restart {slowest:.3f} s")
    assert slowest < RESTART_LIMIT, f"a restart took {slowest:.3f} s"


if __name__ == "__main__":
    sys.exit(main())
