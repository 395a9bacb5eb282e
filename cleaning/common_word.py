"""Weighs what a text's most frequent words say of its language.

Eight words of a headline hold few n-grams, but mostly an article, a preposition or a verb that one
language or a few have. Frequency falls with rank (Zipf), so the order of a list is its weights.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

_DECLARED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

#: A word with the marks that Devanagari and Arabic set on its letters.
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u064b-\u0652\u0900-\u097f])*")
#: What holds words of no language: addresses.
_ADDRESS = re.compile(r"\S{0,200}(?:://|@|www\.)\S{0,2000}")
#: So many words of a list are read: 100 are a little worse, 300 no better.
_MOST = 200
#: The share of a language's words that its word of this rank is: 1 / (6 * (rank + 3)).
_ZIPF, _SHIFT = 6, 3
#: The share that a word is believed to be of a language which does not list it.
_UNLISTED = 2e-4


def word_evidence(words: Sequence[str]) -> dict[str, float]:
    """The logarithm of how much likelier words are in a language than if it listed none.

    Args:
        words: from `words_of`; those of a thousand characters are enough.

    Returns:
        By base language; languages of which no word occurs are left out.
    """
    weights = _weights()
    evidence: dict[str, float] = {}
    for word in words:
        for language, weight in weights.get(word, ()):
            evidence[language] = evidence.get(language, 0.0) + weight
    return evidence


def common_share(words: Sequence[str], language: str) -> float | None:
    """The share of words that a language has among its most frequent ones.

    None where no list of the language is known, or there are no words.
    """
    common = _lists().get(language)
    return sum(word in common for word in words) / len(words) if common and words else None


def words_of(text: str) -> list[str]:
    """The words of a text in lower case without its addresses; numbers and signs part them."""
    return _WORD.findall(_ADDRESS.sub(" ", text.lower()))


@cache
def _weights() -> dict[str, tuple[tuple[str, float], ...]]:
    """Who lists a word, and how much that says."""
    weights: dict[str, tuple[tuple[str, float], ...]] = {}
    for language, words in _lists().items():
        for word, rank in words.items():
            share = 1 / (_ZIPF * (rank + _SHIFT))
            said = language, math.log(share / _UNLISTED)
            weights[word] = (*weights.get(word, ()), said)
    return weights


@cache
def _lists() -> dict[str, dict[str, int]]:
    """The words of each language with their ranks, most frequent first."""
    lists: dict[str, dict[str, int]] = {}
    for language, text in _texts():
        ranks = lists.setdefault(language, {})
        for rank, word in enumerate(list(dict.fromkeys(words_of(text)))[:_MOST]):
            ranks[word] = min(rank, ranks.get(word, rank))
    return lists


def _texts() -> Iterator[tuple[str, str]]:
    folder = resources.files("justext") / "stoplists"
    for language, names in _DECLARED["lists"].items():
        for name in names.split():
            yield language, (folder / f"{name}.txt").read_text("utf-8")
    yield from _DECLARED["words"].items()
