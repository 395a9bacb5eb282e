"""Quality: what is no article, what is not whole, and what a record is worth."""

import re
from typing import Any, Final

import pytest

from cleaning.block import Block
from cleaning.error import Refused
from cleaning.markup import Markup
from cleaning.metadata import Metadata
from cleaning.quality import (
    MIN_WORDS,
    judge_access,
    judge_quality,
    load_table,
    refusal_rules,
    refuse_other_pages,
)
from cleaning.residue import Removal

_PROSE = (
    "The ferry left the quay at noon with eleven people, two goats and a piano on board, and nobody"
    " who saw it go could say which of them had paid."
)
_RULES = [
    pytest.param(*pair, id=pair[0].reason)
    for pair in zip(refusal_rules(), load_table()["refuse"], strict=True)
]


def _metadata(**changes: Any) -> Metadata:
    plain: dict[str, Any] = {"title": "The ferry", "language": "en"}
    return Metadata(**plain | changes)


def _paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text) for text in texts)


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_rule_against_its_examples(rule: Any, entry: dict[str, Any]) -> None:
    assert entry["why"]
    assert entry["catches"]
    assert entry["leaves"]
    assert [text for text in entry["catches"] if not rule.pattern.search(text)] == []
    assert [text for text in entry["leaves"] if rule.pattern.search(text)] == []


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_a_page_that_calls_itself_so_is_refused(rule: Any, entry: dict[str, Any]) -> None:
    for text in entry["catches"]:
        with pytest.raises(Refused, match=re.escape(rule.reason)):
            refuse_other_pages(_paragraphs("Short."), _metadata(titles=(text,)))


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_a_long_article_may_say_the_same(rule: Any, entry: dict[str, Any]) -> None:
    long = _paragraphs(*[_PROSE] * (rule.max_words // 25 + 1))
    refuse_other_pages(long, _metadata(titles=tuple(entry["catches"])))


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ((), "no-text"),
        (_paragraphs("…", "—"), "no-text"),
        (_paragraphs("Eleven words are one too few for what we call article."), "too-short"),
        (_paragraphs("太短了。"), "too-short"),
    ],
)
def test_refuses_what_has_no_text(blocks: tuple[Block, ...], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_other_pages(blocks, _metadata())
    assert refused.value.reason == reason
    assert refused.value.detail


def test_the_least_article_is_one() -> None:
    refuse_other_pages(_paragraphs(" ".join(["word"] * MIN_WORDS)), _metadata())


class TestIndexPages:
    """Pages that lead to articles and are none."""

    _LEADS = tuple(f"Story number {n} of the day is told here" for n in ("one", "two", "three"))
    _MARKUP: Final = Markup(links={tuple(lead.casefold().split()) for lead in _LEADS})

    def test_a_list_of_headlines_is_refused(self) -> None:
        with pytest.raises(Refused) as refused:
            refuse_other_pages(_paragraphs(*self._LEADS), _metadata(), self._MARKUP)
        assert refused.value.reason == "index-page"

    def test_an_article_that_says_it_is_one_is_not(self) -> None:
        refuse_other_pages(_paragraphs(*self._LEADS), _metadata(is_article=True), self._MARKUP)

    def test_prose_with_links_is_not(self) -> None:
        refuse_other_pages(_paragraphs(*[_PROSE] * 3, *self._LEADS), _metadata(), self._MARKUP)


@pytest.mark.parametrize(
    ("last", "truncated"),
    [
        ("The ferry left the quay at noon with eleven people on board.", False),
        ("“Nobody paid for the piano, and nobody ever will,” she said of it.”", False),
        ("渡轮中午离开码头，船上有十一个人和两只山羊。", False),
        ("The ferry left. It carried eleven people, two goats and a", True),
        ("The ferry left the quay with eleven people, two goats and a piano " * 2 + "and a", True),
        # a heading, name or label without a stop is whole
        ("The ferry left the quay at noon with eleven people", False),
        ("The ferry left the quay at noon with eleven people, two goats and…", True),
        ("The ferry left the quay at noon with eleven people, two goats [...]", True),
        ("Two goats", False),
        ("The record of the ferry in a year: eleven people, goats: 2", False),
    ],
)
def test_a_text_that_breaks_off_is_truncated(last: str, truncated: bool) -> None:
    access = judge_access(_paragraphs(_PROSE, last), (), _metadata())
    assert access.truncated is truncated
    assert bool(access.evidence) is truncated


@pytest.mark.parametrize("kind", ["heading", "list-item", "table-row", "caption"])
def test_only_a_paragraph_can_break_off(kind: Any) -> None:
    last = Block(kind, "the people, the goats and the piano that were on board of it")
    assert not judge_access([*_paragraphs(_PROSE), last], (), _metadata()).truncated


@pytest.mark.parametrize(
    ("free", "notice", "truncated"),
    [
        (None, False, False),
        (True, False, False),
        (False, False, True),
        (False, True, True),
        (None, True, True),
    ],
)
def test_paywalls(free: bool | None, notice: bool, truncated: bool) -> None:
    removed = [Removal("paywall-notice", "Subscribe to continue reading", 3)] if notice else []
    access = judge_access(_paragraphs(_PROSE), removed, _metadata(free=free))
    assert (access.free, access.truncated) == (free, truncated)


def test_score_is_one_less_the_flags() -> None:
    blocks = _paragraphs(*[_PROSE] * 4)
    access = judge_access(blocks, (), _metadata())
    best = judge_quality(_metadata(), access, blocks, (), ())
    assert (best.score, best.flags) == (1.0, ())
    worse = judge_quality(_metadata(title=None), access, blocks, (), ("no-date", "no-date"))
    assert worse.flags == ("no-date", "no-title")
    assert 0 <= worse.score < best.score


def test_score_is_never_below_nought() -> None:
    blocks = _paragraphs("The ferry left. It carried eleven people, two goats and a")
    access = judge_access(blocks, (), _metadata())
    flags = ("no-date", "language-uncertain", "date-conflict", "zone-assumed", "encoding-mended")
    removed = [Removal("label", "Close", n) for n in range(9)]
    assert judge_quality(_metadata(title=None), access, blocks, removed, flags).score == 0.0
