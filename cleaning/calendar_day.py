"""Reads days of other calendars: Jalali, Thai Buddhist, the eras of Japan and Taiwan.

Names and eras are in `calendar_day.toml`; Jalali days are converted by jdatetime, the rest differ
from the Gregorian calendar only in how they count years.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from importlib.resources import files

import jdatetime

_TABLE = tomllib.loads(files("cleaning").joinpath("calendar_day.toml").read_text("utf-8"))

_BUDDHIST_ERA = 543
_BUDDHIST_YEARS = range(2400, 2700)
#: 1990 to 2030. Years of the Hijra, which the same languages write, are 1410 and more by then.
_JALALI_YEARS = range(1368, 1410)
_ZERO_WIDTH = re.compile("[\u200b-\u200f]")


def _any_of(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(map(re.escape, longest_first)) + ")"


def _named(calendar: str) -> re.Pattern[str]:
    """Weekday, day, month by name, year: `سه شنبه ۱۵ آبان ۱۴۰۳`, `24 พ.ย. 67`."""
    months = _any_of(name for names in _TABLE["months"][calendar] for name in names)
    return re.compile(
        rf"(?:{_any_of(_TABLE['weekdays'][calendar])}(?:ที่)?\s?)?(?P<d>\d\d?)\s?(?P<m>{months})\s?"
        rf"(?:{_any_of(_TABLE['year'][calendar])}\s?)?(?P<y>\d{{4}}|\d\d)"
    )


_NAMED = {calendar: _named(calendar) for calendar in _TABLE["months"]}
_MONTHS = {
    name: number
    for months in _TABLE["months"].values()
    for number, names in enumerate(months, 1)
    for name in names
}
_ERAS = [era for eras in _TABLE["era"].values() for era in eras]
_ERA_OF = {name: era for era in _ERAS for name in era["names"]}
#: 令和6年11月24日, R6.11.24, 民國113年11月24日; 元 is the first year.
_IN_ERA = re.compile(
    rf"(?P<era>{_any_of(_ERA_OF)})\s?(?P<y>\d{{1,3}}|元)\s?[年./]\s?(?P<m>\d\d?)\s?[月./]\s?(?P<d>\d\d?)\s?日?"
    r"(?:\s?[(（]?(?:[月火水木金土日]|星期.|週.)(?:曜日)?[)）]?)?"
)


def day_of(year: int, month: int, day: int) -> date | None:
    """The Gregorian day, of a year that may be the Buddhist or the Jalali calendar's."""
    try:
        if year in _JALALI_YEARS:
            converted: date = jdatetime.date(year, month, day).togregorian()
            return converted
        return date(year - _BUDDHIST_ERA * (year in _BUDDHIST_YEARS), month, day)
    except ValueError:
        return None


def parse_other_calendar(text: str) -> date | None:
    """The Gregorian day of a text that is a day of another calendar in words, and nothing more."""
    text = _ZERO_WIDTH.sub(" ", text)
    if match := _IN_ERA.fullmatch(text):
        return _in_era(match)
    named = ((calendar, form.fullmatch(text)) for calendar, form in _NAMED.items())
    calendar, match = next((found for found in named if found[1]), ("", None))
    if match is None:
        return None
    return _in_named_month(match, calendar)


def _in_named_month(match: re.Match[str], calendar: str) -> date | None:
    year = int(match["y"])
    if calendar == "thai" and len(match["y"]) == len("67"):
        year += 2500
    if calendar == "jalali" and year not in _JALALI_YEARS:
        return None
    return day_of(year, _MONTHS[match["m"]], int(match["d"]))


def _in_era(match: re.Match[str]) -> date | None:
    era = _ERA_OF[match["era"]]
    year = 1 if match["y"] == "元" else int(match["y"])
    if not era["from"] <= year <= era["to"]:
        return None
    return day_of(era["before"] + year, int(match["m"]), int(match["d"]))
