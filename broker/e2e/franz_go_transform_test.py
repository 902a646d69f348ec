"""Exactly once with franz-go's GroupTransactSession: two programs (franz_go/transform) share the input, are killed in
turns five times, and the broker five times with kill -9 (transforming.py)."""

import os
import unittest

import testing

testing.need_command("go")
FRANZ_GO = testing.peer("franz-go")
testing.run_with_python_of("confluent-kafka")

import transforming  # noqa: E402

SOURCE = testing.ROOT / "broker/e2e/franz_go/transform/transform.go"


def build():
    """The program from the source as it is now, beside the module's other one."""
    folder = FRANZ_GO / "transform"
    folder.mkdir(exist_ok=True)
    (folder / "transform.go").write_bytes(SOURCE.read_bytes())
    testing.run(["go", "build", "-o", "transform/transform", "./transform"], timeout=600, cwd=FRANZ_GO,
                env={**os.environ, "GOFLAGS": "-mod=mod -buildvcs=false"})


class FranzGoTransform(unittest.TestCase):
    def test_every_record_is_transformed_once_whatever_is_killed(self):
        build()
        with transforming.broker("franz-go-transform") as broker:
            transforming.survive(self, broker, lambda transactional_id: [
                str(FRANZ_GO / "transform/transform"), broker.address, "in", "out", "g", transactional_id], 2)


if __name__ == "__main__":
    testing.main()
