"""Archives every article response as it was sent, before anything else sees it."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Headers, Response
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector
from scrapy.utils.defer import deferred_from_coro

from cleaning.error import OutputError
from cleaning.page import Lead, Page
from crawler.archive import MAX_BYTES, ArchiveWriter, Evidence, Exchange
from crawler.setting import number_of
from crawler.stopping import say_once


class ArchiveMiddleware:
    """Writes article responses to WARC and tells where, in `request.meta`.

    Place it closer to the downloader than HttpCompressionMiddleware (590), at 595 or more: there
    the body is still as sent.

    Read: `meta["archive"]`, true for requests of articles; a response to one with status 200 is
    written, and beside it what led there: `cb_kwargs["lead"]`, or `cb_kwargs["page"]` for a further
    page of an article, and Scrapy's `meta["redirect_urls"]`. Set on every response that came from
    the network: `meta["fetched_at"]` (aware datetime) and `meta["warc"]` (`WarcPlace`; absent when
    not written). Replayed responses pass untouched.

    Settings: `COPYDESK_ARCHIVE` (folder, in `COPYDESK_OUTPUT` unless it is absolute; empty switches
    it off), `COPYDESK_ARCHIVE_MAX_MB` (size at which the next file is begun), `COPYDESK_RUN_ID`.
    Stats: `copydesk/archived`, `copydesk/archive_failed`.
    """

    def __init__(
        self, writer: ArchiveWriter, stats: StatsCollector, stop_crawl: Callable[[str], None]
    ) -> None:
        """Take what is written to, counted in, and called with a reason when writing fails."""
        self._writer = writer
        self._stats = stats
        self._stop_crawl = stop_crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from the settings.

        Raises:
            NotConfigured: no folder is set.
            InputError: the size is no number of megabytes.
        """
        settings = crawler.settings
        folder = settings.get("COPYDESK_ARCHIVE")
        if not folder:
            raise NotConfigured("COPYDESK_ARCHIVE is empty")
        path = Path(settings.get("COPYDESK_OUTPUT", "")) / folder
        writer = ArchiveWriter(path, settings["COPYDESK_RUN_ID"], _max_bytes(settings))

        def stop_crawl(reason: str) -> None:
            # Closing waits for open requests, this one too, so it must not be waited for here.
            deferred_from_coro(crawler.engine.close_spider_async(reason=reason))

        middleware = cls(writer, crawler.stats, stop_crawl)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def process_response(self, request: Request, response: Response) -> Response:
        """Note when the response came and, if it is an article's, write it.

        Raises:
            IgnoreRequest: it cannot be written; what is not archived is not published, and the
                crawl is stopped.
        """
        if "replay" in request.meta:
            return response
        request.meta["fetched_at"] = datetime.now(UTC)
        # A retried or redirected request brings the place of an earlier response along.
        request.meta.pop("warc", None)
        if request.meta.get("archive") and response.status == HTTPStatus.OK:
            self._write(request, response)
        return response

    def spider_closed(self) -> None:
        """End the archive file."""
        self._writer.close()

    def _write(self, request: Request, response: Response) -> None:
        try:
            request.meta["warc"] = self._writer.write(_exchange(request, response))
        except OutputError as error:
            say_once(self._stats, error)
            self._stats.inc_value("copydesk/archive_failed")
            self._stop_crawl("archive_failed")
            raise IgnoreRequest(str(error)) from error
        self._stats.inc_value("copydesk/archived")


def _max_bytes(settings: BaseSettings) -> int:
    name = "COPYDESK_ARCHIVE_MAX_MB"
    return int(number_of(settings, name, least=1) * 1_000_000) if name in settings else MAX_BYTES


def _exchange(request: Request, response: Response) -> Exchange:
    return Exchange(
        url=response.url,
        method=request.method,
        request_headers=_pairs(request.headers),
        status=response.status,
        response_headers=_pairs(response.headers),
        body=response.body,
        fetched_at=request.meta["fetched_at"],
        evidence=_evidence(request),
    )


def _evidence(request: Request) -> Evidence:
    """What is known of a request beside what is sent."""
    lead, first = (request.cb_kwargs.get(name) for name in ("lead", "page"))
    return Evidence(
        lead=lead if isinstance(lead, Lead) else None,
        redirected_from=tuple(request.meta.get("redirect_urls", ())),
        continues=first.warc if isinstance(first, Page) else None,
    )


def _pairs(headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name, value) for name, values in headers.items() for value in values)
