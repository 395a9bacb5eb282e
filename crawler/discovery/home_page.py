"""Reads from a home page and robots.txt where a site's feeds and sitemaps are, and who it is."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from cleaning.characters import without_forbidden
from cleaning.decode import decode
from cleaning.error import InputError
from cleaning.language_tag import written_tag
from crawler.discovery.link import absolute
from crawler.discovery.text import line
from crawler.site_check import wrong_value

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_FEED_PATH = re.compile(
    r"[/.](?:rss|feed|feeds|atom|rdf)(?:/|\.xml|\.json)?$|/(?:rss|feeds?)/[^/]+\.(?:xml|rss|json)$",
    re.IGNORECASE,
)
#: Feeds of readers' comments name articles again and again, and never a new one.
_COMMENTS = re.compile(r"/comments?(?:/|$)|[?&]withcomments=", re.IGNORECASE)
_MAX_LINKS = 20
_MAX_SITEMAPS = 20
#: As much of a robots.txt as RFC 9309, 2.5, asks to be read.
_MAX_ROBOTS = 512_000
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
#: Where WordPress says that its own description is; it names the site's time zone.
_API = "https://api.w.org/"
_MAX_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """What a home page says of its site; each with where on the page it stands."""

    #: URLs of what may be feeds, the declared ones first.
    feeds: tuple[tuple[str, str], ...] = ()
    name: tuple[str, str] | None = None
    #: A BCP-47 tag.
    language: tuple[str, str] | None = None
    #: The URL of the site's description for programs.
    api: str | None = None


def read_home_page(body: bytes, url: str, content_type: str | None = None) -> HomePage:
    """Read a home page.

    Args:
        body: the page as sent, after content decoding.
        url: where it was.
        content_type: the value of the HTTP header `Content-Type`, if there was one.

    Raises:
        InputError: there is no page to read.
    """
    text = without_forbidden(decode(body, content_type).text)
    try:
        tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except LxmlError as error:
        raise InputError(f"{url}: no page is here; name a site's home page") from error
    return HomePage(
        feeds=tuple(_feeds(tree, url))[:_MAX_LINKS],
        name=next(_names(tree), None),
        language=next(_languages(tree), None),
        api=next((absolute(url, each) for each in _hrefs(tree, "link", _API)), None),
    )


def sitemaps_in(robots: bytes) -> tuple[str, ...]:
    """The sitemaps that a robots.txt names, at most 20 (sitemaps.org, "Informing search engines").

    Args:
        robots: the file as sent.
    """
    text = robots[:_MAX_ROBOTS].decode("utf-8", "replace")
    urls = (absolute("", address) for address in _SITEMAP_LINE.findall(text))
    return tuple(dict.fromkeys(url for url in urls if url))[:_MAX_SITEMAPS]


def timezone_in(description: bytes) -> str | None:
    """The IANA time zone that WordPress's description of a site states; None where none is."""
    try:
        stated: Any = json.loads(description)
    except (ValueError, RecursionError):
        return None
    zone = stated.get("timezone_string") if isinstance(stated, dict) else None
    fault = wrong_value({"timezone": zone, "clean": {"drop": ["b"]}}) if zone else "none"
    return zone if isinstance(zone, str) and not fault else None


def _feeds(tree: HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """Addresses of feeds, and where they stand; each once."""
    found: dict[str, str] = {}
    for element in tree.iter("link", "a"):
        link = absolute(url, element.get("href"))
        if link is None or _COMMENTS.search(link) or link in found:
            continue
        if _is_declared(element):
            found[link] = "home page, link rel=alternate"
        elif element.tag == "a" and _FEED_PATH.search(link.partition("?")[0]):
            found[link] = "home page, a link"
    yield from sorted(found.items(), key=lambda one: one[1] == "home page, a link")


def _is_declared(element: HtmlElement) -> bool:
    """By the link type `alternate` of the HTML Living Standard, 4.6.7.1."""
    kind = (element.get("type") or "").partition(";")[0].strip().lower()
    return "alternate" in (element.get("rel") or "").lower().split() and kind in _FEED_TYPES


def _hrefs(tree: HtmlElement, tag: str, rel: str) -> Iterator[str | None]:
    return (each.get("href") for each in tree.iter(tag) if rel in (each.get("rel") or "").split())


def _names(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for key in ("og:site_name", "application-name"):
        for each in tree.iter("meta"):
            name = line(each.get("content"))
            if key in (each.get("property"), each.get("name")) and name and len(name) < _MAX_NAME:
                yield name, f"home page, {key}"


def _languages(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Tags as a site's TOML may have them."""
    stated = [(each.get("lang"), "home page, html lang") for each in tree.iter("html")]
    stated += [
        (each.get("content"), "home page, og:locale")
        for each in tree.iter("meta")
        if each.get("property") == "og:locale"
    ]
    for tag, where in stated:
        language = usable_tag(tag)
        if language:
            yield language, where


def usable_tag(tag: str | None) -> str | None:
    """A language tag in the usual case; None for what is none."""
    written = written_tag((tag or "").strip())
    fault = wrong_value({"languages": [written], "clean": {"drop": ["b"]}})
    return None if fault else written
