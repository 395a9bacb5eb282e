"""Says of a URL whether it looks like an article's: by rules, and by the site's own."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.discovery.date_range import span_in_url

#: From so many articles of a host on its shape is believed.
_ENOUGH = 10
#: One in so many may lack what the others have.
_EXCEPTION = 50
#: Of so many marks that all articles have, one that is missing proves nothing; two do.
_MISSING = 2
_ID = re.compile(r"\d{4,}")
_BETWEEN_WORDS = re.compile(r"[-_+.,]+")
_SLUG_WORDS = 3
#: Scripts without blanks write a headline in one piece.
_SLUG_LETTERS = 8
#: What tells one article from another; a URL with none of them can name none.
_IDENTIFYING = frozenset({"date", "number", "slug"})
_MAX_EXTENSION = 5


def load_table() -> dict[str, Any]:
    """The table of what is never an article, with the examples that it is tested by."""
    return tomllib.loads(files("crawler.discovery").joinpath("url_shape.toml").read_text("utf-8"))


_TABLE = load_table()
_EXTENSIONS = frozenset(_TABLE["extensions"]["names"])
_FOLDERS = frozenset(name for names in _TABLE["folders"]["names"].values() for name in names)
_PAGES = frozenset(name for names in _TABLE["pages"]["names"].values() for name in names)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a host's articles have in common: marks of their URLs, and the kinds that there are."""

    common: frozenset[str]
    kinds: frozenset[frozenset[str]]
    depth: int


def is_never_article(url: str) -> bool:
    """Whether a URL is no article's on any site: a file, a list by tag, a page of service."""
    path = unquote(urlsplit(url).path).lower()
    if _extension(path) in _EXTENSIONS:
        return True
    segments = [segment for segment in path.split("/") if segment]
    if segments and _LANGUAGE.fullmatch(segments[0]):
        segments = segments[1:]
    if not segments:
        # The home page, or that of a language.
        return True
    if segments[0] in _FOLDERS:
        return "slug" not in _marks(url)
    name = segments[0].rpartition(".")[0] or segments[0]
    return len(segments) == 1 and name in _PAGES


def learn_shapes(articles: Iterable[str]) -> dict[str, Shape]:
    """The shape of each host that has ten articles or more; fewer say nothing.

    Args:
        articles: URLs that are known to be articles', as from feeds.
    """
    by_host: dict[str, set[str]] = {}
    for url in articles:
        by_host.setdefault(urlsplit(url).netloc, set()).add(url)
    return {host: _shape(urls) for host, urls in by_host.items() if len(urls) >= _ENOUGH}


def looks_like_article(url: str, shapes: Mapping[str, Shape]) -> bool:
    """Whether a URL may be an article's: false only where that is clear.

    It is clear where the rules say so; where all known articles of the host are told apart by a
    date, a number or words in the URL, and this one has none; or where it lacks two of the marks
    that they share.
    """
    if is_never_article(url):
        return False
    shape = shapes.get(urlsplit(url).netloc)
    marks = _marks(url)
    if shape is None or marks in shape.kinds:
        return True
    identifying = shape.common & _IDENTIFYING
    if identifying and not marks & _IDENTIFYING:
        return False
    missing = len(shape.common - marks) + (_depth(url) < shape.depth)
    return missing < _MISSING


def _shape(urls: set[str]) -> Shape:
    kinds = Counter(map(_marks, urls))
    counts = Counter(mark for kind, times in kinds.items() for mark in kind for _ in range(times))
    needed = len(urls) - len(urls) // _EXCEPTION
    return Shape(
        common=frozenset(mark for mark, count in counts.items() if count >= needed),
        # One that is like no other may be a page that a feed advertises.
        kinds=frozenset(kind for kind, count in kinds.items() if count > 1 and kind & _IDENTIFYING),
        depth=min(map(_depth, urls)),
    )


def _marks(url: str) -> frozenset[str]:
    parts = urlsplit(url)
    path = unquote(parts.path)
    extension = _extension(path)
    name = path.rstrip("/").rpartition("/")[2].removesuffix(f".{extension}")
    values = [value for _, value in parse_qsl(parts.query[:2_000])]
    marks = {f"ends in {extension or 'no extension'}"}
    if span_in_url(url) is not None:
        marks.add("date")
    if any(map(_ID.search, (_without_date(path), *values))):
        marks.add("number")
    if _is_slug(name):
        marks.add("slug")
    return frozenset(marks)


def _without_date(path: str) -> str:
    """A year is no number of an article's."""
    return re.sub(r"(?<!\d)(?:19|20)\d\d(?:[/_-]?\d\d){0,2}(?!\d)", "", path)


def _is_slug(name: str) -> bool:
    words = [word for word in _BETWEEN_WORDS.split(name) if word and not word.isdigit()]
    letters = sum(letter.isalpha() and not letter.isascii() for letter in name)
    return len(words) >= _SLUG_WORDS or (len(words) == 1 and letters >= _SLUG_LETTERS)


def _extension(path: str) -> str:
    name, dot, extension = path.rpartition("/")[2].rpartition(".")
    known = name and dot and extension.isalnum() and extension.isascii()
    short = len(extension) <= _MAX_EXTENSION and not extension.isdigit()
    return extension.lower() if known and short else ""


def _depth(url: str) -> int:
    """How many segments the path has, but for its date."""
    path = _without_date(urlsplit(url).path)
    return len([segment for segment in path.split("/") if segment])
