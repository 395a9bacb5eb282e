"""Reads what an article is tagged with: the topics and keywords that its page gives it.

The places and words by which tags are known are in `tag.toml`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice, takewhile
from typing import Any

from lxml.html import HtmlElement

from cleaning.characters import one_line, words_of
from cleaning.class_name import class_names, named
from cleaning.jsonld import JsonObject, texts_of
from cleaning.meta import Head
from cleaning.site_name import is_site_name
from cleaning.sourced import Sourced, first_said

_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    files("cleaning").joinpath("tag.toml").read_text("utf-8")
)
_LABELS = frozenset(_TABLE["label"]["tags"])
_REFUSED = re.compile("|".join(_TABLE["refuse"]["tags"]), re.IGNORECASE)
_NAMED = class_names(_TABLE["visible"]["names"])
_INDEX = re.compile(_TABLE["visible"]["index"])
_ELSEWHERE = class_names(_TABLE["visible"]["elsewhere"])
_PATH = re.compile(r"/(?:{})/".format("|".join(_TABLE["visible"]["paths"])), re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[,;|、，；]\s*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff ]+")
_LABELLED = re.compile(r"([\w ]{2,30}):\s+(.+)")
_MAX_TAGS = 100
_MAX_TAG = 100
_MAX_STATED = 10_000
_MAX_LINKS = 2_000
#: Several labels are the custom of a machine; one colon may be a headline's.
_MIN_LABELS = 2
#: A keyword of more words is a list whose commas were lost.
_MAX_WORDS = 4
#: So far up, an element's name tells what a link is.
_UP = 4
#: Where the tags of an article end at the latest.
_BORDERS = frozenset({"article", "main", "body"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Words of a label, `Tags:` or `Lesen Sie mehr zu:`, and of what joins the links, `and`.
_MAX_LABEL = 4
_MAX_BETWEEN = 1
_FURNITURE = frozenset({"header", "footer", "nav", "aside"})


def read_tags(
    tree: HtmlElement,
    things: Iterable[JsonObject],
    head: Head,
    lead_tags: Sequence[str],
    names: frozenset[str],
) -> Sourced[tuple[str, ...]]:
    """The tags by the first source that has any, a list without commas believed last.

    Args:
        tree: the parsed page.
        things: the page's article objects of JSON-LD.
        head: the page's head.
        lead_tags: what the feed or sitemap gave.
        names: the site's own, see `cleaning.site_name`: they are no tags.
    """
    places: tuple[tuple[str, Callable[[], Iterable[str]]], ...] = (
        ("meta", lambda: head.all(*_TABLE["meta"]["editorial"])),
        ("json-ld", lambda: texts_of(things, "keywords")),
        ("page", lambda: visible_tags(tree)),
        ("meta", lambda: head.all(*_TABLE["meta"]["search"])),
        ("lead", lambda: lead_tags),
    )
    run_on = []
    for source, read in places:
        tags = clean_tags(read(), names)
        if tags and not _is_run_on(tags):
            return Sourced(tags, source)
        run_on.append((source, tags))
    return first_said(run_on, ())


def clean_tags(stated: Iterable[str], names: frozenset[str]) -> tuple[str, ...]:
    """Single tags, in order, without repeats, machine names, and names of the site."""
    parts = [part for text in stated for part in _split(text[:_MAX_STATED])]
    found: dict[str, str] = {}
    for part in _without_labels([part.strip(" #\"'") for part in parts]):
        if part and not _REFUSED.search(part) and not is_site_name(part, names):
            found.setdefault(part.casefold(), part[:_MAX_TAG].strip())
    return tuple(islice(found.values(), _MAX_TAGS))


def _split(text: str) -> list[str]:
    """The keywords of a list: between commas or, in scripts without spaces, between blanks."""
    parts = _SEPARATOR.split(text)
    return text.split() if len(parts) == 1 and _UNSPACED.fullmatch(text) else parts


def _without_labels(tags: Sequence[str]) -> list[str]:
    """`Category: Wine` is `Wine`, and `Day: Friday` nothing, where a list is full of such."""
    labelled = [_LABELLED.fullmatch(tag) for tag in tags]
    if sum(map(bool, labelled)) < _MIN_LABELS:
        return list(tags)
    return [match[2] for match in labelled if match and match[1].lower() in _LABELS]


def _is_run_on(tags: Sequence[str]) -> bool:
    return len(tags) == 1 and len(tags[0].split()) > _MAX_WORDS


def visible_tags(tree: HtmlElement) -> tuple[str, ...]:
    """The first list of links below the headline that is named for tags, or leads to their pages.

    A single link is no list: every teaser of another article has one.
    """
    lists: dict[HtmlElement, list[str]] = {}
    for link in islice(tree.xpath("//h1/following::a[@href]"), _MAX_LINKS):
        if _is_tag(link) and not _is_elsewhere(link):
            text = one_line(" ".join(islice(link.itertext(), 10)))
            if _may_be_tag(text):
                lists.setdefault(_list_of(link), []).append(text)
    return next((tuple(tags) for tags in lists.values() if len(tags) > 1), ())


def _may_be_tag(text: str) -> bool:
    fits = 0 < len(text) <= _MAX_TAG
    return fits and not _REFUSED.search(text) and not _INDEX.fullmatch(text)


def _is_tag(link: HtmlElement) -> bool:
    if link.get("rel") == "tag" or _PATH.search(f"{link.get('href')}/"):
        return True
    return any(named(_NAMED, place) for place in _places(link))


def _places(link: HtmlElement) -> Iterator[HtmlElement]:
    """The link and what is around it, as far as that is about the link."""
    yield link
    for place in islice(link.iterancestors(), _UP):
        if place.tag in _BORDERS:
            return
        yield place


def _is_elsewhere(link: HtmlElement) -> bool:
    """Whether a link stands in prose, in the site's furniture, or with another article."""
    around = list(link.iterancestors())
    inner = list(takewhile(lambda place: place.tag not in _BORDERS, around))
    if any(_is_prose(place) or named(_ELSEWHERE, place) for place in inner):
        return True
    in_article = any(place.tag in ("article", "main") for place in around)
    return not in_article and any(place.tag in _FURNITURE for place in inner)


def _is_prose(place: HtmlElement) -> bool:
    """Whether it is a heading, or a paragraph of more than a label and links."""
    if place.tag != "p":
        return place.tag in _HEADINGS
    first = place.xpath("string((.//a[.//text()])[1])")
    label = len(words_of(place.text_content().partition(first)[0])) if first else 0
    beside = len(words_of(" ".join(place.xpath(".//text()[not(ancestor::a)]"))))
    return label > _MAX_LABEL or beside - label > _MAX_BETWEEN


def _list_of(link: HtmlElement) -> HtmlElement:
    """The least element around a link that holds another."""
    for place in link.iterancestors():
        if len(list(islice(place.iter("a"), 2))) > 1 or place.tag in _BORDERS:
            return place
    return link
