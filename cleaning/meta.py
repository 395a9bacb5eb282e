"""Reads what a page says of itself in its head: meta tags, links, headings, document language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from cleaning.characters import one_line, without_forbidden
from cleaning.jsonld import path_of

_NAMES = ("property", "name", "http-equiv")
#: The form of a BCP-47 tag; templates leave other things in its place.
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_MAX_VALUE = 5_000
_MAX_URL = 2_083
# The first headings of a page; further ones are those of other articles.
_MAX_HEADINGS = 3
_MAX_SUBHEADINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the page says of itself.

    `meta` maps each meta name, lower case, to its values in document order; `headings` are the
    texts of h1, `subheadings` of h2.
    """

    meta: Mapping[str, tuple[str, ...]]
    title: str | None
    headings: tuple[str, ...]
    subheadings: tuple[str, ...]
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
        headings=_headings(tree, "h1", url)[:_MAX_HEADINGS],
        subheadings=_headings(tree, "h2", url)[:_MAX_SUBHEADINGS],
        language=_language(tree),
        canonical=_canonical(tree, url),
    )


def absolute_url(url: str, link: str) -> str | None:
    """The link resolved against the page's URL; None where that is no sane http(s) URL."""
    try:
        absolute = urljoin(url, without_forbidden(link).strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    sane = parts.scheme in ("http", "https") and parts.hostname and len(absolute) <= _MAX_URL
    return absolute if sane else None


def _meta(tree: HtmlElement) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = one_line(element.get("content", "")[:_MAX_VALUE])
        names = {element.get(attribute, "").strip().lower() for attribute in _names_of(element)}
        for name in filter(None, sorted(names) if value else ()):
            found.setdefault(name, []).append(value)
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


def _names_of(element: HtmlElement) -> tuple[str, ...]:
    """Where the element may have its name; microdata in the body is of whatever it stands in."""
    parent = element.getparent()
    in_head = parent is not None and parent.tag == "head"
    return (*_NAMES, "itemprop") if in_head else _NAMES


def _first_text(tree: HtmlElement, expression: str) -> str | None:
    elements = tree.xpath(expression)
    texts = (one_line(element.text_content()[:_MAX_VALUE]) for element in elements)
    return next(filter(None, texts), None)


def _headings(tree: HtmlElement, tag: str, url: str) -> tuple[str, ...]:
    """The texts of headings, but for those that link to the home page: they name the site."""
    headings = (heading for heading in tree.iter(tag) if not _leads_home(heading, url))
    texts = (" ".join(heading.itertext())[:_MAX_VALUE] for heading in headings)
    return tuple(filter(None, map(one_line, texts)))


def _leads_home(heading: HtmlElement, url: str) -> bool:
    links = (absolute_url(url, str(link)) for link in heading.xpath(".//a/@href | parent::a/@href"))
    return not _is_home(url) and any(_is_home(link) for link in links if link)


def _is_home(url: str) -> bool:
    return path_of(url) == ""


def _language(tree: HtmlElement) -> str | None:
    root = tree.getroottree().getroot()
    tag = root.get("lang") or root.get("xml:lang") or ""
    tag = tag.strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _canonical(tree: HtmlElement, url: str) -> str | None:
    links = tree.xpath('//link[translate(@rel, "CANOIL", "canoil") = "canonical"]/@href')
    return absolute_url(url, str(links[0])) if links else None
