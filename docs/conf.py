"""How the documentation is built: `make docs`, of this folder and of the project's other pages.

The source folder is the project's root, not this one. So a link to `../CONTRIBUTING.md` leads to a
page of the site, as it does on a git host, and is checked to its anchor.
"""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

import cleaning

project = "copydesk"
author = "copydesk"
project_copyright = "copydesk, Apache-2.0"
version = release = cleaning.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benchmarks/*.md",
    "crawler/sites/README.md",
    "output/README.md",
    "training/README.md",
]
# Not walked through: what is there to be run, and not read.
exclude_patterns = [".*", "**/__pycache__", "docs/_build", "output/*/**", "tests"]
# The page that a server shows for the whole site leads on to `docs/index.html`.
html_extra_path = ["_site"]

# --- Markdown as a git host reads it ------------------------------------------------------------

myst_heading_anchors = 4
myst_heading_slug_func = "github"
myst_enable_extensions = ["strikethrough"]

# --- docstrings ---------------------------------------------------------------------------------

# They have `code` in single backticks, as comments have.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
# Types have many fields, each by its keyword: one a line, and not all in one signature.
autodoc_class_signature = "separated"
autodoc_default_options = {"exclude-members": "__new__"}
# Other packages' names lead nowhere here: the site is built, and read, without a network.
nitpick_ignore_regex = [
    # what is taken by public functions and is not public itself
    ("py:class", r"cleaning\.(trace\.Trace|read\.T|explanation\.Origin|explanation\.Duplicates)"),
    ("py:class", r"crawler\.newsroom\.server\.Pages"),
    # the annotation of Page's own field is a string
    ("py:class", r"tuple\[~cleaning\.page\.Page"),
    ("py:.*", r"(_?pytest|collections\.abc|datetime|msgspec|numpy)\..*"),
    ("py:.*", r"(pathlib|scrapy|threading|typing)\..*"),
]
add_module_names = False
napoleon_numpy_docstring = False

# --- how it looks -------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"copydesk {release}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
html_copy_source = False
# For a line of text below each page that is found the browser would fetch it, which it may not do
# from disk.
html_show_search_summary = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Called by Sphinx; names the languages of code that Pygments does not know."""
    app.add_lexer("cron", TextLexer)
