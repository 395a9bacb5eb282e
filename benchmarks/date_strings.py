"""Times the reading of dates on every string of the corpus, and on strings made to be slow.

    python -m benchmarks.date_strings [--corpus DIR]

Exit code 1 if a warm reading takes over 50 ms of CPU.
"""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import nlargest
from pathlib import Path
from time import process_time

from lxml.html import HtmlElement

from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ALL_SETS, pages_of
from benchmarks.hostile_date import DAY, hostile_dates, languages
from benchmarks.table import markdown_table
from cleaning.dates import is_date_line
from cleaning.datetime_text import parse_moments, reading_of
from cleaning.day_text import forget_days
from cleaning.decode import decode
from cleaning.jsonld import read_jsonld
from cleaning.parse import parse_page
from cleaning.relative_text import parse_relative

_MAX_MS = 50.0
#: Readings slower than this are timed again, as other work of the process may have been counted.
_DOUBTFUL_MS = 20.0
_ROUNDS = 3
_SHOWN = 10
_NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ATTRIBUTES = ("content", "datetime", "title", "alt", "value")
_UNTOLD = ("en", "de", "fr", "es", "it", "pt")


@dataclass(slots=True)
class Timing:
    """How many strings were read, the slow ones, and the first reading in each language."""

    strings: int = 0
    cold: dict[str, float] = field(default_factory=dict)
    warm: list[tuple[float, str, str]] = field(default_factory=list)

    @property
    def slowest(self) -> list[tuple[float, str, str]]:
        """Milliseconds, string and language of the slowest warm readings."""
        return nlargest(_SHOWN, self.warm)


def main() -> int:
    """Measure, and print the tables; the exit code."""
    timing = Timing()

    def measure(options: Namespace) -> str:
        _read_all(options.corpus, timing)
        return _tables(timing)

    failed = run(parser_for(__doc__), measure)
    return failed or int(bool(timing.warm) and max(timing.warm)[0] > _MAX_MS)


def _read_all(corpus: Path, timing: Timing) -> None:
    report("date strings: made ones")
    for tag in languages():
        for text in hostile_dates(tag):
            _time(text, (tag,), timing)
    for name in ALL_SETS:
        report(f"date strings: {name}")
        for text, tags in _strings_of(corpus, name):
            _time(text, tags, timing)


def _time(text: str, tags: Sequence[str], timing: Timing) -> None:
    """Time one string, after a first reading in its language."""
    if tags[0] not in timing.cold:
        timing.cold[tags[0]] = _spent(DAY, tags)
    timing.strings += 1
    spent = _spent(text, tags)
    if spent > _DOUBTFUL_MS:
        spent = min(_spent(text, tags) for _ in range(_ROUNDS))
    if spent > 1:
        timing.warm.append((spent, text[:60], tags[0]))


def _spent(text: str, tags: Sequence[str]) -> float:
    """Milliseconds of CPU for what cleaning does with a string, unless it has seen it before."""
    forget_days()
    start = process_time()
    reading = reading_of(tags)
    parse_moments(text, reading)
    parse_relative(text, _NOW, reading)
    is_date_line(text, tags)
    return (process_time() - start) * 1000


def _strings_of(corpus: Path, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every string of a set's pages once, with the languages of the page."""
    seen: set[str] = set()
    for page in pages_of(corpus, name):
        tree = parse_page(decode(page.body, page.headers.get("content-type")).text).tree
        tag = tree.getroottree().getroot().get("lang")
        for text in _strings(tree):
            if text not in seen:
                seen.add(text)
                yield text, (tag,) if tag else _UNTOLD


def _strings(tree: HtmlElement) -> Iterator[str]:
    yield from map(str, tree.itertext())
    for attribute in _ATTRIBUTES:
        yield from map(str, tree.xpath(f"//@{attribute}"))
    for thing in read_jsonld(tree):
        yield from (value for value in thing.values() if isinstance(value, str))


def _tables(timing: Timing) -> str:
    cold = nlargest(_SHOWN, ((spent, tag) for tag, spent in timing.cold.items()))
    return "\n\n".join(
        (
            f"{timing.strings} strings read, {len(timing.cold)} languages.",
            "Slowest, once its language is loaded:",
            markdown_table(
                ("string", "language", "ms"),
                ((repr(text).replace("|", "¦"), tag, spent) for spent, text, tag in timing.slowest),
            ),
            "Slowest first readings in a language:",
            markdown_table(("language", "ms"), ((tag, spent) for spent, tag in cold)),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
