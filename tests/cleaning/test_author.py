"""Authors: every place that names them, and all that stands around their names."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from cleaning.author import looks_like_name, read_authors, read_byline
from cleaning.byline_words import split_names
from cleaning.meta import read_head
from cleaning.parse import parse
from cleaning.site_name import site_names

_URL = "https://courier.example/harbour/bridge.html"
_NAMES = site_names(_URL, ["The Harbour Courier"])


def _read(
    head: str = "", body: str = "", things: Iterable[Any] = (), lead: Iterable[str] = ()
) -> list[str]:
    tree = parse(
        f"<html><head>{head}</head><body><h1>Bridge closes</h1>{body}<p>The text.</p></body></html>"
    )
    authors = read_authors(tree, list(things), read_head(tree, _URL), lead, _NAMES)
    return [author.name for author in authors]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ida Quayle", ["Ida Quayle"]),
        ("By Ida Quayle", ["Ida Quayle"]),
        ("Written by: Ida Quayle", ["Ida Quayle"]),
        ("Posted by By Ida Quayle", ["Ida Quayle"]),
        ("Von Anna Berg und Max Tal", ["Anna Berg", "Max Tal"]),
        ("Par Célestine Varangot", ["Célestine Varangot"]),
        ("Por Inés Robledo y Juan Mora", ["Inés Robledo", "Juan Mora"]),
        ("Di Marta Rossi", ["Marta Rossi"]),
        ("Автор: Анна Петрова", ["Анна Петрова"]),
        ("Συντάκτης: Θάλεια Μαυρογένη", ["Θάλεια Μαυρογένη"]),
        ("بقلم: سارة حداد", ["سارة حداد"]),
        ("作者：周以宁", ["周以宁"]),
        ("记者 李明、王芳", ["李明", "王芳"]),
        ("文／陳小雨", ["陳小雨"]),
        # names that begin like a label
        ("Dan Jervis", ["Dan Jervis"]),
        ("David Vonplon", ["David Vonplon"]),
        ("Dirk Ostermann", ["Dirk Ostermann"]),
        ("Avery Bylund", ["Avery Bylund"]),
        ("Ursula von der Leyen", ["Ursula von der Leyen"]),
        ("Von der Heide", ["Von der Heide"]),
        ("Di Stefano", ["Di Stefano"]),
        ("文天祥", ["文天祥"]),
        # conjunctions within names
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Carles Puig i Mora", ["Carles Puig i Mora"]),
        ("Simon Anders", ["Simon Anders"]),
        # several
        ("Ida Quayle, Max Tal and John Roe", ["Ida Quayle", "Max Tal", "John Roe"]),
        ("Ida Quayle im Gespräch mit Max Tal", ["Ida Quayle", "Max Tal"]),
        ("Ida Quayle/Max Tal", ["Ida Quayle", "Max Tal"]),
        ("Ida Quayle | Max Tal; John Roe", ["Ida Quayle", "Max Tal", "John Roe"]),
        # suffixes and initials
        ("Robert Lorne, Jr.", ["Robert Lorne, Jr."]),
        ("J. R. Lorne", ["J. R. Lorne"]),
        ("Joe S.", ["Joe S."]),
        ("Dr. Max Kolter", ["Dr. Max Kolter"]),
        # what stands after a name
        ("Ida Quayle (iq)", ["Ida Quayle"]),
        ("Ida Quayle on 3 November 2025", ["Ida Quayle"]),
        ("Von Max Tal am 21. April 2020", ["Max Tal"]),
        ("Ida Quayle in Port Ellery", ["Ida Quayle"]),
        ("Ida Quayle, Chief Political Correspondent", ["Ida Quayle"]),
        ("Ida Quayle - Staff Writer", ["Ida Quayle"]),
        ("Anna Berg, Redakteurin", ["Anna Berg"]),
        ("Ida Quayle, PhD", ["Ida Quayle"]),
        ("Ida Quayle ida@courier.example", []),
        ("~ Ida Quayle ~", ["Ida Quayle"]),
        # agencies are authors
        ("AFP", ["AFP"]),
        ("Reuters", ["Reuters"]),
        ("Northern Wire", ["Northern Wire"]),
        ("dpa/AFP", ["dpa", "AFP"]),
        ("Courier readers’ desk", ["Courier readers’ desk"]),
        ("BR24 Redaktion", ["BR24 Redaktion"]),
        # what is no name
        ("", []),
        ("—", []),
        ("admin", []),
        ("Staff", []),
        ("https://social.example/ida", []),
        ("www.courier.example", []),
        ("ida@courier.example", []),
        ("3 November 2025", []),
        ("5 comments", []),
        ("in Culture", []),
        ("View my complete profile", []),
        ("Hinterlasse einen Kommentar", []),
        ("Subscribe to the newsletter", []),
        ("x" * 81, []),
        ("one two three four five six seven eight", []),
        ("y" * 5_000, []),
    ],
)
def test_split_names(text: str, names: list[str]) -> None:
    assert list(split_names(text)) == names


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ida Quayle", ["Ida Quayle"]),
        (["Ida Quayle", "Max Tal", "ida quayle"], ["Ida Quayle", "Max Tal"]),
        ({"@type": "Person", "name": "Ida Quayle"}, ["Ida Quayle"]),
        ({"name": ["Ida Quayle", "Max Tal"]}, ["Ida Quayle", "Max Tal"]),
        ([{"name": "Ida Quayle"}, {"name": "Max Tal"}], ["Ida Quayle", "Max Tal"]),
        ({"name": "Jos&eacute; Mora"}, ["José Mora"]),
        ({"name": "The Harbour Courier"}, ["The Harbour Courier"]),
        ([{"name": "Ida Quayle"}, {"name": "The Harbour Courier"}], ["Ida Quayle"]),
        ({"name": "Ida\ud800 Quayle\x00"}, ["Ida Quayle"]),
        ({"name": 7}, []),
        ([None, 7, [["Ida Quayle"]]], []),
        (None, []),
    ],
)
def test_json_ld(author: Any, names: list[str]) -> None:
    assert _read(things=[{"author": author}]) == names


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ('<meta name="author" content="Ida Quayle">', ["Ida Quayle"]),
        ('<meta name="parsely-author" content="Ida Quayle">', ["Ida Quayle"]),
        ('<meta property="article:author" content="https://social.example/ida">', []),
        (
            '<meta name="author" content="http://a.example"><meta name="byl" content="Ida Quayle">',
            ["Ida Quayle"],
        ),
        ('<meta name="author" content="ida-quayle">', []),
        ('<meta name="author" content="ida.quayle">', []),
        ('<meta name="author" content="The Harbour Courier">', ["The Harbour Courier"]),
        ('<meta name="twitter:creator" content="@ida">', []),
    ],
)
def test_meta_tags(head: str, names: list[str]) -> None:
    assert _read(head) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ('<p><a rel="author" href="/ida">Ida Quayle</a></p>', ["Ida Quayle"]),
        (
            '<p><a rel="author">Ida Quayle</a> and <a rel="author">Max Tal</a></p>',
            ["Ida Quayle", "Max Tal"],
        ),
        (
            '<div itemprop="author"><img alt=""><b itemprop="name">Ida Quayle</b>, seaman</div>',
            ["Ida Quayle"],
        ),
        ('<p class="byline">By Ida Quayle | 3 November 2025</p>', ["Ida Quayle"]),
        ('<span class="article-author__name">Ida Quayle</span>', ["Ida Quayle"]),
        ('<span class="StyledByline-x1">Ida Quayle</span>', ["Ida Quayle"]),
        ('<span class="author-bio">Ida keeps bees.</span>', []),
        # of comments, other articles and furniture
        ('<div class="comments"><span class="author">A Commenter</span></div>', []),
        ('<li class="comment-author">A Commenter</li>', []),
        ('<div class="related"><a rel="author">Max Tal</a></div>', []),
        ('<nav><a rel="author">Max Tal</a></nav>', []),
        ('<div class="widget"><a rel="author">Max Tal</a></div>', []),
        ('<p class="byline">' + "word " * 60 + "</p>", []),
        # the first place that names somebody, and its neighbours only
        (
            '<div><b><i class="author">Ida Tal</i></b></div><p><b><i class="author">M</i></b></p>',
            ["Ida Tal"],
        ),
    ],
)
def test_elements(body: str, names: list[str]) -> None:
    assert _read(body=body) == names


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("Author: Tobias Wrenfield<br>9 September 2025<br><br>", ["Tobias Wrenfield"]),
        ("<td>Auteur : Célestine Varangot<br></td>", ["Célestine Varangot"]),
        ("作者：周以宁<br>", ["周以宁"]),
        ("Author: Courier readers’ desk<br>", ["Courier readers’ desk"]),
        ("<p>(责编：牛镛)</p>", ["牛镛"]),
        ("<p>By Ida Quayle</p>", ["Ida Quayle"]),
        ("<p>by <a>Ida Quayle</a></p>", ["Ida Quayle"]),
        ("<p>By AFP</p>", ["AFP"]),
        # without a colon it must look like a name
        ("<p>By Monday the bridge was open.</p>", []),
        ("<p>Von Anfang an war alles klar.</p>", []),
        ("<p>About the bridge</p>", []),
        ("<p>Text of the law</p>", []),
        ("<p>By order of the harbour master</p>", []),
        ("<p>Author: " + "word " * 30 + "</p>", []),
    ],
)
def test_labelled_lines(body: str, names: list[str]) -> None:
    assert _read(body=body) == names


def test_labelled_lines_far_below_the_headline_are_text() -> None:
    assert _read(body="<p>A sentence.</p>" * 200 + "<p>Author: Ida Quayle</p>") == []


def test_sources_in_order() -> None:
    said: dict[str, Any] = {
        "things": [{"author": "Data Person"}],
        "head": '<meta name="author" content="Meta Person">',
        "body": '<p class="byline">Shown Person</p><p>Author: Labelled Person</p>',
        "lead": ["Feed Person"],
    }
    found = []
    for source, empty in (("things", []), ("head", ""), ("body", ""), ("lead", [])):
        found += _read(**said)
        said[source] = empty
    assert found == ["Data Person", "Meta Person", "Shown Person", "Feed Person"]


def test_a_site_is_author_only_where_nobody_else_is() -> None:
    data = [{"author": {"name": "The Harbour Courier"}}]
    assert _read(things=data, body='<a rel="author">Ida Quayle</a>') == ["Ida Quayle"]
    assert _read(things=data, lead=["Max Tal"]) == ["Max Tal"]
    assert _read(things=data) == ["The Harbour Courier"]
    assert _read(body='<a rel="author">The Harbour Courier</a>') == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://courier.example/ida", "https://courier.example/ida"),
        ("javascript:alert(1)", None),
        ("/ida", None),
        (7, None),
        ("https://courier.example/\ud800ida", "https://courier.example/ida"),
    ],
)
def test_urls(url: Any, expected: str | None) -> None:
    tree = parse("<html><body><p>x</p></body></html>")
    things = [{"author": {"name": "Ida Quayle", "url": url}}]
    (author,) = read_authors(tree, things, read_head(tree, _URL), (), _NAMES)
    assert author.url == expected
    assert json.dumps(author.url).isascii()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("by Andrea", ["Andrea"]),
        ("Author: Wei", ["Wei"]),
        ("Ida Quayle", []),
        ("Byron came by", []),
        ("", []),
    ],
)
def test_read_byline(line: str, names: list[str]) -> None:
    assert [author.name for author in read_byline(line)] == names


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ida Quayle", True),
        ("Ida M. O’Neill-Tal", True),
        ("Ida", False),
        ("Ida quayle", False),
        ("The Old Harbour Bridge Closes", False),
        ("Ida Quayle, 47", False),
        ("周以宁", False),
    ],
)
def test_looks_like_name(line: str, expected: bool) -> None:
    assert looks_like_name(line) is expected
