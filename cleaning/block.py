"""The blocks that a text is made of, and the places of a page that they stand in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml.etree import _Element

Kind = Literal["paragraph", "heading", "list-item", "quote", "table-row", "caption", "time"]


@dataclass(slots=True, eq=False)
class Place:
    """An element of the page that holds text; places of one page form a tree, and do not change.

    Not frozen: that would cost a page of a thousand places a millisecond.
    """

    tag: str
    #: Class, id, role and itemprop, lower case and without digits: what the site calls the place.
    names: str = ""
    parent: "Place | None" = None
    #: Whether the page hides it from readers.
    hidden: bool = False
    #: Whether the site's rules say that the article has it.
    kept: bool = False
    #: The element itself, of a page that is being read.
    element: _Element | None = None

    def upward(self) -> Iterator["Place"]:
        """The place itself and those around it, inside out."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.parent


@dataclass(frozen=True, slots=True)
class Style:
    """How a block's text is set: shares of its characters, 0-1, and what stands in it."""

    links: float = 0.0
    bold: float = 0.0
    italics: float = 0.0
    #: Where its links lead, blank between them, cut to some hundred characters.
    targets: str = ""
    has_time: bool = False


_PLAIN = Style()
_NOWHERE = Place("body")
# Of a headline that is a link, a number or an arrow may stand outside of it.
_LINKED = 0.9


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, quote, table row, caption or time, in document order."""

    kind: Kind
    text: str
    place: Place = field(default=_NOWHERE, repr=False, compare=False)
    style: Style = field(default=_PLAIN, repr=False, compare=False)
    #: How surely it is the article's, 0-1; None where nothing but its words is known.
    belief: float | None = field(default=None, compare=False)
    #: What speaks most against it, where it is not believed: a group of features.
    doubt: str | None = field(default=None, compare=False)

    @property
    def linked(self) -> bool:
        """Whether all of the text is a link: a headline that leads elsewhere, a tag, a button."""
        return self.style.links >= _LINKED


def render(blocks: tuple[Block, ...]) -> str:
    """The blocks as the record's `text`: paragraphs separated by a blank line."""
    return "\n\n".join(f"- {b.text}" if b.kind == "list-item" else b.text for b in blocks)
