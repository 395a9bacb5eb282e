"""Reads feeds: RSS 0.9 to 2.0, RSS 1.0 (RDF) and Atom through feedparser, and JSON Feed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any

import feedparser

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.gzip_body import inflated
from crawler.discovery.json_feed import read_json_feed
from crawler.discovery.link import absolute, first_of_each
from crawler.discovery.text import line, plain, text_of, without_torn_end

_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
# The address in RSS 2.0's `desk@example.org (The Desk)`.
_ADDRESS = re.compile(r"[^\s()<>]{1,64}@[^\s()<>]{1,255}")
_HTML = frozenset({"text/html", "application/xhtml+xml"})
#: More of either is no feed but an archive, and a sitemap's business; it would take minutes.
_MAX_ENTRIES = 5_000
_MAX_LENGTH = 10_000_000
_END_OF_ENTRY = re.compile(r"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
#: What may stand before the root where a server tells of its own faults first.
_ROOT = re.compile(r"<\?xml\s|<(?:[\w.-]{1,40}:)?(?:rss|feed|RDF)[\s>]", re.IGNORECASE)
_PREAMBLE = 4_000

Parsed = Mapping[str, Any]
Reader = Callable[[str, str, datetime], Iterable[Lead] | None]


def read_feed(body: bytes, url: str, at: datetime) -> list[Lead]:
    """Read the entries of a feed, in its order, each URL once; at most 5,000.

    A body may be gzipped. Broken feeds give what can be read of them. Titles and summaries lose
    their markup; dates stay as written. Entries without an http or https link are left out.

    Args:
        body: the feed as sent, after content decoding.
        url: where it was; relative links are resolved against it.
        at: when it was fetched; aware.

    Raises:
        InputError: the bytes are no feed.
    """
    text = text_of(inflated(body))[:_MAX_LENGTH]
    read: Reader = read_json_feed if text.startswith("{") else _read_xml_feed
    leads = read(text, url, at)
    if leads is None:
        raise InputError(
            f"{url}: no feed is here; name the address of an RSS, Atom or JSON feed under `feeds`"
        )
    return list(first_of_each(islice(leads, _MAX_ENTRIES)))


def _read_xml_feed(text: str, url: str, at: datetime) -> list[Lead] | None:
    whole = without_torn_end(text, "rss|feed|RDF", "item|entry")
    parsed = _parse(_without_preamble(_first_entries(whole)))
    leads = list(_leads(parsed, url, at))
    return leads if leads or parsed.get("version") else None


def _first_entries(text: str) -> str:
    last = next(islice(_END_OF_ENTRY.finditer(text), _MAX_ENTRIES - 1, None), None)
    return text[: last.end()] if last else text


def _without_preamble(text: str) -> str:
    """Without words before the declaration or root; a page of HTML keeps its own."""
    root = _ROOT.search(text[:_PREAMBLE])
    before = text[: root.start()].lower() if root else ""
    return text[root.start() :] if root and "<html" not in before else text


def _parse(text: str) -> Parsed:
    # Without entity declarations nothing can be expanded: feedparser then takes its forgiving
    # parser, which knows HTML's entities only. It takes what is said of a picture for the summary.
    body = text.replace("<!ENTITY", "<!IGNORED").replace("media:description", "media:about")
    # No content-location: ids that are mere numbers would be made links of.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # A stream, because feedparser would fetch or open what a string names.
        parsed: Parsed = feedparser.parse(
            BytesIO(body.encode()),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception:  # noqa: BLE001  (on fuzzed input feedparser raises whatever its parts raise)
        return {}
    return parsed


def _leads(parsed: Parsed, url: str, at: datetime) -> Iterator[Lead]:
    feed: Parsed = parsed.get("feed", {})
    for entry in parsed.get("entries", ()):
        link = _link(entry, url)
        if link is None:
            continue
        published, modified = _dates(parsed, entry)
        yield Lead(
            url=link,
            via="feed",
            at=at,
            source_url=url,
            title=_text(entry, "title"),
            summary=_text(entry, "summary"),
            published=published,
            modified=modified,
            authors=_authors(entry) or _inherited_authors(parsed, feed),
            language=_language(entry) or line(feed.get("language")),
            section=line(entry.get("prism_section")),
            tags=_tags(entry),
        )


def _link(entry: Parsed, url: str) -> str | None:
    """FeedBurner's note of the real address, the link, or an id that may be followed."""
    permalink = entry.get("id") if entry.get("guidislink", True) else None
    links = (entry.get("feedburner_origlink"), _stated_link(entry), permalink)
    ids = (permalink, entry.get("feedburner_origlink"))
    followed = (link for link in links if link and (link not in ids or _is_address(link)))
    return next(filter(None, (absolute(url, link) for link in followed)), None)


def _stated_link(entry: Parsed) -> str | None:
    """What is given as a link; without one feedparser gives the id."""
    link = entry.get("link")
    stated = any(each.get("rel") == "alternate" for each in entry.get("links", ()))
    return link if isinstance(link, str) and (stated or _is_address(link)) else None


def _is_address(text: str) -> bool:
    """Ids are often mere names or numbers: only what looks like a path or URL is resolved."""
    return "/" in text or "?" in text


def _text(entry: Parsed, name: str) -> str | None:
    """A title or summary: feedparser says whether it is text or HTML."""
    # A summary without detail is the content.
    detail: Parsed = entry.get(f"{name}_detail") or next(iter(entry.get("content", ())), {})
    text = entry.get(name)
    return plain(text) if detail.get("type") in _HTML else line(text)


def _dates(parsed: Parsed, entry: Parsed) -> tuple[str | None, str | None]:
    """When the entry was published and modified, as written.

    RSS 1.0 and some RSS 2.0 feeds date entries by `dc:date` alone, which feedparser calls
    `updated`; in these feeds it is the date of publication.
    """
    published = line(entry.get("published"))
    # Not `get`: feedparser answers that with the date of publication, and warns.
    modified = line(entry["updated"]) if "updated" in entry else None
    by_dublin_core = _DUBLIN_CORE in parsed.get("namespaces", {}).values()
    if published is None and by_dublin_core and str(parsed.get("version")).startswith("rss"):
        return modified, None
    return published, modified


def _authors(thing: Parsed) -> tuple[str, ...]:
    authors = thing.get("authors", ())
    names = [author.get("name") for author in authors]
    if len(authors) == 1:
        # As written: feedparser cuts names at the wrong place where a domain ends in `.media`.
        names = [_ADDRESS.sub("", thing.get("author") or "").strip(" ()<>")]
    return tuple(dict.fromkeys(filter(None, map(line, names))))


def _inherited_authors(parsed: Parsed, feed: Parsed) -> tuple[str, ...]:
    """RFC 4287, 4.2.1: an Atom entry without authors has the feed's."""
    return _authors(feed) if str(parsed.get("version")).startswith("atom") else ()


def _language(entry: Parsed) -> str | None:
    return line(entry.get("language")) or line(entry.get("title_detail", {}).get("language"))


def _tags(entry: Parsed) -> tuple[str, ...]:
    names = (plain(tag.get("label") or tag.get("term")) for tag in entry.get("tags", ()))
    return tuple(dict.fromkeys(filter(None, names)))
