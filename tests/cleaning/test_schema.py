"""The record's JSON Schema: checked in, true of what cleaning gives out, and strict."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from cleaning.article import Article, Author, Image
from cleaning.schema import checked_in_schema, generate_schema, schema_text

_SCHEMA = generate_schema()
_FORMATS = FormatChecker()
_VALIDATOR = Draft202012Validator(_SCHEMA, format_checker=_FORMATS)


# jsonschema leaves this format unchecked unless further packages are there.
@_FORMATS.checks("date-time", raises=ValueError)
def _is_timestamp(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def _record(article: Article) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(article))
    return record


def test_the_checked_in_schema_is_the_generated_one() -> None:
    assert checked_in_schema() == schema_text(), (
        "cleaning/article-1.schema.json is stale: put there what `python -m cleaning.schema` prints"
    )


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(_SCHEMA)


def test_a_record_validates(make_article: Callable[..., Article]) -> None:
    full = make_article(
        authors=(Author(name="Ida Quayle", url=None),),
        images=(Image(url="https://courier.example/a.jpg", caption=None, credit="Wei"),),
        tags=("bridge",),
        removed={"caption": 2},
    )
    for article in (make_article(), full):
        assert list(_VALIDATOR.iter_errors(_record(article))) == []


@pytest.mark.parametrize("op", ["new", "update", "tombstone"])
@pytest.mark.parametrize("text", ["The ferry left.", None])
def test_the_text_of_a_tombstone_alone_is_null(
    make_article: Callable[..., Article], op: str, text: str | None
) -> None:
    record = _record(make_article()) | {"op": op, "text": text}
    assert _VALIDATOR.is_valid(record) == ((op == "tombstone") == (text is None))


def test_keys_are_always_all_there_and_in_order(make_article: Callable[..., Article]) -> None:
    assert list(_record(make_article())) == list(Article.__dataclass_fields__)


@pytest.mark.parametrize(
    "broken",
    [
        {"schema": "article/2"},
        {"id": "not a hash"},
        {"version": 0},
        {"op": "replace"},
        {"url": ""},
        {"title": ""},
        {"title": "x" * 501},
        {"text": ""},
        {"text": None},
        {"authors": None},
        {"authors": [{"name": ""}]},
        {"tags": [""]},
        {"date_published": "2026-03-02"},
        {"date_published": "2026-03-02T07:30:00"},
        {"date_published": "2026-13-02T07:30:00Z"},
        {"date_precision": "hour"},
        {"content_type": "podcast"},
        {"language_confidence": 1.5},
        {"word_count": -1},
        {"content_hash": "0"},
        {"quality": {"score": 2, "flags": []}},
        {"access": None},
    ],
)
def test_a_broken_record_does_not(
    make_article: Callable[..., Article], broken: dict[str, Any]
) -> None:
    assert not _VALIDATOR.is_valid(_record(make_article()) | broken)


@pytest.mark.parametrize("name", sorted(Article.__dataclass_fields__))
def test_a_record_without_a_key_does_not(make_article: Callable[..., Article], name: str) -> None:
    record = _record(make_article())
    del record[name]
    assert not _VALIDATOR.is_valid(record)
