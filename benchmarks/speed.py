"""Measures the CPU of `clean` against trafilatura's, in one process, on the same pages.

    python -m benchmarks.speed [--corpus DIR] [--pages N] [--rounds N]

Each page is given to both, one right after the other and the other way round in the next round.
What counts for a page is its fastest round. All threads of the process are counted.
"""

import gc
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, quantiles

from trafilatura import bare_extraction

from benchmarks.command import parser_for, report, run
from benchmarks.corpus import SETS, pages_of
from benchmarks.stage import METADATA, stage_shares, stage_times
from benchmarks.table import Cell, markdown_table
from cleaning.clean import clean
from cleaning.page import Page

# Of each set: what is loaded only once, such as dateparser's languages, is to be there by then.
_WARM_UP = 12
_HEAD = ("set", "measured", "pages", "median", "mean", "p95", "max", "first median", "ratio")
_NOTE = """\
CPU in milliseconds a page; of each page the fastest round counts. `first median` is the median of
the first round alone, when no cache could know a page: far above `median`, it would tell of one.
`ratio` is the sum of copydesk's over the sum of trafilatura's."""
_METADATA_HEAD = ("median", "mean", "p95", "max")
_METADATA_ROUNDS = 3
_METADATA = """\
Of that, all metadata, dates and language, from JSON-LD on:"""
_STAGES = """\
Where `clean` spends it, by a profiler, under which many small calls look dearer than they are:"""


@dataclass(frozen=True, slots=True)
class SetPage:
    """A page, and the set that it is of."""

    set: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured: both on each page, and of copydesk's CPU what its parts have.

    `shares` are of the whole, 0-1, by stage; `metadata` is the CPU in milliseconds of a page for
    all of its metadata, dates and language.
    """

    timings: Sequence["Timing"]
    shares: dict[str, float]
    metadata: Sequence[float]


@dataclass(frozen=True, slots=True)
class Timing:
    """The CPU of a page in milliseconds, round by round."""

    set: str
    trafilatura: tuple[float, ...]
    copydesk: tuple[float, ...]


def main() -> int:
    """Measure, and print the tables; the exit code."""
    parser = parser_for(__doc__)
    add_options(parser)
    return run(parser, lambda options: speed_section(measure_speed(options)))


def add_options(parser: ArgumentParser) -> None:
    """How many pages, how often."""
    parser.add_argument("--pages", type=int, default=50, metavar="N", help="of each set (50)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="over all pages (5)")


def measure_speed(options: Namespace) -> Speed:
    """Time all pages chosen, and profile some of them."""
    chosen, others = choose_pages(options.corpus, max(1, options.pages))
    for one in others:
        _trafilatura(one.page)
        clean(one.page)
    timings = _time(chosen, max(1, options.rounds))
    report("speed: metadata, dates and language alone")
    return Speed(
        timings=timings,
        shares=stage_shares([one.page for one in chosen[::5]]),
        metadata=stage_times([one.page for one in chosen], METADATA, _METADATA_ROUNDS),
    )


def speed_figures(speed: Speed) -> dict[str, float]:
    """The figures that have targets."""
    return {"ratio": ratio(speed.timings), "metadata_ms": median(speed.metadata)}


def speed_section(speed: Speed) -> str:
    """The tables, with what they show."""
    timings = speed.timings
    of_set = {name: [one for one in timings if one.set == name] for name in SETS}
    rows = [row for name, own in (of_set | {"all": timings}).items() for row in _rows(name, own)]
    stages = [(name, f"{share:.1%}") for name, share in speed.shares.items()]
    parts = (
        (_NOTE, markdown_table(_HEAD, rows)),
        (_METADATA, markdown_table(_METADATA_HEAD, [spread_of(speed.metadata)])),
        (_STAGES, markdown_table(("stage", "share"), stages)),
    )
    return "\n\n".join(text for part in parts for text in part)


def ratio(timings: Sequence[Timing]) -> float:
    """The CPU of copydesk over that of trafilatura, the fastest round of each page."""
    return sum(min(one.copydesk) for one in timings) / sum(min(one.trafilatura) for one in timings)


def choose_pages(corpus: Path, count: int) -> tuple[list[SetPage], list[SetPage]]:
    """Pages evenly spread over each set, and a few others to warm up with."""
    chosen, others = [], []
    for name in SETS:
        report(f"speed: reading {name}")
        pages = [SetPage(name, page) for page in pages_of(corpus, name)]
        taken = spread(len(pages), count)
        chosen += [pages[index] for index in taken]
        others += [pages[index] for index in range(len(pages)) if index not in taken][:_WARM_UP]
    return chosen, others


def spread(total: int, count: int) -> list[int]:
    """Up to `count` indexes, evenly spread over `total`."""
    count = min(count, total)
    return [index * total // count for index in range(count)]


def _time(pages: Sequence[SetPage], rounds: int) -> list[Timing]:
    """Time all pages in each round, so that a page comes again only after all the others."""
    # What is alive by now is left out of all collections, for both alike.
    gc.collect()
    gc.freeze()
    taken: list[list[tuple[float, float]]] = [[] for _ in pages]
    for number in range(rounds):
        report(f"speed: round {number + 1} of {rounds}, {len(pages)} pages")
        for index, one in enumerate(pages):
            taken[index].append(_time_both(one.page, trafilatura_first=(number + index) % 2 == 0))
    gc.unfreeze()
    return [
        Timing(one.set, *zip(*times, strict=True)) for one, times in zip(pages, taken, strict=True)
    ]


def _time_both(page: Page, *, trafilatura_first: bool) -> tuple[float, float]:
    """Milliseconds of trafilatura, and of copydesk."""
    if trafilatura_first:
        return cpu_of(_trafilatura, page), cpu_of(clean, page)
    ours = cpu_of(clean, page)
    return cpu_of(_trafilatura, page), ours


def _trafilatura(page: Page) -> object:
    return bare_extraction(page.body, url=page.url, with_metadata=True)


def cpu_of(work: Callable[[Page], object], page: Page) -> float:
    """Milliseconds of CPU; garbage of what was before is not on its bill."""
    gc.collect()
    started = time.process_time()
    work(page)
    return (time.process_time() - started) * 1000


def _rows(name: str, timings: Sequence[Timing]) -> list[tuple[Cell, ...]]:
    """Two rows of the table: trafilatura's, and copydesk's with the ratio."""
    if not timings:
        return []
    theirs = _summary([one.trafilatura for one in timings])
    ours = _summary([one.copydesk for one in timings])
    return [
        (name, "trafilatura", len(timings), *theirs, ""),
        (name, "copydesk", len(timings), *ours, f"{ratio(timings):.2f}"),
    ]


def _summary(rounds: Sequence[tuple[float, ...]]) -> tuple[str, ...]:
    """Median, mean, 95th percentile and maximum of the fastest, median of the first rounds."""
    first = median(times[0] for times in rounds)
    return (*spread_of([min(times) for times in rounds]), f"{first:.1f}")


def spread_of(times: Sequence[float]) -> tuple[str, ...]:
    """Median, mean, 95th percentile and maximum."""
    p95 = quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return tuple(f"{value:.1f}" for value in (median(times), mean(times), p95, max(times)))


if __name__ == "__main__":
    sys.exit(main())
