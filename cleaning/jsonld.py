"""Reads the schema.org objects that a page carries as JSON-LD.

Hostile input is bounded: a script over 1 MB or an object nested deeper than 100 levels is left out.
"""

import json
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

JsonObject = dict[str, Any]

_MAX_SCRIPT = 1_000_000
_MAX_DEPTH = 100


def read_jsonld(tree: HtmlElement) -> tuple[JsonObject, ...]:
    """All typed objects of the page's JSON-LD scripts, outer before inner, in document order."""
    scripts = tree.xpath('//script[contains(@type, "ld+json")]/text()')
    return tuple(found for script in scripts for found in _typed_objects(_parse(str(script))))


def types_of(thing: JsonObject) -> tuple[str, ...]:
    """The schema.org types of an object, without their namespace."""
    names = thing.get("@type") or ()
    if isinstance(names, str):
        names = (names,)
    return tuple(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


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
        for inner in value.values():
            yield from _typed_objects(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _typed_objects(inner, depth + 1)
