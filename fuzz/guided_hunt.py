#!/usr/bin/env python3
"""How fast the guided explorer finds mutants of the core, with and without the coverage of abstract states.

usage: guided_hunt.py BUILD [--seconds N] [--seeds N] MUTANT...

BUILD is a build with HIGHWATER_FUZZERS and schedule_fuzz-MUTANT in it. One line for each mutant: how many walks it took to find
it with each seed ("-": not found in the time). Without abstract states the fuzzer has only the code's coverage: it must find
less, or they are of no use.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile


def hunt(program, seed, seconds, abstract):
    """Walks until the mutant was found (None: it was not), seconds of processor time, abstract states seen."""
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, HIGHWATER_ABSTRACT_COVERAGE="on" if abstract else "off")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run = subprocess.run(
            [program, f"-seed={seed}", f"-max_total_time={seconds}", "-max_len=96", "-len_control=0", "-print_final_stats=1",
             "-reload=0", "-use_value_profile=0", "."],
            cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = re.search(r"found in walk (\d+)", run.stderr)
    seen = re.search(r"abstract states seen: (\d+)", run.stderr)
    if found is None and run.returncode != 0:
        sys.exit(f"{program}: exit code {run.returncode}\n{run.stderr[-2000:]}")
    return int(found[1]) if found else None, cpu, int(seen[1]) if seen else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("mutants", nargs="+")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    found = {True: 0, False: 0}
    for mutant in arguments.mutants:
        program = os.path.abspath(os.path.join(arguments.build, "model/mutants", f"schedule_fuzz-{mutant}"))
        for abstract in (True, False):
            results = [hunt(program, seed, arguments.seconds, abstract) for seed in range(1, arguments.seeds + 1)]
            found[abstract] += sum(walks is not None for walks, _, _ in results)
            walks = ", ".join("-" if walks is None else f"{walks:,}" for walks, _, _ in results)
            seconds = ", ".join(f"{cpu:.1f}" for _, cpu, _ in results)
            states = ", ".join("?" if seen is None else f"{seen:,}" for _, _, seen in results)
            print(f"{mutant:5} abstract coverage {'on ' if abstract else 'off'}  walks {walks}  seconds {seconds}  "
                  f"abstract states {states}", flush=True)
    print(f"found with abstract coverage: {found[True]}, without: {found[False]}")
    return 0 if found[True] >= found[False] else 1


if __name__ == "__main__":
    sys.exit(main())
