#!/usr/bin/env python3
"""Writes the results of one machine into a page such as docs/performance.md: tables and pictures.

    performance_page.py RESULTS.jsonl ... --page docs/performance.md --section NAME

The results come from `posdef bench`. The page must have the two lines of the section NAME:

    <!-- results: NAME -->
    <!-- end of the results: NAME -->

What is between them is replaced. Pictures are written to benchmarks/NAME-*.svg beside the page, which links to them and to
the results. Nothing on the page is written by hand: what a file lacks, the page lacks. Needs matplotlib.
"""

import argparse
import os
import sys

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools", "python"))
from files import with_section, write  # noqa: E402
from report_cells import machine_lines, read_cells, runs_of, threads_text  # noqa: E402
from report_plots import map_figure, map_groups, speed_figure, speed_groups  # noqa: E402
from report_tables import (beside_table, first_call_table, loss_sentence, loss_table, markdown_table,  # noqa: E402
                           measured_first, memory_table, peers_table, summary_table, tiny_table)


def section_lines(name):
    return f"<!-- results: {name} -->\n", f"<!-- end of the results: {name} -->\n"


def pictures(cells, name):
    """{file name: SVG} and the lines that show them: speeds of one matrix, then maps of the suite grid."""
    files, lines = {}, []

    def add(file, words, picture):
        files[file] = picture
        lines.append(f"\n![{words}](benchmarks/{file})\n")

    for (op, _, batch, threads), group in speed_groups(cells).items():
        if op == "cholesky" and batch == 1:
            add(f"{name}-speed-{threads}.svg", f"GFLOP/s of a core over n, one matrix, {threads_text(threads)}",
                speed_figure(group))
    for threads, group in map_groups(cells).items():
        add(f"{name}-map-{threads}.svg", f"Ratio to the best peer by order and batch, {threads_text(threads)}",
            map_figure(group))
    if lines:
        lines.insert(0, PICTURES)
    return files, lines


PICTURES = """
### Speed of a core, and ratios by order and batch

The axis of each speed ends at the measured peak. In the maps, each cell has the ratio and the best peer (OBLAS is OpenBLAS,
OBLAS* that of PyPI); red cells are below 1.
"""
TIMES = "Times, and in brackets the residuals of the same results."
FIRST = """The first call of a process, and the median of the later ones. The first call contains what a library does then: starting
threads, allocating and touching buffers, loading code; for posdef also the creation of the plan."""
MEMORY = """The growth of the peak of the resident memory in the first call of a process, beyond the inputs. It contains workspaces,
stacks of threads and pages of code."""
BESIDE = """Called from Python, in another process, and not counted in the ratios: `numpy.linalg.cholesky` and
`torch.linalg.cholesky` of the batch, `scipy.linalg.cholesky(a, lower=True)` of each matrix. Times contain Python's overhead."""


def tables(cells):
    """(title, sentence, table) of everything below the pictures."""
    out = []

    def of(suite):
        for threads in dict.fromkeys(cell["threads"] for cell in cells if cell["suite"] == suite):
            yield threads, [cell for cell in cells if cell["suite"] == suite and cell["threads"] == threads]

    for threads, some in of("seeds"):
        out.append((f"Shapes of users, {threads_text(threads)}", TIMES, peers_table(some)))
    for threads, some in of("tiny"):
        out.append((f"Batches of tiny matrices, {threads_text(threads)}",
                    f'Batches of {some[0]["batch"]}: nanoseconds per matrix, and the ratio to the best peer.', tiny_table(some)))
    for threads, some in of("ops"):
        out.append((f"Solves, inverses and log-determinants, {threads_text(threads)}", TIMES, peers_table(some)))
    for threads, some in of("seeds"):
        if measured_first(some)[0]:
            out.append((f"First call beside warm calls, {threads_text(threads)}", FIRST, first_call_table(some)))
            out.append((f"Memory of a call, {threads_text(threads)}", MEMORY, memory_table(some)))
        beside = beside_table(some)
        if beside[1]:
            out.append((f"Python libraries, {threads_text(threads)}", BESIDE, beside))
    return out


def content(cells, results, lines_of_pictures):
    """The text of the section. `results` are the paths of the results, relative to the page."""
    out = [f"{label}: {text}  \n" for label, text in machine_lines(cells)]
    runs = runs_of(cells)
    if runs:
        days = sorted({date for date, _ in runs})
        out.append(f'\nMeasured on {" and ".join(days)} by\n\n```sh\n' + "".join(f"{command}\n" for _, command in runs) + "```\n")
    out.append("\nEvery number: " + ", ".join(f"[{os.path.basename(path)}]({path})" for path in results) + ".\n")
    out.append(f"\n### Where posdef loses\n\n{loss_sentence(cells)}\n")
    lost = loss_table(cells)
    if lost[1]:
        out.append("\n" + markdown_table(*lost))
    out.append("\n### Summary\n\n" + markdown_table(*summary_table(cells)))
    out += lines_of_pictures
    for title, sentence, table in tables(cells):
        out.append(f"\n### {title}\n\n{sentence}\n\n" + markdown_table(*table))
    return "".join(out)


def main(arguments):
    parser = argparse.ArgumentParser(prog="performance_page.py", description=__doc__.split("\n")[0])
    parser.add_argument("results", nargs="+")
    parser.add_argument("--page", required=True)
    parser.add_argument("--section", required=True, metavar="NAME")
    chosen = parser.parse_args(arguments)
    folder = os.path.join(os.path.dirname(chosen.page), "benchmarks")
    try:
        cells = [cell for path in chosen.results for cell in read_cells(path)]
        files, lines = pictures(cells, chosen.section)
        results = [os.path.relpath(path, os.path.dirname(chosen.page) or ".") for path in chosen.results]
        text = with_section(chosen.page, section_lines(chosen.section), content(cells, results, lines))
        if text is None:
            raise ValueError(f"{chosen.page}: no line {section_lines(chosen.section)[0].strip()}")
        for name, picture in files.items():
            os.makedirs(folder, exist_ok=True)
            write(os.path.join(folder, name), picture + "\n")
        write(chosen.page, text)
    except ImportError as problem:
        return f"performance_page: {problem}; Debian package: python3-matplotlib"
    except (OSError, ValueError) as problem:
        return f"performance_page: {problem}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
