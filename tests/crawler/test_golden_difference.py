"""How differences of golden pages are told, and which reasons are given."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cleaning.article import Article
from cleaning.clean import clean_with_audit
from cleaning.page import Page
from cleaning.rules import Rules
from crawler.golden.difference import differences
from crawler.golden.expectation import Expected, unequal, value_at, whole
from crawler.golden.reason import Reasons

_FIRST = (
    "The old lighthouse at Skarne Point has been sold for one pound to a school of oboe players,"
    " who will move in when the gulls have moved out, which the county expects for September."
)
_SECOND = (
    "Nobody else had made an offer in eleven years. The lamp stays, the players say, and so does"
    " the rule that there is to be no music while the fog signal is in use, which is most nights."
)
_THIRD = (
    "The last keeper hands over the keys on Sunday, and with them a list of 214 steps that creak,"
    " which she has kept since her first winter and will not explain to anybody but her successor."
)
_BOX = '<div class="teaser-box"><p>Read more: The fog signal wakes three parishes</p></div>'


def page_of(body: str) -> Page:
    html = (
        '<html lang="en"><head><title>Lighthouse sold</title></head><body><article>'
        f"<h1>Lighthouse sold</h1>{body}</article><aside><ul><li><a href=/x>Alloys of titanium in"
        " stock</a></li></ul></aside></body></html>"
    )
    url = "https://gazette.example/2026/03/lighthouse"
    at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    return Page(url=url, requested_url=url, body=html.encode(), fetched_at=at)


STORY = f"<p>{_FIRST}</p><p>{_SECOND}</p>{_BOX}<p>{_THIRD}</p><ul><li>0 comments</li></ul>"


def reasons_of(body: str, rules: Rules) -> Reasons:
    page = page_of(body)
    return Reasons(page, rules, clean_with_audit(page, rules))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Read more: The fog signal wakes three parishes", "removed by rule read-more: links to"),
        ("The fog signal wakes", "removed by rule read-more: links to"),
        ("- 0 comments", "removed by rule comment-counter: counts comments"),
        ("Lighthouse sold", "removed by rule repeated-title: "),
        ("Alloys of  titanium in stock", "not extracted: it stands on the page"),
        ("The lighthouse has burnt down", "not on the page: "),
    ],
)
def test_why_a_text_is_lost(text: str, said: str) -> None:
    assert reasons_of(STORY, Rules()).lost(text).startswith(said)


def test_why_a_text_is_kept() -> None:
    kept = reasons_of(STORY, Rules(keep=('//*[@class="teaser-box"]',)))
    assert kept.kept(_FIRST).startswith("kept: no rule removes it, and the judge believes it by ")
    assert kept.kept("Read more: The fog signal wakes three parishes") == (
        "kept by the site's clean.keep"
    )
    assert kept.kept("Of another page.") == "kept: no rule removes it"


def test_what_the_site_cuts_is_told_with_its_xpath() -> None:
    reasons = reasons_of(STORY, Rules(drop=("//aside", '//p[contains(., "keeper")]')))
    assert reasons.lost(_THIRD) == (
        """cut before extraction by the site's clean.drop: //p[contains(., "keeper")]"""
    )
    assert reasons.lost("not there").startswith("not on the page")


def test_a_refused_page_has_one_reason_for_all() -> None:
    assert reasons_of("<p>Soon.</p>", Rules()).lost(_FIRST).startswith("the page is refused: no-")


def told(change: Any, body: str = STORY) -> list[str]:
    """What is said where the record was another when it was written down."""
    page = page_of(STORY)
    before = clean_with_audit(page).result
    assert isinstance(before, Article)
    after = page_of(body)
    cleaned = clean_with_audit(after)
    expected = whole(change(before))
    return differences(expected, cleaned.result, Reasons(after, Rules(), cleaned))


def with_text(*paragraphs: str) -> Any:
    return lambda article: replace(article, text="\n\n".join(paragraphs))


def signs(lines: Sequence[str]) -> list[str]:
    return [
        line.strip()[0] for line in lines if line.startswith("  ") and line.strip()[0] in "=-+~"
    ]


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        ((_FIRST, _SECOND, _THIRD), []),
        ((_FIRST, _THIRD), ["=", "+", "="]),
        ((_FIRST, "0 comments", _SECOND, _THIRD), ["=", "-", "=", "="]),
        ((_FIRST, _SECOND.replace("eleven", "twelve"), _THIRD), ["=", "~", "="]),
        ((_SECOND, _FIRST, _THIRD), ["-", "=", "+", "="]),
        (("Other words.",), ["-", "+", "+", "+"]),
    ],
)
def test_a_text_is_compared_by_paragraphs(paragraphs: Sequence[str], expected: list[str]) -> None:
    assert sorted(signs(told(with_text(*paragraphs)))) == sorted(expected)


def test_changed_words_are_marked() -> None:
    lines = told(with_text(_FIRST, _SECOND.replace("eleven", "twelve"), _THIRD))
    assert any("an offer in [-twelve-] {+eleven+} years." in line for line in lines)


def test_a_page_that_is_refused_now_says_why() -> None:
    (line,) = told(lambda article: article, "<p>Soon.</p>")
    assert line.startswith("expected a record, but the page is refused: no-text: ")


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}, [("a.b", "[1]", "[2]")]),
        ({"a": 1}, {}, [("a", "1", "nothing")]),
        ({}, {"a": 1}, [("a", "nothing", "1")]),
        # A newer copydesk has further fields.
        ({}, {"a": None, "b": [], "c": {}}, []),
        ({}, {"a": False, "b": 0}, [("a", "nothing", "false"), ("b", "nothing", "0")]),
    ],
)
def test_values_are_compared(expected: Any, found: Any, said: list[tuple[str, str, str]]) -> None:
    assert list(unequal(expected, found)) == said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": [{"c": 1}]}),
        ("a.b.0.c", 1),
        ("a.b.1.c", None),
        ("a.x", None),
        ("a.b.x", None),
        ("a.b.0.c.d", None),
    ],
)
def test_dots_lead_inside(path: str, value: Any) -> None:
    assert value_at({"a": {"b": [{"c": 1}]}}, path) == value


def test_a_field_that_is_not_there_is_told() -> None:
    page = page_of(STORY)
    cleaned = clean_with_audit(page)
    expected = Expected(fields={"titel": "Lighthouse sold"})
    lines = differences(expected, cleaned.result, Reasons(page, Rules(), cleaned))
    assert lines == ['titel: expected "Lighthouse sold", is null']
