"""Reads a day as pages write it: in figures of either order, or with the month's name.

The names of months are dateparser's; figures are read here, since dateparser guesses the order of
day and month where it knows no language.
"""

import re
import warnings
from datetime import date, datetime
from functools import lru_cache

from dateparser.date import DateDataParser

from cleaning.calendar_day import day_of, parse_other_calendar
from cleaning.date_region import Order

_DAY_FIRST = r"(?P<d>\d{1,2})[./-]\s?(?P<m>\d{1,2})[./-]\s?(?P<y>\d{4}|\d{2}(?!\d))\.?"
_YEAR_FIRST = (
    r"(?P<y>\d{4})\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})\s?[日일.]?"
    r"(?:\s?[(（]?(?:[月火水木金土日月화수목금토일]|星期.|周.|週.)(?:曜日|요일)?[)）]?)?"
)
_COMPACT = r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
#: Day and month, or month and day, before a year of four figures.
_DAY_AND_MONTH = re.compile(r"(?<![\d./-])(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?\d{4}(?!\d)")
_NUMERIC = tuple(re.compile(form) for form in (_YEAR_FIRST, _COMPACT, _DAY_FIRST))

#: What dateparser may be asked: a day's number, a word, at most so many words.
_IN_WORDS = re.compile(r"(?=.*(?<!\d)\d{1,2}(?!\d))(?=.*[^\W\d_]{3})\S+(?:\s\S+){1,6}")
_WITH_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_MONTHS = 12


def is_written_day(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is a day, in figures or words, with or without its year, and nothing more."""
    return (parse_figures(text, "DMY") or parse_other_calendar(text)) is not None or (
        _IN_WORDS.fullmatch(text) is not None
        and _in_words(text, languages, ("day", "month")) is not None
    )


def parse_day(text: str, languages: tuple[str, ...], order: Order) -> date | None:
    """The day that a text names, year and all, if it holds nothing else.

    Args:
        text: a date without time and labels.
        languages: languages that dateparser knows, likeliest first, never none: without, a text
            that is no date costs it 26 ms.
        order: whether 03/04/2026 is a day in March, and 24.11.03 one of the year 2024.
    """
    day = parse_figures(text, order) or parse_other_calendar(text)
    if day or not (_IN_WORDS.fullmatch(text) and _WITH_YEAR.search(text)):
        return day
    return _in_words(text, languages, ("day", "month", "year"))


def parse_figures(text: str, order: Order) -> date | None:
    """The day that a text writes in figures only; the order is turned where it cannot be meant."""
    match = next(filter(None, (form.fullmatch(text) for form in _NUMERIC)), None)
    if match is None:
        return None
    if match.re is not _NUMERIC[-1]:
        return day_of(*(int(match[part]) for part in "ymd"))
    day, month, year = (int(match[part]) for part in "dmy")
    short = len(match["y"]) == len("yy")
    if short and order == "YMD":
        year, day = day, year
    elif order == "MDY" and "." not in text:
        month, day = day, month
    if month > _MONTHS >= day:
        month, day = day, month
    return day_of(year + 2000 * short, month, day)


def order_in_figures(text: str) -> Order | None:
    """The order of day and month in the one date of figures in a text; None if either could be."""
    dates = {match.groups() for match in _DAY_AND_MONTH.finditer(text)}
    if len(dates) != 1:
        return None
    first, second = map(int, dates.pop())
    if first > _MONTHS >= second:
        return "DMY"
    return "MDY" if second > _MONTHS >= first else None


def is_ambiguous(text: str) -> bool:
    """Whether a text has a date in figures whose day could be its month."""
    dates = (map(int, match.groups()) for match in _DAY_AND_MONTH.finditer(text))
    return any(first != second and max(first, second) <= _MONTHS for first, second in dates)


@lru_cache(maxsize=4096)
def _in_words(text: str, languages: tuple[str, ...], parts: tuple[str, ...]) -> date | None:
    """A day written with its month's name; one without a year is put into the year 2000."""
    with warnings.catch_warnings():
        # dateparser's own use of the standard library is deprecated from Python 3.12 on.
        warnings.simplefilter("ignore")
        found = _parser(languages, parts).get_date_data(text).date_obj
    return day_of(found.year, found.month, found.day) if found else None


@lru_cache(maxsize=64)
def _parser(languages: tuple[str, ...], parts: tuple[str, ...]) -> DateDataParser:
    settings = {
        "REQUIRE_PARTS": list(parts),
        "PARSERS": ["absolute-time"],
        "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001  (dateparser wants it naive)
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "DATE_ORDER": "DMY",
    }
    return DateDataParser(
        languages=list(languages),
        settings=settings,
        try_previous_locales=False,
        use_given_order=True,
    )


def forget_days() -> None:
    """Forget what was read before, so that reading can be timed."""
    _in_words.cache_clear()
