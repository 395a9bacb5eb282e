"""Lets the dates that a page's places claim vote for a day, and picks the fullest stamp of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from cleaning.date_source import weight_of
from cleaning.date_words import Role
from cleaning.datetime_text import Moment

#: Stamps this near are one, written in two zones.
_SAME = timedelta(minutes=15)
#: Claims that weigh so much together need no visible byline beside them.
_ENOUGH = 2.0
#: Offsets of zones are whole quarters of an hour, up to +14:00. Seconds prove the two stamps the
#: same; minutes alone are asked for the commoner half hours.
_ZONE_STEPS = {"second": timedelta(minutes=15), "minute": timedelta(minutes=30)}
_WIDEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A claim that could be read."""

    role: Role
    place: str
    moment: Moment


@dataclass(slots=True)
class Day:
    """The candidates for one day, and the weight of their places."""

    candidates: list[Candidate] = field(default_factory=list)

    def weight(self) -> float:
        """Each place counts once, however often it repeats itself."""
        return sum(weight_of(place) for place in sorted({c.place for c in self.candidates}))

    def agrees_with(self, moment: Moment) -> bool:
        """Whether a moment is of this day, or one of its stamps in another zone."""
        return any(_agree(candidate.moment, moment) for candidate in self.candidates)


def is_settled(candidates: Sequence[Candidate]) -> bool:
    """Whether the claims for publication are of one day, and weigh enough to need no others."""
    days = days_of(candidates, "published")
    return len(days) == 1 and days[0].weight() >= _ENOUGH


def days_of(candidates: Sequence[Candidate], role: Role) -> list[Day]:
    """The candidates of a role by day, strongest first; of equals, the one claimed first."""
    days: list[Day] = []
    for candidate in candidates:
        if candidate.role != role:
            continue
        day = next((day for day in days if day.agrees_with(candidate.moment)), None)
        if day is None:
            day = Day()
            days.append(day)
        day.candidates.append(candidate)
    return sorted(days, key=lambda day: -day.weight())


def _agree(one: Moment, other: Moment) -> bool:
    stamps = "day" not in (one.precision, other.precision)
    return one.at.date() == other.at.date() or (stamps and abs(one.at - other.at) <= _SAME)


def winner_of(days: Sequence[Day]) -> Candidate | None:
    """The fullest stamp of the strongest day: with a time, with an offset, of the best place."""
    return min(days[0].candidates, key=_rank) if days else None


def _rank(candidate: Candidate) -> tuple[bool, bool, bool, float]:
    moment = candidate.moment
    return (
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
