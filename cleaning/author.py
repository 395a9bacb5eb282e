"""Reads who wrote an article: people and organisations, without roles, dates and labels."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Any

from lxml.html import HtmlElement

from cleaning.article import Author
from cleaning.characters import one_line
from cleaning.jsonld import JsonObject
from cleaning.meta import Head

_TABLE = tomllib.loads(files("cleaning").joinpath("author.toml").read_text("utf-8"))
_BY = re.compile(r"^(?:{})\s*[:：]?\s*".format("|".join(_TABLE["by"])), re.IGNORECASE)
_AND = re.compile(
    r"\s*(?:[,;/|•·、，]|\s(?:{})\s)\s*".format("|".join(_TABLE["and"])), re.IGNORECASE
)
_NOT_A_NAME = re.compile("|".join(_TABLE["not_a_name"]), re.IGNORECASE)
_MAX_NAME = 80
_MAX_NAME_WORDS = 7
_META = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl")
_BYLINES = (
    '//*[@rel="author" or @itemprop="author" or contains(concat(" ", @class, " "), " byline ")'
    ' or contains(concat(" ", @class, " "), " author ")]'
)
_MAX_BYLINE = 120


def read_authors(
    tree: HtmlElement, things: Iterable[JsonObject], head: Head, lead_authors: Iterable[str]
) -> tuple[Author, ...]:
    """The authors by the first source that names any: JSON-LD, meta tags, byline, lead.

    Args:
        tree: the parsed page.
        things: the page's article objects of JSON-LD.
        head: the page's head.
        lead_authors: names that the feed gave.
    """
    sources: Iterator[Iterable[tuple[str, str | None]]] = iter(
        (
            (author for thing in things for author in _stated(thing.get("author"))),
            ((name, None) for name in head.all(*_META)),
            ((name, None) for name in _bylines(tree)),
            ((name, None) for name in lead_authors),
        )
    )
    found = (_authors(source) for source in sources)
    return next(filter(None, found), ())


def read_byline(line: str) -> tuple[Author, ...]:
    """The authors named by a byline such as `by Andrea` or `Author: Wei`; none without label."""
    label = _BY.match(line)
    return _authors([(line[label.end() :], None)]) if label else ()


def looks_like_name(line: str) -> bool:
    """Whether a line is built like a person's name: two to four capitalised words, no more."""
    words = line.split()
    return 2 <= len(words) <= 4 and all(re.fullmatch(r"[^\W\d_a-z][\w.'’-]*", w) for w in words)  # noqa: PLR2004  (the docstring says them)


def _stated(value: Any) -> Iterator[tuple[str, str | None]]:
    """The names in JSON-LD's `author`: a string, an object, or a list of either."""
    if isinstance(value, list):
        for inner in value[:50]:
            yield from _stated(inner)
    elif isinstance(value, dict):
        url = value.get("url")
        for name in _names_in(value.get("name")):
            yield name, url if isinstance(url, str) and url.startswith("http") else None
    elif isinstance(value, str):
        yield value, None


def _names_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (name for name in value if isinstance(name, str))


def _bylines(tree: HtmlElement) -> Iterator[str]:
    for element in tree.xpath(_BYLINES):
        text = one_line(element.text_content())
        if len(text) <= _MAX_BYLINE:
            yield text


def _authors(stated: Iterable[tuple[str, str | None]]) -> tuple[Author, ...]:
    """Split, cleaned and without repeats, in the order in which they are named."""
    found: dict[str, Author] = {}
    for text, url in stated:
        for name in _split(one_line(text)):
            found.setdefault(name.casefold(), Author(name=name, url=url))
    return tuple(found.values())


def _split(text: str) -> Iterator[str]:
    names = (name.strip(" .-–—") for name in _AND.split(_BY.sub("", text)))
    return (name for name in names if _is_name(name))


def _is_name(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and not _NOT_A_NAME.search(name)
    )
