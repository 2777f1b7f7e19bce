"""The number of threads: the setter, the context manager, the environment, threadpoolctl and joblib."""

import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import positive_definite

import posdef

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
VARIABLES = ("POSDEF_NUM_THREADS", "OMP_NUM_THREADS", "POSDEF_VERBOSE")


def run(code, **variables):
    """Runs a program in another process, with these environment variables and no other one that sets threads."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "-c", code], env={**environment, **variables}, capture_output=True, text=True, check=True
    )


def printed(code, **variables):
    return run(code, **variables).stdout.split()


def teams(code, **variables):
    """The numbers of threads that the calls of a program had, as POSDEF_VERBOSE prints them."""
    lines = run(code, POSDEF_VERBOSE="1", **variables).stderr.splitlines()
    return [int(line.partition(" thread")[0].split()[-1]) for line in lines if line.startswith("posdef: ")]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    posdef.set_num_threads(0)
    yield
    posdef.set_num_threads(0)


class TestSetter:
    def test_setting(self):
        automatic = posdef.get_num_threads()
        assert posdef.set_num_threads(5) == 0
        assert posdef.get_num_threads() == 5
        assert posdef.set_num_threads(np.int64(1)) == 5
        assert posdef.get_num_threads() == 1
        assert posdef.set_num_threads(0) == 1
        assert posdef.get_num_threads() == automatic

    def test_context(self):
        posdef.set_num_threads(7)
        with posdef.num_threads(3):
            assert posdef.get_num_threads() == 3
            with pytest.raises(KeyError), posdef.num_threads(2):
                assert posdef.get_num_threads() == 2
                raise KeyError
            assert posdef.get_num_threads() == 3
        assert posdef.set_num_threads(0) == 7

    def test_context_restores_automatic(self):
        with posdef.num_threads(3):
            pass
        assert posdef.set_num_threads(0) == 0

    def test_decorator(self):
        @posdef.num_threads(3)
        def decorated():
            return posdef.get_num_threads()

        posdef.set_num_threads(7)
        assert [decorated(), decorated(), posdef.get_num_threads()] == [3, 3, 7]

    @pytest.mark.parametrize("wrong", [-1, 2**40, 1.5, "2", None])
    def test_wrong_number(self, wrong):
        posdef.set_num_threads(2)
        with pytest.raises(ValueError) as caught:
            posdef.set_num_threads(wrong)
        assert str(caught.value) == f"posdef.set_num_threads: threads is {wrong!r}; expected 0 or more"
        with pytest.raises(ValueError) as caught, posdef.num_threads(wrong):
            pass
        assert str(caught.value) == f"posdef.num_threads: threads is {wrong!r}; expected 0 or more"
        assert posdef.get_num_threads() == 2

    def test_same_bits(self):
        a = positive_definite(300, "float64", (4,))
        expected = posdef.cholesky(a, threads=1)
        for threads in (0, 1, 2, 3):
            with posdef.num_threads(threads):
                np.testing.assert_array_equal(posdef.cholesky(a), expected)


MATRICES = "import numpy as np, posdef\na = np.broadcast_to(np.eye(300) * 4, (8, 300, 300)).astype(np.float32)\n"
FRONTS = {
    "numpy": "run = lambda: posdef.cholesky(a)",
    "Factor": "run = lambda: posdef.Factor(a)",
    "patched": "def run():\n    with posdef.patched(): np.linalg.cholesky(a)",
    "torch": "import torch, posdef.torch\nt = torch.tensor(a)\nrun = lambda: posdef.torch.cholesky(t)",
    "jax": "import jax, posdef.jax\nj = jax.numpy.array(a)\nrun = lambda: posdef.jax.cholesky(j).block_until_ready()",
    "jax.jit": "import jax, posdef.jax\nj = jax.numpy.array(a)\nf = jax.jit(posdef.jax.cholesky)\n"
    "run = lambda: f(j).block_until_ready()",
    "mlx": "import mlx.core as mx, posdef.mlx\nm = mx.array(a)\nrun = lambda: mx.eval(posdef.mlx.cholesky(m))",
}


@pytest.mark.parametrize("front", FRONTS)
def test_every_front(front):
    if front.partition(".")[0] in ("torch", "jax", "mlx"):
        pytest.importorskip({"mlx": "mlx.core"}.get(front, front.partition(".")[0]))
    code = MATRICES + FRONTS[front] + "\nwith posdef.num_threads(1): run()\nposdef.set_num_threads(2); run()"
    assert teams(code) == [1, min(2, PROCESSORS)]


class TestEnvironment:
    GET = "import posdef; print(posdef.get_num_threads()); posdef.set_num_threads(3); print(posdef.get_num_threads())"

    def test_openmp(self):
        assert printed(self.GET, OMP_NUM_THREADS="1,4") == ["1", "3"]

    def test_posdef(self):
        assert printed(self.GET, OMP_NUM_THREADS="1", POSDEF_NUM_THREADS="2") == ["2", "2"]

    def test_posdef_comes_before_the_keyword(self):
        code = MATRICES + "posdef.cholesky(a); posdef.cholesky(a, threads=2)"
        assert teams(code, POSDEF_NUM_THREADS="1") == [1, 1]
        assert teams(code) == [min(2, PROCESSORS)] * 2


IMPORTS = {"before": "import threadpoolctl, posdef\n", "after": "import posdef, threadpoolctl\n"}


@pytest.mark.parametrize("order", IMPORTS)
class TestThreadpoolctl:
    @pytest.fixture(autouse=True)
    def installed(self):
        pytest.importorskip("threadpoolctl")

    def test_limits(self, order):
        code = IMPORTS[order] + (
            "posdef.set_num_threads(3)\n"
            "for limits in (dict(limits=1), dict(limits=1, user_api='blas'), dict(limits={'blas': 2}),\n"
            "               dict(limits=1, user_api='openmp')):\n"
            "    with threadpoolctl.threadpool_limits(**limits): print(posdef.get_num_threads())\n"
            "    print(posdef.get_num_threads())"
        )
        assert printed(code) == "1 3 1 3 2 3 3 3".split()

    def test_calls_are_limited(self, order):
        code = MATRICES + IMPORTS[order] + "with threadpoolctl.threadpool_limits(1): posdef.cholesky(a)"
        assert teams(code) == [1]

    def test_info(self, order):
        code = IMPORTS[order] + (
            "posdef.set_num_threads(3)\n"
            "(d,) = [d for d in threadpoolctl.threadpool_info() if d['internal_api'] == 'posdef']\n"
            "print(d['user_api'], d['num_threads'], d['version'], d['filepath'])"
        )
        file = os.path.realpath(posdef._core.__file__)
        assert printed(code) == ["blas", "3", posdef.__version__, file]

    def test_other_files_of_the_same_name(self, order, tmp_path):
        """A library of another package named _core does not get posdef's controller."""
        other = shutil.copy(np.random._common.__file__, tmp_path / pathlib.Path(posdef._core.__file__).name)
        code = IMPORTS[order] + (
            f"import ctypes; ctypes.CDLL({str(other)!r})\n"
            "print(sum(d['internal_api'] == 'posdef' for d in threadpoolctl.threadpool_info()))"
        )
        assert printed(code) == ["1"]


def test_threadpoolctl_is_imported_by_the_program_only():
    assert printed("import posdef, sys; print('threadpoolctl' in sys.modules)") == ["False"]


def test_without_threadpoolctl():
    """A program that prevents the import, and a module of this name that is something else."""
    assert printed("import sys; sys.modules['threadpoolctl'] = None; import posdef; print(1)") == ["1"]
    code = "import sys, types; sys.modules['threadpoolctl'] = types.ModuleType('threadpoolctl'); import posdef; print(1)"
    assert printed(code) == ["1"]


class TestJoblib:
    @pytest.fixture(autouse=True)
    def installed(self):
        pytest.importorskip("joblib")

    @pytest.mark.parametrize("inner", [1, 2])
    def test_inner_max_num_threads(self, inner):
        code = (
            "import joblib, posdef\n"
            f"with joblib.parallel_config('loky', inner_max_num_threads={inner}):\n"
            "    print(*joblib.Parallel(n_jobs=2)(joblib.delayed(posdef.get_num_threads)() for _ in range(2)))"
        )
        assert printed(code) == [str(min(inner, PROCESSORS))] * 2
