"""Reads what a page says of itself in its head: meta tags, links, headings, document language."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from cleaning.characters import one_line

_NAMES = ("property", "name", "itemprop", "http-equiv")
_MAX_VALUE = 5_000
_MAX_URL = 2_083
# How a heading's text is scattered over a page: whole elements only, no more than a few.
_MAX_HEADINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the page says of itself.

    `meta` maps each meta name, lower case, to its values in document order.
    """

    meta: Mapping[str, tuple[str, ...]]
    title: str | None
    headings: tuple[str, ...]
    language: str | None
    canonical: str | None

    def first(self, *names: str) -> str | None:
        """The first value of the first of these meta names that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), None)

    def all(self, *names: str) -> tuple[str, ...]:
        """All values of these meta names."""
        return tuple(value for name in names for value in self.meta.get(name, ()))


def read_head(tree: HtmlElement, url: str) -> Head:
    """Read the head of a parsed page that came from `url`."""
    return Head(
        meta=_meta(tree),
        title=_first_text(tree, "//head//title | //title"),
        headings=_headings(tree),
        language=_language(tree),
        canonical=_canonical(tree, url),
    )


def absolute_url(url: str, link: str) -> str | None:
    """The link resolved against the page's URL; None where that is no sane http(s) URL."""
    try:
        absolute = urljoin(url, link.strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    sane = parts.scheme in ("http", "https") and parts.hostname and len(absolute) <= _MAX_URL
    return absolute if sane else None


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = one_line(element.get("content", "")[:_MAX_VALUE])
        names = {element.get(attribute, "").strip().lower() for attribute in _NAMES}
        for name in filter(None, sorted(names) if value else ()):
            found.setdefault(name, []).append(value)
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


def _first_text(tree: HtmlElement, expression: str) -> str | None:
    texts = (one_line(element.text_content()) for element in tree.xpath(expression))
    return next(filter(None, texts), None)


def _headings(tree: HtmlElement) -> tuple[str, ...]:
    texts = (one_line(" ".join(heading.itertext())) for heading in tree.iter("h1"))
    return tuple(filter(None, texts))[:_MAX_HEADINGS]


def _language(tree: HtmlElement) -> str | None:
    root = tree.getroottree().getroot()
    tag = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    return tag.strip().replace("_", "-") or None


def _canonical(tree: HtmlElement, url: str) -> str | None:
    links = tree.xpath('//link[translate(@rel, "CANOIL", "canoil") = "canonical"]/@href')
    return absolute_url(url, str(links[0])) if links else None
