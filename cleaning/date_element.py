"""Collects the dates of a page's elements: microdata, `time`, and visible bylines.

The names by which they are known are in `date_source.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from lxml.html import HtmlElement

from cleaning.date_source import SCHEMA_DATES, TABLE, Claim
from cleaning.date_words import Role, last_label
from cleaning.surrounding import stands_in

_PUBLISHED_TOKENS = frozenset(TABLE["token"]["published"])
_MODIFIED_TOKENS = frozenset(TABLE["token"]["modified"])
_MAX_TEXTS = 200
_MAX_TIMES = 10
_MAX_BYLINES = 8
_MAX_BYLINE = 80
_DIGIT = re.compile(r"\d")
#: A date of full length somewhere in a byline, with its time if that follows.
_DATED = re.compile(
    r"(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}\.?(?:st|nd|rd|th)?\s(?:de\s)?[^\W\d_]{3,}[.,]?\s(?:de\s)?\d{4}"
    r"|[^\W\d_]{3,}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일])"
    r"(?!\d)(?:[\s,|•·–-]*(?:[^\W\d_]{1,3}\s)?\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?|\s?uhr)?(?:\s[A-Z]{2,4}\b)?)?",
    re.IGNORECASE,
)
#: The same, with no more around it than a label.
_DATE_ALONE = re.compile(rf"[^\d.,]{{0,40}}{_DATED.pattern}\D{{0,8}}", re.IGNORECASE)
_ELEMENTS = " or ".join(f"self::{tag}" for tag in TABLE["visible"]["elements"])
_NAMED = " or ".join(
    f'contains(@class, "{name}") or contains(@id, "{name}")' for name in TABLE["visible"]["names"]
)
_BYLINES = f"//body//*[{_ELEMENTS}][{_NAMED}]"
#: Any short text with a year, below the headline.
_TEXTS = (
    "//h1/following::text()[string-length() < 120 and (contains(., '20') or contains(., '19'))]"
)
#: Where dates are those of other articles, of comments, or of the page's makers.
_ELSEWHERE_TAGS = frozenset({"aside", "footer", "nav", "script", "style", "noscript", "form"})
_ELSEWHERE = re.compile("|".join(TABLE["visible"]["elsewhere"]), re.IGNORECASE)


def marked_claims(tree: HtmlElement) -> Iterator[Claim]:
    """What elements say that are marked up as dates: microdata and `time`."""
    yield from _microdata_claims(tree)
    yield from _time_claims(tree)


def byline_claims(tree: HtmlElement) -> Iterator[Claim]:
    """Short visible texts with a figure, in elements that are named for dates."""
    elements = tree.xpath(_BYLINES)[:_MAX_TEXTS]
    yield from _visible_claims(((one, _short_text(one)) for one in elements), "byline")


def line_claims(tree: HtmlElement) -> Iterator[Claim]:
    """Short visible texts with a year, below the headline, whatever their elements' names."""
    texts = tree.xpath(_TEXTS)[:_MAX_TEXTS]
    places = ((text.getparent(), text) for text in texts)
    lines = ((element, _line(element, text)) for element, text in places if element is not None)
    yield from _visible_claims(lines, "line")


def _line(element: HtmlElement, text: str) -> str:
    """All that a text's element says; where that is long (old tables), the text if it is a date."""
    line = " ".join(text.split())
    return _short_text(element) or (line if _DATE_ALONE.fullmatch(line) else "")


def _visible_claims(texts: Iterable[tuple[HtmlElement, str]], place: str) -> Iterator[Claim]:
    found = 0
    for element, text in texts:
        parts = dict.fromkeys(_dated_parts(text))
        if not parts or _is_elsewhere(element):
            continue
        role: Role = "modified" if _tokens(element) & _MODIFIED_TOKENS else "published"
        yield from (Claim(role=role, place=place, raw=part) for part in parts)
        found += 1
        if found == _MAX_BYLINES:
            return


def _is_elsewhere(element: HtmlElement) -> bool:
    return stands_in(element, _ELSEWHERE_TAGS, _ELSEWHERE)


def _microdata_claims(tree: HtmlElement) -> Iterator[Claim]:
    for role, key in SCHEMA_DATES:
        elements = tree.xpath(f'//*[@itemprop="{key}"]')[:_MAX_TIMES]
        for element in [element for element in elements if not _is_elsewhere(element)][:1]:
            for raw in _values(element):
                yield Claim(role=role, place="microdata", raw=raw)


def _time_claims(tree: HtmlElement) -> Iterator[Claim]:
    times = [time for time in tree.xpath("//time")[:_MAX_TIMES] if not _is_elsewhere(time)]
    modified = [time for time in times if _tokens(time) & _MODIFIED_TOKENS]
    others = [time for time in times if time not in modified]
    marked = [time for time in others if _is_marked_published(time)]
    if _are_of_one_day(marked):
        yield from _claims_of(marked, "published", "time-published")
    else:
        # Several days mean a list of articles.
        yield from _claims_of(others, "published", "time-list" if marked else "time")
    yield from _claims_of(modified, "modified", "time")


def _are_of_one_day(times: Sequence[HtmlElement]) -> bool:
    days = {raw[:10] for time in times for raw in _values(time)}
    return len(days) == 1


def _claims_of(times: Sequence[HtmlElement], role: Role, place: str) -> Iterator[Claim]:
    """What the first of the times says."""
    for time in times[:1]:
        yield from (Claim(role=role, place=place, raw=raw) for raw in _values(time))


def _is_marked_published(time: HtmlElement) -> bool:
    return time.get("pubdate") is not None or bool(_tokens(time) & _PUBLISHED_TOKENS)


def _values(element: HtmlElement) -> tuple[str, ...]:
    """What the element says for machines, else what it says for people."""
    raw = element.get("content") or element.get("datetime") or _short_text(element)
    return (raw,) if raw else ()


def _tokens(element: HtmlElement) -> set[str]:
    return set(element.get("class", "").lower().split())


def _short_text(element: HtmlElement) -> str:
    """The element's text where it is short and has a figure, else nothing."""
    text = ""
    for part in element.itertext():
        text += f"{part} "
        if len(text) > 2 * _MAX_BYLINE:
            return ""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_BYLINE and _DIGIT.search(text) else ""


def _dated_parts(text: str) -> Iterator[str]:
    """The text itself and, where it also names an author or a section, the date within it."""
    if _DIGIT.search(text):
        yield text
    for dated in _DATED.finditer(text):
        yield f"{last_label(text[: dated.start()])} {dated.group()}".strip()
