"""Tells crawler traps from addresses of articles, by `trap.toml`: pure.

Calendars with a page for every month there will ever be, session ids that make each page another
one, links that grow with each step, lists in every order. Heritrix and others cut off the same.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from importlib.resources import files
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

# Past this many characters nothing is looked at closely.
_MAX_URL = 10_000
_YEAR = re.compile(r"(?:19|20|21)\d\d", re.ASCII)
_MONTH_OR_DAY = re.compile(r"\d{1,2}", re.ASCII)
_DATE = re.compile(r"((?:19|20|21)\d\d)-\d{1,2}(?:-\d{1,2})?", re.ASCII)
_STARTS_WITH_YEAR = re.compile(r"((?:19|20|21)\d\d)(?!\d)|((?:19|20|21)\d\d)\d{4}$", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_LAST_MONTH = 12


class _Place(NamedTuple):
    """A URL without its host, in lower case and decoded."""

    path: str
    segments: Sequence[str]
    query: Sequence[tuple[str, str]]

    @property
    def names_document(self) -> bool:
        return any(name in _IDS and value for name, value in self.query)


def load_table() -> dict[str, Any]:
    """The table as written, with the examples that each kind is tested by."""
    return tomllib.loads(files("crawler").joinpath("trap.toml").read_text("utf-8"))


def trap_of(url: str, today: date) -> str | None:
    """The kind of trap that a URL looks like; None for what may be an article.

    Args:
        url: absolute.
        today: in UTC; calendars go beyond it.

    Returns:
        `calendar`, `session`, `repetition`, `length` or `facet`.
    """
    if len(url) > _MAX_URL:
        return "length"
    place = _place(url)
    if _is_calendar(place, today):
        return "calendar"
    return next((kind for kind, is_trap in _KINDS.items() if is_trap(place)), None)


def _place(url: str) -> _Place:
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    query = parse_qsl(parts.query.lower(), keep_blank_values=True)
    return _Place(path, [segment for segment in path.split("/") if segment], query)


def _is_calendar(place: _Place, today: date) -> bool:
    last = today.year + _CALENDAR["years_ahead"]
    return (
        _is_calendar_path(place.segments, last)
        or _is_calendar_section(place.segments)
        or any(_is_calendar_parameter(place, *each, last) for each in place.query)
    )


def _is_calendar_path(segments: Sequence[str], last: int) -> bool:
    """A date that no news can have: of years to come, or in a thirteenth month."""
    for at, segment in enumerate(segments):
        if (whole := _DATE.fullmatch(segment)) and int(whole[1]) > last:
            return True
        if _YEAR.fullmatch(segment) and _is_month(segments[at + 1 : at + 2]):
            ends = all(map(_MONTH_OR_DAY.fullmatch, segments[at + 1 :]))
            if int(segment) > last or (ends and int(segments[at + 1]) > _LAST_MONTH):
                return True
    return False


def _is_month(segments: Sequence[str]) -> bool:
    return any(map(_MONTH_OR_DAY.fullmatch, segments))


def _is_calendar_section(segments: Sequence[str]) -> bool:
    """Whether nothing but dates and spans of time comes after a calendar's name."""
    named = (at for at, segment in enumerate(segments) if segment in _CALENDAR["sections"])
    after = segments[next(named, len(segments)) + 1 :]
    return any(each not in _CALENDAR["spans"] for each in after) and all(map(_is_time, after))


def _is_time(segment: str) -> bool:
    return segment in _CALENDAR["spans"] or any(
        pattern.fullmatch(segment) for pattern in (_YEAR, _MONTH_OR_DAY, _DATE)
    )


def _is_calendar_parameter(place: _Place, name: str, value: str, last: int) -> bool:
    if name in _CALENDAR["params"]:
        return not place.names_document
    year = _STARTS_WITH_YEAR.match(value) if name in _CALENDAR["dated"] else None
    return year is not None and int(year[1] or year[2]) > last


def _is_session(place: _Place) -> bool:
    return any(pattern.search(place.path) for pattern in _SESSION_PATHS) or any(
        name in _SESSION["params"]
        or (name in _SESSION["likely"] and _SESSION_VALUE.fullmatch(value) is not None)
        for name, value in place.query
    )


def _is_repetition(place: _Place) -> bool:
    named = Counter(segment for segment in place.segments if _LETTER.search(segment))
    parameters = Counter(name for name, _ in place.query)
    return (
        max(named.values(), default=0) >= _REPETITION["anywhere"]
        or max(parameters.values(), default=0) >= _REPETITION["parameter"]
        or any(_repeats(place.segments, size) for size in range(1, _REPETITION["longest"] + 1))
    )


def _repeats(segments: Sequence[str], size: int) -> bool:
    """Whether so many segments, with a word among them, come again and again."""
    times: int = _REPETITION["in_a_row"]
    for start in range(len(segments) - times * size + 1):
        part = segments[start : start + size]
        row = segments[start : start + times * size]
        if list(row) == list(part) * times and any(map(_LETTER.search, part)):
            return True
    return False


def _is_long(place: _Place) -> bool:
    length = len(place.path) + sum(len(name) + len(value) for name, value in place.query)
    most_characters: int = _LENGTH["characters"]
    most_segments: int = _LENGTH["segments"]
    return length > most_characters or len(place.segments) > most_segments


def _is_facet(place: _Place) -> bool:
    if len(place.query) > _FACET["parameters"]:
        return True
    return not place.names_document and any(
        name in _FACET["params"] or name.startswith(_FACET_PREFIXES) for name, _ in place.query
    )


_TABLE: Final = load_table()
_IDS: Final = frozenset(_TABLE["ids"])
_CALENDAR: Final = _TABLE["calendar"]
_SESSION: Final = _TABLE["session"]
_SESSION_VALUE: Final = re.compile(_SESSION["likely_value"], re.ASCII)
_SESSION_PATHS: Final = [re.compile(pattern, re.ASCII) for pattern in _SESSION["paths"]]
_REPETITION: Final = _TABLE["repetition"]
_LENGTH: Final = _TABLE["length"]
_FACET: Final = _TABLE["facet"]
_FACET_PREFIXES: Final = tuple(_FACET["prefixes"])
_KINDS: Final[dict[str, Callable[[_Place], bool]]] = {
    "session": _is_session,
    "repetition": _is_repetition,
    "length": _is_long,
    "facet": _is_facet,
}
