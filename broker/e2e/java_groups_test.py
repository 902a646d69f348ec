"""Groups of Apache Kafka's Java consumer (JavaMember.java, one process a member): regular expressions that the broker
resolves, and groups that go from one protocol to the other while their members live (KIP-848)."""

import signal
import subprocess
import tempfile
import unittest

import java
import testing
import wire
from members import PATIENCE, MemberProgram

ALL = [f"t-{partition}" for partition in range(4)]


class JavaMember(MemberProgram):
    def __init__(self, broker, classes, group, topic, protocol, **settings):
        options = [f"{key.replace('_', '.')}={value}" for key, value in {"group_protocol": protocol, **settings}.items()]
        super().__init__(java.command("apache-kafka", "JavaMember", broker.address, group, topic, *options,
                                      classes=[classes]), stderr=subprocess.DEVNULL)

    def leave(self):
        self.signal(signal.SIGTERM)
        self.process.wait(60)
        self.kill()


class JavaGroups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.classes = cls.enterClassContext(tempfile.TemporaryDirectory())
        java.compile("apache-kafka", "JavaMember.java", cls.classes)

    def start(self, **settings):
        self.broker = self.enterContext(testing.broker(
            "java-groups", group_consumer_session_timeout_ms=6000, group_consumer_heartbeat_interval_ms=300,
            group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200, **settings))
        self.broker.create_topic("t", 4)
        self.written = 0

    def classic(self, **settings):
        return self.enterContext(JavaMember(self.broker, self.classes, "g", "t", "classic", session_timeout_ms=6000,
                                            heartbeat_interval_ms=300, **settings))

    def consumer(self, topic="t"):
        return self.enterContext(JavaMember(self.broker, self.classes, "g", topic, "consumer"))

    def write(self, topic, partitions, count):
        with self.broker.connect() as connection:
            for partition in range(partitions):
                records = [wire.record(None, b"%d" % i, i) for i in range(count)]
                error, _ = wire.read_produce(connection.ask(
                    wire.produce(topic, wire.batch(records), partition=partition)))
                self.assertEqual(error, wire.NONE)

    def await_held(self, members, partitions, what):
        """Each partition has one owner, and nobody has more than one more than another."""
        def is_held():
            held = [member.assignment() for member in members]
            return (sorted(sum(held, [])) == sorted(partitions) and
                    max(map(len, held)) - min(map(len, held)) <= 1)
        testing.await_true(is_held, PATIENCE, what)

    def more(self, members, count=50):
        """More records in each partition: they are read and committed, and all since the beginning once."""
        self.write("t", 4, count)
        self.written += count

        def runs():
            found = {partition: [] for partition in ALL}
            for member in members:
                for read in member.told("read"):
                    for partition, first, last in read:
                        found[partition].append((first, last))
            return {partition: sorted(read) for partition, read in found.items()}
        testing.await_true(lambda: all(read and read[-1][1] == self.written - 1 for read in runs().values()), PATIENCE,
                           "all is read")
        for read in runs().values():
            offsets = [offset for first, last in read for offset in range(first, last + 1)]
            self.assertEqual(offsets, list(range(self.written)), "each record once, in order")

    def group_type(self):
        listed = self.broker.highwater("groups", "--list", "--type", "--bootstrap-server",
                                       self.broker.address).stdout.decode().splitlines()
        return {words[0]: words[1].lower() for words in map(str.split, listed)}.get("g")

    def test_a_regular_expression_stands_for_topics_that_come_later_too(self):
        self.start()
        self.broker.create_topic("regex-a", 2)
        one = self.consumer("^regex-.*")
        self.await_held([one], ["regex-a-0", "regex-a-1"], "the topic that is there")
        two = self.consumer("^regex-.*")
        self.await_held([one, two], ["regex-a-0", "regex-a-1"], "two members share it")
        self.broker.create_topic("regex-later", 2)
        self.broker.create_topic("other", 2)
        self.await_held([one, two], ["regex-a-0", "regex-a-1", "regex-later-0", "regex-later-1"],
                        "the topic that came later, and no other")
        self.write("regex-later", 2, 10)
        testing.await_true(lambda: sorted(tuple(run) for member in (one, two) for read in member.told("read")
                                          for run in read if run[2] == 9) == [("regex-later-0", 0, 9),
                                                                              ("regex-later-1", 0, 9)],
                           PATIENCE, "its records are read")

    def test_a_classic_member_joins_a_consumer_group_and_is_left_alone_in_it(self):
        self.start()
        modern = self.consumer()
        self.await_held([modern], ALL, "the only member has all")
        self.more([modern])
        self.assertEqual(self.group_type(), "consumer")
        old = self.classic()
        self.await_held([modern, old], ALL, "they share, each with its protocol")
        self.more([modern, old])
        self.assertEqual(self.group_type(), "consumer")
        modern.leave()
        self.await_held([old], ALL, "the classic member has all")
        self.assertEqual(self.group_type(), "classic")
        self.more([modern, old])

    def test_a_consumer_member_joins_a_classic_group_and_is_left_alone_in_it(self):
        self.start()
        old, other = self.classic(), self.classic(
            partition_assignment_strategy="org.apache.kafka.clients.consumer.CooperativeStickyAssignor,"
                                          "org.apache.kafka.clients.consumer.RangeAssignor")
        self.await_held([old, other], ALL, "two classic members share")
        self.more([old, other])
        self.assertEqual(self.group_type(), "classic")
        modern = self.consumer()
        self.await_held([old, other, modern], ALL, "three share, each with its protocol")
        self.more([old, other, modern])
        self.assertEqual(self.group_type(), "consumer")
        other.leave()
        self.await_held([old, modern], ALL, "two are left")
        old.leave()
        self.await_held([modern], ALL, "the consumer has all")
        self.assertEqual(self.group_type(), "consumer")
        self.more([old, other, modern])

    def test_without_downgrades_a_group_stays_what_it_became(self):
        self.start(group_consumer_migration_policy="upgrade")
        old = self.classic()
        self.await_held([old], ALL, "the classic member has all")
        self.more([old])
        modern = self.consumer()
        self.await_held([old, modern], ALL, "they share")
        modern.leave()
        self.await_held([old], ALL, "the classic member has all again")
        self.assertEqual(self.group_type(), "consumer")
        self.more([old, modern])

    def test_without_migration_a_live_group_keeps_its_protocol(self):
        self.start(group_consumer_migration_policy="disabled")
        old = self.classic()
        self.await_held([old], ALL, "the classic member has all")
        modern = self.consumer()
        testing.await_true(lambda: modern.told("failed"), PATIENCE, "the other protocol is refused")
        modern.kill()
        self.assertEqual(old.assignment(), ALL)
        self.assertEqual(self.group_type(), "classic")
        self.more([old])


if __name__ == "__main__":
    testing.main()
