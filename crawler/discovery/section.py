"""Reads section pages: the articles that they link to, and the address of their next page."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from lxml import html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from cleaning.characters import folded_words, without_forbidden, words_of
from cleaning.decode import decode
from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.link import absolute
from crawler.discovery.text import line

_TABLE = tomllib.loads(files("crawler.discovery").joinpath("next.toml").read_text("utf-8"))
_NEXT_ARROWS = frozenset(_TABLE["arrows"])
_NEXT_LABELS = frozenset(
    folded_words(label) for labels in _TABLE["labels"].values() for label in labels
)
#: A link of so few words is "Read more", a name or a section, not a headline.
_MAX_LABEL_WORDS = 3
# lxml's time grows with the square of a tag's attributes: 60,000 of them take two minutes.
_HUGE_TAG = re.compile(r"<[a-z][^<>]{4000,}>?", re.IGNORECASE)
#: No label of a pager is longer; spares folding whole teasers.
_MAX_PAGER_LABEL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionContents:
    """What a section page names: leads in its order, each URL once, and the URL of its next page.

    The next page is what the page says it is; it may be on another host.
    """

    leads: tuple[Lead, ...] = ()
    next_page: str | None = None


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    element: HtmlElement


def read_section(
    body: bytes,
    url: str,
    at: datetime,
    *,
    is_article: Callable[[str], bool],
    content_type: str | None = None,
) -> SectionContents:
    """Read the links of a section page.

    A link's text becomes the lead's title if it has more than three words. The next page is what
    `rel="next"` points to, else a link labelled as such in a language of `next.toml`.

    Args:
        body: the page as sent, after content decoding.
        url: where it was; relative links are resolved against it or the page's `<base>`.
        at: when it was fetched; aware.
        is_article: whether a URL is an article's; usually `crawler.site.Site.is_article`.
        content_type: the value of the HTTP header `Content-Type`, if there was one.

    Raises:
        InputError: there is no page to read.
    """
    tree = _parse(body, url, content_type)
    here = absolute(url, url)
    links = [link for link in _links(tree, url) if link.url != here]
    next_page = _next_page(links)
    articles = (
        link
        for link in links
        if link.element.tag == "a" and link.url != next_page and is_article(link.url)
    )
    return SectionContents(leads=_leads(articles, url, at), next_page=next_page)


def _parse(body: bytes, url: str, content_type: str | None) -> HtmlElement:
    text = _HUGE_TAG.sub("", without_forbidden(decode(body, content_type).text))
    try:
        return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except LxmlError as error:
        raise InputError(
            f"{url}: no page is here; name the address of an HTML page under `sections`"
        ) from error


def _links(tree: HtmlElement, url: str) -> Iterator[_Link]:
    """The page's links that can be followed, in order."""
    declared = next(iter(tree.xpath("//base/@href")), None)
    base = absolute(url, declared and str(declared)) or url
    for element in tree.iter("a", "link"):
        link = absolute(base, element.get("href"))
        if link is not None:
            yield _Link(link, element)


def _leads(links: Iterator[_Link], url: str, at: datetime) -> tuple[Lead, ...]:
    """The leads of links; a picture's link and a headline's to the same article make one."""
    found: dict[str, str | None] = {}
    for link in links:
        found[link.url] = found.get(link.url) or _title(link.element)
    return tuple(
        Lead(url=address, via="section", at=at, source_url=url, title=title)
        for address, title in found.items()
    )


def _title(element: HtmlElement) -> str | None:
    text = line(element.text_content()) or ""
    return text if len(words_of(text)) > _MAX_LABEL_WORDS else None


def _next_page(links: list[_Link]) -> str | None:
    declared = (link.url for link in links if _is_declared_next(link.element))
    labelled = (link.url for link in links if _is_labelled_next(link.element))
    return next(declared, None) or next(labelled, None)


def _is_declared_next(element: HtmlElement) -> bool:
    """By the link type `next` of the HTML Living Standard, 4.6.7."""
    return "next" in (element.get("rel") or "").lower().split()


def _is_labelled_next(element: HtmlElement) -> bool:
    if element.tag != "a":
        return False
    labels = (element.text_content(), element.get("aria-label"), element.get("title"))
    return any(_means_next(label.strip()) for label in labels if label)


def _means_next(label: str) -> bool:
    if len(label) > _MAX_PAGER_LABEL:
        return False
    return label in _NEXT_ARROWS or folded_words(label) in _NEXT_LABELS
