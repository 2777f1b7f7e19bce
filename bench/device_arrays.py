"""Times torch.linalg.cholesky, jax.numpy.linalg.cholesky and cupy.linalg.cholesky on a CUDA device, on shapes given as
JSON on stdin, for `posdef bench --device cuda`.

stdin:  {"device": 0, "seconds": 1.0, "libraries": ["PyTorch", ...], "cells": [{"dtype": "f32", "batch": 32, "n": 64}, ...]}
stdout: first one line, then one line for each finished cell:
        {"versions": {"PyTorch": "2.7.0"}, "missing": {"JAX": "No module named 'jax'"}}
        {"results": {"PyTorch": {"seconds": 1.2e-4, "device_seconds": 1e-4, "residual": 0.3, "repetitions": 25}}}

seconds is the wall time of single synchronized calls; device_seconds the time between two events around consecutive
calls, null for a library without events (JAX). The inputs are random positive definite matrices in a ring of arrays
larger than twice the device's cache. The libraries allocate the factor; that is part of the call. residual is the
largest max|((A - L·L^H)·x)_i| / (n·eps·max A_jj) over the batch (a sample of a large one), for random signs x.
"left_out" is the reason why a library was not measured.
"""

import json
import math
import os
import statistics
import sys
import time

DTYPES = {"f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128"}
CACHE = 64 << 20  # used if a library does not report it: at least that of current single-chip devices


class PyTorch:
    def __init__(self, device):
        import torch
        if not torch.cuda.is_available():
            raise RuntimeError("PyTorch finds no CUDA device")
        self.torch, self.version = torch, torch.__version__
        torch.cuda.set_device(device)
        self.cache = getattr(torch.cuda.get_device_properties(device), "L2_cache_size", CACHE)

    def put(self, array):
        return self.torch.from_numpy(array).cuda()

    def get(self, array):
        return array.cpu().numpy()

    def call(self, array):
        return self.torch.linalg.cholesky(array)

    def wait(self, _):
        self.torch.cuda.synchronize()

    def device_seconds(self, run):
        first, second = (self.torch.cuda.Event(enable_timing=True) for _ in range(2))
        first.record()
        run()
        second.record()
        second.synchronize()
        return first.elapsed_time(second) * 1e-3


class CuPy:
    def __init__(self, device):
        import cupy
        self.cupy, self.version = cupy, cupy.__version__
        cupy.cuda.Device(device).use()
        self.cache = cupy.cuda.Device(device).attributes.get("L2CacheSize", CACHE)

    def put(self, array):
        return self.cupy.asarray(array)

    def get(self, array):
        return self.cupy.asnumpy(array)

    def call(self, array):
        return self.cupy.linalg.cholesky(array)

    def wait(self, _):
        self.cupy.cuda.get_current_stream().synchronize()

    def device_seconds(self, run):
        first, second = self.cupy.cuda.Event(), self.cupy.cuda.Event()
        first.record()
        run()
        second.record()
        second.synchronize()
        return self.cupy.cuda.get_elapsed_time(first, second) * 1e-3


class JAX:
    cache = CACHE

    def __init__(self, device):
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # leave memory for the other libraries
        import jax
        jax.config.update("jax_enable_x64", True)
        self.jax, self.version = jax, jax.__version__
        self.device = jax.devices("cuda")[device]
        self.factor = jax.jit(jax.numpy.linalg.cholesky)

    def put(self, array):
        return self.jax.device_put(array, self.device)

    def get(self, array):
        import numpy
        return numpy.asarray(array)

    def call(self, array):
        return self.factor(array)

    def wait(self, result):
        self.jax.block_until_ready(result)

    def device_seconds(self, _):
        return None


LIBRARIES = {"PyTorch": PyTorch, "JAX": JAX, "CuPy": CuPy}


LARGE = 64 << 20  # bytes; larger inputs exist only once, and of larger batches only a sample is checked


def matrices(dtype, batch, n, seed):
    """I + W·W^H/32 with random W of 32 columns, scaled differently for each matrix of the batch."""
    import numpy
    random = numpy.random.default_rng(seed)
    real = "float32" if dtype in ("f32", "c64") else "float64"
    w = random.standard_normal((n, 32), dtype=real)
    if dtype.startswith("c"):
        w = w + 1j * random.standard_normal((n, 32), dtype=real)
    one = w @ (w.conj().T / numpy.asarray(32, real))
    one[numpy.arange(n), numpy.arange(n)] += 1
    if batch == 1:
        return one
    all_of_them = numpy.empty((batch, n, n), DTYPES[dtype])
    for b in range(batch):
        numpy.multiply(one, numpy.asarray(1 + b / batch, real), out=all_of_them[b])
    return all_of_them


def sampled(a):
    """Indices of the matrices whose factors are checked: all, or the first, the last and one between."""
    batch = a.shape[0] if a.ndim == 3 else 1
    return list(range(batch)) if a.nbytes <= LARGE else sorted({0, batch // 2, batch - 1})


def residual_of_one(a, l):
    """The residual as in bench/problem.hpp: at most about 1 for a correct result. By blocks of rows, to save memory."""
    import numpy
    wide = numpy.complex128 if numpy.iscomplexobj(a) else numpy.float64
    n, step = a.shape[-1], 512
    signs = numpy.where(numpy.random.default_rng(7).random(n) < 0.5, -1.0, 1.0).astype(wide)
    inner, worst = numpy.zeros(n, wide), 0.0
    blocks = [(first, min(first + step, n)) for first in range(0, n, step)]

    def rows(first, end):
        return numpy.tril(l[first:end, :end], first).astype(wide)

    for first, end in blocks:
        inner[:end] += rows(first, end).conj().T @ signs[first:end]
    for first, end in blocks:
        difference = numpy.abs(a[first:end].astype(wide) @ signs - rows(first, end) @ inner[:end]).max()
        if math.isnan(difference):
            return math.nan
        worst = max(worst, float(difference))
    return worst / float(n * (numpy.finfo(a.dtype).eps / 2) * numpy.diagonal(a).real.max())


def residual(a, get):
    """The largest residual of the sample; get(b) is the factor of matrix b. None if one is NaN."""
    n = a.shape[-1]
    each = [residual_of_one(a.reshape(-1, n, n)[b], get(b)) for b in sampled(a)]
    return None if any(math.isnan(r) for r in each) else max(each)


def measure(library, some, budget):
    """`some` contains the inputs, all of one shape."""
    count = int(min(max(2, 2 * library.cache // some[0].nbytes + 1), 10000))
    ring = [library.put(some[k % len(some)]) for k in range(count)]
    place = 0

    def step():
        nonlocal place
        place = (place + 1) % count
        return library.call(ring[place])

    first = library.call(ring[0])
    library.wait(first)
    if some[0].nbytes <= LARGE:
        whole = library.get(first).reshape(-1, *some[0].shape[-2:])
        entry = {"residual": residual(some[0], lambda b: whole[b])}
    else:
        entry = {"residual": residual(some[0], lambda b: library.get(first[b] if some[0].ndim == 3 else first))}
    del first
    begin = time.perf_counter()
    library.wait(step())
    loops = max(1, min(count, int(2e-3 / max(time.perf_counter() - begin, 1e-9))))

    def run():
        for _ in range(loops):
            step()

    wall, device, start = [], [], time.perf_counter()
    while len(wall) < 3 or (len(wall) < 25 and time.perf_counter() - start < budget):
        seconds = library.device_seconds(run)
        if seconds is not None:
            device.append(seconds / loops)
        begin = time.perf_counter()
        for _ in range(loops):
            library.wait(step())
        wall.append((time.perf_counter() - begin) / loops)
    entry["seconds"] = statistics.median(wall)
    entry["device_seconds"] = statistics.median(device) if device else None
    entry["repetitions"] = len(wall)
    return entry


def inputs(cell):
    """Two different inputs, or one if it is large: the ring repeats it."""
    some = [matrices(cell["dtype"], cell["batch"], cell["n"], 1)]
    if some[0].nbytes <= LARGE:
        some.append(matrices(cell["dtype"], cell["batch"], cell["n"], 2))
    return some


def answers(request):
    """Yields the output, one line at a time."""
    found, versions, missing = {}, {}, {}
    for name in request["libraries"]:
        try:
            import numpy  # noqa: F401  it generates the inputs
            found[name] = LIBRARIES[name](request["device"])
            versions[name] = found[name].version
        except Exception as problem:  # libraries raise different exceptions without a device
            missing[name] = str(problem) or type(problem).__name__
    yield {"versions": versions, "missing": missing}
    for cell in request["cells"]:
        entry, some = {}, inputs(cell) if found else []
        for name, library in found.items():
            try:
                entry[name] = measure(library, some, request["seconds"])
            except Exception as problem:  # out of memory, or an unsupported type
                entry[name] = {"left_out": str(problem) or type(problem).__name__}
        yield {"results": entry}


if __name__ == "__main__":
    for part in answers(json.load(sys.stdin)):
        print(json.dumps(part), flush=True)
