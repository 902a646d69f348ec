"""The pages in docs/traces are what the tool makes today of the traces beside them.

HIGHWATER_MUTANTS names the folder of the mutants' programs (default: that of build/release). To make them anew:
build/release/model/mutants/highwater-mutant-A01 replay docs/traces/kip-101.trace --html docs/traces/kip-101.html"""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MUTANTS = pathlib.Path(os.environ.get("HIGHWATER_MUTANTS", ROOT / "build/release/model/mutants"))
TRACES = sorted((ROOT / "docs/traces").glob("*.trace"))


class CommittedPages(unittest.TestCase):
    def test_each_trace_repeats_its_violation_and_its_page_is_made_of_it(self):
        self.assertGreater(len(TRACES), 0)
        for trace in TRACES:
            core = next(line.split()[1] for line in trace.read_text().splitlines() if line.startswith("core "))
            with self.subTest(trace=trace.name), tempfile.TemporaryDirectory() as folder:
                page = pathlib.Path(folder) / "page.html"
                done = subprocess.run([str(MUTANTS / f"highwater-mutant-{core}"), "replay", str(trace), "--html",
                                       str(page)], capture_output=True, text=True, timeout=120, check=False)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertNotIn("does not repeat", done.stdout)
                self.assertEqual(page.read_text(), trace.with_suffix(".html").read_text(),
                                 "make it anew (see the top of this test)")


if __name__ == "__main__":
    unittest.main(verbosity=2)
