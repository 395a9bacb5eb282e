"""Collects the dates meant for machines, of the page as a whole: JSON-LD, meta, URL, lead."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from cleaning.date_source import SCHEMA_DATES, TABLE, Claim
from cleaning.date_words import Role
from cleaning.jsonld import JsonObject, of_page, path_of, types_of
from cleaning.meta import Head
from cleaning.page import Lead, Page

_PLACE_OF_TYPE = {name: place for place, names in TABLE["json-ld"].items() for name in names}
_META: tuple[tuple[Role, str, tuple[str, ...]], ...] = tuple(
    (role, place, tuple(names))
    for role, places in TABLE["meta"].items()
    for place, names in places.items()
)
#: When something was made, in schema.org.
_MADE = ("dateCreated", "uploadDate")

_IN_SCRIPT = re.compile(r'"date(Published|Modified)"\s*:\s*"([^"]{8,40})"')
_MAX_SCRIPT = 1_000_000
_IN_URL = re.compile(r"(?:^|[/_-])((?:19|20)\d\d)([/_-]?)(\d\d?)\2(\d\d?)(?=[/._?#-]|$)")


def stated_claims(
    tree: HtmlElement, head: Head, jsonld: Sequence[JsonObject], url: str
) -> Iterator[Claim]:
    """What the page says in JSON-LD, meta tags and its URL."""
    yield from _jsonld_claims(jsonld, url)
    if not any(thing.get(key) for thing in jsonld for _, key in SCHEMA_DATES):
        yield from _script_claims(tree)
    yield from _created_claims(jsonld, url)
    yield from _meta_claims(head)
    yield from _url_claims(url)


def lead_claims(lead: Lead | None) -> Iterator[Claim]:
    """What the feed or sitemap said that led to the page."""
    if lead is None or lead.via not in ("feed", "sitemap"):
        return
    stated: tuple[tuple[Role, str | None], ...] = (
        ("published", lead.published),
        ("modified", lead.modified),
    )
    yield from (Claim(role=role, place=f"lead-{lead.via}", raw=raw) for role, raw in stated if raw)


def header_claims(page: Page) -> Iterator[Claim]:
    """When the server says that the page was changed last (RFC 9110, 8.8.2)."""
    if raw := page.headers.get("last-modified"):
        yield Claim(role="modified", place="http-header", raw=raw)


def _jsonld_claims(jsonld: Sequence[JsonObject], url: str) -> Iterator[Claim]:
    for place, things in _things_by_place(jsonld).items():
        for thing in of_page(things, [url])[:1]:
            for role, key in SCHEMA_DATES:
                stated = _strings(thing.get(key))
                yield from (Claim(role=role, place=place, raw=raw) for raw in stated)


def _created_claims(jsonld: Sequence[JsonObject], url: str) -> Iterator[Claim]:
    """When the page, or its film, was made; weak, but near where nothing is said of publishing."""
    if any(thing.get("datePublished") for thing in jsonld):
        return
    made = [thing for thing in jsonld if _is_made(thing)]
    for thing in of_page(made, [url])[:1]:
        for raw in (raw for key in _MADE for raw in _strings(thing.get(key))):
            yield Claim(role="published", place="json-ld-created", raw=raw)


def _is_made(thing: JsonObject) -> bool:
    return any(thing.get(key) for key in _MADE) and any(
        name in _PLACE_OF_TYPE or name == "VideoObject" for name in types_of(thing)
    )


def _things_by_place(jsonld: Sequence[JsonObject]) -> dict[str, list[JsonObject]]:
    places: dict[str, list[JsonObject]] = {}
    for thing in jsonld:
        place = next(
            (_PLACE_OF_TYPE[name] for name in types_of(thing) if name in _PLACE_OF_TYPE), None
        )
        if place and any(thing.get(key) for _, key in SCHEMA_DATES):
            places.setdefault(place, []).append(thing)
    return places


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        value = value.get("@value")
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text.strip()]


def _script_claims(tree: HtmlElement) -> Iterator[Claim]:
    """The dates in JSON-LD that is no JSON: the first of each role."""
    seen = set()
    for script in tree.xpath('//script[contains(@type, "ld+json")]/text()'):
        for name, raw in _IN_SCRIPT.findall(str(script)[:_MAX_SCRIPT]):
            if name not in seen:
                seen.add(name)
                yield Claim(role=name.lower(), place="json-ld-text", raw=raw)


def _meta_claims(head: Head) -> Iterator[Claim]:
    for role, place, names in _META:
        for raw in head.all(*names):
            yield Claim(role=role, place=place, raw=raw)


def _url_claims(url: str) -> Iterator[Claim]:
    for year, _, month, day in _IN_URL.findall(path_of(url))[:1]:
        yield Claim(role="published", place="url", raw=f"{year}-{month:0>2}-{day:0>2}")
