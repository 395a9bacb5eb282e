"""Judges which blocks are the article's: a forest of small trees, trained by `training/train.py`.

Oblivious trees as CatBoost grows them (Prokhorenkova et al., 2018): all nodes of a level ask the
same question, so that a block's leaf is a number whose bits are the answers. That makes a page a
few array operations, and the weights small: `judge.npz`, whose making and figures are told in
`training/README.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaning.sheet import Column

#: From this belief on a block is taken for the article's.
BELIEVED = 0.5
_WEIGHTS = "judge.npz"


@dataclass(frozen=True, slots=True)
class Forest:
    """The weights: `depth` questions a tree, of a feature and a border each; a value a leaf."""

    names: tuple[str, ...]
    #: Which feature each question asks for, and above which value the answer is yes.
    asked: NDArray[np.int64]
    borders: NDArray[np.float32]
    #: One row of 2 ** depth values a tree, as whole numbers of `scale`.
    leaves: NDArray[np.int16]
    scale: float
    bias: float

    def table(self, features: Mapping[str, Column]) -> NDArray[np.float32]:
        """The features that the trees ask for, a row a block.

        Args:
            features: as `cleaning.feature.flat` gives them, at least those of `names`.
        """
        return np.column_stack([features[name] for name in self.names]).astype(np.float32)

    def of_table(self, table: NDArray[np.float32]) -> Column:
        """For each row of a table how surely its block is the article's, 0-1."""
        trees, leaves = self.leaves.shape
        depth = leaves.bit_length() - 1
        # Features by row, for what is asked of one feature lies together. What is not a number is
        # above no border.
        answers = np.ascontiguousarray(table.T)[self.asked] > self.borders[:, np.newaxis]
        leaf = np.packbits(answers.reshape(trees, depth, -1), axis=1, bitorder="little")[:, 0]
        values = np.take_along_axis(self.leaves, leaf.astype(np.intp), axis=1)
        score = values.sum(axis=0, dtype=np.int64) * self.scale
        belief: Column = 1.0 / (1.0 + np.exp(-(score + self.bias)))
        return belief


@cache
def trained_forest() -> Forest:
    """The forest that the package ships, read once a process."""
    with files("cleaning").joinpath(_WEIGHTS).open("rb") as file, np.load(file) as stored:
        return _unpacked(stored)


def _unpacked(stored: Mapping[str, Any]) -> Forest:
    return Forest(
        names=tuple(str(stored["names"]).split()),
        asked=stored["asked"].astype(np.int64),
        borders=stored["borders"],
        leaves=stored["leaves"],
        scale=float(stored["scale"]),
        bias=float(stored["bias"]),
    )


def strongest_doubts(
    forest: Forest,
    table: NDArray[np.float32],
    beliefs: Column,
    doubted: Sequence[int],
    groups: Mapping[str, Iterable[str]],
) -> list[str]:
    """For each of the doubted rows the group of features that speaks most against it.

    It is the one without which the block would be believed most: each group in turn is given the
    values of the page's most believed block.

    Args:
        forest: the judge.
        table: the rows that were judged.
        beliefs: what came of it.
        doubted: which rows to explain.
        groups: names of features by group.
    """
    if not doubted:
        return []
    index = {name: at for at, name in enumerate(forest.names)}
    best, rows = table[int(beliefs.argmax())], table[list(doubted)]
    changed = []
    for names in groups.values():
        columns = [index[name] for name in names if name in index]
        changed.append(rows.copy())
        changed[-1][:, columns] = best[columns]
    without = forest.of_table(np.vstack(changed)).reshape(len(changed), len(rows))
    return [list(groups)[at] for at in without.argmax(axis=0)]
