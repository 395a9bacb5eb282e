"""Quality: what is no article, what is not whole, and what a record is worth."""

import re
from typing import Any, Final

import pytest

from cleaning.article import Access
from cleaning.block import Block, Style
from cleaning.characters import folded_words
from cleaning.cleaned import Removal
from cleaning.error import Refused
from cleaning.markup import Markup
from cleaning.metadata import Metadata
from cleaning.quality import (
    MIN_WORDS,
    judge_access,
    judge_quality,
    refuse_other_pages,
)
from cleaning.refusal import RefusalRule, load_table, refusal_rules

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
def test_a_page_that_calls_itself_so_is_refused(rule: RefusalRule, entry: dict[str, Any]) -> None:
    for text in entry["catches"]:
        with pytest.raises(Refused, match=re.escape(rule.reason)):
            refuse_other_pages(_paragraphs(text), _metadata(titles=(text,)))


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_a_long_article_may_say_the_same(rule: RefusalRule, entry: dict[str, Any]) -> None:
    long = _paragraphs(*[_PROSE] * (rule.max_words // 25 + 1))
    for text in entry["catches"]:
        refuse_other_pages((*_paragraphs(text), *long), _metadata(titles=(text,)))


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_an_article_is_refused_by_no_title(rule: RefusalRule, entry: dict[str, Any]) -> None:
    del rule
    titles = tuple(entry["catches"])
    refuse_other_pages(_paragraphs(_PROSE), _metadata(titles=titles, is_article=True))


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_only_the_first_block_speaks_for_the_page(rule: RefusalRule, entry: dict[str, Any]) -> None:
    del rule
    for text in entry["catches"]:
        refuse_other_pages(_paragraphs(_PROSE, text), _metadata())


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
    _EXCERPTS: Final = tuple(
        block
        for lead in ("Goats", "Pianos", "Ferries")
        for block in (
            Block("heading", lead, style=Style(links=1.0)),
            Block("paragraph", f"{_PROSE[:-1]} […]"),
        )
    )
    _ROUND_UP: Final = tuple(
        Block(block.kind, block.text.replace(" […]", "."), style=block.style) for block in _EXCERPTS
    )

    @staticmethod
    def _reason(blocks: tuple[Block, ...], markup: Markup, **said: Any) -> str | None:
        try:
            refuse_other_pages(blocks, _metadata(**said), read_markup=lambda: markup)
        except Refused as refused:
            return refused.reason
        return None

    def test_a_list_of_headlines_is_refused(self) -> None:
        assert self._reason(_paragraphs(*self._LEADS), self._MARKUP) == "index-page"

    def test_headlines_within_one_block_are_refused(self) -> None:
        assert self._reason(_paragraphs(" ".join(self._LEADS)), self._MARKUP) == "index-page"

    def test_headlines_with_excerpts_are_refused(self) -> None:
        assert self._reason(self._EXCERPTS, Markup()) == "index-page"

    def test_linked_headings_with_prose_are_a_round_up(self) -> None:
        assert self._reason(self._ROUND_UP, Markup()) is None

    def test_unless_the_page_calls_itself_a_list(self) -> None:
        assert self._reason(self._ROUND_UP, Markup(), is_listing=True) == "index-page"

    @pytest.mark.parametrize("blocks", [_paragraphs(*_LEADS), _EXCERPTS])
    def test_an_article_that_says_it_is_one_is_not(self, blocks: tuple[Block, ...]) -> None:
        assert self._reason(blocks, self._MARKUP, is_article=True) is None

    def test_prose_with_links_is_not(self) -> None:
        blocks = _paragraphs(*[_PROSE] * 3, *self._LEADS)
        assert self._reason(blocks, self._MARKUP) is None

    def test_much_prose_between_many_links_is_not(self) -> None:
        blocks = (*_paragraphs(*[_PROSE] * 5), *self._EXCERPTS * 3)
        assert self._reason(blocks, Markup()) is None

    def test_long_texts_below_headings_with_anchors_are_not(self) -> None:
        texts = [f"{_PROSE} {_PROSE} {_PROSE} {n}" for n in range(4)]
        markup = Markup(teasers={folded_words(text) for text in texts})
        assert self._reason(_paragraphs(*texts), markup) is None


class TestGalleries:
    """Pictures with captions are an article only where a text stands beside them."""

    _CAPTIONS = tuple(f"A goat on the deck of the ferry, number {n}" for n in range(3))
    _MARKUP: Final = Markup(captions={f" {' '.join(folded_words(one))} " for one in _CAPTIONS})

    @pytest.mark.parametrize(
        "blocks", [(), _paragraphs(*_CAPTIONS), _paragraphs(" ".join(("The ferry", *_CAPTIONS)))]
    )
    @pytest.mark.parametrize("kind", ["article", "gallery"])
    def test_captions_only_are_refused(self, blocks: tuple[Block, ...], kind: Any) -> None:
        metadata = _metadata(titles=("The ferry",), content_type=kind)
        with pytest.raises(Refused) as refused:
            refuse_other_pages(blocks, metadata, read_markup=lambda: self._MARKUP)
        assert refused.value.reason == "gallery-without-text"

    def test_a_text_beside_them_is_published(self) -> None:
        blocks = _paragraphs(*self._CAPTIONS, _PROSE)
        refuse_other_pages(
            blocks, _metadata(content_type="gallery"), read_markup=lambda: self._MARKUP
        )


@pytest.mark.parametrize("blocks", [(), _paragraphs("For 1 crown a month.")])
def test_a_page_that_is_not_free_and_shows_no_text_is_a_paywall(blocks: tuple[Block, ...]) -> None:
    with pytest.raises(Refused) as refused:
        refuse_other_pages(blocks, _metadata(free=False))
    assert refused.value.reason == "paywall"


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


def _access(*removed: Removal, free: bool | None = None, words: str = _PROSE) -> Access:
    return judge_access(_paragraphs(words), removed, _metadata(free=free))


@pytest.mark.parametrize(
    ("removal", "truncated"),
    [
        (Removal("read-more", "Continue reading", 1), True),
        (Removal("read-more", "Weiterlesen →", 1), True),
        (Removal("label", "阅读全文", 1), True),
        # above the text, or below other residue: it is no call to go on with this text
        (Removal("read-more", "Continue reading", 0), False),
        (Removal("read-more", "Continue reading: Two goats on board", 1), False),
        (Removal("newsletter", "Subscribe", 1), False),
    ],
)
def test_a_call_right_below_a_teaser(removal: Removal, truncated: bool) -> None:
    assert _access(removal).truncated is truncated


def test_a_call_below_a_long_text_is_furniture() -> None:
    assert not _access(Removal("read-more", "Continue reading", 1), words=_PROSE * 10).truncated


@pytest.mark.parametrize(
    ("free", "position", "truncated"),
    [(None, 1, True), (None, 0, False), (False, 0, True), (True, 1, False)],
)
def test_a_notice_is_evidence_below_the_text(
    free: bool | None, position: int, truncated: bool
) -> None:
    notice = Removal("paywall-notice", "Subscribe to continue reading", position)
    assert _access(notice, free=free).truncated is truncated


def test_a_notice_below_a_very_long_text_offers_something_else() -> None:
    notice = Removal("paywall-notice", "Already a subscriber? Log in", 1)
    assert not _access(notice, words=_PROSE * 40).truncated


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
