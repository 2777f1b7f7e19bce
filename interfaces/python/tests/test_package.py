"""The installed wheel contains everything that it needs."""

import pathlib
import subprocess
import sys

import pytest

import posdef

FOLDER = pathlib.Path(posdef.__file__).parent


def test_the_copied_library_is_the_one_in_use():
    if not list(FOLDER.glob("libhwy.so*")):
        pytest.skip("not installed from a wheel")
    loaded = "import posdef; print(open('/proc/self/maps').read())"
    maps = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout
    paths = {line.split()[-1] for line in maps.splitlines() if "libhwy.so" in line}
    assert paths and all(pathlib.Path(path).parent == FOLDER for path in paths), paths
    for name in ("py.typed", "_core.pyi"):
        assert (FOLDER / name).exists()


def test_fork():
    """A child process of fork computes after its parent has computed."""
    code = (
        "import os, numpy as np, posdef\n"
        "a = np.broadcast_to(np.eye(300) * 4, (8, 300, 300))\n"
        "posdef.cholesky(a)\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(int(posdef.cholesky(a)[7, 299, 299] != 2))\n"
        "print(os.waitpid(child, 0)[1])\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "0"


def test_many_threads():
    """Calls from many threads at the same time, large and small, have the right answers."""
    import concurrent.futures

    import numpy as np

    def factor(n):
        return n, posdef.cholesky(np.eye(n) * n)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for n, c in pool.map(factor, [1, 2, 5, 300, 40] * 20):
            np.testing.assert_array_equal(c, np.diag(np.full(n, np.sqrt(n))))
