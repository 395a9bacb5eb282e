"""Cleaning as a whole: pure, the same for ever, and at rest with whatever it is given."""

import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from cleaning.article import Article, Refusal
from cleaning.clean import clean, clean_with_audit
from cleaning.identity import article_id
from cleaning.page import Lead, Page
from cleaning.rules import Rules
from cleaning.schema import generate_schema

_URL = "https://courier.example/harbour/bridge.html"
_SITE = "courier.example"
_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
_PROSE = (
    "The ferry left the quay at noon with eleven people, two goats and a piano on board, and nobody"
    " who saw it go could say which of them had paid."
)
_PARAGRAPHS = (
    f"<p>{_PROSE}</p><p>It came back in the evening without the piano.</p>"
    f"<p>{_PROSE[:-1]} or not.</p>"
)
_DATA = {
    "@type": "NewsArticle",
    "headline": "The ferry and the piano",
    "author": {"name": "Ida Quayle"},
    "datePublished": "2026-03-01T07:30+01:00",
    "dateModified": "2026-03-01T09:00:00+01:00",
}


def _script(data: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _html(body: str = _PARAGRAPHS, head: str = _script(_DATA)) -> str:
    return (
        f'<html lang="en"><head><title>Ferry</title>{head}</head>'
        f"<body><article><h1>The ferry and the piano</h1>{body}</article></body></html>"
    )


def _page(body: str | bytes, **changes: Any) -> Page:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    plain: dict[str, Any] = {"url": _URL, "requested_url": _URL, "fetched_at": _AT}
    return Page(body=raw, **plain | changes)


def _line(result: Article | Refusal) -> bytes:
    line = msgspec.json.encode(result)
    line.decode("utf-8")
    return line


def test_a_page_becomes_an_article() -> None:
    article = clean(_page(_html()))
    assert isinstance(article, Article)
    assert article.title == "The ferry and the piano"
    assert [author.name for author in article.authors] == ["Ida Quayle"]
    assert (article.date_published, article.date_precision) == (
        "2026-03-01T07:30:00+01:00",
        "minute",
    )
    assert article.date_modified == "2026-03-01T09:00:00+01:00"
    assert article.language == "en"
    assert article.text.startswith(_PROSE)
    assert article.quality.flags == ()


def test_modified_at_publication_says_nothing() -> None:
    data = _DATA | {"dateModified": _DATA["datePublished"]}
    article = clean(_page(_html(head=_script(data))))
    assert isinstance(article, Article)
    assert article.date_modified is None


def test_the_audit_has_what_the_record_counts() -> None:
    cleaned = clean_with_audit(
        _page(_html(f"{_PARAGRAPHS}<p>Share</p><p>0 comments</p>{_PARAGRAPHS[:200]}"))
    )
    assert isinstance(cleaned.result, Article)
    assert sum(cleaned.result.removed.values()) == len(cleaned.removed)


_HOSTILE: dict[str, str | bytes] = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "zeros": b"\0" * 2_000,
    "noise": random.Random(1).randbytes(20_000),  # noqa: S311  (no secret)
    "picture": b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(5_000),  # noqa: S311  (no secret)
    "pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
    "half a tag": b"<html><body><p",
    "only a script": "<html><head><script>var a = '<p>x</p>';</script></head><body></body></html>",
    "only a doctype": "<!DOCTYPE html>",
    "only a comment": "<!-- " + "x" * 5_000 + " -->",
    "empty body": "<html><head><title>x</title></head><body></body></html>",
    "frames": '<html><frameset cols="50%,50%"><frame src="a"><frame src="b"></frameset></html>',
    "references": _html(
        f"<p>a&#0;b&#1;c&#xD800;d&#xFFFF;e&#99999999;f&#x110000; {_PROSE}</p>{_PARAGRAPHS}"
    ),
    "control characters": _html(f"<p>a\x00b\x08c\x1bd\x7f\x85 {_PROSE}</p>{_PARAGRAPHS}"),
    "surrogates": _html(f"<p>a\ud800b {_PROSE}</p>{_PARAGRAPHS}"),
    "invalid utf-8": _html().encode() + b"\xff\xfe\xc3",
    "utf-16": _html().encode("utf-16"),
    "nested boxes": _html("<div>" * 300 + _PARAGRAPHS + "</div>" * 300),
    "very nested boxes": _html("<div>" * 20_000 + _PARAGRAPHS),
    "nested lists": _html("<ul><li>" * 400 + _PARAGRAPHS),
    "nested inline": _html("<b><i>" * 400 + _PARAGRAPHS),
    "huge title": f"<html><head><title>{'| ' * 50_000}</title></head><body>{_PARAGRAPHS}</body>",
    "huge word": _html(f"<p>{'x' * 300_000}</p>{_PARAGRAPHS}"),
    "huge attribute": _html(f'<p class="{"x " * 100_000}">{_PROSE}</p>{_PARAGRAPHS}'),
    "many attributes": _html(
        "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + f">{_PROSE}</p>{_PARAGRAPHS}"
    ),
    "data: surrogates": _html(
        head='<script type="application/ld+json">{"@type": "NewsArticle", "headline": "a\\ud800b", '
        '"articleSection": "\\udfff", "keywords": ["\\ud83d"], "description": "\\u0000x", '
        '"author": {"name": "I\\ud800da", "url": "https://a.example/\\udc00"}, '
        '"image": {"url": "/\\ud800.jpg", "caption": "\\udbff"}, '
        '"publisher": {"name": "\\ud800"}, "datePublished": "\\ud8002026-03-01"}</script>'
    ),
    "data: nested": _html(
        head='<script type="application/ld+json">'
        + '{"@type": "NewsArticle", "a": ' * 3_000
        + "1"
        + "}" * 3_000
        + "</script>"
    ),
    "data: nested lists": _html(
        head='<script type="application/ld+json">' + "[" * 50_000 + "</script>"
    ),
    "data: wrong types": _html(
        head=_script(
            {
                "@type": ["NewsArticle", 7],
                "headline": {"a": 1},
                "author": [[{"name": 3}]],
                "datePublished": 20260301,
                "dateModified": ["x"],
                "image": {"url": {}},
                "publisher": [],
                "keywords": [[]],
                "url": {},
                "mainEntityOfPage": 7,
                "@id": [],
            }
        )
    ),
    "data: type of a number": _html(head=_script({"@type": 7, "headline": "x"})),
    "data: figures": _html(
        head='<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": 1'
        + "0" * 5_000
        + "}</script>"
    ),
    "data: hostile dates": _html(
        head=_script(
            _DATA | {"datePublished": "99999-99-99T99:99:99+99:99", "dateModified": "0000-00-00"}
        )
    ),
    "data: epochs": _html(head=_script(_DATA | {"datePublished": "9999999999999"})),
    "broken links": _html(
        head='<link rel="canonical" href="http://[x"><link rel="next" href="//[::1"><base href="http://[">'
    ),
    "wrong language": _html().replace('lang="en"', 'lang="&#0;{{x}}"'),
    "wrong charset": b'<meta charset="no-such-thing">' + _html().encode(),
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_whatever_comes_gives_an_article_or_a_refusal(name: str) -> None:
    result = clean(_page(_HOSTILE[name]))
    record = json.loads(_line(result))
    if isinstance(result, Article):
        assert result.text.strip()
        assert not [
            error.message for error in Draft202012Validator(generate_schema()).iter_errors(record)
        ]
    else:
        assert result.reason
        assert result.detail


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example/stolen", "//elsewhere.example/stolen", "javascript:alert(1)", "/"],
)
def test_data_never_overrides_where_the_page_was(link: str) -> None:
    names = ("url", "@id", "mainEntityOfPage", "sameAs", "identifier", "isPartOf")
    head = (
        f'<base href="https://elsewhere.example/"><link rel="canonical" href="{link}">'
        f'<meta property="og:url" content="{link}">{_script(_DATA | dict.fromkeys(names, link))}'
    )
    article = clean(_page(_html(head=head)))
    assert isinstance(article, Article)
    assert (article.url, article.requested_url, article.site) == (_URL, _URL, _SITE)
    assert article.canonical_url is None
    assert article.id == article_id(_URL)


def test_everything_is_bounded() -> None:
    long = "word " * 1_000
    link = f"https://courier.example/{'x' * 5_000}"
    data = _DATA | {
        "headline": long,
        "description": long,
        "articleSection": long,
        "keywords": [f"{long}{n}" for n in range(90)],
        "author": [{"name": "Ida " * 500, "url": link}, {"name": "Ida Quayle", "url": link}],
        "publisher": {"name": long},
        "image": [{"url": link}, *({"url": f"/a{n}.jpg", "caption": long} for n in range(70))],
        "license": link,
    }
    headers = {"etag": "x" * 90_000, "last-modified": "y" * 90_000, "x-robots-tag": long}
    record = clean(_page(_html(head=_script(data)), headers=headers))
    assert isinstance(record, Article)
    assert record.description
    assert 40 < len(record.images) <= 50
    assert len(record.title or "") <= 500
    assert [(author.name, author.url) for author in record.authors] == [("Ida Quayle", None)]
    assert len(_line(record)) < 300_000


def test_fields_say_where_they_were_taken_from() -> None:
    meta = '<meta name="description" content="A ferry."><meta name="keywords" content="sea">'
    article = clean(_page(_html(head=_script(_DATA) + meta)))
    assert isinstance(article, Article)
    sources = article.provenance.sources
    assert sources["title"] == "json-ld"
    assert sources["authors"] == "json-ld"
    assert sources["description"] == "meta"
    assert sources["tags"] == "meta"
    assert sources["date_published"] == article.date_source == "json-ld"
    assert sources["language"] == "langdetect+hint"
    assert "section" not in sources


def test_authors_may_stand_in_the_text_alone() -> None:
    article = clean(_page(_html(body=f"<p>{_PROSE}</p><p>Text: Ida Quayle</p>", head="")))
    assert isinstance(article, Article)
    assert [(author.name, author.kind) for author in article.authors] == [("Ida Quayle", "person")]
    assert article.provenance.sources["authors"] == "byline"


@pytest.mark.parametrize("name", ["nested boxes", "nested lists", "nested inline"])
def test_nesting_loses_no_text(name: str) -> None:
    result = clean(_page(_HOSTILE[name]))
    assert isinstance(result, Article)
    assert _PROSE in result.text


@pytest.mark.parametrize("name", _HOSTILE)
def test_plain_text_as_well(name: str) -> None:
    result = clean(_page(_HOSTILE[name], kind="text"))
    assert _line(result)
    assert isinstance(result, Refusal) or result.text.strip()


@pytest.mark.parametrize(
    "url", ["", "no url", "http://[", "file:///a.html", "https://a.example/\ud800"]
)
def test_any_url(url: str) -> None:
    assert _line(clean(_page(_html(), url=url.encode("utf-8", "replace").decode())))


def _corpus() -> Iterator[Page]:
    yield _page(_html())
    yield _page(_html(head=""), lead=Lead(url=_URL, via="feed", at=_AT, published="1 March 2026"))
    yield _page(_html().encode("cp1252"), headers={"content-type": "text/html; charset=utf-8"})
    yield _page(f"The ferry\n\n{_PROSE}\n\n0 comments", kind="text")
    yield from (_page(body, url=f"{_URL}?{name}") for name, body in _HOSTILE.items())


def test_order_does_not_matter() -> None:
    pages = list(_corpus())
    forwards = [_line(clean(page)) for page in pages]
    backwards = [_line(clean(page)) for page in reversed(pages)]
    assert forwards == backwards[::-1]


_PROGRAM = """
import sys
from datetime import UTC, datetime
import msgspec
from cleaning.clean import clean
from cleaning.page import Page
at = datetime(2026, 3, 2, 8, tzinfo=UTC)
for body in sys.stdin.buffer.read().split(b"\\0\\0"):
    url = 'https://a.example/b'
    page = Page(url=url, requested_url=url, body=body, fetched_at=at)
    print(msgspec.json.encode(clean(page)).decode())
"""


def _in_a_process(bodies: list[bytes], seed: str) -> list[bytes]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        input=b"\0\0".join(bodies),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"},
    )
    return done.stdout.splitlines()


def test_processes_do_not_matter() -> None:
    bodies = [
        _html().encode(),
        _html(head="").encode(),
        _html(f"<p>Posted: 1 March 2026</p>{_PARAGRAPHS}", head="").encode("cp1252"),
        _html(head=_script([_DATA, _DATA | {"headline": "Other"}])).encode(),
    ]
    assert _in_a_process(bodies, "1") == _in_a_process(bodies[::-1], "2")[::-1]


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("cleaning asked for the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert isinstance(clean(_page(_html(), url="https://never-seen.co.uk/a/b.html")), Article)


@pytest.mark.parametrize("head", ["", _script(_DATA)])
def test_the_day_of_cleaning_does_not_matter(head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = _page(_html(f"<p>Posted: Sunday, 1 March</p>{_PARAGRAPHS}", head=head))
    today = _line(clean(page))
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    assert _line(clean(page)) == today


def test_the_moment_of_fetching_bounds_the_dates() -> None:
    later = clean(_page(_html(), fetched_at=_AT + timedelta(days=400)))
    before = clean(_page(_html(), fetched_at=_AT - timedelta(days=400)))
    assert isinstance(later, Article)
    assert isinstance(before, Article)
    assert later.date_published == "2026-03-01T07:30:00+01:00"
    assert before.date_published is None


def test_rules_of_the_site_are_followed() -> None:
    body = f"<div class='box'><p>{_PROSE.replace('ferry', 'lottery')}</p></div>{_PARAGRAPHS}"
    article = clean(_page(_html(body)), Rules(drop=("//div[@class='box']",)))
    assert isinstance(article, Article)
    assert "lottery" not in article.text


_LAYERS = """
import importlib, pkgutil, sys
import cleaning
for module in pkgutil.iter_modules(cleaning.__path__):
    importlib.import_module(f"cleaning.{module.name}")
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"scrapy", "twisted", "crawler"}))
"""


def test_cleaning_knows_nothing_of_scrapy_twisted_and_crawler() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LAYERS], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
