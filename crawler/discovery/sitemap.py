"""Reads sitemaps by the protocol of sitemaps.org 0.9, and Google's news sitemaps.

Elements are known by their local names: sites write every namespace there ever was, or none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from html.entities import html5
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
#: An entity, or an ampersand that starts none, as in unescaped query strings; CDATA is passed over.
_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:(?P<name>[a-z][a-z0-9]{0,30});|(?P<code>#[0-9]{1,7};|#x[0-9a-f]{1,6};)|)",
    re.DOTALL | re.IGNORECASE,
)
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
#: What may stand before the declaration where a server tells of its own faults first.
_DECLARATION = re.compile(r"<\?xml\s|<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_PREAMBLE = 4_000
#: Between keywords: those who write Chinese, Japanese or Arabic have commas of their own.
_BETWEEN_KEYWORDS = re.compile(r"[,;，、；،؛]")


@dataclass(frozen=True, slots=True)
class NamedSitemap:
    """A sitemap that an index names, and when it was changed, as written."""

    url: str
    modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapContents:
    """What a sitemap names: leads, or further sitemaps; in its order, each URL once.

    `lastmod` is a lead's `modified`; `published` is what an extension for news says.
    """

    leads: tuple[Lead, ...] = ()
    sitemaps: tuple[NamedSitemap, ...] = ()


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
    text = _without_preamble(text_of(inflated(body)[:MAX_INFLATED]))
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
    sitemaps: dict[str, NamedSitemap] = {}
    for entry in _entries(_mended(text)):
        texts = _texts(entry.iterchildren("{*}*"))
        link = absolute(url, texts.get("loc"))
        if link is None:
            continue
        if _name_of(entry) == "sitemap":
            sitemaps.setdefault(link, NamedSitemap(link, line(texts.get("lastmod"))))
        else:
            leads.append(_lead(entry, link, url, at))
    # An index that names itself would be read twice.
    sitemaps.pop(url, None)
    return SitemapContents(leads=first_of_each(leads), sitemaps=tuple(sitemaps.values()))


def _without_preamble(text: str) -> str:
    found = None if text.startswith("<") else _DECLARATION.search(text[:_PREAMBLE])
    return text[found.start() :] if found else text


def _mended(text: str) -> str:
    text = without_torn_end(text, "|".join(_SITEMAPS), "url|sitemap")
    return _AMPERSAND.sub(_known_to_xml, text)


def _known_to_xml(found: re.Match[str]) -> str:
    """Ampersands that XML would stumble over, escaped; HTML's entities as characters."""
    name = found["name"]
    if found[0] == "&":
        return "&amp;"
    return html5[f"{name};"] if name not in _OF_XML and f"{name};" in html5 else found[0]


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
    extensions = (each for each in entry.iterchildren("{*}*") if _name_of(each) == "news")
    news = _texts(node for each in extensions for node in each.iter("{*}*"))
    return Lead(
        url=link,
        via="sitemap",
        at=at,
        source_url=url,
        title=line(unescape(news.get("title") or "")),
        published=line(news.get("publication_date")),
        modified=line(_texts(entry.iterchildren("{*}*")).get("lastmod")),
        language=line(news.get("language")),
        tags=tuple(
            dict.fromkeys(
                filter(
                    None, map(line, _BETWEEN_KEYWORDS.split(unescape(news.get("keywords") or "")))
                )
            )
        ),
    )


def _texts(elements: Iterable[etree._Element]) -> dict[str, str | None]:
    """The text of each element, by its local name.

    An element that holds more than text, as an entity left unexpanded, is passed over.
    """
    return {_name_of(each): each.text for each in elements if not len(each)}


def _name_of(element: etree._Element) -> str:
    """The local name, also of an element whose prefix is not declared."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _text_leads(text: str, url: str, at: datetime) -> Iterator[Lead]:
    for address in text.splitlines()[:_MAX_ENTRIES]:
        link = absolute("", address)
        if link is not None:
            yield Lead(url=link, via="sitemap", at=at, source_url=url)
