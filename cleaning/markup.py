"""What the page's markup says of its texts that lead elsewhere, and of its pictures.

Texts are found again by their words, wherever the article's blocks hold them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from lxml.html import HtmlElement

from cleaning.block import Block
from cleaning.characters import folded_words, phrase

Words = tuple[str, ...]

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_TEXTS: Final = ("p", "blockquote", "dt", "li")
_MIN_HEADLINE_WORDS: Final = 4


@dataclass(slots=True)
class Markup:
    """Links, teasers and captions of a page, by their words."""

    #: Texts right below a heading that is a link.
    teasers: set[Words] = field(default_factory=set)
    #: Texts that are a link and nothing else.
    links: set[Words] = field(default_factory=set)
    #: What stands under pictures, credits and all, as phrases.
    captions: set[str] = field(default_factory=set)

    def leads(self, blocks: Iterable[Block]) -> list[Words]:
        """The texts among the blocks that lead to other articles: headlines, and teasers below."""
        texts = [folded_words(block.text) for block in blocks]
        said = phrase(word for text in texts for word in text)
        headlines = (link for link in self.links if len(link) >= _MIN_HEADLINE_WORDS)
        found = [link for link in headlines if phrase(link) in said]
        return found + [text for text in texts if text in self.teasers]


def read_markup(tree: HtmlElement) -> Markup:
    """Read a parsed page; it is not changed."""
    found = Markup()
    for element in tree.iter("a", "figcaption", *_TEXTS):
        if words := folded_words(" ".join(element.itertext())):
            _note(element, words, found)
    return found


def _note(element: HtmlElement, words: Words, found: Markup) -> None:
    if element.tag == "a":
        found.links.add(words)
    elif element.tag == "figcaption":
        found.captions.add(phrase(words))
    elif _is_below_linked_heading(element):
        found.teasers.add(words)


def _is_below_linked_heading(element: HtmlElement) -> bool:
    """Whether the element's, or its list's, neighbour before is a heading with a link."""
    before, parent = element.getprevious(), element.getparent()
    if before is None and element.tag == "li" and parent is not None:
        before = parent.getprevious()
    return before is not None and before.tag in _HEADINGS and before.find(".//a") is not None
