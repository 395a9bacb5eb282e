"""Which links of a section page are leads, and which is its next page."""

import re
from datetime import UTC, datetime

import pytest

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.section import SectionContents, read_section

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
URL = "https://gazette.example/world/?page=1"
A, B = "https://gazette.example/2026/a", "https://gazette.example/2026/b"
NEXT = "https://gazette.example/world/?page=2"


def is_article(url: str) -> bool:
    return re.search("/2026/", url) is not None


def read(body: bytes | str, content_type: str | None = None) -> SectionContents:
    page = body.encode() if isinstance(body, str) else body
    return read_section(page, URL, AT, is_article=is_article, content_type=content_type)


def test_reads_leads_in_order_once_each() -> None:
    body = """<nav><a href="/about">About us</a></nav>
    <a href="/2026/b"><img src="b.jpg"></a><a href="/2026/a">Rain returns to the north</a>
    <h2><a href="/2026/b#top">Harbour
    reopens <em>after</em> the storm</a></h2><a href="/2026/b">Four more words here</a>"""
    assert read(body).leads == (
        Lead(url=B, via="section", at=AT, source_url=URL, title="Harbour reopens after the storm"),
        Lead(url=A, via="section", at=AT, source_url=URL, title="Rain returns to the north"),
    )


TITLES = [
    ("Read more", None),
    ("Read the story", None),
    ("Read the whole story", "Read the whole story"),
    ("港口周二重新开放", "港口周二重新开放"),
    ("Q&amp;A: what now for ferries", "Q&A: what now for ferries"),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), TITLES)
def test_takes_a_title_only_from_more_than_three_words(text: str, expected: str | None) -> None:
    (lead,) = read(f'<a href="/2026/a">{text}</a>').leads
    assert lead.title == expected


LINKS = [
    ('<a href="//gazette.example/2026/a">', [A]),
    ('<a href=" ../2026/a\n">', [A]),
    ('<base href="/2026/"><a href="a">', [A]),
    ('<base href="javascript:x"><a href="/2026/a">', [A]),
    ("<a href=\"javascript:go('/2026/a')\">", []),
    ('<a href="mailto:x@gazette.example?subject=/2026/">', []),
    ('<a href="ftp://gazette.example/2026/a">', []),
    ('<a href="https://[/2026/a">', []),
    ('<a name="/2026/a">', []),
    ('<link rel="canonical" href="/2026/a"><p>', []),
    ('<a rel="next" href="/2026/?page=2">', []),
    ("<div>" * 10_000 + "</div>" * 10_000 + '<a href="/2026/a">', []),
    ("<p " + "".join(f"a{n} " for n in range(30_000)) + '><a href="/2026/a">', [A]),
]


@pytest.mark.parametrize(("body", "expected"), LINKS)
def test_follows_only_links_to_articles(body: str, expected: list[str]) -> None:
    assert [lead.url for lead in read(f"<body>{body}</body>").leads] == expected


PAGERS = [
    ('<link rel="next" href="?page=2"><a href="?page=9">Next</a>', NEXT),
    ('<a href="?page=9">Next</a><a rel="nofollow NEXT" href="?page=2">More</a>', NEXT),
    ('<a href="?page=1">‹ Previous</a><a href="?page=2">Next ›</a>', NEXT),
    ('<a href="?page=2">Nächste Seite »</a>', NEXT),
    ('<a href="?page=2">Próxima</a>', NEXT),
    ('<a href="?page=2">下一页</a>', NEXT),
    ('<a href="?page=2">الصفحة التالية</a>', NEXT),
    ('<a href="?page=2">ถัดไป</a>', NEXT),
    ('<a href="?page=2">अगला</a>', NEXT),
    ('<a href="?page=2">→</a>', NEXT),
    ('<a href="?page=2" aria-label="Next page"><svg></svg></a>', NEXT),
    ('<a href="?page=2">Next week the council votes</a>', None),
    ('<a href="?page=2">2</a>', None),
    ('<a href="#">Next</a>', None),
    ('<a href="javascript:next()">Next</a>', None),
    ('<a rel="prev" href="?page=0">Newer</a>', None),
    ("<p>Next</p>", None),
]


@pytest.mark.parametrize(("body", "expected"), PAGERS)
def test_finds_the_next_page(body: str, expected: str | None) -> None:
    assert read(f"<body>{body}</body>").next_page == expected


CHARSETS = [
    ("utf-8", None, "iso-8859-1"),
    ("iso-8859-1", "text/html; charset=iso-8859-1", "utf-8"),
    ("windows-1252", None, "windows-1252"),
]


@pytest.mark.parametrize(("real", "content_type", "meta"), CHARSETS)
def test_reads_titles_in_their_charset(real: str, content_type: str | None, meta: str) -> None:
    title = "Größere Übungsplätze für Ärzte in München"
    body = f'<meta charset="{meta}"><a href="/2026/a">{title}</a>'
    assert read(body.encode(real), content_type).leads[0].title == title


@pytest.mark.parametrize("body", [b"", b"   ", b"<!-- nothing -->"])
def test_declines_what_is_no_page(body: bytes) -> None:
    with pytest.raises(InputError, match=r"page=1: no page is here; name .* under `sections`$"):
        read(body)


@pytest.mark.parametrize(
    "body", [b"plain words", b"\x89PNG\r\n\x1a\n\x00\x00", b'{"a": "/2026/a"}']
)
def test_finds_nothing_where_nothing_is_linked(body: bytes) -> None:
    assert read(body) == SectionContents()
