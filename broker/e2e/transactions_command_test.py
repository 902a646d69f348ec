"""`highwater transactions` against a live broker, and its answers beside those of Apache Kafka's own tool."""

import json
import shutil
import subprocess
import unittest

import testing
import wire

try:
    from confluent_kafka import Producer
except ImportError:
    testing.not_run("no python3-confluent-kafka")

PATIENCE = 90
KAFKA = testing.PEERS / "apache-kafka"
HAS_KAFKA = shutil.which("java") is not None and (KAFKA / ".complete").exists()


def rows(text):
    return [line.split() for line in text.splitlines() if line.strip()]


class TransactionsCase(unittest.TestCase):
    """One transactional id has a transaction open, one has committed its own."""

    settings = {}

    def setUp(self):
        self.broker = self.enterContext(testing.broker("transactions-command", **self.settings))
        self.broker.create_topic("t", 2)
        self.done = self.producer("done")
        self.done.begin_transaction()
        self.done.produce("t", b"done", partition=0)
        self.done.commit_transaction(PATIENCE)
        self.open = self.producer("open")
        self.open.begin_transaction()
        for partition in (1, 0, 1):
            self.open.produce("t", b"open", partition=partition)
        self.assertEqual(self.open.flush(PATIENCE), 0)
        testing.await_true(lambda: self.state("done") == "CompleteCommit", PATIENCE, "the markers are written")

    def producer(self, transactional_id):
        producer = Producer({"bootstrap.servers": self.broker.address, "transactional.id": transactional_id})
        producer.init_transactions(PATIENCE)
        return producer

    def run_transactions(self, *arguments):
        command = [str(testing.BINARY), "transactions", "--bootstrap-server", self.broker.address, *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def transactions(self, *arguments, code=0):
        done = self.run_transactions(*arguments)
        self.assertEqual(done.returncode, code, done)
        return done

    def json(self, *arguments):
        return json.loads(self.transactions(*arguments, "--json").stdout)

    def state(self, transactional_id):
        return self.json("describe", "--transactional-id", transactional_id)["state"]

    def open_producer(self, partition):
        """What the partition knows of the producer with the open transaction."""
        producers = self.json("describe-producers", "--topic", "t", "--partition", str(partition))
        return next(each for each in producers if each["transactionStartOffset"] is not None)

    def kafka(self, *arguments):
        done = testing.run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{KAFKA}/libs/*",
                            "org.apache.kafka.tools.TransactionsCommand", "--bootstrap-server", self.broker.address,
                            *arguments], timeout=300)
        return done.stdout.decode()


class Live(TransactionsCase):
    def test_ids_are_listed_by_state_duration_and_pattern(self):
        self.assertEqual([row[0::3] for row in rows(self.transactions("list").stdout)],
                         [["TransactionalId", "TransactionState"], ["done", "CompleteCommit"], ["open", "Ongoing"]])
        listed = {each["transactionalId"]: each for each in self.json("list")}
        self.assertEqual(set(listed), {"done", "open"})
        self.assertEqual({each["coordinator"] for each in listed.values()}, {1})
        for flags, expected in ((["--state", "Ongoing"], ["open"]),
                                (["--state", "Ongoing,CompleteCommit"], ["done", "open"]),
                                (["--state", "PrepareAbort"], []), (["--duration-filter", "0"], ["done", "open"]),
                                (["--duration-filter", "1000000000"], []),
                                (["--transactional-id-pattern", "do.*"], ["done"]),
                                (["--transactional-id-pattern", "o"], [])):
            with self.subTest(" ".join(flags)):
                self.assertEqual([each["transactionalId"] for each in self.json("list", *flags)], expected)
        self.assertIn("there is no state Nowhere", self.transactions("list", "--state", "Nowhere", code=1).stderr)

    def test_a_transaction_is_described(self):
        described = self.json("describe", "--transactional-id", "open")
        self.assertEqual(described["state"], "Ongoing")
        self.assertEqual(described["timeoutMs"], 60000)
        self.assertEqual(described["partitions"], [{"topic": "t", "partition": 0}, {"topic": "t", "partition": 1}])
        self.assertLess(0, described["startTimeMs"])
        self.assertLessEqual(0, described["durationMs"])
        [_, row] = rows(self.transactions("describe", "--transactional-id", "open").stdout)
        self.assertEqual(row[0:2] + row[4:6] + row[8:], ["1", "open", "Ongoing", "60000", "t-0,t-1"])
        self.assertEqual(self.json("describe", "--transactional-id", "done")["partitions"], [])
        self.assertIn("there is no transactional id nobody; highwater transactions list shows what there is",
                      self.transactions("describe", "--transactional-id", "nobody", code=1).stderr)

    def test_producers_of_a_partition_are_described(self):
        described = self.json("describe-producers", "--topic", "t", "--partition", "0")
        found = {each["producerId"]: each for each in described}
        ids = {each["transactionalId"]: each["producerId"] for each in self.json("list")}
        self.assertEqual(set(found), set(ids.values()))
        done, open_one = found[ids["done"]], found[ids["open"]]
        self.assertIsNone(done["transactionStartOffset"])
        self.assertEqual(done["lastSequence"], 0)
        self.assertEqual(open_one["transactionStartOffset"], 2)  # behind a record and its marker
        self.assertIsNone(open_one["coordinatorEpoch"])
        self.assertIn("there is no partition t-7",
                      self.transactions("describe-producers", "--topic", "t", "--partition", "7", code=1).stderr)
        self.assertIn("there is no broker 7",
                      self.transactions("describe-producers", "--topic", "t", "--partition", "0", "--broker-id", "7",
                                        code=1).stderr)

    def test_a_transaction_is_aborted_by_its_start_or_by_its_marker(self):
        self.transactions("abort", "--topic", "t", "--partition", "0", "--start-offset", "1", code=1)
        self.transactions("abort", "--topic", "t", "--partition", "0", "--start-offset", "2")
        self.assertNotIn(2, [each["transactionStartOffset"] for each in
                             self.json("describe-producers", "--topic", "t", "--partition", "0")])
        known = self.open_producer(1)
        marker = ["--producer-id", str(known["producerId"]), "--producer-epoch", str(known["producerEpoch"])]
        self.transactions("abort", "--topic", "t", "--partition", "1", *marker, code=2)
        self.transactions("abort", "--topic", "t", "--partition", "1", *marker, "--coordinator-epoch", "0")
        self.assertEqual([each["transactionStartOffset"] for each in
                          self.json("describe-producers", "--topic", "t", "--partition", "1")], [None])

    def test_what_a_coordinator_has_in_hand_does_not_hang(self):
        for scope in (["--topic", "t"], ["--topic", "t", "--partition", "1"], ["--broker-id", "1"]):
            self.assertEqual(self.json("find-hanging", *scope, "--max-transaction-timeout", "0"), [])

    def test_wrong_words_are_refused(self):
        self.transactions("find-hanging", code=2)
        self.transactions("find-hanging", "--broker-id", "1", "--partition", "1", code=2)
        self.transactions("describe", code=2)
        self.transactions("abort", "--topic", "t", "--partition", "0", code=2)
        self.transactions(code=2)


class Hanging(TransactionsCase):
    """Without verification a partition takes a transaction that its coordinator knows nothing of."""

    settings = {"transaction_partition_verification_enable": "false"}

    def test_a_hanging_transaction_is_found_and_aborted(self):
        batch = wire.batch([wire.record(None, b"hangs")], attributes=0x10, producer_id=999_999, producer_epoch=0,
                           base_sequence=0)
        with self.broker.connect() as connection:
            reply = connection.ask(wire.produce("t", batch, partition=1, transactional_id="ghost"))
        self.assertEqual(wire.read_produce(reply), (wire.NONE, 2))
        search = ["find-hanging", "--topic", "t", "--max-transaction-timeout", "0"]
        [hanging] = self.json(*search)
        self.assertEqual((hanging["topic"], hanging["partition"], hanging["producerId"]), ("t", 1, 999_999))
        self.assertEqual(hanging["transactionStartOffset"], 2)
        self.transactions("abort", "--topic", "t", "--partition", "1", "--start-offset", "2")
        self.assertEqual(self.json(*search), [])


@unittest.skipUnless(HAS_KAFKA, "Apache Kafka's tools are not installed")
class BesideKafkas(TransactionsCase):
    def test_kafkas_tool_prints_the_same(self):
        # Kafka's columns are separated by tabs, and its rows come in no order.
        def same(*arguments, without=()):
            ours, theirs = (sorted(
                [word for i, word in enumerate(row) if i not in without] for row in rows(text)[1:])
                for text in (self.transactions(*arguments).stdout, self.kafka(*arguments)))
            self.assertEqual(ours, theirs)
            self.assertNotEqual(ours, [])

        same("list")
        same("list", "--transactional-id-pattern", "o.*")
        same("describe", "--transactional-id", "open", without=(7, 8))  # how long it has run; partitions in no order
        same("describe-producers", "--topic", "t", "--partition", "0")
        same("describe-producers", "--topic", "t", "--partition", "1", "--broker-id", "1")
        # It looks for a transaction's first record by time and prints nothing to us both: none hangs.
        self.assertEqual(rows(self.kafka("find-hanging", "--topic", "t", "--max-transaction-timeout", "0"))[1:], [])

    def test_kafkas_tool_aborts(self):
        self.kafka("abort", "--topic", "t", "--partition", "1", "--start-offset", "0")
        self.assertEqual([each["transactionStartOffset"] for each in
                          self.json("describe-producers", "--topic", "t", "--partition", "1")], [None])


if __name__ == "__main__":
    testing.main()
