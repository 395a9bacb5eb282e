"""Tells what kind of content a page is: article, live blog, opinion, video or gallery.

The names by which each is known are in `content_type.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from urllib.parse import unquote

from cleaning.article import ContentType
from cleaning.jsonld import JsonObject, path_of, types_of
from cleaning.meta import Head
from cleaning.sourced import Sourced, first_said

_TABLE: dict[str, dict[ContentType, list[str]]] = tomllib.loads(
    files("cleaning").joinpath("content_type.toml").read_text("utf-8")
)


def _by_name(table: Mapping[ContentType, Sequence[str]]) -> dict[str, ContentType]:
    return {name: kind for kind, names in table.items() for name in names}


_OF_SCHEMA = _by_name(_TABLE["schema"])
_OF_OPEN_GRAPH = _by_name(_TABLE["open-graph"])
_OF_SEGMENT = _by_name(_TABLE["path"])
_OF_SECTION = _by_name(_TABLE["section"])
_OF_LABEL = _by_name(_TABLE["label"])
_LABEL = re.compile(
    r"({})(?:\s*[:|｜：]\s|\s[–—-]\s)\S".format("|".join(map(re.escape, _OF_LABEL))), re.IGNORECASE
)


def read_content_type(
    things: Iterable[JsonObject], head: Head, url: str, section: str | None, titles: Iterable[str]
) -> Sourced[ContentType]:
    """The kind of content that the first of these names; an article where none does.

    Args:
        things: the page's article objects of JSON-LD, or all where it has none.
        head: the page's head.
        url: the page's URL.
        section: the section that the article is in.
        titles: what the article is called, with the labels that stand before.
    """
    types = (name for thing in things for name in types_of(thing))
    said: tuple[tuple[str, Iterator[ContentType]], ...] = (
        ("json-ld", _known(_OF_SCHEMA, types)),
        ("meta", _known(_OF_OPEN_GRAPH, head.all("og:type"))),
        ("meta", iter(["opinion"] if head.first("article:opinion") == "true" else [])),
        ("url", _known(_OF_SEGMENT, _segments(url))),
        ("section", _known(_OF_SECTION, [(section or "").casefold()])),
        ("title", (_OF_LABEL[label[1].lower()] for label in map(_LABEL.match, titles) if label)),
    )
    return first_said(((source, kind) for source, kinds in said for kind in kinds), "article")


def _known(table: Mapping[str, ContentType], names: Iterable[str]) -> Iterator[ContentType]:
    return (table[name] for name in names if name in table)


def _segments(url: str) -> list[str]:
    """The folders of the URL's path; the last segment is the article's own name."""
    return unquote(path_of(url)).lower().strip("/").split("/")[:-1]
