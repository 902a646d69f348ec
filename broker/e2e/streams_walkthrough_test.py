"""The word count of Kafka's own walk-through, line by line with Kafka's tools: two topics, the second one compacted; the
demo of kafka-streams-examples; a console producer, and a console consumer that reads the counts with the Long
deserializer. What is left after compaction is the table."""

import subprocess
import threading
import unittest

import java
import testing

INPUT, OUTPUT = "streams-plaintext-input", "streams-wordcount-output"
PATIENCE = 120
READ_COUNTS = ("print.key=true", "print.value=true",
               "key.deserializer=org.apache.kafka.common.serialization.StringDeserializer",
               "value.deserializer=org.apache.kafka.common.serialization.LongDeserializer")
# Each line that is typed, and what the consumer shows then.
LINES = {
    "all streams lead to kafka": ["all\t1", "streams\t1", "lead\t1", "to\t1", "kafka\t1"],
    "hello kafka streams": ["hello\t1", "kafka\t2", "streams\t2"],
    "join kafka summit": ["join\t1", "kafka\t3", "summit\t1"],
}


class Terminal:
    """A running program, its lines so far, and what can be typed into it."""

    def __init__(self, command):
        self.lines = []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.listener = threading.Thread(target=lambda: self.lines.extend(
            line.rstrip("\n") for line in self.process.stdout), daemon=True)
        self.listener.start()

    def type(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.listener.join()
        self.process.stdout.close()


def tool(name, broker, *arguments):
    return java.command("apache-kafka", f"org.apache.kafka.tools.{name}", "--bootstrap-server", broker.address, *arguments)


def properties(option, words):
    return [word for each in words for word in (option, each)]


class StreamsWalkthrough(unittest.TestCase):
    def test_words_are_counted_line_by_line(self):
        broker = self.enterContext(testing.broker("streams-walkthrough", group_initial_rebalance_delay_ms=200,
                                                  log_cleaner_backoff_ms=200))

        def topics(*arguments):
            return testing.run(tool("TopicCommand", broker, *arguments)).stdout.decode()

        create = ["--create", "--replication-factor", "1", "--partitions", "1"]
        self.assertEqual(topics(*create, "--topic", INPUT), f"Created topic {INPUT}.\n")
        # Every segment is closed at once, since compaction leaves alone what is still written to.
        self.assertEqual(topics(*create, "--topic", OUTPUT, "--config", "cleanup.policy=compact", "--config", "segment.ms=1",
                                "--config", "min.cleanable.dirty.ratio=0.01"), f"Created topic {OUTPUT}.\n")
        self.assertIn("cleanup.policy=compact", topics("--describe", "--topic", OUTPUT))

        settings = broker.folder / "streams.properties"
        settings.write_text(f"bootstrap.servers={broker.address}\nprocessing.guarantee=exactly_once_v2\n"
                            f"state.dir={broker.folder / 'state'}\n")
        self.enterContext(Terminal(java.command(
            "kafka-streams", "org.apache.kafka.streams.examples.wordcount.WordCountDemo", str(settings))))
        producer = self.enterContext(Terminal(tool("ConsoleProducer", broker, "--topic", INPUT)))
        consumer = self.enterContext(Terminal(tool(
            "consumer.ConsoleConsumer", broker, "--topic", OUTPUT, "--from-beginning", "--isolation-level", "read_committed",
            *properties("--formatter-property", READ_COUNTS))))
        shown = []
        for line, counts in LINES.items():
            producer.type(line)
            shown += counts
            testing.await_true(lambda: len(consumer.lines) >= len(shown), PATIENCE, f"{shown}: {consumer.lines}")
            self.assertEqual(consumer.lines, shown)

        def is_compacted():
            left = testing.read_all(broker, OUTPUT)
            return left.count(b"kafka") == left.count(b"streams") == 1

        testing.await_true(is_compacted, PATIENCE, "each word is there once")
        table = testing.run(tool(
            "consumer.ConsoleConsumer", broker, "--topic", OUTPUT, "--from-beginning", "--max-messages", "8",
            *properties("--property", READ_COUNTS))).stdout.decode().splitlines()
        self.assertIn("deprecated", table.pop(0))  # --property, as the walk-through has it
        self.assertEqual(table, [row for row in shown if row not in ("streams\t1", "kafka\t1", "kafka\t2")])


if __name__ == "__main__":
    testing.main()
