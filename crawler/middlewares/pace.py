"""Downloader middleware: asks each site no faster than it bears, and waits when told to."""

import logging
from datetime import UTC, datetime
from http import HTTPStatus
from time import monotonic
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.asyncio import create_looping_call

from crawler.fetch_failure import NotAsked
from crawler.pace import Pace, PacedSlot, seconds_asked, site_refuses
from crawler.robots import Robots
from crawler.setting import number_of
from crawler.spiders.article import ArticleSpider, require_article_spider

logger = logging.getLogger(__name__)

_TOO_MUCH = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_GOOD = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
# How often it is looked whether the run is ending: then nobody waits for a site any more.
_WATCH_SECONDS = 0.5


class PaceMiddleware:
    """Gives each site one download slot, its subdomains included, and slows it down as needed.

    - 429 and 503: the slot waits for as long as `Retry-After` asks, or else ever longer, then asks
      again; what wants to wait longer than COPYDESK_MAX_WAIT is left alone for the run.
    - The signal `site_refuses`: the site is left alone, too.
    - Crawl-delay: the least delay of the slot, by the signal `robots_parsed`.
    - Latency: as Scrapy's AutoThrottle, whose least delay is the same for all sites, so that it
      would overrule both a Crawl-delay and a site's own `delay`.

    Place it closer to the downloader than RetryMiddleware (550); RETRY_HTTP_CODES must leave 429
    and 503 to it.

    Set: `meta["download_slot"]`, the site.
    Settings: COPYDESK_BACKOFF, COPYDESK_MAX_WAIT; AUTOTHROTTLE_ENABLED, AUTOTHROTTLE_MAX_DELAY,
    AUTOTHROTTLE_TARGET_CONCURRENCY; DOWNLOAD_SLOTS, DOWNLOAD_DELAY, DOWNLOAD_DELAY_JITTER,
    CONCURRENT_REQUESTS_PER_DOMAIN; RETRY_ENABLED, RETRY_TIMES.
    Stats: `copydesk/slowed_down`, `copydesk/left_alone`.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose downloader has the slots."""
        settings = crawler.settings
        self._crawler = crawler
        self._pace = pace_of(settings)
        self._throttles = settings.getbool("AUTOTHROTTLE_ENABLED")
        self._retries = settings.getbool("RETRY_ENABLED")
        self._slots: dict[str, PacedSlot] = {}
        self._watch = create_looping_call(self._release)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        middleware = cls(crawler)
        crawler.signals.connect(middleware.robots_parsed, signals.robots_parsed)
        crawler.signals.connect(middleware.request_scheduled, signals.request_scheduled)
        crawler.signals.connect(middleware.response_downloaded, signals.response_downloaded)
        crawler.signals.connect(middleware.site_refuses, site_refuses)
        crawler.signals.connect(middleware.spider_opened, signals.spider_opened)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    def spider_opened(self) -> None:
        """Begin to look whether the run is ending."""
        self._watch.start(_WATCH_SECONDS, now=False)

    def spider_closed(self) -> None:
        """Look no more."""
        if self._watch.running:
            self._watch.stop()

    def robots_parsed(self, robotparser: Robots, request: Request) -> None:
        """Obey a Crawl-delay."""
        if robotparser.crawl_delay is not None:
            self._slot(self._spider.site_name(request.url)).obey_crawl_delay(
                robotparser.crawl_delay
            )

    def request_scheduled(self, request: Request) -> None:
        """Name the slot for the scheduler, which looks how much each has under way."""
        request.meta["download_slot"] = self._spider.site_name(request.url)

    def site_refuses(self, site: str, why: str) -> None:
        """Leave a site alone that answers and gives nothing."""
        self._leave_alone(self._slot(site), why)

    def process_request(self, request: Request) -> None:
        """Name the slot, of robots.txt too, which is never scheduled.

        Raises:
            NotAsked: the site is left alone in this run.
        """
        name = request.meta["download_slot"] = self._spider.site_name(request.url)
        slot = self._slot(name)
        if slot.left_alone:
            self._crawler.stats.inc_value("copydesk/left_alone")
            raise NotAsked(slot.left_alone)

    def response_downloaded(self, response: Response, request: Request) -> None:
        """Learn from an answer how the site is doing, before Scrapy sends it the next request."""
        slot = self._slot(request.meta["download_slot"])
        if response.status in _TOO_MUCH:
            self._hold(slot, request.meta["download_slot"], response)
            return
        latency = request.meta.get("download_latency", 0.0) if self._throttles else 0.0
        self._pace.adjust(slot, latency, good=response.status in _GOOD)

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Ask again for what the site had no time for; the slot sees to it that it is later."""
        if response.status not in _TOO_MUCH or not self._retries or request.meta.get("dont_retry"):
            return response
        if self._slot(request.meta["download_slot"]).left_alone:
            return response
        again = get_retry_request(
            request,
            spider=self._spider,
            reason=str(response.status),
            give_up_log_level=request.meta.get("give_up_log_level"),
        )
        return again or response

    @property
    def _spider(self) -> ArticleSpider:
        return self._crawler.spider  # type: ignore[return-value]  # `require_article_spider`

    def _slot(self, name: str) -> PacedSlot:
        """The slot of a site; Scrapy drops idle ones, and with them what they know."""
        downloader = self._crawler.engine.downloader
        if name not in self._slots:
            given = downloader.per_slot_settings.get(name, {})
            self._slots[name] = _new_slot(given, self._crawler.settings)
        slot = downloader.slots[name] = self._slots[name]
        return slot

    def _hold(self, slot: PacedSlot, name: str, response: Response) -> None:
        asked = seconds_asked(
            _header(response, "Retry-After"), _header(response, "Date"), datetime.now(UTC)
        )
        wait = self._pace.hold(slot, asked, monotonic())
        if wait > self._pace.max_wait:
            wish = f"asks to wait {asked:.0f} s" if asked else "has trouble without end"
            self._leave_alone(slot, f"{name} answered {response.status} and {wish}")
            return
        self._crawler.stats.inc_value("copydesk/slowed_down")
        logger.info("%s answered %d: waiting for %.1f s", name, response.status, wait)

    def _leave_alone(self, slot: PacedSlot, why: str) -> None:
        if slot.left_alone:
            return
        slot.left_alone = f"{why}: left alone for this run"
        logger.warning("%s", slot.left_alone)
        self._drop_queue(slot, slot.left_alone)

    def _drop_queue(self, slot: PacedSlot, why: str) -> None:
        """Give back what waits in a slot: nothing will be sent."""
        while slot.queue:
            _, waiting = slot.queue.popleft()
            self._crawler.stats.inc_value("copydesk/left_alone")
            waiting.errback(NotAsked(why))

    def _release(self) -> None:
        """At the end of a run nothing may wait: Scrapy would wait too, for minutes."""
        if not _is_ending(self._crawler):
            return
        now = monotonic()
        for slot in self._slots.values():
            if slot.resume_at > now or slot.delay > 1:
                self._drop_queue(slot, "the run is ending")


def pace_of(settings: BaseSettings) -> Pace:
    """The bounds that the settings name.

    Raises:
        InputError: one is no number.
    """
    return Pace(
        backoff=number_of(settings, "COPYDESK_BACKOFF", 0.0),
        max_wait=number_of(settings, "COPYDESK_MAX_WAIT", 0.0),
        max_delay=number_of(settings, "AUTOTHROTTLE_MAX_DELAY", 0.0),
        concurrency=number_of(settings, "AUTOTHROTTLE_TARGET_CONCURRENCY", 0.01),
    )


def _new_slot(given: dict[str, Any], settings: BaseSettings) -> PacedSlot:
    return PacedSlot(
        given.get("concurrency", settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")),
        given.get("delay", settings.getfloat("DOWNLOAD_DELAY")),
        given.get("jitter", settings.getfloat("DOWNLOAD_DELAY_JITTER")),
    )


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _is_ending(crawler: Crawler) -> bool:
    """Whether the run has been told to end, by a signal or from within."""
    slot = crawler.engine._slot  # noqa: SLF001  (Scrapy has no signal for it)
    return not crawler.crawling or slot is None or slot.closing is not None
