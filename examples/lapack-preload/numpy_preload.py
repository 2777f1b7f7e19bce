#!/usr/bin/python3
"""Runs NumPy and SciPy with posdef's LAPACK routines, without changes to either.

    /usr/bin/python3 examples/lapack-preload/numpy_preload.py [build/libposdef_lapack.so]

The same work runs in two Python processes: one with the system's LAPACK, and one with the drop-in library preloaded. The
program prints both times (the median of several repetitions), the residual of every result, and the number of calls of
each drop-in routine. Exit status 0 if every result is correct and the drop-in was used.

It needs a NumPy and SciPy that are linked to liblapack.so.3, as Debian's are (python3-numpy, python3-scipy). Those from
PyPI contain their own LAPACK, which preloading does not replace; the counter then shows no calls.
"""

import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SEED = 1
REPETITIONS = 7


def spd(numpy, n, batch=()):
    """Random symmetric positive definite matrices, condition number about 10."""
    m = numpy.random.default_rng(SEED).standard_normal((*batch, n, n))
    return m @ m.swapaxes(-1, -2) / n + numpy.eye(n)


def ratio(numpy, difference, a):
    """LAPACK's residual ratio, the largest of a batch: |difference| / (n |a| eps); below 30 is correct."""
    norm = lambda x: numpy.abs(x).sum(axis=-2).max(axis=-1)
    return float((norm(difference) / (a.shape[-1] * norm(a) * numpy.finfo(a.dtype).eps)).max())


def cases():
    """Yields (title, function to time, function from its result to the residual ratio)."""
    import numpy
    import scipy.linalg

    for n in (200, 1000, 2000):
        a = spd(numpy, n)
        yield (f"numpy.linalg.cholesky {n} x {n}", lambda a=a: numpy.linalg.cholesky(a),
               lambda l, a=a: ratio(numpy, a - l @ l.T, a))
    a = spd(numpy, 32, (2000,))
    yield ("numpy.linalg.cholesky 2000 of 32 x 32", lambda: numpy.linalg.cholesky(a),
           lambda l: ratio(numpy, a - l @ l.swapaxes(-1, -2), a))

    b = spd(numpy, 1000)
    rhs = numpy.ones((1000, 100))
    factor = scipy.linalg.cho_factor(b, lower=True)
    yield ("scipy.linalg.cho_factor 1000 x 1000", lambda: scipy.linalg.cho_factor(b, lower=True),
           lambda f: ratio(numpy, b - numpy.tril(f[0]) @ numpy.tril(f[0]).T, b))
    yield ("scipy.linalg.cho_solve 1000 x 1000, 100 right-hand sides", lambda: scipy.linalg.cho_solve(factor, rhs),
           lambda x: float(numpy.abs(b @ x - rhs).max() / (1000 * numpy.abs(x).max() * numpy.finfo(float).eps)))
    # scipy.linalg.inv is for general matrices; dpotri is LAPACK's inverse from the Cholesky factor.
    yield ("scipy.linalg.lapack.dpotri 1000 x 1000",
           lambda: scipy.linalg.lapack.dpotri(factor[0], lower=True)[0],
           lambda x: ratio(numpy, numpy.eye(1000) - b @ (numpy.tril(x) + numpy.tril(x, -1).T), b))


def measure():
    """The work of one process: a JSON list of [title, seconds, residual ratio]."""
    rows = []
    for title, run, residual in cases():
        result, seconds = run(), []
        for _ in range(REPETITIONS):
            start = time.perf_counter()
            result = run()
            seconds.append(time.perf_counter() - start)
        rows.append([title, statistics.median(seconds), residual(result)])
    json.dump(rows, sys.stdout)


def child(**environment):
    out = subprocess.run([sys.executable, __file__, "--measure"], env={**os.environ, **environment},
                         stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    library = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else root / "build" / "libposdef_lapack.so").resolve()
    if not library.exists():
        sys.exit(f"{library} does not exist: build posdef first, or give the path of the library")
    if not (importlib.util.find_spec("numpy") and importlib.util.find_spec("scipy")):
        sys.exit(f"SKIPPED: {sys.executable} has no NumPy or no SciPy (Debian: python3-numpy, python3-scipy)")
    with tempfile.TemporaryDirectory() as folder:
        count = pathlib.Path(folder) / "count"
        before = child()
        after = child(LD_PRELOAD=str(library), POSDEF_LAPACK_COUNT=str(count))
        calls = count.read_text().split("\n") if count.exists() else []

    print(f"{'':58}{'system':>11}{'posdef':>11}{'':>8}{'residual ratios':>18}")
    good = True
    for (title, t0, r0), (_, t1, r1) in zip(before, after):
        good &= r0 < 30 and r1 < 30
        print(f"{title:58}{t0 * 1e3:8.2f} ms{t1 * 1e3:8.2f} ms{t0 / t1:7.2f}x{r0:9.3f}{r1:9.3f}")
    print("\ncalls of the drop-in: " + (", ".join(filter(None, calls)) or "none"))
    if not calls:
        print("this NumPy does not call the system's LAPACK; use Debian's Python (/usr/bin/python3)", file=sys.stderr)
    sys.exit(0 if good and calls else 1)


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["--measure"] else main()
