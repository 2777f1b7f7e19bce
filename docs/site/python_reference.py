"""A Sphinx directive that documents a Python module of posdef without importing or building it.

    .. posdef-python:: posdef.torch

documents every name of the module's __all__. Signatures come from the .py files and, for the extension module, from
_core.pyi; the docstrings of the extension module come from interfaces/python/src/docstrings.hpp.
"""

import ast
import inspect
import pathlib
import re

from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

INTERFACE = pathlib.Path(__file__).resolve().parent.parent.parent / "interfaces/python"
PACKAGE = INTERFACE / "posdef"


def docstrings_of_core():
    """{name: docstring} of the extension module."""
    text = (INTERFACE / "src/docstrings.hpp").read_text()
    found = re.findall(r'const char (\w+)\[\] =\s*(?:R"\((.*?)\)"|"(.*?)");', text, re.S)
    return {name: raw or plain for name, raw, plain in found}


def definitions(path):
    """{name: node} of the functions and classes of a file; of overloads the first."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.setdefault(node.name, node)
    return found


def public_names(module):
    """(name, node, docstring) for each name of __all__ that is a function or a class."""
    path = PACKAGE / (module.partition(".")[2] or "__init__")
    path = path.with_suffix(".py")
    tree = ast.parse(path.read_text())
    places = {name: (node, ast.get_docstring(node)) for name, node in definitions(path).items()}
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
                places[alias.name] = (found, core.get(alias.name) if compiled else ast.get_docstring(found))
    (names,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
    for name in ast.literal_eval(names):
        if not name.startswith("__"):
            yield name, *places[name]


def signature(node):
    """A function's parameters and defaults, without types."""
    arguments = node.args
    for a in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        a.annotation = None
    return f"({ast.unparse(arguments)})"


def fields(text, parameters):
    """The docstring with its table of parameters ("name   meaning", aligned) as a list of fields."""
    lines = []
    in_table = False
    for line in inspect.cleandoc(text).splitlines():
        entry = re.match(r"(\w+) +(\S.*)$", line)
        if entry and entry[1] in parameters and (in_table or not lines or not lines[-1]):
            lines.append(f":param {entry[1]}: {entry[2]}")
            in_table = True
        elif in_table and line.startswith("  "):
            lines.append("    " + line.strip())
        else:
            in_table = False
            lines.append(line)
    return lines


def escape(line):
    """Plain text as reStructuredText: marks that docstrings use as themselves."""
    return re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", line).replace("*", r"\*")


class PythonModule(SphinxDirective):
    required_arguments = 1

    def run(self):
        module = self.arguments[0]
        lines = [f".. py:module:: {module}", ""]
        for name, node, doc in public_names(module):
            lines += self.entry(module, name, node, doc or "")
        for path in PACKAGE.glob("*.py*"):
            self.env.note_dependency(str(path))
        return self.parse_text_to_nodes("\n".join(lines))

    def entry(self, module, name, node, doc):
        if isinstance(node, ast.ClassDef):
            lines = [f".. py:class:: {name}", ""]
            lines += ["   " + escape(line) for line in inspect.cleandoc(doc).splitlines()] + [""]
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    text = self.entry(module, method.name, method, ast.get_docstring(method) or "")
                    lines += ["   " + line for line in text]
            return lines
        kind = "property" if any(ast.unparse(d) == "property" for d in node.decorator_list) else "function"
        arguments = "" if kind == "property" else signature(node)
        parameters = {a.arg for a in [*node.args.args, *node.args.kwonlyargs]}
        body = [escape(line) for line in fields(doc, parameters)]
        return [f".. py:{kind}:: {name}{arguments}", "", *["   " + line for line in body], ""]


def setup(app):
    app.add_directive("posdef-python", PythonModule)
    return {"version": "1", "parallel_read_safe": True}
