#!/usr/bin/env python3
"""Files that no target builds, headers that nobody includes, marks of unfinished work, paths of somebody's machine.

usage: check_tree.py ROOT COMPILE_COMMANDS_JSON
"""

import json
import pathlib
import re
import sys

from tree import report, sources

UNFINISHED = re.compile(r"\b(" + "|".join(["FIX" + "ME", "TO" + "DO", "XX" + "X"]) + r")\b")
MACHINE_PATH = re.compile(r"""(?<![\w.$}/-])/(?:home|root|Users|work|mnt)/\w""")
# Sources that other means build: with another compiler, or from a changed copy of the tree.
BUILT_ELSEWHERE = re.compile(r"^model/mutants/")


def built_files(root, compile_commands):
    entries = json.loads(pathlib.Path(compile_commands).read_text(encoding="utf-8"))
    paths = (pathlib.Path(entry["directory"], entry["file"]).resolve() for entry in entries)
    return {path.relative_to(root).as_posix() for path in paths if path.is_relative_to(root)}


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    built = built_files(root, sys.argv[2])
    files = sources(root, ".h", ".cc", ".py", ".cmake", ".txt", ".md")
    included = {include for source in files for include in source.own_includes}
    problems = []
    for source in files:
        if source.path.endswith(".cc") and source.path not in built and not BUILT_ELSEWHERE.match(source.path):
            problems.append(f"{source}: no target builds it")
        if source.path.endswith(".h") and source.path not in included:
            problems.append(f"{source}: nobody includes it")
        for number, line in enumerate(source.text.splitlines(), 1):
            if UNFINISHED.search(line):
                problems.append(f"{source}:{number}: unfinished: {line.strip()}")
            if MACHINE_PATH.search(line):
                problems.append(f"{source}:{number}: a path of one machine: {line.strip()}")
    report(problems, len(files), "files")


if __name__ == "__main__":
    main()
