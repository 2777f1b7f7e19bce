"""Every public name has a docstring in numpydoc form, and the examples in it are true."""

import doctest
import importlib
import inspect

import pytest

import posdef

MODULES = ["posdef", "posdef.torch", "posdef.jax", "posdef.mlx"]


def public(module):
    """(name, object) of the public functions and classes of a module, and of the methods of Factor."""
    for name in module.__all__:
        thing = getattr(module, name)
        if callable(thing):
            yield f"{module.__name__}.{name}", thing
    if module is posdef:
        for name in ("from_factor", "solve", "solve_triangular", "logdet", "inv"):
            yield f"posdef.Factor.{name}", getattr(posdef.Factor, name)


def load(name):
    try:
        return importlib.import_module(name)
    except ImportError as e:
        pytest.skip(str(e))


def sections(text):
    lines = inspect.cleandoc(text).split("\n")
    return [line for line, under in zip(lines, lines[1:]) if line and under == "-" * len(line)]


ORDER = ["Parameters", "Attributes", "Returns", "Yields", "Raises", "See Also", "Notes", "References", "Examples"]


@pytest.mark.parametrize("module", MODULES)
def test_form(module):
    for name, thing in public(load(module)):
        found = sections(thing.__doc__)
        assert found == [section for section in ORDER if section in found], name
        if not (inspect.isclass(thing) and issubclass(thing, Exception)):
            assert "Examples" in found, name
        assert max(map(len, thing.__doc__.split("\n")[2:]), default=0) <= 124, name  # 120, and an indentation of 4


@pytest.mark.parametrize("module", MODULES)
def test_parameters_are_described(module):
    """Each parameter of a function has a line in its section, in the order of the signature."""
    for name, thing in public(load(module)):
        if inspect.isclass(thing) and issubclass(thing, Exception):
            continue
        if hasattr(thing, "__nb_signature__"):
            text = thing.__nb_signature__[0][0]
            names = [part.split(":")[0].strip() for part in text[text.index("(") + 1 : text.rindex(")")].split(",")]
        else:
            names = list(inspect.signature(thing).parameters)
        names = [n for n in names if n not in ("", "*", "self")]
        doc = inspect.cleandoc(thing.__doc__)
        described = []
        if "Parameters\n----------" in doc:
            for line in doc.split("Parameters\n----------\n")[1].split("\n\n")[0].split("\n"):
                if line and not line.startswith(" "):
                    described += line.split(" : ")[0].split(", ")
        assert described == names, name


@pytest.mark.parametrize("module", MODULES)
def test_examples(module):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    module = load(module)
    for name, thing in [(module.__name__, module), *public(module)]:
        test = doctest.DocTestParser().get_doctest(inspect.cleandoc(thing.__doc__), {}, name, None, 0)
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
    assert runner.tries > 10
