"""Tests bench/performance_page.py, found through PYTHONPATH."""

import contextlib
import io
import json
import os
import re
import tempfile
import unittest

import performance_page
from report_test import HAS_PLOTS, cell, ways

PAGE = "# Title\n\n<!-- results: here -->\nold\n<!-- end of the results: here -->\n\nAfter.\n"
FIRST = {"first_seconds": 2e-3, "first_bytes": 3e6}
RUN = {"date": "2026-11-27", "command": "build/posdef bench --suite seeds", "ways": ways(posdef=FIRST, OpenBLAS=FIRST)}
CELLS = [cell(suite="seeds", n=64, **RUN), cell(suite="seeds", n=256, ratio=0.8, **RUN),
         cell(suite="tiny", n=2, batch=1000, seconds=4e-6, ratio=0.7), cell(suite="tiny", n=4, batch=1000, dtype="c64"),
         cell(suite="ops", op="cholesky_inverse", ratio=3.0)]
CELLS += [cell(suite="grid", n=n, batch=batch, threads=threads) for threads in (1, 2) for n in (2, 4, 8) for batch in (1, 4)]


class PerformancePage(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.page = os.path.join(self.folder, "page.md")
        self.results = os.path.join(self.folder, "benchmarks", "here.jsonl")
        os.mkdir(os.path.dirname(self.results))
        self.save(CELLS)
        self.write(PAGE)

    def save(self, cells):
        with open(self.results, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(c) + "\n" for c in cells)

    def write(self, text):
        with open(self.page, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self):
        with open(self.page, encoding="utf-8") as file:
            return file.read()

    def run_script(self):
        return performance_page.main([self.results, "--page", self.page, "--section", "here"])

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_replaces_its_section(self):
        self.assertEqual(self.run_script(), 0)
        text = self.read()
        self.assertTrue(text.startswith("# Title\n\n<!-- results: here -->\n\n"), text)
        self.assertTrue(text.endswith("\n<!-- end of the results: here -->\n\nAfter.\n"), text)
        self.assertNotIn("old", text)
        self.assertIn("Every number: [here.jsonl](benchmarks/here.jsonl).", text)
        self.assertIn("```sh\nbuild/posdef bench --suite seeds\n```", text)
        self.assertIn("| 2 | 4.0 | **0.70** | – | – |", text)
        self.assertIn("| f32 1×64 | 4.00 µs (0.1) | 9.00 µs (0.4) | 6.00 µs (0.3) | 1.50 |", text)
        self.assertIn("| f32 1×64 | 2.00 ms | 4.00 µs | 2.00 ms | 6.00 µs |", text)
        self.assertIn("| f32 1×64 | 3.0 MB | 3.0 MB |", text)
        self.assertIn("### Solves, inverses and log-determinants, 2 threads", text)
        self.assertEqual(self.run_script(), 0)
        self.assertEqual(self.read(), text, "the same results give the same page")

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_lists_exactly_the_losses(self):
        self.assertEqual(self.run_script(), 0)
        part = self.read().split("### Where posdef loses")[1].split("###")[0]
        self.assertEqual(re.findall(r"^\| (\S+ \S+) .*\*\*(.*)\*\* \|$", part, re.MULTILINE),
                         [("f32 1000×2", "0.70"), ("f32 1×256", "0.80")])
        self.assertIn("A peer is faster in 2 of 17 cells.", part)

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_shows_every_picture_that_it_writes(self):
        self.assertEqual(self.run_script(), 0)
        shown = set(re.findall(r"\]\(benchmarks/(.*?\.svg)\)", self.read()))
        self.assertEqual(shown, {f"here-{what}-{threads}.svg" for what in ("speed", "map") for threads in (1, 2)})
        self.assertEqual(set(os.listdir(os.path.dirname(self.results))), shown | {"here.jsonl"})

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_without_peers_and_with_few_cells(self):
        self.save([cell(peers={}, ratio=None, beside={}, ways=[])])
        self.assertEqual(self.run_script(), 0)
        text = self.read()
        self.assertIn("No cell has a peer.", text)
        self.assertIn("| f32 1×64 | 4.00 µs (0.1) | – |", text)
        self.assertNotIn("First call", text)
        self.assertNotIn("![", text)

    def test_a_page_without_the_section_stays(self):
        for broken in (PAGE.replace("results: here", "results: there"), PAGE.replace("<!-- end", "<!-- no end")):
            self.write(broken)
            self.assertIn("page.md", self.run_script())
            self.assertEqual(self.read(), broken)
            self.assertEqual(os.listdir(os.path.dirname(self.results)), ["here.jsonl"])

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_joins_several_files(self):
        more = os.path.join(self.folder, "benchmarks", "more.json")
        with open(more, "w", encoding="utf-8") as file:
            json.dump([cell(suite="ops", op="inv_triangular", threads=1, ratio=0.25)], file)
        self.assertEqual(performance_page.main([self.results, more, "--page", self.page, "--section", "here"]), 0)
        self.assertIn("Every number: [here.jsonl](benchmarks/here.jsonl), [more.json](benchmarks/more.json).", self.read())
        self.assertIn("A peer is faster in 3 of 18 cells.", self.read())

    def test_bad_arguments(self):
        self.assertIn("none.jsonl", performance_page.main(["none.jsonl", "--page", self.page, "--section", "here"]))
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
            performance_page.main([self.results])


if __name__ == "__main__":
    unittest.main()
