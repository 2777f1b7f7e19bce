"""The type stubs agree with the module and with Factor, and the modules have the same functions."""

import ast
import importlib
import inspect
import pathlib
import re

import pytest

import posdef
from posdef import _core

STUBS = pathlib.Path(_core.__file__).with_name("_core.pyi")


def parameters(tree):
    """(name, [(parameter, its default as text or None)]) of each definition; each overload is one."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            defaults = [None if d is None else ast.unparse(d) for d in node.args.kw_defaults]
            keywords = zip((p.arg for p in node.args.kwonlyargs), defaults)
            yield node.name, [(p.arg, None) for p in node.args.args] + list(keywords)


def declared():
    return parameters(ast.parse(STUBS.read_text()))


def actual(name):
    """The same for the module: nanobind keeps the text, with a backslash and a number for each default."""
    ((text, _, defaults),) = getattr(_core, name).__nb_signature__
    text = re.sub(r"\\(\d+)", lambda found: repr(defaults[int(found[1])]), text)
    return next(parameters(ast.parse(text + ": ...")))[1]


def test_every_function_has_a_stub():
    functions = {name for name in dir(_core) if hasattr(getattr(_core, name), "__nb_signature__")}
    assert functions == {name for name, _ in declared()}


@pytest.mark.parametrize("name, said", list(declared()))
def test_parameters(name, said):
    """Names, order and defaults. The overload for a pair has no default for on_failure, which selects it."""
    real = actual(name)
    assert [parameter for parameter, _ in said] == [parameter for parameter, _ in real]
    for (parameter, default), (_, theirs) in zip(said, real):
        assert default == theirs or (parameter == "on_failure" and default is None)


def test_stub_of_factor():
    """Every public member, its parameters and their defaults."""
    (stub,) = [n for n in ast.parse(STUBS.with_name("_factor.pyi").read_text()).body if isinstance(n, ast.ClassDef)]
    said = dict(parameters(stub))
    real = {n: m for n, m in vars(posdef.Factor).items() if not n.startswith("_") or n == "__init__"}
    assert set(said) == set(real)
    for name, member in real.items():
        if isinstance(member, property):
            assert said[name] == [("self", None)]
            continue
        found = inspect.signature(getattr(member, "__func__", member)).parameters.values()
        defaults = [(p.name, None if p.default is p.empty else repr(p.default)) for p in found]
        # The last overload has no default for on_failure, because this is the parameter that selects it.
        assert [n for n, _ in said[name]] == [n for n, _ in defaults]
        assert all(d == r or (n == "on_failure" and d is None) for (n, d), (_, r) in zip(said[name], defaults)), name


def test_modules_have_the_same_functions():
    """posdef.torch, posdef.jax and posdef.mlx have every function of posdef that takes arrays."""
    shared = {name for name, _ in declared() if not name.startswith("_")} - {"devices", "default_device"}
    for module in ("torch", "jax", "mlx"):
        try:
            module = importlib.import_module(f"posdef.{module}")
        except ImportError:
            continue
        assert set(module.__all__) == shared


def test_version_and_devices():
    assert posdef.__version__.count(".") == 2
    assert [d["name"] for d in posdef.devices() if d["available"]][:2] == ["cpu", "reference"]
