"""librdkafka, through Debian's python3-confluent-kafka: producer, consumer and admin."""

import itertools
import time
import unittest

import testing

try:
    import confluent_kafka
    from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic
except ImportError:
    testing.not_run("no python3-confluent-kafka")


class Librdkafka(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("librdkafka"))

    def config(self, **options):
        return {"bootstrap.servers": self.broker.address,
                **{key.replace("_", "."): value for key, value in options.items()}}

    def produce(self, topic, records, **options):
        """Sends (key, value, headers) and returns [(partition, offset)] as reported, in order."""
        producer = Producer(self.config(**options))
        reports = []

        def delivered(error, message):
            reports.append((error, message.partition(), message.offset()))

        for key, value, headers in records:
            producer.produce(topic, key=key, value=value, headers=headers, on_delivery=delivered)
        self.assertEqual(producer.flush(60), 0)
        self.assertEqual([report for report in reports if report[0] is not None], [])
        return [(partition, offset) for _, partition, offset in reports]

    def consume(self, topic, count, offset=0, partition=0, **options):
        """[(key, value, headers)] of `count` records from `offset` on."""
        # The group's name is only asked for: nothing is joined or committed.
        consumer = Consumer(self.config(group_id="unused", enable_auto_commit=False, check_crcs=True, **options))
        consumer.assign([TopicPartition(topic, partition, offset)])
        found = []
        deadline = time.monotonic() + 60
        while len(found) < count and time.monotonic() < deadline:
            message = consumer.poll(1)
            if message is not None:
                self.assertIsNone(message.error())
                self.assertEqual(message.offset(), offset + len(found))
                found.append((message.key(), message.value(), message.headers()))
        consumer.close()
        return found

    def test_every_codec_acks_and_idempotence_comes_back_the_same(self):
        for codec, acks, idempotent in itertools.product(("none", "gzip", "snappy", "lz4", "zstd"), (0, 1, -1),
                                                         (False, True)):
            if idempotent and acks != -1:
                continue  # the client itself refuses it
            with self.subTest(codec=codec, acks=acks, idempotent=idempotent):
                topic = f"{codec}.{acks}.{idempotent}"
                self.broker.create_topic(topic)
                records = [(b"k%d" % i, b"value %d " % i * 5, [("n", b"%d" % i)]) for i in range(1000)]
                offsets = self.produce(topic, records, compression_codec=codec, acks=acks,
                                       enable_idempotence=idempotent, linger_ms=5)
                if acks != 0:
                    self.assertEqual(offsets, [(0, i) for i in range(1000)])
                self.assertEqual(self.consume(topic, 1000), records)

    def test_null_and_empty_keys_values_and_headers_are_told_apart(self):
        self.broker.create_topic("nulls")
        records = [(None, None, None), (b"", b"", None), (None, b"v", None), (b"k", None, None),
                   (b"k", b"v", [("h", None), ("h", b""), ("h", b"x")])]
        self.produce("nulls", records, enable_idempotence=True)
        self.assertEqual(self.consume("nulls", len(records)), records)

    def test_records_up_to_the_limit_go_through_and_larger_ones_are_refused_by_the_broker(self):
        self.broker.create_topic("limit", max_message_bytes=2_000_000)
        self.produce("limit", [(None, bytes(1_990_000), None)], message_max_bytes=8_000_000)
        self.assertEqual(self.consume("limit", 1, fetch_message_max_bytes=8_000_000), [(None, bytes(1_990_000), None)])
        producer = Producer(self.config(message_max_bytes=8_000_000))
        errors = []
        producer.produce("limit", value=bytes(2_100_000), on_delivery=lambda error, _: errors.append(error.code()))
        producer.flush(60)
        self.assertEqual(errors, [KafkaError.MSG_SIZE_TOO_LARGE])

    def test_partitions_keep_their_own_order(self):
        self.broker.create_topic("four", partitions=4)
        producer = Producer(self.config(enable_idempotence=True))
        for i in range(4000):
            producer.produce("four", partition=i % 4, value=b"%d" % i)
        self.assertEqual(producer.flush(60), 0)
        for partition in range(4):
            values = [value for _, value, _ in self.consume("four", 1000, partition=partition)]
            self.assertEqual(values, [b"%d" % i for i in range(partition, 4000, 4)])

    def test_offsets_are_found_by_time(self):
        self.broker.create_topic("times")
        producer = Producer(self.config())
        for i in range(10):
            producer.produce("times", value=b"x", timestamp=1_700_000_000_000 + 1000 * i)
        producer.flush(60)
        consumer = Consumer(self.config(group_id="unused"))
        for wanted, found in ((1_700_000_000_000, 0), (1_700_000_003_500, 4), (1_700_000_009_000, 9)):
            partition, = consumer.offsets_for_times([TopicPartition("times", 0, wanted)], timeout=30)
            self.assertEqual(partition.offset, found, wanted)
        partition, = consumer.offsets_for_times([TopicPartition("times", 0, 1_800_000_000_000)], timeout=30)
        self.assertEqual(partition.offset, confluent_kafka.OFFSET_END)
        self.assertEqual(consumer.get_watermark_offsets(TopicPartition("times", 0), timeout=30), (0, 10))
        consumer.close()

    def test_a_consumer_beyond_the_end_is_told_so(self):
        self.broker.create_topic("beyond")
        consumer = Consumer(self.config(group_id="unused", auto_offset_reset="error"))
        consumer.assign([TopicPartition("beyond", 0, 5)])
        message = None
        deadline = time.monotonic() + 60
        while message is None and time.monotonic() < deadline:
            message = consumer.poll(1)
        self.assertIn(message.error().code(), (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE))
        consumer.close()

    def test_topics_are_created_grown_configured_and_deleted(self):
        admin = AdminClient(self.config())
        admin.create_topics([NewTopic("admin", 2, 1, config={"retention.ms": "1000000"})])["admin"].result(60)
        self.assertEqual(len(admin.list_topics("admin", 30).topics["admin"].partitions), 2)
        with self.assertRaises(KafkaException) as twice:
            admin.create_topics([NewTopic("admin", 2, 1)])["admin"].result(60)
        self.assertEqual(twice.exception.args[0].code(), KafkaError.TOPIC_ALREADY_EXISTS)
        admin.create_partitions([NewPartitions("admin", 5)])["admin"].result(60)
        testing.await_true(lambda: len(admin.list_topics("admin", 30).topics["admin"].partitions) == 5, 30,
                           "five partitions")

        resource = ConfigResource("topic", "admin")
        described = admin.describe_configs([resource])[resource].result(60)
        self.assertEqual(described["retention.ms"].value, "1000000")
        altered = ConfigResource("topic", "admin", set_config={"retention.ms": "2000000"})
        admin.alter_configs([altered])[altered].result(60)
        described = admin.describe_configs([resource])[resource].result(60)
        self.assertEqual(described["retention.ms"].value, "2000000")

        admin.delete_topics(["admin"])["admin"].result(60)
        testing.await_true(lambda: "admin" not in admin.list_topics(timeout=30).topics, 30, "the topic is gone")

    def test_the_cluster_describes_itself(self):
        metadata = AdminClient(self.config()).list_topics(timeout=30)
        self.assertEqual([f"{broker.host}:{broker.port}" for broker in metadata.brokers.values()],
                         [self.broker.address])


if __name__ == "__main__":
    testing.main()
