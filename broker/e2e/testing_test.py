"""The tests' own tools, where an error of theirs would hide one of the broker's."""

import unittest

import readme_test
import testing  # noqa: F401
import wire


class Codec(unittest.TestCase):
    def test_crc32c_has_the_published_check_value(self):
        self.assertEqual(wire.crc32c(b"123456789"), 0xE3069283)

    def test_varints_are_zigzag(self):
        for value, encoded in ((0, "00"), (-1, "01"), (1, "02"), (150, "ac02"), (-(1 << 31), "ffffffff0f")):
            self.assertEqual(wire.varint(value).hex(), encoded)
            self.assertEqual(wire.Reader(wire.varint(value)).varint(), value)

    def test_a_batch_states_its_length_and_crc(self):
        batch = wire.batch([wire.record(b"k", b"v", i) for i in range(3)])
        (base, delta, same), = wire.batches(batch)
        self.assertEqual((base, delta, same), (0, 2, batch))
        self.assertEqual(int.from_bytes(batch[17:21], "big"), wire.crc32c(batch[21:]))

    def test_a_cut_batch_is_none(self):
        self.assertEqual(list(wire.batches(wire.batch()[:-1])), [])


class Sessions(unittest.TestCase):
    def test_commands_and_what_they_print_are_told_apart(self):
        text = "x\n```sh session\n$ one \\\n two\nout\nmore\n$ three\n```\n```sh\n$ not run\n```\n"
        self.assertEqual(readme_test.sessions(text), [("one  two", "out\nmore\n"), ("three", "")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
