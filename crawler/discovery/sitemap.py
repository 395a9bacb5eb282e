"""Reads sitemaps by the protocol of sitemaps.org 0.9, and Google's news sitemaps.

Elements are known by their local names: sites write every namespace there ever was, or none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from lxml import etree

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.feed import read_feed
from crawler.discovery.gzip_body import MAX_INFLATED, inflated
from crawler.discovery.link import absolute, first_of_each
from crawler.discovery.text import line, text_of, without_torn_end

#: The protocol allows no more entries in one file; beyond it lies a bomb.
_MAX_ENTRIES = 50_000
_SITEMAPS = frozenset({"urlset", "sitemapindex"})
#: The protocol lets feeds stand for sitemaps.
_FEEDS = frozenset({"rss", "feed", "RDF"})
#: An ampersand that starts no entity, as in unescaped query strings; CDATA is passed over.
_BARE_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:[a-z]{1,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});)",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapContents:
    """What a sitemap names: leads, or further sitemaps; in its order, each URL once."""

    leads: tuple[Lead, ...] = ()
    sitemaps: tuple[str, ...] = ()


def read_sitemap(body: bytes, url: str, at: datetime) -> SitemapContents:
    """Read a sitemap, a sitemap index, a plain-text sitemap or a feed that serves as one.

    A body may be gzipped; at most 50 MB of it and 50,000 entries are read. A sitemap that breaks
    off, or is badly formed, gives its whole entries. Entities are never expanded and dates stay as
    written.

    Args:
        body: the sitemap as sent, after content decoding.
        url: where it was; relative links are resolved against it.
        at: when it was fetched; aware.

    Raises:
        InputError: the bytes are no sitemap, or none of it can be read.
    """
    text = text_of(inflated(body)[:MAX_INFLATED])
    root = _root_of(text)
    if root in _SITEMAPS:
        return _read_xml(text, url, at)
    if root in _FEEDS:
        return SitemapContents(leads=tuple(read_feed(text.encode(), url, at)))
    leads = () if root else first_of_each(_text_leads(text, url, at))
    if not leads:
        raise InputError(
            f"{url}: no sitemap is here; name the address of an XML or text sitemap under"
            " `sitemaps`, or of a page under `sections`"
        )
    return SitemapContents(leads=leads)


def _read_xml(text: str, url: str, at: datetime) -> SitemapContents:
    leads: list[Lead] = []
    sitemaps: dict[str, None] = {}
    for entry in _entries(_mended(text)):
        link = absolute(url, _texts(entry.iterchildren("{*}*")).get("loc"))
        if link is None:
            continue
        if etree.QName(entry).localname == "sitemap":
            sitemaps[link] = None
        else:
            leads.append(_lead(entry, link, url, at))
    return SitemapContents(leads=first_of_each(leads), sitemaps=tuple(sitemaps))


def _mended(text: str) -> str:
    text = without_torn_end(text, "|".join(_SITEMAPS), "url|sitemap")
    return _BARE_AMPERSAND.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)


def _root_of(text: str) -> str | None:
    """The local name of the root element; None if the text is no XML."""
    if not text.startswith("<"):
        return None
    try:
        _, root = next(_parse(text, "start", "{*}*"))
    except (etree.XMLSyntaxError, StopIteration):
        return "unreadable"
    return etree.QName(root).localname


def _entries(text: str) -> Iterator[etree._Element]:
    """The `url` and `sitemap` elements; each is gone when the next is asked for."""
    try:
        for count, (_, entry) in enumerate(_parse(text, "end", "{*}url", "{*}sitemap")):
            if count >= _MAX_ENTRIES:
                return
            yield entry
            _forget(entry)
    except etree.XMLSyntaxError:
        # Beyond recovery: what came before stands.
        return


def _parse(
    text: str, event: Literal["start", "end"], *tags: str
) -> "etree.iterparse[tuple[str, etree._Element]]":
    return etree.iterparse(
        BytesIO(text.encode()),
        events=(event,),
        tag=tags,
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )


def _forget(entry: etree._Element) -> None:
    """Free an entry and those before it: a large sitemap is never held as a tree."""
    parent = entry.getparent()
    entry.clear()
    while parent is not None and entry.getprevious() is not None:
        del parent[0]


def _lead(entry: etree._Element, link: str, url: str, at: datetime) -> Lead:
    news = _texts(node for each in entry.iterchildren("{*}news") for node in each.iter("{*}*"))
    return Lead(
        url=link,
        via="sitemap",
        at=at,
        source_url=url,
        title=line(news.get("title")),
        published=line(news.get("publication_date")),
        modified=line(_texts(entry.iterchildren("{*}*")).get("lastmod")),
        language=line(news.get("language")),
        tags=tuple(dict.fromkeys(filter(None, map(line, (news.get("keywords") or "").split(","))))),
    )


def _texts(elements: Iterable[etree._Element]) -> dict[str, str | None]:
    """The text of each element, by its local name.

    An element that holds more than text, as an entity left unexpanded, is passed over.
    """
    return {etree.QName(each).localname: each.text for each in elements if not len(each)}


def _text_leads(text: str, url: str, at: datetime) -> Iterator[Lead]:
    for address in text.splitlines()[:_MAX_ENTRIES]:
        link = absolute("", address)
        if link is not None:
            yield Lead(url=link, via="sitemap", at=at, source_url=url)
