"""What the features of a page are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleaning.block import Block
from cleaning.metadata import Metadata
from cleaning.sheet import Column, Sheet, Words

Columns = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Scene:
    """A page's sheet, the rows of it that may be the article, and what the page says of itself."""

    sheet: Sheet
    rows: Sequence[int]
    metadata: Metadata
    #: The text that the page's data holds, as a `phrase`; empty where there is none.
    body: str

    @property
    def blocks(self) -> list[Block]:
        """The blocks of the rows."""
        return [self.sheet.blocks[at] for at in self.rows]

    @property
    def words(self) -> list[Words]:
        """The folded words of the rows."""
        return [self.sheet.words[at] for at in self.rows]
