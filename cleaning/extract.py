"""Takes the article out of the page: trafilatura's choice, as a list of typed blocks."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from cleaning.block import Block, Kind
from cleaning.characters import folded_words, tidy
from cleaning.markup import Markup
from cleaning.rules import Rules

#: What trafilatura's own elements stand for; None keeps the kind of the element around.
_KINDS: Final[dict[str, Kind | None]] = {
    "p": None,
    "div": None,
    "list": None,
    "table": None,
    "cell": None,
    "head": "heading",
    "item": "list-item",
    "quote": "quote",
    "row": "table-row",
}
# `<br><br>` separates paragraphs on sites that use no <p>; a single one breaks a line of verse.
_EMPTY_LINE = re.compile(r"\n\s*\n")


def extract_blocks(tree: HtmlElement, markup: Markup, rules: Rules) -> tuple[Block, ...]:
    """The article's blocks in document order; none where the page has no article.

    Args:
        tree: the parsed page; it is not changed.
        markup: what the page's markup says of its texts.
        rules: the site's exceptions: where the body is, and what to cut before.

    Returns:
        The blocks that trafilatura 2.3 takes for the article, comments left out.
    """
    document = bare_extraction(
        _body_of(tree, rules),
        include_comments=False,
        prune_xpath=list(rules.drop) or None,
    )
    if not isinstance(document, Document) or document.body is None:
        return ()
    marked = (_marked(block, markup) for block in _blocks(document.body, "paragraph"))
    return tuple(_with_headings(marked, markup))


def _marked(block: Block, markup: Markup) -> Block:
    """The block with the kind that the page gives its text, where extraction has lost it."""
    words = folded_words(block.text)
    kind = markup.kinds.get(words, block.kind) if block.kind == "paragraph" else block.kind
    if kind != "heading" and markup.is_caption(words):
        kind = "caption"
    return Block(kind, block.text, linked=words in markup.links)


def _with_headings(blocks: Iterable[Block], markup: Markup) -> Iterator[Block]:
    """The blocks, with the subheadings that extraction has dropped from between them."""
    above: tuple[str, ...] | None = None
    for block in blocks:
        words = folded_words(block.text)
        heading = markup.headings.get(words)
        if heading and folded_words(heading) != above:
            yield Block("heading", heading)
        yield block
        above = words


def _body_of(tree: HtmlElement, rules: Rules) -> HtmlElement:
    for expression in rules.body:
        found = tree.xpath(expression)
        if isinstance(found, list) and found and isinstance(found[0], HtmlElement):
            return found[0]
    return tree


def _blocks(element: _Element, kind: Kind) -> Iterator[Block]:
    """The blocks in an element: runs of inline text between the block elements inside it."""
    if kind == "table-row" and len(element) > 1:
        yield from _flush([" | ".join(_cell_texts(element))], kind)
        return
    inline = [_unbroken(element.text)]
    for child in element:
        if child.tag in _KINDS:
            yield from _flush(inline, kind)
            yield from _blocks(child, _KINDS[child.tag] or _kind_inside(kind))
            inline = []
        else:
            inline.append(_inline_text(child))
        inline.append(_unbroken(child.tail))
    yield from _flush(inline, kind)


def _kind_inside(kind: Kind) -> Kind:
    """A table row of a single cell is layout, and its text is a paragraph."""
    return "paragraph" if kind == "table-row" else kind


def _cell_texts(row: _Element) -> Iterator[str]:
    texts = (tidy(_inline_text(cell)).replace("\n", " ") for cell in row)
    return (text for text in texts if text)


def _inline_text(element: _Element) -> str:
    if element.tag == "lb":
        return "\n"
    parts = [_unbroken(element.text)]
    for child in element:
        parts += (_inline_text(child), _unbroken(child.tail))
    return "".join(parts)


def _unbroken(text: str | None) -> str:
    """Line breaks of the source are blanks; only `<lb/>`, once `<br>`, breaks a line."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _flush(inline: list[str], kind: Kind) -> Iterator[Block]:
    for part in _EMPTY_LINE.split("".join(inline)):
        if text := tidy(part):
            yield Block(kind, text)
