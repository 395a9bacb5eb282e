"""What the page's own markup says of its texts: trafilatura's output tells only a part of it.

Texts are found again by their words, whatever element trafilatura has put them into.
"""

from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from cleaning.block import Kind
from cleaning.characters import folded_words, one_line

Words = tuple[str, ...]

_KINDS: Final[dict[str, Kind]] = {
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "li": "list-item",
    "figcaption": "caption",
}
_HEADINGS: Final = tuple(tag for tag, kind in _KINDS.items() if kind == "heading")
_TEXTS: Final = ("p", "blockquote", "dt")
_MAX_HEADING_WORDS: Final = 25


@dataclass(slots=True)
class Markup:
    """What the markup says of a text, keyed by the text's words."""

    kinds: dict[Words, Kind] = field(default_factory=dict)
    #: The heading that stands right above a text.
    headings: dict[Words, str] = field(default_factory=dict)
    #: Texts that are a link and nothing else.
    links: set[Words] = field(default_factory=set)


def read_markup(tree: HtmlElement) -> Markup:
    """Read a parsed page; it is not changed."""
    found = Markup()
    for element in tree.iter("a", *_KINDS, *_TEXTS):
        words = folded_words(" ".join(element.itertext()))
        if words:
            _note(element, words, found)
    return found


def _note(element: HtmlElement, words: Words, found: Markup) -> None:
    if element.tag == "a":
        found.links.add(words)
        return
    kind = _KINDS.get(element.tag)
    if kind:
        found.kinds.setdefault(words, kind)
    heading = _heading_above(element) if kind != "heading" else None
    if heading:
        found.headings.setdefault(words, heading)


def _heading_above(element: HtmlElement) -> str | None:
    """The heading that is the element's, or its list's, neighbour before.

    One in a box of its own, or one that is a link, leads to another article.
    """
    before = element.getprevious()
    if before is None and element.tag == "li":
        before = element.getparent().getprevious()
    if before is None or before.tag not in _HEADINGS or before.find(".//a") is not None:
        return None
    text = one_line(" ".join(before.itertext()))
    return text if 0 < len(text.split()) <= _MAX_HEADING_WORDS else None
