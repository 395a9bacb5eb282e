"""Measures how often dates are right, tier by tier, on all pages whose date is known.

    python -m benchmarks.dates [--corpus DIR] [--check]

A page that is in several sets counts once. The table in `cleaning/date_tier.toml` is made of this.
With `--check`, the exit code is 1 if the first tier, in which structured sources agree, is right
too seldom.
"""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.command import parser_for, report, run
from benchmarks.corpus import DATED, gold_of, pages_of
from benchmarks.table import Cell, markdown_table
from cleaning.date_tier import TIERS, confidence_of
from cleaning.dates import resolve_dates
from cleaning.decode import decode
from cleaning.error import CopydeskError
from cleaning.jsonld import read_jsonld
from cleaning.page import Page
from cleaning.parse import parse_page
from cleaning.rules import Rules

_HEAD = ("tier", "pages", "right", "share", "±1 day", "share", "confidence")
_NONE = "none"
#: The share of pages of the first tier that must be right.
_LEAST = 0.97


@dataclass(slots=True)
class Count:
    """Of one tier: its pages, those with the right day, those at most one day off."""

    pages: int = 0
    right: int = 0
    near: int = 0

    def add(self, known: date, found: date | None) -> None:
        """Count one page."""
        off = None if found is None else abs((found - known).days)
        self.pages += 1
        self.right += off == 0
        self.near += off is not None and off <= 1


@dataclass(slots=True)
class _Pool:
    """The counts of all tiers, and what has been counted."""

    counts: dict[str, Count] = field(default_factory=lambda: {tier: Count() for tier in TIERS})
    seen: set[str] = field(default_factory=set)


def main() -> int:
    """Measure, and print the table; the exit code."""
    parser = parser_for(__doc__)
    parser.add_argument("--check", action="store_true", help="fail where the target is missed")
    return run(parser, _measure)


def _measure(options: Namespace) -> str:
    counts = measure_tiers(options.corpus)
    table = _table(counts)
    if options.check and not reaches_target(counts):
        print(table)
        raise CopydeskError(f"dates: of tier {TIERS[0]} at least {_LEAST:.0%} were to be right")
    return table


def reaches_target(counts: Mapping[str, Count]) -> bool:
    """Whether the dates on which structured sources agree are right often enough."""
    first = counts[TIERS[0]]
    return first.pages > 0 and first.right / first.pages >= _LEAST


def measure_tiers(corpus: Path) -> dict[str, Count]:
    """The counts of each tier, and of pages for which no date was found (`none`)."""
    pool = _Pool()
    pool.counts[_NONE] = Count()
    for name in DATED:
        report(f"dates: {name}")
        known = _known_days(gold_of(corpus, name))
        for page in pages_of(corpus, name):
            if page.url in known and page.url not in pool.seen:
                pool.seen.add(page.url)
                tier, found = _decided(page)
                pool.counts[tier].add(known[page.url], found)
    return pool.counts


def _known_days(gold: Path) -> dict[str, date]:
    return {url: day for url, day in _gold_days(gold) if day is not None}


def _gold_days(gold: Path) -> Iterator[tuple[str, date | None]]:
    for line in gold.read_text("utf-8").splitlines():
        answer = json.loads(line)
        written = str(answer.get("date") or answer.get("published") or "")[:10]
        try:
            yield answer["url"].strip(), date.fromisoformat(written)
        except ValueError:
            yield answer["url"], None


def _decided(page: Page) -> tuple[str, date | None]:
    tree = parse_page(decode(page.body, page.headers.get("content-type")).text).tree
    dates = resolve_dates(tree, read_jsonld(tree), page, Rules())
    return dates.tier or _NONE, dates.published and dates.published.date()


def _table(counts: dict[str, Count]) -> str:
    return markdown_table(_HEAD, (_row(tier, count) for tier, count in counts.items()))


def _row(tier: str, count: Count) -> tuple[Cell, ...]:
    share, near = (
        part / count.pages if count.pages else None for part in (count.right, count.near)
    )
    said = confidence_of(tier) if tier in TIERS else None
    return tier, count.pages, count.right, share, count.near, near, said


if __name__ == "__main__":
    sys.exit(main())
