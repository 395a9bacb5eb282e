"""What the page's own markup says of its texts: trafilatura's output tells only a part of it.

Texts are found again by their words, whatever element trafilatura has put them into.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from cleaning.block import Block, Kind
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
}
_HEADINGS: Final = tuple(tag for tag, kind in _KINDS.items() if kind == "heading")
_TEXTS: Final = ("p", "blockquote", "dt")
_MAX_HEADING_WORDS: Final = 25
_MIN_CAPTION_WORDS: Final = 3
_MIN_HEADLINE_WORDS: Final = 4


@dataclass(slots=True)
class Markup:
    """What the markup says of a text, keyed by the text's words."""

    kinds: dict[Words, Kind] = field(default_factory=dict)
    #: The heading that stands right above a text.
    headings: dict[Words, str] = field(default_factory=dict)
    #: Texts right below a heading that is a link.
    teasers: set[Words] = field(default_factory=set)
    #: Texts that are a link and nothing else.
    links: set[Words] = field(default_factory=set)
    #: What stands under pictures, credits and all, as phrases; and what stands in their place.
    captions: set[str] = field(default_factory=set)
    alternatives: set[Words] = field(default_factory=set)

    def leads(self, blocks: Iterable[Block]) -> list[Words]:
        """The texts among the blocks that lead to other articles: headlines, and teasers below."""
        texts = [folded_words(block.text) for block in blocks]
        said = _phrase(word for text in texts for word in text)
        headlines = (link for link in self.links if len(link) >= _MIN_HEADLINE_WORDS)
        found = [link for link in headlines if _phrase(link) in said]
        return found + [text for text in texts if text in self.teasers]

    def is_caption(self, words: Words) -> bool:
        """Whether a text stands in for a picture, or is a caption or the better part of one."""
        if len(words) < _MIN_CAPTION_WORDS:
            return False
        said = _phrase(words)
        return words in self.alternatives or any(said in caption for caption in self.captions)


def read_markup(tree: HtmlElement) -> Markup:
    """Read a parsed page; it is not changed."""
    found = Markup()
    for element in tree.iter("a", "figcaption", "img", *_KINDS, *_TEXTS):
        text = element.get("alt", "") if element.tag == "img" else " ".join(element.itertext())
        if words := folded_words(text):
            _note(element, words, found)
    return found


def _phrase(words: Iterable[str]) -> str:
    """The words as text in which whole words can be looked for."""
    return f" {' '.join(words)} "


def _note(element: HtmlElement, words: Words, found: Markup) -> None:
    if element.tag == "a":
        found.links.add(words)
        return
    if element.tag == "figcaption":
        found.captions.add(_phrase(words))
        return
    if element.tag == "img":
        found.alternatives.add(words)
        return
    kind = _KINDS.get(str(element.tag))
    if kind:
        found.kinds.setdefault(words, kind)
    above = _heading_above(element) if kind != "heading" else None
    if above is None:
        return
    if above.find(".//a") is not None:
        found.teasers.add(words)
    elif text := _heading_text(above):
        found.headings.setdefault(words, text)


def _heading_above(element: HtmlElement) -> HtmlElement | None:
    """The heading that is the element's, or its list's, neighbour before."""
    before, parent = element.getprevious(), element.getparent()
    if before is None and element.tag == "li" and parent is not None:
        before = parent.getprevious()
    return before if before is not None and before.tag in _HEADINGS else None


def _heading_text(heading: HtmlElement) -> str | None:
    text = one_line(" ".join(heading.itertext()))
    return text if 0 < len(text.split()) <= _MAX_HEADING_WORDS else None
