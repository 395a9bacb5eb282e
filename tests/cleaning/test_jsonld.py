"""JSON-LD: found, bounded, and told apart: the page's own objects and those of others."""

import json
from typing import Any

import pytest

from cleaning.jsonld import are_of_others, of_page, read_jsonld, types_of, with_references
from cleaning.parse import parse

_URL = "https://courier.example/harbour/bridge.html"


def _read(script: str, type_: str = "application/ld+json") -> list[str]:
    head = f'<script type="{type_}">{script}</script>'
    things = read_jsonld(parse(f"<html><head>{head}</head><body><p>x</p></body></html>"))
    return [name for thing in things for name in types_of(thing)]


@pytest.mark.parametrize(
    ("script", "types"),
    [
        ('{"@type": "NewsArticle"}', ["NewsArticle"]),
        ('[{"@type": "A"}, {"@type": ["B", "C"]}]', ["A", "B", "C"]),
        ('{"@graph": [{"@type": "A", "author": {"@type": "Person"}}]}', ["A", "Person"]),
        ('{"@type": "https://schema.org/Article"}', ["Article"]),
        # what readers say of a thing is not the page's
        ('{"@type": "Recipe", "review": [{"@type": "Review"}]}', ["Recipe"]),
        ('{"@type": "Article", "comment": {"@type": "Comment"}}', ["Article"]),
        ('{"@type": "Review", "itemReviewed": {"@type": "Book"}}', ["Review", "Book"]),
        ('<!-- {"@type": "A"} -->', ["A"]),
        ('//<![CDATA[\n{"@type": "A"}\n//]]>', ["A"]),
        ('{"@type": "A"};', ["A"]),
        ('{"@type": "A", "headline": "two\nlines"}', ["A"]),
        ('{"@type": 7}', []),
        ('{"@type": "A"', []),
        ("", []),
        ("null", []),
        ('"A"', []),
    ],
)
def test_finds_typed_objects(script: str, types: list[str]) -> None:
    assert _read(script) == types


def test_other_scripts_are_not_read() -> None:
    assert _read('{"@type": "A"}', "application/json") == []


def test_is_bounded() -> None:
    assert _read('{"@type": "A", "x": "' + "y" * 1_000_001 + '"}') == []
    nested = '{"@type": "A", "x": ' * 5_000 + "1" + "}" * 5_000
    assert len(_read(nested)) <= 101


@pytest.mark.parametrize(
    ("things", "headlines"),
    [
        ([], []),
        ([{"headline": "One"}, {"headline": "Two"}], ["One"]),
        ([{"headline": "One"}, {"headline": "Two", "url": _URL}], ["Two"]),
        ([{"headline": "One"}, {"headline": "Two", "mainEntityOfPage": {"@id": _URL}}], ["Two"]),
        ([{"headline": "One"}, {"headline": "Two", "@id": _URL + "#article"}], ["Two"]),
        ([{"headline": "One"}, {"headline": "Two", "url": "/harbour/bridge.html?x=1"}], ["Two"]),
        # said twice, it is one article; the entries of a live blog are others
        ([{"headline": "One", "url": _URL}, {"headline": "One", "url": _URL}], ["One", "One"]),
        (
            [{"headline": "Live", "url": _URL}, {"headline": "9.30: fog", "url": _URL + "#1"}],
            ["Live"],
        ),
        ([{"headline": ["One"], "url": 7}, {"headline": "Two", "url": ["x"]}], [["One"]]),
    ],
)
def test_of_page(things: list[dict[str, Any]], headlines: list[Any]) -> None:
    assert [thing["headline"] for thing in of_page(things, [_URL])] == headlines


@pytest.mark.parametrize(
    ("urls", "others"),
    [
        (["/a", "/b", "/c"], True),
        (["/a", "/b"], False),
        ([], False),
        (["/a", "/b", _URL], False),
        (["/a", "/b", "/harbour/bridge.html#c"], False),
        (["/a", "/b", None], False),
        (["#a", "#b", "#c"], False),
    ],
)
def test_are_of_others(urls: list[str | None], others: bool) -> None:
    assert are_of_others([{"url": url} for url in urls], [_URL]) is others


@pytest.mark.parametrize(
    ("author", "resolved"),
    [
        ({"@id": "#ida"}, {"@id": "#ida", "@type": "Person", "name": "Ida"}),
        ([{"@id": "#ida"}, "Wei"], [{"@id": "#ida", "@type": "Person", "name": "Ida"}, "Wei"]),
        ({"@id": "#nobody"}, {"@id": "#nobody"}),
        ({"@id": "#ida", "name": "I. Q."}, {"@id": "#ida", "name": "I. Q."}),
        ({"@id": ["#ida"]}, {"@id": ["#ida"]}),
        ("Ida", "Ida"),
        (None, None),
    ],
)
def test_with_references(author: Any, resolved: Any) -> None:
    ida = {"@id": "#ida", "@type": "Person", "name": "Ida"}
    article = {"@type": "Article", "author": author}
    before = json.dumps(article)
    assert with_references(article, [article, ida])["author"] == resolved
    assert json.dumps(article) == before
