"""The page that draws a counterexample, in a headless Chromium: it loads, steps, and says what the text story says.

HIGHWATER_MODEL and HIGHWATER_MUTANTS name the checker and the folder of the mutants' programs (default: those of
build/release)."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import chromium

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = os.environ.get("HIGHWATER_MODEL", str(ROOT / "build/release/model/highwater-model"))
MUTANTS = pathlib.Path(os.environ.get("HIGHWATER_MUTANTS", ROOT / "build/release/model/mutants"))
TRACE = ROOT / "docs/traces/kip-101.trace"
VIOLATED = 1

CARD = """(lane) => {
  const card = document.querySelector(`[data-lane="${lane}"]`);
  const log = card.querySelector('.log');
  return {role: card.querySelector('.role').textContent, epoch: card.querySelector('.epoch').textContent,
          text: card.innerText, log: log.getAttribute('aria-label')};
}"""


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != VIOLATED:
        raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class TracePage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = pathlib.Path(cls.folder.name)
        cls.html = folder / "page.html"
        cls.mutant = MUTANTS / "highwater-mutant-A01"
        run(cls.mutant, "replay", TRACE, "--html", cls.html)
        cls.lines = TRACE.read_text().splitlines(keepends=True)
        cls.steps = sum(line.startswith("action ") for line in cls.lines)
        cls.page = chromium.Page()
        cls.page.open(cls.html.as_uri())

    @classmethod
    def tearDownClass(cls):
        cls.page.__exit__()
        cls.folder.cleanup()

    def step(self):
        return int(self.page.value("document.body.dataset.step"))

    def test_loads_without_errors_and_needs_nothing_else(self):
        self.assertEqual(self.page.errors, [])
        self.assertEqual(self.page.requests, [self.html.as_uri()])
        self.assertEqual(self.page.value("document.querySelectorAll('#steps > li').length"), self.steps + 1)

    def test_keys_go_to_the_next_the_former_the_first_and_the_last_step(self):
        self.page.press("Home")
        self.assertEqual(self.step(), 0)
        self.page.press("ArrowRight")
        self.page.press("ArrowRight")
        self.assertEqual(self.step(), 2)
        self.page.press("ArrowLeft")
        self.assertEqual(self.step(), 1)
        self.page.press("ArrowLeft")
        self.page.press("ArrowLeft")
        self.assertEqual(self.step(), 0)
        self.page.press("End")
        self.assertEqual(self.step(), self.steps)
        self.page.press("ArrowRight")
        self.assertEqual(self.step(), self.steps)

    def test_slider_buttons_rows_and_links_step_too(self):
        self.page.value("(slider => { slider.value = 3; slider.dispatchEvent(new Event('input')); })"
                        "(document.getElementById('slider'))")
        self.assertEqual(self.step(), 3)
        self.page.value("document.getElementById('next').click()")
        self.assertEqual(self.step(), 4)
        self.page.value("document.getElementById('row-6').click()")
        self.assertEqual(self.step(), 6)
        self.assertEqual(self.page.value("location.hash"), "#step=6")
        with chromium.Page() as linked:
            linked.open(self.html.as_uri() + "#step=5")
            self.assertEqual(linked.value("document.body.dataset.step"), "5")
            self.assertEqual(linked.errors, [])

    def test_the_property_and_the_two_facts_stand_on_top_and_the_last_step_shows_them(self):
        facts = next(line for line in self.lines if line.startswith("facts "))[6:].strip().split("; ")
        self.assertEqual(len(facts), 2)
        self.page.press("Home")
        verdict = self.page.value("document.querySelector('.verdict').innerText")
        self.assertNotIn("violated", self.page.value("document.getElementById('now').innerText"))
        self.page.press("End")
        now = self.page.value("document.getElementById('now').innerText")
        for fact in facts:
            self.assertIn(fact, verdict)
            self.assertIn(fact, now)
        self.assertIn("LeaderCompleteness", verdict)
        self.assertIn("Every later leader has each record", verdict)

    def told_state(self, steps):
        """What the text story says of the brokers after so many steps."""
        with tempfile.NamedTemporaryFile("w", suffix=".trace") as shorter:
            actions = [line for line in self.lines if line.startswith("action ")]
            shorter.writelines([line for line in self.lines if not line.startswith("action ")] + actions[:steps])
            shorter.flush()
            done = subprocess.run([str(self.mutant), "replay", shorter.name], capture_output=True, text=True,
                                  timeout=60, check=False)
        pattern = r"^broker (\d): ([\w ]+), epoch (\d+), high watermark (\d+), log \[(.*) \]"
        return {m[1]: m.groups()[1:] for m in re.finditer(pattern, done.stdout, re.M)}

    def test_the_state_of_a_step_is_what_the_text_story_says(self):
        for step in range(self.steps + 1):
            self.page.value(f"document.getElementById('row-{step}').click()")
            told = self.told_state(step)
            self.assertEqual(len(told), 3)
            for broker, (role, epoch, high_watermark, log) in told.items():
                with self.subTest(step=step, broker=broker):
                    card = self.page.value(f"({CARD})('broker {broker}')")
                    self.assertEqual(card["role"], role)
                    self.assertEqual(card["epoch"], f"epoch {epoch}")
                    self.assertIn(f"high watermark {high_watermark}", " ".join(card["text"].split()))
                    self.assertTrue(card["log"].endswith(f"; high watermark {high_watermark}"))
                    drawn = re.findall(r"offset \d+: (#\d+) of epoch (\d+)", card["log"])
                    self.assertEqual(drawn, re.findall(r"(#\d+) of epoch (\d+)", log))

    def test_prints_all_steps_and_no_controls(self):
        self.page.press("Home")
        self.page.emulate(media="print")
        try:
            self.assertEqual(self.page.value("getComputedStyle(document.querySelector('.controls')).display"), "none")
            self.assertEqual(self.page.value("[...document.querySelectorAll('#steps > li.future > *')].every("
                                             "e => getComputedStyle(e).opacity === '1')"), True)
        finally:
            self.page.emulate()

    def test_is_dark_where_the_reader_wants_it(self):
        paper = "getComputedStyle(document.body).backgroundColor"
        light = self.page.value(paper)
        self.page.emulate(prefers_color_scheme="dark")
        self.assertNotEqual(self.page.value(paper), light)
        self.page.emulate()

    def test_controls_and_logs_have_names_for_those_who_do_not_see_them(self):
        unnamed = self.page.value("""[...document.querySelectorAll('button, input, section, [role=img]')]
            .filter(e => !(e.getAttribute('aria-label') || e.innerText)).length""")
        self.assertEqual(unnamed, 0)
        self.assertEqual(self.page.value("document.getElementById('now').getAttribute('aria-live')"), "polite")
        self.page.press("End")
        self.assertEqual(self.page.value("document.querySelectorAll('[aria-current=step]').length"), 1)

    def test_draws_a_partition_on_one_broker_too(self):
        html = pathlib.Path(self.folder.name) / "power-loss.html"
        run(MODEL, "check", "replicated-power-loss", "--scope", "small", "--html", html, "--trace",
            html.with_suffix(".trace"))
        with chromium.Page() as page:
            page.open(html.as_uri())
            page.press("End")
            self.assertEqual(page.errors, [])
            self.assertIn("NoAckedLoss is violated", page.value("document.getElementById('now').innerText"))
            self.assertIn("power loss", page.value("document.querySelector('.mark.power_loss').innerText"))
            self.assertIn("p0#0", page.value("document.getElementById('arrows').textContent"))


if __name__ == "__main__":
    chromium.command()
    unittest.main(verbosity=2)
