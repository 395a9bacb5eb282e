"""What feeds say of their entries, and what broken and hostile ones still give."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from cleaning.error import InputError
from crawler.discovery.feed import read_feed

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
URL = "https://gazette.example/feeds/all.xml"
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'


def rss(items: str, attributes: str = "", channel: str = "") -> str:
    return f'<rss version="2.0" {attributes}><channel>{channel}{items}</channel></rss>'


def item(inner: str) -> str:
    return rss(f"<item><link>https://gazette.example/a</link>{inner}</item>")


def said(body: bytes | str) -> list[dict[str, Any]]:
    """What each lead says beyond how it was found; unknown fields left out."""
    leads = read_feed(body.encode() if isinstance(body, str) else body, URL, AT)
    found = {"via": "feed", "at": AT, "source_url": URL}
    assert all(found.items() <= asdict(lead).items() for lead in leads)
    return [{k: v for k, v in asdict(lead).items() if v and k not in found} for lead in leads]


FEEDS = {
    "rss": (
        rss(
            """<item><title>Harbour reopens</title><link>/2026/harbour</link>
            <description>Ferries sail again.</description><dc:creator>Ana Reis</dc:creator>
            <dc:creator>Li Wei</dc:creator><category>Sea</category><category>Trade</category>
            <category>Sea</category><pubDate>Tue, 03 Mar 2026 10:00:00 +0100</pubDate></item>""",
            DC,
            "<language>en-GB</language>",
        ),
        {
            "url": "https://gazette.example/2026/harbour",
            "title": "Harbour reopens",
            "summary": "Ferries sail again.",
            "authors": ("Ana Reis", "Li Wei"),
            "tags": ("Sea", "Trade"),
            "published": "Tue, 03 Mar 2026 10:00:00 +0100",
            "language": "en-GB",
        },
    ),
    "atom": (
        f"""<feed {ATOM} xml:base="https://gazette.example/base/" xml:lang="fr">
        <author><name>La rédaction</name></author><entry>
        <title type="html">L&amp;#39;eau monte</title><link rel="self" href="a.atom"/>
        <link rel="alternate" type="text/html" href="a"/><category term="c1" label="Climat"/>
        <published>2026-03-01</published><updated>2026-03-02T03:04:05Z</updated></entry></feed>""",
        {
            "url": "https://gazette.example/base/a",
            "title": "L'eau monte",
            "authors": ("La rédaction",),
            "tags": ("Climat",),
            "published": "2026-03-01",
            "modified": "2026-03-02T03:04:05Z",
            "language": "fr",
        },
    ),
    "rdf dates its entries by dc:date": (
        f"""<rdf:RDF {RDF} {DC}><item rdf:about="https://gazette.example/r"><title>港</title>
        <link>https://gazette.example/r</link><dc:date>2026-03-02T00:00:00Z</dc:date>
        <dc:language>ja</dc:language></item></rdf:RDF>""",
        {
            "url": "https://gazette.example/r",
            "title": "港",
            "published": "2026-03-02T00:00:00Z",
            "language": "ja",
        },
    ),
    "json feed": (
        """{"version": "https://jsonfeed.org/version/1.1", "language": "nl", "items": [
        {"id": "7", "url": "../b?x=1", "title": "Brug  dicht", "summary": "Tot\\nmei.",
        "date_published": "2026-03-01T00:00:00Z", "date_modified": "2026-03-02T00:00:00Z",
        "authors": [{"name": "Jo"}, {"url": "https://x.example"}], "tags": ["verkeer", 3]}]}""",
        {
            "url": "https://gazette.example/b?x=1",
            "title": "Brug dicht",
            "summary": "Tot mei.",
            "published": "2026-03-01T00:00:00Z",
            "modified": "2026-03-02T00:00:00Z",
            "authors": ("Jo",),
            "tags": ("verkeer",),
            "language": "nl",
        },
    ),
    "json feed 1.0 with the feed's author": (
        '{"author": {"name": "Desk"}, "items": [{"id": "https://gazette.example/c"}]}',
        {"url": "https://gazette.example/c", "authors": ("Desk",)},
    ),
    "rss by guid, with an e-mail author and prism section": (
        rss(
            """<item><guid>https://gazette.example/g</guid><author>jo@gazette.example (Jo Doe)
            </author><prism:section>Sport</prism:section></item>""",
            'xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"',
        ),
        {"url": "https://gazette.example/g", "authors": ("Jo Doe",), "section": "Sport"},
    ),
    "feedburner's note of the real address": (
        rss(
            """<item><link>https://proxy.example/1</link>
            <f:origLink>https://gazette.example/o</f:origLink></item>""",
            'xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"',
        ),
        {"url": "https://gazette.example/o"},
    ),
}


@pytest.mark.parametrize(("body", "expected"), FEEDS.values(), ids=FEEDS)
def test_reads_every_kind_of_feed(body: str, expected: dict[str, Any]) -> None:
    assert said(body) == [expected]


TEXTS = [
    ("<title><![CDATA[Caf&eacute; &amp; <b>Bar</b>]]></title>", "title", "Café & Bar"),
    ("<title>AT&amp;amp;T</title>", "title", "AT&T"),
    ("<title>  Two\n lines </title>", "title", "Two lines"),
    ("<title>5 &lt; 6 and 7 > 2</title>", "title", "5 < 6 and 7 > 2"),
    ("<title>Gr&ouml;&szlig;e</title>", "title", "Größe"),
    ("<title>Bell\x0b rings &</title>", "title", "Bell rings &"),
    ("<title></title>", "title", None),
    (
        "<description><![CDATA[<p>One.</p><p>Two.<script>x()</script>]]></description>",
        "summary",
        "One. Two.",
    ),
    ("<author>jo@gazette.media (Jo Doe)</author>", "authors", ("Jo Doe",)),
    ("<author>jo@gazette.media</author>", "authors", None),
    ("<author>Jo Doe</author>", "authors", ("Jo Doe",)),
    ("<pubDate>yesterday-ish</pubDate>", "published", "yesterday-ish"),
    ("<pubDate>3. März 2026, 10 Uhr</pubDate>", "published", "3. März 2026, 10 Uhr"),
    ("<pubDate>  </pubDate>", "published", None),
    ("<pubDate>2026-03-03</pubDate>", "modified", None),
]


@pytest.mark.parametrize(("inner", "field", "expected"), TEXTS)
def test_says_it_as_the_feed_does(inner: str, field: str, expected: object) -> None:
    assert said(item(inner))[0].get(field) == expected


LINKS = [
    ("//gazette.example/b", "https://gazette.example/b"),
    ("https://gazette.example/b#comments", "https://gazette.example/b"),
    ("  https://gazette.example/b\n", "https://gazette.example/b"),
    (
        "https://gazette.example/новости",
        "https://gazette.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
    ),
    ("?p=7&q=8", "https://gazette.example/feeds/all.xml?p=7&q=8"),
    ("javascript:alert(1)", None),
    ("file:///etc/hostname", None),
    ("data:text/html,x", None),
    ("mailto:desk@gazette.example", None),
    ("https://[half/a", None),
    ("https://gazette.example/" + "a" * 3000, None),
    ("", None),
]


@pytest.mark.parametrize(("link", "expected"), LINKS)
def test_follows_only_what_http_can_fetch(link: str, expected: str | None) -> None:
    urls = [lead["url"] for lead in said(rss(f"<item><link><![CDATA[{link}]]></link></item>"))]
    assert urls == [expected] * (expected is not None)


def test_keeps_the_first_of_entries_with_one_url() -> None:
    body = rss("".join(f"<item><title>{n}</title><link>/a#{n}</link></item>" for n in "12"))
    assert [lead["title"] for lead in said(body)] == ["1"]


BOMB = """<!DOCTYPE x [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">
<!ENTITY f SYSTEM "file:///etc/hostname">]>""" + item("<title>So &c; and &f;</title>")
BROKEN = {
    "breaks off in a link": (
        "<rss><channel><item><link>/a</link></item><item><link>/half-a-li",
        ["https://gazette.example/a"],
    ),
    "json breaks off": (
        '{"items": [{"id": "1", "url": "/a", "authors": [{"name": "x"}]}, {"url": "/b", "au": [{}',
        ["https://gazette.example/a"],
    ),
    "tags that never close": (
        '<rss version="2.0"><item><link>/a</link><item><link>/b</link></rss>',
        ["https://gazette.example/a", "https://gazette.example/b"],
    ),
    "bare ampersand": (item("<title>Q & A</title>"), ["https://gazette.example/a"]),
    "blank lines before the declaration": (
        '\n\n<?xml version="1.0"?>' + item(""),
        ["https://gazette.example/a"],
    ),
    "items that are no items": (
        '{"items": [3, null, {"url": 5}, {"url": "/a"}]}',
        ["https://gazette.example/a"],
    ),
    "entities of its own": (BOMB, ["https://gazette.example/a"]),
    "no entries": (rss(""), []),
}


@pytest.mark.parametrize(("body", "expected"), BROKEN.values(), ids=BROKEN)
def test_gives_what_can_be_read(body: str, expected: list[str]) -> None:
    assert [lead["url"] for lead in said(body)] == expected


def test_expands_no_entities() -> None:
    assert "haha" not in said(BOMB)[0]["title"]


CHARSETS = [
    ("utf-8", "iso-8859-1"),
    ("iso-8859-1", "utf-8"),
    ("utf-16", "utf-16"),
    ("utf-8-sig", "utf-8"),
    ("utf-8", "no-such-charset"),
]


@pytest.mark.parametrize(("real", "declared"), CHARSETS)
def test_believes_the_bytes_before_the_declared_charset(real: str, declared: str) -> None:
    title = "Größere Übungsplätze für Ärzte, Köche und Bäcker in München"
    body = f'<?xml version="1.0" encoding="{declared}"?>' + item(f"<title>{title}</title>")
    assert said(body.encode(real))[0]["title"] == title


NO_FEEDS = [
    b"",
    b"hello",
    b"<html><body><p>Not found</p></body></html>",
    b"<urlset><url><loc>https://gazette.example/a</loc></url></urlset>",
    b"\x89PNG\r\n\x1a\n\x00\x00",
    b'{"error": "no such feed"}',
    b'{"items": 3}',
    b'{"items":' + b"[" * 100_000,
]


@pytest.mark.parametrize("body", NO_FEEDS)
def test_declines_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(InputError, match=rf"^{URL}: no feed is here; name .* under `feeds`$"):
        read_feed(body, URL, AT)
