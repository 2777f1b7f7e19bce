"""Tests bench/report.py, found through PYTHONPATH, on a small set of results."""

import contextlib
import io
import json
import os
import re
import tempfile
import unittest

import report

try:
    import matplotlib  # noqa: F401
    HAS_PLOTS = True
except ImportError:
    HAS_PLOTS = False

MACHINE = {
    "processor": "Some <processor> & more", "processors": 2, "instruction_set": "avx2", "posdef": "0.1.0",
    "peers": {"OpenBLAS": "0.3.21"}, "missing": {"MKL": "no libmkl_rt.so.2"},
    "limits": {"gflops": {"avx2": {"f32": {"one": 60.0, "all": 120.0}, "f64": {"one": 30.0, "all": 60.0}}},
               "column_nanoseconds": {"f32": 4.5, "f64": 5.5}, "triad_gbytes": {"one": 10.0, "all": 20.0}},
}


def cell(**changes):
    base = {
        "suite": "seeds", "op": "cholesky", "dtype": "f32", "uplo": "lower", "layout": "col_major", "batch": 1, "n": 64,
        "nrhs": 1, "threads": 2, "seconds": 4e-6, "gflops": 21.8, "residual": 0.1, "peers": {"OpenBLAS": 6e-6, "Eigen": 9e-6},
        "ratio": 1.5, "beside": {"posdef call": 5e-6, "NumPy": 1e-3}, "ways": [], "machine": MACHINE,
    }
    return {**base, **changes}


CELLS = [
    cell(),
    cell(n=256, seconds=5e-4, gflops=50.0, peers={"OpenBLAS": 4e-4}, ratio=0.8),
    cell(dtype="c64", batch=32, n=3000, seconds=2.5, gflops=90.0, peers={}, ratio=None),
    cell(suite="large", dtype="c128", n=16384, seconds=None, gflops=None, residual=None, peers={}, ratio=None, beside={}),
    cell(suite="ops", op="cholesky_solve", nrhs=64, uplo="upper", layout="row_major"),
]


def device_cell(**changes):
    """By wall time the peer is faster, by device time it is slower: the device time counts."""
    ways = [{"name": "posdef", "way": "plan", "right": True, "residual": 0.1},
            {"name": "cuSOLVER", "way": "potrf", "right": True, "residual": 0.3},
            {"name": "cuSOLVER", "way": "Xpotrf", "right": True, "residual": 0.4},
            {"name": "cuSOLVER", "way": "potrfBatched", "right": False, "residual": 900.0},
            {"name": "PyTorch", "way": "another process", "left_out": "out of memory"}]
    base = {"device": "cuda:0", "device_seconds": 2e-6, "device_peers": {"cuSOLVER": 8e-6}, "device_beside": {"JAX": 7e-6},
            "seconds": 1e-5, "peers": {"cuSOLVER": 9e-6}, "beside": {"JAX": 5e-5}, "ratio": 4.0, "gflops": 43.7, "ways": ways,
            "machine": dict(MACHINE, limits=None, device="cuda:0, a <device>", peers={"cuSOLVER": "12.0"})}
    return cell(**{**base, **changes})


class Report(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.results = self.path("results.json")
        self.save(CELLS)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def save(self, cells):
        with open(self.results, "w", encoding="utf-8") as file:
            json.dump(cells, file)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def test_names(self):
        self.assertEqual([report.name_of(c) for c in CELLS[::2]],
                         ["f32 1×64", "c64 32×3000", "f32 1×64 cholesky_solve nrhs 64 upper row-major"])

    def test_times(self):
        self.assertEqual([report.time_text(s) for s in (1.234e-6, 5.5e-4, 1.5e-3, 0.0723, 2.5, None)],
                         ["1.23 µs", "550.00 µs", "1.50 ms", "72.3 ms", "2.50 s", "–"])

    def test_markdown_has_a_row_for_each_cell(self):
        self.assertEqual(report.main([self.results, "--markdown", self.path("t.md")]), 0)
        rows = [line for line in self.read("t.md").splitlines() if line.startswith("| ")]
        self.assertEqual(rows, [
            "| | posdef | GFLOP/s | best peer | | ratio |",
            "| f32 1×64 | 4.00 µs | 21.8 | 6.00 µs | OpenBLAS | 1.50 |",
            "| f32 1×256 | 500.00 µs | 50.0 | 400.00 µs | OpenBLAS | 0.80 |",
            "| c64 32×3000 | 2.50 s | 90.0 | – |  | – |",
            "| c128 1×16384 | – | – | – |  | – |",
            "| f32 1×64 cholesky_solve nrhs 64 upper row-major | 4.00 µs | 21.8 | 6.00 µs | OpenBLAS | 1.50 |",
        ])
        self.assertIn("MKL: missing: no libmkl_rt.so.2", self.read("t.md"))
        self.assertIn("120 GFLOP/s in single, 60 in double precision", self.read("t.md"))

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_loads_no_other_files(self):
        self.assertEqual(report.main([self.results, "--html", self.path("p.html")]), 0)
        text = self.read("p.html")
        # Two suites with ratios, one group with two orders.
        self.assertEqual(text.count("<svg"), 3)
        self.assertIn("Speed: cholesky, f32, one matrix", text)
        self.assertNotRegex(text, r"<(script|img|link|iframe)")
        self.assertFalse([link for link in re.findall(r'(?:href|src)="([^"]*)"', text) if not link.startswith("#")])
        self.assertIn("Some &lt;processor&gt; &amp; more", text)
        self.assertIn("missing: no libmkl_rt.so.2", text)
        self.assertIn('<span class="slower">0.80</span>', text)
        self.assertEqual(text.count("<tr>"), len(CELLS) + 1 + len(report.machine_lines(CELLS)))

    def test_table_has_both_times_of_a_device(self):
        rows = [line for line in report.markdown([device_cell(), cell()]).splitlines() if line.startswith("| ")]
        self.assertEqual(rows, [
            "| | posdef | GFLOP/s | best peer | | ratio | posdef, wall | best peer, wall |",
            "| f32 1×64 | 2.00 µs | 43.7 | 8.00 µs | cuSOLVER | 4.00 | 10.00 µs | 9.00 µs |",
            "| f32 1×64 | 4.00 µs | 21.8 | 6.00 µs | OpenBLAS | 1.50 | 4.00 µs | 6.00 µs |",
        ])
        self.assertIn("device: cuda:0, a <device>", report.markdown([device_cell()]))

    def test_ratio_of_a_device_uses_device_time(self):
        self.assertEqual(report.best_peer(device_cell()), ("cuSOLVER", 8e-6))
        self.assertAlmostEqual(report.operations(device_cell()), 43.7e9 * 2e-6)
        self.assertEqual(report.residuals_of(device_cell()), {"cuSOLVER": 0.4})

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_has_both_times_and_every_residual_of_a_device(self):
        text = report.page([device_cell(), device_cell(n=256)])
        row = re.search(r"<tr><td>f32 1×64</td>.*", text).group()
        self.assertEqual(re.findall(r"<td>(.*?)</td>", row)[1:],
                         ["2.00 µs", "10.00 µs", "43.7", "–", "8.00 µs", "9.00 µs", "7.00 µs", "50.00 µs", "4.00", "0.1",
                          "0.4"])
        self.assertIn("<th>posdef</th><th>posdef, wall</th>", text)
        self.assertIn("<th>residual of cuSOLVER</th>", text)
        self.assertIn("a &lt;device&gt;", text)
        self.assertIn("device times", text)
        self.assertEqual(text.count("<svg"), 2)

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_without_a_device_has_no_device_columns(self):
        self.assertNotIn("wall", report.page(CELLS))
        self.assertNotIn("residual of", report.page(CELLS))

    def test_a_device_whose_posdef_failed(self):
        some = device_cell(device_seconds=None, seconds=None, gflops=None, residual=None, ratio=None)
        self.assertIn("| f32 1×64 | – | – | 8.00 µs | cuSOLVER | – | – | 9.00 µs |", report.markdown([some]))

    def test_reports_missing_times_of_a_device(self):
        broken = device_cell()
        del broken["device_peers"]
        self.save([broken])
        self.assertIn('cell 0 has no "device_peers"', report.main([self.results, "--markdown", self.path("t.md")]))

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_is_reproducible(self):
        self.assertEqual(report.page(CELLS), report.page(CELLS))

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_without_peers_and_limits(self):
        machine = dict(MACHINE, limits=None, peers={})
        self.assertIn("<h2>All numbers</h2>", report.page([cell(peers={}, ratio=None, beside={}, machine=machine)]))

    def test_peers_use_the_same_operation_count(self):
        self.assertAlmostEqual(report.operations(cell()) / 1e9 / cell()["peers"]["OpenBLAS"], 21.8 * 4 / 6)

    def test_limits(self):
        # n³/3 operations in n columns of 4.5 ns; a triangle of 4-byte numbers read and written at 20 GB/s.
        some = cell(n=300, gflops=90.0, seconds=1e-4)
        self.assertAlmostEqual(report.column_limit_of(some), 9e6 / (300 * 4.5))
        self.assertAlmostEqual(report.memory_limit_of(some), 9e6 / (300 * 301 * 4) * 20)
        self.assertIsNone(report.column_limit_of(cell(machine=dict(MACHINE, limits=None))))

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_picture_requires_three_orders(self):
        self.assertIn("three orders", report.main([self.results, "--picture", self.path("r.svg")]))
        self.save([cell(n=n, batch=batch) for n in (8, 16, 32) for batch in (1, 1000)])
        self.assertEqual(report.main([self.results, "--picture", self.path("r.svg")]), 0)
        self.assertTrue(self.read("r.svg").startswith("<svg"))
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["r.svg", "results.json"])

    def test_last_line_of_a_cell_counts(self):
        lines = [cell(seconds=1), device_cell(), cell(n=256), cell(seconds=2)]
        with open(self.results, "w", encoding="utf-8") as file:
            file.write("".join(json.dumps(line) + "\n" for line in lines) + '{"suite": "see')
        self.assertEqual(report.read_cells(self.results), [lines[3], lines[1], lines[2]])

    def test_rejects_bad_results_without_writing(self):
        broken = dict(CELLS[0])
        del broken["ratio"]
        for content, says in ((dict(a=1), 'cell 0 has no "suite"'), ([], "expected a list"), ([CELLS[0], broken],
                              'cell 1 has no "ratio"'), ([3], 'cell 0 has no "suite"')):
            self.save(content)
            self.assertIn(says, report.main([self.results, "--markdown", self.path("t.md")]))
        with open(self.results, "w", encoding="utf-8") as file:
            file.write("{")
        self.assertIn("expected a list of cells", report.main([self.results, "--markdown", self.path("t.md")]))
        self.assertIn("report: ", report.main([self.path("none.json"), "--markdown", self.path("t.md")]))
        self.assertEqual(os.listdir(self.folder.name), ["results.json"])

    def test_failed_write_keeps_the_old_file(self):
        os.mkdir(self.path("t.md"))
        self.assertIn("report: ", report.main([self.results, "--markdown", self.path("t.md")]))
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["results.json", "t.md"])

    def test_wrong_arguments_end_the_program(self):
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
            report.main(["--frob"])


if __name__ == "__main__":
    unittest.main()
