"""The benchmark: the broker beside the null broker, cell by cell, on pinned cores. `./dev bench` runs it.

Brokers run on one core and the load generator on another. Every round measures every broker on a workload right after
another, so that a neighbour's load hits all of them; figures are medians over the rounds with their range. The primary
figures are the broker's CPU seconds, for each GB and for each million requests, and both divided by the floor's of the
same run ("x floor"). Throughput and latency mean something only beside the floor's (and the fsync probe's) in the same
line of the same run.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "broker/e2e"))
import wire  # noqa: E402

# name -> options of `load produce`: requests of about this size, as many connections and as deep as section by section
PRODUCE = {
    "produce 1 MB": "--records 9000 --record-bytes 100 --connections 2 --depth 2",
    "produce 16 KB": "--records 148 --record-bytes 100 --connections 4 --depth 8",
    "produce 16 KB of 1 KiB records": "--records 15 --record-bytes 1024 --connections 4 --depth 8",
    "produce 1 record": "--records 1 --record-bytes 100 --connections 8 --depth 32",
}
FETCH = {"fetch 1 MiB": 1 << 20, "fetch 64 KiB": 64 << 10}
LATENCY = "--records 1 --record-bytes 100 --connections 1 --rate 1000 --arrivals constant"
BATCH_RECORDS, BATCH_BYTES = 148, 16 * 1024 + 94  # of what the fetch workloads read


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="measured in each cell")
    parser.add_argument("--only", default="", help="regular expression on workload names")
    parser.add_argument("--json", type=pathlib.Path, help="also write every cell there")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench", help="for the brokers' data")
    parser.add_argument("--broker-core", default="1")
    parser.add_argument("--load-core", default="0")
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A broker under test, pinned to the brokers' core."""

    def __init__(self, name, command, port, core, log):
        self.name, self.port = name, port
        self.process = subprocess.Popen(["taskset", "-c", core, *command], stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"{name} exited with {self.process.returncode}; its output is in {log.name}")
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise SystemExit(f"{name} does not listen") from None
                time.sleep(0.01)

    def resident_mb(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise KeyError("VmRSS")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = options.folder
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.log = open(self.folder / "log", "wb")
        self.load_program = options.build / "broker/bench/load"
        self.null_program = options.build / "broker/bench/null_broker"
        self.broker_program = options.build / "broker/highwater"
        self.running = {}
        self.cells = []
        self.topics = 0
        self.failures = []

    # ---- brokers ------------------------------------------------------------------------------------------------

    def highwater_command(self, name, port, settings):
        options = {"listeners": f"PLAINTEXT://127.0.0.1:{port}", "log.dirs": str(self.folder / name), **settings}
        return [str(self.broker_program), "serve",
                *(part for key, value in options.items() for part in ("--set", f"{key}={value}"))]

    def start_highwater(self, name, **settings):
        port = free_port()
        settings = {key.replace("_", "."): value for key, value in settings.items()}
        self.running[name] = Process(name, self.highwater_command(name, port, settings), port,
                                     self.options.broker_core, self.log)

    def start_null(self, mode):
        port = free_port()
        name = f"null ({mode})"
        command = [str(self.null_program), "--port", str(port), "--mode", mode, "--folder", str(self.folder)]
        self.running[name] = Process(name, command, port, self.options.broker_core, self.log)

    def stop_all(self):
        for process in self.running.values():
            process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- cells --------------------------------------------------------------------------------------------------

    def load(self, command, broker, options, topic="load"):
        arguments = ["taskset", "-c", self.options.load_core, str(self.load_program), command, "--port",
                     str(broker.port), "--broker-pid", str(broker.process.pid), "--topic", topic,
                     "--duration-ms", str(int(self.options.seconds * 1000)), *options.split()]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{broker.name}: {' '.join(arguments)}: {done.stderr}")
        return json.loads(done.stdout)

    def with_fresh_topic(self, broker, work):
        """`work(topic)` on a topic of its own, so that no cell inherits another's files."""
        self.topics += 1
        topic = f"load-{self.topics}"
        if broker.name.startswith("null"):
            return work(topic)
        with wire.Connection(broker.port, patience=60) as connection:
            created = wire.read_create_topics(connection.ask(wire.create_topics([(topic, 1, 1, {})])))
            if created != [(topic, 0)]:
                raise SystemExit(f"{broker.name}: creating a topic: {created}")
            result = work(topic)
            connection.ask(wire.delete_topics([topic]))
        return result

    def record(self, workload, broker, cell):
        cell.update(workload=workload, broker=broker.name, load_average=os.getloadavg()[0])
        self.cells.append(cell)
        wrong = {code: count for code, count in cell["errors"].items() if code != "0"}
        if wrong:
            self.failures.append(f"{workload}, {broker.name}: error codes {wrong}")
        return cell

    def interleave(self, workload, names, one_cell):
        print(f"{workload}:", end=" ", flush=True)
        for turn in range(self.options.rounds + 1):
            for name in names:
                cell = one_cell(self.running[name])
                if turn > 0:  # the first round warms up
                    self.record(workload, self.running[name], cell)
            print(turn if turn else "w", end=" ", flush=True)
        print()

    # ---- workloads ----------------------------------------------------------------------------------------------

    def wanted(self, workload):
        return re.search(self.options.only, workload) is not None

    def produce(self, suffix, names):
        for workload, options in PRODUCE.items():
            if self.wanted(workload + suffix):
                self.interleave(workload + suffix, names, lambda broker, options=options: self.with_fresh_topic(
                    broker, lambda topic: self.load("produce", broker, options, topic)))

    def fetch(self, names):
        for workload, size in FETCH.items():
            if not self.wanted(workload):
                continue
            ends = {name: self.fill(self.running[name]) for name in names}
            step = size // BATCH_BYTES * BATCH_RECORDS

            def cell(broker, size=size, step=step, ends=ends):
                return self.load("fetch", broker, f"--connections 2 --depth 1 --fetch-bytes {size} "
                                 f"--fetch-step {step} --fetch-end {ends[broker.name]}", "fetched")

            self.interleave(workload, names, cell)

    def fill(self, broker):
        """Puts about half a second's worth of 16 KB batches into the topic that is fetched; returns its end."""
        if broker.name.startswith("null"):
            return 1 << 40
        with wire.Connection(broker.port, patience=60) as connection:
            connection.ask(wire.create_topics([("fetched", 1, 1, {})]))
            self.load("produce", broker, PRODUCE["produce 16 KB"] + " --warm-up-ms 0 --duration-ms 500", "fetched")
            return wire.read_list_offsets(connection.ask(wire.list_offsets("fetched", -1)))[1]

    def latency(self, suffix, names, probe):
        workload = "latency at 1000 requests/s" + suffix
        options = LATENCY + (f" --probe {self.folder}" if probe else "")
        if self.wanted(workload):
            self.interleave(workload, names, lambda broker: self.with_fresh_topic(
                broker, lambda topic: self.load("produce", broker, options, topic)))

    def first_ack(self):
        if not self.wanted("start to first acknowledged write"):
            return
        print("start to first acknowledged write, exec to ack, 20 starts on empty directories:")
        for name in ("highwater (durable)", "null (crc)"):
            times = []
            for start in range(20):
                port = free_port()
                if name.startswith("null"):
                    command, create = [str(self.null_program), "--port", str(port), "--mode", "crc"], "0"
                else:
                    command, create = self.highwater_command(f"start-{start}", port, {}), "1"
                done = subprocess.run(["taskset", "-c", self.options.load_core, str(self.load_program), "first-ack",
                                       "--port", str(port), "--create", create, "--", *command],
                                      capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise SystemExit(f"{name}: first-ack: {done.stdout} {done.stderr}")
                times.append(json.loads(done.stdout)["ms"])
            print(f"  {name:22} median {statistics.median(times):.1f} ms, {min(times):.1f} to {max(times):.1f}")

    def idle_memory(self):
        if not self.wanted("resident when idle"):
            return
        self.start_highwater("idle")
        time.sleep(2)  # lets it become idle; what is measured is the state, not a time
        print(f"resident when idle, empty directory, 2 s after the start: {self.running['idle'].resident_mb():.1f} MB")
        self.running.pop("idle").stop()

    # ---- report -------------------------------------------------------------------------------------------------

    def column(self, workload, name, value):
        return [value(cell) for cell in self.cells if cell["workload"] == workload and cell["broker"] == name]

    @staticmethod
    def spread(values, digits=3):
        if not values:
            return "-"
        return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}-{max(values):.{digits}f}]"

    def report_cpu(self, workload, names, floor):
        rows = {
            "CPU-s/GB": lambda cell: cell["broker_cpu"] / cell["bytes"] * 1e9,
            "CPU-s/M requests": lambda cell: cell["broker_cpu"] / cell["requests"] * 1e6,
        }
        print(f"\n{workload}")
        for name in names:
            parts = []
            for title, value in rows.items():
                mine, least = self.column(workload, name, value), self.column(workload, floor, value)
                parts.append(f"{title} {self.spread(mine):25}")
                if title == "CPU-s/GB":
                    ratio = [a / b for a, b in zip(mine, least)]
                    per_gb = self.spread(ratio, 2)
                else:
                    per_request = self.spread([a / b for a, b in zip(mine, least)], 2)
            rate = self.column(workload, name, lambda cell: cell["bytes"] / cell["seconds"] / 1e6)
            requests = self.column(workload, name, lambda cell: cell["requests"] / cell["seconds"])
            p50 = self.column(workload, name, lambda cell: cell["latency_us"]["p50"])
            p99 = self.column(workload, name, lambda cell: cell["latency_us"]["p99"])
            bound = any(self.column(workload, name, lambda cell: cell["generator_bound"]))
            quoted = "generator-bound, no rate" if bound else (
                f"{statistics.median(rate):.0f} MB/s, {statistics.median(requests):.0f} req/s, "
                f"p50/p99 {statistics.median(p50):.0f}/{statistics.median(p99):.0f} us")
            print(f"  {name:24} {'  '.join(parts)}  x floor {per_gb} by GB, {per_request} by request  {quoted}")

    def report_latency(self, workload, names):
        print(f"\n{workload} (microseconds)")
        for name in names:
            line = []
            for level in ("p50", "p99", "p99.9"):
                line.append(f"{level} {self.spread(self.column(workload, name, lambda c: c['latency_us'][level]), 0)}")
            probes = [cell["probe_us"] for cell in self.cells
                      if cell["workload"] == workload and cell["broker"] == name and cell["probe_us"]]
            if probes:
                line.append("fsync probe " + ", ".join(
                    f"{level} {self.spread([probe[level] for probe in probes], 0)}" for level in ("p50", "p99", "p99.9")))
            print(f"  {name:24} {'  '.join(line)}")

    def run(self):
        print(f"load average at the start {os.getloadavg()[0]:.2f}; brokers on core {self.options.broker_core}, "
              f"generator on core {self.options.load_core}; {self.options.rounds} rounds of {self.options.seconds} s")
        self.idle_memory()
        self.first_ack()
        self.start_highwater("highwater (replicated)", flush="replicated")
        self.start_highwater("highwater (durable)")
        for mode in ("crc", "direct", "commit"):
            self.start_null(mode)
        plain = ["null (crc)", "null (direct)", "highwater (replicated)"]
        durable = ["null (commit)", "highwater (durable)"]
        fetching = ["null (crc)", "highwater (replicated)"]
        self.produce(", flush=replicated", plain)
        self.produce(", durable", durable)
        self.fetch(fetching)
        self.latency(", flush=replicated", ["null (crc)", "highwater (replicated)"], probe=False)
        self.latency(", durable", ["null (commit)", "highwater (durable)"], probe=True)

        for workload in dict.fromkeys(cell["workload"] for cell in self.cells):
            if workload.startswith("latency"):
                self.report_latency(workload, durable if "durable" in workload else fetching)
            elif workload.startswith("fetch"):
                self.report_cpu(workload, fetching, "null (crc)")
            elif "durable" in workload:
                self.report_cpu(workload, durable, "null (commit)")
            else:
                self.report_cpu(workload, plain, "null (direct)")
        self.report_price()
        print(f"\nload average at the end {os.getloadavg()[0]:.2f}")
        if self.options.json:
            self.options.json.write_text(json.dumps(self.cells, indent=1))
        for failure in self.failures:
            print(f"FAILED {failure}")
        return 1 if self.failures else 0

    def report_price(self):
        """The price of durability: the durable rate over the own rate without flushes, at 32 requests in flight."""
        for workload in PRODUCE:
            def rates(suffix, name, workload=workload):
                return self.column(workload + suffix, name, lambda cell: cell["requests"] / cell["seconds"])
            durable = rates(", durable", "highwater (durable)")
            plain = rates(", flush=replicated", "highwater (replicated)")
            if durable and plain:
                print(f"durable rate / rate without flushes, {workload}: "
                      f"{statistics.median(durable) / statistics.median(plain):.0%}")


def main():
    bench = Bench(parse_arguments())
    try:
        return bench.run()
    finally:
        bench.stop_all()


if __name__ == "__main__":
    sys.exit(main())
