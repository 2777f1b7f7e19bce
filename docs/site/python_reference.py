"""A Sphinx directive that documents a Python module of posdef without importing or building it.

    .. posdef-python:: posdef.torch

documents every name of the module's __all__. Signatures come from the .py files and, for the extension module, from
_core.pyi. Docstrings come from the same places, and for the extension module from interfaces/python/src/docstring*.
"""

import ast
import importlib.util
import inspect
import pathlib
import re
import types

from sphinx.ext.napoleon import Config, NumpyDocstring
from from_sources import FromSources

INTERFACE = pathlib.Path(__file__).resolve().parent.parent.parent / "interfaces/python"
PACKAGE = INTERFACE / "posdef"
NAPOLEON = Config(napoleon_use_rtype=False, napoleon_use_admonition_for_examples=False)


def docstrings_of_core():
    """{name: docstring} of the extension module. A line "@part" stands for the text of that name."""
    text = "\n".join(p.read_text() for p in sorted((INTERFACE / "src").glob("docstring*.[ch]pp")))
    found = re.findall(r'(?:const char (\w+)\[\] =|\{"(@?\w+)",)\s*(?:R"\((.*?)\)"|"(.*?)")', text, re.S)
    texts = {variable or key: raw or plain for variable, key, raw, plain in found}
    return {name: re.sub(r"^@\w+", lambda part: texts[part[0]], doc, flags=re.M) for name, doc in texts.items()}


def docstring_of_framework(module, name):
    """The docstring that _documentation.py gives to a function of posdef.torch, jax or mlx."""
    path = PACKAGE / "_documentation.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("_documentation", path)
    documentation = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(documentation)
    return documentation.documented(module.partition(".")[2])(types.SimpleNamespace(__name__=name)).__doc__


def definitions(path):
    """{name: node} of the functions and classes of a file; of overloads the first."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.setdefault(node.name, node)
    return found


def public_names(module):
    """(name, node, docstring) for each name of __all__ that is a function or a class."""
    path = (PACKAGE / (module.partition(".")[2] or "__init__")).with_suffix(".py")
    tree = ast.parse(path.read_text())
    places = {}
    for name, node in definitions(path).items():
        places[name] = node, ast.get_docstring(node) or (node.name[0] != "_" and docstring_of_framework(module, name))
    core = docstrings_of_core()
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level != 1 or node.module is None:
            continue
        source = PACKAGE / f"{node.module}.py"
        compiled = not source.exists()
        there = definitions(source.with_suffix(".pyi") if compiled else source)
        for alias in node.names:
            if alias.name in there:
                found = there[alias.name]
                places[alias.name] = found, core.get(alias.name) if compiled else ast.get_docstring(found)
    (names,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
    for name in ast.literal_eval(names):
        if not name.startswith("__"):
            if not places[name][1]:
                raise ValueError(f"{module}.{name} has no docstring")
            yield name, *places[name]


def signature(node):
    """A function's parameters and defaults, without types."""
    arguments = node.args
    for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        a.annotation = None
    arguments.args = [a for a in arguments.args if a.arg not in ("self", "cls")]
    return f"({ast.unparse(arguments)})"


def fields(text, parameters):
    """A docstring with an aligned table of parameters ("name   meaning"), as a list of fields."""
    lines = []
    in_table = False
    for line in text.splitlines():
        entry = re.match(r"(\w+) +(\S.*)$", line)
        if entry and entry[1] in parameters and (in_table or not lines or not lines[-1]):
            lines.append(f":param {entry[1]}: {entry[2]}")
            in_table = True
        elif in_table and line.startswith("  "):
            lines.append("    " + line.strip())
        else:
            in_table = False
            lines.append(line)
    return "\n".join(lines)


def rst(text, parameters=()):
    """A docstring as lines of reStructuredText."""
    text = inspect.cleandoc(text)
    text = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", text)
    if re.search(r"^-{3,}$", text, re.M):
        return NumpyDocstring(text, NAPOLEON).lines()
    return fields(text.replace("*", r"\*"), parameters).splitlines()


def indented(lines):
    return ["   " + line if line else "" for line in lines]


def of_function(name, node, doc):
    decorators = [ast.unparse(d) for d in node.decorator_list]
    parameters = {a.arg for a in [*node.args.args, *node.args.kwonlyargs]}
    if "property" in decorators:
        return [f".. py:property:: {name}", "", *indented(rst(doc)), ""]
    kind = "classmethod" if "classmethod" in decorators else "function"
    return [f".. py:{kind}:: {name}{signature(node)}", "", *indented(rst(doc, parameters)), ""]


def of_class(name, node, doc):
    methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
    made_with = [signature(m) for m in methods if m.name == "__init__" and not name.endswith("Error")]
    lines = [f".. py:class:: {name}{''.join(made_with)}", "", *indented(rst(doc)), ""]
    for method in methods:
        if not method.name.startswith("_"):
            lines += indented(of_function(method.name, method, ast.get_docstring(method) or ""))
    return lines


class PythonModule(FromSources):
    required_arguments = 1

    def sources(self):
        return [*PACKAGE.glob("*.py*"), *INTERFACE.glob("src/docstring*")]

    def lines(self):
        module = self.arguments[0]
        lines = [f".. py:module:: {module}", ""]
        for name, node, doc in public_names(module):
            lines += (of_class if isinstance(node, ast.ClassDef) else of_function)(name, node, doc)
        return lines


def setup(app):
    app.add_directive("posdef-python", PythonModule)
    return {"version": "1", "parallel_read_safe": True}
