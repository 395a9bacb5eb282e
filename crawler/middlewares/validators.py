"""Downloader middleware: asks for known articles only if they have changed (RFC 9110, 13.1)."""

from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from cleaning.error import LedgerError
from cleaning.timestamp import format_timestamp
from crawler.fetch_failure import NotModified
from crawler.http_message import conditions
from crawler.ledger import Ledger
from crawler.revisit import Plan
from crawler.spiders.article import require_article_spider
from crawler.stopping import stop_crawl


class ValidatorMiddleware:
    """Sends the ETag and Last-Modified that the ledger keeps of an article.

    Read: `meta["archive"]`, true for requests of articles. Stats: `copydesk/unchanged`.
    """

    def __init__(self, crawler: Crawler, ledger_path: Path, run_id: str) -> None:
        """Take the crawler, and where the ledger is; it is opened with the spider."""
        self._crawler = crawler
        self._path = ledger_path
        self._run_id = run_id

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT."""
        require_article_spider(crawler)
        path = Path(crawler.settings["COPYDESK_OUTPUT"]) / "ledger.sqlite"
        middleware = cls(crawler, path, crawler.settings["COPYDESK_RUN_ID"])
        crawler.signals.connect(middleware.spider_opened, signals.spider_opened)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def spider_opened(self) -> None:
        """Open the ledger."""
        self._ledger = Ledger(self._path, plan=Plan.from_settings(self._crawler.settings))

    def spider_closed(self) -> None:
        """Close the ledger."""
        self._ledger.close()

    def process_request(self, request: Request) -> None:
        """Add the validators of the last published fetch."""
        if not request.meta.get("archive"):
            return
        state = self._ledger.seen(request.url)
        if state:
            for name, value in conditions(state.etag, state.last_modified).items():
                request.headers.setdefault(name, value)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note what has not changed.

        Raises:
            NotModified: the server says so; there is nothing to clean.
        """
        if response.status == HTTPStatus.NOT_MODIFIED and request.meta.get("archive"):
            self._touch(request.url)
            self._crawler.stats.inc_value("copydesk/unchanged")
            raise NotModified(request.url)
        return response

    def _touch(self, url: str) -> None:
        try:
            self._ledger.touch(url, format_timestamp(datetime.now(UTC)), self._run_id)
        except LedgerError as error:
            stop_crawl(self._crawler, error)
