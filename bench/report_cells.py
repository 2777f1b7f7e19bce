"""The cells of `posdef bench`: how they are read, and what is derived from them. Shared by the reports."""

import json
import math

REQUIRED = ("suite", "op", "dtype", "uplo", "layout", "batch", "n", "nrhs", "threads", "seconds", "gflops", "residual")
DTYPES = ("f32", "f64", "c64", "c128")


# ----- reading -----


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


# ----- texts -----


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


def time_text(seconds):
    if seconds is None:
        return "–"
    for unit, size, digits in (("s", 1, 2), ("ms", 1e-3, 2 if seconds < 1e-2 else 1), ("µs", 0, 2)):
        if seconds >= size:
            return f"{seconds / (size or 1e-6):.{digits}f} {unit}"
    return "–"


def megabytes(size):
    return "–" if size is None else f"{max(size, 0) / 1e6:.1f} MB"


def ratio_text(ratio):
    """A ratio below 1 is never shown as 1.00."""
    return "–" if ratio is None else f"{min(ratio, 0.99) if ratio < 1 else ratio:.2f}"


def threads_text(threads):
    return f'{threads} thread{"" if threads == 1 else "s"}'


def many_text(batch):
    return "one matrix" if batch == 1 else f"{batch} matrices"


# ----- times, peers, residuals -----


def on_device(cell):
    """Whether the cell was measured on a device: then speed and ratio use the device time."""
    return "device_seconds" in cell


def seconds_of(cell):
    return cell["device_seconds"] if on_device(cell) else cell["seconds"]


def peers_of(cell):
    """{name: seconds} of the counted peers, by the clock of the ratio."""
    return cell["device_peers"] if on_device(cell) else cell["peers"]


def best_peer(cell):
    """(name, seconds) of the fastest counted peer, or None."""
    return min(peers_of(cell).items(), key=lambda item: item[1], default=None)


def way_of(cell, name):
    """The fastest correct configuration of this name, to which the time in the tables belongs; {} if there is none."""
    clock = "device_seconds" if on_device(cell) else "seconds"
    ways = [way for way in cell.get("ways", []) if way["name"] == name and way.get("right") and way.get(clock) is not None]
    return min(ways, key=lambda way: way[clock], default={})


def residual_of(cell, name):
    """The residual that belongs to the time of posdef or a peer, or None."""
    return cell["residual"] if name == "posdef" else way_of(cell, name).get("residual")


def is_loss(cell):
    return cell["ratio"] is not None and cell["ratio"] < 1


def losses(cells):
    """The cells in which a counted peer is faster than posdef, the worst first."""
    return sorted(filter(is_loss, cells), key=lambda cell: cell["ratio"])


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def operations(cell):
    """The operations as the program counts them: gflops · seconds, also for the peers."""
    return cell["gflops"] * seconds_of(cell) * 1e9


# ----- limits of the machine -----


def limit_of(cell):
    """The measured GFLOP/s limit of the machine in this cell's type, or None."""
    limits = cell["machine"]["limits"]
    best = limits and limits["gflops"].get(cell["machine"]["instruction_set"])
    if not best:
        return None
    return best["f32" if cell["dtype"] in ("f32", "c64") else "f64"]["all"]


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


def machine_lines(cells):
    """The machines of the results as (label, text) pairs: one set for each machine and number of threads. A peer counts as
    missing if no run had it."""
    groups = {}
    for cell in cells:
        machine = cell["machine"]
        key = (machine.get("device"), machine["processor"], machine["processors"], cell["threads"], machine["posdef"],
               machine["instruction_set"])
        groups.setdefault(key, []).append(machine)
    lines = []
    for (device, processor, processors, threads, version, instruction_set), machines in groups.items():
        lines += [("device", device)] if device else []
        lines.append(("machine", f"{processor}, {processors} processors; {threads_text(threads)}"))
        lines.append(("posdef", f"{version}, {instruction_set}"))
        present = sorted({item for machine in machines for item in machine["peers"].items()})
        missing = {item for machine in machines for item in machine["missing"].items()}
        lines += present
        lines += [(name, f"missing: {reason}") for name, reason in sorted(missing) if name not in dict(present)]
        lines += limit_lines(machines)
    return lines


def limit_lines(machines):
    """The limits of the run that measured the highest ones: the others were disturbed."""
    measured = [(machine["limits"], machine["limits"]["gflops"].get(machine["instruction_set"]))
                for machine in machines if machine["limits"]]
    if not measured:
        return []
    limits, best = max(measured, key=lambda pair: pair[1]["f32"]["all"] if pair[1] else 0)
    lines = []
    if best:
        lines.append(("limit, measured", f'{best["f32"]["all"]:.0f} GFLOP/s in single, {best["f64"]["all"]:.0f} in '
                      f'double precision ({best["f32"]["one"]:.0f} and {best["f64"]["one"]:.0f} on one thread)'))
    column, triad = limits["column_nanoseconds"], limits["triad_gbytes"]
    lines.append(("a column, measured", f'{column["f32"]:.1f} ns in single, {column["f64"]:.1f} ns in double precision '
                  'from pivot to pivot'))
    lines.append(("memory, measured", f'{triad["all"]:.1f} GB/s ({triad["one"]:.1f} on one thread)'))
    return lines


def runs_of(cells):
    """The (date, command) pairs of the runs that measured the cells, in their order."""
    return list(dict.fromkeys((cell["date"], cell["command"]) for cell in cells if "command" in cell))
