"""Times numpy.linalg.cholesky, scipy.linalg.cholesky and torch.linalg.cholesky on shapes given as JSON on stdin, for
`posdef bench --arrays`.

stdin:  {"threads": 2, "seconds": 1.0, "cells": [{"dtype": "f32", "batch": 32, "n": 64}, ...]}
stdout: {"versions": {"NumPy": "1.24.2"}, "missing": {"PyTorch": "No module named 'torch'"},
         "results": [{"NumPy": {"seconds": 1.2e-4, "residual": 0.1, "repetitions": 25}}, ...]}     one entry for each cell

The libraries write the factor into new memory and zero the other triangle; that is part of their call, and so is SciPy's
check for NaN. NumPy and PyTorch take a batch at once; SciPy is called for each matrix, scipy.linalg.cholesky(a, lower=True).
residual is the larger one of max|((A - L·L^H)·x)_i| / (n·eps·max A_jj) for the first and the last matrix of the batch, with
random signs x.
"""

import json
import math
import os
import statistics
import sys
import time

request = json.load(sys.stdin)
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(request["threads"])  # before the libraries are loaded

DTYPES = {"f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128"}
calls, versions, missing = {}, {}, {}
try:
    import numpy
    calls["NumPy"] = lambda a: (a, numpy.linalg.cholesky)
    versions["NumPy"] = numpy.__version__
except ImportError as problem:
    missing["NumPy"] = str(problem)
try:
    import scipy
    import scipy.linalg

    def scipy_factor(a):
        return scipy.linalg.cholesky(a, lower=True)

    calls["SciPy"] = lambda a: (a, scipy_factor if a.ndim == 2 else lambda batch: [scipy_factor(one) for one in batch])
    versions["SciPy"] = scipy.__version__
except ImportError as problem:
    missing["SciPy"] = str(problem)
try:
    import torch
    torch.set_num_threads(request["threads"])
    calls["PyTorch"] = lambda a: (torch.from_numpy(a), torch.linalg.cholesky)
    versions["PyTorch"] = torch.__version__
except ImportError as problem:
    missing["PyTorch"] = str(problem)


def matrices(dtype, batch, n):
    """Well-conditioned: M·Mᴴ of a matrix with more columns than rows; the same matrix for the whole batch."""
    random = numpy.random.default_rng(1)
    m = random.standard_normal((n, 2 * n)).astype(DTYPES[dtype])
    if dtype.startswith("c"):
        m = m + 1j * random.standard_normal((n, 2 * n)).astype(m.real.dtype)
    one = (m @ m.conj().T / (2 * n)).astype(DTYPES[dtype])
    return numpy.repeat(one[None], batch, axis=0) if batch > 1 else one


def residual(one, factor):
    """The residual of a factor of the matrix `one`; not finite if the factor is not."""
    a, factor = (numpy.asarray(x, "complex128") for x in (one, factor))
    n = a.shape[0]
    x = numpy.random.default_rng(2).choice([-1.0, 1.0], n)
    difference = a @ x - factor @ (factor.conj().T @ x)
    eps = numpy.finfo(one.real.dtype).eps / 2
    return float(numpy.abs(difference).max() / (n * eps * numpy.abs(a.diagonal()).max()))


def measure(call, argument, a, budget):
    """The median seconds of a call, the number of repetitions, and the residual of the first call's result."""
    once, worst = 0, 0
    for k in range(2):  # the first may be slower; a slow library runs only once or twice
        begin = time.perf_counter()
        result = call(argument)
        once = max(time.perf_counter() - begin, 1e-7)
        if k == 0:
            pairs = [(a, result)] if a.ndim == 2 else [(a[b], result[b]) for b in (0, -1)]
            worst = max(residual(*pair) for pair in pairs)
        if once > (budget if k else max(budget, 1)):
            return {"seconds": once, "repetitions": k + 1, "residual": worst}
    loops = max(1, int(1e-3 / once))
    times, start = [], time.perf_counter()
    while len(times) < 3 or (len(times) < 25 and time.perf_counter() - start < budget):
        begin = time.perf_counter()
        for _ in range(loops):
            call(argument)
        times.append((time.perf_counter() - begin) / loops)
    return {"seconds": statistics.median(times), "repetitions": len(times), "residual": worst}


def finite_or_null(entry):
    return {key: value if math.isfinite(value) else None for key, value in entry.items()}


results = []
for cell in request["cells"]:
    entry = {}
    if "NumPy" in versions:  # it generates the inputs of all
        a = matrices(cell["dtype"], cell["batch"], cell["n"])
        for name, prepare in calls.items():
            argument, call = prepare(a)
            entry[name] = finite_or_null(measure(call, argument, a, request["seconds"]))
    results.append(entry)
json.dump({"versions": versions, "missing": missing, "results": results}, sys.stdout)
