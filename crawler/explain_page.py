"""Makes one self-contained page of an explanation, with the original beside it.

Nothing in it is fetched and no script runs, of ours or of the page's: its policy forbids both, and
the original is cleaned of what would try, since a browser complains of each attempt.
"""

from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from lxml import etree, html
from lxml_html_clean import Cleaner

from cleaning.decode import decode
from cleaning.explanation import Explanation
from cleaning.page import Page
from crawler import explain_wording
from crawler.explain_run import runs_of

#: Of an original that is shown, in characters: larger ones make browsers slow.
_MAX_ORIGINAL: Final = 2_000_000
#: What may stay in the original; nothing that loads, runs, sends or leads away.
_ATTRIBUTES: Final = frozenset({"colspan", "dir", "lang", "rowspan", "start", "title"})
#: What the Cleaner would let be: it loads, or browsers read it otherwise than lxml does.
_KILLED: Final = tuple(
    "audio base listing math noembed noframes noscript plaintext svg template title video"
    " xmp".split()
)
_CLEANER: Final = Cleaner(
    scripts=True,
    javascript=True,
    comments=True,
    style=True,
    inline_style=True,
    links=True,
    meta=True,
    page_structure=True,
    processing_instructions=True,
    embedded=True,
    frames=True,
    forms=True,
    annoying_tags=True,
    safe_attrs_only=True,
    safe_attrs=_ATTRIBUTES,
    kill_tags=_KILLED,
)


def page_of(explanation: Explanation, page: Page | None) -> str:
    """The whole HTML.

    Args:
        explanation: of the page.
        page: as it was read; None where there was none to clean.
    """
    return _template().render(
        explanation=explanation,
        record=explanation.record,
        runs=list(runs_of(explanation.blocks)),
        originals=[original_of(one) for one in (page, *page.continuations)] if page else [],
        wording=explain_wording,
    )


def original_of(page: Page) -> str:
    """The page without all that loads, runs or leads away; a text as it is."""
    if page.kind == "text":
        return _text_page(page.body.decode(errors="replace"))
    text = decode(page.body, page.headers.get("content-type")).text[:_MAX_ORIGINAL]
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), _parser())
        for image in tree.iter("img"):
            image.tag, image.text = "i", f"[{image.get('alt') or 'picture'}]"
        reading = _reading_of(tree)
        _CLEANER(tree)
        tree.attrib.update(reading)
        body: str = html.tostring(tree, encoding="unicode")
    except (etree.LxmlError, ValueError, RecursionError):
        return _text_page(text)
    return body


def _reading_of(tree: html.HtmlElement) -> dict[str, str]:
    """Direction and language of the whole, which the elements that say it take with them."""
    said: dict[str, str] = {}
    for element in (*tree.iter("html"), *tree.iter("body")):
        said |= {name: value for name in ("dir", "lang") if (value := element.get(name))}
    return said


def _text_page(text: str) -> str:
    """A text, or source that cannot be parsed, as HTML."""
    element = html.Element("pre")
    element.text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    shown: str = html.tostring(element, encoding="unicode")
    return shown


def _parser() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", huge_tree=False)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("crawler"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("explanation.html")
