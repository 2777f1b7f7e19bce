"""A Sphinx directive that shows the table of rules at the beginning of a public header as a list.

    .. header-rules:: include/posdef/operations.hpp
       :first: Type

The table has a word at the left and its explanation at the right, aligned in all lines. `first` is its first word.
"""

import pathlib
import re

from docutils.parsers.rst import directives
from from_sources import FromSources

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def rules(path, first):
    """[word or words, explanation] of each rule."""
    found, column = [], None
    for line in (ROOT / path).read_text().splitlines():
        text = re.sub(r"^(//| \*)", "", line)
        entry = re.match(r" +(\w+(?: \w+)?)  +(\S.*)", text)
        if column is None and (entry is None or entry[1] != first):
            continue
        if column is None:
            column = entry.start(2)
        if entry and entry.start(2) == column:
            found.append([entry[1], entry[2]])
        elif text.startswith(" " * column) and text.strip():
            found[-1][1] += " " + text.strip()
        else:
            break
    if not found:
        raise ValueError(f"{path}: no table of rules that begins with {first!r}")
    return found


class HeaderRules(FromSources):
    required_arguments = 1
    option_spec = {"first": directives.unchanged_required}

    def sources(self):
        return [ROOT / self.arguments[0]]

    def lines(self):
        path = self.arguments[0]
        lines = []
        for word, explanation in rules(path, self.options["first"]):
            text = re.sub(r"`([^`]+)`", r"``\1``", explanation.removesuffix(" */")).replace("*", r"\*")
            lines += [f"**{word}**", "   " + text, ""]
        return lines


def setup(app):
    app.add_directive("header-rules", HeaderRules)
    return {"version": "1", "parallel_read_safe": True}
