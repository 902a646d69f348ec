"""`highwater groups` against a live broker, and its answers beside those of Apache Kafka's own tool."""

import json
import re
import shutil
import subprocess
import unittest

import testing
from members import PATIENCE, Member, await_shared

try:
    from confluent_kafka import Consumer, Producer, TopicPartition
except ImportError:
    testing.not_run("no python3-confluent-kafka")

KAFKA = testing.PEERS / "apache-kafka"
HAS_KAFKA = shutil.which("java") is not None and (KAFKA / ".complete").exists()


def rows(text):
    """The words of each line, without empty lines and without the remarks that are not in columns."""
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith(("Consumer group", "Warn"))]


class GroupsCase(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "groups-command", group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200))
        self.broker.create_topic("t", 4)
        producer = Producer({"bootstrap.servers": self.broker.address})
        for i in range(90):  # partition 3 stays empty
            producer.produce("t", b"%d" % i, partition=i % 3, timestamp=1_000_000 + i // 3 * 1000)
        self.assertEqual(producer.flush(60), 0)

    def commit(self, group, offsets, topic="t"):
        """As somebody who is no member: the group is empty."""
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": group})
        consumer.commit(offsets=[TopicPartition(topic, p, offset) for p, offset in offsets.items()], asynchronous=False)
        consumer.close()

    def run_groups(self, *arguments):
        command = [str(testing.BINARY), "groups", "--bootstrap-server", self.broker.address, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def groups(self, *arguments, code=0):
        done = self.run_groups(*arguments)
        self.assertEqual(done.returncode, code, done)
        return done

    def offsets(self, group):
        """What the group has committed by (topic, partition); 0 where it has not."""
        described = json.loads(self.run_groups("--describe", "--group", group, "--json").stdout)
        return {(each["topic"], each["partition"]): each["currentOffset"] or 0
                for group in described for each in group["offsets"]}

    def await_read(self, group):
        testing.await_true(lambda: sum(self.offsets(group).values()) == 90, PATIENCE, "everything is committed")


class Live(GroupsCase):
    def test_groups_are_listed_with_state_and_type(self):
        self.assertEqual(self.groups("--list").stdout, "")
        self.commit("empty", {0: 1})
        member = self.enterContext(Member(self.broker, "busy", "t"))
        await_shared([member], 4, "the member has all")
        self.assertEqual(self.groups("--list").stdout, "busy\nempty\n")
        self.assertEqual(self.groups("list").stdout, "busy\nempty\n")
        self.assertEqual(rows(self.groups("--list", "--state", "--type").stdout),
                         [["GROUP", "TYPE", "STATE"], ["busy", "classic", "Stable"], ["empty", "classic", "Empty"]])
        self.assertEqual(rows(self.groups("--list", "--state", "Empty,Dead").stdout),
                         [["GROUP", "STATE"], ["empty", "Empty"]])
        self.assertEqual([group["state"] for group in json.loads(self.groups("--list", "--json").stdout)],
                         ["Stable", "Empty"])

    def test_lag_members_and_state_are_described(self):
        member = self.enterContext(Member(self.broker, "g", "t", group_instance_id="i", client_id="reader"))
        self.await_read("g")
        producer = Producer({"bootstrap.servers": self.broker.address})
        member.signal(19)  # SIGSTOP: what comes now it does not read
        for _ in range(5):
            producer.produce("t", b"more", partition=1)
        producer.flush(60)
        described = rows(self.groups("--describe", "--group", "g").stdout)
        self.assertEqual(described[0], ["GROUP", "TOPIC", "PARTITION", "CURRENT-OFFSET", "LOG-END-OFFSET", "LAG",
                                        "CONSUMER-ID", "HOST", "CLIENT-ID"])
        self.assertEqual([row[3:6] for row in described[1:]],
                         [["30", "30", "0"], ["30", "35", "5"], ["30", "30", "0"], ["-", "0", "-"]])
        self.assertEqual({row[8] for row in described[1:]}, {"reader"})
        [heading, row] = rows(self.groups("--describe", "--group", "g", "--members", "--verbose").stdout)
        self.assertEqual(heading, ["GROUP", "CONSUMER-ID", "GROUP-INSTANCE-ID", "HOST", "CLIENT-ID", "#PARTITIONS",
                                   "CURRENT-ASSIGNMENT"])
        self.assertEqual(row[2:], ["i", "/127.0.0.1", "reader", "4", "t:0,1,2,3"])
        [_, row] = rows(self.groups("--describe", "--group", "g", "--state").stdout)
        self.assertEqual(row, ["g", self.broker.address, "(1)", "range", "Stable", "1"])

    def test_a_group_that_is_not_there_is_said_to_be_missing(self):
        for arguments in (["--describe"], ["--delete"]):
            done = self.groups(*arguments, "--group", "nobody", code=1)
            self.assertIn("there is no group nobody; highwater groups --list shows what there is", done.stderr)
        self.commit("g", {0: 1})
        done = self.groups("--describe", "--group", "nobody", "--group", "g", code=1)
        self.assertEqual(rows(done.stdout)[1][:4], ["g", "t", "0", "1"])
        self.assertIn("Consumer group 'g' has no active members.", done.stderr)

    def test_offsets_are_reset_as_every_flag_says(self):
        self.commit("g", {0: 10, 1: 20})
        for flags, expected in (
                (["--topic", "t", "--to-earliest"], [0, 0, 0, 0]),
                (["--topic", "t", "--to-latest"], [30, 30, 30, 0]),
                (["--topic", "t:0,1", "--to-offset", "7"], [7, 7, 30, 0]),
                (["--topic", "t:0", "--to-offset", "99999"], [30, 7, 30, 0]),
                (["--topic", "t:0", "--topic", "t:1", "--shift-by", "-5"], [25, 2, 30, 0]),
                (["--topic", "t:1", "--shift-by", "-50"], [25, 0, 30, 0]),
                (["--topic", "t", "--to-datetime", "1970-01-01T00:16:45.000"], [5, 5, 5, 0]),
                (["--topic", "t:0", "--by-duration", "PT1H"], [30, 5, 5, 0]),
                (["--all-topics", "--to-current"], [30, 5, 5, 0])):
            with self.subTest(" ".join(flags)):
                before = self.offsets("g")
                self.groups("--reset-offsets", "--group", "g", *flags, "--dry-run")
                self.assertEqual(self.offsets("g"), before, "a dry run changes nothing")
                done = self.groups("--reset-offsets", "--group", "g", *flags, "--execute")
                after = self.offsets("g")
                self.assertEqual([after.get(("t", p), 0) for p in range(4)], expected, done)
        done = self.groups("--reset-offsets", "--group", "g", "--topic", "t", "--to-latest")
        self.assertIn("Nothing was changed", done.stderr)

    def test_what_is_exported_is_read_back(self):
        self.commit("g", {0: 10, 1: 20})
        exported = self.groups("--reset-offsets", "--group", "g", "--all-topics", "--to-current", "--export").stdout
        self.assertEqual(exported, "t,0,10\nt,1,20\n")
        with testing.temporary_file("plan.csv", exported) as path:
            self.groups("--reset-offsets", "--group", "new", "--from-file", str(path), "--execute")
        self.assertEqual(self.offsets("new"), {("t", 0): 10, ("t", 1): 20})
        with testing.temporary_file("plan.csv", "t,0\n") as path:
            done = self.groups("--reset-offsets", "--group", "new", "--from-file", str(path), "--execute", code=1)
        self.assertIn("line 1 is neither", done.stderr)

    def test_what_cannot_be_reset_is_said_and_left(self):
        self.commit("g", {0: 10})
        for flags, reason in ((["--topic", "nosuch", "--to-earliest"], "topic nosuch: UNKNOWN_TOPIC_OR_PARTITION"),
                              (["--topic", "t:9", "--to-earliest"], "topic t has no partition 9: it has 0 to 3"),
                              (["--topic", "t", "--shift-by", "1"], "t-1 can't be shifted: nothing is committed for it")):
            self.assertIn(reason, self.groups("--reset-offsets", "--group", "g", *flags, "--execute", code=1).stderr)
        for flags in (["--to-earliest"], ["--topic", "t"], ["--topic", "t", "--to-earliest", "--to-latest"],
                      ["--topic", "t", "--by-duration", "1h"], ["--topic", "t", "--to-earliest", "--dry-run", "--execute"]):
            self.groups("--reset-offsets", "--group", "g", *flags, code=2)
        self.assertEqual(self.offsets("g"), {("t", 0): 10})
        member = self.enterContext(Member(self.broker, "busy", "t"))
        await_shared([member], 4, "the member has all")
        done = self.groups("--reset-offsets", "--group", "busy", "--topic", "t", "--to-earliest", "--execute", code=1)
        self.assertIn("it is Stable with 1 members; stop them first", done.stderr)
        self.assertIn("it has members; stop them first", self.groups("--delete", "--group", "busy", code=1).stderr)
        done = self.groups("--delete-offsets", "--group", "busy", "--topic", "t:0", code=1)
        self.assertIn("GROUP_SUBSCRIBED_TO_TOPIC", done.stdout)

    def test_offsets_and_groups_are_deleted(self):
        self.commit("g", {0: 10, 1: 20})
        self.assertEqual(rows(self.groups("--delete-offsets", "--group", "g", "--topic", "t:0").stdout)[1:],
                         [["t", "0", "Deleted"]])
        self.assertEqual(self.offsets("g"), {("t", 1): 20})
        self.commit("other", {0: 1})
        self.assertEqual(self.groups("delete", "--group", "g", "--group", "other").stdout,
                         "Deleted group g.\nDeleted group other.\n")
        self.assertEqual(self.groups("list").stdout, "")

    def test_a_wrong_command_line_says_what_is_missing(self):
        for arguments, reason in (([], "say one of list, describe"), (["--describe"], "--group is missing"),
                                  (["--list", "--describe"], "excludes"), (["frobnicate"], "frobnicate"),
                                  (["--describe", "--group", "g", "--members", "--state"], "say one of --offsets")):
            self.assertIn(reason, self.groups(*arguments, code=2).stderr)


@unittest.skipUnless(HAS_KAFKA, "not run: no Java, or Apache Kafka is not installed (broker/e2e/peers.sh)")
class BesideKafkasTool(GroupsCase):
    """The same flags, the same rows, whichever of the two is asked."""

    def kafka(self, *arguments):
        done = testing.run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{KAFKA}/libs/*",
                            "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server",
                            self.broker.address, *arguments], timeout=300)
        return done.stdout.decode()

    def same_rows(self, *arguments):
        theirs, ours = rows(self.kafka(*arguments)), rows(self.groups(*arguments).stdout)
        self.assertEqual(sorted(ours), sorted(theirs), arguments)

    def test_what_is_listed_and_described_is_the_same(self):
        self.commit("empty", {0: 10, 1: 20})
        members = [self.enterContext(Member(self.broker, "busy", "t")) for _ in range(2)]
        await_shared(members, 2, "two members have two partitions each")
        self.await_read("busy")
        for arguments in (["--list"], ["--list", "--state", "stable"], ["--describe", "--group", "busy"],
                          ["--describe", "--group", "busy", "--verbose"], ["--describe", "--group", "busy", "--members"],
                          ["--describe", "--group", "busy", "--state"], ["--describe", "--group", "empty"],
                          ["--describe", "--group", "empty", "--state"]):
            self.same_rows(*arguments)

    def test_what_is_reset_is_the_same(self):
        self.commit("g", {0: 10, 1: 20})
        for flags in (["--topic", "t", "--to-earliest"], ["--topic", "t", "--to-latest"],
                      ["--topic", "t", "--to-current"], ["--topic", "t", "--to-offset", "7"],
                      ["--topic", "t:0,1", "--shift-by", "-15"], ["--topic", "t:0,1", "--shift-by", "100"],
                      ["--topic", "t:0", "--to-datetime", "1970-01-01T00:16:45.000"],
                      ["--topic", "t:0", "--by-duration", "PT1H"], ["--all-topics", "--to-current", "--export"]):
            self.same_rows("--reset-offsets", "--group", "g", *flags, "--dry-run")
        exported = self.kafka("--reset-offsets", "--group", "g", "--all-topics", "--to-current", "--export", "--dry-run")
        with testing.temporary_file("plan.csv", re.sub(r"\n+", "\n", exported)) as path:
            self.groups("--reset-offsets", "--group", "new", "--from-file", str(path), "--execute")
        self.assertEqual(self.offsets("new"), {("t", 0): 10, ("t", 1): 20})


if __name__ == "__main__":
    testing.main()
