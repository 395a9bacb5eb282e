"""A page's blocks as columns of numbers: what the features of all blocks are computed from."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaning.block import Block, Place
from cleaning.characters import folded_words, phrase

Column = NDArray[np.float64]
Words = tuple[str, ...]

#: Prose, roughly: a paragraph of so many words that are not mostly links.
PROSE_WORDS = 15
PROSE_LINKS = 0.35
#: What trafilatura takes half of, it takes.
TAKEN = 0.5
# What trafilatura takes in so long a block is likely the text itself.
_SURE_WORDS = 8
#: A phrase of so many words is looked for at once; a longer text part by part.
_WHOLE = 8
_PART = 6


def share_in(words: Words, said: str) -> float:
    """The share of a text's words, 0-1, that stand in a row in what was `said` (a `phrase`)."""
    if len(words) <= _WHOLE:
        return float(bool(words) and phrase(words) in said)
    parts = [phrase(words[at : at + _PART]) for at in range(0, len(words) - _PART + 1, _PART)]
    return sum(part in said for part in parts) / len(parts)


@dataclass(slots=True)
class Total:
    """What a place holds, in words; `first` and `last` are the indices of its outer blocks."""

    words: float = 0.0
    links: float = 0.0
    prose: float = 0.0
    taken: float = 0.0
    blocks: int = 0
    first: int = -1
    last: int = -1

    def add(self, other: "Total") -> None:
        """Add what a place inside holds."""
        self.words += other.words
        self.links += other.links
        self.prose += other.prose
        self.taken += other.taken
        self.blocks += other.blocks
        self.last = max(self.last, other.last)


class Sheet:
    """The columns of a page: a row for each block, in document order.

    Args:
        blocks: all blocks of a page.
        said: the text that trafilatura took for the article, as a `phrase`.
    """

    def __init__(self, blocks: Sequence[Block], said: str) -> None:
        self.blocks = blocks
        self.words: list[Words] = [folded_words(block.text) for block in blocks]
        self.size: Column = column(map(len, self.words))
        self.links: Column = column(block.style.links for block in blocks)
        self.taken: Column = column(share_in(words, said) for words in self.words)
        running = column(block.kind in ("paragraph", "quote") for block in blocks)
        self.prose: Column = running * (self.size >= PROSE_WORDS) * (self.links < PROSE_LINKS)
        self.totals = self._add_up()
        sure = np.flatnonzero((self.taken > TAKEN) & (self.size >= _SURE_WORDS))
        self.sure: list[int] = [
            int(at) for at in (sure if len(sure) else np.flatnonzero(self.taken > TAKEN))
        ]
        self.main = self._main_place()

    def _add_up(self) -> dict[Place, Total]:
        """What each place holds: its own blocks first, then, from the inside out, its places'."""
        totals: dict[Place, Total] = {}
        columns = (self.size, self.links, self.prose, self.taken)
        rows = zip(self.blocks, *(column.tolist() for column in columns), strict=True)
        for at, (block, size, links, prose, taken) in enumerate(rows):
            total = totals.get(block.place) or _entered(block.place, totals, at)
            total.words += size
            total.links += size * links
            total.prose += size * prose
            total.taken += size * taken
            total.blocks += 1
            total.last = at
        for place, total in reversed(totals.items()):
            if place.parent:
                totals[place.parent].add(total)
        return totals

    def _main_place(self) -> Place | None:
        """The place around the paragraphs that holds the most prose that was taken."""
        held: Counter[Place] = Counter()
        for at, block in enumerate(self.blocks):
            if self.prose[at] and (self.taken[at] > TAKEN or not self.sure):
                held[_holder_of(block.place)] += int(self.size[at])
        return max(held, key=held.__getitem__, default=None)


def _entered(place: Place, totals: dict[Place, Total], first: int) -> Total:
    """A new total for a place, entered after those of the places around it."""
    if place.parent and place.parent not in totals:
        _entered(place.parent, totals, first)
    return totals.setdefault(place, Total(first=first))


#: Elements of single texts: what is around them holds the article.
TEXT_TAGS = frozenset("p li dd h1 h2 h3 h4 blockquote td tr".split())


def _holder_of(place: Place) -> Place:
    return place.parent if place.tag in TEXT_TAGS and place.parent else place


def column(values: Iterable[Any]) -> Column:
    """Numbers or truths as a column."""
    return np.fromiter(values, dtype=np.float64)


def means_by(keys: Sequence[Hashable], *columns: Column) -> list[Column]:
    """For each row the mean of its group in each column; last, the size of the group."""
    index: dict[Hashable, int] = {}
    group = np.fromiter((index.setdefault(key, len(index)) for key in keys), dtype=np.int64)
    size = np.bincount(group).astype(np.float64)
    means = [np.bincount(group, weights=values) / size for values in columns]
    return [one[group] for one in (*means, size)]


def windowed(values: Column, reach: int) -> Column:
    """The mean of each row's neighbourhood, `reach` rows to both sides, itself included."""
    summed: Column = np.concatenate([[0.0], np.cumsum(values)])
    rows = np.arange(len(values))
    low, high = np.maximum(0, rows - reach), np.minimum(len(values), rows + reach + 1)
    means: Column = (summed[high] - summed[low]) / (high - low)
    return means


def before(values: Column) -> Column:
    """For each row the share of the column's sum that stands above it."""
    summed: Column = np.concatenate([[0.0], np.cumsum(values)])
    shares: Column = summed[:-1] / max(1.0, summed[-1])
    return shares


def ancestors(place: Place, count: int) -> list[Place]:
    """The place and those around it, `count` in all; the outermost again where there are fewer."""
    found = list(islice(place.upward(), count))
    return found + found[-1:] * (count - len(found))
