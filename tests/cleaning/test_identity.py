"""Which URLs lead to the same article, and which must be kept apart."""

import random

import pytest

from cleaning.identity import article_id, identity_url, page_url, same_site, site_of
from cleaning.url_mark import is_article_path, load_table

_TABLE = load_table()

SPELLINGS = {
    "https://example.com/2026/03/bridge": [
        "http://example.com/2026/03/bridge",
        "https://www.example.com/2026/03/bridge",
        "HTTPS://WWW.Example.COM/2026/03/bridge/",
        "http://example.com:80/2026/03/bridge",
        "http://example.com:443/2026/03/bridge",
        "https://example.com./2026/03/bridge",
        "https://reader:secret@example.com/2026/03/bridge",
        "https://example.com/2026/03/bridge#comments",
        "https://example.com/2026/03/bridge?",
        "https://example.com/2026/03/bridge/index.html",
        "https://example.com/2026/03/bridge/Index.htm",
        "https://example.com/2026/04/../03/./bridge",
        "https://example.com/2026/03/%62ridge",
        "https://example.com//2026/03///bridge",
        " https://example.com/2026/03/bridge\n",
        "https://example.com/2026/03/bridge?utm_source=rss&utm_medium=feed",
        "https://example.com/2026/03/bridge?UTM_Source=rss",
        "https://example.com/2026/03/bridge?utm%5Fsource=rss",
        "https://example.com/2026/03/bridge/?fbclid=IwAR0&gclid=x&mc_cid=1&_ga=2",
        "https://example.com/2026/03/bridge?at_medium=RSS&at_campaign=KARANGA",
    ],
    "https://example.com/": [
        "http://www.example.com",
        "https://example.com/index.html",
        "https://example.com//",
        "https://example.com/?utm_source=x",
    ],
    "https://example.com/read?a=1&b=2": [
        "https://example.com/read?b=2&a=1",
        "https://example.com/read/?b=2&utm_id=7&a=1",
    ],
    "https://example.com/read?a=1": ["https://example.com/read?a=1&a=1"],
    "https://example.com/?p=7": ["https://example.com//index.php?p=7&utm_source="],
    "https://example.com/?7=": ["https://example.com/?7"],
    "https://example.com/2026/03/bridge.html?id=7": [
        "http://m.example.com:80/2026/03/bridge.amp.html;jsessionid=0A1B?print=1&id=7&utm_id=2",
    ],
    "https://example.com/read?q=two++words": ["https://example.com/read?q=two%20%20words"],
    "https://example.com/b%C3%BCrger/caf%C3%A9": [
        "https://example.com/bürger/café",
        "https://example.com/b%c3%bcrger/caf%c3%a9",
    ],
    "https://xn--mnchen-3ya.example/lage": ["http://MÜNCHEN.example/lage"],
    "https://example.com:8080/a": ["http://example.com:8080/a/"],
    "https://[::1]:8000/a": ["http://[0:0::1]:8000/a"],
    "file:///old/texts/a%20b.txt": ["file:///old/texts/a b.txt", "file:///old/texts/a%20b.txt#L3"],
}

DIFFERENT = [
    ("https://example.com/a", "https://example.com/b"),
    ("https://example.com/a", "https://example.com/A"),
    ("https://example.com/a", "https://example.org/a"),
    ("https://example.com/a", "https://blog.example.com/a"),
    ("https://example.com/a", "https://example.com:8080/a"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/a%3Fid=1", "https://example.com/a?id=1"),
    ("https://example.com/?id=1", "https://example.com/?id=2"),
    ("https://example.com/read?id=1", "https://example.com/read"),
    ("https://example.com/read?ref=1", "https://example.com/read?ref=2"),
    ("https://example.com/read?cid=1", "https://example.com/read?cid=2"),
    ("https://example.com/read?p=1&p=2", "https://example.com/read?p=1"),
    ("https://example.com/read?p=1&p=2", "https://example.com/read?p=2&p=1&p=3"),
    ("https://example.com/read?p=1;q=2", "https://example.com/read?p=1;q=3"),
    ("https://example.com/read?p=", "https://example.com/read"),
    ("https://example.com/a+b", "https://example.com/a%20b"),
    ("https://example.com/http://a.example/b", "https://example.com/https://a.example/b"),
    ("https://www2.example.com/a", "https://example.com/a"),
    ("https://example.com/a?page=1", "https://example.com/a?page=2"),
    ("https://example.com/a;v=1", "https://example.com/a;v=2"),
    ("https://example.com/index.html5", "https://example.com/"),
    ("https://example.com/my-index.html", "https://example.com/"),
    ("https://www.com/", "https://com/"),
    ("file:///a/index.html", "file:///a/"),
]

GARBAGE = [
    "",
    " ",
    "?",
    "bridge reopens",
    "http://",
    "http:///a",
    "http://[::1/a",
    "http://example.com:port/a",
    "http://example.com:99999/a",
    "http://exa mple.com/a",
    "http://example.com\xa0/a;;",
    "http://a;b@@c/../..//index.html/index.html?&&=&;",
    "//example.com/a",
    "mailto:desk@example.com",
    "javascript:void(0)",
    "%41file:///A",
    "\ud800http://example.com/\udfff",
    "http://example.com/%",
    "http://example.com/%zz%E9%00",
    "http://example.com/" + "a/" * 10_000,
    "http://example.com/" + "ü" * 7_000,
    "http://example.com/" + "amp/" * 1_900,
    "http://example.com/" + "a-" * 3_900 + "/amp",
    "http://example.com/" + ";jsessionid=" * 600,
    "http://cdn.ampproject.org" + "/c/s/cdn.ampproject.org" * 300,
    "http://" + "m." * 60 + "example.com/a",
]

#: What random URLs are put together from.
_PIECES = (
    *(
        "http://",
        "HTTPS://",
        "www.",
        "m.",
        "amp.",
        "mobile.",
        "example",
        ".com",
        ".co.uk",
        "é",
        "ü",
    ),
    *(
        "/",
        "//",
        "/..",
        "/amp",
        "/print",
        ".amp",
        ".html",
        "index.html",
        "2026/03/",
        "-a-b",
        "12345",
    ),
    *("cdn.ampproject.org/c/s/", "google.com/amp/s/", "(S(" + "a" * 24 + "))", ";jsessionid=1"),
    *(
        "?",
        "&",
        "=",
        "&amp;",
        "amp=",
        "amp=1",
        "print",
        "m=1",
        "x=1",
        "utm_source=x",
        "+",
        "#",
        ";",
    ),
    *("sid=" + "a" * 32, "sid=" + "b" * 32, "%41", "%2f", "%", "%zz", "@", ":80", ":x", "[::1]"),
    *(" ", "\t", "\xa0", "\ud800", "\x00", "\\", "|", "日本"),
)


@pytest.mark.parametrize(
    ("url", "identity"),
    [(url, identity) for identity, urls in SPELLINGS.items() for url in (identity, *urls)],
)
def test_all_spellings_are_one(url: str, identity: str) -> None:
    """Each spelling gives the same identity and id."""
    assert identity_url(url) == identity
    assert article_id(url) == article_id(identity)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_other_articles_stay_apart(a: str, b: str) -> None:
    """URLs that may lead to different articles are never merged."""
    assert identity_url(a) != identity_url(b)
    assert article_id(a) != article_id(b)


@pytest.mark.parametrize("url", GARBAGE)
def test_garbage_is_stable(url: str) -> None:
    """Whatever comes in, the identity of an identity is itself."""
    assert_is_stable(url)


def test_anything_is_stable() -> None:
    """So are URLs that nobody would think of."""
    dice = random.Random(2026)  # noqa: S311  (no secret)
    for _ in range(3_000):
        url = "".join(dice.choices(_PIECES, k=dice.randint(1, 12)))
        assert_is_stable(url)
        assert_is_stable(f"http://{url}")


def assert_is_stable(url: str) -> None:
    """A spelling is its own spelling, and a page's identity that of its URL."""
    identity, page = identity_url(url), page_url(url)
    assert identity_url(identity) == identity, repr(url)
    assert page_url(page) == page, repr(url)
    assert identity_url(page) == identity, repr(url)
    assert page_url(identity) == identity, repr(url)
    assert article_id(url) == article_id(identity)


def _examples(which: str) -> list[tuple[str, bool, str]]:
    """Of each mark in the table: its kind, whether it is a view's, and an example."""
    return [
        (kind, kind in ("host", "cache") or entry.get("view", False), example)
        for kind in ("parameter", "path", "host", "cache")
        for entry in _TABLE[kind]
        for example in entry[which]
    ]


@pytest.mark.parametrize(("_", "view", "example"), _examples("catches"))
def test_marks_are_no_part_of_the_identity(_: str, example: str, *, view: bool) -> None:
    """Those of views are part of the page's."""
    url, _, identity = example.partition(" => ")
    assert identity_url(url) == identity
    assert (page_url(url) == identity) is not view


@pytest.mark.parametrize(("_", "__", "url"), _examples("leaves"))
def test_what_looks_like_a_mark_stays(_: str, __: bool, url: str) -> None:
    assert identity_url(url) == url


def test_every_mark_says_why_and_has_examples() -> None:
    for kind in ("parameter", "path", "host", "cache"):
        for entry in _TABLE[kind]:
            assert entry["why"]
            assert entry["catches"]
            assert entry["leaves"]


@pytest.mark.parametrize("path", _TABLE["article"]["catches"])
def test_paths_of_articles(path: str) -> None:
    assert is_article_path(path)


@pytest.mark.parametrize("path", _TABLE["article"]["leaves"])
def test_paths_of_sections(path: str) -> None:
    assert not is_article_path(path)


def test_an_id_never_changes() -> None:
    """Consumers keep ids, so another way of making them would publish every article again."""
    assert article_id("https://www.example.com/2026/03/bridge/") == (
        "c9ff133fce0b03ddd0abfe242d58d001"
    )


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.com/a", "example.com"),
        ("https://news.example.co.uk:8080/a", "example.co.uk"),
        ("https://NEWS.Example.COM./a", "example.com"),
        ("https://one.blogspot.com/a", "one.blogspot.com"),
        ("https://nachrichten.münchen.de/", "xn--mnchen-3ya.de"),
        ("http://127.0.0.1:8000/a", "127.0.0.1"),
        ("http://[::1]:8000/a", "::1"),
        ("http://localhost:8000/a", "localhost"),
        ("http://newsroom.test/a", "newsroom.test"),
        ("http://co.uk/a", "co.uk"),
        ("file:///old/texts/a.txt", "file"),
        ("file://server/old/a.txt", "file"),
        ("urn:example:a", "urn"),
        ("bridge reopens", "unknown"),
        ("http://[::1/a", "unknown"),
        ("", "unknown"),
    ],
)
def test_site_is_the_registrable_domain(url: str, site: str) -> None:
    """By the Public Suffix List, or the nearest thing that the URL has."""
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://www.example.com/a", "http://amp.example.com/b", True),
        ("http://localhost:1/a", "http://localhost:2/b", True),
        ("file:///a.txt", "file:///b.txt", True),
        ("https://example.co.uk/a", "https://other.co.uk/a", False),
        ("https://one.blogspot.com/a", "https://two.blogspot.com/a", False),
        ("no url", "no url", False),
    ],
)
def test_same_site(a: str, b: str, *, same: bool) -> None:
    """Hosts of one publisher are one site, blogs at one host are not."""
    assert same_site(a, b) is same
