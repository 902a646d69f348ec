"""kcat, the command line people try a broker with first."""

import json
import unittest

import testing

testing.need_command("kcat")


class Kcat(unittest.TestCase):
    def setUp(self):
        self.running = testing.broker("kcat", num_partitions=1)
        self.broker = self.enterContext(self.running)

    def kcat(self, *arguments, stdin=None):
        done = testing.run(["kcat", "-b", self.broker.address, *arguments], stdin=stdin)
        return done.stdout.decode()

    def consume(self, topic, *arguments, format="%p %o %k %s\n"):
        return self.kcat("-C", "-t", topic, "-e", "-q", "-f", format, *arguments)

    def test_lists_the_broker_and_its_topics(self):
        self.broker.create_topic("listed", partitions=4)
        listing = json.loads(self.kcat("-L", "-J"))
        self.assertEqual([broker["name"] for broker in listing["brokers"]], [self.broker.address])
        topic, = [topic for topic in listing["topics"] if topic["topic"] == "listed"]
        self.assertEqual([partition["partition"] for partition in topic["partitions"]], [0, 1, 2, 3])

    def test_creates_a_topic_by_producing_to_it(self):
        self.kcat("-P", "-t", "first", stdin=b"hello\n")
        self.assertEqual(self.consume("first", format="%s\n"), "hello\n")

    def test_every_codec_and_every_acks_comes_back_the_same(self):
        for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
            for acks in ("0", "1", "all"):
                with self.subTest(codec=codec, acks=acks):
                    topic = f"codec-{codec}-{acks}"
                    self.broker.create_topic(topic)
                    lines = "".join(f"key{i}\tvalue {i} {'x' * (i % 50)}\n" for i in range(500))
                    # linger.ms: so that there is something to compress
                    self.kcat("-P", "-t", topic, "-K", "\t", "-z", codec, "-X", f"acks={acks}", "-X", "linger.ms=50",
                              stdin=lines.encode())
                    if acks == "0":  # nothing says when they are there
                        testing.await_true(lambda t=topic: self.end_of(t) == 500, 30, "500 records")
                    self.assertEqual(self.consume(topic, format="%k\t%s\n"), lines)

    def end_of(self, topic):
        text = self.kcat("-Q", "-t", f"{topic}:0:-1")
        return int(text.rsplit(" ", 1)[1])

    def test_headers_null_values_and_null_keys_come_back_as_they_were(self):
        self.broker.create_topic("nulls")
        self.kcat("-P", "-t", "nulls", "-K", ":", "-Z", "-H", "a=1", "-H", "b=two", stdin=b"key:\n:value\n")
        out = self.kcat("-C", "-t", "nulls", "-e", "-q", "-J")
        first, second = testing.json_lines(out)
        self.assertEqual((first["key"], first["payload"]), ("key", None))
        self.assertEqual((second["key"], second["payload"]), (None, "value"))
        self.assertEqual(first["headers"], ["a", "1", "b", "two"])

    def test_reads_from_an_offset_and_from_the_end(self):
        self.broker.create_topic("offsets")
        self.kcat("-P", "-t", "offsets", stdin=b"".join(b"%d\n" % i for i in range(10)))
        self.assertEqual(self.consume("offsets", "-o", "7", format="%o=%s\n"), "7=7\n8=8\n9=9\n")
        self.assertEqual(self.consume("offsets", "-o", "-2", format="%o=%s\n"), "8=8\n9=9\n")

    def test_asks_for_offsets_by_time(self):
        self.broker.create_topic("times")
        self.kcat("-P", "-t", "times", stdin=b"early\n")
        early, = testing.json_lines(self.kcat("-C", "-t", "times", "-e", "-q", "-J"))
        self.assertEqual(self.kcat("-Q", "-t", f"times:0:{early['ts']}").strip(), "times [0] offset 0")
        self.assertEqual(self.kcat("-Q", "-t", f"times:0:{early['ts'] + 1}").strip(), "times [0] offset -1")

    def test_a_file_of_a_megabyte_goes_through(self):
        self.broker.create_topic("big", max_message_bytes=3_000_000)
        content = bytes(range(256)) * 8000
        with testing.temporary_file("big", content) as path:
            self.kcat("-P", "-t", "big", "-X", "message.max.bytes=3000000", str(path))
        done = testing.run(["kcat", "-b", self.broker.address, "-C", "-t", "big", "-e", "-q", "-D", "",
                            "-X", "fetch.message.max.bytes=3000000"])
        self.assertEqual(done.stdout, content)

    def test_the_next_record_wakes_a_waiting_consumer(self):
        self.broker.create_topic("tail")
        import subprocess
        with subprocess.Popen(["kcat", "-b", self.broker.address, "-C", "-t", "tail", "-o", "beginning", "-c", "1", "-q",
                               "-X", "fetch.wait.max.ms=60000"], stdout=subprocess.PIPE) as consumer:
            self.kcat("-P", "-t", "tail", stdin=b"woken\n")
            out, _ = consumer.communicate(timeout=50)
        self.assertEqual(out, b"woken\n")


if __name__ == "__main__":
    testing.main()
