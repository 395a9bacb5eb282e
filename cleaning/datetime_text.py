"""Reads points of time as pages write them: ISO 8601, RFC 2822, epochs, and dates in words.

Clocks and zones are read here and not by dateparser, which takes `ET` for winter time all year.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from dateparser.data.languages_info import language_order

from cleaning.article import Precision
from cleaning.date_region import Order, language_of, order_of, region_of
from cleaning.date_words import Label, split_at_labels, strip_fillers
from cleaning.date_zone import zone_of
from cleaning.day_text import parse_day, parse_figures

MAX_LENGTH = 80
_HAS_DIGIT = re.compile(r"\d")

_ISO = re.compile(
    r"(?P<date>\d{4}-?\d\d-?\d\d|\d{4}-\d\d?-\d\d?)(?:T\s?|\s+|(?=\d\d:))(?P<hour>\d\d):?(?P<minute>\d\d)"
    r"(?::?(?P<second>\d\d)(?:[.,]\d+)?)?\s*(?P<offset>Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
    r"(?:\[[\w/]+\])?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(\d{10})(?:\.\d+|\d{3})?")
_RFC_2822 = re.compile(r"(?:[A-Z][a-z]{2},\s)?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d.*")
_CLOCK = re.compile(
    r"(?P<before>\b[ap]m|上午|午前|오전|下午|午後|오후)?\s*"
    r"(?<![\d:./-])(?P<hour>\d{1,2})"
    r"(?:(?:\s?[:時时點点시]\s?|h\s?)(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s?[分분]?"
    r"|(?=\s?(?:uhr|h|[ap]\.?m)\b))"
    r"\s?(?P<after>[ap]\.?\s?m\b\.?)?(?:\s?uhr\b|\s?h\b)?"
    r"\s*\(?(?P<zone>\bZ\b|(?:(?:UTC|GMT)[+-]|\+)\d{1,2}(?::?\d\d)?(?!\d|-)|\b[A-Z]{2,5}\b)?\)?"
    r"(?:\s\([\w ]+\))?",
    re.IGNORECASE,
)
#: Hours and minutes with a point between, known from the word before or after for no date.
_DOTTED = re.compile(
    r"((?:\b(?:kl\.?|klo|kello|klokken|klockan|ore|alle|godz\.?|pukul)\s?)\d{1,2})\.(\d\d)(?![.\d])"
    r"|(?<![.\d])(\d{1,2})\.(\d\d)(?=\s?(?:uhr|h|hrs|[ap]\.?m)\b)",
    re.IGNORECASE,
)
_AFTERNOON = ("p", "下", "午後", "오후")

#: The languages tried where none is known.
_UNTOLD = ("en", "de", "fr", "es", "it", "pt")

_Clock = tuple[time, Precision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point of time; `has_offset` is whether it was written with one, else it was supplied."""

    at: datetime
    precision: Precision
    has_offset: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a page's dates are to be read.

    `languages` are base languages, likeliest first, never none; `zone` is the site's own, of times
    without an offset (UTC where unknown); `order` is of dates in figures, and whether it
    is the site's own word; `region` the country (two letters) for which abbreviations of zones are
    read.
    """

    languages: tuple[str, ...]
    zone: ZoneInfo | None = None
    order: Order = "DMY"
    order_declared: bool = False
    region: str | None = None

    def turned(self) -> "Reading":
        """The same, with day and month in the other order."""
        return replace(self, order="DMY" if self.order == "MDY" else "MDY")


def reading_of(
    told: Sequence[str], declared: Sequence[str] = (), zone: str | None = None, url: str = ""
) -> Reading:
    """The reading for a page.

    Args:
        told: BCP-47 tags of its languages, by the page and its lead.
        declared: BCP-47 tags of the site's languages.
        zone: IANA name of the site's zone.
        url: the page's URL, for its country.
    """
    bases = [language_of(tag) for tag in (*told[:1], *declared, *told[1:])]
    bases = ["nb" if base == "no" else base for base in bases]
    known = [base for base in bases if base in language_order]
    region = region_of(declared, told, url)
    return Reading(
        languages=tuple(dict.fromkeys([*known, "en"])) if known else _UNTOLD,
        zone=ZoneInfo(zone) if zone else None,
        order=order_of(known, region),
        region=region,
    )


def parse_moment(raw: str, reading: Reading) -> Moment | None:
    """The first point of time in a value that holds nothing else, None where there is none."""
    return next((moment for _, moment in parse_moments(raw, reading)), None)


def parse_moments(raw: str, reading: Reading) -> tuple[tuple[Label | None, Moment], ...]:
    """Every point of time in a value or line, with the role that its label gives.

    Empty where anything in it is neither date nor time nor label, or it is over 80 characters.
    """
    raw = raw.strip()
    if len(raw) > MAX_LENGTH or not _HAS_DIGIT.search(raw):
        return ()
    if moment := _parse_standard(raw, reading):
        return ((None, moment),)
    found = [(role, _parse_written(piece, reading)) for role, piece in split_at_labels(raw)]
    return tuple((role, moment) for role, moment in found if moment) if _whole(found) else ()


def _whole(found: Sequence[tuple[Label | None, Moment | None]]) -> bool:
    return all(moment for _, moment in found)


def cut_clock(text: str) -> tuple[re.Match[str] | None, str]:
    """The time of day in a text, and the text without it and without filling words."""
    text = _DOTTED.sub(r"\1\3:\2\4", text)
    clock = _CLOCK.search(text)
    if clock is None:
        return None, strip_fillers(text)
    return clock, strip_fillers(f"{text[: clock.start()]} {text[clock.end() :]}")


def _parse_standard(raw: str, reading: Reading) -> Moment | None:
    return _parse_iso(raw, reading) or _parse_epoch(raw) or _parse_rfc_2822(raw, reading)


def _parse_iso(raw: str, reading: Reading) -> Moment | None:
    match = _ISO.fullmatch(raw)
    day = parse_figures(match["date"], "DMY") if match else None
    if match is None or day is None:
        return None
    clock = _time_of(match["hour"], match["minute"], match["second"])
    return clock and _moment(day, clock, _offset(match["offset"] or "", reading), reading)


def _parse_epoch(raw: str) -> Moment | None:
    match = _EPOCH.fullmatch(raw)
    if match is None:
        return None
    at = datetime.fromtimestamp(int(match[1]), UTC)
    return Moment(at=at, precision="second", has_offset=True)


def _parse_rfc_2822(raw: str, reading: Reading) -> Moment | None:
    if not _RFC_2822.fullmatch(raw):
        return None
    try:
        at = parsedate_to_datetime(raw)
    except (ValueError, OverflowError):
        return None
    return _moment(at.date(), (at.time(), "second"), at.tzinfo, reading)


def _parse_written(piece: str, reading: Reading) -> Moment | None:
    clock, rest = cut_clock(piece)
    day = parse_day(rest, reading.languages, reading.order)
    if day is None:
        return None
    if clock is None:
        return _moment(day, None, None, reading)
    return on_clock(day, clock, reading)


def on_clock(day: date, clock: re.Match[str], reading: Reading) -> Moment | None:
    """The moment of a day at the time of day that `cut_clock` found; None if there is none such."""
    hour = _hour_of_day(int(clock["hour"]), (clock["before"] or clock["after"] or "").lower())
    at = _time_of(hour, clock["minute"] or 0, clock["second"])
    return at and _moment(day, at, _offset(clock["zone"] or "", reading), reading)


def _hour_of_day(hour: int, half: str) -> int:
    """The hour of 24, of a clock of 12 where `half` (am, pm, 下午) is given."""
    if not half:
        return hour
    return hour % 12 + 12 * half.startswith(_AFTERNOON)


def _time_of(hour: str | int, minute: str | int, second: str | None) -> _Clock | None:
    try:
        at = time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
    return at, "second" if second else "minute"


def _offset(written: str, reading: Reading) -> tzinfo | None:
    written = written.upper()
    if zone := zone_of(written, reading.zone, reading.region):
        return zone
    digits = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?", written)
    if digits is None:
        return None
    minutes = int(digits[2]) * 60 + int(digits[3] or 0)
    ahead = timedelta(minutes=-minutes if digits[1] == "-" else minutes)
    return timezone(ahead) if abs(ahead) < timedelta(days=1) else None


def _moment(day: date, clock: _Clock | None, offset: tzinfo | None, reading: Reading) -> Moment:
    """The moment, in the offset given or the reading's zone; midnight to the second is no time."""
    at, precision = clock or (time(), "day")
    stated = "day" if at == time() else precision
    moment = datetime.combine(day, at, offset or reading.zone or UTC)
    return Moment(at=moment, precision=stated, has_offset=offset is not None)
