"""Strings that look like dates, in every language that dateparser knows, and are slow to read."""

from collections.abc import Iterator
from itertools import islice

from dateparser.data.languages_info import language_order
from dateparser.languages.loader import default_loader

#: A date in words, to load a language with.
DAY = "12 march 2024"
_MONTHS = ("january", "march", "may", "september", "december")
_MAX_LENGTH = 80
_ANY_LANGUAGE = (
    "a " * 2000,
    "1 " * 40,
    "1" * 80,
    "1" * 5000,
    "12/" * 26,
    "12.12.12." * 8,
    "2024-" * 16,
    ":" * 80,
    "1:" * 40,
    "12:00 " * 13,
    "((((1))))" * 8,
    "| - | - 1 | - | - " * 4,
    "٣" * 80,
    "٣/" * 40,
    "²³ " * 26,
    "१२ " * 26,
    "１２月" * 26,
    "published " * 7 + "1",
    "updated: published: " * 3 + "12",
    "ago " * 19 + "1",
    "st nd rd th 1 " * 5,
    "z+00:00 " * 9,
    "é1" * 40,
    "\u200b1" * 40,
    "a1b2c3d4e5 f6g7h8i9j0 " * 3,
    "1 a 2 b 3 c 4 d",
)


def languages() -> tuple[str, ...]:
    """All languages that dateparser knows."""
    return tuple(language_order)


def hostile_dates(language: str) -> Iterator[str]:
    """Strings to read in a language: made of its months' names, and such as mean nothing in any."""
    yield from _ANY_LANGUAGE
    names = _names(language)
    for joined in (" ".join(names), ", ".join(names), "-".join(names), "".join(names)):
        for text in (f"12 {joined} 2024", f"{joined} 12 12 2024", f"{joined} 2024 12:05:59 +05"):
            yield text[:_MAX_LENGTH]
    for name in names:
        yield f"12 {name}x 2024"
        yield f"99 {name} 2024"
        yield f"12 {name} {name} {name} 2024 12"
        yield f"{name} 12 2024 1 2 3"


def _names(language: str) -> list[str]:
    locale = default_loader.get_locale(language)
    names = (name for month in _MONTHS for name in locale.info.get(month, ()))
    return [*islice(names, 8)]
