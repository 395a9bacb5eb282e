"""Shingles: the runs of words that two texts are compared by.

w-shingling after Broder, "On the resemblance and containment of documents" (1997). Five words are
the length at which filled-in templates (weather, shares, matches) and cut or embedded copies are
furthest apart; scripts without spaces take nine characters instead.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.dedup import normalised

#: Shingles of another version cannot be compared with these: stored ones have to be made anew.
ALGORITHM: Final = 1

_WORDS: Final = 5
_CHARACTERS: Final = 9
#: Letters of scripts that put no spaces between words: each is a unit of its own.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
)
_UNIT = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
#: One shingle in so many stands in the index.
_SAMPLE: Final = 16
#: More of a long text do not help to find it.
_MAX_SAMPLE: Final = 500
#: No more of a text is compared: the first hundred pages of a book.
_MAX_UNITS: Final = 50_000
#: Most words of a text were in others: so many are not hashed again; about 7 MB.
_UNITS_AT_HAND: Final = 40_000
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Shingles:
    """The distinct shingles of a text, hashed and sorted, and how many words it has.

    Sets of word shingles and of character shingles have nothing in common but by chance.
    """

    hashes: Hashes
    units: int

    def sample(self) -> list[int]:
        """The shingles that stand in the index: a sixteenth of them, as signed numbers of 24 bits.

        A modulo sample finds copies that are cut or embedded in others, where bands of MinHash,
        which measure resemblance, lose them. SQLite keeps such a number in three bytes; of two
        shingles in common by chance there is less than one in a hundred million pairs of articles.
        """
        taken = self.hashes[self.hashes % np.uint64(_SAMPLE) == 0].view(np.int64) >> 40
        return [int(one) for one in np.unique(taken)[:_MAX_SAMPLE]]


def shingles_of(text: str) -> Shingles:
    """The shingles of a text; of fewer words than a shingle has, there is one of all of them."""
    units, length = _units(normalised(text))
    if not units:
        return Shingles(np.empty(0, np.uint64), 0)
    numbers = np.fromiter(map(_number, units), np.uint64, len(units))
    return Shingles(_distinct(_rolled(numbers, min(length, len(units)))), len(units))


def containment(one: Shingles, other: Shingles) -> float:
    """The share, 0-1, of the smaller set that is in the other."""
    smaller = min(len(one.hashes), len(other.hashes))
    return _common(one, other) / smaller if smaller else 0.0


def resemblance(one: Shingles, other: Shingles) -> float:
    """The share, 0-1, of what both hold together that both have (Jaccard)."""
    common = _common(one, other)
    return common / (len(one.hashes) + len(other.hashes) - common) if common else 0.0


def _common(one: Shingles, other: Shingles) -> int:
    return len(np.intersect1d(one.hashes, other.hashes, assume_unique=True))


def _units(words: str) -> tuple[list[str], int]:
    """The units of a text, and how many of them make a shingle.

    Nine where most are single letters of scripts without spaces. Most texts have none of those,
    and need only be split.
    """
    if not _IS_UNSPACED.search(words):
        return words.split()[:_MAX_UNITS], _WORDS
    units = _UNIT.findall(words)[:_MAX_UNITS]
    letters = sum(map(bool, map(_IS_UNSPACED.match, units)))
    return units, _CHARACTERS if letters * 2 > len(units) else _WORDS


@lru_cache(maxsize=_UNITS_AT_HAND)
def _number(unit: str) -> int:
    """A number of 64 bits, the same for ever: ledgers keep what is made of it."""
    return int.from_bytes(blake2b(unit.encode(), digest_size=8).digest(), "little")


def _distinct(hashes: Hashes) -> Hashes:
    """What `np.unique` gives, which for so few takes thrice the time, hashing hashes."""
    ordered = np.sort(hashes)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def _rolled(numbers: Hashes, length: int) -> Hashes:
    """A hash of each run of so many numbers: a polynomial in them, its bits mixed (splitmix64)."""
    runs = np.zeros(len(numbers) - length + 1, np.uint64)
    with np.errstate(over="ignore"):
        for step in range(length):
            runs = runs * _BASE + numbers[step : step + len(runs)]
        runs ^= runs >> np.uint64(30)
        runs *= np.uint64(0xBF58476D1CE4E5B9)
        runs ^= runs >> np.uint64(27)
        runs *= np.uint64(0x94D049BB133111EB)
        return runs ^ (runs >> np.uint64(31))
