"""Tags: which place is believed, what a visible list of tags looks like, what is no tag."""

import json
from typing import Any

import pytest

from cleaning.jsonld import read_jsonld
from cleaning.meta import read_head
from cleaning.parse import parse
from cleaning.tag import clean_tags, read_tags, visible_tags

_URL = "https://courier.example/harbour/bridge.html"
_NAMES = frozenset({"courier", "harbourcourier"})


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


_LIST = '<div class="post-tags"><a href="/t/1">Bridges</a> <a href="/t/2">Goats</a></div>'


@pytest.mark.parametrize(
    ("keywords", "page", "lead", "expected", "source"),
    [
        (["bridge"], _meta("article:tag", "Boat, Tide") + _LIST, (), ("Boat", "Tide"), "meta"),
        ("boat, tide,boat", _meta("keywords", "x, y") + _LIST, (), ("boat", "tide"), "json-ld"),
        (None, _meta("keywords", "x, y") + _LIST, (), ("Bridges", "Goats"), "page"),
        (None, _meta("keywords", "boat; tide"), ("x",), ("boat", "tide"), "meta"),
        (None, "", ("boat", "tide"), ("boat", "tide"), "lead"),
        (None, "", (), (), None),
        ({"a": 1}, "", (), (), None),
        # The commas were lost in one place, and not in the other.
        (
            "boats tide ferry wind sea",
            _meta("keywords", "boats, tide"),
            (),
            ("boats", "tide"),
            "meta",
        ),
        # All there is.
        ("council to repair old bridge", "", (), ("council to repair old bridge",), "json-ld"),
    ],
)
def test_the_first_place_that_has_tags(
    keywords: Any, page: str, lead: tuple[str, ...], expected: tuple[str, ...], source: str | None
) -> None:
    data = json.dumps({"@type": "NewsArticle", "keywords": keywords})
    tree = parse(
        f'<html><head><script type="application/ld+json">{data}</script></head>'
        f"<body><h1>Bridge closes</h1><p>The text.</p>{page}</body></html>"
    )
    found = read_tags(tree, read_jsonld(tree), read_head(tree, _URL), lead, _NAMES)
    assert (found.value, found.source) == (expected, source)


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (["Bridges", " bridges ", "#Goats", "'Tides'"], ("Bridges", "Goats", "Tides")),
        (["a;b|c，d、e"], ("a", "b", "c", "d", "e")),
        (["海事 港湾 大橋"], ("海事", "港湾", "大橋")),
        (["Harbour Courier", "COURIER", "Tides"], ("Tides",)),
        (["100312362", "cce15240-c52a-4887-a61a-cd64701d6596", "courier.com", "2024"], ()),
        (["2024 election", "web 2.0"], ("2024 election", "web 2.0")),
        (["editors_pick", "<b>", "--", "null", "More topics", "Uncategorized", "ai"], ("ai",)),
        # Labels of machines, against a colon in a title.
        (["Category: Wine", "Day: Friday", "Subject: Travel"], ("Wine", "Travel")),
        (["Dune: Part Two", "films"], ("Dune: Part Two", "films")),
        (["tag " * 100], ("tag " * 24 + "tag",)),
    ],
)
def test_what_is_a_tag(stated: list[str], expected: tuple[str, ...]) -> None:
    assert clean_tags(stated, _NAMES) == expected


def test_no_more_than_a_hundred() -> None:
    assert len(clean_tags([",".join(f"tag {n}" for n in range(5_000))], _NAMES)) == 100


@pytest.mark.parametrize(
    "shown",
    [
        _LIST,
        '<ul class="PostTags_x7"><li><a href="/a">Bridges</a><li><a href="/b">Goats</a></ul>',
        '<ul><li><a rel="tag" href="/a">Bridges</a><li><a rel="tag" href="/b">Goats</a></ul>',
        '<p>..</p><div><a href="/thema/bridge">Bridges</a>, <a href="/thema/b">Goats</a></div>',
        '<p class="topics">Tags: <a href="/a">Bridges</a> and <a href="/b">Goats</a></p>',
        '<p>More on: <a rel="tag" href="/a">Bridges</a>, <a rel="tag" href="/b">Goats</a></p>',
        (
            '<p class="tags"><b>Lesen Sie mehr zu:</b> <a href="/x"><img src="i.png"></a> '
            '<a href="/t">Bridges</a><a href="/b">Goats</a></p>'
        ),
        # An index by letters, bare links, and a label that is a link, are none.
        (
            '<p class="tags"><a href="/a">A</a> <a href="/b">B</a> <a href="/0">0-9</a></p>'
            '<div class="tag-tides"><p><a href="/x">https://tides.example/x</a></p><p>'
            '<a href="/y">https://tides.example/y</a></p></div>'
            '<p class="tags"><a href="/">Tags:</a> <a href="/a">Bridges</a> <a href="/b">Goats</a>'
        ),
        '<main><footer id="topics"><a href="/a">Bridges</a><a href="/b">Goats</a></footer></main>',
    ],
)
def test_a_visible_list(shown: str) -> None:
    assert visible_tags(parse(f"<body><h1>Closed</h1>{shown}</body>")) == ("Bridges", "Goats")


@pytest.mark.parametrize(
    "shown",
    [
        # One link a teaser.
        '<div class="tag"><a href="/tag/a">Bridges</a><h3>Other story</h3></div>',
        # The site's own lists.
        '<nav class="main-menu"><a href="/tag/a">Bridges</a><a href="/tag/b">Goats</a></nav>',
        '<div class="trending-topics"><a href="/tag/a">Bridges</a><a href="/tag/b">Goats</a></div>',
        '<footer><div class="tags"><a href="/a">Bridges</a><a href="/b">Goats</a></div></footer>',
        # Words of the text that lead to pages of topics.
        '<p>The <a href="/tag/a">bridge</a> and the <a href="/tag/b">goats</a> stay.</p>',
        '<p class="tags"><a href="/a"></a><a href="/b"></a> A paragraph of many words.</p>',
        '<p class="tags">On <a href="/a">bridges</a> <a href="/b">goats</a> may graze.</p>',
        # `stage` and `vantage` are no tags.
        '<div class="stage vantage"><a href="/a">Bridges</a><a href="/b">Goats</a></div>',
    ],
)
def test_what_only_looks_like_a_list_of_tags(shown: str) -> None:
    assert visible_tags(parse(f"<body><h1>Closed</h1>{shown}</body>")) == ()


def test_lists_above_the_headline_are_the_sites() -> None:
    assert visible_tags(parse(f"<body>{_LIST}<h1>Closed</h1></body>")) == ()
