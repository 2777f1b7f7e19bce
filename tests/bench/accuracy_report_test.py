"""Tests bench/accuracy_report.py, found through PYTHONPATH, on a small set of results."""

import json
import os
import tempfile
import unittest

import accuracy_report

try:
    import matplotlib  # noqa: F401
    HAS_PLOTS = True
except ImportError:
    HAS_PLOTS = False

MACHINE = {"processor": "Some <processor>", "processors": 2, "instruction_set": "avx2", "posdef": "0.1.0",
           "peers": {"A": "1.2"}, "missing": {"MKL": "no libmkl_rt.so.2"}, "limits": None}


def cell(**changes):
    base = {"suite": "accuracy", "type": "f64", "matrix": "rbf", "n": 64, "way": "unblocked", "samples": 64, "failed": 0,
            "residual": 0.02, "floor": 0.01, "best_peer": "A", "ratio": 2.0, "solve_backward": 0.5,
            "solve_backward_ratio": 0.25, "inverse_residual": None, "inverse_residual_ratio": None,
            "peers": {"A": {"residual": 0.01}, "B": {"residual": None}}, "machine": MACHINE}
    return {**base, **changes}


CELLS = [cell(), cell(n=256, ratio=0.5), cell(matrix="hilbert", ratio=8.0), cell(type="f32", way="tiny", n=8),
         cell(type="f32", way="tiny", n=4, ratio=None, best_peer=None), cell(way="opencl", ratio=0.0)]


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.save("results.json", json.dumps(CELLS))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def save(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run_report(self, *words):
        return accuracy_report.main([self.path("results.json"), *words])

    def test_geometric_means(self):
        head, rows = accuracy_report.mean_table(CELLS)
        self.assertEqual(head, ["", "factor", "largest", "solve", "largest", "inverse", "largest"])
        table = {row[0]: row[1:] for row in rows}
        self.assertEqual(table["f64"], ["2", "8", "0.25", "0.25", "–", "–"])  # of 2, 0.5 and 8; 0 has no logarithm
        self.assertEqual(table["tiny"], ["2", "2", "0.25", "0.25", "–", "–"])
        self.assertEqual(table["all"][:2], ["2", "8"])
        self.assertEqual([row[0] for row in rows], ["f32", "f64", "tiny", "unblocked", "opencl", "all"])

    def test_tables_by_matrix_and_of_the_worst_cells(self):
        head, rows = accuracy_report.matrix_table(CELLS)
        self.assertEqual(head, ["", "f32", "f64"])
        self.assertIn(["hilbert", "–", "8"], rows)
        self.assertIn(["rbf", "2", "1"], rows)
        _, rows = accuracy_report.worst_table(CELLS)
        self.assertEqual(rows[0], ["f64 hilbert 64 unblocked", "0.02", "0.01", "0.01", "A", "8"])
        self.assertEqual([row[-1] for row in rows], ["8", "2", "2", "0.5"])

    def test_markdown_replaces_the_section(self):
        begin, end = accuracy_report.SECTION
        self.save("page.md", f"# A\n\n{begin}old\n{end}\nB\n")
        for _ in range(2):
            self.assertEqual(self.run_report("--markdown", self.path("page.md")), 0)
            text = self.read("page.md")
            self.assertTrue(text.startswith(f"# A\n\n{begin}"), text)
            self.assertTrue(text.endswith(f"{end}\nB\n"), text)
            self.assertNotIn("old", text)
            self.assertEqual(text.count("| f64 hilbert 64 unblocked | 0.02 | 0.01 | 0.01 | A | 8 |"), 1, text)
        self.save("half.md", f"# A\n{begin}")
        self.assertIn("expected", self.run_report("--markdown", self.path("half.md")))
        self.assertEqual(self.read("half.md"), f"# A\n{begin}")

    def test_markdown_without_a_page(self):
        self.assertEqual(self.run_report("--markdown", self.path("new.md")), 0)
        self.assertTrue(self.read("new.md").startswith("machine: Some <processor>"))

    def test_last_line_of_a_cell_counts(self):
        lines = [cell(ratio=3.0), cell(n=96), cell(ratio=4.0)]
        self.save("results.json", "\n".join(map(json.dumps, lines)) + '\n{"unfinished": ')
        cells = accuracy_report.read_cells(self.path("results.json"))
        self.assertEqual([(some["n"], some["ratio"]) for some in cells], [(64, 4.0), (96, 2.0)])

    def test_rejects_other_files(self):
        for text, words in (("[]", "not empty"), ('[{"suite": "seeds"}]', 'no "type"'), ("[1]", "cell 0")):
            self.save("results.json", text)
            self.assertIn(words, self.run_report("--markdown", self.path("t.md")))
            self.assertFalse(os.path.exists(self.path("t.md")))

    @unittest.skipUnless(HAS_PLOTS, "needs matplotlib")
    def test_page_has_plots_and_every_cell(self):
        self.assertEqual(self.run_report("--html", self.path("page.html")), 0)
        text = self.read("page.html")
        self.assertIn("Some &lt;processor&gt;", text)
        self.assertEqual(text.count("<svg"), 2, "f32 and f64 on the cpu; a ratio of 0 is not drawn")
        self.assertIn("<td>f32 rbf 4 tiny</td>", text)
        self.assertEqual(text.count("<tr><td>f64 hilbert 64 unblocked</td>"), 2, "the worst cells, and all")


if __name__ == "__main__":
    unittest.main()
