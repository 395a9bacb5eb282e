"""Reads the text of a parsed page as blocks, each with the place that it stands in.

One walk over the tree. Text that only inline elements part belongs to one block; `<br><br>` parts
paragraphs as block elements do. Nothing is judged here: menus are read like articles;
only footers, and what nobody reads, are passed over.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from enum import IntFlag
from typing import Final

from lxml.etree import _Element

from cleaning.block import Block, Kind, Place, Style
from cleaning.characters import tidy

_INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt"
    " ruby s samp small span strike strong sub sup time tt u var wbr img picture source".split()
)
_UNREAD: Final = frozenset(
    "script style noscript template svg math title meta link iframe object embed canvas video"
    " audio select option datalist input textarea map frame frameset noframes footer".split()
)
_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list-item"),
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    "tr": "table-row",
    "blockquote": "quote",
}
_NAMES: Final = ("class", "id", "role", "itemprop", "data-component", "data-testid")
# `post-4711` and `post-4712` are places of one make.
_NO_DIGITS: Final = dict.fromkeys(map(ord, "0123456789"))
_EMPTY_LINE = re.compile(r"\n\s*\n")
_MAX_TARGETS: Final = 600
# A longer cell is a column of the layout, not a value of a table.
_MAX_CELL: Final = 240
# So far up the kind of a text is looked for: no further than a list item of some paragraphs.
_KIND_LEVELS: Final = 4


def read_blocks(tree: _Element, kept: Collection[_Element] = frozenset()) -> tuple[Block, ...]:
    """All blocks of a page in document order.

    Args:
        tree: the parsed page, as deep as the parser lets it be; it is not changed.
        kept: elements of which the site's rules say that the article has them.
    """
    body = tree.find("body")
    reader = _Reader(kept)
    reader.read_place(tree if body is None else body, None, 0)
    return tuple(reader.blocks)


class _Setting(IntFlag):
    """How the text at a point of the walk is set."""

    LINK = 1
    BOLD = 2
    ITALIC = 4


#: What an inline element adds to the setting; plain numbers, for their speed.
_SETTINGS: Final[dict[str, int]] = {
    "a": _Setting.LINK.value,
    "b": _Setting.BOLD.value,
    "strong": _Setting.BOLD.value,
    "i": _Setting.ITALIC.value,
    "em": _Setting.ITALIC.value,
}


class _Run:
    """The inline text since the last border of a block."""

    __slots__ = ("bold", "has_time", "italic", "link", "pieces", "targets")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.targets = ""
        self.has_time = False

    def add(self, text: str | None, setting: int) -> None:
        if not text:
            return
        self.pieces.append(text.replace("\n", " ").replace("\r", " "))
        if setting:
            size = len(text.strip())
            self.link += size if setting & _Setting.LINK.value else 0
            self.bold += size if setting & _Setting.BOLD.value else 0
            self.italic += size if setting & _Setting.ITALIC.value else 0

    def paragraphs(self) -> list[str]:
        text = "".join(self.pieces)
        if not text or text.isspace():
            return []
        return [part for part in map(tidy, _EMPTY_LINE.split(text)) if part]

    def style(self, size: int) -> Style:
        return Style(
            links=min(1.0, self.link / size),
            bold=min(1.0, self.bold / size),
            italics=min(1.0, self.italic / size),
            targets=self.targets,
            has_time=self.has_time,
        )


class _Reader:
    """The walk: what has been read, and the run of text that it stands in."""

    def __init__(self, kept: Collection[_Element]) -> None:
        self.blocks: list[Block] = []
        self._run = _Run()
        self._kept = kept

    def read_place(self, element: _Element, parent: Place | None, setting: int) -> None:
        """Read a block element: it ends the block before it, and its own text ends with it."""
        if parent:
            self._end_block(parent)
        place = self._place_of(element, parent)
        if element.tag == "tr" and (row := list(_cell_texts(element))):
            self._run.add(" | ".join(filter(None, row)), setting)
        else:
            self._read_content(element, place, setting)
        self._end_block(place)

    def _read_content(self, element: _Element, place: Place, setting: int) -> None:
        self._run.add(element.text, setting)
        for child in element:
            self._read_child(child, place, setting)
            self._run.add(child.tail, setting)

    def _read_child(self, child: _Element, place: Place, setting: int) -> None:
        tag = child.tag
        if tag == "br":
            self._run.pieces.append("\n")
        elif tag in _INLINE:
            self._note(child)
            self._read_content(child, place, setting | _SETTINGS.get(tag, 0))
        elif isinstance(tag, str) and (tag not in _UNREAD or child in self._kept):
            self.read_place(child, place, setting)

    def _note(self, element: _Element) -> None:
        if element.tag == "a" and len(self._run.targets) < _MAX_TARGETS:
            self._run.targets += f" {(element.get('href') or '')[:120].lower()}"
        elif element.tag == "time":
            self._run.has_time = True

    def _place_of(self, element: _Element, parent: Place | None) -> Place:
        kept = (parent is not None and parent.kept) or element in self._kept
        attributes = dict(element.items())
        if not attributes:
            return Place(
                str(element.tag), "", parent, parent is not None and parent.hidden, kept, element
            )
        names = " ".join([attributes[name] for name in _NAMES if name in attributes])
        hidden = (parent is not None and parent.hidden) or _is_hidden(attributes)
        return Place(
            str(element.tag), names.translate(_NO_DIGITS).lower(), parent, hidden, kept, element
        )

    def _end_block(self, place: Place) -> None:
        run = self._run
        if not run.pieces:
            return
        self._run = _Run()
        paragraphs = run.paragraphs()
        if paragraphs:
            kind, style = _kind_at(place), run.style(sum(map(len, paragraphs)))
            self.blocks += (Block(kind, text, place, style) for text in paragraphs)


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or "display:none" in attributes.get("style", "").replace(" ", "")
    )


def _kind_at(place: Place) -> Kind:
    """The kind of a text by the elements around it, the nearest first."""
    for level, around in enumerate(place.upward()):
        kind = _KINDS.get(around.tag)
        if kind == "table-row" and level:
            return "paragraph"  # a table that lays out the page
        if kind == "quote" or (kind and level < _KIND_LEVELS):
            return kind
    return "paragraph"


def _cell_texts(row: _Element) -> Iterator[str]:
    """The texts of a row's cells; none where the row is of a single cell, or lays out a page."""
    cells = [cell for cell in row if cell.tag in ("td", "th")]
    texts = [" ".join("".join(_visible_texts(cell)).split()) for cell in cells]
    is_data = len(cells) > 1 and max(map(len, texts)) <= _MAX_CELL
    if is_data and row.find(".//table") is None:
        yield from texts


def _visible_texts(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in _UNREAD:
            yield from _visible_texts(child)
        yield f" {child.tail or ''}" if child.tag not in _INLINE else child.tail or ""
