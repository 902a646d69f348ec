"""Exactly once with librdkafka: a program that consumes, transforms and produces is killed five times, and the broker
five times with kill -9 (transforming.py)."""

import pathlib
import sys
import unittest

import testing

testing.run_with_python_of("confluent-kafka")

import transforming  # noqa: E402

PROGRAM = pathlib.Path(__file__).with_name("transform_program.py")


class Transform(unittest.TestCase):
    def test_every_record_is_transformed_once_whatever_is_killed(self):
        for count in (1, 2):
            with self.subTest(programs=count), transforming.broker("transform") as broker:
                transforming.survive(self, broker, lambda transactional_id: [
                    sys.executable, "-B", str(PROGRAM), broker.address, "in", "out", "g", transactional_id], count)


if __name__ == "__main__":
    testing.main()
