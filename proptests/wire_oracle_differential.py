#!/usr/bin/env python3
"""Compares the codec with an independent one, message by message.

Writes JSON lines for `highwater wire check`: random messages, and damaged ones with the verdict of the independent
codec (null for bytes that it refuses). Not part of the build; needs HIGHWATER_WIRE_ORACLE, the path of a Python module
with the functions load_messages, encode, decode and instances.

    HIGHWATER_WIRE_ORACLE=... proptests/wire_oracle_differential.py --count 20 --binary build/.../highwater
"""

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
from pathlib import Path


def load_oracle():
    path = os.environ.get("HIGHWATER_WIRE_ORACLE")
    if not path:
        sys.exit("not run: HIGHWATER_WIRE_ORACLE does not name the independent codec")
    spec = importlib.util.spec_from_file_location("wire_oracle", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["wire_oracle"] = module
    spec.loader.exec_module(module)
    return module


def damaged(data: bytes, rng: random.Random) -> bytes:
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        choice = rng.random()
        at = rng.randrange(len(data) + 1)
        if choice < 0.6 and at < len(data):
            data[at] = rng.choice((0, 1, 2, 0x7F, 0x80, 0x81, 0xFE, 0xFF, rng.randrange(256), data[at] ^ (1 << rng.randrange(8))))
        elif choice < 0.75:
            del data[at:at + rng.choice((1, 1, 2, 4))]
        elif choice < 0.9:
            data[at:at] = bytes(rng.choice((0, 1, 0xFF, rng.randrange(256))) for _ in range(rng.choice((1, 1, 2, 4))))
        else:
            del data[at:]
    return bytes(data)


def lines(oracle, own: dict[str, tuple[int, int]], count: int, seed: int):
    messages = oracle.load_messages(oracle.DEFINITIONS)
    rng = random.Random(seed)
    for name, (first, last) in own.items():
        message = messages[name]
        for version in message.valid:
            if not first <= version <= last:
                continue
            for body in oracle.instances(message, version, seed, count, True):
                data = oracle.encode(message, version, body)
                yield {"message": name, "version": version, "body": body, "hex": data.hex()}
                for _ in range(3):
                    bad = damaged(data, rng)
                    try:
                        verdict = oracle.decode(message, version, bad)
                        again = oracle.encode(message, version, verdict)
                    except oracle.WireError:
                        yield {"message": name, "version": version, "body": None, "hex": bad.hex()}
                    else:
                        yield {"message": name, "version": version, "body": verdict, "hex": bad.hex(),
                               "canonical": again.hex()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--binary", required=True, type=Path, help="the highwater program")
    parser.add_argument("--count", type=int, default=10, help="random instances of each version of each message")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    oracle = load_oracle()
    own = {}
    for row in subprocess.run([args.binary, "wire", "list"], check=True, capture_output=True, text=True).stdout.splitlines():
        _, name, _, versions, _ = row.split("\t")
        ends = versions.split("-")
        own[name] = (int(ends[0]), int(ends[-1]))
    with subprocess.Popen([args.binary, "wire", "check"], stdin=subprocess.PIPE, text=True) as check:
        for line in lines(oracle, own, args.count, args.seed):
            check.stdin.write(json.dumps(line) + "\n")
        check.stdin.close()
    return check.returncode


if __name__ == "__main__":
    sys.exit(main())
