"""Members of consumer groups as programs of their own, which tests can kill or pause, and what tests await of them."""

import json
import pathlib
import subprocess
import sys
import threading

import testing

PATIENCE = 90
MEMBER = pathlib.Path(__file__).with_name("group_member.py")


class MemberProgram:
    """A running program and all that it has said so far. `options` are those of Popen."""

    def __init__(self, command, **options):
        self.said = []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options)
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self):
        for line in self.process.stdout:
            self.said.append(json.loads(line))

    def told(self, what):
        return [each[what] for each in list(self.said) if what in each]

    def assignment(self):
        """The partitions that it has now."""
        for each in reversed(list(self.said)):
            if "assigned" in each:
                return each["assigned"]
            if "revoked" in each or "lost" in each:
                return []
        return []

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.listener.join()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


class Member(MemberProgram):
    """A running group_member.py; settings are librdkafka's with '_' for '.'."""

    def __init__(self, broker, group, topic, **settings):
        options = [f"{key.replace('_', '.')}={value}" for key, value in settings.items()]
        super().__init__([sys.executable, str(MEMBER), broker.address, group, topic, *options])


class ConsumerProtocolMember(MemberProgram):
    """A running group_member.py with group.protocol=consumer (KIP-848): what it is told is what it gains and loses."""

    def __init__(self, broker, group, topic, **settings):
        options = [f"{key.replace('_', '.')}={value}" for key, value in settings.items()]
        super().__init__([str(testing.peer("confluent-kafka") / "bin/python"), str(MEMBER), broker.address, group, topic,
                          "group.protocol=consumer", *options])

    def assignment(self):
        has = set()
        for each in list(self.said):
            has |= set(each.get("assigned", []))
            has -= set(each.get("revoked", [])) | set(each.get("lost", []))
        return sorted(has)


def holders(members):
    return sorted(partition for member in members for partition in member.assignment())


def await_shared(members, each, what):
    """Every partition of four has one owner, and every member `each` of them."""
    testing.await_true(lambda: holders(members) == [0, 1, 2, 3] and all(len(member.assignment()) == each
                                                                        for member in members), PATIENCE, what)
