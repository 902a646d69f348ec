"""kafkajs: admin, producer and consumer group; the script is kafkajs_script.js."""

import json
import os
import unittest

import testing

NODE = testing.need_command("node")
KAFKAJS = testing.peer("kafkajs")


class Kafkajs(unittest.TestCase):
    def test_its_admin_and_producer_work_and_what_they_wrote_is_there(self):
        with testing.broker("kafkajs") as broker:
            script = testing.ROOT / "broker/e2e/kafkajs_script.js"
            done = testing.run([NODE, str(script), broker.address],
                               env={**os.environ, "NODE_PATH": str(KAFKAJS / "node_modules")})
            report = json.loads(done.stdout)
            self.assertEqual(report["partitions"], [0, 1, 2])
            self.assertEqual(report["partitionsAfterGrowth"], [0, 1, 2, 3])
            self.assertEqual(report["retention"], "777000")
            self.assertEqual(report["deleted"], True)
            self.assertEqual(report["endOffsets"], {codec: "100" for codec in ("none", "gzip", "snappy")})
            self.assertEqual(report["acks"], {"-1": [0, 0], "1": [0, 0], "0": []})
            self.assertEqual(report["idempotentEnd"], "50")
            self.assertEqual(report["lowAfterDeleteRecords"], "40")
            self.assertEqual(report["consumed"], sorted(f"v{i}" for i in range(100)))
            self.assertEqual(report["groupState"], "Stable")
            self.assertEqual(report["groupOffset"], "100")
            self.assertEqual(report["groupsAtTheEnd"], [])

            import wire
            for topic in ("kafkajs-none", "kafkajs-gzip", "kafkajs-snappy"):
                read = testing.run(["kcat", "-b", broker.address, "-C", "-t", topic, "-e", "-q", "-f", "%k=%s;%h\n"])
                self.assertEqual(read.stdout.decode().splitlines(), [f"k{i}=v{i};n={i}" for i in range(100)])
            self.assertEqual(sum(delta + 1 for _, delta, _ in wire.batches(testing.read_all(broker, "kafkajs-acks"))), 3)


if __name__ == "__main__":
    testing.main()
