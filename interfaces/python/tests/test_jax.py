"""posdef on JAX arrays, and the custom calls of posdef.jax."""

import pathlib
import shutil
import subprocess

import numpy as np
import pytest
from conftest import positive_definite, random_matrix

import posdef

jax = pytest.importorskip("jax", reason="JAX is not installed")

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
from jax.test_util import check_grads  # noqa: E402

import posdef.jax as pj  # noqa: E402

DOUBLES = ["float64", "complex128"]


class TestArrays:
    """posdef on JAX arrays through DLPack, without posdef.jax."""

    def test_same_numbers_as_numpy(self, dtype, upper):
        a, b = positive_definite(9, dtype, (3,)), random_matrix((3, 9, 2), dtype)
        c = posdef.cholesky(jnp.array(a), upper=upper)
        assert isinstance(c, jax.Array) and c.dtype == dtype
        np.testing.assert_array_equal(c, posdef.cholesky(a, upper=upper))
        np.testing.assert_array_equal(
            posdef.cholesky_solve(c, jnp.array(b), upper=upper), posdef.cholesky_solve(np.asarray(c), b, upper=upper)
        )
        factor, info = posdef.cholesky_ex(jnp.array(a))
        assert info.dtype == jnp.int32 and info.shape == (3,)

    def test_arrays_are_not_changed_in_place(self):
        a = jnp.array(positive_definite(4, "float64"))
        kept = np.array(a)
        posdef.cholesky(a, overwrite_a=True)
        np.testing.assert_array_equal(a, kept)
        with pytest.raises(ValueError, match="posdef.cholesky: out is an array of jax"):
            posdef.cholesky(a, out=a)

    def test_half(self):
        a = jnp.array(positive_definite(5, "float32")).astype(jnp.bfloat16)
        c = posdef.cholesky(a)
        assert c.dtype == jnp.bfloat16
        np.testing.assert_array_equal(c, posdef.cholesky(a.astype("float32")).astype(jnp.bfloat16))
        np.testing.assert_array_equal(c, pj.cholesky(a))

    def test_tracer_is_named(self):
        with pytest.raises(TypeError, match="posdef.cholesky: a is traced by JAX; posdef.jax.cholesky works"):
            jax.jit(lambda a: posdef.cholesky(a))(jnp.eye(3))
        with pytest.raises(TypeError, match="^posdef.Factor: a is traced by JAX; posdef.jax.cholesky works"):
            jax.jit(lambda a: posdef.Factor(a).logdet())(jnp.eye(3))


def inputs(dtype, upper, batch=()):
    a = positive_definite(4, dtype, batch, spread=10)
    return jnp.array(a), jnp.array(posdef.cholesky(a, upper=upper)), jnp.array(random_matrix((*batch, 4, 2), dtype))


def hermitian(a):
    return (a + jnp.conj(jnp.swapaxes(a, -1, -2))) / 2


def real_diagonal(c):
    d = jnp.eye(c.shape[-1], dtype=c.dtype) * c
    return c - d + jnp.real(d).astype(c.dtype)


def cases(upper):
    """Functions of (a, c, b), differentiable in every element that they read."""
    yield "cholesky", lambda a, c, b: pj.cholesky(hermitian(a), upper=upper)
    yield "logdet", lambda a, c, b: pj.logdet(hermitian(a), upper=upper)
    yield "solve", lambda a, c, b: pj.solve(hermitian(a), b, upper=upper)
    yield "inv", lambda a, c, b: pj.inv(hermitian(a), upper=upper)
    yield "cholesky_logdet", lambda a, c, b: pj.cholesky_logdet(real_diagonal(c))
    yield "cholesky_inverse", lambda a, c, b: pj.cholesky_inverse(real_diagonal(c), upper=upper)
    yield "cholesky_solve", lambda a, c, b: pj.cholesky_solve(real_diagonal(c), b, upper=upper)
    yield "inv_triangular", lambda a, c, b: pj.inv_triangular(c, upper=upper)
    for trans in "NTC":
        yield f"solve_triangular {trans}", lambda a, c, b, t=trans: pj.solve_triangular(c, b, upper=upper, trans=t)


NAMES = [name for name, _ in cases(False)]


def test_same_numbers_as_numpy(dtype, upper):
    a, c, b = inputs(dtype, upper, (3,))
    na, nc, nb = map(np.asarray, (a, c, b))
    equal = np.testing.assert_array_equal
    equal(pj.cholesky(a, upper=upper), posdef.cholesky(na, upper=upper))
    equal(pj.cholesky_inverse(c, upper=upper), posdef.cholesky_inverse(nc, upper=upper))
    equal(pj.inv_triangular(c, upper=upper), posdef.inv_triangular(nc, upper=upper))
    equal(pj.cholesky_solve(c, b, upper=upper), posdef.cholesky_solve(nc, nb, upper=upper))
    equal(pj.cholesky_solve(c[0], b, upper=upper), posdef.cholesky_solve(nc[0], nb, upper=upper))
    equal(pj.cholesky_solve(c, b[0, :, 0], upper=upper), posdef.cholesky_solve(nc, nb[0, :, 0], upper=upper))
    equal(pj.inv(a, upper=upper), posdef.inv(na, upper=upper))
    for left, right in ((a, b), (a[0], b), (a, b[0, :, 0])):
        equal(pj.solve(left, right, upper=upper), posdef.solve(np.asarray(left), np.asarray(right), upper=upper))
    for trans in "NTC":
        equal(
            pj.solve_triangular(c, b, upper=upper, trans=trans),
            posdef.solve_triangular(nc, nb, upper=upper, trans=trans),
        )
    assert pj.cholesky(jnp.zeros((0, 3, 3), dtype)).shape == (0, 3, 3)
    assert pj.cholesky(jnp.zeros((2, 0, 0), dtype)).shape == (2, 0, 0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype, upper", [("float64", False), ("complex128", True)])
def test_gradients(name, dtype, upper):
    order = 2 if dtype == "float64" and name in ("cholesky", "cholesky_solve", "inv_triangular") else 1
    check_grads(dict(cases(upper))[name], inputs(dtype, upper, (2,)), order=order, modes=["fwd", "rev"])


@pytest.mark.parametrize("dtype", DOUBLES)
def test_gradients_are_jaxs(dtype):
    a, _, b = inputs(dtype, False, (3,))
    ours = jax.grad(lambda a: abs(pj.cholesky(a) @ b).sum())(a)
    theirs = jax.grad(lambda a: abs(jnp.linalg.cholesky(a) @ b).sum())(a)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype, upper", [("float32", True), ("complex128", False)])
def test_vmap_and_jit(name, dtype, upper):
    function = dict(cases(upper))[name]
    a, c, b = inputs(dtype, upper, (5, 3))
    expected = function(a, c, b)
    close = dict(rtol=0, atol=1e-4 if np.finfo(dtype).bits == 32 else 1e-12)
    np.testing.assert_allclose(jax.jit(jax.vmap(jax.vmap(function)))(a, c, b), expected, **close)
    np.testing.assert_allclose(jax.vmap(function, in_axes=1, out_axes=1)(a, c, b), expected, **close)
    shared = jax.vmap(lambda b: function(a[0], c[0], b))(b)
    np.testing.assert_allclose(shared, np.stack([function(a[0], c[0], x) for x in b]), **close)


def test_gradient_of_a_batch_is_the_batch_of_gradients():
    a, _, _ = inputs("float64", False, (3,))
    each = jax.vmap(jax.grad(pj.logdet))(a)
    np.testing.assert_allclose(each, np.linalg.inv(a), rtol=1e-10)
    hessian = jax.hessian(pj.logdet)(a[0])
    assert hessian.shape == (4, 4, 4, 4) and np.isfinite(hessian).all()


def test_failure():
    a = jnp.array(positive_definite(4, "float32", (3,))).at[1, 2, 2].set(-1)
    factor, info = jax.jit(pj.cholesky_ex)(a)
    np.testing.assert_array_equal(info, [0, 3, 0])
    np.testing.assert_array_equal(np.isnan(factor).any((1, 2)), [False, True, False])
    x, info = pj.cholesky_solve(jnp.eye(3).at[1, 1].set(-1), jnp.ones((2, 3, 1)), on_failure="report")
    assert info.tolist() == [2, 2] and np.isnan(x).all()
    x, info = pj.solve_triangular(jnp.eye(3).at[1, 1].set(-1), jnp.ones(3), on_failure="report")
    assert info == 0 and x.tolist() == [1, -1, 1]
    x, info = pj.solve(a, jnp.ones((2, 1, 4, 1), "float32"), on_failure="report")
    assert info.tolist() == [[0, 3, 0]] * 2
    np.testing.assert_array_equal(np.isnan(x).all((-1, -2)), [[False, True, False]] * 2)
    inverse, info = pj.inv(a, on_failure="report")
    assert info.tolist() == [0, 3, 0]
    np.testing.assert_array_equal(np.isnan(inverse).all((-1, -2)), [False, True, False])
    gradient = jax.grad(lambda a: pj.cholesky(a).sum())(a)
    np.testing.assert_array_equal(np.isnan(gradient).any((1, 2)), [False, True, False])
    with pytest.raises(ValueError, match="posdef.jax.cholesky: on_failure is 'raise'; expected 'nan' or 'report'"):
        pj.cholesky(a, on_failure="raise")
    with pytest.raises(ValueError, match=r"posdef.jax.cholesky: a has shape \(3, 2\)"):
        pj.cholesky(jnp.ones((3, 2)))
    with pytest.raises(TypeError, match="posdef.jax.cholesky: a has dtype int64"):
        pj.cholesky(jnp.ones((3, 3), int))
    with pytest.raises(ValueError, match="b has shape"):
        pj.cholesky_solve(jnp.eye(3), jnp.ones(4))


def test_layout_of_a_call_is_xlas(tmp_path):
    """Compares every offset that the handler uses with the header of this jaxlib."""
    header = pathlib.Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h"
    ours = pathlib.Path(__file__).parents[1] / "src" / "xla_abi.hpp"
    compiler = shutil.which("g++")
    if not (compiler and header.exists() and ours.exists()):
        pytest.skip("no g++, or no header of XLA beside this jaxlib")
    pairs = {
        "extension XLA_FFI_Extension_Base": "struct_size type next",
        "version XLA_FFI_Api_Version": "struct_size major:major_version minor:minor_version",
        "metadata XLA_FFI_Metadata": "struct_size api:api_version traits",
        "metadata_extension XLA_FFI_Metadata_Extension": "base:extension_base metadata",
        "error_arguments XLA_FFI_Error_Create_Args": "message code:errc",
        "functions XLA_FFI_Api": "version:api_version create_error:XLA_FFI_Error_Create",
        "buffer XLA_FFI_Buffer": "type:dtype data rank dims",
        "buffers XLA_FFI_Args": "size kinds:types items:args",
        "buffers XLA_FFI_Rets": "size kinds:types items:rets",
        "text XLA_FFI_ByteSpan": "data:ptr size:len",
        "scalar XLA_FFI_Scalar": "type:dtype value",
        "attributes XLA_FFI_Attrs": "size kinds:types names items:attrs",
        "call_frame XLA_FFI_CallFrame": "extensions:extension_start functions:api stage arguments:args results:rets "
        "attributes:attrs",
    }
    values = {
        "metadata_extension_type": "XLA_FFI_Extension_Metadata", "execute": "XLA_FFI_ExecutionStage_EXECUTE",
        "scalar_kind": "XLA_FFI_AttrType_SCALAR", "s64": "XLA_FFI_DataType_S64", "f32": "XLA_FFI_DataType_F32",
        "f64": "XLA_FFI_DataType_F64", "c64": "XLA_FFI_DataType_C64", "c128": "XLA_FFI_DataType_C128",
        "internal": "XLA_FFI_Error_Code_INTERNAL",
    }  # fmt: skip
    checks = [f"static_assert(x::{a} == {b});" for a, b in values.items()]
    for names, fields in pairs.items():
        mine, theirs = names.split()
        for field in fields.split():
            a, _, b = field.partition(":")
            checks.append(f"static_assert(offsetof(x::{mine}, {a}) == offsetof({theirs}, {b or a}));")
    source = tmp_path / "layout.cpp"
    source.write_text(
        f'#include "{header}"\n#include "{ours}"\nnamespace x = posdef::python::xla;\n'
        "static_assert(XLA_FFI_API_MAJOR == 0);\n" + "\n".join(checks)
    )
    done = subprocess.run([compiler, "-std=c++20", "-w", "-fsyntax-only", source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
