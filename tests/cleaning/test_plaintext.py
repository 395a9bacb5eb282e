"""Plain texts of older scrapers: lines, list items, headline and byline."""

from datetime import UTC, datetime

import pytest

from cleaning.block import Block
from cleaning.error import Refused
from cleaning.page import Lead, Page
from cleaning.plaintext import read_lines, read_text_metadata, text_blocks

_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"one\ntwo", ("one", "two")),
        (b"one\r\n\r\n  two  \r", ("one", "two")),
        (b"\xef\xbb\xbfone", ("one",)),
        ("caf\u0065\u0301\u00a0x".encode(), ("café x",)),
        (b"a\x00b\xff", ("ab\N{REPLACEMENT CHARACTER}",)),
        ("one\u2028two".encode(), ("one", "two")),
    ],
)
def test_read_lines(body: bytes, lines: tuple[str, ...]) -> None:
    assert read_lines(body) == lines


@pytest.mark.parametrize("body", [b"", b" \n\t\r\n", b"\x00\x00"])
def test_refuses_nothing(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_lines(body)
    assert refused.value.reason == "empty-page"


def test_text_blocks() -> None:
    lines = ["A line.", "• a goat", "- a piano", "-5 degrees", "* * *", "–"]
    assert text_blocks(lines) == (
        Block("paragraph", "A line."),
        Block("list-item", "a goat"),
        Block("list-item", "a piano"),
        Block("paragraph", "-5 degrees"),
        Block("list-item", "* *"),
        Block("paragraph", "–"),
    )


_PROSE = "The ferry left the quay at noon with eleven people and two goats on board."


@pytest.mark.parametrize(
    ("lines", "title", "authors"),
    [
        (["The bridge closes", _PROSE], "The bridge closes", []),
        (["NewsThe bridge closes", "The bridge closes", _PROSE], "The bridge closes", []),
        (["The bridge closes", "By Ida Quayle", _PROSE], "The bridge closes", ["Ida Quayle"]),
        (["The bridge closes", "作者：周以宁", _PROSE], "The bridge closes", ["周以宁"]),
        (["By Ida Quayle"], "By Ida Quayle", []),
        (["The bridge closes", *[_PROSE] * 12, "By Ida Quayle"], "The bridge closes", []),
        ([" ".join([_PROSE] * 4)], None, []),
    ],
)
def test_read_text_metadata(lines: list[str], title: str | None, authors: list[str]) -> None:
    page = Page(url="file:///a.txt", requested_url="file:///a.txt", body=b"", fetched_at=_AT)
    said = read_text_metadata(lines, page)
    assert said.title == title
    assert said.titles == ((title,) if title else ())
    assert [author.name for author in said.authors] == authors


def test_the_lead_knows_better() -> None:
    lead = Lead(url="u", via="file", at=_AT, title=" The  bridge ", language="en")
    page = Page(url="u", requested_url="u", body=b"", fetched_at=_AT, lead=lead)
    said = read_text_metadata([_PROSE], page)
    assert (said.title, said.language) == ("The bridge", "en")
