"""The judge: a forest of trees as array operations, and what it says against a block."""

import numpy as np
import pytest

from cleaning.feature import features, flat
from cleaning.judge import BELIEVED, Forest, strongest_doubts, trained_forest
from cleaning.layout import read_blocks
from cleaning.metadata import Metadata
from cleaning.parse import parse
from cleaning.scene import Scene
from cleaning.sheet import Sheet, share_in

#: Two trees of two questions: is a > 1, is b > 0.5; is b > 0.5, is a > 3.
_FOREST = Forest(
    names=("a", "b"),
    asked=np.array([0, 1, 1, 0]),
    borders=np.array([1.0, 0.5, 0.5, 3.0], dtype=np.float32),
    leaves=np.array([[-4, 1, 2, 3], [0, 10, 20, 30]], dtype=np.int16),
    scale=0.5,
    bias=-1.0,
)


@pytest.mark.parametrize(
    ("a", "b", "score"),
    [
        (0.0, 0.0, -4 * 0.5 - 1),
        (2.0, 0.0, 1 * 0.5 - 1),
        (0.0, 1.0, (2 + 10) * 0.5 - 1),
        (4.0, 1.0, (3 + 30) * 0.5 - 1),
        (np.nan, np.nan, -4 * 0.5 - 1),
    ],
)
def test_a_leaf_is_the_answers_as_bits(a: float, b: float, score: float) -> None:
    table = _FOREST.table({"a": np.array([a]), "b": np.array([b])})
    (belief,) = _FOREST.of_table(table)
    assert belief == pytest.approx(1 / (1 + np.exp(-score)))


@pytest.mark.parametrize(("best", "doubt"), [((4.0, 1.0), "letters"), ((2.0, 1.0), "bees")])
def test_a_doubt_is_what_would_have_to_be_otherwise(best: tuple[float, float], doubt: str) -> None:
    table = np.array([best, (0.0, 0.0)], dtype=np.float32)
    beliefs = _FOREST.of_table(table)
    groups = {"letters": ("a",), "bees": ("b", "unknown")}
    assert (beliefs >= BELIEVED).tolist() == [True, False]
    assert strongest_doubts(_FOREST, table, beliefs, [1], groups) == [doubt]
    assert strongest_doubts(_FOREST, table, beliefs, [], groups) == []


def _scene() -> Scene:
    page = (
        "<div class='related'><a href='/x'>Goats sold in the rain</a></div><p>The ferry left.</p>"
    )
    blocks = read_blocks(parse(f"<html><body><h1>Tides</h1>{page}</body></html>"))
    sheet = Sheet(blocks, " the ferry left ")
    return Scene(sheet, range(len(blocks)), Metadata(titles=("Tides",)), "")


def test_the_shipped_forest_asks_for_features_that_there_are() -> None:
    known = flat(features(_scene()))
    forest = trained_forest()
    assert set(forest.names) <= set(known)
    assert len(forest.asked) == len(forest.borders) == 6 * len(forest.leaves)
    assert all(len(values) == 3 for values in known.values())


def test_features_say_what_they_are_called() -> None:
    known = flat(features(_scene()))
    assert known["is_title"].tolist() == [1, 0, 0]
    assert known["links"].tolist() == [0, 1, 0]
    assert known["taken"].tolist() == [0, 0, 1]
    assert known["named_related"].tolist() == [0, 3, 0]
    assert known["after_headline"].tolist() == [0, 1, 1]
    assert known["links@+1"].tolist()[1:] == [0, 1]


@pytest.mark.parametrize(
    ("words", "said", "share"),
    [
        ("a b", " x a b y ", 1.0),
        ("a b", " x a by ", 0.0),
        ("", " a ", 0.0),
        ("a b c d e f g h i j k l", " a b c d e f x x ", 0.5),
    ],
)
def test_share_of_a_text_in_another(words: str, said: str, share: float) -> None:
    assert share_in(tuple(words.split()), said) == share
