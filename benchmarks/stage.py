"""Tells what the functions that `cleaning/clean.py` calls have of the whole."""

import cProfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from cleaning import clean as chain
from cleaning.page import Page

_SHOWN = 12
#: What reads all of a record but its text, as `cleaning/clean.py` knows it.
METADATA = ("read_jsonld", "read_metadata", "resolve_dates", "detect_language")


def stage_shares(pages: Sequence[Page]) -> dict[str, float]:
    """The share of CPU, 0-1, of the dearest functions called from `cleaning/clean.py`.

    No name is known here: whatever the chain calls outside its own module is a stage.
    """
    profiler = cProfile.Profile()
    with profiler:
        for page in pages:
            chain.clean(page)
    spent: defaultdict[str, float] = defaultdict(float)
    whole = 0.0
    for entry in profiler.getstats():
        if not _of_chain(entry.code):
            continue
        whole += entry.inlinetime
        for called in entry.calls or ():
            if not _of_chain(called.code):
                spent[_name(called.code)] += called.totaltime
    whole += sum(spent.values())
    dearest = sorted(spent, key=lambda name: -spent[name])[:_SHOWN]
    return {name: spent[name] / whole for name in dearest}


def stage_times(pages: Sequence[Page], names: Sequence[str], rounds: int) -> list[float]:
    """The CPU in milliseconds that some stages take of each page, the fastest of some rounds.

    Args:
        pages: cleaned as a whole, one after the other in each round.
        names: the stages' functions, by which `cleaning/clean.py` calls them.
        rounds: how often all pages are cleaned.
    """
    times = [_round(pages, names) for _ in range(rounds)]
    return [min(of_page) for of_page in zip(*times, strict=True)]


def _round(pages: Sequence[Page], names: Sequence[str]) -> list[float]:
    spent: list[float] = []
    with _metered(names, spent):
        return [_spent_on(page, spent) for page in pages]


def _spent_on(page: Page, spent: list[float]) -> float:
    spent.clear()
    chain.clean(page)
    return sum(spent) * 1000


@contextmanager
def _metered(names: Sequence[str], spent: list[float]) -> Iterator[None]:
    """Has the chain call its stages through a meter that adds what each call takes, in seconds."""
    stages = {name: getattr(chain, name) for name in names}
    for name, stage in stages.items():
        setattr(chain, name, _meter(stage, spent))
    try:
        yield
    finally:
        for name, stage in stages.items():
            setattr(chain, name, stage)


def _meter(stage: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    def metered(*given: Any, **named: Any) -> Any:
        started = time.process_time()
        try:
            return stage(*given, **named)
        finally:
            spent.append(time.process_time() - started)

    return metered


def _of_chain(code: CodeType | str) -> bool:
    return isinstance(code, CodeType) and code.co_filename == chain.__file__


def _name(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code
    return f"{Path(code.co_filename).stem}.{code.co_name}"
