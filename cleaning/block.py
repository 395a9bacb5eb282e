"""The blocks that a text is made of."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["paragraph", "heading", "list-item", "quote", "table-row", "caption"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, quote, table row or caption, in document order."""

    kind: Kind
    text: str
    #: Whether all of the text is one link: a headline that leads elsewhere, a tag, a button.
    linked: bool = False


def render(blocks: tuple[Block, ...]) -> str:
    """The blocks as the record's `text`: paragraphs separated by a blank line."""
    return "\n\n".join(f"- {b.text}" if b.kind == "list-item" else b.text for b in blocks)
