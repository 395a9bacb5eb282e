"""Replay: responses come out of the archive, and nothing reaches the network."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.utils.test import get_crawler

from cleaning.page import WarcPlace
from crawler.archive import ArchiveWriter, Exchange
from crawler.fetch_failure import Declined, NotAsked
from crawler.http_message import MAX_BODY
from crawler.middlewares.compression import CompressionMiddleware
from crawler.middlewares.replay import ReplayMiddleware
from crawler.site_check import _check_size

MB = 1024 * 1024
HTML = "<html lang='sv'><title>Färja</title><p>Färjan går klockan tolv.</p></html>"
FETCHED_AT = datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)

PACKED = (
    (b"Content-Type", b"text/html; charset=iso-8859-1"),
    (b"Content-Encoding", b"gzip"),
    (b"Content-Length", b"7"),
    (b"X-Place", "Malmö".encode("latin-1")),
)


def _archived(folder: Path, *, status: int = 200, **given: Any) -> tuple[str, WarcPlace]:
    exchange = Exchange(
        url="https://ferry.example/noon", status=status, fetched_at=FETCHED_AT, **given
    )
    with ArchiveWriter(folder, "run") as writer:
        place = writer.write(exchange)
    return str(folder / place.file), place


def _replay(request: Request, max_size: int = 0) -> Response:
    """The response as a spider gets it: replayed, then decompressed."""
    crawler = get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": max_size})
    response = ReplayMiddleware.from_crawler(crawler).process_request(request)
    return CompressionMiddleware.from_crawler(crawler).process_response(request, response)


def test_the_response_is_as_it_was_after_decoding(tmp_path: Path) -> None:
    """Body, charset, status and headers are those of the archived response."""
    body = gzip.compress(HTML.encode("latin-1"), mtime=0)
    path, place = _archived(tmp_path, response_headers=PACKED, body=body)
    request = Request("https://ferry.example/noon", meta={"replay": (path, place.offset)})
    response = _replay(request)
    assert isinstance(response, HtmlResponse)
    assert response.text == HTML
    assert response.url == "https://ferry.example/noon"
    assert "Content-Encoding" not in response.headers
    assert response.headers["X-Place"] == "Malmö".encode("latin-1")
    assert request.meta["warc"] == place
    assert request.meta["fetched_at"] == FETCHED_AT


@pytest.mark.parametrize(
    ("content_type", "body", "status", "kind"),
    [
        (b"text/html", b"<p>", 200, HtmlResponse),
        (b"", b"<html><p>", 200, HtmlResponse),
        (b"text/plain", b"<p>", 200, TextResponse),
        (b"image/png", b"\x89PNG\x01", 200, Response),
        (b"text/html", b"<p>gone", 404, HtmlResponse),
    ],
)
def test_each_kind_has_its_response(
    tmp_path: Path, content_type: bytes, body: bytes, status: int, kind: type[Response]
) -> None:
    """Spiders get the classes that a live crawl would give them."""
    headers = ((b"Content-Type", content_type),)
    path, place = _archived(tmp_path, response_headers=headers, body=body, status=status)
    response = _replay(Request("https://ferry.example/", meta={"replay": (path, place.offset)}))
    assert type(response) is kind
    assert response.status == status


def test_a_request_for_nothing_archived_is_refused() -> None:
    """A replay does not fetch."""
    with pytest.raises(IgnoreRequest, match="a replay does not fetch"):
        _replay(Request("https://ferry.example/robots.txt"))


def test_a_record_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a wrong offset are refused with the reader's own words."""
    path, place = _archived(tmp_path, response_headers=PACKED, body=b"")
    for replay in [(str(tmp_path / "none.warc.gz"), 0), (path, place.offset + 1)]:
        with pytest.raises(IgnoreRequest, match=r"warc\.gz: "):
            _replay(Request("https://ferry.example/", meta={"replay": replay}))


GZIPPED = (*PACKED[:1], (b"Content-Encoding", b"gzip"))


@pytest.mark.parametrize(
    ("headers", "body", "meta", "is_too_large"),
    [
        ((), bytes(7 * MB), {}, True),
        (GZIPPED, gzip.compress(bytes(7 * MB), mtime=0), {}, True),
        ((), bytes(5 * MB), {}, False),
        (GZIPPED, gzip.compress(bytes(5 * MB), mtime=0), {}, False),
        ((), bytes(7 * MB), {"download_maxsize": 8 * MB}, False),
        (GZIPPED, gzip.compress(bytes(7 * MB), mtime=0), {"download_maxsize": 8 * MB}, False),
        (GZIPPED, gzip.compress(bytes(MAX_BODY), mtime=0), {"download_maxsize": MAX_BODY}, False),
        ((), bytes(MAX_BODY), {"download_maxsize": MAX_BODY}, False),
        ((), bytes(MAX_BODY + 1), {"download_maxsize": MAX_BODY * 2}, True),
    ],
)
def test_the_limits_of_a_crawl_hold(
    tmp_path: Path,
    headers: tuple[tuple[bytes, bytes], ...],
    body: bytes,
    meta: dict[str, int],
    *,
    is_too_large: bool,
) -> None:
    """As sent and as decoded; a site's own limit too."""
    path, place = _archived(tmp_path, response_headers=headers, body=body)
    request = Request("https://ferry.example/", meta={"replay": (path, place.offset), **meta})
    if not is_too_large:
        assert len(_replay(request, 5 * MB).body) in {5 * MB, 7 * MB, MAX_BODY}
        return
    with pytest.raises(Declined) as caught:
        _replay(request, 5 * MB)
    assert caught.value.reason == "too-large"


def test_every_size_that_a_site_may_allow_is_read_back() -> None:
    assert _check_size(MAX_BODY // MB) is None
    assert _check_size(MAX_BODY // MB + 1)


def test_a_redirect_within_a_replay_is_left_out(tmp_path: Path) -> None:
    """Where a page refreshes to is archived by itself: no refusal."""
    path, place = _archived(tmp_path, response_headers=PACKED, body=b"")
    meta = {"replay": (path, place.offset), "redirect_reasons": ["meta refresh"]}
    with pytest.raises(NotAsked):
        _replay(Request("https://ferry.example/new", meta=meta))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(HTML.encode() * 99, mtime=0)[:-9], "cut-short"),
        (gzip.compress(HTML.encode() * 99, mtime=0)[:-5] + b"\x00" * 5, "corrupt"),
    ],
)
def test_a_damaged_response_is_refused_as_it_was_in_the_crawl(
    tmp_path: Path, body: bytes, reason: str
) -> None:
    path, place = _archived(tmp_path, response_headers=PACKED, body=body)
    with pytest.raises(Declined) as caught:
        _replay(Request("https://ferry.example/", meta={"replay": (path, place.offset)}))
    assert caught.value.reason == reason


CRAWL = """
import json, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess

class Replayed(scrapy.Spider):
    name = "replayed"
    custom_settings = {
        "DOWNLOADER_MIDDLEWARES": {"crawler.middlewares.replay.ReplayMiddleware": 900},
        "HTTPERROR_ALLOW_ALL": True, "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        **json.loads(sys.argv[3]),
    }

    async def start(self):
        yield scrapy.Request(
            "https://ferry.example/noon", meta={"replay": (sys.argv[1], int(sys.argv[2]))})
        yield scrapy.Request("http://127.0.0.1:9/never", errback=self.refused)

    def parse(self, response):
        print(json.dumps([response.text, response.meta["fetched_at"].isoformat()]))

    def refused(self, failure):
        print(json.dumps(["refused", failure.type.__name__]))

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR"})
process.crawl(Replayed)
process.start()
"""
QUIET = {"REDIRECT_ENABLED": False, "RETRY_ENABLED": False, "COOKIES_ENABLED": False}


@pytest.mark.parametrize(
    "settings", [{"ROBOTSTXT_OBEY": False, **QUIET}, {"ROBOTSTXT_OBEY": True, **QUIET}, {}]
)
def test_a_crawl_replays_and_never_fetches(tmp_path: Path, settings: dict[str, bool]) -> None:
    """In a real crawl with the usual middlewares around it, the archive alone answers."""
    body = gzip.compress(HTML.encode("latin-1"), mtime=0)
    path, place = _archived(tmp_path, response_headers=PACKED, body=body)
    command = [sys.executable, "-c", CRAWL, path, str(place.offset), json.dumps(settings)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert sorted(json.loads(line) for line in run.stdout.splitlines()) == [
        [HTML, FETCHED_AT.isoformat()],
        ["refused", "IgnoreRequest"],
    ]
