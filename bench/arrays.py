"""Times numpy.linalg.cholesky and torch.linalg.cholesky on shapes given as JSON on stdin, for `posdef bench --arrays`.

stdin:  {"threads": 2, "seconds": 1.0, "cells": [{"dtype": "f32", "batch": 32, "n": 64}, ...]}
stdout: {"versions": {"NumPy": "1.24.2"}, "missing": {"PyTorch": "No module named 'torch'"},
         "seconds": [{"NumPy": 1.2e-4}, ...]}        one entry for each cell

The libraries write the factor into new memory and zero the other triangle; that is part of their call.
"""

import json
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


def median_seconds(call, argument, budget):
    once = 0
    for _ in range(2):  # the first may be slower; a slow library runs only once
        begin = time.perf_counter()
        call(argument)
        once = max(time.perf_counter() - begin, 1e-7)
        if once > budget:
            return once
    loops = max(1, int(1e-3 / once))
    times, start = [], time.perf_counter()
    while len(times) < 3 or (len(times) < 25 and time.perf_counter() - start < budget):
        begin = time.perf_counter()
        for _ in range(loops):
            call(argument)
        times.append((time.perf_counter() - begin) / loops)
    return statistics.median(times)


results = []
for cell in request["cells"]:
    entry = {}
    if "NumPy" in versions:  # it generates the inputs of both
        a = matrices(cell["dtype"], cell["batch"], cell["n"])
        for name, prepare in calls.items():
            argument, call = prepare(a)
            entry[name] = median_seconds(call, argument, request["seconds"])
    results.append(entry)
json.dump({"versions": versions, "missing": missing, "seconds": results}, sys.stdout)
