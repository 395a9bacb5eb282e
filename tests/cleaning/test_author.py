"""Authors: every place that names them, and all that stands around their names."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from cleaning.article import Author
from cleaning.author import are_named, looks_like_name, read_authors, read_byline
from cleaning.author_data import read_stated_authors
from cleaning.byline_words import split_names
from cleaning.meta import read_head
from cleaning.parse import parse
from cleaning.site_name import site_names
from cleaning.sourced import Sourced

_URL = "https://courier.example/harbour/bridge.html"
_LABELLED = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="{}">'
_NAMES = site_names(_URL, ["The Harbour Courier"])


def _named(
    head: str = "", body: str = "", things: Iterable[Any] = (), lead: Iterable[str] = ()
) -> Sourced[tuple[Author, ...]]:
    tree = parse(
        f"<html><head>{head}</head><body><h1>Bridge closes</h1>{body}<p>The text.</p></body></html>"
    )
    things = list(things)
    articles = [thing for thing in things if thing.get("@type") in (None, "Article")]
    stated = read_stated_authors(articles, things, read_head(tree, _URL), lead)
    return read_authors(tree, stated, _NAMES)


def _read(
    head: str = "", body: str = "", things: Iterable[Any] = (), lead: Iterable[str] = ()
) -> list[str]:
    return [author.name for author in _named(head, body, things, lead).value]


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
        ("Ida Quayle Fr, 3. November 2025", ["Ida Quayle"]),
        ("Ida Quayle May 3, 2025", ["Ida Quayle"]),
        ("Ida Quayle, May 3, 2025", ["Ida Quayle"]),
        ("April Quayle", ["April Quayle"]),
        ("Posted by idaq on August 3, 2019", ["idaq"]),
        ("Posted by Ida under Bridges", ["Ida"]),
        ("Ida Quayle @idaquayle", ["Ida Quayle"]),
        ("Text von Ida Quayle Illustration von Max Tal", ["Ida Quayle"]),
        # labels of blogs, and of more than one thing
        ("Eingestellt von der Michel", ["der Michel"]),
        ("Text und Interview: Ida Quayle", ["Ida Quayle"]),
        ("Eine Kolumne von Ida Quayle", ["Ida Quayle"]),
        ("Text Ida", ["Text Ida"]),
        ("Redacción Diario del Puerto", ["Redacción Diario del Puerto"]),
        ("Redacción: Juan Mora", ["Juan Mora"]),
        ("Analysis by Ida Quayle", ["Ida Quayle"]),
        ("Ida Quayle, MS, RDN", ["Ida Quayle"]),
        ("The Author", []),
        ("Ida Quayle Wed, 3 November 2025", ["Ida Quayle"]),
        # roles beside names, and lists of what somebody is expert for
        ("PORT-Online-Experte Ida Quayle", ["Ida Quayle"]),
        ("Chefredakteurin Ida Quayle", ["Ida Quayle"]),
        ("Ida Quayle Political Editor", ["Ida Quayle"]),
        ("Ida Quayle, Experte für Schiffe, Häfen, Seerecht & Zoll", ["Ida Quayle"]),
        ("Ida Quayle, reporter, and Max Tal", ["Ida Quayle", "Max Tal"]),
        ("Ida Quayle, Projektleiterin des Hafens", ["Ida Quayle"]),
        ("Guardian staff reporter", []),
        # organisations keep their conjunctions
        ("Landesanstalt für Wald und Wasser", ["Landesanstalt für Wald und Wasser"]),
        ("Institute of Tides and Currents", ["Institute of Tides and Currents"]),
        # whose the picture is
        ("Foto: Max Tal", []),
        ("© Max Tal", []),
        ("Bildquelle: Port Images", []),
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


@pytest.mark.xfail(strict=True, reason="what a role's adjective is cannot be told from a name")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ida Quayle Harbour Editor", ["Ida Quayle"]),
        ("WXYZ By Ida Quayle", ["Ida Quayle"]),
    ],
)
def test_split_names_known_failures(text: str, names: list[str]) -> None:
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
        # one person, last name first; one name, twice
        ("Quayle, Ida", ["Ida Quayle"]),
        ("dpa, AFP", ["dpa", "AFP"]),
        (["Ida Quayle Harbour Courier Staff", "Ida Quayle"], ["Ida Quayle"]),
        (["Ida", "Ida Quayle"], ["Ida Quayle"]),
        (["JOSÉ MORA", "Jose Mora"], ["Jose Mora"]),
        # newsrooms, where nobody is named
        ("Staff and news service reports", ["Staff and news service reports"]),
        ({"name": "Redaktion"}, ["Redaktion"]),
        ([{"name": "Ida Quayle"}, {"name": "Redaktion"}], ["Ida Quayle"]),
        ([{"name": "dpa"}, {"name": "HC-Redaktion"}], ["dpa", "HC-Redaktion"]),
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
        (_LABELLED.format("Written by", "Ida Quayle"), ["Ida Quayle"]),
        (_LABELLED.format("Reading time", "Two Minutes"), []),
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
        # not the authors of the cards below
        (
            '<div><p><a rel="author">Ida Quayle</a></p><p>'
            + "A sentence. " * 100
            + '</p><p><a rel="author">Max Tal</a></p></div>',
            ["Ida Quayle"],
        ),
        # of comments, other articles and furniture
        ('<div class="comments"><span class="author">A Commenter</span></div>', []),
        ('<li class="comment-author">A Commenter</li>', []),
        ('<div class="related"><a rel="author">Max Tal</a></div>', []),
        ('<nav><a rel="author">Max Tal</a></nav>', []),
        ('<div class="widget"><a rel="author">Max Tal</a></div>', []),
        ('<p class="byline">' + "word " * 60 + "</p>", []),
        # WordPress names an article by its topics, too
        (
            '<div class="post hentry category-comment"><a rel="author">Ida Quayle</a></div>',
            ["Ida Quayle"],
        ),
        # handles and newsrooms, where the page shows them as its author
        ('<span class="author vcard"><a class="fn">bridge_watcher</a></span>', []),
        ('<span class="author vcard"><a class="fn">bridgewatcher7</a></span>', ["bridgewatcher7"]),
        ('<span class="author">Redaktion</span>', ["Redaktion"]),
        # links within, with what stands round and between them
        (
            '<p class="byline">News <a href="/1">Ida Quayle</a> Staff <a href="/2">Max Tal</a></p>',
            ["Ida Quayle", "Max Tal"],
        ),
        (
            '<p class="byline">By <a href="/1">Ida Quayle</a> and Max Tal</p>',
            ["Ida Quayle", "Max Tal"],
        ),
        # links to authors' pages, and to people's where they stand in a byline
        ('<p><a href="/author/ida">Ida Quayle</a></p>', ["Ida Quayle"]),
        ('<p class="meta"><a href="/user/ida">ida7</a></p>', ["ida7"]),
        ('<p>The mayor, <a href="/people/max-tal">Max Tal</a>, says so.</p>', []),
        ('<p class="meta"><a href="https://youtube.com/user/ida">Ida Quayle</a></p>', []),
        ('<p class="meta">See <a href="/author/register">Registrieren</a></p>', []),
        # of a picture's licence
        ('<p class="license"><span class="author-name">Max Tal</span></p>', []),
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
        ("<p>By TPN, in Bridges</p>", ["TPN"]),
        ("<p>| By </p><p>Ida Quayle</p><p> |</p>", ["Ida Quayle"]),
        # handles behind labels of blogs, and beside dates
        ("<p>Posted by idaq</p>", ["idaq"]),
        ("<p>by idaq on August 3, 2019</p>", ["idaq"]),
        ("<p>Von R. Q. am </p>", ["R. Q."]),
        ("<p>06.11.2023 13:30 von Ida</p>", ["Ida"]),
        ("<p>by ferry to the island</p>", []),
        # whole names beside dates
        ("<p>11.12.2019 - Ida Quayle</p>", ["Ida Quayle"]),
        ("<p>Ida Quayle | 11.12.2019</p>", ["Ida Quayle"]),
        ("<p>Ida Quayle |</p><p>11.12.2019</p>", ["Ida Quayle"]),
        ("<p>11.12.2019 - Breaking News</p>", []),
        ("<p>EN VIVO</p><p>11.12.2019</p>", []),
        ("<p>Port Ellery</p><p>918-921-9583</p>", []),
        # titles of boxes
        ("<p>About Harbour Marina</p>", []),
        ("<p>More from AFP</p>", []),
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
        "head": '<meta name="byl" content="Meta Person"><meta name="author" content="Theme Maker">',
        "body": '<p class="byline">Shown Person</p>',
        "lead": ["Feed Person"],
    }
    further: list[tuple[str, Any]] = [
        ("things", []),
        ("head", '<meta name="author" content="Theme Maker">'),
        ("body", "<p>Author: Labelled Person</p>"),
        ("head", ""),
        ("body", ""),
        ("lead", []),
    ]
    found = []
    for place, left in further:
        found += [(author.name, _named(**said).source) for author in _named(**said).value]
        said[place] = left
    assert found == [
        ("Data Person", "json-ld"),
        ("Meta Person", "meta"),
        # a template may name its maker, so what the page shows goes before `author`
        ("Shown Person", "markup"),
        ("Theme Maker", "meta"),
        ("Labelled Person", "byline"),
        ("Feed Person", "lead"),
    ]


def test_a_site_is_author_only_where_nobody_else_is() -> None:
    data = [{"author": {"name": "The Harbour Courier"}}]
    assert _read(things=data, body='<a rel="author">Ida Quayle</a>') == ["Ida Quayle"]
    assert _read(things=data, lead=["Max Tal"]) == ["Max Tal"]
    assert _read(things=data) == ["The Harbour Courier"]
    assert _read(body='<a rel="author">The Harbour Courier</a>') == ["The Harbour Courier"]
    assert _read(things=data, body='<p class="author">Bridges, Ferries, Piers</p>') == [
        "The Harbour Courier"
    ]


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
    (author,) = _named(things=[{"author": {"name": "Ida Quayle", "url": url}}]).value
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


@pytest.mark.parametrize(
    ("said", "names"),
    [
        # data name the site or an organisation, the page a person
        (
            {"things": [{"author": {"name": "Port Authority Press"}}], "body": "By Ida Quayle"},
            ["Ida Quayle"],
        ),
        # a login, and a whole name in a line
        ({"things": [{"author": "oradmin"}], "body": "<p>By Ida Quayle</p>"}, ["Ida Quayle"]),
        # what the page marks stands against a template's tags and against lines
        (
            {
                "head": '<meta name="author" content="Theme Maker">',
                "body": '<i class="author">idaq</i><p>Von Max Tal</p>',
            },
            ["idaq"],
        ),
        # part of a name is completed by other places, or by what the page's texts begin with
        (
            {"things": [{"author": "Ida"}], "body": '<a rel="author">Ida Quayle</a>'},
            ["Ida Quayle"],
        ),
        ({"things": [{"author": "Ida"}], "body": "<p>Ida Quayle</p>"}, ["Ida Quayle"]),
        (
            {"things": [{"author": "Ida"}], "body": "<p>Ida Quayle is a seaman.</p>"},
            ["Ida Quayle"],
        ),
        (
            {"things": [{"author": "Ida"}], "body": "<p>Ida Quayle</p><p>Ida Tal</p>"},
            ["Ida"],
        ),
        ({"things": [{"author": "Ida"}], "body": "<p>When Ida Quayle rang, I went.</p>"}, ["Ida"]),
        # one byline that has more names than the data
        (
            {"things": [{"author": "Ida Quayle"}], "body": "<p class=byline>Ida Quayle, Max Tal"},
            ["Ida Quayle", "Max Tal"],
        ),
        (
            {"things": [{"author": "Ida Quayle"}], "body": "<p class=byline>Max Tal, John Roe"},
            ["Ida Quayle"],
        ),
        # the spelling without capitals
        (
            {
                "head": '<meta name="byl" content="IDA QUAYLE">',
                "body": "<p class=author>Ida Quayle",
            },
            ["Ida Quayle"],
        ),
        # a page that does not call itself an article
        ({"things": [{"@type": "WebPage", "author": {"name": "Ida Quayle"}}]}, ["Ida Quayle"]),
        (
            {
                "things": [
                    {"@type": "Recipe", "author": {"@id": "#ida"}},
                    {"@type": "Person", "@id": "#ida", "name": "Ida Quayle"},
                ]
            },
            ["Ida Quayle"],
        ),
        ({"things": [{"@type": "Review", "author": {"name": "Ida Quayle"}}]}, []),
    ],
)
def test_sources_together(said: dict[str, Any], names: list[str]) -> None:
    assert _read(**said) == names


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        ({"@type": "Person", "name": "Ida"}, "person"),
        ({"@type": "Organization", "name": "Greenharbour"}, "organization"),
        ({"@type": "Person", "name": "Reuters"}, "agency"),
        ({"@type": "Person", "name": "Redaktion"}, "organization"),
        ({"@type": "Person", "name": "The Harbour Courier"}, None),
        ({"@type": 7, "name": "Ida Quayle"}, "person"),
        ("Ida", None),
    ],
)
def test_kinds(author: Any, kind: str | None) -> None:
    assert [one.kind for one in _named(things=[{"author": author}]).value] == [kind]


def test_one_place_completes_the_url_of_another() -> None:
    things = [
        {"author": "Ida Quayle"},
        {"author": {"name": "ida quayle", "url": "https://a.example/i"}},
    ]
    assert _named(things=things).value[0].url == "https://a.example/i"


@pytest.mark.parametrize(
    ("name", "named"),
    [("Ida Quayle", True), ("dpa", True), ("Ida", False), ("Harbour Press", False)],
)
def test_are_named(name: str, named: bool) -> None:
    (author,) = _named(things=[{"author": name}]).value
    assert are_named([author]) is named


def _nested(depth: int) -> Any:
    value: Any = "Ida Quayle"
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("author", "names"),
    [
        (_nested(200), []),
        ({"name": _nested(200)}, []),
        ({"name": {"name": {"name": "Ida Quayle"}}}, []),
        ({"name": None, "url": ["x"], "@type": {"a": 1}}, []),
        ([True, 1.5, {"name": True}, {"name": ["Ida Quayle", None, {}]}], ["Ida Quayle"]),
        ("x" * 1_000_000, []),
        ("Ida Quayle, " * 100_000, []),
        ("\ud800" * 1_000 + "Ida Quayle", ["Ida Quayle"]),
        ("Ida\x00\ud83d Quayle\x1b\u202a", ["Ida Quayle"]),
        ("By " * 10_000, []),
        ("(" * 10_000, []),
        ("Ida " * 200, []),
    ],
)
def test_hostile_data(author: Any, names: list[str]) -> None:
    assert _read(things=[{"author": author}]) == names


def test_many_authors_are_cut() -> None:
    crowd = [
        {"name": f"Ida Quayle{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}"} for n in range(10_000)
    ]
    assert len(_read(things=[{"author": crowd}])) == 50
    assert len(_read(things=[{"author": {"name": [one["name"] for one in crowd]}}])) == 50


def test_names_are_short_and_printable() -> None:
    for author in _named(things=[{"author": ["Ida " + "Q" * 300, "Max\ud800 Tal\x07"]}]).value:
        assert isinstance(author, Author)
        assert len(author.name) <= 200
        assert author.name.isprintable()


def test_hostile_pages_are_read_in_bounds() -> None:
    deep = "<div class=author>" * 2_000 + "Ida Quayle" + "</div>" * 2_000
    wide = '<a rel=author href="/author/x">Ida Quayle</a>' * 5_000
    assert _read(body=deep) == ["Ida Quayle"]
    assert _read(body=wide) == ["Ida Quayle"]
    assert _read(things=[{"author": "Ida"}], body="<p>Ida Quayle</p>" * 5_000) == ["Ida Quayle"]
