"""The proof of exactly once: programs that consume, transform and produce are killed, and so is their broker; the
output has each record of the input once, in its order.

HIGHWATER_E2E_RECORDS says how many records there are (20,000 unless told; the claim is made for 1,000,000).
"""

import os
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

import testing
from members import MemberProgram

RECORDS = int(os.environ.get("HIGHWATER_E2E_RECORDS", "20000"))
PARTITIONS = 4
KILLS = 5
PATIENCE = 120 + RECORDS // 1000


def broker(name):
    return testing.broker(name, group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200,
                          transaction_abort_timed_out_transaction_cleanup_interval_ms=500)


def expected():
    return [[b"<%d>" % i for i in range(partition, RECORDS, PARTITIONS)] for partition in range(PARTITIONS)]


def fill(broker):
    broker.create_topic("in", PARTITIONS)
    broker.create_topic("out", PARTITIONS)
    producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 20})
    for i in range(RECORDS):
        while True:
            try:
                producer.produce("in", b"%d" % i, partition=i % PARTITIONS)
                break
            except BufferError:
                producer.poll(0.1)
    assert producer.flush(PATIENCE) == 0


def committed_offsets(broker, group):
    """By partition; None while nobody can tell."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": group})
    try:
        partitions = [TopicPartition("in", partition) for partition in range(PARTITIONS)]
        return [each.offset for each in consumer.committed(partitions, 60)]
    except KafkaException as error:
        if error.args[0].code() not in (KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_NOT_AVAILABLE,
                                        KafkaError.COORDINATOR_LOAD_IN_PROGRESS):
            raise
        return None
    finally:
        consumer.close()


def output(broker, at_least):
    """The values of each partition as read_committed sees them, up to the end; which may not be reached before so many,
    since a commit is answered before its markers are written."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "unused", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.assign([TopicPartition("out", partition, 0) for partition in range(PARTITIONS)])
    found = [[] for _ in range(PARTITIONS)]
    ended = set()
    deadline = time.monotonic() + PATIENCE
    while len(ended) < PARTITIONS or any(len(values) < least for values, least in zip(found, at_least)):
        assert time.monotonic() < deadline, f"read {[len(each) for each in found]}"
        for message in consumer.consume(10_000, 1):
            if message.error() is None:
                ended.discard(message.partition())
                found[message.partition()].append(message.value())
            else:
                assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                ended.add(message.partition())
    consumer.close()
    return found


class Transformers:
    """Programs of one group, one a transactional id. One that ended by itself, fenced or without its broker, begins
    anew. `command(transactional id)` starts one."""

    def __init__(self, case, command, count):
        self.case, self.command = case, command
        self.ids = [f"transform {i}" for i in range(count)]
        self.running = {}
        self.all = []
        for each in self.ids:
            self.start(each)

    def start(self, transactional_id):
        program = self.case.enterContext(MemberProgram(self.command(transactional_id)))
        self.running[transactional_id] = program
        self.all.append(program)

    def kill(self, transactional_id):
        self.running[transactional_id].kill()

    def transformed(self):
        """At least: a program that was killed may have committed what it could not say any more."""
        return sum(count for program in self.all for count in program.told("committed"))

    def aborted(self):
        return [why for program in self.all for why in program.told("aborted")]

    def await_true(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {self.transformed()} transformed, aborted {self.aborted()}"
            for each, program in list(self.running.items()):
                if program.process.poll() is not None:
                    self.start(each)
            time.sleep(0.02)


def survive(case, broker, command, count=1):
    """Kills programs and broker five times each in turns, with work left; then judges the output."""
    fill(broker)
    programs = Transformers(case, command, count)
    for kill in range(2 * KILLS):
        goal = (kill + 1) * RECORDS * 2 // 3 // (2 * KILLS + 1)
        programs.await_true(lambda: programs.transformed() >= goal, f"{goal} records before kill {kill}")
        if kill % 2 == 0:
            programs.kill(programs.ids[kill // 2 % count])
        else:
            broker.kill()
            broker.start()
    wanted = expected()
    ends = [len(each) for each in wanted]
    programs.await_true(lambda: committed_offsets(broker, "g") == ends, "all of the input is transformed")
    for each in programs.ids:
        programs.kill(each)
    found = output(broker, ends)
    case.assertEqual([len(each) for each in found], ends)
    case.assertEqual(found, wanted)
    print(f"{RECORDS} records, {len(programs.all)} programs, aborted: {programs.aborted()}")
