"""What is told of a page's cleaning: the blocks in its order, and what was considered of it."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cleaning.clean import clean
from cleaning.explain import explain
from cleaning.explanation import Explanation
from cleaning.page import Lead, Page
from cleaning.phrase import phrase_rules
from cleaning.removal_reason import Stage, reason_of
from cleaning.rules import Rules

_URL = "https://gazette.example/2026/03/pier-reopens"
_PROSE = (
    "The pier reopened on Monday after nine months of repairs, and the first ferry came in early.",
    "Engineers had found cracks in two of its pillars last summer, and closed it on the same day.",
    "The town has paid for the work out of its reserves, which are now as good as spent, it says.",
)
_NEXT = (
    "Fishermen, who had kept their boats across the bay for the winter, were back by the evening."
)
_MENU = '<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
_PAGE = """<html lang="en"><head><title>Pier reopens – The Gazette</title>
<meta property="og:title" content="Pier reopens">
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-03-02T08:00:00+01:00">
<meta name="author" content="Ida Quayle"></head><body>{menu}
<article><h1>Pier reopens</h1><p>3 comments</p><p>{0}</p><p>{1}</p><p>{2}</p></article>
{below}<footer><p>© 2026 The Gazette. All rights reserved.</p></footer></body></html>"""


def page(html: str = "", **more: Any) -> Page:
    at = datetime(2026, 3, 3, tzinfo=UTC)
    made = Page(url=_URL, requested_url=_URL, body=html.encode(), fetched_at=at)
    return replace(made, **more)


def story(below: str = "", prose: tuple[str, ...] = _PROSE) -> str:
    return _PAGE.format(*prose, menu=_MENU, below=below)


def fate(told: Explanation, text: str) -> tuple[bool, str | None, str | None]:
    """Whether a block was kept, else at which stage and by which rule it went."""
    (row,) = [row for row in told.blocks if text in row.text]
    return row.kept, row.stage, row.rule


def kept(told: Explanation) -> list[str]:
    return [row.text for row in told.blocks if row.kept]


def test_blocks_stand_in_page_order_each_with_what_became_of_it() -> None:
    told = explain(page(story()))
    assert [row.text for row in told.blocks] == [
        *("Home", "Sport", "Pier reopens", "3 comments", *_PROSE),
        "© 2026 The Gazette. All rights reserved.",
    ]
    assert kept(told) == list(_PROSE)
    assert fate(told, "Sport")[:2] == (False, "extract")
    assert fate(told, "3 comments") == (False, "residue", "comment-counter")
    assert fate(told, "All rights") == (False, "read", "unread-footer")


def test_the_reason_is_said_in_words() -> None:
    (row,) = [row for row in explain(page(story())).blocks if row.rule == "comment-counter"]
    assert row.reason == "counts comments, it does not tell the story"


def test_the_explained_record_is_the_record() -> None:
    told, record = explain(page(story())), clean(page(story()))
    assert told.record == record
    assert told.outcome == "article"


@pytest.mark.parametrize(
    ("rules", "text", "expected"),
    [
        (Rules(drop=("//article/p[2]",)), "The pier reopened", "site-drop"),
        (Rules(body=("//article",)), "Most read", "site-body"),
    ],
    ids=["drop", "body"],
)
def test_what_a_site_cuts_is_told(rules: Rules, text: str, expected: str) -> None:
    told = explain(page(story("<aside><p>Most read</p></aside>")), rules)
    assert fate(told, text) == (False, "site", expected)
    assert _PROSE[1] in kept(told)


def test_what_a_site_cuts_between_texts_leaves_all_blocks_in_their_order() -> None:
    html = story(prose=(_PROSE[0], f"{_PROSE[1]}<div class=ad>Advert</div>And on.", _PROSE[2]))
    told = explain(page(html), Rules(drop=("//div[@class='ad']",)))
    rows = [row.text for row in told.blocks]
    assert len(rows) == len(set(rows))
    assert kept(told)[0] == _PROSE[0]
    assert fate(told, "Advert") == (False, "site", "site-drop")


def test_further_pages_of_an_article_are_told_and_what_they_repeat() -> None:
    second = page(story(prose=(_PROSE[0], _NEXT, _NEXT.replace("evening", "afternoon"))))
    told = explain(page(story(), continuations=(second,)))
    on_second = [row for row in told.blocks if row.part == 2]
    (again,) = [row for row in on_second if row.text == _PROSE[0]]
    assert (again.kept, again.rule) == (False, "repeated-block")
    assert next(row.text for row in on_second if row.kept) == _NEXT


def test_a_text_that_only_data_hold_comes_first() -> None:
    body = " ".join(" ".join(_PROSE) for _ in range(3))
    data = f'{{"@type": "NewsArticle", "headline": "Pier reopens", "articleBody": "{body}"}}'
    html = f'<script type="application/ld+json">{data}</script>{_MENU}<p>Loading the story ...</p>'
    told = explain(page(html))
    assert told.record is not None
    assert {row.origin for row in told.blocks if row.kept} == {"data"}
    assert told.blocks[0].origin == "data"
    assert not fate(told, "Loading")[0]


def test_a_text_without_markup_is_told_too() -> None:
    text = "\n".join(["Pier reopens", "by Ida Quayle", *_PROSE])
    told = explain(page(body=text.encode(), kind="text"))
    assert fate(told, "by Ida") == (False, "residue", "byline")
    assert {row.origin for row in told.blocks} == {"text"}
    assert [one.source for one in told.titles] == ["text"]


def test_a_refused_page_is_told_as_far_as_it_came() -> None:
    told = explain(page(f"<html><body>{_MENU}<p>Our site is being repaired.</p></body></html>"))
    assert (told.outcome, told.record, told.dates) == ("refused", None, ())
    assert told.refusal is not None
    assert told.refusal.reason in {"no-text", "too-short"}
    assert "Our site is being repaired." in {row.text for row in told.blocks}


@pytest.mark.parametrize("body", [b"", b"\x00\xff\xfe", b"<", b"<html></html>", b"\x1f\x8b\x08"])
def test_what_is_no_page_is_refused_not_raised(body: bytes) -> None:
    assert explain(page(body=body)).outcome == "refused"


def test_titles_are_told_best_first() -> None:
    told = [(one.source, one.text, one.won) for one in explain(page(story())).titles]
    assert told[0] == ("heading", "Pier reopens", True)
    assert ("title-tag", "Pier reopens", False) in told
    weights = [one.weight for one in explain(page(story())).titles]
    assert weights == sorted(weights, reverse=True)


def test_authors_are_told_with_the_one_that_a_line_of_the_text_names() -> None:
    html = story().replace("Ida Quayle", "Editorial Team").replace("3 comments", "By Ida Quayle")
    told = [(one.source, one.authors[0].name, one.won) for one in explain(page(html)).authors]
    assert [name for _, name, won in told if won] == ["Ida Quayle"]


def test_dates_are_told_with_weights_and_those_that_cannot_be_true() -> None:
    lead = Lead(url=_URL, via="feed", at=datetime(2026, 3, 3, tzinfo=UTC), published="3 May 2031")
    told = explain(page(story(), lead=lead)).dates
    (won,) = [one for one in told if one.won]
    assert (won.at, won.role, won.source) == ("2026-03-02T08:00:00+01:00", "published", "meta")
    assert won.weight == max(one.weight for one in told)
    assert [(one.at, one.weight) for one in told if one.raw == "3 May 2031"] == [(None, 0.0)]


def test_language_quality_and_access_are_told() -> None:
    told = explain(page(story()), Rules(languages=("en-GB",)))
    assert told.language is not None
    assert told.language.hints == (("page", "en"), ("site", "en-GB"))
    assert told.quality is not None
    assert [(one.flag, one.weight) for one in told.quality.flags] == [("short", 0.2)]
    assert told.access is not None


def test_what_was_stripped_is_what_the_record_counts() -> None:
    below = "<p>Read more: The harbour in winter</p><h3>You may also like</h3><p>Fog</p>"
    html = story().replace("</article>", f"{below}</article>")
    told = explain(page(html))
    assert told.record is not None
    assert told.record.removed == Counter(row.rule for row in told.blocks if row.stage == "residue")


def test_many_blocks_of_the_same_text_are_each_told() -> None:
    told = explain(page(story("<div>" + "Fog<br><br>" * 3_000 + "</div>")))
    assert sum(row.text == "Fog" for row in told.blocks) == 3_000


_GROUPS = ("wording", "links", "metadata", "position", "agreement", "place")


def _reasons() -> list[tuple[Stage, str]]:
    words = {rule.rule for kind in ("line", "tail") for rule in phrase_rules(kind)}
    tails = {f"after-{rule.rule}" for rule in phrase_rules("tail")}
    stages: tuple[Stage, Stage] = ("extract", "residue")
    doubts = [(stage, f"unlike-{group}") for stage in stages for group in _GROUPS]
    return [*(("residue", rule) for rule in sorted(words | tails)), *doubts]


@pytest.mark.parametrize(("stage", "rule"), _reasons())
def test_every_rule_has_a_reason(stage: Stage, rule: str) -> None:
    assert reason_of(stage, rule) != rule
