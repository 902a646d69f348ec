"""kafka-python 2.0.2 told that it speaks to a 0.10 broker: message sets v0 and v1, both written and read."""

import unittest

import testing

testing.run_with_python_of("kafka-python-old")

import kafka  # noqa: E402
from kafka import KafkaConsumer, KafkaProducer, TopicPartition  # noqa: E402

import wire  # noqa: E402


class OldClient(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("kafka-python-old"))

    def produce(self, topic, records, version=(0, 10), **options):
        producer = KafkaProducer(bootstrap_servers=self.broker.address, api_version=version, **options)
        futures = [producer.send(topic, key=key, value=value, partition=0) for key, value in records]
        producer.flush(60)
        found = [future.get(60) for future in futures]
        producer.close()
        return [record.offset for record in found]

    def consume(self, topic, count, version=(0, 10), offset=0):
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address, api_version=version, check_crcs=True,
                                 consumer_timeout_ms=60_000, enable_auto_commit=False)
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, offset)
        found = []
        for record in consumer:
            self.assertEqual(record.offset, offset + len(found))
            found.append((record.key, record.value))
            if len(found) == count:
                break
        consumer.close()
        return found

    def test_what_it_writes_it_reads_with_every_codec_of_its_time(self):
        for codec in (None, "gzip", "snappy", "lz4"):
            for acks in (0, 1, "all"):
                with self.subTest(codec=codec, acks=acks):
                    topic = f"{codec}.{acks}"
                    self.broker.create_topic(topic)
                    records = [(b"k%d" % i, b"value %d" % i) for i in range(200)]
                    offsets = self.produce(topic, records, compression_type=codec, acks=acks, linger_ms=20)
                    if acks != 0:
                        self.assertEqual(offsets, list(range(200)))
                    self.assertEqual(self.consume(topic, 200), records)

    def test_a_group_of_a_0_10_client_goes_on_where_it_was(self):
        self.broker.create_topic("group")
        self.produce("group", [(None, b"%d" % i) for i in range(100)])

        def consume(count):
            consumer = KafkaConsumer("group", bootstrap_servers=self.broker.address, api_version=(0, 10), group_id="old",
                                     auto_offset_reset="earliest", enable_auto_commit=False, consumer_timeout_ms=60_000,
                                     max_poll_records=10)
            found = []
            for record in consumer:
                found.append(record.value)
                if len(found) == count:
                    break
            consumer.commit()
            self.assertEqual(consumer.assignment(), {TopicPartition("group", 0)})
            consumer.close()
            return found

        self.assertEqual(consume(40), [b"%d" % i for i in range(40)])
        self.broker.kill()
        self.broker.start()
        self.assertEqual(consume(60), [b"%d" % i for i in range(40, 100)])

    def test_message_format_0_is_written_and_read(self):
        self.broker.create_topic("v0")
        records = [(None, b"%d" % i) for i in range(100)]
        self.produce("v0", records, version=(0, 9))
        self.assertEqual(self.consume("v0", 100, version=(0, 9)), records)
        self.assertEqual(self.consume("v0", 100, version=(0, 10)), records)

    def test_reads_what_a_new_producer_wrote_even_from_the_middle_of_a_batch(self):
        self.broker.create_topic("new")
        with self.broker.connect() as connection:
            batch = wire.batch([wire.record(b"k%d" % i, b"v%d" % i, i, headers=[(b"h", b"x")]) for i in range(10)])
            self.assertEqual(wire.read_produce(connection.ask(wire.produce("new", batch))), (0, 0))
        self.assertEqual(self.consume("new", 10), [(b"k%d" % i, b"v%d" % i) for i in range(10)])
        self.assertEqual(self.consume("new", 3, offset=7), [(b"k%d" % i, b"v%d" % i) for i in range(7, 10)])

    def test_a_new_consumer_reads_what_it_wrote(self):
        self.broker.create_topic("old")
        self.produce("old", [(b"k", b"%d" % i) for i in range(20)], compression_type="gzip", linger_ms=20)
        stored = list(wire.batches(testing.read_all(self.broker, "old")))
        self.assertEqual(sum(delta + 1 for _, delta, _ in stored), 20)
        self.assertTrue(all(batch[16] == 2 for _, _, batch in stored), "not stored in format v2")


if __name__ == "__main__":
    print(f"kafka-python {kafka.__version__}")
    testing.main()
