"""Collects the dates of elements that are marked up as dates: microdata and `time`."""

from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from cleaning.date_place import is_elsewhere
from cleaning.date_source import MODIFIED_TOKENS, SCHEMA_DATES, TABLE, Claim
from cleaning.date_visible import short_text
from cleaning.date_words import Role

_PUBLISHED_TOKENS = frozenset(TABLE["token"]["published"])
_MAX_TIMES = 10


def marked_claims(tree: HtmlElement) -> Iterator[Claim]:
    """What elements say that are marked up as dates: microdata and `time`."""
    yield from _microdata_claims(tree)
    yield from _time_claims(tree)


def _microdata_claims(tree: HtmlElement) -> Iterator[Claim]:
    for role, key in SCHEMA_DATES:
        elements = tree.xpath(f'//*[@itemprop="{key}"]')[:_MAX_TIMES]
        for element in [element for element in elements if not is_elsewhere(element)][:1]:
            for raw in _values(element):
                yield Claim(role=role, place="microdata", raw=raw)


def _time_claims(tree: HtmlElement) -> Iterator[Claim]:
    times = [time for time in tree.xpath("//time")[:_MAX_TIMES] if not is_elsewhere(time)]
    modified = [time for time in times if _tokens(time) & MODIFIED_TOKENS]
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
    raw = element.get("content") or element.get("datetime") or short_text(element)
    return (raw,) if raw else ()


def _tokens(element: HtmlElement) -> set[str]:
    return set(element.get("class", "").lower().split())
