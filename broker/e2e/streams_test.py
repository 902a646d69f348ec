"""Kafka Streams with processing.guarantee=exactly_once_v2 (JavaStreams.java): words counted, also in windows, and a
stream joined with a table. Two programs of the application are killed in turns under load, and the broker with kill -9;
the changelogs of their stores are compacted meanwhile. Every input makes its outputs once: what read_committed sees is
compared with what this file counts, and so is what the stores answer, at the end those of a program without any state
of its own.

HIGHWATER_E2E_RECORDS says how many lines there are (10,000 unless told).
"""

import collections
import itertools
import os
import struct
import subprocess
import time
import unittest

import testing

testing.run_with_python_of("confluent-kafka")

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition  # noqa: E402

import java  # noqa: E402
from members import MemberProgram  # noqa: E402

LINES = int(os.environ.get("HIGHWATER_E2E_RECORDS", "10000"))
CLICKS = LINES // 2
PARTITIONS = 2
KILLS = 3  # of programs, and as many of the broker
PATIENCE = 120 + LINES // 1000
WORDS = [f"word{i}" for i in range(50)]
USERS = [f"user{i}" for i in range(20)]
REGIONS = ["north", "east", "south", "west"]
APPLICATION = "application"
COUNTS = ("word-counts", "windowed-counts", "region-sums")  # their values are numbers
OUTPUTS = (*COUNTS, "joined")

MINUTE = 60_000  # ms
SPAN = 30 * MINUTE
# All timestamps are of the last hour: the broker's retention would take old records away.
BEGIN = (int(time.time() * 1000) - SPAN - 10 * MINUTE) // MINUTE * MINUTE


def line(i):
    """Timestamp and words."""
    return BEGIN + i * SPAN // LINES, [WORDS[i * i % len(WORDS)], WORDS[i % 7]]


def click(i):
    """Timestamp, which is odd, user, number."""
    return BEGIN + 1 + i * SPAN // 2 // CLICKS * 2, USERS[i % len(USERS)], i


def moves():
    """Timestamps, which are even, users, their regions from then on: each is in four, one after the other."""
    for turn, (i, user) in itertools.product(range(4), enumerate(USERS)):
        yield BEGIN + turn * SPAN // 4, user, REGIONS[(i + turn) % len(REGIONS)]


def region_at(timestamp, user):
    return [region for since, who, region in moves() if who == user and since <= timestamp][-1]


def truth():
    """What each output has of each key, in order."""
    found = {topic: collections.defaultdict(list) for topic in OUTPUTS}

    def count(topic, key):
        found[topic][key].append(len(found[topic][key]) + 1)

    for timestamp, words in map(line, range(LINES)):
        for word in words:
            count("word-counts", word)
            count("windowed-counts", f"{word}@{timestamp // MINUTE * MINUTE}")
    for timestamp, user, number in map(click, range(CLICKS)):
        region = region_at(timestamp, user)
        found["joined"][user].append(f"{region}:{number}")
        found["region-sums"][region].append(number)
    return found


def added(sums):
    """What was added for each of the sums, in the order of size: clicks of several users come in any order."""
    return sorted(after - before for before, after in zip([0, *sums], sums))


class Inputs:
    def __init__(self, broker):
        self.producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 5,
                                  "reconnect.backoff.max.ms": 500})
        self.lines = 0
        for timestamp, user, region in moves():
            self.add("users", USERS.index(user), timestamp, user, region)
        for timestamp, user, number in map(click, range(CLICKS)):
            self.add("clicks", USERS.index(user), timestamp, user, struct.pack(">q", number))
        self.flush()

    def add(self, topic, number, timestamp, key, value):
        while True:
            try:
                self.producer.produce(topic, value, key, number % PARTITIONS, timestamp=timestamp)
                return
            except BufferError:
                self.producer.poll(0.1)

    def add_lines(self, end):
        """Those before `end`; they may still be on their way afterwards."""
        for number in range(self.lines, end):
            timestamp, words = line(number)
            self.add("lines", number, timestamp, None, " ".join(words))
        self.lines = end

    def flush(self):
        assert self.producer.flush(PATIENCE) == 0


class Outputs:
    """What read_committed has seen of them, also while the broker is killed and started again."""

    def __init__(self, broker):
        self.found = {topic: collections.defaultdict(list) for topic in OUTPUTS}
        self.consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "unused", "enable.auto.commit": False,
                                  "isolation.level": "read_committed", "enable.partition.eof": True,
                                  "reconnect.backoff.max.ms": 500})
        self.consumer.assign([TopicPartition(topic, partition, 0)
                              for topic in OUTPUTS for partition in range(PARTITIONS)])
        self.ended = set()  # partitions, until they have more

    def poll(self):
        for message in self.consumer.consume(10_000, 0.05):
            at = (message.topic(), message.partition())
            if message.error() is None:
                self.ended.discard(at)
                value = message.value()
                value = struct.unpack(">q", value)[0] if message.topic() in COUNTS else value.decode()
                self.found[message.topic()][message.key().decode()].append(value)
            elif message.error().code() == KafkaError._PARTITION_EOF:
                self.ended.add(at)
            else:
                assert message.error().retriable() or message.error().code() in (
                    KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN), message.error()

    def count(self, topic):
        return sum(map(len, self.found[topic].values()))

    def counts(self):
        return {topic: self.count(topic) for topic in OUTPUTS}

    def are_at_their_ends(self):
        self.poll()
        return len(self.ended) == len(OUTPUTS) * PARTITIONS


class Program(MemberProgram):
    """One of the application, with its state in `folder`."""

    def __init__(self, broker, classes, folder):
        super().__init__(java.command("kafka-streams", "JavaStreams", broker.address, APPLICATION, str(folder),
                                      classes=[classes]), stdin=subprocess.PIPE)
        self.asked = 0

    def ask(self, question):
        """What its stores know: None if the key is none of theirs, or they are not ready."""
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        self.asked += 1
        testing.await_true(lambda: len(self.told("answer")) == self.asked, PATIENCE, f"an answer to {question}")
        answered, value = self.told("answer")[-1]
        assert answered == question, answered
        return None if value == "unready" else value

    def kill(self):
        super().kill()
        self.process.stdin.close()

    def end(self):
        """By itself; what it did so far is committed then."""
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0, self.process.returncode
        self.listener.join()
        self.process.stdout.close()


class Streams(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "streams", group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200, log_cleaner_backoff_ms=200,
            transaction_abort_timed_out_transaction_cleanup_interval_ms=500))
        for topic in ("lines", "users", "clicks", *OUTPUTS):
            self.broker.create_topic(topic, PARTITIONS)
        self.classes = self.broker.folder / "classes"
        java.compile("kafka-streams", "JavaStreams.java", self.classes)
        self.programs = {}

    def start(self, name):
        self.programs[name] = self.enterContext(Program(self.broker, self.classes, self.broker.folder / name))

    def await_true(self, condition, outputs, what):
        def holds():
            outputs.poll()
            for name, program in self.programs.items():
                assert program.process.poll() is None, f"{name} ended with {program.process.returncode}"
            return condition()

        try:
            testing.await_true(holds, PATIENCE, what)
        except AssertionError as error:
            states = {name: program.told("state") for name, program in self.programs.items()}
            raise AssertionError(f"{error}: {outputs.counts()}, {states}") from error

    def ask(self, question):
        """What the one program says that has it."""
        answers = []

        def answered():
            answers[:] = [answer for program in self.programs.values() if (answer := program.ask(question)) is not None]
            return len(answers) == 1

        testing.await_true(answered, PATIENCE, f"one answers {question}")
        return answers[0]

    def check_stores(self, wanted):
        for word, counts in wanted["word-counts"].items():
            self.assertEqual(self.ask(f"word {word}"), len(counts))
        for window, counts in wanted["windowed-counts"].items():
            self.assertEqual(self.ask("window " + window.replace("@", " ")), len(counts))
        for region, numbers in wanted["region-sums"].items():
            self.assertEqual(self.ask(f"region {region}"), sum(numbers))

    def compacted(self):
        """The partitions that compaction has been in."""
        checkpoint = self.broker.data / "cleaner-offset-checkpoint"
        rows = checkpoint.read_text().splitlines()[2:] if checkpoint.exists() else []
        return {tuple(row.split()[:2]) for row in rows if not row.endswith(" 0")}

    def test_every_input_counts_once_whatever_is_killed(self):
        wanted = truth()
        inputs, outputs = Inputs(self.broker), Outputs(self.broker)
        for name in ("one", "two"):
            self.start(name)
        for kill in range(2 * KILLS):
            inputs.add_lines((kill + 1) * LINES // (2 * KILLS + 1))
            goal = (2 * kill + 1) * LINES // (2 * KILLS + 1)  # half of the last lines' words
            self.await_true(lambda: outputs.count("word-counts") >= goal, outputs, f"{goal} counts before kill {kill}")
            if kill % 2 == 0:
                name = ("one", "two")[kill // 2 % 2]
                self.programs[name].kill()
                self.start(name)
            else:
                self.broker.kill()
                self.broker.start()
        inputs.add_lines(LINES)
        inputs.flush()
        ends = {topic: sum(map(len, keys.values())) for topic, keys in wanted.items()}
        self.await_true(lambda: all(outputs.count(topic) >= ends[topic] for topic in OUTPUTS), outputs, f"all of {ends}")
        self.check_stores({**wanted, "windowed-counts": dict(itertools.islice(wanted["windowed-counts"].items(), 20))})

        for program in self.programs.values():
            program.end()
        again = Outputs(self.broker)
        testing.await_true(lambda: again.are_at_their_ends() and all(again.count(topic) >= ends[topic] for topic in OUTPUTS),
                           PATIENCE, "the ends of the outputs")
        self.assertEqual(again.found, outputs.found, "what is read afterwards is what was read all along")
        for topic in ("word-counts", "windowed-counts", "joined"):
            self.assertEqual(outputs.found[topic], wanted[topic], topic)
        self.assertEqual({region: added(sums) for region, sums in outputs.found["region-sums"].items()},
                         wanted["region-sums"])

        topics = self.broker.highwater("topics", "--bootstrap-server", self.broker.address, "--list").stdout.decode()
        changelogs = {f"{APPLICATION}-{store}-store-changelog" for store in ("word", "window", "user", "region")}
        repartitioned = {f"{APPLICATION}-{name}-repartition" for name in ("words", "regions")}
        self.assertLessEqual(changelogs | repartitioned, set(topics.split()))
        partitions = {(changelog, str(partition)) for changelog in changelogs for partition in range(PARTITIONS)}
        testing.await_true(lambda: partitions <= self.compacted(), PATIENCE, "the changelogs are compacted")
        self.programs.clear()
        self.start("new")
        self.check_stores(wanted)


if __name__ == "__main__":
    testing.main()
