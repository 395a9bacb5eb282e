"""Every page of the newsroom, cleaned, agrees with its sidecar."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cleaning.article import Article, Refusal
from cleaning.clean import clean
from cleaning.page import Page
from cleaning.pagination import next_part
from crawler.known_sites import rules_for
from crawler.newsroom.library import Library
from crawler.site import load_sites

NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom"
LIBRARY = Library()
SITES = load_sites(NEWSROOM / "sites")
FETCHED = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
# What the fetch decides, not the cleaning; `test_news_crawl.py` has those.
BY_FETCH = ("http-", "robots")
EDITIONS = {"www": 1, "www-2": 2}


def sidecars(folder: str) -> list[dict[str, Any]]:
    paths = sorted((NEWSROOM / folder).rglob("*.expected.json"))
    expected = [json.loads(path.read_text("utf-8")) for path in paths]
    return [one for one in expected if not str(one["reason"]).startswith(BY_FETCH)]


CASES = [(edition, one) for folder, edition in EDITIONS.items() for one in sidecars(folder)]


def page_at(url: str, edition: int) -> Page:
    """The page as a crawler would have it, with the pages on which its article goes on."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    answer = LIBRARY.answer(parts.netloc, target, edition)
    page = Page(
        url=url,
        requested_url=url,
        body=answer.body,
        headers={"content-type": answer.content_type},
        status=answer.status,
        fetched_at=FETCHED,
    )
    following = next_part(page.body.decode("latin-1"), url)
    if following is None:
        return page
    rest = page_at(following, edition)
    return replace(page, continuations=(replace(rest, continuations=()), *rest.continuations))


def cleaned(edition: int, url: str) -> Article | Refusal:
    return clean(page_at(url, edition), rules_for(url, SITES))


@pytest.mark.parametrize(
    ("edition", "expected"), CASES, ids=[f"{edition}:{one['url']}" for edition, one in CASES]
)
def test_page_agrees_with_its_sidecar(edition: int, expected: dict[str, Any]) -> None:
    result = cleaned(edition, expected["url"])
    if expected["outcome"] == "refused":
        assert isinstance(result, Refusal)
        assert result.reason == expected["reason"]
        return
    assert isinstance(result, Article), result
    assert result.text.split("\n\n") == expected["text"]
    facts = {
        "title": result.title,
        "authors": [author.name for author in result.authors],
        "date_published": result.date_published,
        "date_modified": result.date_modified,
        "date_precision": result.date_precision,
        "language": result.language,
        "section": result.section,
        "content_type": result.content_type,
        "truncated": result.access.truncated,
        "canonical_url": result.canonical_url,
    }
    assert facts == {name: expected[name] for name in facts}


def test_amp_twin_has_the_id_of_its_article() -> None:
    twins = [(edition, one) for edition, one in CASES if one["twin_of"]]
    assert len(twins) == 3
    for edition, twin in twins:
        results = cleaned(edition, twin["url"]), cleaned(edition, twin["twin_of"])
        assert {type(result) for result in results} == {Article}
        assert len({result.id for result in results if isinstance(result, Article)}) == 1


def test_every_removal_of_the_newsroom_is_counted_by_rule() -> None:
    results = [cleaned(edition, one["url"]) for edition, one in CASES]
    rules = {rule for result in results if isinstance(result, Article) for rule in result.removed}
    assert rules >= {
        *("repeated-title", "caption", "credit", "byline", "newsletter", "comment-form"),
        *("after-comment-form", "follow-call", "pagination", "agency-credit", "section-label"),
    }
