"""What `scrapy clean` reads: each kind of file, whole, damaged and mistaken."""

import gzip
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.page import Page, WarcPlace
from crawler.archive import ArchiveWriter, Exchange
from crawler.http_message import MAX_BODY
from crawler.source import read_source, size_of

WRITTEN_AT = datetime(2022, 3, 4, 5, 6, 7, tzinfo=UTC)
HTML = b"<html><head><title>Quay</title></head><body><p>The quay is closed.</p></body></html>"


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (WRITTEN_AT.timestamp(), WRITTEN_AT.timestamp()))
    return path


def _page(path: Path) -> Page:
    (page,) = read_source(path)
    assert isinstance(page, Page)
    return page


def _refusal(path: Path) -> Refusal:
    (refusal,) = read_source(path)
    assert isinstance(refusal, Refusal)
    return refusal


@pytest.mark.parametrize("name", ["a.html", "A.HTM", "a.xhtml", "saved page"])
def test_a_saved_page_is_read(tmp_path: Path, name: str) -> None:
    """The file's bytes, time and URI make the page."""
    path = _file(tmp_path, name, HTML)
    page = _page(path)
    assert (page.kind, page.body, page.fetched_at) == ("html", HTML, WRITTEN_AT)
    assert page.url == page.requested_url == path.as_uri()
    assert page.lead
    assert (page.lead.via, page.lead.source_url, page.lead.at) == ("file", page.url, WRITTEN_AT)


OWN = "https://quay.example/closed?a=1&b=2"
HREF = OWN.replace("&", "&amp;")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f'<link rel="canonical" href="{HREF}">', OWN),
        (f"<LINK REL='Canonical' HREF='{HREF}'/>", OWN),
        (f"<link href={HREF} rel=canonical>", OWN),
        (f'<meta property="og:url" content=" {HREF} ">', OWN),
        (f'<meta property="og:url" content="http://b.se"><link rel=canonical href={HREF}>', OWN),
        (f'<link rel=canonical href="/closed"><meta property="og:url" content="{HREF}">', OWN),
        (f'<!-- <link rel="canonical" href="{HREF}"> -->', None),
        (f'<script>"<link rel=canonical href={HREF}>"</script>', None),
        (f'<link rel="alternate" href="{HREF}">', None),
        ('<link rel="canonical" href="/closed">', None),
        ('<link rel="canonical" href="javascript:alert(1)">', None),
        ('<link rel="canonical" href="https://">', None),
        ('<link rel="canonical" href="https://a.example/a b">', None),
        ('<link rel="canonical" href="">', None),
        ('<link rel="canonical">', None),
        (f'<link rel="canonical" href="https://a.example/{"a" * 3000}">', None),
    ],
)  # fmt: skip
def test_a_saved_page_knows_its_url(tmp_path: Path, head: str, expected: str | None) -> None:
    """The page's own absolute URL is taken, and nothing that only looks like one."""
    path = _file(tmp_path, "a.html", HTML.replace(b"<head>", b"<head>" + head.encode()))
    page = _page(path)
    assert page.url == (expected or path.as_uri())
    assert page.requested_url == path.as_uri()


def test_a_page_in_utf16_is_no_binary(tmp_path: Path) -> None:
    """Its NULs are letters, and its own URL is found."""
    text = HTML.decode().replace("<head>", f'<head><link rel="canonical" href="{HREF}">')
    assert _page(_file(tmp_path, "a.html", text.encode("utf-16"))).url == OWN


RUSSIAN = "Порт останется закрытым до понедельника, сообщила администрация города в пятницу."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Väder\n\nRegn.".encode(), "Väder\n\nRegn."),
        ("Väder".encode("utf-8-sig"), "Väder"),
        (RUSSIAN.encode("utf-16"), RUSSIAN),
        (RUSSIAN.encode("cp1251"), RUSSIAN),
    ],
)
def test_text_is_read_as_utf8(tmp_path: Path, data: bytes, expected: str) -> None:
    """Whatever older scrapers wrote comes out as UTF-8 without a mark."""
    path = _file(tmp_path, "a.txt", data)
    page = _page(path)
    assert (page.kind, page.body.decode(), page.url) == ("text", expected, path.as_uri())
    assert page.fetched_at == WRITTEN_AT


@pytest.mark.parametrize("name", ["a.html", "a.txt"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty-page"),
        (b" \n\t\r\n", "empty-page"),
        (b"%PDF-1.4 text", "not-html"),
        (b"\x89PNG\r\n\x1a\n", "not-html"),
        (b"PK\x03\x04 docx", "not-html"),
        (gzip.compress(HTML, mtime=0), "not-html"),
        (b"<p>a\x00b", "not-html"),
        (b"<p>" * (MAX_BODY // 3 + 1), "too-large"),
    ],
)
def test_what_is_no_page_is_refused(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    """The refusal says why, about which file."""
    path = _file(tmp_path, name, data)
    refusal = _refusal(path)
    assert (refusal.reason, refusal.stage, refusal.url) == (reason, "clean", path.as_uri())
    assert refusal.at == "2022-03-04T05:06:07+00:00"
    assert refusal.detail.startswith(f"{path}: ")


def _exchange(number: int, status: int, content_type: bytes, body: bytes) -> Exchange:
    return Exchange(
        url=f"https://quay.example/{number}",
        status=status,
        response_headers=((b"Content-Type", content_type), (b"ETag", b'"7"')),
        body=body,
        fetched_at=WRITTEN_AT,
    )


def _cut_exchange(number: int) -> Exchange:
    whole = _exchange(number, 200, b"text/html", gzip.compress(HTML * 99, mtime=0)[:-9])
    headers = (*whole.response_headers, (b"Content-Encoding", b"gzip"))
    return replace(whole, response_headers=headers)


def _archive(folder: Path) -> tuple[Path, list[WarcPlace]]:
    with ArchiveWriter(folder, "run") as writer:
        places = [
            writer.write(_exchange(0, 200, b"text/html", HTML)),
            writer.write(_exchange(1, 404, b"text/html", HTML)),
            writer.write(_exchange(2, 200, b"image/png", b"\x89PNG")),
            writer.write(_exchange(3, 200, b"text/html", b"")),
            writer.write(_exchange(4, 200, b"text/html", bytes(MAX_BODY + 1))),
            writer.write(_exchange(5, 304, b"text/html", b"")),
            writer.write(_cut_exchange(6)),
            writer.write(_exchange(7, 200, b"", HTML)),
        ]
    return folder / "run-00001.warc.gz", places


@pytest.mark.parametrize("name", ["run.warc.gz", "run.warc", "archive"])
def test_an_archive_gives_every_response(tmp_path: Path, name: str) -> None:
    """Pages come out as fetched then; the rest is refused, each by its reason."""
    path, places = _archive(tmp_path)
    path = path.rename(tmp_path / name)
    page, *between, last = read_source(path)
    assert isinstance(page, Page)
    assert isinstance(last, Page)
    assert (page.url, page.requested_url) == ("https://quay.example/0", page.url)
    assert (page.body, page.fetched_at, page.status) == (HTML, WRITTEN_AT, 200)
    assert page.headers == {"content-type": "text/html", "etag": '"7"'}
    assert page.warc == WarcPlace(file=name, offset=places[0].offset)
    assert page.lead
    assert (page.lead.via, page.lead.source_url) == ("archive", path.as_uri())
    refusals = [one for one in between if isinstance(one, Refusal)]
    assert [(one.reason, one.status, one.warc and one.warc.offset) for one in refusals] == [
        ("http-404", 404, places[1].offset),
        ("not-html", 200, places[2].offset),
        ("empty-page", 200, places[3].offset),
        ("too-large", 200, places[4].offset),
        ("http-304", 304, places[5].offset),
        ("cut-short", 200, places[6].offset),
    ]
    assert refusals == between


def _lines(*lines: Any) -> bytes:
    return b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )


FULL = {
    "url": "https://quay.example/a",
    "requested_url": "https://quay.example/b",
    "html": "<p>Färja</p>",
    "fetched_at": "2020-01-02T03:04:05+02:00",
    "title": "Färja",
    "date_published": "2 januari",
    "status": 203,
    "headers": {"ETag": "x", "Content-Type": "text/html; charset=iso-8859-1"},
    "unknown": [1],
}


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.NDJSON.gz", "dump"])
def test_jsonl_is_read(tmp_path: Path, name: str) -> None:
    """All keys find their place; those left out have the file's."""
    data = _lines(FULL, b"", {"url": "u", "text": "Regn.", "html": None, "status": None})
    path = _file(tmp_path, name, gzip.compress(data, mtime=0) if name.endswith("gz") else data)
    full, bare = read_source(path)
    assert isinstance(full, Page)
    assert isinstance(bare, Page)
    assert (full.url, full.requested_url) == (FULL["url"], FULL["requested_url"])
    assert (full.kind, full.body.decode(), full.status) == ("html", FULL["html"], 203)
    assert full.headers == {"etag": "x", "content-type": "text/html; charset=utf-8"}
    assert full.fetched_at.isoformat() == FULL["fetched_at"]
    assert full.lead
    assert (full.lead.title, full.lead.published) == (FULL["title"], FULL["date_published"])
    assert (full.lead.via, full.lead.source_url) == ("file", path.as_uri())
    assert (bare.url, bare.requested_url, bare.kind, bare.body) == ("u", "u", "text", b"Regn.")
    assert (bare.fetched_at, bare.status, bare.headers) == (WRITTEN_AT, 200, {})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"url": "u", "html": ', "no JSON from character"),
        (b"{'url': 'u'}", "no JSON from character"),
        (b'["u", "h"]', "Expected `object`, got `array`"),
        (b"7", "Expected `object`, got `int`"),
        (b"[" * 200_000, "nested too deeply"),
        ({"html": "<p>"}, "missing required field `url`"),
        ({"url": "", "html": "<p>"}, "`$.url`"),
        ({"url": 7, "html": "<p>"}, "`$.url`"),
        ({"url": "u"}, "neither html nor text"),
        ({"url": "u", "html": None, "text": None}, "neither html nor text"),
        ({"url": "u", "html": ["<p>"]}, "`$.html`"),
        ({"url": "u", "text": "a", "headers": {"a": 1}}, "`$.headers[...]`"),
        ({"url": "u", "text": "a", "status": "200"}, "`$.status`"),
        ({"url": "u", "text": "a", "fetched_at": "2020-01-02T03:04:05"}, "no offset"),
        ({"url": "u", "text": "a", "fetched_at": "yesterday"}, "yesterday"),
        ({"url": "u", "text": "a", "fetched_at": 1577934245}, "`$.fetched_at`"),
        (b'{"url": "u", "text": "\xff\xfe"}', "not UTF-8"),
    ],
)
def test_a_broken_line_costs_itself(tmp_path: Path, line: Any, said: str) -> None:
    """It is refused with file, number and cure; the lines around it are read."""
    path = _file(tmp_path, "a.jsonl", _lines(FULL, line, FULL))
    before, refusal, after = read_source(path)
    assert before == after
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "bad-line"
    assert refusal.url == f"{path.as_uri()}#line=2"
    assert refusal.detail.startswith(f"{path}: line 2: ")
    assert refusal.detail.endswith("; give an object a line with url, and html or text")
    assert said in refusal.detail
    assert "\n" not in refusal.detail


def test_an_empty_line_of_jsonl_page_is_refused(tmp_path: Path) -> None:
    """A page that holds nothing is refused under its own URL."""
    refusal = _refusal(_file(tmp_path, "a.jsonl", _lines({"url": "u", "html": " \n"})))
    assert (refusal.reason, refusal.url) == ("empty-page", "u")


def test_half_a_surrogate_pair_costs_one_letter(tmp_path: Path) -> None:
    """JSON can hold what UTF-8 cannot."""
    line = b'{"url": "u", "text": "Regn \\ud83c i dag"}'
    assert _page(_file(tmp_path, "a.jsonl", line)).body == b"Regn ? i dag"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.warc.gz", b"", "is empty"),
        ("a.warc", b"<html>", "is no WARC file"),
        ("a.jsonl", b"", "is empty"),
        ("a.jsonl.gz", b"", "is empty"),
        ("a.jsonl.gz", gzip.compress(_lines(FULL), mtime=0)[:-9], "damaged after line 0"),
        ("a.xyz", b"", "is empty"),
        ("a.xyz", b"plain words", "is of no known kind; give .html, "),
        ("a.xyz", gzip.compress(b"plain words", mtime=0), "is of no known kind"),
        ("a.xyz", b"\x1f\x8b\x08 no gzip", "is of no known kind"),
        ("a.html", None, "No such file"),
        ("nul\x00.html", None, "null byte"),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    """One line says which file, what is wrong with it, and the cure."""
    path = tmp_path / name if data is None else _file(tmp_path, name, data)
    with pytest.raises(InputError) as raised:
        list(read_source(path))
    assert str(raised.value).startswith(f"{path}: ")
    assert said in str(raised.value)
    assert ";" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_folder_is_named(tmp_path: Path) -> None:
    """The cure for a folder is to name the files in it."""
    for ask in (size_of, lambda path: list(read_source(path))):
        with pytest.raises(InputError, match=r"is a folder; give the files in it: .*/\*"):
            ask(tmp_path)


def test_pages_before_damage_are_read(tmp_path: Path) -> None:
    """A torn archive and a torn gzip give what is whole."""
    path, places = _archive(tmp_path)
    path.write_bytes(path.read_bytes()[: places[2].offset + 9])
    packed = gzip.compress(_lines(*[FULL] * 20_000), mtime=0)
    torn = _file(tmp_path, "torn.jsonl.gz", packed[: len(packed) // 2])
    for source, least in ((path, 2), (torn, 1000)):
        read: list[Page | Refusal] = []
        with pytest.raises(InputError, match="damaged"):
            read.extend(read_source(source))
        assert len(read) >= least


@pytest.mark.parametrize("name", ["run.warc.gz", "a.jsonl", "a.jsonl.gz", "a.html", "a.txt"])
def test_progress_grows_to_the_size_of_the_file(tmp_path: Path, name: str) -> None:
    """A progress bar can be fed with it."""
    if name == "run.warc.gz":
        path = _archive(tmp_path)[0]
    else:
        data = _lines(*[FULL] * 50)
        path = _file(tmp_path, name, gzip.compress(data, mtime=0) if name.endswith("gz") else data)
    positions: list[int] = []
    list(read_source(path, positions.append))
    assert positions == sorted(positions)
    assert positions[-1] == size_of(path) == path.stat().st_size
