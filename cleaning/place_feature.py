"""Features of the places that a block stands in: their names, what they hold, how they repeat."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

from cleaning.block import Place
from cleaning.place_name import PURPOSES, purposes_of
from cleaning.scene import Columns, Scene
from cleaning.sheet import Sheet, ancestors

_AROUND = tuple("main article section aside figure table blockquote button header nav".split())
# How far up the names of places are heeded, and totals are taken.
_NEAR, _FAR, _LEVELS = 2, 5, 4
_REPEATED_LEVELS = 7
_TEXT_TAGS = frozenset("p li h1 h2 h3 h4 td tr blockquote body html".split())


def places(scene: Scene) -> Columns:
    """What the places around a block are called, hold, and how far they are from the main one."""
    main = (
        {place: level for level, place in enumerate(scene.sheet.main.upward())}
        if (scene.sheet.main)
        else {}
    )
    repeats = _repeats(scene.sheet)
    by_place = {
        place: _place_row(place, scene.sheet, main, repeats)
        for place in dict.fromkeys(block.place for block in scene.blocks)
    }
    rows = [by_place[block.place] for block in scene.blocks]
    names = _place_names()
    table = np.asarray(rows, dtype=np.float64).reshape(len(rows), len(names))
    return dict(zip(names, table.T, strict=True))


@lru_cache(maxsize=1)
def _place_names() -> tuple[str, ...]:
    totals = ("words", "links", "prose", "prose_share", "taken", "taken_share", "blocks")
    return (
        "depth",
        "common_level",
        "levels_apart",
        "repeated",
        "repeated_words",
        "repeated_apart",
        *(f"in_{tag}" for tag in _AROUND),
        *(f"named_{purpose}" for purpose in PURPOSES),
        *(f"apart_{purpose}" for purpose in PURPOSES),
        *(f"{total}_{level}" for level in range(_LEVELS) for total in totals),
    )


Repeats = Mapping[Place, int]


def _repeats(sheet: Sheet) -> Repeats:
    """For each place how many siblings have its tag and names: the items of a list of items."""
    groups = Counter((place.parent, place.tag, place.names) for place in sheet.totals)
    return {place: groups[place.parent, place.tag, place.names] for place in sheet.totals}


def _place_row(
    place: Place, sheet: Sheet, main: Mapping[Place, int], repeats: Repeats
) -> list[float]:
    around = list(place.upward())
    apart = next((level for level, one in enumerate(around) if one in main), len(around))
    items = [
        (repeats[one], level)
        for level, one in enumerate(around[:_REPEATED_LEVELS])
        if one.tag not in _TEXT_TAGS and one.parent
    ]
    repeated, level = max(items, default=(0, 0))
    tags = {one.tag for one in around}
    return [
        len(around),
        main.get(around[apart], 99) if apart < len(around) else 99,
        apart,
        min(30, repeated),
        math.log1p(sheet.totals[around[level]].words),
        min(30, max((count for count, level in items if level < apart), default=0)),
        *(float(tag in tags) for tag in _AROUND),
        *_named(around),
        *_named_apart(around[:apart]),
        *_held(place, sheet),
    ]


def _named(around: Sequence[Place]) -> list[float]:
    """How near a place of each purpose is: 3 the block's own, 2 near, 1 further, 0 none."""
    near: dict[str, float] = {}
    for level, place in enumerate(around[: _FAR + 1]):
        value = 3.0 if level == 0 else 2.0 if level <= _NEAR else 1.0
        for purpose in purposes_of(place.names):
            near.setdefault(purpose, value)
    return [near.get(purpose, 0.0) for purpose in PURPOSES]


def _named_apart(between: Sequence[Place]) -> list[float]:
    """Whether the places that part a block from the main text are of each purpose."""
    purposes: set[str] = set().union(*(purposes_of(place.names) for place in between))
    return [float(purpose in purposes) for purpose in PURPOSES]


def _held(place: Place, sheet: Sheet) -> Iterable[float]:
    whole = next(iter(sheet.totals.values()))
    for one in ancestors(place, _LEVELS):
        total = sheet.totals[one]
        words = max(1.0, total.words)
        yield math.log1p(total.words)
        yield total.links / words
        yield total.prose / max(1.0, whole.prose)
        yield total.prose / words
        yield total.taken / words
        yield total.taken / max(1.0, whole.taken)
        yield min(100, total.blocks)
