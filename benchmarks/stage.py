"""Tells by a profiler what each function that `cleaning/clean.py` calls has of the whole."""

import cProfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import CodeType

from cleaning import clean as chain
from cleaning.page import Page

_SHOWN = 12


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


def _of_chain(code: CodeType | str) -> bool:
    return isinstance(code, CodeType) and code.co_filename == chain.__file__


def _name(code: CodeType | str) -> str:
    if isinstance(code, str):
        return code
    return f"{Path(code.co_filename).stem}.{code.co_name}"
