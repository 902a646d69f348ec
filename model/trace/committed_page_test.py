"""The pages in docs/traces are what the tool makes today of the traces beside them.

HIGHWATER_MODEL names the program, HIGHWATER_MUTANTS the folder of the mutants' programs (default: those of build/release).
To make them anew, with the program whose core the trace names:
build/release/model/highwater-model replay docs/traces/kip-890.trace --html docs/traces/kip-890.html
build/release/model/mutants/highwater-mutant-A01 replay docs/traces/kip-101.trace --html docs/traces/kip-101.html"""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = os.environ.get("HIGHWATER_MODEL", str(ROOT / "build/release/model/highwater-model"))
MUTANTS = pathlib.Path(os.environ.get("HIGHWATER_MUTANTS", ROOT / "build/release/model/mutants"))
TRACES = sorted((ROOT / "docs/traces").glob("*.trace"))


class CommittedPages(unittest.TestCase):
    def test_each_trace_repeats_and_its_page_is_made_of_it(self):
        self.assertGreater(len(TRACES), 0)
        for trace in TRACES:
            words = dict(line.partition(" ")[::2] for line in trace.read_text().splitlines())
            core, is_violated = words["core"], words["property"] != ""
            program = MODEL if core == "unchanged" else str(MUTANTS / f"highwater-mutant-{core}")
            with self.subTest(trace=trace.name), tempfile.TemporaryDirectory() as folder:
                page = pathlib.Path(folder) / "page.html"
                done = subprocess.run([program, "replay", str(trace), "--html", str(page)], capture_output=True,
                                      text=True, timeout=120, check=False)
                self.assertEqual(done.returncode, 1 if is_violated else 0, done.stdout + done.stderr)
                self.assertNotIn("does not repeat", done.stdout)
                self.assertEqual(page.read_text(), trace.with_suffix(".html").read_text(),
                                 "make it anew (see the top of this test)")


if __name__ == "__main__":
    unittest.main(verbosity=2)
