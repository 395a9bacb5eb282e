"""Reads the schema.org objects that a page carries as JSON-LD.

Hostile input is bounded: a script over 1 MB or an object nested deeper than 100 levels is left out.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml.html import HtmlElement

from cleaning.characters import one_line

JsonObject = dict[str, Any]

_MAX_SCRIPT = 1_000_000
_MAX_DEPTH = 100
# What is taken of a text, in characters, and of a list.
_MAX_TEXT = 10_000
_MAX_LIST = 200
# One object or two may name the page by a URL that it had once.
_MIN_LISTED = 3
# What readers say of the thing: by others than its author, at other times.
_REPLIES = frozenset({"review", "reviews", "comment", "comments"})


def read_jsonld(tree: HtmlElement) -> tuple[JsonObject, ...]:
    """All typed objects of the page's JSON-LD scripts, outer before inner, in document order.

    Readers' reviews of and comments on one of them are left out.
    """
    scripts = tree.xpath('//script[contains(@type, "ld+json")]/text()')
    return tuple(found for script in scripts for found in _typed_objects(_parse(str(script))))


def types_of(thing: JsonObject) -> tuple[str, ...]:
    """The schema.org types of an object, without their namespace."""
    names = thing.get("@type") or ()
    if not isinstance(names, list | tuple):
        names = (names,)
    return tuple(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


def of_page(things: Sequence[JsonObject], urls: Iterable[str]) -> tuple[JsonObject, ...]:
    """The objects that are of the page itself, best first; the others are of further articles.

    Those are the ones that name one of the page's URLs, else the first. Of several, all must have
    the headline of the first or none: the entries of a live blog bear the page's URL too.

    Args:
        things: objects of one kind (articles), in document order.
        urls: the page's URL, and what it calls its canonical one.
    """
    paths = {path_of(url) for url in urls}
    own = [thing for thing in things if paths & set(map(path_of, _urls(thing)))] or things[:1]
    headlines = (None, own[0].get("headline")) if own else ()
    return tuple(thing for thing in own if thing.get("headline") in headlines)


def are_of_others(things: Sequence[JsonObject], urls: Iterable[str]) -> bool:
    """Whether a page with these URLs lists the objects: several, each of some page, none of it."""
    paths = {path_of(url) for url in urls}
    named = [set(filter(None, map(path_of, _urls(thing)))) for thing in things]
    return len(named) >= _MIN_LISTED and all(one and not one & paths for one in named)


def with_references(thing: JsonObject, things: Iterable[JsonObject]) -> JsonObject:
    """The object with what it only refers to (`{"@id": "#jane"}`) put in, where the page has it."""
    named = {one["@id"]: one for one in things if isinstance(one.get("@id"), str) and "name" in one}
    return {key: _resolved(value, named) for key, value in thing.items()}


def _resolved(value: Any, named: dict[str, JsonObject]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, named) if isinstance(one, dict) else one for one in value]
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return named.get(value["@id"], value)
    return value


def _urls(thing: JsonObject) -> Iterator[str]:
    for value in (thing.get("url"), thing.get("mainEntityOfPage"), thing.get("@id")):
        url = value.get("@id") if isinstance(value, dict) else value
        if isinstance(url, str):
            yield url


def texts_of(things: Iterable[JsonObject], key: str) -> Iterator[str]:
    """The texts that the objects hold under a key, tidied; a list gives each of its texts."""
    for thing in things:
        value = thing.get(key)
        for text in value[:_MAX_LIST] if isinstance(value, list) else (value,):
            # Many sites escape their JSON as if it were HTML.
            if isinstance(text, str) and (tidied := one_line(html.unescape(text[:_MAX_TEXT]))):
                yield tidied


def path_of(url: str) -> str:
    """The path of a URL, without host, query and fragment: what objects name pages by."""
    return re.sub(r"^https?://[^/]*|[?#].*$", "", url).rstrip("/")


def _parse(script: str) -> Any:
    if len(script) > _MAX_SCRIPT:
        return None
    try:
        # strict=False: CMSs write raw line breaks into strings.
        return json.loads(_without_comment(script), strict=False)
    except (ValueError, RecursionError):
        return None


def _without_comment(script: str) -> str:
    """Without the HTML comment or CDATA marks that some CMSs wrap a script in."""
    script = script.strip()
    for start, end in (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>")):
        script = script.removeprefix(start).removesuffix(end).strip()
    return script.rstrip(";")


def _typed_objects(value: Any, depth: int = 0) -> Iterator[JsonObject]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for key, inner in value.items():
            if key not in _REPLIES:
                yield from _typed_objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _typed_objects(inner, depth + 1)
