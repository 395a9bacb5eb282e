"""Text that looks like residue and is not stays whole."""

import tomllib
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Article
from cleaning.clean import clean
from cleaning.page import Page

_CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("cases").joinpath("kept.toml").read_text("utf-8")
)["case"]


def _marked(case: dict[str, Any]) -> Any:
    reason = case.get("known_failure")
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(case, id=case["name"], marks=marks)


def _page(kind: Any, body: str) -> Page:
    url = "https://courier.example/harbour/story"
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return Page(url=url, requested_url=url, body=body.encode(), fetched_at=at, kind=kind)


def _kept(page: Page) -> list[str]:
    result = clean(page)
    assert isinstance(result, Article), result
    return [part.removeprefix("- ") for part in result.text.split("\n\n")]


@pytest.mark.parametrize("case", [_marked(case) for case in _CASES])
def test_keeps_every_paragraph_of_a_page(case: dict[str, Any]) -> None:
    body = "".join(f"<p>{escape(text)}</p>" for text in case["paragraphs"])
    html = (
        f'<html lang="{case.get("language", "en")}"><head><title>{escape(case["title"])}</title>'
        f"</head><body><article><h1>{escape(case['title'])}</h1>{body}</article></body></html>"
    )
    assert _kept(_page("html", html)) == case["paragraphs"]


@pytest.mark.parametrize("case", [_marked(case) for case in _CASES])
def test_keeps_every_line_of_a_plain_text(case: dict[str, Any]) -> None:
    text = "\n".join([case["title"], *case["paragraphs"]])
    assert _kept(_page("text", text)) == case["paragraphs"]
