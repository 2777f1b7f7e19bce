"""A Sphinx directive that documents the commands of the program `posdef` from the calls of CLI11 in cli/commands.

    .. posdef-commands::

writes a section for each command: what it does, its options, and the text at the end of its --help. A call that this file
does not understand is an error, so nothing is left out in silence.
"""

import pathlib
import re

from from_sources import FromSources

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "cli/commands"
STRING = r'"(?:\\.|[^"\\])*"'


def strip_comments(text):
    return re.sub(rf"({STRING})|//[^\n]*", lambda m: m[1] or "", text)


def arguments(text, start):
    """The arguments of the call whose opening parenthesis is at `start`, and where it ends."""
    depth, found, begin, position = 0, [], start + 1, start
    while True:
        literal = re.compile(STRING).match(text, position)
        if literal:
            position = literal.end()
            continue
        character = text[position]
        depth += (character in "([{") - (character in ")]}")
        if (character == "," and depth == 1) or depth == 0:
            found.append(text[begin:position].strip())
            begin = position + 1
        position += 1
        if depth == 0:
            return found, position


class Program:
    """The functions add_...() of cli/commands, and the constants that their texts use."""

    def __init__(self):
        self.functions, self.constants, self.options = {}, {}, 0
        for path in sorted([*FOLDER.glob("*.cpp"), *FOLDER.glob("*.hpp")]):
            text = strip_comments(path.read_text())
            self.options += len(re.findall(r"(?:->|\.)add_(?:option|flag)\(", text))
            for name, parameters, body in re.findall(
                r"^(?:void|CLI::\w+\*) (add_\w+)\(([^{;]*?)\) \{\n(.*?)^\}", text, re.M | re.S
            ):
                names = [p.split()[-1].lstrip("&*") for p in parameters.split(",")]
                self.functions[name] = (names, body)
            for name, value in re.findall(rf"constexpr [\w:*& ]+?\b(\w+) =\s*((?:{STRING}\s*)+|\d+);", text):
                self.constants[name] = value

    def text(self, expression, values):
        """The value of a C++ expression of strings, names, numbers and `name.empty() ? one : other`."""
        expression = re.sub(r"std::(?:to_)?string\(([^()]*(?:\([^()]*\))*[^()]*)\)", r"\1", expression)
        parts = re.findall(rf"{STRING}|\?|:|[\w.()]+", expression)
        if "?" in parts:
            question, colon = parts.index("?"), parts.index(":")
            name = parts[question - 1].removesuffix(".empty()")
            parts = parts[colon + 1 :] if values[name] else parts[question + 1 : colon]
        result = ""
        for part in parts:
            if part.startswith('"'):
                result += part[1:-1].replace(r"\n", "\n").replace(r"\"", '"')
            elif part.isdigit():
                result += part
            elif part in values:
                result += values[part]
            elif part in self.constants:
                result += self.text(self.constants[part], {})
            else:
                raise ValueError(f"cli/commands: what is {part!r} in a help text?")
        return result

    def read(self, function, values, into):
        """Adds what a function does to a command: options, the text behind them, further commands."""
        names, body = self.functions[function]
        for name in names:
            if values.get(name) == "":
                body = re.sub(rf"^( +)if \(!{name}\.empty\(\)\) {{.*?^\1}}", "", body, flags=re.M | re.S)
        for call in re.finditer(r"(?:(?:->|\.)|\b)(add_\w+|footer)\(", body):
            given, _ = arguments(body, call.end() - 1)
            name = call[1]
            if name in ("add_option", "add_flag"):
                self.options_read.add((function, given[0]))
                into["options"].append((self.text(given[0], values), self.text(given[2], values)))
            elif name == "footer":
                into["footer"] = self.text(given[0], values)
            elif name == "add_subcommand":
                into["name"], into["about"] = self.text(given[0], values), self.text(given[1], values)
            elif name in self.functions:
                inner = dict(zip(self.functions[name][0], (self.value(g, values) for g in given)))
                if "add_kind(" in self.functions[name][1]:  # a further command behind this one
                    into["kinds"].append(new_command())
                    self.read(name, inner, into["kinds"][-1])
                else:
                    self.read(name, inner, into)
            elif name not in ("add_option_group", "add_jitter", "add_text", "add_pivots"):
                raise ValueError(f"cli/commands: {function} calls {name}, which is not known here")

    def value(self, expression, values):
        try:
            return self.text(expression, values)
        except ValueError:
            return ""  # an argument that is no text

    def commands(self):
        self.options_read = set()
        order = re.findall(r"^ +(add_\w+)\(app", (FOLDER.parent / "main.cpp").read_text(), re.M)
        for function in order:
            command = new_command()
            self.read(function, {}, command)
            yield command
        if len(self.options_read) != self.options:
            raise ValueError(f"cli/commands: {self.options} options, of which {len(self.options_read)} were read")


def new_command():
    return {"name": "", "about": "", "options": [], "footer": "", "kinds": []}


def escape(text):
    return re.sub(r"([*\\|])", r"\\\1", re.sub(r"`([^`]+)`", r"``\1``", text))


def sentence(text):
    return text if text.endswith((".", "?")) else text + "."


def section(command, prefix, underline):
    title = f"{prefix} {command['name']}"
    lines = [title, underline * len(title), "", sentence(escape(command["about"])), ""]
    for flags, meaning in command["options"]:
        lines += [", ".join(f"``{flag}``" for flag in flags.split(",")), f"   {escape(meaning)}", ""]
    # A line of the --help that ends a sentence begins a new paragraph here.
    for part in filter(None, escape(command["footer"]).split(".\n")):
        lines += [sentence(part.replace("\n", " ")), ""]
    for kind in command["kinds"]:
        lines += section(kind, title, "~")
    return lines


class Commands(FromSources):
    sections = True

    def sources(self):
        return FOLDER.glob("*.[ch]pp")

    def lines(self):
        lines = []
        for command in Program().commands():
            lines += section(command, "posdef", "-")
        return lines


def setup(app):
    app.add_directive("posdef-commands", Commands)
    return {"version": "1", "parallel_read_safe": True}
