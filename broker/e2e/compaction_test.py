"""A compacted topic under load: written by an idempotent producer while the broker compacts, is killed and started again,
it holds the latest value of each key."""

import random
import unittest

import testing

try:
    from confluent_kafka import Consumer, Producer, TopicPartition
except ImportError:
    testing.not_run("no python3-confluent-kafka")

KEYS = 400
ROUNDS = 4
RECORDS_A_ROUND = 40_000
SEGMENT = 1 << 20


class Compaction(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("compaction", log_cleaner_backoff_ms=200))
        self.broker.create_topic("table", cleanup_policy="compact", segment_bytes=SEGMENT,
                                 min_cleanable_dirty_ratio=0.01, delete_retention_ms=0)

    def produce(self, random_source, table):
        producer = Producer({"bootstrap.servers": self.broker.address, "enable.idempotence": True, "linger.ms": 5})
        failed = []
        for number in range(RECORDS_A_ROUND):
            key = f"key {random_source.randrange(KEYS)}"
            value = None if random_source.random() < 0.1 else f"{number} {random_source.random()} {'x' * 60}"
            if number == RECORDS_A_ROUND // 2:
                self.broker.kill()
                self.broker.start()
            while True:
                try:
                    producer.produce("table", key=key, value=value,
                                     on_delivery=lambda error, _: failed.append(error) if error else None)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
            table[key] = value
        self.assertEqual(producer.flush(120), 0)
        self.assertEqual(failed, [])

    def records(self):
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": "reader", "enable.auto.commit": False})
        end = consumer.get_watermark_offsets(TopicPartition("table", 0), timeout=30)[1]
        consumer.assign([TopicPartition("table", 0, 0)])
        found = []
        while consumer.position([TopicPartition("table", 0)])[0].offset < end:
            for message in consumer.consume(1000, timeout=1):
                self.assertIsNone(message.error())
                found.append((message.offset(), message.key().decode(), message.value()))
        consumer.close()
        return found

    def bytes_on_disk(self):
        return sum(path.stat().st_size for path in (self.broker.data / "table-0").glob("*.log"))

    def assert_holds(self, table):
        found = self.records()
        offsets = [offset for offset, _, _ in found]
        self.assertEqual(offsets, sorted(set(offsets)))
        latest = {}
        for _, key, value in found:
            latest[key] = value and value.decode()
        self.assertEqual({key: value for key, value in latest.items() if value is not None},
                         {key: value for key, value in table.items() if value is not None})

    def test_it_holds_the_latest_value_of_each_key(self):
        source = random.Random(3)
        table = {}
        for _ in range(ROUNDS):
            self.produce(source, table)
            self.assert_holds(table)
        # What is left: each key once, and the segment that is written.
        testing.await_true(lambda: self.bytes_on_disk() < 2 * SEGMENT, 60, "the log is compacted")
        self.assertIn("table-0 compacted up to offset", self.broker.log_text())
        self.assert_holds(table)
        self.broker.restart()
        self.assert_holds(table)
        self.broker.kill()
        self.broker.start()
        self.assert_holds(table)


if __name__ == "__main__":
    testing.main()
