"""Transactions of librdkafka: what its consumers see of them, fencing, timeouts, offsets that are committed with
them."""

import time
import unittest

import testing

testing.run_with_python_of("confluent-kafka")

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition  # noqa: E402

PATIENCE = 90


class Transactions(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "transactions", group_initial_rebalance_delay_ms=200,
            transaction_abort_timed_out_transaction_cleanup_interval_ms=500))
        self.broker.create_topic("t", 3)

    def producer(self, transactional_id="id", **settings):
        producer = Producer({"bootstrap.servers": self.broker.address, "transactional.id": transactional_id,
                             **{key.replace("_", "."): value for key, value in settings.items()}})
        producer.init_transactions(PATIENCE)
        return producer

    def consumer(self, isolation_level, group="unused", **settings):
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": group, "enable.auto.commit": False,
                             "isolation.level": isolation_level, "auto.offset.reset": "earliest",
                             "enable.partition.eof": True, **settings})
        self.addCleanup(consumer.close)
        return consumer

    def read(self, isolation_level, partitions=(0,), topic="t"):
        """The values of each partition up to its end, as that isolation level sees it."""
        consumer = self.consumer(isolation_level)
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        found = {partition: [] for partition in partitions}
        ended = set()
        deadline = time.monotonic() + PATIENCE
        while ended != set(partitions):
            self.assertLess(time.monotonic(), deadline, f"read {found}")
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error() is not None:
                self.assertEqual(message.error().code(), KafkaError._PARTITION_EOF, message.error())
                ended.add(message.partition())
            else:
                ended.discard(message.partition())
                found[message.partition()].append(message.value().decode())
        return found

    def read_one(self, isolation_level, topic="t"):
        return self.read(isolation_level, topic=topic)[0]

    def test_what_is_committed_is_read_and_what_is_aborted_is_not(self):
        producer = self.producer()
        kept, all_of_it = {0: [], 1: [], 2: []}, {0: [], 1: [], 2: []}
        for number in range(40):
            producer.begin_transaction()
            commits = number % 3 != 1
            # The first transactions leave partitions out: markers go where something was written.
            for partition in range(1 + number % 3):
                for i in range(5):
                    value = f"{number}.{i}"
                    producer.produce("t", value, partition=partition)
                    all_of_it[partition].append(value)
                    if commits:
                        kept[partition].append(value)
            if commits:
                producer.commit_transaction(PATIENCE)
            else:
                producer.flush(PATIENCE)
                producer.abort_transaction(PATIENCE)
        self.assertEqual(self.read("read_committed", (0, 1, 2)), kept)
        self.assertEqual(self.read("read_uncommitted", (0, 1, 2)), all_of_it)

    def test_what_is_there_outlives_a_killed_broker(self):
        producer = self.producer()
        for value in ("kept", "dropped"):
            producer.begin_transaction()
            producer.produce("t", value, partition=0)
            producer.flush(PATIENCE)
            producer.commit_transaction(PATIENCE) if value == "kept" else producer.abort_transaction(PATIENCE)
        self.broker.kill()
        self.broker.start()
        self.assertEqual(self.read_one("read_committed"), ["kept"])
        self.assertEqual(self.read_one("read_uncommitted"), ["kept", "dropped"])
        producer.begin_transaction()
        producer.produce("t", "after", partition=0)
        producer.commit_transaction(PATIENCE)
        self.assertEqual(self.read_one("read_committed"), ["kept", "after"])

    def test_a_transaction_goes_on_over_a_killed_broker(self):
        producer = self.producer()
        producer.begin_transaction()
        producer.produce("t", "before", partition=0)
        self.assertEqual(producer.flush(PATIENCE), 0)
        self.broker.kill()
        self.broker.start()
        producer.produce("t", "after", partition=0)
        producer.commit_transaction(PATIENCE)
        self.assertEqual(self.read_one("read_committed"), ["before", "after"])

    def test_an_open_transaction_holds_back_what_is_behind_it(self):
        first, second = self.producer("first"), self.producer("second")
        plain = Producer({"bootstrap.servers": self.broker.address})
        plain.produce("t", "plain 0", partition=0)
        self.assertEqual(plain.flush(PATIENCE), 0)
        first.begin_transaction()
        first.produce("t", "first", partition=0)
        self.assertEqual(first.flush(PATIENCE), 0)
        plain.produce("t", "plain 1", partition=0)
        self.assertEqual(plain.flush(PATIENCE), 0)
        second.begin_transaction()
        second.produce("t", "second", partition=0)
        second.commit_transaction(PATIENCE)
        whole = ["plain 0", "first", "plain 1", "second"]
        self.assertEqual(self.read_one("read_uncommitted"), whole)
        self.assertEqual(self.read_one("read_committed"), whole[:1])
        partition = TopicPartition("t", 0)
        self.assertEqual(self.consumer("read_committed").get_watermark_offsets(partition, PATIENCE), (0, 1))
        first.commit_transaction(PATIENCE)
        testing.await_true(lambda: self.read_one("read_committed") == whole, PATIENCE, "all of it is visible")

    def test_a_second_instance_fences_the_first_and_aborts_its_transaction(self):
        zombie = self.producer()
        zombie.begin_transaction()
        zombie.produce("t", "zombie", partition=0)
        self.assertEqual(zombie.flush(PATIENCE), 0)
        successor = self.producer()
        successor.begin_transaction()
        successor.produce("t", "successor", partition=0)
        successor.commit_transaction(PATIENCE)
        with self.assertRaises(KafkaException) as refused:
            zombie.produce("t", "zombie again", partition=0)
            zombie.commit_transaction(PATIENCE)
        error = refused.exception.args[0]
        self.assertIn(error.code(), (KafkaError._FENCED, KafkaError.PRODUCER_FENCED,
                                     KafkaError.INVALID_PRODUCER_EPOCH), error)
        self.assertTrue(error.fatal(), error)
        self.assertEqual(self.read_one("read_committed"), ["successor"])
        self.assertEqual(self.read_one("read_uncommitted"), ["zombie", "successor"])

    def test_a_transaction_that_runs_out_of_time_is_aborted(self):
        slow = self.producer(transaction_timeout_ms=1000)
        slow.begin_transaction()
        slow.produce("t", "slow", partition=0)
        self.assertEqual(slow.flush(PATIENCE), 0)
        plain = Producer({"bootstrap.servers": self.broker.address})
        plain.produce("t", "plain", partition=0)
        self.assertEqual(plain.flush(PATIENCE), 0)
        testing.await_true(lambda: self.read_one("read_committed") == ["plain"], PATIENCE, "the transaction is aborted")
        with self.assertRaises(KafkaException) as refused:
            slow.commit_transaction(PATIENCE)
        self.assertIn(refused.exception.args[0].code(), (
            KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH,
            KafkaError.INVALID_TXN_STATE), refused.exception)
        successor = self.producer()
        successor.begin_transaction()
        successor.produce("t", "successor", partition=0)
        successor.commit_transaction(PATIENCE)
        self.assertEqual(self.read_one("read_committed"), ["plain", "successor"])

    def test_offsets_are_committed_with_the_transaction_or_not_at_all(self):
        plain = Producer({"bootstrap.servers": self.broker.address})
        for i in range(10):
            plain.produce("t", b"%d" % i, partition=0)
        self.assertEqual(plain.flush(PATIENCE), 0)
        self.broker.create_topic("out")
        consumer = self.consumer("read_committed", group="g")
        consumer.subscribe(["t"])
        testing.await_true(lambda: consumer.poll(0.1) is not None, PATIENCE, "the member reads")
        producer = self.producer()

        def committed():
            return consumer.committed([TopicPartition("t", 0)], PATIENCE)[0].offset

        for value, offset, commits, expected in (("a", 3, True, 3), ("b", 5, False, 3), ("c", 7, True, 7)):
            producer.begin_transaction()
            producer.produce("out", value, partition=0)
            producer.send_offsets_to_transaction([TopicPartition("t", 0, offset)], consumer.consumer_group_metadata(),
                                                 PATIENCE)
            if commits:
                producer.commit_transaction(PATIENCE)
            else:
                producer.abort_transaction(PATIENCE)
            self.assertEqual(committed(), expected)
        self.assertEqual(self.read_one("read_committed", "out"), ["a", "c"])

    def test_ids_do_not_wait_for_each_other(self):
        producers = [self.producer(f"id {i}") for i in range(20)]
        for producer in producers:
            producer.begin_transaction()
        for i, producer in enumerate(producers):
            producer.produce("t", f"{i}", partition=0)
            self.assertEqual(producer.flush(PATIENCE), 0)
        for i, producer in reversed(list(enumerate(producers))):
            producer.commit_transaction(PATIENCE) if i % 2 == 0 else producer.abort_transaction(PATIENCE)
        self.assertEqual(self.read_one("read_committed"), [f"{i}" for i in range(0, 20, 2)])


if __name__ == "__main__":
    testing.main()
