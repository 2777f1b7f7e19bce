#!/usr/bin/env python3
"""Converts the output of `posdef bench --json` or `--json-lines` to a page with plots (HTML, one file), tables (Markdown), or a
picture of the results and the limits of the machine (SVG).

    report.py RESULTS.json [--html FILE] [--markdown FILE] [--picture FILE]

Files are written completely or not at all. The plots need matplotlib; the tables do not. The page contains the results as JSON.
"""

import argparse
import base64
import html
import json
import os
import sys

# begin: figures.py, which replaces these lines in the program
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools", "python"))
from figures import document, facts  # noqa: E402
# end: figures.py
# begin: files.py, which replaces these lines in the program
from files import write  # noqa: E402
# end: files.py
# begin: report_cells.py, which replaces these lines in the program
from report_cells import limit_of, machine_lines, name_of, on_device, peers_of, read_cells, runs_of, time_text  # noqa: E402
# end: report_cells.py
# begin: report_tables.py, which replaces these lines in the program
from report_tables import (first_call_table, gflops_text, html_table, loss_sentence, loss_table, marked_ratio,  # noqa: E402
                           markdown_table, measured_first, memory_table, short_table, summary_table, time_of, with_residual)
# end: report_tables.py
# begin: report_plots.py, which replaces these lines in the program
from report_plots import plots, roofline  # noqa: E402
# end: report_plots.py


def derived_tables(cells):
    """(title, sentence, table) of what follows from the cells; a table without rows is None."""
    tables = [("Where posdef loses", loss_sentence(cells), loss_table(cells)), ("Ratios", "", summary_table(cells))]
    if measured_first(cells)[0]:
        tables += [("First call beside warm calls", FIRST, first_call_table(cells)),
                   ("Memory of the first call", MEMORY, memory_table(cells))]
    return [(title, sentence, table if table[1] else None) for title, sentence, table in tables]


FIRST = "The first call of a process, and the median of the later ones."
MEMORY = "The growth of the peak of the resident memory in the first call of a process: beyond the inputs, with code and stacks."


def markdown(cells):
    """A row per cell, then the tables that follow from them."""
    out = [f"{label}: {text}  \n" for label, text in machine_lines(cells)] + ["\n", markdown_table(*short_table(cells))]
    for title, sentence, table in derived_tables(cells):
        out += [f"\n{title}\n\n"] + ([sentence + "\n"] if sentence else []) + (["\n" + markdown_table(*table)] if table else [])
    return "".join(out)


ON_DEVICE = """ Columns without "wall" are device times, between two events around consecutive calls, and so are GFLOP/s and
ratio; "wall" is the time of a synchronized call. PyTorch, JAX and CuPy allocate new memory for the factor."""

PAGE = """<p>Median times of alternating calls, repetition by repetition, in one process and on the same inputs; every result was
checked, and its residual is in brackets. The ratio is the time of the fastest peer divided by the time of posdef: above 1,
posdef is faster. A peer that loops over a batch was timed with its own threads and with one thread per matrix, and the faster
one counts. Columns named "beside" are not counted in the ratio: "posdef call" is posdef without a plan; NumPy, SciPy and PyTorch
ran in another process, and their times include Python's overhead.{device}</p>
{machine}
{parts}"""


def all_numbers(cells):
    """Every time of every cell, each with its residual."""
    device = any(on_device(cell) for cell in cells)
    # (heading, function for the text of a cell)
    columns = [("", name_of), ("threads", lambda cell: str(cell["threads"])), ("posdef", lambda cell: time_of(cell, "posdef"))]
    if device:
        columns.append(("posdef, wall", lambda cell: time_text(cell["seconds"])))

    def of_the_limit(cell):
        limit = limit_of(cell)
        return "–" if not limit or cell["gflops"] is None else f'{100 * cell["gflops"] / limit:.0f} %'

    def beside(cell, name):
        seconds = (cell["device_beside"] if on_device(cell) else cell["beside"]).get(name)
        residuals = [way.get("residual") for way in cell.get("ways", []) if way["name"] == name]
        return with_residual(seconds, residuals[0] if residuals else None)

    columns += [("GFLOP/s", gflops_text), ("of the limit", of_the_limit)]
    for name in sorted({name for cell in cells for name in peers_of(cell)}):
        columns.append((name, lambda cell, name=name: time_of(cell, name)))
        if device:
            columns.append((f"{name}, wall", lambda cell, name=name: time_text(cell["peers"].get(name))))
    for name in sorted({name for cell in cells for name in cell["beside"]}):
        columns.append((f"beside: {name}", lambda cell, name=name: beside(cell, name)))
        if device:
            columns.append((f"beside: {name}, wall", lambda cell, name=name: time_text(cell["beside"].get(name))))
    columns.append(("ratio", lambda cell: marked_ratio(cell["ratio"])))
    return [heading for heading, _ in columns], [[text(cell) for _, text in columns] for cell in cells]


def raw_results(cells):
    """The commands, and a link that holds the results themselves."""
    data = base64.b64encode(json.dumps(cells, separators=(",", ":")).encode()).decode()
    commands = "\n".join(f"{date}: {command}" for date, command in runs_of(cells))
    return (f"<pre>{html.escape(commands)}</pre>\n" if commands else "") + \
        f'<p><a download="results.json" href="data:application/json;base64,{data}">results.json</a></p>'


def page(cells):
    parts = []
    for title, sentence, table in derived_tables(cells)[:2]:
        parts.append((title, f"<p>{html.escape(sentence)}</p>" + (html_table(*table) if table else "")))
    parts += plots(cells)
    for title, sentence, table in derived_tables(cells)[2:]:
        parts.append((title, f"<p>{html.escape(sentence)}</p>" + html_table(*table)))
    parts += [("All numbers", html_table(*all_numbers(cells))), ("Command and raw results", raw_results(cells))]
    return document("posdef: benchmark", PAGE.format(
        machine=facts(machine_lines(cells)),
        device=ON_DEVICE if any(on_device(cell) for cell in cells) else "",
        parts="\n".join(f"<h2>{html.escape(title)}</h2>\n{part}" for title, part in parts)))


def main(arguments):
    parser = argparse.ArgumentParser(prog="report.py", description=__doc__.split("\n")[0])
    parser.add_argument("results")
    parser.add_argument("--html", metavar="FILE")
    parser.add_argument("--markdown", metavar="FILE")
    parser.add_argument("--picture", metavar="FILE")
    chosen = parser.parse_args(arguments)
    try:
        cells = read_cells(chosen.results)
        if chosen.markdown:
            write(chosen.markdown, markdown(cells))
        if chosen.html:
            write(chosen.html, page(cells))
        if chosen.picture:
            picture = roofline(cells)
            if picture is None:
                return f"report: {chosen.results}: a picture needs at least three orders of cholesky, of one matrix or a batch"
            write(chosen.picture, picture)
    except ImportError as problem:
        return f"report: {problem}; Debian package: python3-matplotlib"
    except (OSError, ValueError) as problem:
        return f"report: {problem}"
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
