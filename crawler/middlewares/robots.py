"""Downloader middleware: obeys robots.txt as RFC 9309 says, also for requests that wait for it."""

import logging
from asyncio import Future, get_running_loop
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.fetch_failure import Declined, NotAsked, RobotsUnreachable
from crawler.robots import ALLOW_ALL, MAX_BYTES, Robots, product_token, read_robots

logger = logging.getLogger(__name__)

#: Seconds for which a robots.txt holds (RFC 9309, 2.4); runs may be longer.
_MAX_AGE = 24 * 60 * 60
# Before everything else: all of the host waits for it.
_PRIORITY = 1000

Answer = Robots | IgnoreRequest


@dataclass(slots=True)
class Known:
    """The answer of a host, or the one that is waited for."""

    answer: "Future[Answer]"
    since: float = field(default_factory=monotonic)

    def is_fresh(self, now: float) -> bool:
        """Whether it still holds, on the clock of `time.monotonic`."""
        return now - self.since < _MAX_AGE


class RobotsMiddleware:
    """In place of Scrapy's own, which fetches on where a robots.txt cannot be had.

    A robots.txt is asked for once a run and host (scheme and port too), follows redirects as far as
    REDIRECT_MAX_TIMES, and is cached for 24 hours:

    - 2xx: what it says holds.
    - 4xx, and too many redirects: everything is allowed.
    - 5xx, 429, timeouts, all else that went wrong: nothing of the host is fetched in this run.

    Read: `meta["dont_obey_robotstxt"]`. Set, on requests of its own: `meta["robots_txt"]`.
    Signals: `robots_parsed`, with a `crawler.robots.Robots`.
    Settings: ROBOTSTXT_OBEY; ROBOTSTXT_USER_AGENT or else USER_AGENT, of which the product token
    chooses the rules.
    Stats: Scrapy's (`robotstxt/request_count`, `robotstxt/response_count`,
    `robotstxt/response_status_count/N`, `robotstxt/forbidden`), and
    `copydesk/robots_unreachable`, the number of hosts.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose engine fetches."""
        settings = crawler.settings
        self._crawler = crawler
        self._token = product_token(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])
        self._known: dict[str, Known] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy.

        Raises:
            NotConfigured: ROBOTSTXT_OBEY is off.
        """
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.bytes_received, signals.bytes_received)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Let through what is allowed.

        What is neither http nor https has no robots.txt.

        Raises:
            RobotsUnreachable: the host's robots.txt could not be had.
            Declined: the guard lets nothing be asked there.
            NotAsked: the host is to be left alone, before it has even said what is allowed.
            IgnoreRequest: it is forbidden.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        if urlparse_cached(request).scheme not in ("http", "https"):
            return
        answer = await self._answer(request)
        if isinstance(answer, Declined):
            raise Declined(answer.reason, str(answer))
        if isinstance(answer, IgnoreRequest):
            raise type(answer)(str(answer))
        if not answer.allows(request.url):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise IgnoreRequest("Forbidden by robots.txt")

    def bytes_received(self, data: bytes, request: Request) -> None:
        """End the download of a robots.txt when there is enough of it; some never end.

        Raises:
            StopDownload: there is.
        """
        if "robots_txt" not in request.meta:
            return
        request.meta["robots_txt"] += len(data)
        if request.meta["robots_txt"] > MAX_BYTES:
            raise StopDownload(fail=False)

    async def _answer(self, request: Request) -> Answer:
        url = urlparse_cached(request)
        origin = f"{url.scheme}://{url.netloc}"
        known = self._known.get(origin)
        if known is None or not known.is_fresh(monotonic()):
            known = self._known[origin] = Known(get_running_loop().create_future())
            answer: Answer = NotAsked("the run is ending")
            try:
                answer = await self._ask(origin)
            finally:
                # also when this is cancelled: others wait
                known.answer.set_result(answer)
        return await known.answer

    async def _ask(self, origin: str) -> Answer:
        request = Request(
            f"{origin}/robots.txt",
            priority=_PRIORITY,
            # that it could not be had is said here
            meta={"dont_obey_robotstxt": True, "robots_txt": 0, "give_up_log_level": "DEBUG"},
            callback=NO_CALLBACK,
        )
        stats = self._crawler.stats
        stats.inc_value("robotstxt/request_count")
        try:
            response = await self._crawler.engine.download_async(request)
        except NotAsked as error:
            return error
        except Declined as error:
            # Of the host itself, or of another that its robots.txt leads to.
            own = urlsplit(origin).hostname or ""
            return error if own in str(error) else self._unreachable(origin, str(error))
        except Exception as error:  # noqa: BLE001  (whatever went wrong, the rules are not known)
            if "max redirections" in str(error):
                return ALLOW_ALL
            return self._unreachable(origin, str(error) or type(error).__name__)
        stats.inc_value("robotstxt/response_count")
        stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        return await self._read(origin, response, request)

    async def _read(self, origin: str, response: Response, request: Request) -> Answer:
        status = response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._unreachable(origin, f"the server answered {status}")
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return ALLOW_ALL
        robots = read_robots(response.body, self._token)
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=robots, request=request
        )
        return robots

    def _unreachable(self, origin: str, why: str) -> RobotsUnreachable:
        self._crawler.stats.inc_value("copydesk/robots_unreachable")
        cause = " ".join(why.split())[:300]
        logger.warning(
            "%s/robots.txt: cannot be had (%s); nothing is fetched from there in this run",
            origin,
            cause,
        )
        return RobotsUnreachable(f"robots.txt cannot be had: {cause}")
