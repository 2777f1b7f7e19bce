#!/usr/bin/env python3
"""Converts the output of `posdef bench --json` or `--json-lines` to a page with plots (HTML, one file), a table (Markdown), or a
picture of the results and the limits of the machine (SVG).

    report.py RESULTS.json [--html FILE] [--markdown FILE] [--picture FILE]

Files are written completely or not at all. The plots need matplotlib; the table does not.
"""

import argparse
import collections
import html
import json
import os
import sys

# begin: figures.py, which replaces these lines in the program
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools", "python"))
from figures import document, facts, pyplot, svg  # noqa: E402
# end: figures.py

COLORS = {
    "posdef": "#c0392b",
    "OpenBLAS": "#2471a3",
    "OpenBLAS-PyPI": "#5dade2",
    "BLIS": "#1e8449",
    "Eigen": "#b7950b",
    "MKL": "#7d3c98",
    "MKL-intel": "#bb8fce",
    "LAPACK": "#707b7c",
    "loop": "#707b7c",
    "cuSOLVER": "#2471a3",
}
REQUIRED = ("suite", "op", "dtype", "uplo", "layout", "batch", "n", "nrhs", "threads", "seconds", "gflops", "residual")


def cells_of_lines(text):
    """Parses one cell per line; the last line of a cell counts. Ignores an unfinished last line of a killed run."""
    cells = {}
    for line in text.splitlines():
        try:
            cell = json.loads(line)
        except ValueError:
            continue
        same = ("suite", "op", "dtype", "uplo", "layout", "batch", "n", "nrhs", "threads", "device")
        cells[tuple(cell.get(key) for key in same) if isinstance(cell, dict) else line] = cell
    return list(cells.values())


def read_cells(path):
    """The cells of a results file. Raises ValueError with the place of the error."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    cells = json.loads(text) if text.lstrip().startswith("[") else cells_of_lines(text)
    if not isinstance(cells, list) or not cells:
        raise ValueError(f"{path}: expected a list of cells that is not empty")
    for number, cell in enumerate(cells):
        needed = REQUIRED + ("peers", "ratio", "beside", "machine")
        if isinstance(cell, dict) and "device" in cell:
            needed += ("device_seconds", "device_peers", "device_beside")
        for key in needed:
            if not isinstance(cell, dict) or key not in cell:
                raise ValueError(f'{path}: cell {number} has no "{key}"')
    return cells


def name_of(cell):
    words = [cell["dtype"], f'{cell["batch"]}×{cell["n"]}']
    if cell["op"] != "cholesky":
        words.append(cell["op"])
    if cell["op"] == "cholesky_solve":
        words.append(f'nrhs {cell["nrhs"]}')
    if cell["uplo"] != "lower":
        words.append("upper")
    if cell["layout"] != "col_major":
        words.append("row-major")
    return " ".join(words)


def on_device(cell):
    """Whether the cell was measured on a device: then speed and ratio use the device time."""
    return "device_seconds" in cell


def seconds_of(cell):
    return cell["device_seconds"] if on_device(cell) else cell["seconds"]


def peers_of(cell):
    """{name: seconds} of the counted peers, by the clock of the ratio."""
    return cell["device_peers"] if on_device(cell) else cell["peers"]


def residuals_of(cell):
    """{name: the largest residual of its correct configurations}; {} in files without them."""
    found = {}
    for way in cell.get("ways", []):
        if way.get("right") and way.get("residual") is not None and not way["name"].startswith("posdef"):
            found[way["name"]] = max(found.get(way["name"], 0), way["residual"])
    return found


def operations(cell):
    """The operations as the program counts them: gflops · seconds, also for the peers."""
    return cell["gflops"] * seconds_of(cell) * 1e9


def time_text(seconds):
    if seconds is None:
        return "–"
    for unit, size, digits in (("s", 1, 2), ("ms", 1e-3, 2 if seconds < 1e-2 else 1), ("µs", 0, 2)):
        if seconds >= size:
            return f"{seconds / (size or 1e-6):.{digits}f} {unit}"
    return "–"


def best_peer(cell):
    """(name, seconds) of the fastest counted peer, or None."""
    return min(peers_of(cell).items(), key=lambda item: item[1], default=None)


def machine_lines(cells):
    """The machines of the results as (label, text) pairs, a set for each machine in the file."""
    lines, seen = [], []
    for cell in cells:
        machine = dict(cell["machine"], threads=cell["threads"])
        if machine in seen:
            continue
        seen.append(machine)
        threads = machine["threads"]
        if "device" in machine:
            lines.append(("device", machine["device"]))
        lines.append(("machine", f'{machine["processor"]}, {machine["processors"]} processors; {threads} '
                                 f'thread{"" if threads == 1 else "s"}'))
        lines.append(("posdef", f'{machine["posdef"]}, {machine["instruction_set"]}'))
        lines += sorted(machine["peers"].items())
        lines += [(name, f"missing: {reason}") for name, reason in sorted(machine["missing"].items())]
        limits = machine["limits"]
        if limits:
            best = limits["gflops"].get(machine["instruction_set"])
            if best:
                lines.append(("limit, measured", f'{best["f32"]["all"]:.0f} GFLOP/s in single, {best["f64"]["all"]:.0f} in '
                              f'double precision ({best["f32"]["one"]:.0f} and {best["f64"]["one"]:.0f} on one thread)'))
            column = limits["column_nanoseconds"]
            lines.append(("a column, measured", f'{column["f32"]:.1f} ns in single, {column["f64"]:.1f} ns in double precision '
                          'from pivot to pivot'))
            triad = limits["triad_gbytes"]
            lines.append(("memory, measured", f'{triad["all"]:.1f} GB/s ({triad["one"]:.1f} on one thread)'))
    return lines


def limit_of(cell):
    """The measured GFLOP/s limit of the machine in this cell's type, or None."""
    limits = cell["machine"]["limits"]
    best = limits and limits["gflops"].get(cell["machine"]["instruction_set"])
    if not best:
        return None
    return best["f32" if cell["dtype"] in ("f32", "c64") else "f64"]["all"]


# ----- Markdown -----


def markdown(cells):
    """One row per cell. Device times if there are any, followed by wall times."""
    device = any(on_device(cell) for cell in cells)
    out = [f"{label}: {text}  " for label, text in machine_lines(cells)]
    out += ["", "| | posdef | GFLOP/s | best peer | | ratio |" + (" posdef, wall | best peer, wall |" if device else ""),
            "|---|---:|---:|---:|---|---:|" + ("---:|---:|" if device else "")]
    for cell in cells:
        best = best_peer(cell)
        peer = (time_text(best[1]), best[0]) if best else ("–", "")
        ratio = "–" if cell["ratio"] is None else f'{cell["ratio"]:.2f}'
        gflops = "–" if cell["gflops"] is None else f'{cell["gflops"]:.1f}'
        row = f'| {name_of(cell)} | {time_text(seconds_of(cell))} | {gflops} | {peer[0]} | {peer[1]} | {ratio} |'
        if device:
            row += f' {time_text(cell["seconds"])} | {time_text(cell["peers"].get(peer[1]))} |'
        out.append(row)
    return "\n".join(out) + "\n"


# ----- HTML -----


def speed_groups(cells):
    """Cells of one plot of speed over n: {(op, nrhs, dtype, batch): cells}, those with at least two orders."""
    groups = collections.OrderedDict()
    for cell in cells:
        if cell["gflops"] is not None and cell["op"] != "cholesky_logdet":
            groups.setdefault((cell["op"], cell["nrhs"], cell["dtype"], cell["batch"]), []).append(cell)
    return {key: group for key, group in groups.items() if len({cell["n"] for cell in group}) > 1}


def draw_speed(axes, group):
    """GFLOP/s over n: posdef (a line for each triangle and layout), every peer, and the limit."""
    variants = collections.OrderedDict()
    for cell in group:
        variants.setdefault((cell["uplo"], cell["layout"]), []).append(cell)
    for index, ((uplo, layout), some) in enumerate(variants.items()):
        some = sorted(some, key=lambda cell: cell["n"])
        label = "posdef" if index == 0 else f'posdef {uplo} {layout.replace("_", "-")}'
        axes.plot([cell["n"] for cell in some], [cell["gflops"] for cell in some], color=COLORS["posdef"], marker="o",
                  markersize=4, linewidth=2 if index == 0 else 1, linestyle=("-", "--", "-.", ":")[index % 4], label=label)
    first = sorted(next(iter(variants.values())), key=lambda cell: cell["n"])
    for name in sorted({name for cell in first for name in peers_of(cell)}):
        points = [(cell["n"], operations(cell) / peers_of(cell)[name] / 1e9) for cell in first if name in peers_of(cell)]
        axes.plot(*zip(*points), color=COLORS.get(name, "#333333"), marker=".", linewidth=1, label=name)
    limit = limit_of(first[0])
    if limit:
        axes.axhline(limit, color="black", linewidth=1, linestyle=(0, (6, 3)), label="limit of the machine")
    axes.set_xscale("log", base=2)
    axes.set_xticks(sorted({cell["n"] for cell in group}))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.tick_params(axis="x", labelrotation=90 if len({cell["n"] for cell in group}) > 12 else 0)
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    axes.set_xlabel("n")
    axes.set_ylabel("GFLOP/s")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", frameon=False)


def draw_ratios(axes, cells):
    """One bar per cell: the ratio to the fastest peer. Red bars are below 1."""
    names = [name_of(cell) for cell in cells]
    ratios = [cell["ratio"] for cell in cells]
    places = range(len(cells))
    axes.barh(places, ratios, color=["#229954" if ratio >= 1 else "#c0392b" for ratio in ratios], height=0.7)
    for place, cell in zip(places, cells):
        axes.text(cell["ratio"], place, f' {cell["ratio"]:.2f} ({best_peer(cell)[0]})', va="center", fontsize="small")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(places, names, fontsize="small")
    axes.invert_yaxis()
    axes.margins(x=0.2, y=0.01)
    axes.set_xlabel("time of the best peer / time of posdef")


def column_limit_of(cell):
    """The GFLOP/s of a matrix if only the dependency chain through its pivots limited the speed."""
    limits = cell["machine"]["limits"]
    if not limits:
        return None
    nanoseconds = limits["column_nanoseconds"]["f32" if cell["dtype"] in ("f32", "c64") else "f64"]
    return operations(cell) / (cell["n"] * nanoseconds)


def memory_limit_of(cell):
    """The GFLOP/s of a batch if only reading and writing its triangles in memory limited the speed."""
    limits = cell["machine"]["limits"]
    if not limits:
        return None
    size = {"f32": 4, "f64": 8, "c64": 8, "c128": 16}[cell["dtype"]]
    traffic = 2 * cell["batch"] * cell["n"] * (cell["n"] + 1) / 2 * size
    return operations(cell) / traffic * limits["triad_gbytes"]["all"]


def draw_limits(axes, group, title):
    """GFLOP/s over n, logarithmic: the results, and the limits as lines."""
    group = sorted(group, key=lambda cell: cell["n"])
    orders = [cell["n"] for cell in group]
    axes.plot(orders, [cell["gflops"] for cell in group], color=COLORS["posdef"], marker="o", markersize=4, linewidth=2,
              label="posdef")
    peers = [(cell["n"], operations(cell) / best_peer(cell)[1] / 1e9) for cell in group if best_peer(cell)]
    if peers:
        axes.plot(*zip(*peers), color=COLORS["OpenBLAS"], marker=".", linewidth=1, label="best peer")
    chain, stream = (column_limit_of, ":", "pivot to pivot"), (memory_limit_of, ":", "memory, out of cache")
    for line, style, label in ((limit_of, "-", "arithmetic"), chain if group[0]["batch"] == 1 else stream):
        values = [line(cell) for cell in group]
        if None not in values:
            axes.plot(orders, values, color="black", linewidth=1, linestyle=style, label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ceiling = limit_of(group[0])
    if ceiling:
        axes.set_ylim(top=2 * ceiling)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set_title(title, fontsize="medium")
    axes.set_xlabel("n")
    axes.set_ylabel("GFLOP/s")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", frameon=False)


def roofline(cells):
    """One matrix and a batch of tiny ones, with the limits of the machine: SVG, or None without such cells."""
    groups = []
    for (op, _, dtype, batch), group in speed_groups(cells).items():
        group = [cell for cell in group if (cell["uplo"], cell["layout"]) == ("lower", "col_major")]
        by_order = {cell["n"]: cell for cell in group}
        if op == "cholesky" and (batch == 1 or batch >= 100) and len(by_order) > 2:
            many = "one matrix" if batch == 1 else f"{batch} matrices"
            groups.append(((batch, ("f32", "f64", "c64", "c128").index(dtype)), by_order.values(), f"{dtype}, {many}"))
    if not groups:
        return None
    groups.sort(key=lambda entry: entry[0])
    plt = pyplot()
    columns = min(len(groups), 4)
    rows = -(-len(groups) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4.2 * columns, 3.6 * rows), squeeze=False)
    for place, (_, group, title) in zip(axes.flat, groups):
        draw_limits(place, group, title)
    for place in axes.flat[len(groups):]:
        place.set_visible(False)
    figure.tight_layout()
    return svg(figure)


def plots(cells):
    plt = pyplot()
    out = []
    picture = roofline(cells)
    if picture:
        out.append(("Results and limits of the machine", picture))
    suites = collections.OrderedDict()
    for cell in cells:
        if cell["ratio"] is not None:
            suites.setdefault(cell["suite"], []).append(cell)
    for suite, some in suites.items():
        figure, axes = plt.subplots(figsize=(8, 0.8 + 0.24 * len(some)))
        draw_ratios(axes, some)
        out.append((f"Ratio to the best peer: {suite}", svg(figure)))
    for (op, nrhs, dtype, batch), group in speed_groups(cells).items():
        figure, axes = plt.subplots(figsize=(8, 4))
        draw_speed(axes, group)
        what = op + (f", {nrhs} right-hand sides" if op == "cholesky_solve" else "")
        many = "one matrix" if batch == 1 else f"{batch} matrices"
        out.append((f"Speed: {what}, {dtype}, {many}", svg(figure)))
    return out


ON_DEVICE = """ Columns without "wall" are device times, between two events around consecutive calls, and so are GFLOP/s and
ratio; "wall" is the time of a synchronized call. PyTorch, JAX and CuPy allocate new memory for the factor."""

PAGE = """<p>Median times of alternating calls, repetition by repetition, in one process and on the same inputs; every result was
checked. The ratio is the time of the fastest peer divided by the time of posdef: above 1, posdef is faster. A peer that
loops over a batch was timed with its own threads and with one thread per matrix, and the faster one counts. Columns
named "beside" are not counted in the ratio: "posdef call" is posdef without a plan; NumPy and PyTorch ran in another
process, and their times include Python's overhead.{device}</p>
{machine}
{plots}
<h2>All numbers</h2>
<table><tr>{heads}</tr>
{rows}
</table>"""


def page(cells):
    device = any(on_device(cell) for cell in cells)
    names = sorted({name for cell in cells for name in cell["peers"]})
    beside = sorted({name for cell in cells for name in cell["beside"]})
    # (heading, function for the text of a cell)
    columns = [("", name_of), ("posdef", lambda cell: time_text(seconds_of(cell)))]
    if device:
        columns.append(("posdef, wall", lambda cell: time_text(cell["seconds"])))

    def gflops(cell):
        return "–" if cell["gflops"] is None else f'{cell["gflops"]:.1f}'

    def of_the_limit(cell):
        limit = limit_of(cell)
        return "–" if not limit or cell["gflops"] is None else f'{100 * cell["gflops"] / limit:.0f} %'

    def ratio(cell):
        value = cell["ratio"]
        return "–" if value is None else f'{value:.2f}'

    def residual(value):
        return "–" if value is None else f"{value:.2g}"

    columns += [("GFLOP/s", gflops), ("of the limit", of_the_limit)]
    for name in names:
        columns.append((name, lambda cell, name=name: time_text(peers_of(cell).get(name))))
        if device:
            columns.append((f"{name}, wall", lambda cell, name=name: time_text(cell["peers"].get(name))))
    for name in beside:
        columns.append((f"beside: {name}", lambda cell, name=name: time_text(
            (cell["device_beside"] if on_device(cell) else cell["beside"]).get(name))))
        if device:
            columns.append((f"beside: {name}, wall", lambda cell, name=name: time_text(cell["beside"].get(name))))
    columns += [("ratio", ratio), ("residual", lambda cell: residual(cell["residual"]))]
    if device:
        for name in sorted({name for cell in cells for name in residuals_of(cell)}):
            columns.append((f"residual of {name}", lambda cell, name=name: residual(residuals_of(cell).get(name))))

    def cell_text(cell, heading, text):
        slower = heading == "ratio" and cell["ratio"] is not None and cell["ratio"] < 1
        return f'<td><span class="slower">{text}</span></td>' if slower else f"<td>{html.escape(text)}</td>"

    rows = ["<tr>" + "".join(cell_text(cell, heading, text(cell)) for heading, text in columns) + "</tr>" for cell in cells]
    return document("posdef: benchmark", PAGE.format(
        machine=facts(machine_lines(cells)),
        plots="\n".join(f"<h2>{html.escape(title)}</h2>\n{picture}" for title, picture in plots(cells)),
        heads="".join(f"<th>{html.escape(heading)}</th>" for heading, _ in columns),
        device=ON_DEVICE if device else "",
        rows="\n".join(rows)))


def write(path, text):
    """Writes to a temporary file next to the target, then renames it."""
    temporary = f"{path}.tmp{os.getpid()}"
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


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
