"""The pictures of the reports of `posdef bench`, as SVG. They need matplotlib."""

import collections

# begin: figures.py, which replaces these lines in the program
import os
import sys
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tools", "python"))
from figures import pyplot, svg  # noqa: E402
# end: figures.py
# begin: report_cells.py, which replaces these lines in the program
from report_cells import (DTYPES, best_peer, column_limit_of, is_loss, limit_of, many_text, memory_limit_of,  # noqa: E402
                          name_of, operations, peers_of, ratio_text, threads_text)
# end: report_cells.py

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
GRID = "grid"  # the suite of the maps
# Of the maps: ratios from each of these to the next one have one colour. Below 1 they are red.
STEPS = (0, 0.5, 0.8, 1, 1.25, 2, 4, float("inf"))
SHADES = ("#a93226", "#e05a4b", "#f5a79b", "#eef6ee", "#c9e7cd", "#8fcf9b", "#57b56c")
SHORT = {"OpenBLAS": "OBLAS", "OpenBLAS-PyPI": "OBLAS*", "MKL-intel": "MKL-i", "LAPACK": "LAPACK", "cuSOLVER": "cuSOL"}


def panels(count, width, height, columns=2):
    """A figure with this number of axes, side by side and below each other."""
    columns = min(count, columns)
    rows = -(-count // columns)
    figure, axes = pyplot().subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)
    for place in axes.flat[count:]:
        place.set_visible(False)
    return figure, axes.flat[:count]


def by_type(cells):
    groups = collections.OrderedDict((dtype, []) for dtype in DTYPES)
    for cell in cells:
        groups[cell["dtype"]].append(cell)
    return {dtype: group for dtype, group in groups.items() if group}


def orders_axis(axes, orders):
    """Every order has a label if there are few, else every power of two."""
    few = sorted(set(orders)) if len(set(orders)) <= 12 else [2**k for k in range(1, 20) if min(orders) <= 2**k <= max(orders)]
    axes.set_xscale("log", base=2)
    axes.set_xticks(few, [str(n) for n in few], fontsize="small")
    axes.minorticks_off()
    axes.set_xlabel("n")


# ----- speed of a core -----


def speed_groups(cells):
    """Cells of one figure of speed over n: {(op, nrhs, batch, threads): cells}. Only types with at least two orders; of
    several suites with the same cells, the one with most orders."""
    found = collections.OrderedDict()
    for cell in cells:
        if cell["gflops"] is not None and cell["op"] != "cholesky_logdet":
            key = (cell["op"], cell["nrhs"], cell["batch"], cell["threads"])
            found.setdefault(key, collections.OrderedDict()).setdefault((cell["dtype"], cell["suite"]), []).append(cell)
    groups = collections.OrderedDict()
    for key, parts in found.items():
        for dtype in DTYPES:
            some = max((part for (name, _), part in parts.items() if name == dtype), default=[],
                       key=lambda part: len({cell["n"] for cell in part}))
            if len({cell["n"] for cell in some}) > 1:
                groups.setdefault(key, []).extend(some)
    return groups


def draw_speed(axes, group):
    """GFLOP/s of a core over n: posdef (a line for each triangle and layout) and every peer, up to the peak."""
    variants = collections.OrderedDict()
    for cell in group:
        variants.setdefault((cell["uplo"], cell["layout"]), []).append(cell)
    highest = 0

    def line(name, points, **style):
        nonlocal highest
        highest = max(highest, *(speed for _, speed in points))
        axes.plot(*zip(*points), color=COLORS.get(name, "#333333"), **style)

    first = sorted(next(iter(variants.values())), key=lambda cell: cell["n"])
    for name in sorted({name for cell in first for name in peers_of(cell)}):
        points = [(cell["n"], operations(cell) / peers_of(cell)[name] / 1e9 / cell["threads"])
                  for cell in first if name in peers_of(cell)]
        line(name, points, marker=".", linewidth=1, label=name)
    for index, ((uplo, layout), some) in enumerate(variants.items()):
        points = sorted((cell["n"], cell["gflops"] / cell["threads"]) for cell in some)
        label = "posdef" if index == 0 else f'posdef {uplo} {layout.replace("_", "-")}'
        line("posdef", points, marker="o", markersize=4, linewidth=2 if index == 0 else 1,
             linestyle=("-", "--", "-.", ":")[index % 4], label=label)
    limit = limit_of(first[0])
    title = first[0]["dtype"]
    if limit:
        title += f', peak {limit / first[0]["threads"]:.0f} GFLOP/s'
    axes.set_title(title, fontsize="medium")
    if limit:
        # The axis ends at the peak, so that the height of a line is its share of it.
        peak = limit / first[0]["threads"]
        axes.set_ylim(0, max(peak, highest))
        axes.set_yticks([peak * quarter / 4 for quarter in range(5)],
                        [f"{peak * quarter / 4:.0f}\n({25 * quarter} %)" for quarter in range(5)], fontsize="small")
    else:
        axes.set_ylim(0, 1.05 * highest)
    orders_axis(axes, [cell["n"] for cell in group])
    axes.set_ylabel("GFLOP/s per core")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", frameon=False)


def speed_figure(group):
    types = by_type(group)
    figure, axes = panels(len(types), 5.2, 3.8)
    for place, some in zip(axes, types.values()):
        draw_speed(place, some)
    figure.tight_layout()
    return svg(figure)


def speed_title(key):
    op, nrhs, batch, threads = key
    what = op + (f", {nrhs} right-hand sides" if op == "cholesky_solve" else "")
    return f"Speed of a core: {what}, {many_text(batch)}, {threads_text(threads)}"


# ----- maps of ratios -----


def map_groups(cells):
    """Cells of one figure of maps: {threads: cells of the suite grid with a ratio}."""
    groups = collections.OrderedDict()
    for cell in cells:
        if cell["suite"] == GRID and cell["ratio"] is not None:
            groups.setdefault(cell["threads"], []).append(cell)
    return groups


def map_entries(cells):
    """{(n, batch): (label, colour)} of a map: the ratio, and the peer that is the fastest one."""
    entries = {}
    for cell in cells:
        step = max(index for index, least in enumerate(STEPS[:-1]) if cell["ratio"] >= least)
        peer = best_peer(cell)[0]
        entries[cell["n"], cell["batch"]] = (f'{ratio_text(cell["ratio"])}\n{SHORT.get(peer, peer)}', SHADES[step])
    return entries


def draw_map(axes, cells):
    """The ratio to the best peer for each order and batch. Losses are red and have a bold label."""
    entries = map_entries(cells)
    lost = {(cell["n"], cell["batch"]) for cell in cells if is_loss(cell)}
    orders, batches = (sorted({cell[key] for cell in cells}) for key in ("n", "batch"))
    for (n, batch), (label, color) in entries.items():
        x, y = batches.index(batch), orders.index(n)
        axes.add_patch(pyplot().Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=color, edgecolor="white"))
        bold = (n, batch) in lost
        axes.text(x, y, label, ha="center", va="center", fontsize=7, fontweight="bold" if bold else "normal",
                  color="white" if color == SHADES[0] else "black", linespacing=1.1)
    axes.set_xlim(-0.5, len(batches) - 0.5)
    axes.set_ylim(len(orders) - 0.5, -0.5)
    axes.set_xticks(range(len(batches)), map(str, batches))
    axes.set_yticks(range(len(orders)), map(str, orders))
    axes.set_xlabel("batch")
    axes.set_ylabel("n")
    axes.set_title(f'{cells[0]["dtype"]}: slower than a peer in {len(lost)} of {len(entries)}', fontsize="medium")
    axes.set_frame_on(False)
    axes.tick_params(length=0)


def map_figure(cells):
    types = by_type(cells)
    figure, axes = panels(len(types), 5, 5.4)
    for place, some in zip(axes, types.values()):
        draw_map(place, some)
    figure.tight_layout()
    return svg(figure)


# ----- ratios of a suite -----


def ratio_figure(cells):
    """One bar per cell: the ratio to the fastest peer. Red bars are below 1."""
    figure, axes = pyplot().subplots(figsize=(8, 0.8 + 0.24 * len(cells)))
    places = range(len(cells))
    axes.barh(places, [cell["ratio"] for cell in cells], height=0.7,
              color=[COLORS["posdef"] if is_loss(cell) else "#229954" for cell in cells])
    for place, cell in zip(places, cells):
        axes.text(cell["ratio"], place, f' {ratio_text(cell["ratio"])} ({best_peer(cell)[0]})', va="center", fontsize="small")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(places, map(name_of, cells), fontsize="small")
    axes.invert_yaxis()
    axes.margins(x=0.2, y=0.01)
    axes.set_xlabel("time of the best peer / time of posdef")
    return svg(figure)


# ----- limits of the machine -----


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
    for (op, _, batch, threads), figure_cells in speed_groups(cells).items():
        if op != "cholesky" or not (batch == 1 or batch >= 100):
            continue
        for dtype, group in by_type(figure_cells).items():
            by_order = {cell["n"]: cell for cell in group if (cell["uplo"], cell["layout"]) == ("lower", "col_major")}
            if len(by_order) > 2:
                groups.append(((threads, batch, DTYPES.index(dtype)), by_order.values(), f"{dtype}, {many_text(batch)}"))
    # Of several numbers of threads, the smallest.
    groups = sorted((group for group in groups if group[0][0] == min(groups)[0][0]), key=lambda group: group[0])
    if not groups:
        return None
    figure, axes = panels(len(groups), 4.2, 3.6, columns=4)
    for place, (_, group, title) in zip(axes, groups):
        draw_limits(place, group, title)
    figure.tight_layout()
    return svg(figure)


def plots(cells):
    """Every picture of the results, as (title, SVG)."""
    out = []
    picture = roofline(cells)
    if picture:
        out.append(("Results and limits of the machine", picture))
    for threads, group in map_groups(cells).items():
        out.append((f"Ratio to the best peer by order and batch, {threads_text(threads)}", map_figure(group)))
    out += [(speed_title(key), speed_figure(group)) for key, group in speed_groups(cells).items()]
    suites = collections.OrderedDict()
    for cell in cells:
        if cell["ratio"] is not None and cell["suite"] != GRID:
            suites.setdefault((cell["suite"], cell["threads"]), []).append(cell)
    for (suite, threads), some in suites.items():
        out.append((f"Ratio to the best peer: {suite}, {threads_text(threads)}", ratio_figure(some)))
    return out
