"""Tests bench/report.py and its modules, found through PYTHONPATH, on small sets of results."""

import base64
import contextlib
import io
import json
import os
import re
import tempfile
import unittest

import report
import report_cells
import report_plots
import report_tables

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


def ways(**more):
    """posdef and two peers; `more` are {name of a peer: changes}."""
    all_ways = [{"name": "posdef", "way": "plan", "seconds": 4e-6, "residual": 0.1, "right": True},
                {"name": "OpenBLAS", "way": "own threads", "seconds": 8e-6, "residual": 0.9, "right": True},
                {"name": "OpenBLAS", "way": "one thread", "seconds": 6e-6, "residual": 0.3, "right": True},
                {"name": "Eigen", "way": "one thread", "seconds": 9e-6, "residual": 0.4, "right": True}]
    return [{**way, **more.get(way["name"], {})} for way in all_ways]


CELLS = [
    cell(),
    cell(n=256, seconds=5e-4, gflops=50.0, peers={"OpenBLAS": 4e-4}, ratio=0.8),
    cell(dtype="c64", batch=32, n=3000, seconds=2.5, gflops=90.0, peers={}, ratio=None),
    cell(suite="large", dtype="c128", n=16384, seconds=None, gflops=None, residual=None, peers={}, ratio=None, beside={}),
    cell(suite="ops", op="cholesky_solve", nrhs=64, uplo="upper", layout="row_major"),
]


def device_cell(**changes):
    """By wall time the peer is faster, by device time it is slower: the device time counts."""
    ways = [{"name": "posdef", "way": "plan", "right": True, "residual": 0.1, "device_seconds": 2e-6},
            {"name": "cuSOLVER", "way": "potrf", "right": True, "residual": 0.3, "device_seconds": 9e-6},
            {"name": "cuSOLVER", "way": "Xpotrf", "right": True, "residual": 0.4, "device_seconds": 8e-6},
            {"name": "cuSOLVER", "way": "potrfBatched", "right": False, "residual": 900.0, "device_seconds": 1e-6},
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
        self.assertEqual([report_cells.name_of(c) for c in CELLS[::2]],
                         ["f32 1×64", "c64 32×3000", "f32 1×64 cholesky_solve nrhs 64 upper row-major"])

    def test_times(self):
        self.assertEqual([report_cells.time_text(s) for s in (1.234e-6, 5.5e-4, 1.5e-3, 0.0723, 2.5, None)],
                         ["1.23 µs", "550.00 µs", "1.50 ms", "72.3 ms", "2.50 s", "–"])

    def test_a_loss_is_never_shown_as_one(self):
        self.assertEqual([report_cells.ratio_text(r) for r in (0.999, 0.994, 0.5, 1, 1.004, None)],
                         ["0.99", "0.99", "0.50", "1.00", "1.00", "–"])

    def test_markdown_has_a_row_for_each_cell(self):
        self.assertEqual(report.main([self.results, "--markdown", self.path("t.md")]), 0)
        text = self.read("t.md")
        rows = [line for line in text[:text.index("Where posdef loses")].splitlines() if line.startswith("| ")]
        self.assertEqual(rows, [
            "|  | posdef (residual) | GFLOP/s | best peer (residual) |  | ratio |",
            "| f32 1×64 | 4.00 µs (0.1) | 21.8 | 6.00 µs | OpenBLAS | 1.50 |",
            "| f32 1×256 | 500.00 µs (0.1) | 50.0 | 400.00 µs | OpenBLAS | **0.80** |",
            "| c64 32×3000 | 2.50 s (0.1) | 90.0 | – |  | – |",
            "| c128 1×16384 | – | – | – |  | – |",
            "| f32 1×64 cholesky_solve nrhs 64 upper row-major | 4.00 µs (0.1) | 21.8 | 6.00 µs | OpenBLAS | 1.50 |",
        ])
        self.assertIn("MKL: missing: no libmkl_rt.so.2", text)
        self.assertIn("120 GFLOP/s in single, 60 in double precision", text)

    def test_residual_belongs_to_the_time(self):
        some = cell(ways=ways())
        self.assertEqual(report_cells.residual_of(some, "OpenBLAS"), 0.3)
        self.assertIn("| f32 1×64 | 4.00 µs (0.1) | 21.8 | 6.00 µs (0.3) | OpenBLAS | 1.50 |", report.markdown([some]))
        wrong = cell(ways=ways(OpenBLAS={"right": False}))
        self.assertIsNone(report_cells.residual_of(wrong, "OpenBLAS"))

    def test_losses_are_the_cells_below_one_in_order(self):
        cells = [cell(n=2, ratio=1.5), cell(n=4, ratio=0.9), cell(n=8, ratio=1.0), cell(n=16, ratio=0.3), cell(n=32, ratio=None),
                 cell(n=64, ratio=0.9999)]
        self.assertEqual([c["n"] for c in report_cells.losses(cells)], [16, 4, 64])
        head, rows = report_tables.loss_table(cells)
        self.assertEqual([row[0] for row in rows], ["f32 1×16", "f32 1×4", "f32 1×64"])
        self.assertEqual([row[-1] for row in rows], ["0.30", "0.90", "0.99"])
        self.assertEqual(len(head), len(rows[0]))
        self.assertEqual(report_tables.loss_sentence(cells), "A peer is faster in 3 of 5 cells.")
        self.assertIn("| f32 1×16 | 2 | seeds | 4.00 µs | 6.00 µs | OpenBLAS | **0.30** |", report.markdown(cells))

    def test_no_losses_and_no_peers(self):
        self.assertEqual(report_tables.loss_sentence([cell()]), "A peer is faster in 0 of 1 cells.")
        self.assertEqual(report_tables.loss_table([cell()])[1], [])
        alone = cell(peers={}, ratio=None, beside={})
        self.assertEqual(report_tables.loss_sentence([alone]), "No cell has a peer.")
        self.assertIn("No cell has a peer.", report.markdown([alone]))
        self.assertEqual(report_plots.map_groups([dict(alone, suite="grid")]), {})

    def test_summary_counts_losses_of_each_type(self):
        cells = [cell(ratio=2), cell(n=8, ratio=0.5), cell(dtype="f64", ratio=4)]
        self.assertEqual(report_tables.summary_table(cells)[1], [
            ["seeds, cholesky", "2", "f32", "2", "1.00", "0.50", "f32 1×8", "1"],
            ["seeds, cholesky", "2", "f64", "1", "4.00", "4.00", "f64 1×64", "0"]])

    def test_first_calls_beside_warm_calls(self):
        self.assertNotIn("First call", report.markdown(CELLS))
        some = cell(ways=ways(posdef={"first_seconds": 2e-3, "first_bytes": 123456.0},
                              OpenBLAS={"first_seconds": 5e-3, "first_bytes": None}))
        self.assertEqual(report_tables.first_call_table([some, cell(n=8)]), (
            ["", "posdef, first", "posdef, warm", "OpenBLAS, first", "OpenBLAS, warm"],
            [["f32 1×64", "2.00 ms", "4.00 µs", "5.00 ms", "6.00 µs"]]))
        self.assertEqual(report_tables.memory_table([some]), (["", "posdef", "OpenBLAS"], [["f32 1×64", "0.1 MB", "–"]]))
        self.assertIn("| f32 1×64 | 0.1 MB | – |", report.markdown([some]))

    def test_python_libraries_stand_beside(self):
        some = cell(beside={"posdef call": 5e-6, "SciPy": 2e-5},
                    ways=ways() + [{"name": "SciPy", "way": "another process", "seconds": 2e-5, "residual": 0.2, "right": True}])
        self.assertEqual(report_tables.beside_table([some, cell(beside={})]),
                         (["", "posdef", "SciPy"], [["f32 1×64", "4.00 µs (0.1)", "20.00 µs (0.2)"]]))

    def test_limits_are_the_highest_of_several_runs(self):
        def run(f32):
            gflops = {"avx2": {"f32": {"one": f32, "all": f32}, "f64": {"one": 1.0, "all": 2.0}}}
            return cell(machine=dict(MACHINE, limits=dict(MACHINE["limits"], gflops=gflops)))
        texts = [text for label, text in report_cells.machine_lines([run(50.0), run(70.0), run(60.0)]) if "limit" in label]
        self.assertEqual(texts, ["70 GFLOP/s in single, 2 in double precision (70 and 1 on one thread)"])

    def test_machines_of_several_runs_are_joined(self):
        other = dict(MACHINE, peers={"MKL": "2026"}, missing={"BLIS": "no libblis.so.4"})
        lines = report_cells.machine_lines([cell(), cell(machine=other), cell(threads=1)])
        self.assertEqual([line for line in lines if line[0] in ("MKL", "BLIS", "OpenBLAS")], [
            ("MKL", "2026"), ("OpenBLAS", "0.3.21"), ("BLIS", "missing: no libblis.so.4"),
            ("OpenBLAS", "0.3.21"), ("MKL", "missing: no libmkl_rt.so.2")])
        self.assertEqual([text for label, text in lines if label == "machine"],
                         ["Some <processor> & more, 2 processors; 2 threads", "Some <processor> & more, 2 processors; 1 thread"])

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_loads_no_other_files(self):
        self.assertEqual(report.main([self.results, "--html", self.path("p.html")]), 0)
        text = self.read("p.html")
        # Two suites with ratios, one group with two orders.
        self.assertEqual(text.count("<svg"), 3)
        self.assertIn("Speed of a core: cholesky, one matrix, 2 threads", text)
        self.assertNotRegex(text, r"<(script|img|link|iframe)")
        links = [link for link in re.findall(r'(?:href|src)="([^"]*)"', text) if not link.startswith("#")]
        self.assertEqual([link[:29] for link in links], ["data:application/json;base64,"])
        self.assertEqual(json.loads(base64.b64decode(links[0][29:])), CELLS)
        self.assertIn("Some &lt;processor&gt; &amp; more", text)
        self.assertIn("missing: no libmkl_rt.so.2", text)
        self.assertIn('<span class="slower">0.80</span>', text)
        numbers = text[text.index("<h2>All numbers</h2>"):]
        self.assertEqual(numbers.count("<tr>"), len(CELLS) + 1)
        self.assertNotIn("<pre>", numbers)

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_has_the_commands(self):
        run = {"date": "2026-11-27", "command": 'posdef bench --filter "f32 1x64" <'}
        text = report.page([cell(**run), cell(n=8, **run), cell(n=16, date="2026-11-28", command="posdef bench")])
        self.assertIn('<pre>2026-11-27: posdef bench --filter &quot;f32 1x64&quot; &lt;\n2026-11-28: posdef bench</pre>', text)

    def test_map_shows_the_ratio_and_marks_losses(self):
        cells = [cell(suite="grid", n=n, batch=batch, ratio=ratio) for n, batch, ratio in
                 ((2, 1, 3.0), (2, 4, 0.999), (4, 1, 0.3), (4, 4, 1.0))] + [cell(ratio=0.1)]
        groups = report_plots.map_groups(cells)
        self.assertEqual(list(groups), [2])
        entries = report_plots.map_entries(groups[2])
        self.assertEqual({place: label for place, (label, _) in entries.items()}, {
            (2, 1): "3.00\nOBLAS", (2, 4): "0.99\nOBLAS", (4, 1): "0.30\nOBLAS", (4, 4): "1.00\nOBLAS"})
        red = {color for least, color in zip(report_plots.STEPS, report_plots.SHADES) if least < 1}
        self.assertEqual({place for place, (_, color) in entries.items() if color in red}, {(2, 4), (4, 1)})

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_has_a_map_of_the_suite_grid(self):
        cells = [cell(suite="grid", dtype=dtype, n=n, batch=batch, ratio=0.7 if n == 4 else 2)
                 for dtype in ("f32", "c64") for n in (2, 4) for batch in (1, 16)]
        titles = [title for title, _ in report_plots.plots(cells)]
        self.assertEqual([title for title in titles if title.startswith("Ratio")],
                         ["Ratio to the best peer by order and batch, 2 threads"])

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_speed_axis_ends_at_the_peak_of_a_core(self):
        axes = report_plots.pyplot().figure().subplots()
        report_plots.draw_speed(axes, [cell(gflops=40.0), cell(n=256, gflops=100.0)])
        self.assertEqual(axes.get_ylim(), (0, 60))
        posdef = next(line for line in axes.lines if line.get_label() == "posdef")
        self.assertEqual(list(posdef.get_ydata()), [20, 50])
        report_plots.pyplot().close("all")

    def test_speeds_of_one_suite(self):
        cells = [cell(suite="seeds", n=n) for n in (64, 256)] + [cell(suite="sweep", n=n) for n in (8, 64, 100)]
        group, = report_plots.speed_groups(cells).values()
        self.assertEqual([c["n"] for c in group], [8, 64, 100])

    def test_table_has_both_times_of_a_device(self):
        rows = [line for line in report.markdown([device_cell(), cell()]).splitlines() if line.startswith("| ")]
        self.assertEqual(rows[:3], [
            "|  | posdef (residual) | GFLOP/s | best peer (residual) |  | ratio | posdef, wall | best peer, wall |",
            "| f32 1×64 | 2.00 µs (0.1) | 43.7 | 8.00 µs (0.4) | cuSOLVER | 4.00 | 10.00 µs | 9.00 µs |",
            "| f32 1×64 | 4.00 µs (0.1) | 21.8 | 6.00 µs | OpenBLAS | 1.50 | 4.00 µs | 6.00 µs |",
        ])
        self.assertIn("device: cuda:0, a <device>", report.markdown([device_cell()]))

    def test_ratio_of_a_device_uses_device_time(self):
        self.assertEqual(report_cells.best_peer(device_cell()), ("cuSOLVER", 8e-6))
        self.assertAlmostEqual(report_cells.operations(device_cell()), 43.7e9 * 2e-6)
        self.assertEqual(report_cells.residual_of(device_cell(), "cuSOLVER"), 0.4)

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_has_both_times_and_every_residual_of_a_device(self):
        text = report.page([device_cell(), device_cell(n=256)])
        row = re.search(r"<tr><td>f32 1×64</td>.*", text[text.index("<h2>All numbers</h2>"):]).group()
        self.assertEqual(re.findall(r"<td>(.*?)</td>", row)[1:],
                         ["2", "2.00 µs (0.1)", "10.00 µs", "43.7", "–", "8.00 µs (0.4)", "9.00 µs", "7.00 µs", "50.00 µs",
                          "4.00"])
        self.assertIn("<th>posdef</th><th>posdef, wall</th>", text)
        self.assertIn("a &lt;device&gt;", text)
        self.assertIn("device times", text)
        self.assertEqual(text.count("<svg"), 2)

    @unittest.skipUnless(HAS_PLOTS, "no matplotlib")
    def test_page_without_a_device_has_no_device_columns(self):
        self.assertNotIn("wall", report.page(CELLS))

    def test_a_device_whose_posdef_failed(self):
        some = device_cell(device_seconds=None, seconds=None, gflops=None, residual=None, ratio=None)
        self.assertIn("| f32 1×64 | – | – | 8.00 µs (0.4) | cuSOLVER | – | – | 9.00 µs |", report.markdown([some]))

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
        self.assertAlmostEqual(report_cells.operations(cell()) / 1e9 / cell()["peers"]["OpenBLAS"], 21.8 * 4 / 6)

    def test_limits(self):
        # n³/3 operations in n columns of 4.5 ns; a triangle of 4-byte numbers read and written at 20 GB/s.
        some = cell(n=300, gflops=90.0, seconds=1e-4)
        self.assertAlmostEqual(report_cells.column_limit_of(some), 9e6 / (300 * 4.5))
        self.assertAlmostEqual(report_cells.memory_limit_of(some), 9e6 / (300 * 301 * 4) * 20)
        self.assertIsNone(report_cells.column_limit_of(cell(machine=dict(MACHINE, limits=None))))

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
        self.assertEqual(report_cells.read_cells(self.results), [lines[3], lines[1], lines[2]])

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
