"""Draws the data of `posdef plot` about a matrix on an HTML page, one file. The program runs this script.

stdin:  one line of JSON, then the elements of the matrix if the eigenvalues are wanted
  file, matrix     the file of the matrix, and its index in the batch, from 0
  n, dtype, order  its order; f32, f64, c64 or c128; order of the elements: C (by rows) or F (by columns)
  uplo, symmetrized  the factored triangle; whether it is the mean of both
  engine, threads  the engine; its threads, which also limit NumPy
  heat             rows of log10 of the largest |a(i,j)| in each cell; null for zero, "NaN" for NaN or infinity
  diagonal         {smallest, largest, not_finite}: real parts, and how many are not finite
  asymmetry        {ratio, row, col}: the largest |a(i,j) - conj a(j,i)| / sqrt(a(i,i) a(j,j)), null for infinity
  info             0, or the order of the first leading minor that is not positive definite
  pivots           L(i,i)^2 in order, up to the one that failed
  all              of a batch: {group, smallest, failed}: for each group of `group` matrices, the smallest pivot of
                   the positive definite ones, and how many failed
  no_spectrum      why there are no eigenvalues; empty if there are
stdout: the page. Its element with the id "data" holds all of this as JSON, and
  spectrum         {eigenvalues, condition, rounding} or null: in ascending order; max |x| / min |x|, null for
                   infinity; the size of the rounding errors of the eigenvalues
"""

import sys

sys.path[:] = [folder for folder in sys.path if folder]  # with -c the current folder is in sys.path

import html  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import os  # noqa: E402

# begin: figures.py, which replaces these lines in the program
from figures import document, facts, pyplot, svg  # noqa: E402
# end: figures.py

BLUE, RED, NOT_FINITE = "#2471a3", "#c0392b", "#ff00aa"
DTYPES = {"f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128"}
MANY = 200  # largest number of points with markers


def finite_or_none(x):
    return float(x) if math.isfinite(x) else None


def spectrum_of(data, elements):
    """Eigenvalues of the factored triangle, in double precision for every type. None, with the reason in the data, if
    NumPy fails."""
    import numpy
    n = data["n"]
    a = numpy.frombuffer(elements, DTYPES[data["dtype"]]).reshape((n, n), order=data["order"])
    a = a.astype("complex128" if data["dtype"].startswith("c") else "float64")
    try:
        values = numpy.linalg.eigvalsh(a, UPLO=data["uplo"][0].upper())
    except numpy.linalg.LinAlgError as problem:
        data["no_spectrum"] = str(problem)
        return None
    sizes = numpy.abs(values)
    least, most = sizes.min(), sizes.max()
    return {"eigenvalues": [finite_or_none(x) for x in values],
            "condition": finite_or_none(most / least) if least > 0 else None,
            "rounding": finite_or_none(n * numpy.finfo("float64").eps * most)}


# ----- plots -----


def whole_numbers(axis):
    from matplotlib.ticker import MaxNLocator
    axis.set_major_locator(MaxNLocator(integer=True))


def draw_heat(data):
    """The sizes of the elements. Blank where all are zero, in a separate colour where one is not finite."""
    import numpy
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch
    plt = pyplot()
    n, rows = data["n"], data["heat"]
    sizes = numpy.array([[math.nan if x is None or x == "NaN" else x for x in row] for row in rows])
    wrong = numpy.array([[1.0 if x == "NaN" else math.nan for x in row] for row in rows])
    figure, axes = plt.subplots(figsize=(7, 5.6))
    place = {"extent": (0.5, n + 0.5, n + 0.5, 0.5), "interpolation": "none"}  # every cell stays a pixel
    known = sizes[~numpy.isnan(sizes)]
    if known.size:
        low, high = known.min(), known.max()
        margin = 0.5 if low == high else 0
        image = axes.imshow(sizes, cmap="viridis", vmin=low - margin, vmax=high + margin, **place)
        figure.colorbar(image, label="log10 |a(i,j)|")
    if not numpy.isnan(wrong).all():
        axes.imshow(wrong, cmap=ListedColormap([NOT_FINITE]), **place)
        axes.legend(handles=[Patch(color=NOT_FINITE, label="NaN or infinity")], loc="upper right", fontsize="small")
    axes.set_xlim(0.5, n + 0.5)
    axes.set_ylim(n + 0.5, 0.5)
    axes.set_aspect("equal")
    axes.set_xlabel("j")
    axes.set_ylabel("i")
    whole_numbers(axes.xaxis)
    whole_numbers(axes.yaxis)
    return svg(figure)


def logarithmic(axes, values):
    """A logarithmic axis, if there are positive values."""
    if any(x is not None and x > 0 for x in values):
        axes.set_yscale("log")
    else:
        axes.set_yticks([])
    axes.grid(alpha=0.3)


def draw_pivots(data):
    plt = pyplot()
    pivots, info = data["pivots"], data["info"]
    figure, axes = plt.subplots(figsize=(8, 3.6))
    axes.plot(range(1, len(pivots) + 1), pivots, color=BLUE, linewidth=1, marker="." if len(pivots) <= MANY else None)
    if info:
        left = info > 0.7 * data["n"]  # which side has space for the label
        axes.axvline(info, color=RED, linestyle="--")
        axes.annotate(f"the leading minor of order {info}\nis not positive definite", (info, 0.95), color=RED,
                      xycoords=("data", "axes fraction"), xytext=(-6 if left else 6, 0), textcoords="offset points",
                      ha="right" if left else "left", va="top",
                      bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8})
    logarithmic(axes, pivots)
    axes.set_xlim(0, data["n"] + 1)
    whole_numbers(axes.xaxis)
    axes.set_xlabel("i")
    axes.set_ylabel("pivot L(i,i)²")
    return svg(figure)


def draw_spectrum(data):
    plt = pyplot()
    values, rounding = data["spectrum"]["eigenvalues"], data["spectrum"]["rounding"]
    figure, axes = plt.subplots(figsize=(8, 3.6))
    for sign, color, label, size in ((1, BLUE, "positive", 4), (-1, RED, "negative (its size)", 7)):
        points = [(k + 1, sign * x) for k, x in enumerate(values) if x is not None and sign * x > 0]
        if points:
            axes.plot(*zip(*points), color=color, linestyle="", marker=".", markersize=size, label=label)
    sizes = [abs(x) for x in values if x is not None]
    logarithmic(axes, sizes)
    if rounding and min(sizes) < 1000 * rounding:  # a much lower line would flatten the plot
        axes.axhline(rounding, color="#888888", linewidth=1, linestyle=":", label="rounding of the eigenvalues")
    axes.legend(fontsize="small", frameon=False)
    axes.set_xlim(0, data["n"] + 1)
    whole_numbers(axes.xaxis)
    axes.set_xlabel("k")
    axes.set_ylabel("|eigenvalue k|")
    return svg(figure)


def draw_all(data):
    """The smallest pivot of every matrix of a batch; crosses at the bottom mark failures."""
    plt = pyplot()
    group, smallest, failed = (data["all"][key] for key in ("group", "smallest", "failed"))
    places = [k * group for k in range(len(smallest))]
    figure, axes = plt.subplots(figsize=(8, 3.6))
    axes.plot(places, [math.nan if x is None else x for x in smallest], color=BLUE, linestyle="", marker=".",
              markersize=4)
    logarithmic(axes, smallest)
    bad = [place for place, failures in zip(places, failed) if failures]
    if bad:
        axes.plot(bad, [0.03] * len(bad), color=RED, linestyle="", marker="x", transform=axes.get_xaxis_transform(),
                  label="not positive definite")
    axes.axvline(data["matrix"], color="#888888", linewidth=1, linestyle=":", label=f'matrix {data["matrix"]}')
    axes.legend(fontsize="small", frameon=False)
    whole_numbers(axes.xaxis)
    axes.set_xlabel("matrix")
    axes.set_ylabel("smallest pivot")
    return svg(figure)


# ----- words -----


def number(x):
    return "infinite" if x is None else f"{x:.4g}"


def between(values):
    return f"{number(min(values))} to {number(max(values))}"


def verdict(data):
    if not data["info"]:
        return "positive definite"
    return f'not positive definite: the leading minor of order {data["info"]} is the first that is not'


def diagonal_text(data):
    diagonal = data["diagonal"]
    text = "no finite number" if diagonal["smallest"] is None else (
        f'{number(diagonal["smallest"])} to {number(diagonal["largest"])}')
    return text + (f'; {diagonal["not_finite"]} not finite' if diagonal["not_finite"] else "")


def asymmetry_text(data):
    if data["symmetrized"]:
        return "none: the mean of both triangles was taken"
    gap = data["asymmetry"]
    if gap["ratio"] == 0:
        return "0"
    return f'{number(gap["ratio"])}, at ({gap["row"]}, {gap["col"]}); relative to sqrt(a(i,i) a(j,j))'


def spectrum_text(data):
    """(eigenvalues, condition number)"""
    spectrum = data["spectrum"]
    if spectrum is None:
        return f'none: {data["no_spectrum"]}', "not known"
    values = [x for x in spectrum["eigenvalues"] if x is not None]
    text = between(values) if values else "not finite"
    for sign, name in ((lambda x: x < 0, "negative"), (lambda x: x == 0, "zero")):
        count = sum(sign(x) for x in values)
        text += f"; {count} {name}" if count else ""
    condition = number(spectrum["condition"])
    if values and min(map(abs, values)) <= (spectrum["rounding"] or 0):
        condition += "; the smallest eigenvalue is no larger than its rounding error"
    return text, condition


def caption(data):
    n, rows = data["n"], [("file", data["file"])]
    if "all" in data:
        failures = sum(data["all"]["failed"])
        rows.append(("batch", f'matrix {data["matrix"]}, from 0; ' +
                     (f"{failures} not positive definite" if failures else "all are positive definite")))
    eigenvalues, condition = spectrum_text(data)
    return rows + [
        ("size", f'{n} × {n}, {data["dtype"]}'), ("triangle", data["uplo"]), ("diagonal", diagonal_text(data)),
        ("symmetry gap", asymmetry_text(data)), ("verdict", verdict(data)),
        ("pivots", between(data["pivots"]) if data["pivots"] else "none"), ("eigenvalues", eigenvalues),
        ("condition number", condition), ("factored by", data["engine"])]


def sections(data):
    """(heading, caption, plot) of every section."""
    if data["n"]:
        cells = len(data["heat"])
        triangles = "The mean of both triangles" if data["symmetrized"] else "Both triangles, as they are in the file"
        yield ("Elements", f"{triangles}. Blank is zero." + (
            f' Each of the {cells} × {cells} cells shows the largest of its elements.' if cells < data["n"] else ""),
            draw_heat(data))
        yield "Pivots", f'In the order of the factorization. The matrix is {verdict(data)}.', draw_pivots(data)
        if data["spectrum"]:
            yield ("Spectrum", f'Computed in double precision. Condition number: {spectrum_text(data)[1]}.',
                   draw_spectrum(data))
        else:
            yield "Spectrum", f'No spectrum: {data["no_spectrum"]}.', ""
    if "all" in data:
        group = data["all"]["group"]
        yield ("Batch", "The smallest pivot of every matrix." if group == 1 else
               f"The smallest pivot of each group of {group} consecutive matrices.", draw_all(data))


def page(data):
    title = f'posdef: {os.path.basename(data["file"])}' + (f', matrix {data["matrix"]}' if "all" in data else "")
    body = facts(caption(data))
    for heading, words, plot in sections(data):
        body += f"\n<h2>{html.escape(heading)}</h2>\n<p>{html.escape(words)}</p>\n{plot}"
    embedded = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")  # no "</script>" in a name
    return document(title, f'{body}\n<script type="application/json" id="data">{embedded}</script>')


def main():
    data = json.loads(sys.stdin.buffer.readline())
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(data["threads"])  # before NumPy is loaded
    data["spectrum"] = None if data["no_spectrum"] else spectrum_of(data, sys.stdin.buffer.read())
    sys.stdout.buffer.write(page(data).encode())


if __name__ == "__main__":
    main()
