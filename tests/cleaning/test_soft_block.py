"""Pages in an article's place: every sign of the table does its work, and takes no article's."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Refusal
from cleaning.clean import clean
from cleaning.page import Page
from cleaning.parse import parse
from cleaning.soft_block import Sign, Surface, load_signs, signs_of

_SIGNS = [
    pytest.param(sign, entry, id=f"{kind}-{sign.reason}")
    for kind, entries in load_signs().items()
    for sign, entry in zip(signs_of(kind), entries, strict=True)
]
_FETCHED = datetime(2026, 3, 2, tzinfo=UTC)
_ARTICLE = (
    "<p>The new quay was opened on Monday after nine years of work, in the rain and to music.</p>"
    "<p>It has room for two ferries at a time, said the harbour master, and asked for three.</p>"
    "<p>The council pays eleven million for it, and the islanders pay a little more each trip.</p>"
)
_TEXT = "<p>" + "The council voted for the new quay. " * 200 + "</p>"


def _bears(sign: Sign, html: str, *, is_article: bool = False) -> bool:
    return _surface(html).sign([sign], is_article=is_article) is not None


def _surface(html: str) -> Surface:
    return Surface(html, parse(html if "<html" in html else f"<html>{html}</html>"))


@pytest.mark.parametrize(("sign", "entry"), _SIGNS)
def test_sign_against_its_examples(sign: Sign, entry: dict[str, Any]) -> None:
    assert entry["why"]
    assert [page for page in entry["catches"] if not _bears(sign, page)] == []
    assert [page for page in entry["leaves"] if _bears(sign, page)] == []


@pytest.mark.parametrize(("_", "entry"), _SIGNS)
def test_every_sign_catches_an_example(_: Sign, entry: dict[str, Any]) -> None:
    idle = [
        one
        for one in entry["signs"]
        if not any(re.search(one, page, re.IGNORECASE) for page in entry["catches"])
    ]
    assert idle == []


@pytest.mark.parametrize(("sign", "entry"), _SIGNS)
def test_a_page_with_a_text_bears_no_sign(sign: Sign, entry: dict[str, Any]) -> None:
    assert not any(_bears(sign, page.removesuffix("</html>") + _TEXT) for page in entry["catches"])


@pytest.mark.parametrize(("sign", "entry"), _SIGNS)
def test_pages_that_call_themselves_articles(sign: Sign, entry: dict[str, Any]) -> None:
    said = [_bears(sign, page, is_article=True) for page in entry["catches"]]
    assert said == [sign.articles] * len(said)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one two three</p>", 3),
        ("<p>one</p><script>var many = 'words in here';</script>two", 2),
        ("<p>one</p><noscript><p>two three</p></noscript><style>a b c</style>four", 2),
        ("<title>one two three</title><p>four</p>", 1),
        ("<p>one <b>two</b> three</p>", 3),
    ],
)
def test_counts_what_a_reader_sees(html: str, words: int) -> None:
    assert _surface(html).words_seen(100) == words


_PAGES = tomllib.loads(Path(__file__).with_name("cases").joinpath("soft_blocks.toml").read_text())


@pytest.mark.parametrize("name", _PAGES)
def test_page_of_a_vendor(name: str) -> None:
    url = "https://kysten.example/2026/03/story"
    body = _PAGES[name]["html"].replace("TEXT", _ARTICLE).encode()
    page = Page(url=url, requested_url=url, body=body, fetched_at=_FETCHED, headers={})
    cleaned = clean(page)
    assert (cleaned.reason if isinstance(cleaned, Refusal) else "") == _PAGES[name]["refused"]
