"""Which articles are copies of another, and which only tell of the same."""

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Duplicate
from cleaning.near_duplicate import Compared, near_duplicate
from cleaning.shingle import shingles_of

CASES = json.loads((Path(__file__).parent / "cases" / "near_duplicate.json").read_text("utf-8"))
#: Of each language two stories, as lists of sentences.
STORIES: dict[str, dict[str, list[str]]] = CASES["stories"]
#: Texts with gaps, each filled in twice: sites do it by the hundred.
TEMPLATES: dict[str, dict[str, Any]] = CASES["templates"]
#: Two reports of one thing, in other words.
SAME_EVENT: list[list[str]] = CASES["same event"]
_UNSPACED = {"Chinese", "Japanese"}
HOUR = 3600
NOON = 1_772_452_800

Copy = Callable[[list[str], list[str]], list[str]]

#: What outlets make of a story, given with another one.
COPIES: dict[str, tuple[Copy, str]] = {
    "as it is": (lambda story, _: story, "near"),
    "other quotes and case": (
        lambda story, _: [f"„{sentence.rstrip('.。').upper()}“ –" for sentence in story],
        "near",
    ),
    "a sentence left out": (lambda story, _: story[:3] + story[4:], "near"),
    "a sentence replaced": (lambda story, other: [*story[:4], other[0], *story[5:]], "near"),
    "cut after five sentences": (lambda story, _: story[:5], "near|contained"),
    "cut after four sentences": (lambda story, _: story[:4], "near|contained"),
    "the second half first": (lambda story, _: story[4:] + story[:4], "near"),
    "boilerplate at the end": (
        lambda story, _: [*story, "Subscribe now.", "© 2026 Courier, all rights reserved."],
        "near",
    ),
    "another lead": (lambda story, other: [other[1], *story[1:]], "near"),
    "in a round-up": (lambda story, other: [*other, *story, *other[::-1]], "near|contained"),
    "cut, with another lead": (
        lambda story, other: [other[2], *story[1:6]],
        "near|contained",
    ),
}


def joined(language: str, sentences: list[str]) -> str:
    return ("" if language in _UNSPACED else " ").join(sentences)


def compared(text: str, name: str = "a", *, site: str | None = None, hours: float = 0) -> Compared:
    """An article of a site of its own, so many hours after noon."""
    at = NOON + int(hours * HOUR)
    return Compared(id=name, site=site or f"{name}.example", at=at, shingles=shingles_of(text))


def label(one: str, other: str, **of_other: float) -> Duplicate | None:
    return near_duplicate(compared(one, "one"), [compared(other, "other", **of_other)])


@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("rule", COPIES)
def test_copies_are_found(language: str, rule: str) -> None:
    """Whichever of the two comes second."""
    make, kinds = COPIES[rule]
    story, other = STORIES[language]["first"], STORIES[language]["second"]
    original, made = joined(language, story), joined(language, make(story, other))
    for one, two in ((made, original), (original, made)):
        found = label(one, two)
        assert found is not None
        assert found.of == "other"
        assert found.kind in kinds.split("|")
        assert 0.4 <= found.score <= 1


@pytest.mark.parametrize("language", STORIES)
def test_other_stories_are_left_alone(language: str) -> None:
    one, other = (joined(language, story) for story in STORIES[language].values())
    assert label(one, other) is None


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("site", ["one.example", "other.example"])
def test_templates_are_left_alone(name: str, site: str) -> None:
    """Of one site, and of two that buy from the same maker."""
    template = TEMPLATES[name]
    one, other = (template["text"].format(*filling) for filling in template["fillings"])
    assert shingles_of(one).units >= 40
    article = compared(one, "one")
    assert near_duplicate(article, [compared(other, "other", site=site)]) is None


@pytest.mark.parametrize(("one", "other"), SAME_EVENT)
def test_the_same_event_in_other_words_is_left_alone(one: str, other: str) -> None:
    assert label(one, other) is None


STORY = joined("English", STORIES["English"]["first"])


@pytest.mark.parametrize(
    ("hours", "copied"), [(0, True), (72, True), (-72, True), (72.1, False), (-200, False)]
)
def test_far_apart_in_time_is_no_copy(hours: float, copied: bool) -> None:
    assert (label(STORY, STORY, hours=hours) is not None) is copied


@pytest.mark.parametrize(("words", "copied"), [(39, False), (40, True)])
def test_short_texts_are_alike_by_chance(words: int, copied: bool) -> None:
    text = " ".join(f"word{number}" for number in range(words))
    assert (label(text, text) is not None) is copied


@pytest.mark.parametrize("text", ["", "Bridge", "!!!", "桥"])
def test_there_is_nothing_to_compare(text: str) -> None:
    assert label(text, text) is None
    assert label(STORY, text) is None
    assert label(text, STORY) is None


@pytest.mark.parametrize(
    ("rule", "copied"),
    [
        ("as it is", True),
        ("other quotes and case", True),
        ("a sentence replaced", False),
        ("cut after five sentences", False),
        ("in a round-up", False),
    ],
)
def test_within_a_site_more_must_be_alike(rule: str, copied: bool) -> None:
    """There, templates and topic pages are alike; elsewhere the same texts are copies."""
    stories = STORIES["English"]
    made = joined("English", COPIES[rule][0](stories["first"], stories["second"]))
    original = compared(STORY, "other", site="one.example")
    assert (near_duplicate(compared(made, "one"), [original]) is not None) is copied


def test_an_article_is_no_copy_of_itself() -> None:
    assert near_duplicate(compared(STORY), [compared(STORY)]) is None


OTHERS = [
    compared(STORY, "late", hours=5),
    compared(f"{STORY} The end.", "early-and-long", hours=-3),
    compared(STORY, "early", hours=-3),
    compared(STORY, "early-too", hours=-3),
    compared(joined("English", STORIES["English"]["second"]), "unrelated", hours=-9),
    compared(STORY, "far", hours=-99),
]


@pytest.mark.parametrize(
    ("others", "of"),
    [
        (OTHERS, "early-and-long"),
        ([OTHERS[0], *OTHERS[2:]], "early"),
        ([OTHERS[0], *OTHERS[3:]], "early-too"),
        ([OTHERS[0], *OTHERS[4:]], "late"),
        (OTHERS[4:], None),
    ],
)
def test_the_original_is_the_earliest_then_the_longest(
    others: list[Compared], of: str | None
) -> None:
    """In whatever order they are given."""
    found = {near_duplicate(compared(STORY), order) for order in permutations(others)}
    assert len(found) == 1
    (one,) = found
    assert (one and one.of) == of


def test_it_is_symmetric_and_the_score_the_same() -> None:
    cut = joined("English", STORIES["English"]["first"][:4])
    one, other = label(STORY, cut), label(cut, STORY)
    assert one is not None
    assert one == other


def test_very_long_texts() -> None:
    """Their first fifty thousand words are compared."""
    long = " ".join(f"w{number}" for number in range(200_000))
    found = label(long, f"{long} end")
    assert found == Duplicate(of="other", kind="near", score=1.0)
    assert label(long, STORY) is None
