"""Which leads of an archive can be from certain days, by what sitemaps and URLs say of dates."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from urllib.parse import urlsplit

from cleaning.datetime_text import parse_moment, reading_of
from cleaning.error import ArgumentError
from cleaning.page import Lead

Verdict = Literal["can be", "out of range", "undated"]

#: Clocks on Earth are up to 14 hours from UTC: so far a day or a time without offset may be off.
_ANY_ZONE = timedelta(hours=14)
_DAY = timedelta(days=1)
# W3C's profile of ISO 8601, which sitemaps.org asks for, allows a year or a month alone.
_PARTIAL = re.compile(r"(\d{4})(?:-(\d\d))?")
_DAY_IN_URL = re.compile(
    r"(?:^|[/_-])((?:19|20)\d\d)(?P<between>[/_-]?)(\d\d?)(?P=between)(\d\d?)(?=[/._-]|$)"
)
_MONTH_IN_URL = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?=/)")
_READING = reading_of(())
_DATE = "write a date (2026-01-31) or a time with offset (2026-01-31T18:00:00Z)"


@dataclass(frozen=True, slots=True)
class Span:
    """All points of time that something may have been written for; both ends aware."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class DateRange:
    """From when to when, both included; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def verdict(self, lead: Lead) -> Verdict:
        """Whether a lead's article can have been published in the range.

        By the date of publication that a news sitemap or feed states; else by the date in the URL;
        else by `lastmod`: before that it was published, but how long before nobody says.
        """
        published = span_of(lead.published) or span_in_url(lead.url)
        if published is not None:
            return "can be" if self._meets(published) else "out of range"
        modified = span_of(lead.modified)
        if modified is None:
            return "undated"
        return "can be" if self._reaches(modified) else "out of range"

    def may_be_named(self, modified: str | None) -> bool:
        """Whether a sitemap may name articles of the range, by when it was changed last, if told.

        One that was changed last before the range can name none: naming one would have changed it.
        """
        changed = span_of(modified)
        return changed is None or self._reaches(changed)

    def _meets(self, span: Span) -> bool:
        return self._reaches(span) and (self.until is None or span.first <= self.until)

    def _reaches(self, span: Span) -> bool:
        return self.since is None or span.last >= self.since


def date_range(since: str | None, until: str | None) -> DateRange:
    """The range that a user writes; a date is the whole day, in UTC.

    Raises:
        ArgumentError: one is no date, or the range ends before it begins.
    """
    chosen = DateRange(_bound("since", since, time.min), _bound("until", until, time.max))
    if chosen.since and chosen.until and chosen.since > chosen.until:
        raise ArgumentError(f"since={since} is after until={until}; swap them")
    return chosen


def span_of(written: str | None) -> Span | None:
    """What a date or time stands for; None where it cannot be read."""
    if not written:
        return None
    try:
        partial = _PARTIAL.fullmatch(written.strip())
        if partial:
            return _month(int(partial[1]), int(partial[2] or 0))
        moment = parse_moment(written, _READING)
        if moment is None:
            return None
        at = moment.at.astimezone(UTC)
        if moment.precision == "day":
            return _day(moment.at.date())
        return Span(at, at) if moment.has_offset else Span(at - _ANY_ZONE, at + _ANY_ZONE)
    except (ValueError, OverflowError):
        return None


def span_in_url(url: str) -> Span | None:
    """The day or month that a URL's path names; None where it names none."""
    path = urlsplit(url).path
    try:
        if found := _DAY_IN_URL.search(path):
            return _day(date(int(found[1]), int(found[3]), int(found[4])))
        if found := _MONTH_IN_URL.search(path):
            return _month(int(found[1]), int(found[2]) or -1)
    except (ValueError, OverflowError):
        # 2026/99 is no month: the figures are something else.
        pass
    return None


def _bound(name: str, written: str | None, clock: time) -> datetime | None:
    if written is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            return datetime.combine(date.fromisoformat(written), clock, UTC)
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise ArgumentError(f"{name}={written}: is no date; {_DATE}") from error
    if at.tzinfo is None:
        raise ArgumentError(f"{name}={written}: has no offset from UTC; {_DATE}")
    return at.astimezone(UTC)


def _month(year: int, month: int) -> Span:
    """A month, or with 0 a year."""
    first = date(year, month or 1, 1)
    days = 366 if not month else 31
    following = (first + timedelta(days=days)).replace(day=1)
    return _days(first, following if month else date(year + 1, 1, 1))


def _day(day: date) -> Span:
    return _days(day, day + _DAY)


def _days(first: date, following: date) -> Span:
    start, end = (datetime.combine(day, time.min, UTC) for day in (first, following))
    return Span(start - _ANY_ZONE, end + _ANY_ZONE)
