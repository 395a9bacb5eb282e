"""The article's text where the page carries it as data: in JSON-LD, or in a script's JSON.

Sites that draw their text with JavaScript leave the markup empty and the text in a script, as
schema.org's `articleBody` or in the state of their framework, under names of their own.
"""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from lxml.etree import _Element
from lxml.html import document_fromstring

from cleaning.block import Block
from cleaning.characters import count_words, tidy, without_forbidden
from cleaning.jsonld import JsonObject
from cleaning.layout import read_blocks

_MAX_SCRIPT = 5_000_000
_MAX_DEPTH = 60
_MAX_TRIES = 8
_MIN_BODY = 200
# A string that may be a paragraph has so many words at least; labels and slugs have fewer.
_MIN_WORDS = 6
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔][\"'”’»«)\]」』›]*(?:\s|<|$)")
_ASSIGNED = re.compile(r"=\s*(?=[{\[])")
_MARKED_UP = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|blockquote|strong|em|a)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\s*\n\s*")


def stated_body(jsonld: Sequence[JsonObject]) -> str:
    """The longest `articleBody` of the page's JSON-LD, as it stands there, or nothing."""
    bodies = (str(thing.get("articleBody") or "") for thing in jsonld if "articleBody" in thing)
    longest = max(bodies, key=len, default="")
    return longest if len(longest) >= _MIN_BODY else ""


def blocks_of_body(body: str) -> tuple[Block, ...]:
    """The paragraphs of a stated body, be it plain text or HTML."""
    if _MARKED_UP.search(body):
        return _blocks_of_html(body)
    texts = map(tidy, _PARAGRAPH.split(without_forbidden(_unescaped(body))))
    return tuple(Block("paragraph", text) for text in texts if text)


def embedded_body(tree: _Element) -> tuple[Block, ...]:
    """The paragraphs in the page's scripts: those of the name under which most text stands."""
    groups: dict[str, list[str]] = defaultdict(list)
    for value in _values(tree):
        for name, text in _texts(value, "", 0):
            groups[name].append(text)
    texts = max(groups.values(), key=_prose_words, default=[])
    if not _prose_words(texts):
        return ()
    return tuple(block for text in dict.fromkeys(texts) for block in blocks_of_body(text))


def _prose_words(texts: Sequence[str]) -> int:
    unique = dict.fromkeys(texts)
    return sum(count_words(text) for text in unique if _SENTENCE_END.search(text))


def _values(tree: _Element) -> Iterator[Any]:
    """What the scripts of the page hold as JSON: whole, or assigned to a variable."""
    for script in tree.iter("script"):
        text = script.text or ""
        if not _MIN_BODY <= len(text) <= _MAX_SCRIPT or "ld+json" in script.get("type", ""):
            continue
        if "json" in script.get("type", ""):
            yield from _decoded(text.strip(), 0)
        else:
            for match in list(_ASSIGNED.finditer(text))[:_MAX_TRIES]:
                yield from _decoded(text, match.end())


def _decoded(text: str, start: int) -> Iterator[Any]:
    try:
        yield json.JSONDecoder(strict=False).raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return


def _texts(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    """The running texts in a value, each with its name: the keys that lead to it."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, f"{name}.{key}", depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, f"{name}[]", depth + 1)
    elif isinstance(value, str) and count_words(value) >= _MIN_WORDS:
        yield name, value


def _blocks_of_html(markup: str) -> tuple[Block, ...]:
    tree = document_fromstring(f"<html><body>{without_forbidden(markup)}</body></html>")
    return read_blocks(tree)


def _unescaped(text: str) -> str:
    """The text without character references, which many sites leave in their JSON."""
    return html.unescape(text) if "&" in text else text
