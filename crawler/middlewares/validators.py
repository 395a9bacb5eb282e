"""Downloader middleware: asks for known articles only if they have changed (RFC 9110, 13.1)."""

from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector

from cleaning.dates import format_timestamp
from crawler.fetch_failure import NotModified
from crawler.ledger import Ledger


class ValidatorMiddleware:
    """Sends the ETag and Last-Modified that the ledger keeps of an article.

    Read: `meta["archive"]`, true for requests of articles. Stats: `copydesk/unchanged`.
    """

    def __init__(self, ledger_path: Path, stats: StatsCollector) -> None:
        """Take where the ledger is; it is opened with the spider."""
        self._path = ledger_path
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT."""
        path = Path(crawler.settings["COPYDESK_OUTPUT"]) / "ledger.sqlite"
        middleware = cls(path, crawler.stats)
        crawler.signals.connect(middleware.spider_opened, signals.spider_opened)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def spider_opened(self) -> None:
        """Open the ledger."""
        self._ledger = Ledger(self._path)

    def spider_closed(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def process_request(self, request: Request) -> None:
        """Add the validators of the last published fetch."""
        if not request.meta.get("archive"):
            return
        state = self._ledger.seen(request.url)
        if state and state.etag:
            request.headers.setdefault("If-None-Match", state.etag)
        if state and state.last_modified:
            request.headers.setdefault("If-Modified-Since", state.last_modified)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note what has not changed.

        Raises:
            NotModified: the server says so; there is nothing to clean.
        """
        if response.status == HTTPStatus.NOT_MODIFIED and request.meta.get("archive"):
            self._ledger.touch(request.url, format_timestamp(datetime.now(UTC)))
            self._stats.inc_value("copydesk/unchanged")
            raise NotModified(request.url)
        return response
