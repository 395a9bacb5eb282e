"""Tells a copy of an article, whole, altered, cut or embedded, from a story on the same matter.

Thresholds after measurements on sixteen kinds of altered copies, filled-in templates, and wire copy
of Reuters: there, of pairs more than three days apart none was a copy, however alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cleaning.article import Duplicate
from cleaning.shingle import Shingles, containment, resemblance

#: How far apart two articles may be published.
WINDOW: Final = timedelta(hours=72)
#: The share of the shorter one that is in the other.
_CONTAINED: Final = 0.6
#: The share of both together that both have.
_ALIKE: Final = 0.4
#: The same within one site, where templates come from.
_ALIKE_AT_HOME: Final = 0.8
#: Shorter texts are alike by chance: they are copies only if they are the same, word for word.
_LEAST_UNITS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """What is compared of an article.

    `at` is when it was published, else when it was fetched, in seconds of Unix time.
    """

    id: str
    site: str
    at: int
    shingles: Shingles


def near_duplicate(article: Compared, others: Iterable[Compared]) -> Duplicate | None:
    """The label of an article that is a copy: of the earliest published of its originals.

    Of those published at once it is the longest, then the one with the lower `id`, so that the
    order in which the others are given decides nothing.
    """
    labels = ((other, label) for other in others if (label := _label(article, other)))
    first = min(labels, key=lambda one: _age(one[0]), default=None)
    return first[1] if first else None


def is_comparable(article: Compared) -> bool:
    """Whether a text is long enough to be alike by more than chance."""
    return article.shingles.units >= _LEAST_UNITS


def _age(other: Compared) -> tuple[int, int, str]:
    return other.at, -other.shingles.units, other.id


def _label(article: Compared, other: Compared) -> Duplicate | None:
    if not (is_comparable(article) and is_comparable(other)) or other.id == article.id:
        return None
    if abs(article.at - other.at) > WINDOW.total_seconds():
        return None
    alike = resemblance(article.shingles, other.shingles)
    if alike >= (_ALIKE_AT_HOME if article.site == other.site else _ALIKE):
        return Duplicate(of=other.id, kind="near", score=round(alike, 4))
    within = containment(article.shingles, other.shingles)
    if within >= _CONTAINED and article.site != other.site:
        return Duplicate(of=other.id, kind="contained", score=round(within, 4))
    return None
