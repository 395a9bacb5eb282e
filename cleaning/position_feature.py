"""Features of where a block stands on the page, and of what trafilatura takes there."""

import math

import numpy as np

from cleaning.block import Place
from cleaning.scene import Columns, Scene
from cleaning.sheet import TAKEN, Column, before, means_by, windowed

_UNKNOWN = math.nan
# The neighbourhood of a block, in blocks to both sides.
_NEAR, _AROUND = 3, 8


def position(scene: Scene) -> Columns:
    """How far a block is down the page, and from where the text begins and ends."""
    sheet, rows = scene.sheet, np.asarray(scene.rows, dtype=np.int64)
    count = len(sheet.blocks)
    first, last = (sheet.sure[0], sheet.sure[-1]) if sheet.sure else (0, count - 1)
    headline = next((at for at, b in enumerate(sheet.blocks) if b.place.tag == "h1"), -1)
    taken = sheet.taken * sheet.size
    above = np.concatenate([[0.0], np.cumsum(sheet.size)])
    constant = np.ones(len(rows))
    return {
        "after_headline": (rows > headline).astype(np.float64),
        "from_headline": (
            np.clip(rows - headline, -30.0, 60.0) if headline >= 0 else constant * _UNKNOWN
        ),
        "down_page": rows / count,
        "words_above": (above[:-1] / max(1.0, above[-1]))[rows],
        "taken_above": before(taken)[rows],
        "prose_above": before(sheet.prose * sheet.size)[rows],
        "from_first": np.clip(rows - first, -30.0, 30.0),
        "from_last": np.clip(rows - last, -30.0, 30.0),
        "words_from_first": _signed_log(above[rows] - above[first]),
        "words_from_last": _signed_log(above[rows] - above[last]),
        "blocks_of_page": constant * math.log1p(count),
        "words_taken": constant * math.log1p((sheet.size * (sheet.taken > TAKEN)).sum()),
        "share_taken": constant * (taken.sum() / max(1.0, above[-1])),
    }


def _signed_log(values: Column) -> Column:
    return np.sign(values) * np.log1p(np.abs(values))


def agreement(scene: Scene) -> Columns:
    """What trafilatura took: of a block, of those like it, and of those around it."""
    sheet, rows = scene.sheet, scene.rows
    places = [block.place for block in sheet.blocks]
    alike = [(p.tag, p.names, _names(p.parent), _names(_up(p.parent))) for p in places]
    named = [(p.tag, p.names) for p in places]
    siblings = [(p.parent, p.tag) for p in places]
    taken, size, links, prose = sheet.taken, sheet.size, sheet.links, sheet.prose
    like_taken, like_size, like_links, like_count = means_by(alike, taken, size, links)
    name_taken, name_size, name_count = means_by(named, taken, size)
    kin_taken, kin_size, kin_prose, kin_count = means_by(siblings, taken, size, prose)
    columns = {
        "taken": taken,
        "alike_taken": like_taken,
        "alike_words": np.log1p(like_size),
        "alike_links": like_links,
        "alike_count": np.minimum(50, like_count),
        "named_taken": name_taken,
        "named_words": np.log1p(name_size),
        "named_count": np.minimum(50, name_count),
        "siblings_taken": kin_taken,
        "siblings_words": np.log1p(kin_size),
        "siblings_prose": kin_prose,
        "siblings_count": np.minimum(50, kin_count),
        "taken_near": windowed(taken * size, _NEAR),
        "taken_around": windowed(taken * size, _AROUND),
        "links_near": windowed(links * size, _NEAR),
        "links_around": windowed(links * size, _AROUND),
        "prose_near": windowed(prose * size, _NEAR),
        "prose_around": windowed(prose * size, _AROUND),
        "words_around": windowed(size, _AROUND),
    }
    at = np.asarray(rows, dtype=np.int64)
    return {name: values[at] for name, values in columns.items()}


def _up(place: Place | None) -> Place | None:
    return place.parent if place else None


def _names(place: Place | None) -> tuple[str, str]:
    return (place.tag, place.names) if place else ("", "")
