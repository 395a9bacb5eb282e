"""What sitemaps name, and what broken and hostile ones still give."""

import gzip
from datetime import UTC, datetime

import pytest

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.sitemap import NamedSitemap, SitemapContents, read_sitemap

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
URL = "https://gazette.example/sitemaps/news.xml"
A, B = "https://gazette.example/a", "https://gazette.example/b"
PROTOCOL = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*locations: str) -> str:
    entries = "".join(f"<url><loc>{each}</loc></url>" for each in locations)
    return f"<urlset {PROTOCOL}>{entries}</urlset>"


def read(body: bytes | str) -> SitemapContents:
    return read_sitemap(body.encode() if isinstance(body, str) else body, URL, AT)


def urls(body: bytes | str) -> list[str]:
    return [lead.url for lead in read(body).leads]


def test_reads_a_news_sitemap() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?>
    <urlset {PROTOCOL} {NEWS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
    <url><loc> {A} </loc><lastmod>2026-03-04</lastmod>
    <image:image><image:loc>https://img.example/1.jpg</image:loc><image:title>No</image:title>
    </image:image><n:news><n:publication><n:name>Gazette</n:name><n:language>pt</n:language>
    </n:publication><n:publication_date>2026-03-03T10:00+01:00</n:publication_date>
    <n:title>Rock &amp; rio</n:title><n:keywords>mar, rio,, mar</n:keywords></n:news>
    </url></urlset>"""
    lead = Lead(
        url=A,
        via="sitemap",
        at=AT,
        source_url=URL,
        title="Rock & rio",
        published="2026-03-03T10:00+01:00",
        modified="2026-03-04",
        language="pt",
        tags=("mar", "rio"),
    )
    assert read(body) == SitemapContents(leads=(lead,))


def test_reads_a_sitemap_index() -> None:
    body = f"""<sitemapindex>
    <sitemap><loc>/1.xml.gz</loc><lastmod>2026</lastmod></sitemap>
    <sitemap><loc>{A}.xml</loc></sitemap><sitemap><loc>/1.xml.gz</loc></sitemap>
    <sitemap><loc>ftp://gazette.example/2.xml</loc></sitemap></sitemapindex>"""
    named = NamedSitemap("https://gazette.example/1.xml.gz", "2026"), NamedSitemap(f"{A}.xml")
    assert read(body) == SitemapContents(sitemaps=named)


def test_reads_a_feed_that_serves_as_sitemap() -> None:
    (lead,) = read('<rss version="2.0"><channel><item><link>/a</link></item></channel></rss>').leads
    assert (lead.url, lead.via) == (A, "feed")


BOMB = """<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/hostname">]>"""
READABLE = {
    "no namespace": (urlset(A).replace(PROTOCOL, ""), [A]),
    "an old namespace": (urlset(A).replace(PROTOCOL, 'xmlns="http://www.google.com/0.84"'), [A]),
    "a prefix": (f"<s:urlset xmlns:s='x'><s:url><s:loc>{A}</s:loc></s:url></s:urlset>", [A]),
    "plain text": (f"{A}\r\nSitemap of ours\n\n {B} \nmailto:x@y.example\n{A}", [A, B]),
    "duplicates": (urlset(A, B, A, f"{A}#top"), [A, B]),
    "relative": (urlset("../a"), [A]),
    "nothing in it": (urlset(), []),
    "blank lines first": ("\n \n<?xml version='1.0'?>" + urlset(A), [A]),
    "cdata": (urlset(f"<![CDATA[{A}?x=1&y=2]]>"), [f"{A}?x=1&y=2"]),
    "bare ampersands": (urlset(f"{A}?x=1&y=2&copy=3"), [f"{A}?x=1&y=2&copy=3"]),
    "escaped ampersands": (urlset(f"{A}?x=1&amp;y=2&#38;z=3"), [f"{A}?x=1&y=2&z=3"]),
    "only http": (urlset("javascript:alert(1)", "file:///etc/hostname", "https://[", "", A), [A]),
    "not well formed": (f"<urlset><url><loc>{A}</loc></wrong><url><loc>{B}</loc></url>", [A, B]),
    "breaks off in a URL": (urlset(A, B)[:-20], [A]),
    "entities of its own": (BOMB + urlset(f"{A}?&c;", f"{A}?&f;", "&f;", B), [B]),
    "control characters": (urlset(A).replace("<url>", "\x0b<url>"), [A]),
    "wrong charset": (
        b'<?xml version="1.0" encoding="utf-8"?>' + urlset(f"{A}é").encode("latin-1"),
        [f"{A}%C3%A9"],
    ),
    "unknown charset": ('<?xml version="1.0" encoding="utf8mb4"?>' + urlset(A), [A]),
    "utf-16": (('<?xml version="1.0" encoding="utf-16"?>' + urlset(A)).encode("utf-16"), [A]),
    "gzip": (gzip.compress(urlset(A, B).encode(), mtime=0), [A, B]),
    "two gzip members": (
        gzip.compress(urlset(A, B)[:150].encode(), mtime=0)
        + gzip.compress(urlset(A, B)[150:].encode(), mtime=0),
        [A, B],
    ),
    "gzip with padding": (gzip.compress(urlset(A).encode(), mtime=0) + bytes(64), [A]),
    "truncated gzip": (gzip.compress(urlset(A, B).encode(), 0, mtime=0)[:-40], [A]),
    "gzip with a wrong checksum": (gzip.compress(urlset(A).encode(), mtime=0)[:-8] + bytes(8), [A]),
}


@pytest.mark.parametrize(("body", "expected"), READABLE.values(), ids=READABLE)
def test_gives_what_can_be_read(body: bytes | str, expected: list[str]) -> None:
    assert urls(body) == expected


def test_leaves_out_what_holds_an_entity_of_its_own() -> None:
    body = f"""{BOMB}<urlset><url><loc>{A}</loc><lastmod>&c;</lastmod>
    <news><title>So &c;</title></news></url></urlset>"""
    assert read(body).leads == (Lead(url=A, via="sitemap", at=AT, source_url=URL),)


def test_reads_no_more_than_the_protocol_allows() -> None:
    assert len(urls(urlset(*(f"/{number}" for number in range(50_010))))) == 50_000


NO_SITEMAPS = [
    b"",
    b"Not found",
    b"<html><body><a href='https://gazette.example/a'>A</a></body></html>",
    b"<",
    b"\x1f\x8b broken from the start",
    gzip.compress(b"", mtime=0),
    gzip.compress(bytes(100_000), mtime=0),
    b"\x89PNG\r\n\x1a\n\x00\x00",
]


@pytest.mark.parametrize("body", NO_SITEMAPS)
def test_declines_what_is_no_sitemap(body: bytes) -> None:
    with pytest.raises(InputError, match=rf"^{URL}: no sitemap is here; name .* under `sections`$"):
        read(body)
