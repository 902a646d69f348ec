#!/usr/bin/env python3
"""Writes the golden batches and message sets of this folder with kafka-python's record classes: bytes that nobody
here wrote. Needs kafka-python 2.0.2, python-snappy, lz4, xxhash and zstandard (pip, in an environment of your own).

    make_golden.py FOLDER
"""
import pathlib
import sys

from kafka.record.default_records import DefaultRecordBatchBuilder
from kafka.record.legacy_records import LegacyRecordBatchBuilder

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
START_MS = 1_600_000_000_000

# (key, value, headers): what golden_test.cc expects to read.
RECORDS = [
    (b"alpha", b"one", [("trace", b"\x00\x01"), ("empty", b"")]),
    (None, b"two" * 40, []),
    (b"gamma", None, []),
    (b"", b"", []),
    (b"long", bytes(range(256)) * 300, []),
]


def batch(codec):
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=0, producer_id=4711, producer_epoch=3, base_sequence=12,
        batch_size=1 << 20)
    for index, (key, value, headers) in enumerate(RECORDS):
        builder.append(index, START_MS + 10 * index, key, value, headers)
    return bytes(builder.build())


def message_set(magic, codec):
    builder = LegacyRecordBatchBuilder(magic=magic, compression_type=codec, batch_size=1 << 20)
    for index, (key, value, _) in enumerate(RECORDS):
        builder.append(index, timestamp=START_MS + 10 * index, key=key, value=value)
    return bytes(builder.build())


def main():
    folder = pathlib.Path(sys.argv[1])
    for codec, name in enumerate(CODECS):
        (folder / f"batch_v2_{name}.bin").write_bytes(batch(codec))
        if name == "zstd":
            continue
        for magic in (0, 1):
            (folder / f"message_set_v{magic}_{name}.bin").write_bytes(message_set(magic, codec))


if __name__ == "__main__":
    main()
