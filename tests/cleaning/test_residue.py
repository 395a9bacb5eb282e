"""Residue: each rule against its own examples, and the rules by structure."""

from collections.abc import Sequence
from typing import Any

import pytest

from cleaning.article import Author
from cleaning.block import Block, Kind
from cleaning.metadata import Metadata
from cleaning.phrase import PhraseRule, load_table, phrase_rules
from cleaning.residue import strip_residue

_KINDS = ("line", "tail")
_PROSE = (
    "The ferry left the quay at noon with eleven people, two goats and a piano on board, and nobody"
    " who saw it go could say which of them had paid."
)
_MORE = (
    "It came back in the evening without the piano, which the captain said had been put ashore at"
    " the request of the goats, and the harbour office wrote that down."
)


def _rules() -> list[tuple[PhraseRule, dict[str, Any]]]:
    table = load_table()
    return [pair for kind in _KINDS for pair in zip(phrase_rules(kind), table[kind], strict=True)]


def _examples(which: str) -> list[Any]:
    return [
        pytest.param(rule, text, id=f"{rule.rule}: {text[:40]}")
        for rule, entry in _rules()
        for text in entry[which]
    ]


@pytest.mark.parametrize(("rule", "text"), _examples("catches"))
def test_rule_takes_what_it_is_for(rule: PhraseRule, text: str) -> None:
    assert rule.matches(text)


@pytest.mark.parametrize(("rule", "text"), _examples("leaves"))
def test_rule_leaves_what_looks_alike(rule: PhraseRule, text: str) -> None:
    assert not rule.matches(text)


@pytest.mark.parametrize("text", sorted({t for _, entry in _rules() for t in entry["leaves"]}))
def test_no_other_rule_takes_what_looks_alike(text: str) -> None:
    assert [rule.rule for rule, _ in _rules() if rule.matches(text)] == []


def test_every_rule_says_why_and_has_examples() -> None:
    for rule, entry in _rules():
        assert entry["why"], rule.rule
        assert entry["catches"], rule.rule
        assert entry["leaves"], rule.rule
        assert rule.max_words > 0


def test_a_rule_is_bounded_in_words() -> None:
    long = "Leave a comment " + "and another word " * 60
    assert not any(rule.matches(long) for rule in phrase_rules("line"))


def _metadata(**changes: Any) -> Metadata:
    plain: dict[str, Any] = {"language": "en", "is_article": True}
    return Metadata(**plain | changes)


def _blocks(*texts: str | tuple[Kind, str]) -> list[Block]:
    return [Block("paragraph", text) if isinstance(text, str) else Block(*text) for text in texts]


def _stripped(blocks: Sequence[Block], **said: Any) -> list[tuple[str, int]]:
    """What is removed: the rule and the position."""
    return [(one.rule, one.position) for one in strip_residue(blocks, _metadata(**said)).removed]


_TITLE = "Harbour bridge closes for winter"


@pytest.mark.parametrize(
    ("text", "said", "gone"),
    [
        (_TITLE, {"titles": (_TITLE,)}, True),
        (_TITLE.upper(), {"titles": (_TITLE,)}, True),
        (f"News{_TITLE}", {"titles": (_TITLE,)}, True),
        (f"City News {_TITLE}", {"titles": (_TITLE,)}, True),
        (f"{_TITLE} – The Courier", {"titles": (_TITLE, f"{_TITLE} – The Courier")}, True),
        (f"{_TITLE}, and nobody in the port knows why.", {"titles": (_TITLE,)}, False),
        ("Winter closes the bridge of the harbour", {"titles": (_TITLE,)}, False),
        ("Ida Quayle", {"authors": (Author(name="Ida Quayle", url=None),)}, True),
        ("IDA QUAYLE", {"authors": (Author(name="Ida Quayle", url=None),)}, True),
        ("Ida Quayle saw it happen.", {"authors": (Author(name="Ida Quayle", url=None),)}, False),
        ("3 November 2025, 18:40", {}, True),
        ("Updated: 3 November 2025", {}, True),
        ("On 3 November 2025 the bridge closed.", {}, False),
    ],
)
def test_lines_above_the_text(text: str, said: dict[str, Any], gone: bool) -> None:
    removed = _stripped(_blocks(text, _PROSE, _MORE), **said)
    assert [position for _, position in removed] == ([0] if gone else [])


def test_a_title_far_down_is_text() -> None:
    blocks = _blocks(*[_PROSE.replace("eleven", str(n)) for n in range(8)], _TITLE, _MORE)
    assert _stripped(blocks, titles=(_TITLE,)) == []


@pytest.mark.parametrize(
    ("blocks", "removed"),
    [
        (_blocks(_PROSE, ("caption", "The ferry at noon."), _MORE), [("caption", 1)]),
        (
            _blocks(
                _PROSE, "The ferry, seen from the pier.", "The ferry, seen from the pier.", _MORE
            ),
            [("repeated-block", 2)],
        ),
        (_blocks(_PROSE, ("table-row", "0 | 0"), ("table-row", "0 | 0"), _MORE), []),
    ],
)
def test_captions_and_repeats(blocks: list[Block], removed: list[tuple[str, int]]) -> None:
    assert _stripped(blocks) == removed


@pytest.mark.parametrize(
    "text",
    ["Read more: it pays, my father said", "Subscribe", "Share", "Newsletter", "Photo: ours"],
)
def test_quotations_are_never_taken_by_phrases(text: str) -> None:
    assert _stripped(_blocks(_PROSE, ("quote", text), _MORE)) == []


class TestTails:
    """Headings that open residue, and how far it goes."""

    def test_goes_to_the_end_where_nothing_follows(self) -> None:
        blocks = _blocks(_PROSE, _MORE, "Related content", "Bridge shut", "Goats sold")
        assert [position for _, position in _stripped(blocks)] == [2, 3, 4]

    def test_stops_where_prose_resumes(self) -> None:
        blocks = _blocks(_PROSE, "You may also like", "Bridge shut", _MORE, "It is still there.")
        assert [position for _, position in _stripped(blocks)] == [1, 2]

    def test_a_comment_form_ends_the_page_though_prose_follows(self) -> None:
        blocks = _blocks(_PROSE, _MORE, "Leave a Reply", _PROSE.replace("ferry", "comment"))
        assert [position for _, position in _stripped(blocks)] == [2, 3]

    def test_a_comment_form_on_top_does_not_take_the_article(self) -> None:
        blocks = _blocks("Leave a Reply", "Name *", _PROSE, _MORE)
        assert [position for _, position in _stripped(blocks)] == [0, 1]


def test_what_is_kept_is_unchanged_and_in_order() -> None:
    blocks = _blocks("Share", _PROSE, "0 comments", ("list-item", "one goat"), _MORE)
    stripped = strip_residue(blocks, _metadata())
    assert list(stripped.kept) == [blocks[1], blocks[3], blocks[4]]
    assert [(one.text, one.position) for one in stripped.removed] == [
        ("Share", 0),
        ("0 comments", 2),
    ]


def test_nothing_gives_nothing() -> None:
    stripped = strip_residue([], _metadata())
    assert (stripped.kept, stripped.removed) == ((), ())
