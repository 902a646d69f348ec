"""What the end-to-end tests share: a broker process under their control, and a client that must not notice anything.

Every test program runs alone (`python3 broker/e2e/foo_test.py`) or under ctest. HIGHWATER_BINARY names the broker
(default: build/release/broker/highwater), HIGHWATER_SCRATCH the folder for its data (default: build/e2e). Data of a
test that failed stays there. A test that cannot run says "not run: <reason>" and exits with 77, which ctest shows as
skipped.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import wire

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = pathlib.Path(os.environ.get("HIGHWATER_BINARY", ROOT / "build/release/broker/highwater"))
SCRATCH = pathlib.Path(os.environ.get("HIGHWATER_SCRATCH", ROOT / "build/e2e"))
PEERS = ROOT / ".peers"
NOT_RUN = 77


def not_run(reason):
    print(f"not run: {reason}")
    sys.exit(NOT_RUN)


def is_installed(name):
    """Whether that client of another project is there."""
    return (PEERS / name / ".complete").exists()


def peer(name):
    """The folder of an installed client of another project; without it the test is not run."""
    if is_installed(name):
        return PEERS / name
    missing = PEERS / f"{name}.missing"
    not_run(missing.read_text().strip() if missing.exists() else f"{name} is not installed (broker/e2e/peers.sh)")


def run_with_python_of(name):
    """Runs the calling program again with the Python of an installed client, which has its modules."""
    python = peer(name) / "bin/python"
    if pathlib.Path(sys.executable) != python:
        sys.stdout.flush()
        os.execv(python, [str(python), "-B", *sys.argv])


def need_command(name):
    if shutil.which(name) is None:
        not_run(f"no {name}")
    return name


def main():
    """Runs the tests of the calling program; its last line says how many ran."""
    if not BINARY.exists() and "HIGHWATER_E2E_BROKER" not in os.environ:
        print(f"{BINARY} does not exist: ./dev build release")
        sys.exit(1)
    unittest.main(module="__main__", verbosity=2)


def await_true(condition, seconds, what):
    """Polls until `condition()` holds. The limit is patience with a loaded machine, not an expectation."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.002)


@contextlib.contextmanager
def temporary_file(name, content):
    """A file that is gone after the block."""
    folder = SCRATCH / f"files-{os.getpid()}-{random.randrange(1 << 32):08x}"
    folder.mkdir(parents=True)
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        yield path
    finally:
        shutil.rmtree(folder)


class Port:
    """A port that nothing else takes while it is held, also while no broker listens on it: outside the range the
    kernel gives to connecting sockets, and locked against other test programs."""

    def __init__(self):
        folder = SCRATCH / "ports"
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            self.number = random.randrange(20000, 32000)
            self.lock = open(folder / str(self.number), "w")
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", self.number))
                return
            except OSError:
                self.lock.close()

    def release(self):
        self.lock.close()


class Broker:
    """One broker process with its own port and data folder; may be killed and started again on both."""

    def __init__(self, name, **settings):
        """`settings`: Kafka's names with '_' for '.', e.g. num_partitions=3."""
        self.folder = SCRATCH / f"{name}-{os.getpid()}-{random.randrange(1 << 32):08x}"
        self.folder.mkdir(parents=True)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.held_port = Port()
        self.port = self.held_port.number
        self.address = f"127.0.0.1:{self.port}"
        self.settings = {key.replace("_", "."): str(value) for key, value in settings.items()}
        self.process = None
        self.failed = True

    def command(self):
        settings = {"listeners": f"PLAINTEXT://{self.address}", "log.dirs": str(self.data), **self.settings}
        options = [option for key, value in settings.items() for option in ("--set", f"{key}={value}")]
        return [str(BINARY), "serve", *options]

    def start(self):
        """Starts the process and waits until it accepts connections; returns how long that took, in seconds."""
        started = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)

        def listening():
            if self.process.poll() is not None:
                raise AssertionError(f"the broker exited with {self.process.returncode}:\n{self.log_text()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return True
            except ConnectionRefusedError:
                return False

        await_true(listening, 60, "the broker listens")
        return time.monotonic() - started

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, patience=60):
        """Asks for a clean end and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)

    def restart(self):
        self.stop()
        return self.start()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        still_running = self.process.poll() is None
        if still_running:
            self.kill()
        self.held_port.release()
        if kind is not None:
            print(f"the broker's data and log are in {self.folder}\n{self.log_text()[-4000:]}", file=sys.stderr)
            return
        shutil.rmtree(self.folder)
        assert still_running or self.process.returncode == 0, f"the broker exited with {self.process.returncode}"

    def log_text(self):
        return self.log.read_text(errors="replace")

    def status(self, field):
        """A number of /proc/PID/status, e.g. VmRSS in KiB."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def resident_kib(self):
        return self.status("VmRSS")

    def sockets(self):
        """Open sockets; open files vary with the topics and say nothing about connections."""
        count = 0
        for name in os.listdir(f"/proc/{self.process.pid}/fd"):
            with contextlib.suppress(FileNotFoundError):
                count += os.readlink(f"/proc/{self.process.pid}/fd/{name}").startswith("socket:")
        return count

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, **options):
        return wire.Connection(self.port, **options)

    def create_topic(self, name, partitions=1, **configs):
        configs = {key.replace("_", "."): str(value) for key, value in configs.items()}
        with self.connect() as connection:
            reply = connection.ask(wire.create_topics([(name, partitions, 1, configs)]))
        assert wire.read_create_topics(reply) == [(name, wire.NONE)], wire.read_create_topics(reply)

    def highwater(self, *arguments):
        return run([str(BINARY), *arguments])


def run(command, *, stdin=None, check=True, timeout=180, **options):
    """Runs a program to its end; what it wrote is in the error if it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} exited with {done.returncode}\nstdout: {done.stdout[-4000:]!r}\n"
                             f"stderr: {done.stderr[-4000:]!r}")
    return done


def read_all(broker, topic, partition=0, offset=0):
    """The bytes of all batches of a partition from `offset` on, by plain fetches."""
    data = b""
    with broker.connect() as connection:
        while True:
            error, high_watermark, records = wire.read_fetch(
                connection.ask(wire.fetch(topic, offset, partition=partition)))
            assert error == wire.NONE, error
            whole = list(wire.batches(records))
            for base, delta, batch in whole:
                if base + delta >= offset:
                    data += batch
                    offset = base + delta + 1
            if offset >= high_watermark:
                return data
            assert whole, f"no progress at offset {offset} below the high watermark {high_watermark}"


class ApacheKafka(Broker):
    """Apache Kafka's own broker in place of ours, to try the tests themselves on: HIGHWATER_E2E_BROKER=apache-kafka."""

    def java(self, main_class, *arguments):
        return ["java", "-Xmx512m", "-cp", f"{peer('apache-kafka')}/libs/*", main_class, *arguments]

    def command(self):
        settings = {
            "listeners": f"PLAINTEXT://{self.address},CONTROLLER://127.0.0.1:{self.controller_port.number}",
            "advertised.listeners": f"PLAINTEXT://{self.address}", "log.dirs": str(self.data), "node.id": "1",
            "process.roles": "broker,controller", "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@127.0.0.1:{self.controller_port.number}",
            "offsets.topic.replication.factor": "1", "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1", **self.settings}
        settings.pop("flush", None)
        path = self.folder / "server.properties"
        path.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        return self.java("kafka.Kafka", str(path))

    def start(self):
        if not self.data.exists():
            self.controller_port = Port()
            self.command()
            run(self.java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                          str(self.folder / "server.properties")))
        return super().start()

    def create_topic(self, name, partitions=1, **configs):
        super().create_topic(name, partitions, **configs)
        with self.connect() as connection:  # its broker learns of the topic a little later than its controller
            for partition in range(partitions):
                await_true(lambda at=partition: wire.read_list_offsets(connection.ask(wire.list_offsets(
                    name, -1, partition=at)))[0] == wire.NONE, 30, f"{name}-{partition} has a leader")


class HealthyClient:
    """Produces and fetches back one record at a time, on connections of its own, for as long as the block lasts. What
    it reads must be what it wrote, in order; any error, close or refusal fails the block."""

    def __init__(self, broker, topic="healthy"):
        self.broker, self.topic = broker, topic
        self.stopping = threading.Event()
        self.error = None
        self.rounds = 0
        self.latencies = []
        broker.create_topic(topic)
        self.thread = threading.Thread(target=self.work)

    def work(self):
        try:
            with self.broker.connect(patience=60) as writer, self.broker.connect(patience=60) as reader:
                while not self.stopping.is_set():
                    started = time.monotonic()
                    value = f"healthy {self.rounds}".encode()
                    error, offset = wire.read_produce(writer.ask(
                        wire.produce(self.topic, wire.batch([wire.record(None, value)]))))
                    assert (error, offset) == (wire.NONE, self.rounds), (error, offset, self.rounds)
                    error, _, records = wire.read_fetch(reader.ask(wire.fetch(self.topic, self.rounds)))
                    assert error == wire.NONE and value in records, (error, records)
                    self.latencies.append(time.monotonic() - started)
                    self.rounds += 1
        except BaseException as error:  # shown by the block's end, in the thread that waits
            self.error = error

    def __enter__(self):
        self.thread.start()
        self.check()
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        self.thread.join()
        if kind is None:
            assert self.error is None, f"the healthy client failed after {self.rounds} rounds: {self.error!r}"

    def check(self):
        """Waits until it has done two more whole rounds."""
        wanted = self.rounds + 2
        await_true(lambda: self.error is not None or self.rounds >= wanted, 60, "the healthy client's rounds")
        assert self.error is None, f"the healthy client failed after {self.rounds} rounds: {self.error!r}"


@contextlib.contextmanager
def broker(name, **settings):
    kind = ApacheKafka if os.environ.get("HIGHWATER_E2E_BROKER") == "apache-kafka" else Broker
    with kind(name, **settings) as running:
        yield running


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.strip()]
