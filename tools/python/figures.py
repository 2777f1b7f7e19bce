"""Shared by the HTML pages of the program: plots as SVG elements, tables, and the page itself."""

import html
import io


def pyplot():
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "posdef"  # the same numbers give the same file
    import matplotlib.pyplot as plt
    return plt


def svg(figure):
    """The figure as an SVG element."""
    text = io.StringIO()
    figure.savefig(text, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot().close(figure)
    return text.getvalue()[text.getvalue().index("<svg"):]


def facts(pairs):
    """A table of (label, text) pairs."""
    rows = "".join(f"<tr><td>{html.escape(a)}</td><td>{html.escape(b)}</td></tr>" for a, b in pairs)
    return f'<table class="facts">{rows}</table>'


def document(title, body):
    """A complete page that loads no other file."""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222 }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
td, th {{ padding: .15em .7em; border-bottom: 1px solid #ddd; text-align: right }}
td:first-child, th:first-child, .facts td {{ text-align: left }}
.slower {{ color: #c0392b }}
.wide, pre {{ overflow-x: auto }}
.wide td {{ white-space: nowrap }}
svg {{ max-width: 100%; height: auto }}
</style></head><body>
<h1>{html.escape(title)}</h1>
{body}
</body></html>
"""
