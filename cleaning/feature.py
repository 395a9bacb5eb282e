"""The features of a page's blocks that the judge decides by.

Each group is a function from the scene to named columns. What a group is called is what a removal
is explained by: `unlike-place`, `unlike-wording`, ...
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from cleaning.place_feature import places
from cleaning.position_feature import agreement, position
from cleaning.scene import Columns, Scene
from cleaning.sheet import Column
from cleaning.wording_feature import links, metadata, wording

_UNKNOWN = math.nan


def features(scene: Scene) -> dict[str, Columns]:
    """All features of the scene's rows, by group and name."""
    groups = {name: group(scene) for name, group in _GROUPS.items()}
    groups["place"] |= _neighbours(flat(groups))
    return groups


def flat(groups: Mapping[str, Columns]) -> Columns:
    """The features of all groups, by name."""
    return {name: values for group in groups.values() for name, values in group.items()}


#: The features that are looked up in the neighbours too, and how far.
_OF_NEIGHBOURS = {
    "links": (1, -1, 2, -2),
    "words": (1, -1, 2, -2),
    "common_level": (1, -1, 2, -2),
    "capitalised": (1, -1),
    "kind": (1, -1),
    "tag": (1, -1),
    "title_covered": (1, -1),
    "alike_taken": (1, -1),
    "frequent_words": (1, -1),
    "residue_phrase": (1, -1),
}


def _neighbours(own: Columns) -> Columns:
    return {
        f"{name}@{step:+d}": _shifted(own[name], step)
        for name, steps in _OF_NEIGHBOURS.items()
        for step in steps
    }


def _shifted(values: Column, step: int) -> Column:
    """The values of the rows that stand `step` above (or, negative, below)."""
    shifted = np.full_like(values, _UNKNOWN)
    if step > 0:
        shifted[step:] = values[:-step]
    else:
        shifted[:step] = values[-step:]
    return shifted


_GROUPS: dict[str, Callable[[Scene], Columns]] = {
    "wording": wording,
    "links": links,
    "metadata": metadata,
    "position": position,
    "agreement": agreement,
    "place": places,
}
