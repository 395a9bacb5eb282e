"""Reads who wrote an article: people and organisations, without roles, dates and labels."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from lxml.html import HtmlElement

from cleaning.article import Author
from cleaning.byline import element_bylines, labelled_bylines
from cleaning.byline_words import split_names, without_label
from cleaning.characters import one_line
from cleaning.jsonld import JsonObject
from cleaning.meta import Head, absolute_url
from cleaning.site_name import is_site_name

_META = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "shareaholic:article_author_name",
    "dc.creator",
)
_MAX_AUTHORS = 50
#: Handles (`jane-doe`, `j.doe`, `jane_doe`) are addresses, not names.
_HANDLE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+")
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w.'’-]*")

#: A name as stated, and the URL of its bearer.
Stated = tuple[str, str | None]


def read_authors(
    tree: HtmlElement,
    things: Sequence[JsonObject],
    head: Head,
    lead_authors: Iterable[str],
    names: frozenset[str],
) -> tuple[Author, ...]:
    """The authors by the first source that names any but the site itself.

    Args:
        tree: the parsed page.
        things: the page's article objects of JSON-LD, references followed.
        head: the page's head.
        lead_authors: names that the feed gave.
        names: the site's own, see `cleaning.site_name`: believed where nobody else is named.
    """
    said = [_authors(source) for source in _data_sources(things, head)]
    seen = (_authors(_plain(lines)) for lines in _visible_sources(tree, lead_authors))
    others = (_without_site(authors, names) for authors in chain(said, seen))
    return next(filter(None, others), None) or next(filter(None, said), ())


def read_byline(line: str) -> tuple[Author, ...]:
    """The authors named by a byline such as `by Andrea` or `Author: Wei`; none without label."""
    name = without_label(line)
    return () if name == line else _authors([(name, None)])


def looks_like_name(line: str) -> bool:
    """Whether a line is built like a person's name: two to four capitalised words, no more."""
    words = line.split()
    return 2 <= len(words) <= 4 and all(map(_CAPITALISED.fullmatch, words))  # noqa: PLR2004  (the docstring says them)


def _data_sources(things: Iterable[JsonObject], head: Head) -> Iterator[Iterable[Stated]]:
    yield from (_stated(thing.get("author")) for thing in things)
    yield from (_plain(head.all(name)) for name in _META)


def _visible_sources(tree: HtmlElement, lead_authors: Iterable[str]) -> Iterator[Iterable[str]]:
    yield from element_bylines(tree)
    yield from labelled_bylines(tree)
    yield lead_authors


def _stated(value: Any) -> Iterator[Stated]:
    """The names in JSON-LD's `author`: a string, an object, or a list of either."""
    for one in value[:_MAX_AUTHORS] if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one, None
        elif isinstance(one, dict):
            url = one.get("url")
            for name in _texts(one.get("name")):
                yield name, absolute_url("", url) if isinstance(url, str) else None


def _texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one


def _plain(names: Iterable[str]) -> Iterator[Stated]:
    return ((name, None) for name in names)


def _authors(stated: Iterable[Stated]) -> tuple[Author, ...]:
    """Split, cleaned and without repeats, in the order in which they are named."""
    found: dict[str, Author] = {}
    for text, url in stated:
        # Many sites escape their data as if it were HTML.
        for name in split_names(one_line(html.unescape(text))):
            if not _HANDLE.fullmatch(name):
                found.setdefault(name.casefold(), Author(name=name, url=url))
    return tuple(found.values())[:_MAX_AUTHORS]


def _without_site(authors: tuple[Author, ...], names: frozenset[str]) -> tuple[Author, ...]:
    return tuple(author for author in authors if not is_site_name(author.name, names))
