"""franz-go as group consumer: members are programs of their own (franz_go/member.go)."""

import os
import subprocess
import unittest

import testing
from members import PATIENCE, MemberProgram, await_shared

testing.need_command("go")
FRANZ_GO = testing.peer("franz-go")
SOURCE = testing.ROOT / "broker/e2e/franz_go/member.go"


def build():
    """The program from the source as it is now."""
    (FRANZ_GO / "member.go").write_bytes(SOURCE.read_bytes())
    testing.run(["go", "build", "-o", "member", "."], timeout=600, cwd=FRANZ_GO,
                env={**os.environ, "GOFLAGS": "-mod=mod -buildvcs=false"})


class FranzGo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        build()

    def setUp(self):
        self.broker = self.enterContext(testing.broker(
            "franz-go", group_min_session_timeout_ms=1000, group_initial_rebalance_delay_ms=200))
        self.broker.create_topic("t", 4)

    def member(self, group, balancer):
        return self.enterContext(MemberProgram([str(FRANZ_GO / "member"), self.broker.address, group, "t", balancer]))

    def produce(self):
        lines = "".join(f"{i}\n" for i in range(1000))
        subprocess.run([str(testing.BINARY), "produce", "--bootstrap-server", self.broker.address, "--topic", "t"],
                       input=lines, text=True, check=True, timeout=120)

    def read_by(self, members):
        return sum(last - first + 1 for member in members for runs in member.told("read") for _, first, last in runs)

    def test_two_members_share_and_one_that_is_killed_is_replaced(self):
        for balancer in ("range", "cooperative-sticky"):
            with self.subTest(balancer):
                one, two = self.member(balancer, balancer), self.member(balancer, balancer)
                await_shared([one, two], 2, "two members have two partitions each")
                self.produce()
                before = 1000 if balancer == "range" else 2000
                testing.await_true(lambda: self.read_by([one, two]) == before, PATIENCE, "all is read, once")
                one.kill()
                await_shared([two], 4, "the member that is left has all")
                three = self.member(balancer, balancer)
                await_shared([two, three], 2, "and shares with a new one")
                self.assertEqual(self.read_by([one, two, three]), before, "nothing that was committed is read again")
                self.assertEqual([each for member in (one, two, three) for each in member.told("refused")], [])


if __name__ == "__main__":
    testing.main()
