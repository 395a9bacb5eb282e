"""Extraction: the article's blocks, each of its kind, in the order of the page."""

import json
from typing import Any

import pytest

from cleaning.block import Block, render
from cleaning.extract import extract_blocks
from cleaning.jsonld import read_jsonld
from cleaning.metadata import Metadata
from cleaning.parse import parse
from cleaning.residue import strip_residue
from cleaning.rules import Rules

_A = "The ferry left the quay at noon with eleven people, two goats and a piano, and nobody asked."
_B = "It came back in the evening without the piano, which had been put ashore for the goats."
_C = "The harbour office wrote that down, as it does, and put the book back on its shelf."


def _extracted(body: str, rules: Rules | None = None, **said: Any) -> tuple[Block, ...]:
    """What is left of a page with this body: what extraction takes, less its residue."""
    tree = parse(f"<html><head><title>Ferry</title></head><body>{body}</body></html>")
    metadata = Metadata(title="Ferry", titles=("Ferry",), **said)
    blocks = extract_blocks(tree, read_jsonld(tree), metadata, rules or Rules())
    return strip_residue(blocks, metadata).kept


def _blocks(body: str, rules: Rules | None = None, **said: Any) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in _extracted(body, rules, **said)]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f"<p>{_A}</p><p>{_B}</p>", [("paragraph", _A), ("paragraph", _B)]),
        (
            f"<p>{_A}</p><h2>Goats</h2><p>{_B}</p>",
            [("paragraph", _A), ("heading", "Goats"), ("paragraph", _B)],
        ),
        (
            f"<p>{_A}</p><ul><li>one goat on deck</li><li>one goat below</li></ul><p>{_B}</p>",
            [
                ("paragraph", _A),
                ("list-item", "one goat on deck"),
                ("list-item", "one goat below"),
                ("paragraph", _B),
            ],
        ),
        (
            f"<p>{_A}</p><blockquote>{_B}</blockquote><p>{_C}</p>",
            [("paragraph", _A), ("quote", _B), ("paragraph", _C)],
        ),
        (
            f"<div>{_A}<br><br>{_B}</div><p>{_C}</p>",
            [("paragraph", _A), ("paragraph", _B), ("paragraph", _C)],
        ),
        (f"<p>{_A}<br>{_B}</p><p>{_C}</p>", [("paragraph", f"{_A}\n{_B}"), ("paragraph", _C)]),
        (
            f"<p>{_A}</p><p>Line\nfeeds  of the\tsource are blanks in the text.</p><p>{_B}</p>",
            [
                ("paragraph", _A),
                ("paragraph", "Line feeds of the source are blanks in the text."),
                ("paragraph", _B),
            ],
        ),
        (
            f"<p>{_A}</p><p>Words <b>in <i>b</i></b>, <a href='/x'>links</a> stay.</p><p>{_B}</p>",
            [
                ("paragraph", _A),
                ("paragraph", "Words in b, links stay."),
                ("paragraph", _B),
            ],
        ),
        (
            f"<p>{_A}</p><table><tr><td>Skarne</td><td>12:40</td></tr><tr><td>Callow</td><td>12:58</td></tr></table><p>{_B}</p>",
            [
                ("paragraph", _A),
                ("table-row", "Skarne | 12:40"),
                ("table-row", "Callow | 12:58"),
                ("paragraph", _B),
            ],
        ),
    ],
)
def test_kinds(inner: str, expected: list[tuple[str, str]]) -> None:
    assert _blocks(f"<article>{inner}</article>") == expected


def test_touching_breaks_within_a_paragraph_part_it() -> None:
    found = _blocks(f"<article><p>{_A}<br><br>{_B}</p><p>{_C}</p></article>")
    assert [text for _, text in found] == [_A, _B, _C]


@pytest.mark.parametrize("body", ["", "<nav></nav>", "<script>var a = 1;</script>"])
def test_a_page_without_article_gives_nothing(body: str) -> None:
    assert _blocks(body) == []


class TestRules:
    """A site's exceptions."""

    _BODY = (
        f"<div id='x'><p>{_A}</p><p>{_B}</p></div><div id='y'><p>{_C}</p><p>{_A[::-1]}</p></div>"
    )

    def test_body_says_where_the_article_is(self) -> None:
        found = _blocks(self._BODY, Rules(body=("//nothing", "//div[@id='x']")))
        assert [text for _, text in found] == [_A, _B]

    def test_drop_cuts_before(self) -> None:
        found = _blocks(self._BODY, Rules(drop=("//div[@id='y']",)))
        assert [text for _, text in found] == [_A, _B]

    def test_a_body_that_is_not_there_changes_nothing(self) -> None:
        assert _blocks(self._BODY, Rules(body=("//main",))) == _blocks(self._BODY)

    def test_all_places_of_a_body_are_taken(self) -> None:
        split = f"<div class='t'><p>{_A}</p></div><p>Menu</p><div class='t'><p>{_B}</p></div>"
        found = _blocks(split, Rules(body=("//div[@class='t']",)))
        assert [text for _, text in found] == [_A, _B]

    def test_drop_may_name_what_is_around_the_body(self) -> None:
        page = f"<main><div id='x'><p>{_A}</p><aside><p>{_B}</p></aside><p>{_C}</p></div></main>"
        found = _blocks(page, Rules(body=("//div",), drop=("//main//aside",)))
        assert [text for _, text in found] == [_A, _C]

    def test_keep_outweighs_extraction_and_residue(self) -> None:
        box = "<div class='newsletter'><p>Sign up for our newsletter</p></div>"
        page = f"<article><p>{_A}</p><p>{_B}</p>{box}<p>{_C}</p></article>"
        plain = _blocks(page)
        kept = _blocks(page, Rules(keep=("//div[@class='newsletter']",)))
        assert [text for _, text in plain] == [_A, _B, _C]
        assert [text for _, text in kept] == [_A, _B, "Sign up for our newsletter", _C]


def test_the_tree_is_not_changed() -> None:
    tree = parse(f"<html><body><article><h1>T</h1><p>{_A}</p><p>{_B}</p></article></body></html>")
    before = tree.text_content()
    extract_blocks(tree, (), Metadata(), Rules(drop=("//h1",), body=("//article",)))
    assert tree.text_content() == before


def test_linked_blocks_are_known() -> None:
    body = f"<p>{_A}</p><h3><a href='/goats'>Goats sold in the rain at dawn</a></h3><p>{_B}</p>"
    tree = parse(f"<html><body><article>{body}<p>{_C}</p></article></body></html>")
    linked = {b.text: b.linked for b in extract_blocks(tree, (), Metadata(), Rules())}
    assert linked.get("Goats sold in the rain at dawn", True)
    assert not linked[_A]


def test_a_caption_printed_again_as_a_paragraph_is_one() -> None:
    caption = "The ferry and its goats, seen from the pier on Monday."
    picture = (
        f"<figure><img src='f.jpg' alt='{caption}'><figcaption>{caption}</figcaption></figure>"
    )
    found = _blocks(
        f"<article><p>{_A}</p>{picture}<p>{caption}</p><p>{_B}</p><p>{_C}</p></article>"
    )
    assert [text for _, text in found] == [_A, _B, _C]


def test_readers_comments_are_not_the_article_however_well_they_are_written() -> None:
    comment = "<div class='comment'><p>{}</p></div>"
    others = (
        _A.replace("eleven", "twelve"),
        _B.replace("piano", "organ"),
        _C.replace("book", "pen"),
    )
    comments = "".join(comment.format(text) for text in others)
    article = f"<article><p>{_A}</p><p>{_B}</p><p>{_C}</p></article>"
    page = f"{article}<div class='comments'>{comments}</div>"
    assert [text for _, text in _blocks(page)] == [_A, _B, _C]


class TestLiveBlogs:
    """Entries are kept whole, with their times."""

    _ENTRIES = "".join(
        f"<div class='entry' id='e{n}'><time>1{n}:05</time><h3>Report {n}</h3><p>{text}</p></div>"
        for n, text in enumerate((_A, _B, _C))
    )

    def test_entries_come_with_their_times(self) -> None:
        found = _blocks(f"<main>{self._ENTRIES}</main>", content_type="live-blog")
        assert found == [
            pair
            for n, text in enumerate((_A, _B, _C))
            for pair in (("time", f"1{n}:05"), ("heading", f"Report {n}"), ("paragraph", text))
        ]

    def test_elsewhere_a_bare_time_is_no_text(self) -> None:
        found = _blocks(f"<main>{self._ENTRIES}</main>")
        assert not [text for kind, text in found if kind == "time" or text.endswith(":05")]


class TestBodiesInData:
    """Pages whose markup is a shell."""

    _TEXTS = tuple(f"{text} {n}." for n in "12" for text in (_A, _B, _C))

    @pytest.mark.parametrize(
        "script",
        [
            '<script type="application/ld+json">{"@type": "Article", "articleBody": %s}</script>',
            '<script type="application/json">{"props": {"story": {"html": %s}}}</script>',
            '<script>window.state = {\'a\': 1}; var page = {"story": {"html": %s}};</script>',
        ],
    )
    def test_html_in_a_string(self, script: str) -> None:
        markup = "".join(f"<p>{text}</p>" for text in self._TEXTS)
        found = _blocks(f"<div id='root'></div>{script % json.dumps(markup)}")
        assert [text for _, text in found] == list(self._TEXTS)

    def test_paragraphs_in_a_list_and_no_labels(self) -> None:
        parts = [{"type": "text", "id": f"p{n}", "content": t} for n, t in enumerate(self._TEXTS)]
        state = json.dumps({"article": {"parts": parts}, "menu": [{"label": "Home and garden"}]})
        found = _blocks(f'<p>Loading</p><script type="application/json">{state}</script>')
        assert [text for _, text in found] == list(self._TEXTS)

    def test_data_is_not_preferred_to_as_much_text(self) -> None:
        body = json.dumps("\n".join(text.upper() for text in self._TEXTS))
        article = f'{{"@type": "Article", "articleBody": {body}}}'
        data = f'<script type="application/ld+json">{article}</script>'
        page = "".join(f"<p>{text}</p>" for text in self._TEXTS)
        found = _blocks(f"{data}<article>{page}</article>")
        assert [text for _, text in found] == list(self._TEXTS)

    def test_broken_data_is_passed_over(self) -> None:
        page = f"<article><p>{_A}</p></article>"
        assert _blocks(f'{page}<script type="application/json">{{"a": [</script>')


def test_render() -> None:
    blocks = (Block("heading", "Goats"), Block("list-item", "one"), Block("paragraph", "a\nb"))
    assert render(blocks) == "Goats\n\n- one\n\na\nb"
    assert render(()) == ""
