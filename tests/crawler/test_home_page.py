"""What a home page and robots.txt say of where to look, and the declaration made of it."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.home_page import read_home_page, sitemaps_in, timezone_in
from crawler.site import load_site
from crawler.survey import Found, Survey, as_toml, report

URL = "https://gazette.example/"
DECLARED, LINKED = "home page, link rel=alternate", "home page, a link"

FEEDS = {
    "declared": (
        '<link rel="alternate" type="application/rss+xml" title="All" href="/rss">',
        [(f"{URL}rss", DECLARED)],
    ),
    "every kind": (
        """<link rel="alternate" type="application/atom+xml" href="a.atom">
        <link rel="alternate home" type="application/feed+json; charset=utf-8"
         href="//gazette.example/f.json">
        <LINK REL=ALTERNATE TYPE=Application/RDF+XML HREF=/r.rdf>""",
        [(f"{URL}a.atom", DECLARED), (f"{URL}f.json", DECLARED), (f"{URL}r.rdf", DECLARED)],
    ),
    "other alternates are none": (
        """<link rel="alternate" hreflang="de" href="/de/">
        <link rel="stylesheet" type="application/rss+xml" href="/x">
        <link rel="alternate" type="application/json+oembed" href="/o">
        <link rel="alternate" type="application/json" href="/wp-json/">""",
        [],
    ),
    "comments are none": (
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">',
        [],
    ),
    "linked, after the declared": (
        """<a href="/world/rss.xml">RSS</a><a href="/feeds/sport.xml">Sport</a>
        <a href="/a/feed/">F</a>
        <link rel="alternate" type="application/rss+xml" href="/rss">""",
        [
            (f"{URL}rss", DECLARED),
            (f"{URL}world/rss.xml", LINKED),
            (f"{URL}feeds/sport.xml", LINKED),
            (f"{URL}a/feed/", LINKED),
        ],
    ),
    "what only sounds like one": (
        '<a href="/rss-explained">x</a><a href="/feedback">x</a><a href="/the-feed">x</a>',
        [],
    ),
    "what cannot be fetched": (
        '<link rel="alternate" type="application/rss+xml" href="feed://gazette.example/rss">',
        [],
    ),
}


@pytest.mark.parametrize(("head", "expected"), FEEDS.values(), ids=FEEDS)
def test_finds_feeds(head: str, expected: list[tuple[str, str]]) -> None:
    page = read_home_page(f"<html><head>{head}</head><p>x</p></html>".encode(), URL)
    assert list(page.feeds) == expected


def test_takes_twenty_feeds_at_most() -> None:
    links = "".join(f'<a href="/{number}/feed/">x</a>' for number in range(100))
    assert len(read_home_page(links.encode(), URL).feeds) == 20


LANGUAGES = [
    ("<html lang=pt-br>", "pt-BR"),
    ('<html lang=""><meta property="og:locale" content="de_AT">', "de-AT"),
    ("<html lang=zh-hans-cn>", "zh-Hans-CN"),
    ("<html lang=english>", None),
    ("<html>", None),
]


@pytest.mark.parametrize(("head", "expected"), LANGUAGES)
def test_reads_the_language(head: str, expected: str | None) -> None:
    found = read_home_page(f"{head}<p>x</p>".encode(), URL).language
    assert (found and found[0]) == expected


def test_reads_name_and_description() -> None:
    body = """<meta name="application-name" content="App"><meta property="og:site_name"
    content=" The
    Gazette "><link rel="https://api.w.org/" href="/wp-json/"><p>x</p>"""
    page = read_home_page(body.encode(), URL)
    assert page.name == ("The Gazette", "home page, og:site_name")
    assert page.api == f"{URL}wp-json/"


def test_declines_what_is_no_page() -> None:
    with pytest.raises(InputError, match="no page is here; name a site's home page"):
        read_home_page(b"", URL)


@pytest.mark.parametrize(
    ("body", "zone"),
    [
        ('{"timezone_string": "Europe/Lisbon"}', "Europe/Lisbon"),
        ('{"timezone_string": ""}', None),
        ('{"timezone_string": "Mars/Base"}', None),
        ('{"timezone_string": ["UTC"]}', None),
        ("[1]", None),
        ("<html>", None),
        ("[" * 100_000, None),
    ],
)
def test_reads_the_time_zone(body: str, zone: str | None) -> None:
    assert timezone_in(body.encode()) == zone


ROBOTS = b"""\xef\xbb\xbfUser-agent: *
Disallow: /x
Sitemap: https://gazette.example/a.xml
  SITEMAP :https://gazette.example/b.xml   # the other
sitemap: /relative.xml
sitemap: ftp://gazette.example/c.xml
Sitemap: https://gazette.example/a.xml
# Sitemap: https://gazette.example/no.xml
"""


def test_finds_sitemaps_in_robots_txt() -> None:
    assert sitemaps_in(ROBOTS) == (f"{URL}a.xml", f"{URL}b.xml")
    many = b"".join(b"Sitemap: https://gazette.example/%d.xml\n" % n for n in range(1_000))
    assert len(sitemaps_in(many)) == 20
    assert sitemaps_in(b"<html>Not found</html>") == ()


def leads(count: int, **said: str) -> tuple[Lead, ...]:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return tuple(
        Lead(
            url=f"{URL}{number}",
            via="feed",
            at=at,
            published=said.get("published"),
            language=said.get("language"),
        )
        for number in range(count)
    )


def test_the_declaration_loads_and_says_where_all_was_found(tmp_path: Path) -> None:
    survey = Survey(
        domain="gazette.example",
        proxy="http://127.0.0.1:1",
        name=('The "Gazette"\\ of \x7fus\n[fetch]', "home page, og:site_name"),
        timezone=("Europe/Lisbon", f"{URL}wp-json/"),
    )
    dated = leads(3, published="Tue, 03 Mar 2026 10:00:00 +0100", language="pt-pt")
    survey.found.append(Found(kind="feeds", url=f"{URL}rss", where="a usual place", leads=dated))
    survey.found.append(
        Found(
            kind="sitemaps",
            url=f"{URL}s.xml",
            where="robots.txt",
            leads=leads(2),
            sitemaps=7,
            sitemaps_read=2,
        )
    )
    path = tmp_path / "gazette.example.toml"
    path.write_text(as_toml(survey, "2026-03-04"))
    site = load_site(path)
    assert (site.name, site.languages, site.timezone) == (
        survey.name and survey.name[0],
        ("pt-PT",),
        "Europe/Lisbon",
    )
    assert site.discover.feeds == (f"{URL}rss",)
    assert site.discover.sitemaps == (f"{URL}s.xml",)
    assert site.fetch.proxy == "http://127.0.0.1:1"
    text = path.read_text()
    assert "# a usual place: 3 leads, 3 with a date" in text
    assert "# robots.txt: 7 sitemaps, 2 of them read: 2 leads, 0 with a date" in text
    assert f"# {URL}wp-json/" in text
    assert 'languages = ["pt-PT"]  # its feeds and news sitemaps' in text


def test_a_zone_that_is_not_stated_is_hinted_at() -> None:
    dated = leads(3, published="2026-03-03T10:00:00-0500")
    survey = Survey(domain="gazette.example")
    survey.found.append(Found(kind="feeds", url=f"{URL}rss", where="x", leads=dated))
    survey.missed.append((f"{URL}atom", "the server answered 404"))
    text = as_toml(survey, "2026-03-04")
    assert '# timezone = "": no zone is stated; its sources write times with -05:00' in text
    assert "timezone" not in tomllib.loads(text)
    assert list(report(survey))[-1] == f"left out: {URL}atom (the server answered 404)"
