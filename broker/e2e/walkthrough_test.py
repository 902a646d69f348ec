"""The walk-through of somebody who meets the broker for the first time, with kcat and `highwater` alone: topics are
made and described, written and read from the beginning; two consumers of a group share the partitions while another
group sees everything; partitions that are added meanwhile are picked up.
"""

import re
import subprocess
import threading
import unittest

import testing
from members import PATIENCE

KCAT = testing.need_command("kcat")


class BalancedConsumer:
    """kcat in a group: "partition:offset:value" for each record that it reads, and the partitions that it has."""

    def __init__(self, broker, group, topic):
        self.process = subprocess.Popen(
            [KCAT, "-b", broker.address, "-G", group, "-u", "-X", "auto.offset.reset=earliest",
             "-X", "session.timeout.ms=3000", "-X", "heartbeat.interval.ms=300", "-X", "auto.commit.interval.ms=200",
             "-X", "topic.metadata.refresh.interval.ms=1000", "-f", "%p:%o:%s\n", topic],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.read, self.partitions = [], []
        self.listeners = [threading.Thread(target=self.hear_records, daemon=True),
                          threading.Thread(target=self.hear_remarks, daemon=True)]
        for listener in self.listeners:
            listener.start()

    def hear_records(self):
        for line in self.process.stdout:
            partition, offset, value = line.rstrip("\n").split(":", 2)
            self.read.append((int(partition), int(offset), value))

    def hear_remarks(self):
        for line in self.process.stderr:
            if "rebalanced" in line:
                self.partitions = sorted(map(int, re.findall(r"\[(\d+)\]", line))) if "assigned" in line else []

    def values(self):
        """Each once: what was read and not committed before a rebalance is read again."""
        return {value for _, _, value in list(self.read)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        for listener in self.listeners:
            listener.join()
        self.process.stdout.close()
        self.process.stderr.close()


class Walkthrough(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "walkthrough", group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200))

    def highwater(self, command, *arguments, stdin=None):
        done = testing.run([str(testing.BINARY), command, "--bootstrap-server", self.broker.address, *arguments],
                           stdin=stdin)
        return done.stdout.decode()

    def produce(self, values):
        for i, value in enumerate(values):  # round robin, so that every partition has some
            testing.run([KCAT, "-b", self.broker.address, "-P", "-t", "orders", "-p", str(i % self.partitions)],
                        stdin=value.encode())

    def consumer(self, group):
        return self.enterContext(BalancedConsumer(self.broker, group, "orders"))

    def test_from_the_first_topic_to_a_group_that_takes_up_new_partitions(self):
        self.partitions = 4
        self.assertEqual(self.highwater("topics", "--create", "--topic", "orders", "--partitions", "4"),
                         "Created topic orders.\n")
        described = self.highwater("topics", "--describe", "--topic", "orders")
        self.assertIn("PartitionCount: 4\tReplicationFactor: 1", described)
        self.assertEqual(described.count("Leader: 1"), 4)

        first = [f"order-{i:02}" for i in range(20)]
        self.produce(first)
        read = self.highwater("consume", "--topic", "orders", "--from-beginning", "--max-messages", "20")
        self.assertEqual(sorted(read.split()), first)

        one, two = self.consumer("workers"), self.consumer("workers")
        testing.await_true(lambda: sorted(one.partitions + two.partitions) == [0, 1, 2, 3] and
                           len(one.partitions) == len(two.partitions) == 2, PATIENCE, "they share the partitions")
        audit = self.consumer("audit")
        testing.await_true(lambda: audit.values() == set(first), PATIENCE, "another group sees everything")
        testing.await_true(lambda: one.values() | two.values() == set(first), PATIENCE, "the workers see it together")
        self.assertEqual(self.highwater("groups", "--list", "--state").split(),
                         ["GROUP", "STATE", "audit", "Stable", "workers", "Stable"])

        self.assertEqual(self.highwater("topics", "--alter", "--topic", "orders", "--partitions", "6"),
                         "Topic orders has 6 partitions now.\n")
        self.partitions = 6
        testing.await_true(lambda: sorted(one.partitions + two.partitions) == list(range(6)), PATIENCE,
                           "the workers pick the new partitions up")
        testing.await_true(lambda: audit.partitions == list(range(6)), PATIENCE, "so does the other group")
        more = [f"order-{i:02}" for i in range(20, 38)]
        self.produce(more)
        testing.await_true(lambda: audit.values() == set(first + more), PATIENCE, "the other group goes on")
        testing.await_true(lambda: one.values() | two.values() == set(first + more), PATIENCE, "so do the workers")

        def lags():
            rows = [line.split() for line in self.highwater("groups", "--describe", "--group", "workers").splitlines()]
            return {row[5] for row in rows[1:]}

        testing.await_true(lambda: lags() == {"0"}, PATIENCE, "nothing is left to do")


if __name__ == "__main__":
    testing.main()
