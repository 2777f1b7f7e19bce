"""What the directives of this folder share: pages that are made from source files when the site is built."""

from sphinx.util.docutils import SphinxDirective


class FromSources(SphinxDirective):
    """A directive with `sources`, files that it reads, and lines(), its content as reStructuredText.

    A ValueError of lines() is an error of the page.
    """

    sections = False

    def run(self):
        for path in self.sources():
            self.env.note_dependency(str(path))
        try:
            text = "\n".join(self.lines())
        except ValueError as problem:
            raise self.error(str(problem)) from None
        return self.parse_text_to_nodes(text, allow_section_headings=self.sections)
