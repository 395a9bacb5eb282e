"""Reads a day as pages write it: in figures of either order, or with the month's name.

The names of months are dateparser's; figures are read here, since dateparser guesses the order of
day and month where it knows no language.
"""

import re
import warnings
from datetime import date, datetime
from functools import lru_cache

from dateparser.date import DateDataParser

_DAY_FIRST = r"(?P<d>\d{1,2})[./-]\s?(?P<m>\d{1,2})[./-]\s?(?P<y>\d{4}|\d{2}(?!\d))\.?"
_YEAR_FIRST = (
    r"(?P<y>\d{4})\s?[-/.年년]\s?(?P<m>\d{1,2})\s?[-/.月월]\s?(?P<d>\d{1,2})\s?[日일.]?"
    r"(?:\s?[(（]?(?:[月火水木金土日月화수목금토일]|星期.|周.|週.)(?:曜日|요일)?[)）]?)?"
)
_COMPACT = r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"
_NUMERIC = tuple(re.compile(form) for form in (_YEAR_FIRST, _COMPACT, _DAY_FIRST))

#: What dateparser may be asked: a day's number, a word, at most so many words.
_IN_WORDS = re.compile(r"(?=.*(?<!\d)\d{1,2}(?!\d))(?=.*[^\W\d_]{3})\S+(?:\s\S+){1,6}")
_WITH_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_BUDDHIST_ERA = 543
_BUDDHIST_YEARS = range(2400, 2700)


def is_written_day(text: str, languages: tuple[str, ...]) -> bool:
    """Whether a text is a day, in figures or words, with or without its year, and nothing more."""
    return parse_figures(text, month_first=False) is not None or (
        _IN_WORDS.fullmatch(text) is not None
        and _in_words(text, languages, ("day", "month")) is not None
    )


def parse_day(text: str, languages: tuple[str, ...], *, month_first: bool) -> date | None:
    """The day that a text names, year and all, if it holds nothing else.

    Args:
        text: a date without time and labels.
        languages: languages that dateparser knows, likeliest first, never none: without, a text
            that is no date costs it 26 ms.
        month_first: whether 03/04/2026 is a day in March.
    """
    day = parse_figures(text, month_first=month_first)
    if day or not (_IN_WORDS.fullmatch(text) and _WITH_YEAR.search(text)):
        return day
    return _in_words(text, languages, ("day", "month", "year"))


def parse_figures(text: str, *, month_first: bool) -> date | None:
    """The day that a text writes in figures only; the order is turned where it cannot be meant."""
    match = next(filter(None, (form.fullmatch(text) for form in _NUMERIC)), None)
    if match is None:
        return None
    year, month, day = (int(match[part]) for part in "ymd")
    if match.re is _NUMERIC[-1] and (month_first or month > 12 >= day):  # noqa: PLR2004  (months)
        month, day = day, month
    return _date(year + 2000 if len(match["y"]) == len("yy") else year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    if year in _BUDDHIST_YEARS:
        year -= _BUDDHIST_ERA
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _in_words(text: str, languages: tuple[str, ...], parts: tuple[str, ...]) -> date | None:
    """A day written with its month's name; one without a year is put into the year 2000."""
    with warnings.catch_warnings():
        # dateparser's own use of the standard library is deprecated from Python 3.12 on.
        warnings.simplefilter("ignore")
        found = _parser(languages, parts).get_date_data(text).date_obj
    return _date(found.year, found.month, found.day) if found else None


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
