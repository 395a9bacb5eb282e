"""Downloader middleware: obeys robots.txt, also for requests that come before it has."""

from scrapy import Request
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's own, but that all who wait for a robots.txt are told what is in it.

    In Scrapy 2.19 they wait for one Deferred, which gives its result to the first of them and None,
    which allows everything, to the others.
    """

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host, fetched if need be; None where there are none."""
        await super().robot_parser(request)
        # No Deferred any more: it has been waited for.
        return self._parsers[urlparse_cached(request).netloc]  # type: ignore[return-value]
