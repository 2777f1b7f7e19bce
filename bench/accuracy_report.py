#!/usr/bin/env python3
"""Converts the output of `posdef bench --suite accuracy --json` or `--json-lines` to a page with plots (HTML, one file) or
tables (Markdown).

    accuracy_report.py RESULTS.json [--html FILE] [--markdown FILE]

If the Markdown file exists and has a section between the lines of SECTION, the tables replace that section. Files are written
completely or not at all. The plots need matplotlib; the tables do not.
"""

import argparse
import collections
import html
import json
import math
import os
import sys

# begin: figures.py, which replaces these lines in the program
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools", "python"))
from figures import document, facts, pyplot, svg  # noqa: E402
# end: figures.py
# begin: files.py, which replaces these lines in the program
from files import with_section, write  # noqa: E402
# end: files.py

TYPES = ("f32", "f64", "c64", "c128")
DEVICES = ("opencl", "hybrid", "cuda", "reference")
# (heading, key of the ratio)
RATIOS = (("factor", "ratio"), ("solve", "solve_backward_ratio"), ("inverse", "inverse_residual_ratio"))
REQUIRED = ("type", "matrix", "n", "way", "residual", "floor", "best_peer", "ratio", "peers", "machine")
WORST = 10
SECTION = ("<!-- tables: posdef bench --suite accuracy --markdown -->\n", "<!-- end of the tables -->\n")


def cells_of_lines(text):
    """One cell per line; the last line of a cell counts. Ignores an unfinished line of a killed run."""
    cells = {}
    for line in text.splitlines():
        try:
            cell = json.loads(line)
        except ValueError:
            continue
        cells[tuple(cell.get(key) for key in REQUIRED[:4]) if isinstance(cell, dict) else line] = cell
    return list(cells.values())


def read_cells(path):
    """The cells of a results file. Raises ValueError with the place of the error."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    cells = json.loads(text) if text.lstrip().startswith("[") else cells_of_lines(text)
    if not isinstance(cells, list) or not cells:
        raise ValueError(f"{path}: expected a list of cells that is not empty")
    for number, cell in enumerate(cells):
        for key in REQUIRED:
            if not isinstance(cell, dict) or key not in cell:
                raise ValueError(f'{path}: cell {number} has no "{key}"')
    return cells


def name_of(cell):
    return f'{cell["type"]} {cell["matrix"]} {cell["n"]} {cell["way"]}'


def positive(cells, key):
    """The ratios that have a logarithm."""
    return [cell[key] for cell in cells if cell.get(key)]


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def groups(cells, key):
    """{value of this key: cells}, types in their usual order."""
    found = collections.OrderedDict()
    for cell in sorted(cells, key=lambda cell: TYPES.index(cell["type"])):
        found.setdefault(cell[key], []).append(cell)
    return found


def number(value, digits=3):
    return "–" if value is None else f"{value:.{digits}g}"


def machine_lines(cells):
    """The first machine of the results as (label, text) pairs."""
    machine = cells[0]["machine"]
    lines = [("machine", machine["processor"]), ("posdef", f'{machine["posdef"]}, {machine["instruction_set"]}')]
    lines += sorted(machine["peers"].items())
    return lines + [(name, f"missing: {reason}") for name, reason in sorted(machine["missing"].items())]


# ----- tables: a head and rows of texts -----


def mean_table(cells):
    """Geometric means and largest ratios by type, by way and of all cells."""
    head = [""] + [text for heading, _ in RATIOS for text in (heading, "largest")]
    rows = []
    parts = list(groups(cells, "type").items()) + list(groups(cells, "way").items()) + [("all", cells)]
    for name, some in parts:
        row = [name]
        for _, key in RATIOS:
            ratios = positive(some, key)
            row += [number(geometric_mean(ratios)), number(max(ratios, default=None))]
        rows.append(row)
    return head, rows


def matrix_table(cells):
    """Geometric means of the factor's ratio by matrix and type."""
    types = list(groups(cells, "type"))
    rows = []
    for matrix, some in groups(cells, "matrix").items():
        rows.append([matrix] + [number(geometric_mean(positive([cell for cell in some if cell["type"] == name], "ratio")))
                                for name in types])
    return [""] + types, rows


def worst_table(cells):
    worst = sorted((cell for cell in cells if cell["ratio"]), key=lambda cell: -cell["ratio"])[:WORST]
    rows = []
    for cell in worst:
        best = cell["peers"][cell["best_peer"]]["residual"]
        rows.append([name_of(cell), number(cell["residual"]), number(cell["floor"]), number(best), cell["best_peer"],
                     number(cell["ratio"])])
    return ["", "residual", "floor", "best peer", "", "ratio"], rows


TABLES = (("Geometric means of posdef / best peer", mean_table), ("By matrix: residual of the factor", matrix_table),
          ("Largest ratios", worst_table))


def markdown(cells):
    out = [f"{label}: {text}  " for label, text in machine_lines(cells)]
    for title, table in TABLES:
        head, rows = table(cells)
        out += ["", f"{title}:", "", "| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
        out += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(out) + "\n"


# ----- HTML -----


def draw_ratios(axes, cells):
    """The ratio over n, both logarithmic: a line for each matrix; lines at 1 and 1.5."""
    for index, (matrix, some) in enumerate(groups(cells, "matrix").items()):
        points = sorted((cell["n"], cell["ratio"]) for cell in some if cell["ratio"])
        if points:
            axes.plot(*zip(*points), marker=".", linewidth=1, label=matrix, color=f"C{index % 10}",
                      linestyle="-" if index < 10 else "--")
    for level, style in ((1, "-"), (1.5, "--")):
        axes.axhline(level, color="black", linewidth=1, linestyle=style)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("n")
    axes.set_ylabel("residual of posdef / of the best peer")
    axes.grid(alpha=0.3, which="both")
    axes.legend(fontsize="small", frameon=False, bbox_to_anchor=(1, 1))


def plots(cells):
    plt = pyplot()
    out = []
    for name, of_type in groups(cells, "type").items():
        # The ways of the CPU follow each other over n and share a plot. Compact batches have the bits of tiny ones.
        for device in ("cpu",) + DEVICES:
            some = [cell for cell in of_type if cell["way"] == device or
                    device == "cpu" and cell["way"] not in DEVICES + ("compact",)]
            if positive(some, "ratio"):
                figure, axes = plt.subplots(figsize=(8, 4.5))
                draw_ratios(axes, some)
                out.append((f"Ratio of residuals: {name}, {device}", svg(figure)))
    return out


PAGE = """<p>LAPACK's ratio ‖A − L·Lᴴ‖₁/(n·‖A‖₁·ε), means over the samples of a cell; "ratio" is that of posdef divided by the
smallest one of the peers: below 1, posdef is more accurate. "floor" is the residual of the exact factor, rounded to the
type.</p>
{machine}
{parts}"""


def html_table(head, rows):
    def line(tag, texts):
        return "<tr>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts) + "</tr>"
    return "<table>" + line("th", head) + "\n".join(line("td", row) for row in rows) + "</table>"


def every_cell(cells):
    head = ["", "residual", "floor", "diagonal, ulp", "below, ulp", "solve backward", "solve forward", "inverse",
            "best peer", "", "ratio"]
    keys = ("residual", "floor", "diagonal_ulp", "below_ulp", "solve_backward", "solve_forward", "inverse_residual")
    rows = []
    for cell in cells:
        peer = cell["best_peer"]
        best = number(cell["peers"][peer]["residual"]) if peer else "–"
        rows.append([name_of(cell)] + [number(cell.get(key)) for key in keys] + [best, peer or "", number(cell["ratio"])])
    return head, rows


def page(cells):
    parts = [(title, html_table(*table(cells))) for title, table in TABLES] + plots(cells)
    parts.append(("All numbers", html_table(*every_cell(cells))))
    return document("posdef: accuracy", PAGE.format(
        machine=facts(machine_lines(cells)),
        parts="\n".join(f"<h2>{html.escape(title)}</h2>\n{part}" for title, part in parts)))


def main(arguments):
    parser = argparse.ArgumentParser(prog="accuracy_report.py", description=__doc__.split("\n")[0])
    parser.add_argument("results")
    parser.add_argument("--html", metavar="FILE")
    parser.add_argument("--markdown", metavar="FILE")
    chosen = parser.parse_args(arguments)
    try:
        cells = read_cells(chosen.results)
        if chosen.markdown:
            tables = markdown(cells)
            write(chosen.markdown, with_section(chosen.markdown, SECTION, tables) or tables)
        if chosen.html:
            write(chosen.html, page(cells))
    except ImportError as problem:
        return f"report: {problem}; Debian package: python3-matplotlib"
    except (OSError, ValueError) as problem:
        return f"report: {problem}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
