"""Consumer groups of KIP-848: librdkafka with group.protocol=consumer, one process a member; kills, restarts, added
partitions, regular expressions, and groups that change from one protocol to the other."""

import unittest

import testing
from members import PATIENCE, ConsumerProtocolMember, Member, await_shared, holders

try:
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewPartitions
except ImportError:
    testing.not_run("no python3-confluent-kafka")
testing.peer("confluent-kafka")


class ConsumerProtocol(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "consumer-protocol", group_consumer_session_timeout_ms=3000, group_consumer_heartbeat_interval_ms=300,
            group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200))
        self.broker.create_topic("t", 4)

    def member(self, topic="t", group="g", **settings):
        return self.enterContext(ConsumerProtocolMember(self.broker, group, topic, **settings))

    def produce(self, count):
        producer = Producer({"bootstrap.servers": self.broker.address})
        for i in range(4 * count):
            producer.produce("t", b"%d" % i, partition=i % 4)
        self.assertEqual(producer.flush(120), 0)

    def committed(self, members):
        found = {}
        for member in members:
            for commit in member.told("committed"):
                for partition, offset in commit.items():
                    found[partition] = max(found.get(partition, 0), offset)
        return found

    def test_members_share_and_the_partitions_of_one_that_is_killed_go_to_the_others(self):
        one = self.member()
        testing.await_true(lambda: one.assignment() == [0, 1, 2, 3], PATIENCE, "the only member has all")
        two = self.member()
        await_shared([one, two], 2, "two members have two partitions each")
        described = self.broker.highwater("groups", "--describe", "--group", "g", "--members", "--verbose",
                                          "--bootstrap-server", self.broker.address).stdout.decode()
        self.assertIn("t:", described)
        self.assertEqual(len(described.strip().splitlines()), 3, described)
        one.kill()
        await_shared([two], 4, "the member that is left has all")

    def test_a_killed_broker_loses_no_member_and_no_committed_offset(self):
        members = [self.member(), self.member()]
        await_shared(members, 2, "two members have two partitions each")
        self.produce(500)
        all_read = {str(p): 500 for p in range(4)}
        testing.await_true(lambda: self.committed(members) == all_read, PATIENCE, "all is read and committed")
        had = [member.assignment() for member in members]
        self.broker.kill()
        self.broker.start()
        self.produce(500)
        all_read = {str(p): 1000 for p in range(4)}
        testing.await_true(lambda: self.committed(members) == all_read, PATIENCE, "the rest is read and committed")
        self.assertEqual([member.assignment() for member in members], had, "nobody had to move")
        for partition in range(4):
            runs = [run for member in members for read in member.told("read") for run in read if run[0] == partition]
            self.assertEqual(min(first for _, first, _ in runs), 0)
            self.assertEqual(sum(last - first + 1 for _, first, last in runs), 1000, "each record once")

    def test_partitions_that_are_added_are_picked_up(self):
        one = self.member()
        testing.await_true(lambda: one.assignment() == [0, 1, 2, 3], PATIENCE, "it has all")
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        for future in admin.create_partitions([NewPartitions("t", 6)]).values():
            future.result(60)
        testing.await_true(lambda: one.assignment() == [0, 1, 2, 3, 4, 5], PATIENCE, "it has the new ones")

    def test_a_regular_expression_stands_for_topics_that_come_later_too(self):
        one = self.member(topic="^regex-.*")
        self.broker.create_topic("regex-a", 2)
        testing.await_true(lambda: len(one.assignment()) == 2, PATIENCE, "it has the topic that came")

    def test_a_static_member_comes_back_to_what_it_had(self):
        one, two = self.member(group_instance_id="one"), self.member(group_instance_id="two")
        await_shared([one, two], 2, "two members have two partitions each")
        had = one.assignment()
        one.kill()
        # Nobody said that it went: until its session ends the id is its own, and it is refused under it.
        testing.await_true(lambda: two.assignment() == [0, 1, 2, 3], PATIENCE, "its session ended")
        again = self.member(group_instance_id="one")
        await_shared([again, two], 2, "it has two partitions again")
        self.assertEqual(len(had), 2)

    def test_a_classic_group_goes_over_and_back_while_it_runs(self):
        classic = self.enterContext(Member(self.broker, "g", "t"))
        testing.await_true(lambda: classic.assignment() == [0, 1, 2, 3], PATIENCE, "the classic member has all")
        modern = self.member()
        testing.await_true(lambda: holders([classic, modern]) == [0, 1, 2, 3] and len(modern.assignment()) == 2,
                           PATIENCE, "they share, each with its protocol")
        modern.kill()
        testing.await_true(lambda: classic.assignment() == [0, 1, 2, 3], PATIENCE, "the classic member has all again")


if __name__ == "__main__":
    testing.main()
