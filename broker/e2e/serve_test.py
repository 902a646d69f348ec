"""`highwater serve`: what it refuses to start with, how it ends, and what a kill leaves behind."""

import socket
import subprocess
import time
import unittest

import testing
import wire

CONFIGURATION_ERROR = 78  # EX_CONFIG of sysexits.h


class BadConfiguration(unittest.TestCase):
    """A value it cannot take: a message that names key and place, exit code 78, nothing started."""

    def refused(self, *arguments, setting=()):
        broker = testing.Broker("bad-configuration", **dict(setting))
        command = [*broker.command(), *arguments]
        done = testing.run(command, check=False, timeout=60)
        text = (done.stdout + done.stderr).decode()
        self.assertEqual(done.returncode, CONFIGURATION_ERROR, text)
        self.assertFalse(broker.data.exists(), "a broker that did not start made its data folder")
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", broker.port))
        broker.held_port.release()
        broker.folder.rmdir()
        return text

    def refused_file(self, content):
        with testing.temporary_file("server.properties", content) as path:
            text = self.refused("--config", str(path))
            self.assertIn(str(path), text)
            return text

    def test_an_unknown_key_in_a_file_is_named_with_its_line(self):
        text = self.refused_file("# a comment\nnum.partitions=3\n\nnum.partition=3\n")
        self.assertIn("num.partition", text)
        self.assertRegex(text, r"(:|line )4\b")

    def test_a_bad_value_in_a_file_is_named_with_its_line(self):
        for line in ("num.partitions=many", "num.partitions=0", "log.retention.ms=10x", "advertised.listeners=nonsense",
                     "compression.type=rar", "log.segment.bytes=99999999999999999999"):
            with self.subTest(line):
                text = self.refused_file(f"node.id=1\n{line}\n")
                self.assertIn(line.split("=")[0], text)
                self.assertRegex(text, r"(:|line )2\b")

    def test_an_unknown_key_on_the_command_line_is_named(self):
        self.assertIn("no.such.key", self.refused("--set", "no.such.key=1"))

    def test_a_bad_value_on_the_command_line_is_named(self):
        self.assertIn("num.partitions", self.refused("--set", "num.partitions=-3"))

    def test_a_file_that_is_not_there_is_named(self):
        self.assertIn("absent.properties", self.refused("--config", "/nonexistent/absent.properties"))


class OneProcessForEachDirectory(unittest.TestCase):
    def test_a_second_process_is_refused_within_a_second_and_told_whose_directory_it_is(self):
        with testing.broker("second-process") as first:
            second = testing.Port()
            command = [part.replace(str(first.port), str(second.number)) for part in first.command()]
            started = time.monotonic()
            done = testing.run(command, check=False, timeout=60)
            elapsed = time.monotonic() - started
            print(f"refused after {elapsed:.3f} s")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(f"in use by pid {first.process.pid}", (done.stdout + done.stderr).decode())
            self.assertLess(elapsed, 1)
            second.release()
            with first.connect() as connection:  # the first is unharmed
                connection.ask(wire.api_versions())

    def test_a_killed_process_leaves_no_lock_behind(self):
        with testing.broker("killed-lock") as broker:
            broker.kill()
            broker.start()
            with broker.connect() as connection:
                connection.ask(wire.api_versions())


class Ends(unittest.TestCase):
    def write(self, broker, count):
        """Writes `count` records, each acknowledged before the next; returns their batches as they are stored."""
        with broker.connect() as connection:
            for i in range(count):
                error, offset = wire.read_produce(connection.ask(
                    wire.produce("kept", wire.batch([wire.record(b"k%d" % i, b"v%d" % i)]))))
                self.assertEqual((error, offset), (wire.NONE, i))
        return testing.read_all(broker, "kept")

    def test_sigterm_ends_it_cleanly_and_everything_is_there_after(self):
        with testing.broker("sigterm") as broker:
            broker.create_topic("kept")
            written = self.write(broker, 50)
            self.assertEqual(broker.stop(), 0)
            broker.start()
            self.assertEqual(testing.read_all(broker, "kept"), written)

    def test_sigterm_ends_it_while_clients_wait_in_long_polls(self):
        with testing.broker("sigterm-busy") as broker:
            broker.create_topic("kept")
            waiting = [broker.connect() for _ in range(5)]
            for connection in waiting:
                connection.send(wire.fetch("kept", 0, max_wait_ms=600_000))
            self.assertEqual(broker.stop(), 0)
            for connection in waiting:
                connection.close()

    def test_a_kill_loses_nothing_that_was_acknowledged(self):
        with testing.broker("kill") as broker:
            broker.create_topic("kept")
            written = self.write(broker, 50)
            for _ in range(3):
                broker.kill()
                broker.start()
                self.assertEqual(testing.read_all(broker, "kept"), written)

    def test_topics_and_their_configs_survive_a_kill(self):
        with testing.broker("kill-topics") as broker:
            broker.create_topic("three", partitions=3, retention_ms=12345)
            broker.kill()
            broker.start()
            with broker.connect() as connection:
                self.assertEqual(wire.read_metadata(connection.ask(wire.metadata(["three"]))), [(0, "three", 3)])
            described = broker.highwater("configs", "--bootstrap-server", broker.address, "--describe",
                                         "--entity-type", "topics", "--entity-name", "three")
            self.assertIn(b"retention.ms=12345", described.stdout)


if __name__ == "__main__":
    testing.main()
