"""Consumer groups with librdkafka: members are programs of their own that are killed, paused and restarted."""

import contextlib
import signal
import subprocess
import unittest

import testing
from members import PATIENCE, Member, await_shared

try:
    from confluent_kafka import Consumer, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, NewPartitions
except ImportError:
    testing.not_run("no python3-confluent-kafka")


class Groups(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "groups", group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200))
        self.broker.create_topic("t", 4)

    def member(self, group="g", **settings):
        return self.enterContext(Member(self.broker, group, "t", **settings))

    def produce(self, count):
        producer = Producer({"bootstrap.servers": self.broker.address, "linger.ms": 20,
                             "queue.buffering.max.messages": 2_000_000, "message.timeout.ms": 120_000})
        for i in range(count):
            producer.produce("t", b"%d" % i, partition=i % 4)
            if i % 10_000 == 0:
                producer.poll(0)
        self.assertEqual(producer.flush(120), 0)

    def committed(self, group="g"):
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": group})
        found = [max(each.offset, 0)  # below 0: nothing is committed yet
                 for each in consumer.committed([TopicPartition("t", p) for p in range(4)], timeout=60)]
        consumer.close()
        return found

    def test_members_share_the_partitions_and_another_group_sees_everything(self):
        one, two = self.member(), self.member()
        await_shared([one, two], 2, "two members have two partitions each")
        other = self.member("other")
        self.produce(4000)
        testing.await_true(lambda: self.committed("other") == [1000] * 4, PATIENCE, "the other group has read all")
        testing.await_true(lambda: self.committed() == [1000] * 4, PATIENCE, "the group has read all")
        self.assertEqual(other.assignment(), [0, 1, 2, 3])
        owners = {partition: member for member in (one, two) for partition in member.assignment()}
        for partition, member in owners.items():
            self.assertIn(partition, {run[0] for read in member.told("read") for run in read})

    def test_the_partitions_of_a_member_that_is_killed_go_to_the_others(self):
        one, two = self.member(), self.member()
        await_shared([one, two], 2, "two members have two partitions each")
        one.kill()
        await_shared([two], 4, "the member that is left has all")

    def test_a_member_that_slept_past_its_session_is_out_and_comes_back(self):
        one, two = self.member(), self.member()
        await_shared([one, two], 2, "two members have two partitions each")
        one.signal(signal.SIGSTOP)
        await_shared([two], 4, "the other takes over")
        self.produce(400)
        testing.await_true(lambda: self.committed() == [100] * 4, PATIENCE, "the other has read all")
        one.signal(signal.SIGCONT)
        await_shared([one, two], 2, "it shares again")
        self.assertTrue(one.told("lost"), "it was told that its partitions were no longer its own")

    def test_a_static_member_comes_back_without_a_rebalance(self):
        static = self.member(group_instance_id="static", session_timeout_ms=20_000)
        other = self.member(session_timeout_ms=20_000)
        await_shared([static, other], 2, "two members have two partitions each")
        had, seen_by_other = static.assignment(), len(other.said)
        static.kill()
        back = self.member(group_instance_id="static", session_timeout_ms=20_000)
        testing.await_true(lambda: back.assignment() == had, PATIENCE, "it has what it had")
        self.assertEqual(other.said[seen_by_other:], [], "the other noticed nothing")

    def test_cooperative_members_share_too(self):
        members = [self.member(partition_assignment_strategy="cooperative-sticky") for _ in range(2)]

        def owned(member):
            mine = set()
            for each in list(member.said):
                mine |= set(each.get("assigned", []))
                mine -= set(each.get("revoked", [])) | set(each.get("lost", []))
            return mine

        testing.await_true(lambda: [len(owned(member)) for member in members] == [2, 2] and
                           owned(members[0]) | owned(members[1]) == {0, 1, 2, 3}, PATIENCE, "two partitions each")

    def test_partitions_that_are_added_are_picked_up(self):
        one = self.member()
        testing.await_true(lambda: one.assignment() == [0, 1, 2, 3], PATIENCE, "it has all")
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        for future in admin.create_partitions([NewPartitions("t", 6)]).values():
            future.result(60)
        testing.await_true(lambda: one.assignment() == [0, 1, 2, 3, 4, 5], PATIENCE, "it has the new ones")

    def test_a_million_records_are_read_by_members_and_a_broker_that_are_killed(self):
        count = 1_000_000
        self.produce(count)
        members = [self.member(), self.member()]
        everyone = list(members)
        def progress(share):
            return sum(self.committed()) >= count * share

        for share, hit in ((0.2, "member"), (0.4, "broker"), (0.6, "member"), (0.8, "broker")):
            testing.await_true(lambda at=share: progress(at), PATIENCE, f"{share:.0%} are committed")
            if hit == "member":
                members.pop(0).kill()
                members.append(self.member())
                everyone.append(members[-1])
                continue
            told = [max([commit.get(str(p), 0) for member in everyone for commit in member.told("committed")],
                        default=0) for p in range(4)]
            self.broker.kill()
            self.broker.start()
            kept = self.committed()
            self.assertTrue(all(now >= before for now, before in zip(kept, told)), (kept, told))
        testing.await_true(lambda: self.committed() == [count // 4] * 4, PATIENCE, "all are committed")
        read = [set() for _ in range(4)]
        for member in everyone:
            for partition, first, last in (run for runs in member.told("read") for run in runs):
                read[partition].update(range(first, last + 1))
        self.assertEqual([len(each) for each in read], [count // 4] * 4, "every record was read at least once")


class Kcat(unittest.TestCase):
    def test_two_balanced_consumers_share_and_go_on_where_the_group_was(self):
        kcat = testing.need_command("kcat")
        with testing.broker("groups-kcat", group_initial_rebalance_delay_ms=1000) as broker, \
                contextlib.ExitStack() as stack:
            broker.create_topic("t", 4)
            for partition in range(4):
                testing.run([kcat, "-b", broker.address, "-P", "-t", "t", "-p", str(partition)],
                            stdin=b"".join(b"%d\n" % i for i in range(100)))
            balanced = [kcat, "-b", broker.address, "-G", "g", "-X", "auto.offset.reset=earliest", "-e", "-q",
                        "-f", "%p:%o\n", "t"]
            both = [stack.enter_context(subprocess.Popen(balanced, stdout=subprocess.PIPE)) for _ in range(2)]
            lines = [line for each in both for line in each.communicate(timeout=PATIENCE)[0].decode().split()]
            self.assertEqual(len(set(lines)), 400)
            self.assertEqual(testing.run(balanced, timeout=PATIENCE).stdout, b"", "all of it was committed")


if __name__ == "__main__":
    testing.main()
