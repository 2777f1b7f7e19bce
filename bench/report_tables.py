"""The tables of the reports of `posdef bench`: each is a head and rows of texts, for Markdown and HTML."""

import html

# begin: report_cells.py, which replaces these lines in the program
from report_cells import (DTYPES, best_peer, geometric_mean, is_loss, losses, megabytes, name_of, on_device, peers_of, ratio_text,
                          residual_of, seconds_of, time_text, way_of)
# end: report_cells.py


class Loss(str):
    """A text that is marked: the peer is faster."""


def markdown_table(head, rows):
    def text(value):
        return f"**{value}**" if isinstance(value, Loss) else value
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    lines += ["| " + " | ".join(map(text, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def html_table(head, rows):
    def cell(value):
        text = html.escape(value)
        return f'<td><span class="slower">{text}</span></td>' if isinstance(value, Loss) else f"<td>{text}</td>"
    heads = "".join(f"<th>{html.escape(text)}</th>" for text in head)
    lines = ["<tr>" + "".join(map(cell, row)) + "</tr>" for row in rows]
    return f'<div class="wide"><table><tr>{heads}</tr>\n' + "\n".join(lines) + "\n</table></div>"


def marked_ratio(ratio):
    text = ratio_text(ratio)
    return Loss(text) if ratio is not None and ratio < 1 else text


def with_residual(seconds, residual):
    """A time and, in brackets, the residual of its result."""
    return time_text(seconds) + ("" if seconds is None or residual is None else f" ({residual:.2g})")


def time_of(cell, name):
    """The time and residual of posdef or a counted peer."""
    return with_residual(seconds_of(cell) if name == "posdef" else peers_of(cell).get(name), residual_of(cell, name))


def gflops_text(cell):
    return "–" if cell["gflops"] is None else f'{cell["gflops"]:.1f}'


def loss_table(cells):
    """Every cell whose ratio is below 1, the smallest ratio first."""
    rows = []
    for cell in losses(cells):
        name, seconds = best_peer(cell)
        rows.append([name_of(cell), str(cell["threads"]), cell["suite"], time_text(seconds_of(cell)), time_text(seconds),
                     name, Loss(ratio_text(cell["ratio"]))])
    return ["", "threads", "suite", "posdef", "best peer", "", "ratio"], rows


def loss_sentence(cells):
    """How many of the cells that have a ratio are losses."""
    compared = [cell for cell in cells if cell["ratio"] is not None]
    if not compared:
        return "No cell has a peer."
    return f"A peer is faster in {len(losses(cells))} of {len(compared)} cells."


def summary_table(cells):
    """Ratios by suite, operation, threads and type."""
    groups = {}
    for cell in cells:
        if cell["ratio"] is not None:
            groups.setdefault((cell["suite"], cell["op"], cell["threads"], cell["dtype"]), []).append(cell)
    rows = []
    for (suite, op, threads, dtype), some in groups.items():
        worst = min(some, key=lambda cell: cell["ratio"])
        lost = sum(map(is_loss, some))
        rows.append([f"{suite}, {op}", str(threads), dtype, str(len(some)), marked_ratio(geometric_mean(
            [cell["ratio"] for cell in some])), marked_ratio(worst["ratio"]), name_of(worst),
            Loss(lost) if lost else "0"])
    return ["suite", "threads", "type", "cells", "geometric mean", "smallest ratio", "in", "cells below 1"], rows


def short_table(cells):
    """posdef and the best peer. Device times if there are any, followed by wall times."""
    device = any(on_device(cell) for cell in cells)
    rows = []
    for cell in cells:
        best = best_peer(cell)
        peer = (time_of(cell, best[0]), best[0]) if best else ("–", "")
        row = [name_of(cell), time_of(cell, "posdef"), gflops_text(cell), *peer, marked_ratio(cell["ratio"])]
        if device:
            row += [time_text(cell["seconds"]), time_text(cell["peers"].get(peer[1]))]
        rows.append(row)
    head = ["", "posdef (residual)", "GFLOP/s", "best peer (residual)", "", "ratio"]
    return head + (["posdef, wall", "best peer, wall"] if device else []), rows


def peers_table(cells):
    """posdef and every counted peer: times and residuals."""
    names = ["posdef"] + sorted({name for cell in cells for name in peers_of(cell)})
    rows = [[name_of(cell)] + [time_of(cell, name) for name in names] + [marked_ratio(cell["ratio"])] for cell in cells]
    return [""] + names + ["ratio"], rows


def beside_table(cells):
    """The Python libraries, which do not count for the ratio."""
    names = sorted({name for cell in cells for name in cell["beside"]} - {"posdef call"})
    rows = [[name_of(cell), time_of(cell, "posdef")] +
            [with_residual(cell["beside"].get(name), way_of(cell, name).get("residual")) for name in names]
            for cell in cells if cell["beside"].keys() & set(names)]
    return ["", "posdef"] + names, rows


def measured_first(cells):
    """The cells whose first calls were measured, and the names of the libraries."""
    some = [cell for cell in cells if any("first_seconds" in way for way in cell.get("ways", []))]
    names = sorted({way["name"] for cell in some for way in cell.get("ways", []) if "first_seconds" in way})
    return some, ["posdef"] + [name for name in names if not name.startswith("posdef")]


def first_call_table(cells):
    """The first call of a process, and the median of the later ones."""
    some, names = measured_first(cells)
    rows = []
    for cell in some:
        row = [name_of(cell)]
        for name in names:
            way = way_of(cell, name)
            row += [time_text(way.get("first_seconds")), time_text(way.get("seconds"))]
        rows.append(row)
    return [""] + [f"{name}, {call}" for name in names for call in ("first", "warm")], rows


def memory_table(cells):
    """The memory of the first call, beyond the inputs."""
    some, names = measured_first(cells)
    rows = [[name_of(cell)] + [megabytes(way_of(cell, name).get("first_bytes")) for name in names] for cell in some]
    return [""] + names, rows


def tiny_table(cells):
    """Batches of tiny matrices: nanoseconds per matrix, and the ratio, for each type."""
    types = [dtype for dtype in DTYPES if any(cell["dtype"] == dtype for cell in cells)]
    found = {(cell["n"], cell["dtype"]): cell for cell in cells}
    rows = []
    for n in sorted({cell["n"] for cell in cells}):
        row = [str(n)]
        for dtype in types:
            cell = found.get((n, dtype))
            known = cell is not None and cell["seconds"] is not None
            row += [f'{cell["seconds"] / cell["batch"] * 1e9:.1f}', marked_ratio(cell["ratio"])] if known else ["–", "–"]
        rows.append(row)
    return ["n"] + [text for dtype in types for text in (dtype, "ratio")], rows
