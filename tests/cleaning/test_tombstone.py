"""What stays of articles that are gone, forgotten, or blanked: records that are valid."""

import json
from collections.abc import Callable
from dataclasses import fields, replace

import msgspec
import pytest
from jsonschema import Draft202012Validator

from cleaning.article import Article, Change, Refusal, Warc
from cleaning.schema import generate_schema
from cleaning.tombstone import (
    blank_article,
    blank_refusal,
    forgotten_article,
    is_blank,
    tombstone_of,
)
from cleaning.versions import Known

AT = "2026-11-24T08:00:00+00:00"
URL = "https://example.com/2026/03/bridge-reopens"


@pytest.fixture
def full(make_article: Callable[..., Article]) -> Article:
    article = make_article(
        tags=("secret",), description="secret", section="secret", version=2, op="update"
    )
    change = Change(of=1, title="secret", words_added=1, words_removed=0, significance=None)
    kept = replace(article.provenance, warc=Warc(file="secret", offset=1), run_id="run-1")
    return replace(article, text="secret", title="secret", change=change, provenance=kept)


def stones(full: Article, refusal: Refusal) -> list[Article]:
    return [
        tombstone_of(refusal, full.id, Known(1, URL, "a", "Old title")),
        forgotten_article(full.id, 2, url=URL, reason=None, at=AT, run_id="run-1"),
        forgotten_article(full.id, 2, url=URL, reason="a wish", at=AT, run_id="run-1"),
        blank_article(full, "a wish"),
    ]


def test_all_are_records(full: Article, make_refusal: Callable[..., Refusal]) -> None:
    validator = Draft202012Validator(generate_schema())
    for stone in stones(full, make_refusal(reason="http-410", status=410)):
        validator.validate(json.loads(msgspec.json.encode(stone)))
        assert (stone.id, stone.version, stone.op, stone.text) == (full.id, 2, "tombstone", None)


def test_each_says_why(full: Article, make_refusal: Callable[..., Refusal]) -> None:
    said = [stone.access.evidence for stone in stones(full, make_refusal(reason="http-410"))]
    assert said == [
        ("http-410",),
        ("forgotten",),
        ("forgotten", "a wish"),
        ("forgotten", "a wish"),
    ]


def test_a_blank_keeps_what_names_nothing(full: Article) -> None:
    blank = blank_article(full, None)
    assert b"secret" not in msgspec.json.encode(blank)
    assert URL.encode() not in msgspec.json.encode(blank)
    assert is_blank(blank.url)
    assert not is_blank(full.url)
    assert (blank.site, blank.provenance.fetched_at, blank.provenance.run_id) == (
        "example.com",
        full.provenance.fetched_at,
        "run-1",
    )


def test_a_blank_refusal_keeps_reason_and_time(make_refusal: Callable[..., Refusal]) -> None:
    refusal = make_refusal(detail="says a secret", warc=Warc(file="a", offset=1))
    blank = blank_refusal(refusal)
    kept = {field.name for field in fields(Refusal)} - {"url", "requested_url", "detail", "warc"}
    assert all(getattr(blank, name) == getattr(refusal, name) for name in kept)
    assert is_blank(blank.url)
    assert (blank.requested_url, blank.detail, blank.warc) == (blank.url, "", None)
