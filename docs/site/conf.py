"""Sphinx: the site is made from the pages in docs/ and the pages at the top of the repository. scripts/docs runs it."""

import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
sys.path.insert(0, str(here))

project = "posdef"
copyright = "the authors of posdef, MIT license"
version = release = re.search(r"project\(posdef VERSION ([0-9.]+)", (root / "CMakeLists.txt").read_text())[1]

# The source folder is the whole repository, so that a link from one page to another, or to a source file, is the same in
# the repository and on the site.
root_doc = "docs/index"
include_patterns = ["docs/**", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
exclude_patterns = ["docs/site/**", "build*", ".*", "src", "tests", "cli", "bench", "packaging", "interfaces", "examples"]

extensions = ["myst_parser", "breathe", "command_reference", "header_rules", "python_reference"]
myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a page may begin below the first level of headings

breathe_projects = {"posdef": str(root / "build/docs/doxygen/xml")}
breathe_default_project = "posdef"
breathe_default_members = ("members", "undoc-members")
breathe_domain_by_extension = {"h": "c", "hpp": "cpp"}
breathe_show_include = False

highlight_language = "none"
smartquotes = False  # "--uplo" stays as it is
html_theme = "furo"
html_title = f"posdef {release}"
html_extra_path = ["root"]
html_static_path = ["static"]
html_css_files = ["wide.css"]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True}
