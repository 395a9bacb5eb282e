"""Measures the CPU of peers beside copydesk's and trafilatura's, in one process, on the same pages.

Each page is given to all of them, one right after the other, in an order that moves on by one each
time. What counts for a page is its fastest round, as in `benchmarks.speed`.
"""

import gc
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from statistics import fmean
from typing import Final

from benchmarks.answer import trafilatura_row
from benchmarks.command import report
from benchmarks.peer import Peer
from benchmarks.peer_call import ask
from benchmarks.peer_run import offline_pool, results
from benchmarks.speed import choose_pages, cpu_of, spread_of
from benchmarks.table import Cell, markdown_table
from cleaning.clean import clean
from cleaning.page import Page

TRAFILATURA: Final = "trafilatura"
COPYDESK: Final = "copydesk"
#: Seconds that a page may take a program.
_PATIENCE: Final = 30
#: One in so many of the pages that `benchmarks.speed` warms up with is enough for all of them.
_EVERY: Final = 3
_HEAD: Final = ("program", "pages", "median", "mean", "p95", "max", "over trafilatura's")
#: Milliseconds of CPU by program, page by page.
Costs = Mapping[str, Sequence[float]]


def add_options(parser: ArgumentParser) -> None:
    """How many pages are timed, how often."""
    parser.add_argument("--pages", type=int, default=20, metavar="N", help="timed of each set (20)")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="over these pages (3)")


def measure_cpu(peers: Sequence[Peer], options: Namespace) -> Costs:
    """Time all programs on pages that are evenly spread over the sets."""
    chosen, others = choose_pages(options.corpus, max(1, options.pages))
    return time_programs(
        peers,
        [one.page for one in chosen],
        [one.page for one in others[::_EVERY]],
        max(1, options.rounds),
    )


def time_programs(
    peers: Sequence[Peer], pages: Sequence[Page], others: Sequence[Page], rounds: int
) -> Costs:
    """The fastest round of each page, for copydesk, trafilatura and peers.

    Args:
        peers: those that are installed.
        pages: what is timed; a page on which a program took over half a minute, or took its
            process down, in every round, is left out for all of them.
        others: to warm up with.
        rounds: over all pages.
    """
    works: dict[str, Callable[[Page], object]] = {TRAFILATURA: trafilatura_row, COPYDESK: clean}
    works |= {peer.name: partial(ask, peer) for peer in peers}
    fastest: list[dict[str, float]] = [{} for _ in pages]
    with offline_pool(1, partial(_warm_up, tuple(works.values()), tuple(others))) as pool:
        for number in range(rounds):
            report(f"peers: CPU, round {number + 1} of {rounds}, {len(pages)} pages")
            for index, page in enumerate(pages):
                names = _turned(list(works), number + index)
                jobs = [(works[name], page) for name in names]
                for name, spent in zip(names, results(pool, _time, jobs, _PATIENCE), strict=True):
                    if not isinstance(spent, str):
                        fastest[index][name] = min(fastest[index].get(name, spent), spent)
    whole = [times for times in fastest if len(times) == len(works)]
    return {name: [times[name] for times in whole] for name in works}


def ratios(costs: Costs) -> dict[str, float]:
    """The CPU of each program over that of trafilatura, in sum."""
    return {name: fmean(times) / fmean(costs[TRAFILATURA]) for name, times in costs.items()}


def cpu_table(costs: Costs) -> str:
    """A row for each program, the fastest first."""
    over = ratios(costs)
    rows: list[tuple[Cell, ...]] = [
        (name, len(costs[name]), *spread_of(costs[name]), f"{over[name]:.2f}")
        for name in sorted(over, key=lambda name: over[name])
    ]
    return markdown_table(_HEAD, rows)


def _warm_up(works: Sequence[Callable[[Page], object]], others: Sequence[Page]) -> None:
    """Load what is loaded only once, and leave what lives by then out of collections for all."""
    for work in works:
        for page in others:
            _tried(work, page)
    gc.collect()
    gc.freeze()


def _time(job: tuple[Callable[[Page], object], Page]) -> float:
    work, page = job
    return cpu_of(partial(_tried, work), page)


def _tried(work: Callable[[Page], object], page: Page) -> None:
    """Do it; an error is an answer too, and its CPU counts."""
    with suppress(Exception):
        work(page)


def _turned(names: list[str], places: int) -> list[str]:
    start = places % len(names)
    return names[start:] + names[:start]
