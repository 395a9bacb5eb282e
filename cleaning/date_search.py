"""Asks htmldate for a date where a page states none, and checks that the page has such a day."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial

from htmldate import find_date
from lxml.html import HtmlElement

from cleaning.date_source import Claim
from cleaning.jsonld import path_of
from cleaning.page import Page

_MONTH_IN_URL = re.compile(r"/((?:19|20)\d\d)/(\d\d?)(?=/)")
#: Attributes that may hold a date of the article; addresses hold those of pictures and of uploads.
_ATTRIBUTES = ("content", "datetime", "title", "data-date", "data-time", "data-published")
_MAX_TEXT = 2_000_000


def searched_claims(tree: HtmlElement, page: Page) -> Iterator[Claim]:
    """What htmldate finds, first in likely places, then anywhere; it works on a copy of its own.

    The second, where the first finds nothing, takes the years of copyright notices for the first of
    January, and dates in addresses of pictures for the article's: an answer that no text names as a
    day is left out, and so is one of another month than the page's URL.
    """
    find = partial(
        find_date,
        original_date=True,
        deferred_url_extractor=False,
        url=page.url,
        max_date=page.fetched_at.date().isoformat(),
    )
    for place, extensive in (("htmldate-fast", False), ("htmldate-extensive", True)):
        if found := find(tree, extensive_search=extensive):
            if _is_named(tree, page, date.fromisoformat(found)):
                yield Claim(role="published", place=place, raw=found)
            return


def _is_named(tree: HtmlElement, page: Page, day: date) -> bool:
    month = next(iter(_MONTH_IN_URL.findall(path_of(page.url))), None)
    if month and tuple(map(int, month)) != (day.year, day.month):
        return False
    form = _forms_of(day)
    return any(form.search(text) for text in (page.url, *_texts(tree)))


def _forms_of(day: date) -> re.Pattern[str]:
    """How a day may be written: figures in any order, or its number beside a word and the year."""
    year, month, number = rf"{day.year}", rf"0?{day.month}", rf"0?{day.day}"
    short = rf"(?:{year}|{day.year % 100:02})"
    mark = r"[\s./|年月日년월-]{1,3}"
    word = r"[^\W\d_]{3,20}\.?"
    gap = r"[\W_]{1,3}(?:\w{1,3}\s)?"
    forms = (
        rf"{year}\W?{day.month:02}\W?{day.day:02}(?!\d)",
        rf"{year}{mark}{month}{mark}{number}(?!\d)",
        rf"{number}{mark}{month}{mark}{short}(?!\d)",
        rf"{month}{mark}{number}{mark}{short}(?!\d)",
        rf"{number}(?:st|nd|rd|th|º|er)?{gap}{word}{gap}{short}(?!\d)",
        rf"(?<![^\W\d_]){word}\s{number}(?:st|nd|rd|th)?\W{{1,3}}{year}(?!\d)",
    )
    return re.compile("|".join(rf"(?<!\d){form}" for form in forms), re.IGNORECASE)


def _texts(tree: HtmlElement) -> Iterator[str]:
    """The page's texts, and the attributes that may hold dates."""
    yield " ".join(tree.itertext())[:_MAX_TEXT]
    for name in _ATTRIBUTES:
        yield " ".join(map(str, tree.xpath(f"//@{name}")))[:_MAX_TEXT]
