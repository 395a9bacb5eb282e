"""The archive middleware: in a real crawl of a loopback server, and by hand."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from cleaning.error import InputError
from cleaning.page import Lead, Page, WarcPlace
from crawler.archive import ArchiveWriter, Evidence, read_archive
from crawler.middlewares.archive import ArchiveMiddleware

HTML = b"<html><title>Ferry</title><p>The ferry leaves at noon.</p></html>"
PACKED = gzip.compress(HTML, mtime=0)


class _Server(BaseHTTPRequestHandler):
    """A gzipped page, a redirect to it, a page not modified, one that is missing."""

    def do_GET(self) -> None:
        answers: dict[str, tuple[int, dict[str, str], bytes]] = {
            "/page": (200, {"Content-Encoding": "gzip", "Content-Type": "text/html"}, PACKED),
            "/moved": (301, {"Location": "/page"}, b""),
            "/same": (304, {}, b""),
        }
        status, headers, body = answers.get(self.path, (404, {"Content-Type": "text/html"}, HTML))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Twice", "a")
        self.send_header("X-Twice", "b")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the base's)
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[str]:
    """The server's address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as running:
        Thread(target=running.serve_forever).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


CRAWL = """
import json, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Ferry(scrapy.Spider):
    name = "ferry"
    custom_settings = {
        "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.archive.ArchiveMiddleware": 595},
        "COPYDESK_ARCHIVE": sys.argv[2], "COPYDESK_RUN_ID": "run",
        "HTTPERROR_ALLOW_ALL": True, "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self):
        for path, archive in [("/page", True), ("/page?feed", False), ("/moved", True),
                              ("/same", True), ("/gone", True), ("/page", False)]:
            yield scrapy.Request(
                sys.argv[1] + path, meta={"archive": archive, "asked": path}, dont_filter=True)

    def parse(self, response):
        warc = response.meta.get("warc")
        print(json.dumps({
            "asked": response.meta["asked"], "archive": response.meta["archive"],
            "body": response.body.decode(), "status": response.status,
            "at": response.meta["fetched_at"].isoformat(),
            "warc": warc and [warc.file, warc.offset]}))

    def closed(self, reason):
        print(json.dumps({"stats": self.crawler.stats.get_value("copydesk/archived")}))

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
process.crawl(Ferry)
process.start()
"""


def test_a_crawl_archives_articles_as_sent(server: str, tmp_path: Path) -> None:
    """Only good responses to article requests are written, undecoded; parsing sees them decoded."""
    command = [sys.executable, "-c", CRAWL, server, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    *seen, stats = [json.loads(line) for line in run.stdout.splitlines()]
    places = {
        (one["asked"], one["archive"]): WarcPlace(file=one["warc"][0], offset=one["warc"][1])
        for one in seen
        if one["warc"]
    }
    assert len(seen) == 6
    assert set(places) == {("/page", True), ("/moved", True)}
    assert stats == {"stats": 2}
    assert all(datetime.fromisoformat(one["at"]).tzinfo for one in seen)
    assert {one["body"] for one in seen if one["asked"] != "/same"} >= {HTML.decode()}

    path = tmp_path / "run-00001.warc.gz"
    read = list(read_archive(path))
    assert {archived.place for archived in read} == set(places.values())
    assert {archived.url for archived in read} == {f"{server}/page"}
    assert {archived.body for archived in read} == {HTML}
    assert {archived.headers["x-twice"] for archived in read} == {"a, b"}
    assert {archived.headers["content-encoding"] for archived in read} == {"gzip"}
    assert gzip.decompress(path.read_bytes()).count(PACKED) == 2
    dates = {one["at"] for one in seen if one["warc"]}
    assert {archived.fetched_at.isoformat() for archived in read} == dates


def _by_hand(folder: Path) -> tuple[ArchiveMiddleware, list[str]]:
    stopped: list[str] = []
    stats = get_crawler().stats
    return ArchiveMiddleware(ArchiveWriter(folder, "run"), stats, stopped.append), stopped


def test_a_folder_that_cannot_be_written_stops_the_crawl(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is not archived goes no further, and the log has one line about it."""
    (tmp_path / "taken").write_text("a file")
    middleware, stopped = _by_hand(tmp_path / "taken")
    request = Request("https://ferry.example/", meta={"archive": True})
    with pytest.raises(IgnoreRequest):
        middleware.process_response(request, Response(request.url, body=HTML))
    assert stopped == ["archive_failed"]
    (record,) = caplog.records
    assert "cannot archive https://ferry.example/" in record.getMessage()
    assert not record.exc_info


def test_a_replayed_response_is_left_alone(tmp_path: Path) -> None:
    """What came out of an archive is not archived again, and keeps its date."""
    middleware, _ = _by_hand(tmp_path)
    then = datetime(2020, 1, 1, tzinfo=UTC)
    meta = {"archive": True, "replay": ("x.warc", 0), "fetched_at": then}
    request = Request("https://ferry.example/", meta=meta)
    response = Response(request.url, body=HTML)
    assert middleware.process_response(request, response) is response
    assert request.meta == meta
    assert list(tmp_path.iterdir()) == []


def test_the_place_of_an_earlier_response_is_dropped(tmp_path: Path) -> None:
    """A retry that fails does not point at the try before."""
    middleware, _ = _by_hand(tmp_path)
    request = Request("https://ferry.example/", meta={"archive": True})
    middleware.process_response(request, Response(request.url, body=HTML))
    assert "warc" in request.meta
    middleware.process_response(request, Response(request.url, status=503))
    assert "warc" not in request.meta
    middleware.spider_closed()


LEAD = Lead(url="https://ferry.example/?p=1", via="feed", at=datetime(2026, 1, 2, tzinfo=UTC))
FIRST = Page(
    url="https://ferry.example/",
    requested_url="https://ferry.example/",
    body=HTML,
    fetched_at=LEAD.at,
    lead=LEAD,
    warc=WarcPlace(file="run-00001.warc.gz", offset=7),
)


@pytest.mark.parametrize(
    ("kwargs", "meta", "evidence"),
    [
        ({}, {}, Evidence()),
        ({"lead": LEAD}, {}, Evidence(lead=LEAD)),
        ({"lead": "a spider's own"}, {}, Evidence()),
        (
            {"lead": LEAD},
            {"redirect_urls": [LEAD.url, "https://ferry.example/1"]},
            Evidence(lead=LEAD, redirected_from=(LEAD.url, "https://ferry.example/1")),
        ),
        ({"page": FIRST}, {}, Evidence(continues=FIRST.warc)),
    ],
)
def test_what_led_to_a_page_is_archived(
    tmp_path: Path, kwargs: dict[str, Any], meta: dict[str, Any], evidence: Evidence
) -> None:
    middleware, _ = _by_hand(tmp_path)
    request = Request("https://ferry.example/", meta={"archive": True, **meta}, cb_kwargs=kwargs)
    middleware.process_response(request, Response(request.url, body=HTML))
    middleware.spider_closed()
    (archived,) = read_archive(tmp_path / "run-00001.warc.gz")
    assert archived.evidence == evidence


def test_the_setting_says_when_the_next_file_is_begun(tmp_path: Path) -> None:
    """In millions of bytes."""
    settings = {
        "COPYDESK_ARCHIVE": str(tmp_path),
        "COPYDESK_RUN_ID": "run",
        "COPYDESK_ARCHIVE_MAX_MB": 1,
    }
    middleware = ArchiveMiddleware.from_crawler(get_crawler(settings_dict=settings))
    body = Random(1).randbytes(400_000)  # noqa: S311  (what gzip cannot make smaller)
    for _ in range(3):
        request = Request("https://ferry.example/", meta={"archive": True})
        middleware.process_response(request, Response(request.url, body=body))
    middleware.spider_closed()
    sizes = [path.stat().st_size for path in sorted(tmp_path.iterdir())]
    assert [800_000 < size <= 1_000_000 for size in sizes] == [True, False]


def test_a_size_that_is_none_is_named() -> None:
    settings = {"COPYDESK_ARCHIVE": "a", "COPYDESK_ARCHIVE_MAX_MB": "big"}
    with pytest.raises(InputError, match=r"^COPYDESK_ARCHIVE_MAX_MB: 'big' is no number from 1 on"):
        ArchiveMiddleware.from_crawler(get_crawler(settings_dict=settings))


@pytest.mark.parametrize("settings", [{}, {"COPYDESK_ARCHIVE": ""}, {"COPYDESK_ARCHIVE": None}])
def test_without_a_folder_it_is_off(settings: dict[str, Any]) -> None:
    """An empty setting switches archiving off, as in any Scrapy component."""
    with pytest.raises(NotConfigured):
        ArchiveMiddleware.from_crawler(get_crawler(settings_dict=settings))
