"""Transactions and compaction: what they cost, the broker on one core and its clients on another.

    ./dev bench transactions [--only throughput|partitions|visibility|compaction]

Throughput: one producer, batches of --batch-kb, five in flight; idempotent, and transactional (version 2, KIP-890) with a
commit every --commit-ms. Seconds by the clock, and of the broker's CPU for each GB.

Partitions: broker CPU of a transaction of one record in each of 1, 10 and 100 partitions, one after another: produce, EndTxn,
and the markers, which follow.

Visibility: from the moment an EndTxn is sent until a read_committed fetch that waits has the record; beside it the same
of a plain produce.

Compaction: a log of --log-mb with --keys keys, each of them in every eighth of it. Bytes of the log for each second of the
broker's CPU and of the clock while the broker does nothing else; and the latency of 1,000 produce requests a second (open
loop) while compaction is under way, on the same core, beside that without.

The two of a pair take turns in one run: what is shared with neighbours hits both. Figures are medians over the rounds with
their range; ratios are formed round by round.
"""

import argparse
import os
import pathlib
import re
import select
import shutil
import struct
import sys
import time

import groups
import runner

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "broker/e2e"))
import transaction_wire as transactions  # noqa: E402
import wire  # noqa: E402

DEPTH = 5  # requests in flight, as many as an idempotent producer may have
VALUE = b"v" * 100


def parse_arguments():
    parser = argparse.ArgumentParser(prog="./dev bench transactions", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement of throughput and latency")
    parser.add_argument("--commit-ms", type=int, default=100)
    parser.add_argument("--batch-kb", type=int, default=64)
    parser.add_argument("--transactions", type=int, default=300, help="in each round of partitions and visibility")
    parser.add_argument("--log-mb", type=int, default=1024)
    parser.add_argument("--keys", type=int, default=64_000)
    parser.add_argument("--only", choices=["throughput", "partitions", "visibility", "compaction"])
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench-transactions")
    parser.add_argument("--broker-core", default="1")
    parser.add_argument("--load-core", default="0")
    return parser.parse_args()


# ---- producers -------------------------------------------------------------------------------------------------------


class BatchTemplate:
    """A batch whose epoch and sequence change without reading its records again: a CRC is linear in what changes."""

    CRC_AT, EPOCH_AT = 17, 51  # in a batch of format v2; the base sequence follows the epoch
    HEAD = 61

    def __init__(self, producer_id, records, transactional):
        def encoded(bit=None):
            identity = 0 if bit is None else 1 << bit
            signed = struct.unpack(">hi", identity.to_bytes(6, "big"))
            return wire.batch(records, attributes=transactions.TRANSACTIONAL if transactional else 0,
                              producer_id=producer_id, producer_epoch=signed[0], base_sequence=signed[1])

        batch = encoded()
        self.head, self.tail, self.count = bytearray(batch[:self.HEAD]), batch[self.HEAD:], len(records)
        self.crc = self.crc_of(batch)
        self.change = [self.crc_of(encoded(bit)) ^ self.crc for bit in range(48)]

    def crc_of(self, batch):
        return struct.unpack_from(">I", batch, self.CRC_AT)[0]

    def at(self, epoch, sequence):
        """Its head; the tail is always the same."""
        identity, crc = epoch << 32 | sequence, self.crc
        for bit, change in enumerate(self.change):
            if identity >> bit & 1:
                crc ^= change
        struct.pack_into(">I", self.head, self.CRC_AT, crc)
        struct.pack_into(">hi", self.head, self.EPOCH_AT, epoch, sequence)
        return bytes(self.head)

    def size(self):
        return self.HEAD + len(self.tail)


class Producer:
    """On one connection; with a transactional id it speaks version 2: Produce 12 and EndTxn 5."""

    def __init__(self, port, topic, partitions, records, transactional_id=None):
        self.topic, self.partitions, self.transactional_id = topic, partitions, transactional_id
        self.connection = wire.Connection(port, patience=60)
        while True:
            if transactional_id is not None:
                self.connection.ask(transactions.find_transaction_coordinator(transactional_id))
                reply = self.connection.ask(transactions.init_producer_id(transactional_id))
            else:
                reply = self.connection.ask(wire.init_producer_id())
            error, self.id, self.epoch = wire.read_init_producer_id(reply)
            if error not in transactions.NOT_YET:
                break
        assert error == 0, error
        self.template = BatchTemplate(self.id, records, transactional_id is not None)
        self.sequence = 0
        topic_name = topic.encode()
        self.before = (wire.compact(transactional_id.encode() if transactional_id else None) + wire.i16(-1) +
                       wire.i32(30_000) + wire.uvarint(2) + wire.compact(topic_name) + wire.uvarint(partitions + 1))

    def send(self):
        head = self.template.at(self.epoch, self.sequence)
        self.sequence += self.template.count
        size = wire.uvarint(self.template.size() + 1)
        parts = [wire.header(0, 12, flexible=True) + self.before]
        for partition in range(self.partitions):
            parts += [wire.i32(partition) + size + head, self.template.tail, b"\0"]
        parts[-1] += b"\0\0"  # tags of the topic and of the request
        parts.insert(0, wire.u32(sum(len(part) for part in parts)))
        self.connection.send(b"".join(parts))

    def answered(self):
        """Every partition has taken its batch."""
        reply = self.connection.receive(flexible=True)
        at = 1 + 1 + len(self.topic) + 1
        for _ in range(self.partitions):
            error = struct.unpack_from(">h", reply, at + 4)[0]
            assert error == 0, f"produce: {error}"
            at += 4 + 2 + 3 * 8 + 3  # no record errors, no message, no tags

    def send_commit(self):
        self.connection.send(wire.frame(
            wire.header(transactions.END_TXN, 5, flexible=True) + wire.compact(self.transactional_id.encode()) +
            wire.i64(self.id) + wire.i16(self.epoch) + wire.i8(1) + b"\0"))

    def committed(self):
        _, error, producer_id, epoch = struct.unpack_from(">ihqh", self.connection.receive(flexible=True))
        assert error == 0 and producer_id == self.id, error
        self.epoch, self.sequence = epoch, 0

    def produce_for(self, seconds, commit_seconds):
        """Bytes that were taken, and committed where there are transactions; seconds."""
        started = time.monotonic()
        commit_at, in_flight, done, is_open = started + commit_seconds, 0, 0, False
        while True:
            now = time.monotonic()
            is_over = now >= started + seconds
            must_commit = self.transactional_id is not None and (now >= commit_at or is_over)
            while not must_commit and not is_over and in_flight < DEPTH:
                self.send()
                in_flight, is_open = in_flight + 1, True
            if in_flight:
                self.answered()
                in_flight, done = in_flight - 1, done + self.template.size()
                continue
            if must_commit and is_open:
                self.send_commit()
                self.committed()
                commit_at, is_open = commit_at + commit_seconds, False
            if is_over:
                return done, time.monotonic() - started


# ---- the broker ------------------------------------------------------------------------------------------------------


class Brokers:
    def __init__(self, options):
        self.options = options
        shutil.rmtree(options.folder, ignore_errors=True)
        options.folder.mkdir(parents=True)
        self.running = []

    def start(self, folder, **settings):
        port = runner.free_port()
        settings = {"listeners": f"PLAINTEXT://127.0.0.1:{port}", "log.dirs": str(self.options.folder / folder),
                    "flush": "replicated", **{key.replace("_", "."): value for key, value in settings.items()}}
        command = [str(self.options.build / "broker/highwater"), "serve",
                   *(part for key, value in settings.items() for part in ("--set", f"{key}={value}"))]
        log = open(self.options.folder / f"{folder}.out", "wb")
        broker = runner.Process(folder, command, port, self.options.broker_core, log)
        broker.output = self.options.folder / f"{folder}.out"
        self.running.append(broker)
        return broker

    def stop(self, broker):
        broker.process.terminate()
        broker.process.wait()
        self.running.remove(broker)

    def close(self):
        for broker in self.running:
            broker.stop()
        shutil.rmtree(self.options.folder, ignore_errors=True)


def make_topic(broker, topic, partitions=1, **configs):
    configs = {key.replace("_", "."): value for key, value in configs.items()}
    with wire.Connection(broker.port, patience=60) as connection:
        created = wire.read_create_topics(connection.ask(wire.create_topics([(topic, partitions, 1, configs)])))
        assert created == [(topic, 0)], created


def ratios(some, others):
    return [one / other for one, other in zip(some, others)]


def print_figure(what, figures, unit, scale=1.0, digits=2):
    print(f"{what}: {groups.spread(figures, scale, digits)} {unit}")


# ---- figures ---------------------------------------------------------------------------------------------------------


def measure_throughput(options, brokers):
    broker = brokers.start("throughput")
    records = [wire.record(None, VALUE, i) for i in range(options.batch_kb * 1024 // 107)]
    producers = {}
    for name, transactional_id in (("idempotent", None), ("transactional", "bench")):
        make_topic(broker, name)
        producers[name] = Producer(broker.port, name, 1, records, transactional_id)
    rate, cpu, own = ({name: [] for name in producers} for _ in range(3))
    for _ in range(options.rounds):
        for name, producer in producers.items():
            before, own_before = groups.cpu_seconds(broker.process.pid), time.process_time()
            done, seconds = producer.produce_for(options.seconds, options.commit_ms / 1000)
            rate[name].append(done / seconds)
            cpu[name].append((groups.cpu_seconds(broker.process.pid) - before) / done)
            own[name].append((time.process_time() - own_before) / seconds)
    for name in producers:
        print_figure(f"{name} produce", rate[name], "MB/s", 1e-6, 0)
        print_figure("    broker CPU", cpu[name], "s for each GB", 1e9, 3)
        print_figure("    the producer's share of its core", own[name], "")
    print_figure("transactional throughput", ratios(rate["transactional"], rate["idempotent"]), "times idempotent")
    print_figure("transactional CPU", ratios(cpu["transactional"], cpu["idempotent"]), "times idempotent")
    brokers.stop(broker)


def measure_partitions(options, brokers):
    broker = brokers.start("partitions")
    producers = {}
    for count in (1, 10, 100):
        make_topic(broker, f"of-{count}", count)
        producers[count] = Producer(broker.port, f"of-{count}", count, [wire.record(None, VALUE)], f"over-{count}")
    cost, took = ({count: [] for count in producers} for _ in range(2))
    for _ in range(options.rounds):
        for count, producer in producers.items():
            before, started = groups.cpu_seconds(broker.process.pid), time.monotonic()
            for _ in range(options.transactions):
                producer.send()
                producer.answered()
                producer.send_commit()
                producer.committed()
            cost[count].append((groups.cpu_seconds(broker.process.pid) - before) / options.transactions)
            took[count].append((time.monotonic() - started) / options.transactions)
    for count in producers:
        print_figure(f"a transaction over {count} partitions: broker CPU", cost[count], "\u00b5s", 1e6, 0)
        print_figure("    from the first request to the answer to EndTxn", took[count], "ms", 1e3)
    brokers.stop(broker)


def percentile(figures, part):
    figures = sorted(figures)
    return figures[min(len(figures) - 1, int(part * len(figures)))]


def measure_visibility(options, brokers):
    broker = brokers.start("visibility")
    found = {"a committed transaction": [], "a plain produce": []}
    sides = {}
    for name, transactional_id in zip(found, ("seen", None)):
        topic = f"seen-{'plain' if transactional_id is None else 'committed'}"
        make_topic(broker, topic)
        producer = Producer(broker.port, topic, 1, [wire.record(None, VALUE)], transactional_id)
        sides[name] = (producer, wire.Connection(broker.port, patience=60), [0])

    def once(producer, reader, offset):
        reader.send(wire.fetch(producer.topic, offset[0], max_wait_ms=30_000, isolation=1))
        producer.send()
        started = time.monotonic()
        if producer.transactional_id is not None:
            producer.answered()
            started = time.monotonic()
            producer.send_commit()
        select.select([reader.socket], [], [])
        error, _, records = wire.read_fetch(reader.receive())
        seconds = time.monotonic() - started
        assert error == 0 and records
        *_, (base, last_delta, _) = wire.batches(records)
        offset[0] = base + last_delta + 1
        if producer.transactional_id is None:
            producer.answered()
        else:
            producer.committed()
        return seconds

    for side in sides.values():
        once(*side)
    for _ in range(options.rounds):
        for name, side in sides.items():
            found[name].append([once(*side) for _ in range(options.transactions)])
    for name, rounds in found.items():
        for level, part in (("median", 0.5), ("p99", 0.99)):
            print_figure(f"{name} is visible to read_committed after, {level}",
                         [percentile(figures, part) for figures in rounds], "ms", 1e3, 3)
    brokers.stop(broker)


COMPACTED = re.compile(rb"compacted-0 compacted up to offset .*: (\d+) bytes from (\d+)")


def fill_log(options, brokers):
    """Eight batches hold all keys, over and over. Compaction does not look at the log before the broker starts again."""
    broker = brokers.start("filled", log_cleaner_backoff_ms="3600000")
    make_topic(broker, "compacted", cleanup_policy="compact", segment_bytes=str(64 << 20))
    of_batch = options.keys // 8
    requests = [wire.produce("compacted", wire.batch(
        [wire.record(b"key-%09d" % (number * of_batch + i), VALUE, i) for i in range(of_batch)])) for number in range(8)]
    left = options.log_mb << 20
    with wire.Connection(broker.port, patience=60) as connection:
        while left > 0:
            for request in requests:
                error, _ = wire.read_produce(connection.ask(request))
                assert error == 0, error
                left -= len(request)
    brokers.stop(broker)


def copy_of_log(options, name):
    """Segments that are closed are never written again: they are linked, all else is copied."""
    target = options.folder / name
    shutil.rmtree(target, ignore_errors=True)
    newest = max((options.folder / "filled/compacted-0").glob("*.log"))

    def link_or_copy(source, to):
        if source.endswith(".log") and "compacted-0" in source and source != str(newest):
            os.link(source, to)
        else:
            shutil.copy2(source, to)

    shutil.copytree(options.folder / "filled", target, copy_function=link_or_copy)


def compacted(broker):
    found = COMPACTED.search(broker.output.read_bytes())
    return int(found[2]) if found else None


def wait_for(condition, seconds=120):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {seconds} s")
        time.sleep(0.002)


def works(broker, seconds=0.02):
    """The broker computes without a request: compaction has begun."""
    before = groups.cpu_seconds(broker.process.pid)
    return wait_for(lambda: True if groups.cpu_seconds(broker.process.pid) - before > seconds else None)


def measure_compaction(options, brokers):
    fill_log(options, brokers)
    by_clock, by_cpu = [], []
    latency = {"without": {"p50": [], "p99": []}, "beside": {"p50": [], "p99": []}}
    bench = argparse.Namespace(options=options, load_program=options.build / "broker/bench/load")
    for _ in range(options.rounds):
        for kind in ("alone", "without", "beside"):
            copy_of_log(options, kind)
            broker = brokers.start(kind, log_cleaner_backoff_ms="1000",
                                   log_cleaner_enable="false" if kind == "without" else "true")
            if kind == "alone":
                before = groups.cpu_seconds(broker.process.pid)
                works(broker)
                started = time.monotonic()
                size = wait_for(lambda broker=broker: compacted(broker))
                by_clock.append(size / (time.monotonic() - started))
                by_cpu.append(size / (groups.cpu_seconds(broker.process.pid) - before))
            else:
                make_topic(broker, "load")
                if kind == "beside":
                    works(broker)
                cell = runner.Bench.load(bench, "produce", broker, f"{runner.LATENCY} --warm-up-ms 100")
                assert cell["errors"] == {"0": sum(cell["errors"].values())}, cell["errors"]
                if kind == "beside" and compacted(broker) is not None:
                    raise SystemExit("compaction was over before the load: give a larger --log-mb or fewer --seconds")
                for level, figures in latency[kind].items():
                    figures.append(cell["latency_us"][level])
            brokers.stop(broker)
            shutil.rmtree(options.folder / kind)
    print_figure("compaction", by_cpu, "GB of log for each second of CPU", 1e-9, 3)
    print_figure("    by the clock", by_clock, "GB/s", 1e-9, 3)
    for level in ("p50", "p99"):
        for kind, figures in latency.items():
            print_figure(f"produce {level}, {kind} compaction", figures[level], "\u00b5s", 1, 0)
        print_figure("    ratio", ratios(latency["beside"][level], latency["without"][level]), "")


def main():
    options = parse_arguments()
    os.sched_setaffinity(0, {int(options.load_core)})
    print(f"load average at the start {os.getloadavg()[0]:.2f}; {options.rounds} rounds")
    brokers = Brokers(options)
    try:
        for name, measure in (("throughput", measure_throughput), ("partitions", measure_partitions),
                              ("visibility", measure_visibility), ("compaction", measure_compaction)):
            if options.only in (None, name):
                measure(options, brokers)
    finally:
        brokers.close()
    print(f"load average at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
