"""Gathers the blocks of an explanation into what a page shows together. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

from cleaning.explanation import Row

#: More blocks in a row that extraction left out are folded away.
_MAX_OPEN: Final = 6
#: A menu is folded whole although trafilatura took some of it: up to this share of its blocks.
_FEW: Final = 0.25


@dataclass(frozen=True, slots=True)
class Run:
    """Blocks of one page that stand together: kept, or removed; and whether to fold them."""

    rows: Sequence[Row]
    folded: bool = False

    @property
    def part(self) -> int:
        """Of which page of the article, from 1."""
        return self.rows[0].part

    @property
    def groups(self) -> list[list[Row]]:
        """What is removed, together where one rule removed it for one reason; else row by row."""
        return [list(group) for _, group in groupby(self.rows, _fate)]

    @property
    def rules(self) -> str:
        """By which rules, and how often each; the most frequent first."""
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.rule or ""] = counts.get(row.rule or "", 0) + 1
        ranked = sorted(counts.items(), key=lambda item: -item[1])
        return ", ".join(f"{rule} {count}" for rule, count in ranked)


def runs_of(rows: Sequence[Row]) -> Iterator[Run]:
    """All blocks, in page order."""
    for (_, kept), stretch in groupby(rows, lambda row: (row.part, row.kept)):
        if kept:
            yield Run(tuple(stretch))
        else:
            yield from _removed(tuple(stretch))


def _removed(stretch: Sequence[Row]) -> Iterator[Run]:
    """What touches the article and was stripped from it stays open; else long stretches do not."""
    above = _count_residue(stretch)
    below = _count_residue(reversed(stretch[above:]))
    middle = stretch[above : len(stretch) - below]
    residue = sum(map(_is_residue, middle))
    if len(middle) > _MAX_OPEN and residue <= _FEW * len(middle):
        runs = [Run(stretch[:above]), Run(middle, folded=True), Run(stretch[above + len(middle) :])]
        yield from (run for run in runs if run.rows)
        return
    for is_residue, rows in groupby(stretch, _is_residue):
        run = tuple(rows)
        yield Run(run, folded=not is_residue and len(run) > _MAX_OPEN)


def _count_residue(rows: Iterable[Row]) -> int:
    return sum(1 for _ in takewhile(_is_residue, rows))


def _is_residue(row: Row) -> bool:
    return row.stage == "residue"


def _fate(row: Row) -> tuple[object, ...]:
    """What blocks have in common that are shown as one."""
    return (id(row),) if row.kept else (row.stage, row.rule, row.reason)
