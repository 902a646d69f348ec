"""Apache Kafka's Java client and tools with transactions: a program that consumes, transforms and produces
(JavaTransactions.java), kafka-producer-perf-test, kafka-console-consumer, kafka-transactions, kafka-dump-log."""

import re
import unittest

import dump_log
import java
import testing
import wire

PROGRAM = testing.ROOT / "broker/e2e/JavaTransactions.java"


class JavaTransactions(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("java-transactions", group_initial_rebalance_delay_ms=200))
        for topic in ("in", "out"):
            self.broker.create_topic(topic, 2)

    def tool(self, name, *arguments, **options):
        return java.run("apache-kafka", name, "--bootstrap-server", self.broker.address, *arguments, **options)

    def consume(self, topic, isolation_level, count):
        """The values that a consumer of that isolation level gets; fewer than `count` take until its patience ends."""
        return self.tool("org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", topic, "--from-beginning",
                         "--isolation-level", isolation_level, "--max-messages", str(count), "--timeout-ms",
                         "20000").splitlines()

    def describe(self, transactional_id):
        heading, row = self.tool("org.apache.kafka.tools.TransactionsCommand", "describe", "--transactional-id",
                                 transactional_id).splitlines()
        return dict(zip(heading.split("\t"), (word.strip() for word in row.split("\t"))))

    def logs(self, topic):
        """Of the stopped broker, those that have something."""
        logs = [log for log in sorted(self.broker.data.glob(f"{topic}-*/00000000000000000000.log"))
                if log.stat().st_size > 0]
        self.assertTrue(logs)
        return logs

    def fill(self, count):
        with self.broker.connect() as connection:
            for partition in range(2):
                records = [wire.record(b"k", b"%d.%d" % (partition, i), i) for i in range(count)]
                reply = connection.ask(wire.produce("in", wire.batch(records), partition=partition))
                self.assertEqual(wire.read_produce(reply), (wire.NONE, 0))

    def transform(self, client):
        """JavaTransactions.java with that client's jars: how often it committed and aborted. What it did is checked."""
        self.fill(100)
        said = java.run(client, str(PROGRAM), self.broker.address, "in", "out", "g", "java", "200")
        committed, aborted, dropped = map(int, re.fullmatch(
            r"(\d+) committed, (\d+) aborted with (\d+) records\n", said).groups())
        self.assertGreaterEqual(committed, 20)
        self.assertGreaterEqual(aborted, committed // 2 - 1)
        expected = sorted(f"<{partition}.{i}>" for partition in range(2) for i in range(100))
        self.assertEqual(sorted(self.consume("out", "read_committed", 200)), expected)
        everything = self.consume("out", "read_uncommitted", 200 + dropped)
        self.assertEqual(len(everything), 200 + dropped, "what was aborted is there for who asks for it")
        self.assertEqual(set(everything), set(expected))
        lag = self.tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--describe", "--group", "g")
        self.assertEqual([line.split()[3:6] for line in lag.splitlines() if line.startswith("g ")],
                         [["100", "100", "0"]] * 2)
        return committed, aborted

    def check_dumps(self):
        """Stops the broker."""
        self.assertEqual(self.broker.stop(), 0)
        dumped = dump_log.check_decoder(self, self.broker, "--transaction-log-decoder", self.logs("__transaction_state"))
        self.assertIn('"transactionalId":"java"', dumped)
        for status in (1, 2, 3, 4, 5):  # Ongoing, Prepare- and Complete-, -Commit and -Abort
            self.assertIn(f'"transactionStatus":{status}', dumped)
        for topic in ("out", "__consumer_offsets"):
            self.assertIn(f'"topic":"{topic}"', dumped)
        dumped = dump_log.check_decoder(self, self.broker, "--offsets-decoder", self.logs("__consumer_offsets"))
        self.assertIn('"group":"g","topic":"in"', dumped)
        self.assertIn("endTxnMarker: ABORT", dump_log.dump(self.logs("out"), "--print-data-log"))

    def test_offsets_and_records_are_committed_together(self):
        committed, aborted = self.transform("apache-kafka")
        described = self.describe("java")
        self.assertIn(described["TransactionState"], ("CompleteCommit", "CompleteAbort"))
        # Version 2 (KIP-890): every transaction has an epoch of its own.
        self.assertGreaterEqual(int(described["ProducerEpoch"]), committed + aborted)
        self.assertIn("java", self.tool("org.apache.kafka.tools.TransactionsCommand", "list"))
        self.check_dumps()

    @unittest.skipUnless(testing.is_installed("kafka-clients-old"), "kafka-clients-old is not installed")
    def test_a_client_of_version_1_keeps_its_epoch(self):
        self.transform("kafka-clients-old")
        described = self.describe("java")
        self.assertIn(described["TransactionState"], ("CompleteCommit", "CompleteAbort"))
        self.assertEqual(described["ProducerEpoch"], "0")
        self.check_dumps()

    def test_the_perf_tools_transactions_are_all_read(self):
        self.tool("org.apache.kafka.tools.ProducerPerformance", "--topic", "in", "--num-records", "20000",
                  "--record-size", "100", "--throughput", "-1", "--transactional-id", "perf",
                  "--transaction-duration-ms", "50")
        self.assertEqual(len(self.consume("in", "read_committed", 20000)), 20000)
        self.assertEqual(self.describe("perf")["TransactionState"], "CompleteCommit")


if __name__ == "__main__":
    testing.main()
