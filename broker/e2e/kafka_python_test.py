"""kafka-python of today: a client whose protocol code shares nothing with librdkafka or Java."""

import threading
import unittest

import testing

testing.run_with_python_of("kafka-python")

import kafka  # noqa: E402
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition  # noqa: E402
from kafka.admin import NewPartitions, NewTopic  # noqa: E402


class Member:
    """A consumer that polls in a thread of its own, as its group expects of it, and commits what it has read."""

    def __init__(self, topic, options):
        self.topic, self.options = topic, options
        self.assignment, self.committed = set(), []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        consumer = KafkaConsumer(self.topic, **self.options)
        while not self.stopping.is_set():
            found = [record.partition for records in consumer.poll(500).values() for record in records]
            self.assignment = consumer.assignment()
            if found:
                consumer.commit()
                self.committed += found
        consumer.close()

    def stop(self):
        self.stopping.set()
        self.thread.join()


class KafkaPython(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("kafka-python"))

    def produce(self, topic, records, **options):
        producer = KafkaProducer(bootstrap_servers=self.broker.address, **options)
        futures = [producer.send(topic, key=key, value=value, headers=headers, partition=0)
                   for key, value, headers in records]
        producer.flush(60)
        found = [future.get(60) for future in futures]
        producer.close()
        return [record.offset for record in found]

    def consume(self, topic, count, offset=0):
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address, consumer_timeout_ms=60_000,
                                 enable_auto_commit=False, check_crcs=True)
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, offset)
        found = []
        for record in consumer:
            found.append((record.key, record.value, list(record.headers)))
            if len(found) == count:
                break
        consumer.close()
        return found

    def test_every_codec_and_acks_comes_back_the_same(self):
        for codec in (None, "gzip", "snappy", "lz4", "zstd"):
            for acks in (0, 1, "all"):
                with self.subTest(codec=codec, acks=acks):
                    topic = f"{codec}.{acks}"
                    self.broker.create_topic(topic)
                    records = [(b"k%d" % i, b"value %d" % i, [("h", b"%d" % i)]) for i in range(200)]
                    offsets = self.produce(topic, records, compression_type=codec, acks=acks, linger_ms=20,
                                           enable_idempotence=False)
                    if acks != 0:
                        self.assertEqual(offsets, list(range(200)))
                    self.assertEqual(self.consume(topic, 200), records)

    def test_members_share_partitions_and_the_group_is_listed_described_and_deleted(self):
        self.broker.create_topic("shared", 4)
        options = {"bootstrap_servers": self.broker.address, "group_id": "kp", "auto_offset_reset": "earliest",
                   "enable_auto_commit": False, "client_id": "kp", "heartbeat_interval_ms": 300}
        members = [Member("shared", options) for _ in range(2)]
        testing.await_true(lambda: sorted(len(member.assignment) for member in members) == [2, 2], 90,
                           "two members have two partitions each")
        producer = KafkaProducer(bootstrap_servers=self.broker.address)
        for partition in range(4):
            producer.send("shared", value=b"v", partition=partition).get(60)
        producer.close()
        testing.await_true(lambda: sorted(at for member in members for at in list(member.committed)) == [0, 1, 2, 3], 90,
                           "every record is read and committed once")
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        self.assertEqual([(group["group_id"], group["group_state"]) for group in admin.list_groups()],
                         [("kp", "Stable")])
        self.assertEqual(len(admin.describe_groups(["kp"])["kp"]["members"]), 2)
        offsets = admin.list_group_offsets("kp")["kp"]
        self.assertEqual({at.partition: known.offset for at, known in offsets.items()}, {p: 1 for p in range(4)})
        for member in members:
            member.stop()
        self.assertEqual(admin.delete_groups(["kp"]), {"kp": "OK"})
        self.assertEqual(admin.list_groups(), [])
        admin.close()

    def test_an_idempotent_producer_works(self):
        self.broker.create_topic("idempotent")
        records = [(None, b"%d" % i, []) for i in range(500)]
        self.assertEqual(self.produce("idempotent", records, enable_idempotence=True, acks="all"), list(range(500)))
        self.assertEqual(self.consume("idempotent", 500), records)

    def test_null_and_empty_are_told_apart(self):
        self.broker.create_topic("nulls")
        records = [(None, b"", []), (b"", b"v", []), (b"k", None, [])]
        self.produce("nulls", records)
        self.assertEqual(self.consume("nulls", 3), records)

    def test_offsets_are_found_at_the_ends_and_by_time(self):
        self.broker.create_topic("times")
        producer = KafkaProducer(bootstrap_servers=self.broker.address)
        for i in range(10):
            producer.send("times", value=b"x", timestamp_ms=1_700_000_000_000 + 1000 * i, partition=0)
        producer.flush(60)
        producer.close()
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address)
        partition = TopicPartition("times", 0)
        self.assertEqual(consumer.beginning_offsets([partition]), {partition: 0})
        self.assertEqual(consumer.end_offsets([partition]), {partition: 10})
        self.assertEqual(consumer.offsets_for_times({partition: 1_700_000_003_500})[partition].offset, 4)
        self.assertIsNone(consumer.offsets_for_times({partition: 1_800_000_000_000})[partition])
        consumer.close()

    def test_administers_topics(self):
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        admin.create_topics([NewTopic("admin", num_partitions=2, replication_factor=1)])
        self.assertIn("admin", admin.list_topics())
        admin.create_partitions({"admin": NewPartitions(total_count=3)})
        testing.await_true(lambda: len(admin.describe_topics(["admin"])[0]["partitions"]) == 3, 30, "three partitions")
        self.produce("admin", [(None, b"%d" % i, []) for i in range(10)])
        admin.delete_records({TopicPartition("admin", 0): 4})
        self.assertEqual([value for _, value, _ in self.consume("admin", 6, offset=4)],
                         [b"%d" % i for i in range(4, 10)])
        admin.delete_topics(["admin"])
        testing.await_true(lambda: "admin" not in admin.list_topics(), 30, "the topic is gone")
        admin.close()


if __name__ == "__main__":
    print(f"kafka-python {kafka.__version__}")
    testing.main()
