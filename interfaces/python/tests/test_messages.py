"""Errors name the Python function and its keyword, and no function or member of the C++ library."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import positive_definite

import posdef

A = positive_definite(3, "float64", (2,))
L = posdef.cholesky(A)
INSIDE = re.compile(r"try_|device::|options\.|shape\.|std::|workspace\.|\bvector::|_core|posdef: |\b[a-z]+\.(ld|stride)\b")


def message(kind, call):
    with pytest.raises(kind) as caught:
        call()
    text = str(caught.value)
    assert not INSIDE.search(text), text
    return text


def overlapping(n=6):
    """Two views of one memory that share some of it."""
    memory = np.zeros(n * n + 4)
    return memory[: n * n].reshape(n, n), memory[4:].reshape(n, n)


def same_matrix_twice():
    return np.lib.stride_tricks.as_strided(np.zeros(9), (2, 3, 3), (0, 24, 8))


@pytest.mark.parametrize("name", ["cholesky", "cholesky_inverse", "inv_triangular", "inv"])
def test_output_that_overlaps_the_input(name):
    given, out = overlapping()
    given[...] = np.eye(6)
    argument = "a" if name in ("cholesky", "inv") else "l"
    assert message(ValueError, lambda: getattr(posdef, name)(given, out=out)) == (
        f"posdef.{name}: out is partly the same memory as {argument} (matrix 0); "
        "expected exactly the same matrices, or no common element"
    )


@pytest.mark.parametrize("name", ["cholesky", "cholesky_inverse", "inv_triangular", "inv"])
def test_output_in_which_matrices_overlap(name):
    assert message(ValueError, lambda: getattr(posdef, name)(L, out=same_matrix_twice())) == (
        f"posdef.{name}: out has strides (0, 24, 8); expected matrices of a batch that share no element"
    )


@pytest.mark.parametrize("name", ["cholesky", "inv"])
def test_overwritten_input_in_which_matrices_overlap(name):
    assert message(ValueError, lambda: getattr(posdef, name)(same_matrix_twice(), overwrite_a=True)) == (
        f"posdef.{name}: a has strides (0, 24, 8); expected matrices of a batch that share no element"
    )


@pytest.mark.parametrize("name, left", [("cholesky_solve", "l"), ("solve_triangular", "l"), ("solve", "a")])
def test_outputs_of_solves(name, left):
    solve = getattr(posdef, name)
    right, out = overlapping()
    assert message(ValueError, lambda: solve(np.eye(6), right, out=out)).startswith(
        f"posdef.{name}: out is partly the same memory as b (matrix 0); expected"
    )
    if left == "l":
        l = np.eye(3)
        assert message(ValueError, lambda: solve(l, np.ones((3, 3)), out=l)) == (
            f"posdef.{name}: out is the same memory as l; expected separate memory"
        )
    assert message(ValueError, lambda: solve(L, np.ones((3, 3)), out=same_matrix_twice())).startswith(
        f"posdef.{name}: out has strides (0, 24, 8); expected"
    )


def test_methods_of_factor():
    f = posdef.Factor(np.eye(6))
    right, out = overlapping()
    assert message(ValueError, lambda: f.solve(right, out=out)).startswith(
        "posdef.Factor.solve: out is partly the same memory as b"
    )
    l = np.eye(3)
    borrowed = posdef.Factor.from_factor(l)
    for name in ("solve", "solve_triangular"):
        assert message(ValueError, lambda: getattr(borrowed, name)(np.ones((3, 3)), out=l)) == (
            f"posdef.Factor.{name}: out is the same memory as the factor; expected separate memory"
        )
    assert message(ValueError, lambda: posdef.Factor(same_matrix_twice(), overwrite_a=True)).startswith(
        "posdef.Factor: a has strides (0, 24, 8); expected"
    )


FUNCTIONS = {
    "cholesky": (A,), "cholesky_ex": (A,), "inv": (A,), "logdet": (A,), "solve": (A, A), "cholesky_solve": (L, A),
    "cholesky_inverse": (L,), "cholesky_logdet": (L,), "solve_triangular": (L, A), "inv_triangular": (L,),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
class TestKeywords:
    def test_device(self, name):
        def call(device):
            return lambda: getattr(posdef, name)(*FUNCTIONS[name], device=device)

        for word in ("gpu", "cpu:x", "", "cpu\0", "\udc80", "é"):
            assert message(ValueError, call(word)).startswith(f"posdef.{name}: device is {word!r}; expected None, 'cpu'")
        assert message(TypeError, call(0)) == f"posdef.{name}: device is 0; expected None or a name"
        unknown = message(posdef.UnavailableError, call("cpu:1"))
        assert unknown.startswith(f"posdef.{name}: device is 'cpu:1': ")

    def test_flags(self, name):
        flags = [word for word in ("upper", "overwrite_a", "overwrite_b", "overwrite_l", "unit_diagonal")
                 if f"{word}: bool" in getattr(posdef, name).__doc__]  # fmt: skip
        assert "upper" in flags
        for flag in flags:
            for value in (1, "yes"):
                text = message(TypeError, lambda: getattr(posdef, name)(*FUNCTIONS[name], **{flag: value}))
                assert text == f"posdef.{name}: {flag} is {value!r}; expected True or False"
        getattr(posdef, name)(*FUNCTIONS[name], upper=np.bool_(False))

    def test_words(self, name):
        for word in ("no", "\udc80", 3):
            if name != "cholesky_ex":
                text = message(ValueError, lambda: getattr(posdef, name)(*FUNCTIONS[name], on_failure=word))
                assert text.startswith(f"posdef.{name}: on_failure is {word!r}; expected 'raise'")
        for threads in (0, -1, 2**40, 1.5, "2"):
            text = message(ValueError, lambda: getattr(posdef, name)(*FUNCTIONS[name], threads=threads))
            assert text == f"posdef.{name}: threads is {threads!r}; expected None or 1 or more"


PROGRAM = """
import numpy as np, posdef
a = np.eye(3)
calls = {
    "cholesky": lambda: posdef.cholesky(a),
    "solve": lambda: posdef.solve(a, a),
    "inv": lambda: posdef.inv(a),
    "logdet": lambda: posdef.logdet(a),
    "solve_triangular": lambda: posdef.solve_triangular(a, a),
    "Factor": lambda: posdef.Factor(a),
    "default_device": posdef.default_device,
    "get_num_threads": posdef.get_num_threads,
}
for name, call in calls.items():
    try:
        call()
    except Exception as e:
        print(name, type(e).__name__, e, sep="|")
"""


@pytest.mark.parametrize(
    "variable, value, kind, text",
    [
        ("POSDEF_DEVICE", "gpu", "ValueError", 'the environment variable POSDEF_DEVICE is "gpu"; expected automatic, cpu'),
        ("POSDEF_ISA", "mmx", "ValueError", 'the environment variable POSDEF_ISA is "mmx"; expected one of avx512'),
        ("POSDEF_ALGORITHM", "x", "ValueError", 'the environment variable POSDEF_ALGORITHM is "x"; expected "recursive"'),
        ("POSDEF_VERBOSE", "2", "ValueError", 'the environment variable POSDEF_VERBOSE is "2"; expected 0 or 1'),
        ("POSDEF_NUM_THREADS", "x", "ValueError", 'the environment variable POSDEF_NUM_THREADS is "x"; expected an integer'),
        ("POSDEF_DEVICE", "cuda:7", "UnavailableError", ""),
    ],
)
def test_environment(variable, value, kind, text):
    """Runs in another process, because the environment is read once."""
    environment = {**os.environ, variable: value}
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    lines = [line.split("|", 2) for line in ran.stdout.splitlines()]
    names = {name for name, *_ in lines}
    assert {"cholesky", "solve", "inv", "logdet", "solve_triangular", "Factor"} <= names
    assert "get_num_threads" in names or variable != "POSDEF_NUM_THREADS"
    for name, raised, said in lines:
        assert raised == kind
        assert said.startswith(f"posdef.{name}: {text}"), said
        assert not INSIDE.search(said), said


def test_environment_in_a_custom_call_of_jax():
    pytest.importorskip("jax")
    program = (
        "import jax.numpy as jnp, posdef.jax\n"
        "try: posdef.jax.cholesky(jnp.eye(3)).block_until_ready()\n"
        "except Exception as e: print(e)\n"
    )
    environment = {**os.environ, "POSDEF_DEVICE": "gpu"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert 'posdef.jax.cholesky: the environment variable POSDEF_DEVICE is "gpu"; expected' in ran.stdout
    assert not INSIDE.search(ran.stdout), ran.stdout


def test_memory():
    """A batch that is too large for memory: its matrices have no elements, but each has an info."""
    many = np.lib.stride_tricks.as_strided(np.zeros(1), (2**59, 0, 0), (0, 0, 0))
    assert message(MemoryError, lambda: posdef.cholesky(many)).startswith("posdef.cholesky: out of memory")


def test_public_errors_are_named_after_the_package():
    for kind in (posdef.NotPositiveDefiniteError, posdef.SingularError, posdef.UnavailableError):
        assert kind.__module__ == "posdef"


class TestFrameworks:
    """Errors of posdef.torch, posdef.jax and posdef.mlx name the function of that module and its keyword."""

    @pytest.fixture(params=["torch", "jax", "mlx"])
    def framework(self, request):
        try:
            module = __import__(f"posdef.{request.param}", fromlist=["*"])
        except ImportError as e:
            pytest.skip(str(e))
        if request.param == "torch":
            import torch

            return module, torch.tensor
        if request.param == "jax":
            import jax.numpy as jnp

            return module, jnp.array
        import mlx.core as mx

        return module, mx.array

    def test_on_failure(self, framework):
        module, new = framework
        for name, arguments in FUNCTIONS.items():
            if name in ("cholesky_ex", "cholesky_logdet"):
                continue
            arrays = [new(x.astype("float32")) for x in arguments]
            text = message(ValueError, lambda: getattr(module, name)(*arrays, on_failure="never"))
            assert text.startswith(f"{module.__name__}.{name}: on_failure is 'never'; expected")

    def test_batch_dimensions(self, framework):
        module, new = framework
        for name in ("solve", "cholesky_solve", "solve_triangular"):
            left, right = new(np.stack([np.eye(3, dtype="f4")] * 2)), new(np.ones((4, 3, 1), "f4"))
            text = message(ValueError, lambda: getattr(module, name)(left, right))
            assert text == f"{module.__name__}.{name}: the batch dimensions (2,) and (4,) cannot be broadcast together"

    def test_trans(self, framework):
        module, new = framework
        eye = new(np.eye(3, dtype="f4"))
        text = message(ValueError, lambda: module.solve_triangular(eye, eye, trans="H"))
        assert text == f"{module.__name__}.solve_triangular: trans is 'H'; expected 'N', 'T' or 'C'"

    def test_arrays(self, framework):
        module, new = framework
        wrong = new(np.ones((3, 2), "f4"))
        for name, arguments in FUNCTIONS.items():
            if name == "cholesky_logdet":
                continue
            left = "a" if name in ("cholesky", "cholesky_ex", "inv", "logdet", "solve") else "l"
            text = message(ValueError, lambda: getattr(module, name)(*[wrong] * len(arguments)))
            assert f"{left} has shape" in text
            if module.__name__ != "posdef.jax":  # which converts its arguments with jnp.asarray
                text = message(TypeError, lambda: getattr(module, name)(*["x"] * len(arguments)))
                assert text.startswith(f"{module.__name__}.{name}: {left} is str; expected")
