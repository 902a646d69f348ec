"""The README's sessions print what they say: blocks marked "sh session" are run, line by line, against a live broker.

In such a block "$ command" is followed by what the command prints. All blocks share one broker, in the README's order;
its address and the binary's path stand for the README's.
"""

import re
import subprocess
import unittest

import testing

testing.need_command("kcat")
README = testing.ROOT / "README.md"


def sessions(text):
    """[(command, expected output)] of all blocks; a command may go on after a backslash at the line's end."""
    steps = []
    for block in re.findall(r"^```sh session\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            steps.append((command, expected))
    return steps


class Readme(unittest.TestCase):
    def test_every_session_prints_what_it_says(self):
        steps = sessions(README.read_text())
        self.assertGreater(len(steps), 1, "the README has a first session")
        with testing.broker("readme") as broker:
            for command, expected in steps:
                with self.subTest(command):
                    command = command.replace("127.0.0.1:9092", broker.address)
                    command = command.replace("build/release/broker/highwater", str(testing.BINARY))
                    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120,
                                          check=False)
                    self.assertEqual((done.returncode, done.stdout), (0, expected), done.stderr)


if __name__ == "__main__":
    testing.main()
