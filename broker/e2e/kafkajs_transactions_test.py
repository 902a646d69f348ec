"""kafkajs's transactions: records, offsets, a second instance; the script is kafkajs_transactions.js."""

import json
import os
import unittest

import testing

NODE = testing.need_command("node")
KAFKAJS = testing.peer("kafkajs")


class KafkajsTransactions(unittest.TestCase):
    def test_what_it_commits_is_there_and_what_it_aborts_is_not(self):
        with testing.broker("kafkajs-transactions", group_initial_rebalance_delay_ms=200) as broker:
            script = testing.ROOT / "broker/e2e/kafkajs_transactions.js"
            done = testing.run([NODE, str(script), broker.address], timeout=120,
                               env={**os.environ, "NODE_PATH": str(KAFKAJS / "node_modules")})
            report = json.loads(done.stdout)
            # Those of an aborted transaction are never seen; those of a committed one are, a little later.
            possible = [0, *(i + 1 for i in range(12) if i % 3 != 1)]
            self.assertEqual(report["offsets"], sorted(report["offsets"]))
            self.assertLessEqual(set(report["offsets"]), set(possible))
            for i, offset in enumerate(report["offsets"]):
                self.assertLessEqual(offset, i + 1)
            values = [f"{i}.{n}" for i in range(12) for n in range(2)]
            committed = [value for value in values if int(value.split(".")[0]) % 3 != 1]
            self.assertEqual(report["committed"], committed)
            self.assertEqual(report["uncommitted"], values)
            self.assertIn(report["refused"], ("INVALID_PRODUCER_EPOCH", "PRODUCER_FENCED"))
            self.assertEqual(report["afterFencing"], [*committed, "successor"])


if __name__ == "__main__":
    testing.main()
