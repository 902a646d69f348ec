"""Apache Kafka's own tools: they administer, write and read, and its dump-log reads our files."""

import re
import subprocess
import unittest

import dump_log
import java
import testing
import wire


class ToolCase(unittest.TestCase):
    """The tools that the cases below run against the broker."""

    def tool(self, name, *arguments, **options):
        return java.run("apache-kafka", name, "--bootstrap-server", self.broker.address, *arguments, **options)

    def topics(self, *arguments, **options):
        return self.tool("org.apache.kafka.tools.TopicCommand", *arguments, **options)

    def configs(self, *arguments, **options):
        return self.tool("kafka.admin.ConfigCommand", *arguments, **options)

    def produce(self, topic, lines, *options):
        return self.tool("org.apache.kafka.tools.ConsoleProducer", "--topic", topic, "--reader-property", "parse.key=true",
                         "--reader-property", "key.separator=:", *options, stdin="".join(lines).encode())

    def consume(self, topic, count, *options):
        return self.tool("org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", topic, "--partition", "0",
                         "--offset", "earliest", "--max-messages", str(count), "--formatter-property", "print.key=true",
                         "--formatter-property", "key.separator=:", "--timeout-ms", "60000", *options)


class Tools(ToolCase):
    def setUp(self):
        self.broker = self.enterContext(testing.broker("apache-kafka"))

    def test_topics_are_created_described_altered_and_deleted(self):
        self.topics("--create", "--topic", "java", "--partitions", "2", "--config", "retention.ms=100000")
        described = self.topics("--describe", "--topic", "java")
        self.assertRegex(described, r"Topic: java\s+TopicId: \S{22}\s+PartitionCount: 2\s+ReplicationFactor: 1")
        self.assertIn("retention.ms=100000", described)
        self.assertEqual(len(re.findall(r"Leader: \d+", described)), 2)
        self.assertIn("already exists", self.topics("--create", "--topic", "java", "--partitions", "2", check=False))
        self.topics("--alter", "--topic", "java", "--partitions", "5")
        self.configs("--alter", "--topic", "java", "--add-config", "retention.ms=200000,max.message.bytes=2000000")
        configs = self.configs("--describe", "--topic", "java")
        self.assertIn("retention.ms=200000", configs)
        self.assertIn("max.message.bytes=2000000", configs)
        self.configs("--alter", "--topic", "java", "--delete-config", "retention.ms")
        self.assertNotIn("retention.ms=", self.configs("--describe", "--topic", "java"))
        described = self.topics("--describe", "--topic", "java")
        self.assertIn("PartitionCount: 5", described)
        self.topics("--delete", "--topic", "java")
        self.assertNotIn("java", self.topics("--list").split())

    def test_what_the_console_producer_writes_the_console_consumer_reads(self):
        lines = [f"key{i}:value {i}\n" for i in range(300)]
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            with self.subTest(codec):
                self.broker.create_topic(codec)
                self.produce(codec, lines, "--compression-codec", codec)
                self.assertEqual(self.consume(codec, 300), "".join(lines))

    def test_every_acks_is_taken(self):
        self.broker.create_topic("acks")
        for acks in ("0", "1", "all"):
            self.produce("acks", [f"k:{acks}\n"], "--producer-property", f"acks={acks}",
                         "--producer-property", "enable.idempotence=" + ("true" if acks == "all" else "false"))
        self.assertEqual(self.consume("acks", 3), "k:0\nk:1\nk:all\n")

    def test_offsets_are_told_and_records_deleted(self):
        self.broker.create_topic("offsets")
        self.produce("offsets", [f"k:{i}\n" for i in range(100)])
        self.assertEqual(self.tool("org.apache.kafka.tools.GetOffsetShell", "--topic", "offsets").strip(),
                         "offsets:0:100")
        with testing.temporary_file("delete.json", '{"partitions":[{"topic":"offsets","partition":0,"offset":60}],'
                                    '"version":1}') as path:
            deleted = self.tool("org.apache.kafka.tools.DeleteRecordsCommand", "--offset-json-file", str(path))
        self.assertIn("low_watermark: 60", deleted)
        earliest = self.tool("org.apache.kafka.tools.GetOffsetShell", "--topic", "offsets", "--time", "-2")
        self.assertEqual(earliest.strip(), "offsets:0:60")
        self.assertEqual(self.consume("offsets", 40), "".join(f"k:{i}\n" for i in range(60, 100)))

    def test_the_cluster_its_versions_log_directories_and_producers_are_told(self):
        self.broker.create_topic("told")
        self.produce("told", [f"k:{i}\n" for i in range(10)])
        versions = self.tool("org.apache.kafka.tools.BrokerApiVersionsCommand")
        self.assertIn(self.broker.address, versions)
        self.assertNotIn("ERROR", versions)
        directories = self.tool("org.apache.kafka.tools.LogDirsCommand", "--describe", "--topic-list", "told")
        self.assertIn('"partition":"told-0"', directories)
        producers = self.tool("org.apache.kafka.tools.TransactionsCommand", "describe-producers", "--topic", "told",
                              "--partition", "0")
        self.assertEqual(len(producers.strip().splitlines()), 2, producers)  # a heading, one producer


class Groups(ToolCase):
    """The Java consumer with group.protocol=classic, and kafka-consumer-groups."""

    def setUp(self):
        self.broker = self.enterContext(testing.broker("apache-kafka-groups", group_initial_rebalance_delay_ms=200))

    def groups(self, *arguments, **options):
        return self.tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", *arguments, **options)

    def consume_as_group(self, count):
        return self.tool("org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", "shared", "--group", "java",
                         "--max-messages", str(count), "--timeout-ms", "60000", "--command-property",
                         "auto.offset.reset=earliest", "--command-property", "group.protocol=classic").split()

    def test_a_group_consumes_and_is_described_reset_dumped_and_deleted(self):
        self.broker.create_topic("shared", 4)
        self.produce("shared", [f"k{i}:v{i}\n" for i in range(100)])
        self.assertEqual(sorted(self.consume_as_group(100)), sorted(f"v{i}" for i in range(100)))
        described = [line.split() for line in self.groups("--describe", "--group", "java").splitlines()
                     if line.startswith("java")]
        self.assertEqual(len(described), 4)
        self.assertEqual(sum(int(row[3]) for row in described), 100, described)
        self.assertEqual({row[5] for row in described}, {"0"}, "no lag")
        self.assertIn("Empty", self.groups("--describe", "--group", "java", "--state"))
        self.assertRegex(self.groups("--list", "--state"), r"java\s+Empty")

        reset = self.groups("--reset-offsets", "--group", "java", "--topic", "shared", "--to-earliest", "--execute")
        self.assertEqual({line.split()[3] for line in reset.splitlines() if line.startswith("java")}, {"0"})
        self.assertEqual(len(self.consume_as_group(100)), 100)
        self.assertIn("Request succeeded for deleting offsets from group java.",
                      self.groups("--delete-offsets", "--group", "java", "--topic", "shared:0"))
        self.assertIn("was successful", self.groups("--delete", "--group", "java"))
        self.assertNotIn("java", self.groups("--list").split())

        partition = next(path for path in self.broker.data.glob("__consumer_offsets-*")
                         if (path / "00000000000000000000.log").exists())
        self.broker.stop()
        dumped = dump_log.check_decoder(self, self.broker, "--offsets-decoder",
                                        [partition / "00000000000000000000.log"])
        self.assertIn('"group":"java","topic":"shared","partition":3', dumped)
        self.assertIn('"protocolType":"consumer"', dumped)
        self.assertIn("<DELETE>", dumped)


class ConsumerGroups(Groups):
    """The same with group.protocol=consumer (KIP-848)."""

    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "apache-kafka-consumer-groups", group_consumer_heartbeat_interval_ms=300,
            group_consumer_session_timeout_ms=3000))

    def consume_as_group(self, count):
        return self.tool("org.apache.kafka.tools.consumer.ConsoleConsumer", "--topic", "shared", "--group", "java",
                         "--max-messages", str(count), "--timeout-ms", "60000", "--command-property",
                         "auto.offset.reset=earliest", "--command-property", "group.protocol=consumer").split()

    def test_a_group_consumes_and_is_described_reset_dumped_and_deleted(self):
        self.broker.create_topic("shared", 4)
        self.produce("shared", [f"k{i}:v{i}\n" for i in range(100)])
        self.assertEqual(sorted(self.consume_as_group(100)), sorted(f"v{i}" for i in range(100)))
        described = [line.split() for line in self.groups("--describe", "--group", "java").splitlines()
                     if line.startswith("java")]
        self.assertEqual(sum(int(row[3]) for row in described), 100, described)
        self.assertIn("Empty", self.groups("--describe", "--group", "java", "--state"))
        self.assertRegex(self.groups("--list", "--type", "consumer"), r"java")
        self.assertNotIn("java", self.groups("--list", "--type", "classic").split())

        # Settings of a group: heartbeats and sessions may not be as short as this broker's own.
        self.configs("--alter", "--entity-type", "groups", "--entity-name", "java", "--add-config",
                     "consumer.heartbeat.interval.ms=5000,consumer.session.timeout.ms=50000")
        described = self.configs("--describe", "--entity-type", "groups", "--entity-name", "java")
        self.assertIn("consumer.session.timeout.ms=50000", described)
        self.assertIn("DYNAMIC_GROUP_CONFIG:consumer.heartbeat.interval.ms=5000", described)
        self.assertIn("Value must be", self.configs("--alter", "--entity-type", "groups", "--entity-name", "java",
                                                    "--add-config", "consumer.session.timeout.ms=1", check=False))
        self.configs("--alter", "--entity-type", "groups", "--entity-name", "java", "--delete-config",
                     "consumer.heartbeat.interval.ms,consumer.session.timeout.ms")
        self.assertNotIn("timeout.ms=50000", self.configs("--describe", "--entity-type", "groups", "--entity-name", "java"))

        self.groups("--reset-offsets", "--group", "java", "--topic", "shared", "--to-earliest", "--execute")
        command = java.command("apache-kafka", "org.apache.kafka.tools.consumer.ConsoleConsumer",
                               "--bootstrap-server", self.broker.address, "--topic", "shared", "--group", "java",
                               "--command-property", "group.protocol=consumer")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as consuming:
            def described_as(words, what):
                return lambda: all(word in self.groups("--describe", "--group", "java", *what) for word in words)

            try:
                testing.await_true(described_as(["shared", "0,1,2,3"], ["--members", "--verbose"]), 120,
                                   "its member is described with all partitions")
                testing.await_true(described_as(["Stable", "uniform"], ["--state"]), 60, "and the group with its state")
            finally:
                consuming.kill()
        testing.await_true(lambda: "Empty" in self.groups("--describe", "--group", "java", "--state"), 60,
                           "the session of the killed member ended")
        self.assertIn("was successful", self.groups("--delete", "--group", "java"))

        partition = next(path for path in self.broker.data.glob("__consumer_offsets-*")
                         if (path / "00000000000000000000.log").exists())
        self.broker.stop()
        dumped = dump_log.check_decoder(self, self.broker, "--offsets-decoder",
                                        [partition / "00000000000000000000.log"])
        # ConsumerGroupMetadata, -MemberMetadata, -TargetAssignmentMetadata and -Member, -CurrentMemberAssignment.
        for kind in (3, 5, 6, 7, 8):
            self.assertIn(f'key: {{"type":"{kind}","data":{{"groupId":"java"', dumped)


class DumpLog(unittest.TestCase):
    """kafka-dump-log over the files of a stopped broker."""

    def dump(self, *files, options=()):
        return dump_log.dump(files, *options)

    def test_segments_indexes_and_snapshots_are_kafkas(self):
        with testing.broker("dump-log") as broker:
            broker.create_topic("dumped", segment_bytes=1 << 20, index_interval_bytes=4096)
            with broker.connect() as connection:
                error, producer, epoch = wire.read_init_producer_id(connection.ask(wire.init_producer_id()))
                self.assertEqual(error, wire.NONE)
                offset = 0
                for i in range(60):
                    records = [wire.record(b"k%d" % n, b"v%d" % n * 3000, n, n) for n in range(10)]
                    batch = wire.batch(records, producer_id=producer, producer_epoch=epoch, base_sequence=i * 10,
                                       base_timestamp=wire.NOW + i * 1000,
                                       max_timestamp=wire.NOW + 9 + i * 1000)
                    self.assertEqual(wire.read_produce(connection.ask(wire.produce("dumped", batch))), (0, offset))
                    offset += 10
            self.assertEqual(broker.stop(), 0)

            folder = broker.data / "dumped-0"
            segments = sorted(folder.glob("*.log"))
            self.assertGreater(len(segments), 2)
            dumped = self.dump(*segments, options=("--deep-iteration", "--print-data-log"))
            self.assertEqual([int(n) for n in re.findall(r"\| offset: (\d+) ", dumped)], list(range(600)))
            self.assertEqual(re.findall(r"payload: (\S+)", dumped), [f"v{n % 10}" * 3000 for n in range(600)])
            self.assertEqual(set(re.findall(r"isvalid: (\w+)", dumped)), {"true"})
            self.assertEqual(set(re.findall(r"producerId: (-?\d+)", dumped)), {str(producer)})

            for index in sorted(folder.glob("*.index")):
                self.assert_no_mismatch(self.dump(index))
            for index in sorted(folder.glob("*.timeindex")):
                self.assert_no_mismatch(self.dump(index))
            snapshots = sorted(folder.glob("*.snapshot"))
            self.assertTrue(snapshots, "a clean end leaves a producer snapshot")
            last = self.dump(snapshots[-1])
            self.assertIn(f"producerId: {producer} producerEpoch: {epoch}", last)
            self.assertIn("lastSequence: 599", last.replace("lastSeq: ", "lastSequence: "))

    def test_compacted_segments_are_kafkas(self):
        with testing.broker("dump-compacted", log_cleaner_backoff_ms=100) as broker:
            broker.create_topic("table", cleanup_policy="compact", segment_bytes=1 << 20,
                                min_cleanable_dirty_ratio=0.01)
            lines = b"".join(b"key%d:%d%s\n" % (i % 10, i, b"x" * 1000) for i in range(4000))
            for codec in ("none", "zstd"):
                subprocess.run(["kcat", "-b", broker.address, "-P", "-t", "table", "-K", ":", "-z", codec,
                                "-X", "batch.num.messages=100"], check=True, input=lines)
            folder = broker.data / "table-0"
            testing.await_true(lambda: "table-0 compacted" in broker.log_text() and
                               sum(path.stat().st_size for path in folder.glob("*.log")) < 2 << 20, 60, "compaction")
            self.assertEqual(broker.stop(), 0)
            dumped = self.dump(*sorted(folder.glob("*.log")), options=("--deep-iteration", "--print-data-log"))
            offsets = [int(n) for n in re.findall(r"\| offset: (\d+) ", dumped)]
            self.assertEqual(offsets, sorted(set(offsets)))
            # What was compacted has each of the ten keys once; where segments end depends on kcat's batches.
            compacted = max(int(n) for n in re.findall(r"compacted up to offset (\d+)", broker.log_text()))
            self.assertGreater(compacted, 2000)
            self.assertEqual(len([offset for offset in offsets if offset < compacted]), 10)
            self.assertEqual(set(re.findall(r"isvalid: (\w+)", dumped)), {"true"})
            for index in [*sorted(folder.glob("*.index")), *sorted(folder.glob("*.timeindex"))]:
                self.assert_no_mismatch(self.dump(index))

    def assert_no_mismatch(self, dumped):
        self.assertNotRegex(dumped, r"Mismatches|not found|Found invalid|Found timestamp mismatch|out of order")

    def test_the_cluster_metadata_log_is_kafkas(self):
        with testing.broker("dump-metadata") as broker:
            broker.create_topic("described", partitions=2, retention_ms=4242)
            self.assertEqual(broker.stop(), 0)
            segments = sorted((broker.data / "__cluster_metadata-0").glob("*.log"))
            dumped = self.dump(*segments, options=("--cluster-metadata-decoder",))
            self.assertRegex(dumped, r'"type":"TOPIC_RECORD","version":0,"data":\{"name":"described"')
            self.assertEqual(dumped.count('"type":"PARTITION_RECORD"'), 2)
            self.assertRegex(dumped, r'"type":"CONFIG_RECORD".*"retention.ms","value":"4242"')
            self.assertNotIn("Error", dumped)

    def test_our_dump_log_agrees_with_kafkas_on_the_offsets(self):
        with testing.broker("dump-both") as broker:
            broker.create_topic("both")
            subprocess.run(["kcat", "-b", broker.address, "-P", "-t", "both", "-z", "zstd"], check=True,
                           input=b"".join(b"line %d\n" % i for i in range(1000)))
            self.assertEqual(broker.stop(), 0)
            segment = broker.data / "both-0" / "00000000000000000000.log"
            ours = broker.highwater("dump-log", str(segment)).stdout.decode()
            theirs = self.dump(segment, options=("--deep-iteration", "--print-data-log"))
            pattern = r"[oO]ffset: (\d+)\b"
            self.assertEqual(re.findall(r"\| " + pattern, theirs)[-1], "999")
            self.assertIn("999", ours)


if __name__ == "__main__":
    print(f"Apache Kafka {(testing.peer('apache-kafka') / '.complete').read_text().strip()}")
    testing.main()
