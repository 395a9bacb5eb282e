"""The head: meta tags, headings, language, canonical URL."""

import pytest

from cleaning.meta import Head, absolute_url, read_head
from cleaning.parse import parse

_URL = "https://courier.example/harbour/bridge.html"


def _head(head: str = "", body: str = "<p>text</p>", html: str = "") -> Head:
    return read_head(parse(f"<html {html}><head>{head}</head><body>{body}</body></html>"), _URL)


@pytest.mark.parametrize(
    ("head", "name", "values"),
    [
        ('<meta name="author" content="Ida Quayle">', "author", ("Ida Quayle",)),
        (
            '<meta property="og:title" content="A"><meta property="og:title" content="B">',
            "og:title",
            ("A", "B"),
        ),
        ('<meta NAME="Author" CONTENT=" Ida\n Quayle ">', "author", ("Ida Quayle",)),
        ('<meta name="a" content="x"><meta name="a" content="x">', "a", ("x",)),
        ('<meta itemprop="datePublished" content="2025">', "datepublished", ("2025",)),
        ('<meta name="a" content="">', "a", ()),
        ('<meta name="a">', "a", ()),
        (f'<meta name="a" content="{"x" * 9_000}">', "a", ("x" * 5_000,)),
    ],
)
def test_meta_tags(head: str, name: str, values: tuple[str, ...]) -> None:
    assert _head(head).all(name) == values


def test_microdata_of_things_in_the_body_is_not_the_pages() -> None:
    body = '<div itemscope><meta itemprop="author" content="A Commenter"></div><p>text</p>'
    assert _head(body=body).all("author") == ()


def test_first_goes_by_the_order_of_names() -> None:
    head = _head('<meta name="b" content="2"><meta name="a" content="1">')
    assert (head.first("a", "b"), head.first("b", "a"), head.first("c")) == ("1", "2", None)


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('lang="en"', "en"),
        ('lang="pt_BR"', "pt-BR"),
        ('xml:lang="de"', "de"),
        ('lang=" zh-Hans-CN "', "zh-Hans-CN"),
        ("", None),
        ('lang=""', None),
        ('lang="{{ locale }}"', None),
        ('lang="English (UK)"', None),
    ],
)
def test_language(html: str, language: str | None) -> None:
    assert _head(html=html).language == language


@pytest.mark.parametrize(
    ("body", "headings"),
    [
        ("<h1>One</h1><h1>Two</h1>", ("One", "Two")),
        ("<h1> One <br> more </h1>", ("One more",)),
        ("<h1></h1><p>text</p>", ()),
        # a heading that leads home is the site's name
        ('<h1><a href="/">The Courier</a></h1><h1>One</h1>', ("One",)),
        ('<h1><a href="https://courier.example">The Courier</a></h1>', ()),
        ('<a href="/"><h1>The Courier</h1></a><h1>One</h1>', ("One",)),
        ('<h1><a href="/harbour/bridge.html">One</a></h1>', ("One",)),
        ("".join(f"<h1>{n}</h1>" for n in range(9)), ("0", "1", "2")),
    ],
)
def test_headings(body: str, headings: tuple[str, ...]) -> None:
    assert _head(body=body).headings == headings


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<link rel="canonical" href="/harbour/bridge">', "https://courier.example/harbour/bridge"),
        ('<link rel="CANONICAL" href="//www.courier.example/b">', "https://www.courier.example/b"),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="alternate" href="/x">', None),
    ],
)
def test_canonical(head: str, canonical: str | None) -> None:
    assert _head(head).canonical == canonical


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("/a", "https://courier.example/a"),
        ("b.html", "https://courier.example/harbour/b.html"),
        (" http://other.example/ ", "http://other.example/"),
        ("mailto:ida@courier.example", None),
        ("data:text/html,x", None),
        ("http://[broken", None),
        ("http://", None),
        ("/" + "x" * 3_000, None),
        ("/a\ud800b\x00", "https://courier.example/ab"),
    ],
)
def test_absolute_url(link: str, absolute: str | None) -> None:
    assert absolute_url(_URL, link) == absolute
