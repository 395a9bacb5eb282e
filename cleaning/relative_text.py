"""Reads texts that count from now: `2 hours ago`, `vor 3 Tagen`, `gestern, 14:05`.

The words that make a text one are in `date_words.toml`, below `relative` and `unspaced`; dateparser
does the rest. Alone it would take `5 min` and `2d` for times ago too.
"""

import re
import warnings
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from dateparser.date import DateDataParser

from cleaning.date_words import is_relative, split_at_labels, strip_marks
from cleaning.datetime_text import (
    MAX_LENGTH,
    Moment,
    Reading,
    cut_clock,
    on_clock,
)

_HAS_DIGIT = re.compile(r"\d")
#: `3 weeks ago` and more names no day.
_COARSE = timedelta(days=7)
_HOUR = timedelta(hours=1)
#: Any moment does: only the distance from it is used.
_BASE = datetime(2000, 6, 15, 12)  # noqa: DTZ001  (dateparser wants it naive)


def parse_relative(raw: str, now: datetime, reading: Reading) -> Moment | None:
    """The moment that a text counts to, None where it does not count from now.

    Never in the future, and within a week. Minutes ago are known to the minute, hours and days ago
    to the day; `yesterday, 14:05` to the minute, in the site's zone. A text with any label but that
    of publishing is none.

    Args:
        raw: a text as the page shows it.
        now: when the page was fetched; aware.
        reading: for its languages and the site's zone.
    """
    if len(raw) > MAX_LENGTH or not _HAS_DIGIT.search(raw) or not is_relative(raw):
        return None
    pieces = [*split_at_labels(raw)]
    if len(pieces) != 1 or pieces[0][0] not in (None, "published"):
        return None
    now = now.astimezone(reading.zone or UTC)
    return _named(pieces[0][1], now, reading) or _counted(pieces[0][1], now, reading)


def _counted(piece: str, now: datetime, reading: Reading) -> Moment | None:
    """`5 minutes ago`."""
    ago = _ago(strip_marks(piece), reading.languages)
    if not _HAS_DIGIT.search(piece) or not ago:
        return None
    if ago < _HOUR:
        return Moment(at=(now - ago).replace(second=0), precision="minute", has_offset=True)
    day = datetime.combine((now - ago).date(), time(), now.tzinfo)
    return Moment(at=day, precision="day", has_offset=False)


def _named(piece: str, now: datetime, reading: Reading) -> Moment | None:
    """`today, 14:05`."""
    clock, word = cut_clock(piece)
    ago = _ago(word, reading.languages) if clock and word.isalpha() else None
    if clock is None or ago is None:
        return None
    moment = on_clock((now - ago).date(), clock, reading)
    return moment if moment and moment.at <= now else None


@lru_cache(maxsize=1024)
def _ago(text: str, languages: tuple[str, ...]) -> timedelta | None:
    """How long ago a text says, whole seconds; None if it does not, is ahead or coarse."""
    if not is_relative(text):
        return None
    with warnings.catch_warnings():
        # dateparser's own use of the standard library is deprecated from Python 3.12 on.
        warnings.simplefilter("ignore")
        found = _parser(languages).get_date_data(text).date_obj
    ago = _BASE - found if found else None
    return ago if ago is not None and timedelta() <= ago < _COARSE else None


@lru_cache(maxsize=64)
def _parser(languages: tuple[str, ...]) -> DateDataParser:
    settings = {
        "PARSERS": ["relative-time"],
        "RELATIVE_BASE": _BASE,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    return DateDataParser(
        languages=list(languages),
        settings=settings,
        try_previous_locales=False,
        use_given_order=True,
    )
