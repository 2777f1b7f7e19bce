"""Times torch.linalg.cholesky, jax.numpy.linalg.cholesky and cupy.linalg.cholesky on a CUDA device, on shapes given as
JSON on stdin, for `posdef bench --device cuda`.

stdin:  {"device": 0, "seconds": 1.0, "libraries": ["PyTorch", ...], "cells": [{"dtype": "f32", "batch": 32, "n": 64}, ...]}
With --lines: {"versions": ..., "missing": ...} on the first line, then the cell and its "results", a line each as they come.
stdout: {"versions": {"PyTorch": "2.7.0"}, "missing": {"JAX": "No module named 'jax'"},
         "results": [{"PyTorch": {"seconds": 1.2e-4, "device_seconds": 1e-4, "residual": 0.3, "repetitions": 25}}, ...]}

seconds is by the wall's clock, each call waited for; device_seconds between two events around calls that follow each
other, null where a library has no events (JAX). The inputs are random positive definite matrices in a ring of arrays
that is larger than twice the device's cache. The factor is new memory; that is part of the call. residual is the largest
max|((A - L·L^H)·x)_i| / (n·eps·max A_jj) over the batch (of a large one, its ends), for random signs x. What a library cannot do is its "left_out".
"""

import json
import math
import os
import statistics
import sys
import time

DTYPES = {"f32": "float32", "f64": "float64", "c64": "complex64", "c128": "complex128"}
LARGE = 1 << 26  # elements of inputs that take seconds to make
CACHE = 64 << 20  # where a library does not tell: no smaller than that of today's devices of one chip


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
        os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # the others need memory too
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


def matrices(dtype, batch, n, seed):
    """I + W·W^H/32 of random W with 32 columns, scaled differently for each of the batch."""
    import numpy
    random = numpy.random.default_rng(seed)
    w = random.standard_normal((n, 32)).astype(DTYPES[dtype])
    if dtype.startswith("c"):
        w = w + 1j * random.standard_normal((n, 32)).astype(w.real.dtype)
    one = (w @ w.conj().T / 32).astype(DTYPES[dtype])
    one[numpy.arange(n), numpy.arange(n)] += 1
    if batch == 1:
        return one
    return (one[None] * (1 + numpy.arange(batch)[:, None, None] / batch)).astype(DTYPES[dtype])


def residual(a, factor):
    """As the program has it: about 1 or below where all is well."""
    import numpy
    wide = numpy.complex128 if numpy.iscomplexobj(a) else numpy.float64
    n = a.shape[-1]
    signs = numpy.where(numpy.random.default_rng(7).random(n) < 0.5, -1.0, 1.0).astype(wide)
    eps = numpy.finfo(a.dtype).eps / 2
    worst = 0.0
    pairs = list(zip(a.reshape(-1, n, n), factor.reshape(-1, n, n)))
    if a.size >= LARGE:
        pairs = [pairs[0], pairs[-1]]
    for one, l in pairs:
        l = numpy.tril(l).astype(wide)
        difference = numpy.abs(one.astype(wide) @ signs - l @ (l.conj().T @ signs)).max()
        ratio = float(difference / (n * eps * numpy.diagonal(one).real.max()))
        if math.isnan(ratio):
            return None
        worst = max(worst, ratio)
    return worst


def measure(library, some, budget):
    """`some` are the inputs, all of one shape."""
    count = int(min(max(2, 2 * library.cache // some[0].nbytes + 1), 10000))
    ring = [library.put(some[k % len(some)]) for k in range(count)]
    place = 0

    def step():
        nonlocal place
        place = (place + 1) % count
        return library.call(ring[place])

    first = library.call(ring[0])
    library.wait(first)
    entry = {"residual": residual(some[0], library.get(first))}
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


def measured(request, found):
    """The results of each cell, one after the other."""
    for cell in request["cells"]:
        entry = {}
        if found:
            # Two inputs, so that no library sees the same matrix again; one where they are large.
            seeds = (1, 2) if cell["batch"] * cell["n"] ** 2 < LARGE else (1,)
            some = [matrices(cell["dtype"], cell["batch"], cell["n"], seed) for seed in seeds]
        for name, library in found.items():
            try:
                entry[name] = measure(library, some, request["seconds"])
            except Exception as problem:  # too little memory, a type that is not supported
                entry[name] = {"left_out": str(problem) or type(problem).__name__}
        yield entry


def answer(request, lines=None):
    """What stdout gets; with `lines`, each result is also written there as it comes, as a line of JSON."""
    found, versions, missing = {}, {}, {}
    for name in request["libraries"]:
        try:
            import numpy  # noqa: F401  it makes the inputs
            found[name] = LIBRARIES[name](request["device"])
            versions[name] = found[name].version
        except Exception as problem:  # whatever a library says where there is no device
            missing[name] = str(problem) or type(problem).__name__
    results = []
    if lines:
        print(json.dumps({"versions": versions, "missing": missing}), file=lines, flush=True)
    for cell, entry in zip(request["cells"], measured(request, found)):
        results.append(entry)
        if lines:
            print(json.dumps({**cell, "results": entry}), file=lines, flush=True)
    return {"versions": versions, "missing": missing, "results": results}


if __name__ == "__main__":
    if sys.argv[1:] == ["--lines"]:
        answer(json.load(sys.stdin), sys.stdout)
    else:
        json.dump(answer(json.load(sys.stdin)), sys.stdout)
