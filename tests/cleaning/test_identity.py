"""Which URLs lead to the same article, and which must be kept apart."""

import pytest

from cleaning.identity import article_id, identity_url, same_site, site_of

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
]


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
    once = identity_url(url)
    assert identity_url(once) == once
    assert article_id(url) == article_id(once)


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
