"""Within `article/1` fields are only added; whatever else changes is named."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from cleaning.schema import schema_text
from cleaning.schema_change import breaking_changes, released_schema

Defs = dict[str, Any]
TEXT = {"type": "string"}


def test_readers_of_the_released_schema_are_safe() -> None:
    assert breaking_changes(released_schema(), json.loads(schema_text())) == [], (
        "article/1 may only gain fields that have a default: take the change back, or, where it is"
        " meant and nothing is released yet, put today's schema in cleaning/article-1.released"
    )


def add(defs: Defs, record: str, name: str, kind: Any, *, required: bool = False) -> None:
    defs[record]["properties"][name] = kind
    if required:
        defs[record]["required"].append(name)


def rename(defs: Defs, record: str, name: str, to: str) -> None:
    fields = defs[record]["properties"]
    fields[to] = fields.pop(name)
    defs[record]["required"].remove(name)


def alter(defs: Defs, record: str, name: str, **given: Any) -> None:
    defs[record]["properties"][name].update(given)


def nullable(defs: Defs, record: str, name: str) -> None:
    fields = defs[record]["properties"]
    fields[name] = {"anyOf": [fields[name], {"type": "null"}]}


ALLOWED: list[Callable[[Defs], object]] = [
    lambda defs: add(defs, "Article", "summary", {"anyOf": [TEXT, {"type": "null"}]}),
    lambda defs: add(defs, "Author", "email", TEXT),
    lambda defs: add(defs, "Rights", "mood", {"$ref": "#/$defs/Mood"}) or add_mood(defs),
    lambda defs: defs["Image"].update(description="Said better."),
    lambda defs: defs["Article"]["properties"].update(
        reversed(list(defs["Article"]["properties"].items()))
    ),
]


def add_mood(defs: Defs) -> None:
    defs["Mood"] = {"type": "object", "properties": {"sad": TEXT}, "required": ["sad"]}


@pytest.mark.parametrize("change", ALLOWED)
def test_what_adds_is_allowed(change: Callable[[Defs], object]) -> None:
    new = copy.deepcopy(released_schema())
    change(new["$defs"])
    assert breaking_changes(released_schema(), new) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda defs: defs["Article"]["properties"].pop("section"),
            ["section: is gone"],
        ),
        (
            lambda defs: defs["Provenance"]["properties"].pop("warc"),
            ["provenance.warc: is gone"],
        ),
        (
            lambda defs: rename(defs, "Article", "word_count", "words"),
            ["word_count: is gone; is it words now?"],
        ),
        (
            lambda defs: rename(defs, "Author", "name", "full_name"),
            ["authors[].name: is gone; is it full_name now?"],
        ),
        (
            lambda defs: alter(defs, "Article", "version", type="string"),
            ["version: is string now, was integer"],
        ),
        (
            lambda defs: defs["Article"]["properties"].update(tags={"type": "string"}),
            ["tags: is string now, was array"],
        ),
        (
            lambda defs: defs["Article"]["properties"]["tags"].update(items={"type": "integer"}),
            ["tags[]: is integer now, was string"],
        ),
        (
            lambda defs: defs["Article"]["properties"]["removed"].update(
                additionalProperties={"type": "string"}
            ),
            ["removed.*: is string now, was integer"],
        ),
        (
            lambda defs: alter(defs, "Article", "images", items={"$ref": "#/$defs/Author"}),
            [
                "images[].url: may be null now",
                "images[].caption: is gone",
                "images[].credit: is gone",
                "images[].name: is new without a default, and older segments lack it",
            ],
        ),
        (lambda defs: nullable(defs, "Article", "url"), ["url: may be null now"]),
        (lambda defs: nullable(defs, "Article", "quality"), ["quality: may be null now"]),
        (
            lambda defs: nullable(defs, "Provenance", "fetched_at"),
            ["provenance.fetched_at: may be null now"],
        ),
        (
            lambda defs: alter(defs, "Article", "title", anyOf=[TEXT]),
            ["title: may not be null any more"],
        ),
        (
            lambda defs: defs["Article"]["required"].remove("language"),
            ["language: may be missing now"],
        ),
        (
            lambda defs: defs["Author"]["required"].append("kind"),
            ["authors[].kind: must be there now"],
        ),
        (
            lambda defs: add(defs, "Article", "mood", TEXT, required=True),
            ["mood: is new without a default, and older segments lack it"],
        ),
        (
            lambda defs: alter(defs, "Article", "content_type", enum=["article", "podcast"]),
            ["content_type: takes other values: +podcast -gallery -live-blog -opinion -video"],
        ),
        (
            lambda defs: defs["Article"]["properties"].update(op={"type": "string"}),
            ["op: is string now, was one of a list"],
        ),
        (
            lambda defs: alter(defs, "Article", "language", enum=["en"]),
            ["language: takes other values: +en"],
        ),
        (
            lambda defs: alter(defs, "Article", "id", pattern="^[0-9a-f]{40}$"),
            ["id: pattern is ^[0-9a-f]{40}$ now, was ^[0-9a-f]{32}$"],
        ),
        (
            lambda defs: alter(defs, "Quality", "score", maximum=100),
            ["quality.score: maximum is 100 now, was 1"],
        ),
        (
            lambda defs: defs["Article"].update({"else": {}}),
            [
                "record: else is {} now, was {'properties': {'text': {'type': 'string'}}}",
            ],
        ),
    ],
)
def test_what_breaks_is_named(change: Callable[[Defs], object], expected: list[str]) -> None:
    new = copy.deepcopy(released_schema())
    change(new["$defs"])
    found = breaking_changes(released_schema(), new)
    assert set(expected) <= set(found)
    fields = {one.partition(":")[0] for one in expected}
    assert {one.partition(":")[0].partition("[]")[0] for one in found} <= (
        {one.partition("[]")[0] for one in fields}
    )
