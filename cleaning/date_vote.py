"""Lets the dates that a page's places claim vote for a day, and picks the fullest stamp of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone

from cleaning.article import Precision
from cleaning.date_source import source_of, weight_of
from cleaning.date_words import Role
from cleaning.datetime_text import Moment

#: Stamps this near are one, written in two zones.
_SAME = timedelta(minutes=15)
#: Claims that weigh so much together need no visible date beside them.
_ENOUGH = 2.0
#: What is left of the weight of a place that has the article modified before it was published: its
#: system fills in the date of some later publication.
_DOUBTED = 0.5
#: Sources that are one kind of evidence: attributes of the same elements.
_KIND = {"microdata": "time-tag"}
#: Offsets of zones are whole quarters of an hour, up to +14:00. Seconds prove the two stamps the
#: same; minutes alone are asked for the commoner half hours.
_ZONE_STEPS = {"second": timedelta(minutes=15), "minute": timedelta(minutes=30)}
_WIDEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A claim that could be read: what it is said to be, where it stands, as written, and read.

    `turned` is the moment with day and month in the other order, where the figures allow both.
    """

    role: Role
    place: str
    raw: str
    moment: Moment
    turned: Moment | None = None

    @property
    def source(self) -> str:
        """The name of its source in the record."""
        return source_of(self.place)

    @property
    def value(self) -> datetime:
        """When; aware."""
        return self.moment.at

    @property
    def has_offset(self) -> bool:
        """Whether the offset was written, or else supplied."""
        return self.moment.has_offset

    @property
    def precision(self) -> Precision:
        """How exactly it was written."""
        return self.moment.precision


@dataclass(slots=True)
class Day:
    """The candidates for one day, and the weight of their sources."""

    candidates: list[Candidate] = field(default_factory=list)
    doubted: frozenset[str] = frozenset()

    def weight(self) -> float:
        """Each kind of evidence counts once, by its best place, however often it is repeated."""
        best: dict[str, float] = {}
        for candidate in self.candidates:
            weight = weight_of(candidate.place) * self._trust(candidate)
            kind = _KIND.get(candidate.source, candidate.source)
            best[kind] = max(weight, best.get(kind, 0))
        return sum(weight for _, weight in sorted(best.items()))

    def _trust(self, candidate: Candidate) -> float:
        return _DOUBTED if candidate.source in self.doubted else 1

    def agrees_with(self, moment: Moment) -> bool:
        """Whether a moment is of this day, or one of its stamps in another zone."""
        return any(_agree(candidate.moment, moment) for candidate in self.candidates)


def is_settled(candidates: Sequence[Candidate]) -> bool:
    """Whether the claims for publication are of one day, and weigh enough to need no others."""
    days = days_of(candidates, "published")
    certain = days and all(candidate.turned is None for candidate in days[0].candidates)
    return bool(certain) and len(days) == 1 and days[0].weight() >= _ENOUGH


def in_agreed_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, day and month turned where that alone agrees with one that is certain."""
    certain = {one.moment.at.date() for one in candidates if one.turned is None}
    return [_turned(candidate, certain) for candidate in candidates]


def _turned(candidate: Candidate, certain: set[date]) -> Candidate:
    turned = candidate.turned
    if turned is None or candidate.moment.at.date() in certain:
        return candidate
    if turned.at.date() not in certain:
        return candidate
    return replace(candidate, moment=turned, turned=None)


def days_of(candidates: Sequence[Candidate], role: Role) -> list[Day]:
    """The candidates of a role by day, strongest first; of equals, the one claimed first."""
    doubted = _doubted(candidates)
    days: list[Day] = []
    for candidate in candidates:
        if candidate.role != role:
            continue
        day = next((day for day in days if day.agrees_with(candidate.moment)), None)
        if day is None:
            day = Day(doubted=doubted)
            days.append(day)
        day.candidates.append(candidate)
    return sorted(days, key=lambda day: -day.weight())


def _doubted(candidates: Iterable[Candidate]) -> frozenset[str]:
    """The sources by which the article was modified before it was published."""
    first: dict[tuple[str, Role], datetime] = {}
    for candidate in candidates:
        if candidate.precision != "day":
            first.setdefault((candidate.source, candidate.role), candidate.value)
    return frozenset(
        source
        for (source, role), modified in first.items()
        if role == "modified" and modified < first.get((source, "published"), modified)
    )


def _agree(one: Moment, other: Moment) -> bool:
    stamps = "day" not in (one.precision, other.precision)
    return one.at.date() == other.at.date() or (stamps and abs(one.at - other.at) <= _SAME)


def winner_of(days: Sequence[Day]) -> Candidate | None:
    """The fullest stamp of the strongest day: with a time, with an offset, of the best place."""
    return min(days[0].candidates, key=_rank) if days else None


def _rank(candidate: Candidate) -> tuple[bool, bool, bool, bool, float]:
    moment = candidate.moment
    return (
        # A server's stamp supports a day; templates change later on it than the article.
        candidate.source == "http",
        moment.precision == "day",
        not moment.has_offset,
        not moment.at.utcoffset(),
        -weight_of(candidate.place),
    )


def on_local_clock(published: Moment, candidates: Sequence[Candidate]) -> datetime:
    """The moment at the page's own offset, where it is given in UTC and a byline shows the other.

    `2023-11-09T01:49:09Z` beside `2023-11-08 17:49` is 17:49 at -08:00.
    """
    if published.precision == "day" or not published.has_offset or published.at.utcoffset():
        return published.at
    for candidate in candidates:
        moment = candidate.moment
        if candidate.role == "modified" or moment.has_offset or moment.precision == "day":
            continue
        ahead = moment.at.replace(tzinfo=UTC) - published.at.replace(
            second=published.at.second if moment.precision == "second" else 0, microsecond=0
        )
        if not ahead % _ZONE_STEPS[moment.precision] and abs(ahead) <= _WIDEST_ZONE:
            return published.at.astimezone(timezone(ahead))
    return published.at
