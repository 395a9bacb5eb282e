"""Scrapy's HTTP/1.1 download handler, which connects only to where a crawl may go."""

from functools import cached_property

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Response

from crawler.fetch_failure import Declined
from crawler.gate import Gate
from crawler.resolver import Visit, current_visit
from crawler.spiders.article import ArticleSpider


class GuardedHandler(HTTP11DownloadHandler):
    """Has the answer of DNS checked for each request, and tells a refusal from an unknown host.

    Spiders that are not ours, and `scrapy fetch` and `shell`, go where they are sent.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Made by Scrapy; http and https each have one."""
        super().__init__(crawler)
        self._guarded = issubclass(crawler.spidercls, ArticleSpider)

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._crawler.spider.sites)  # type: ignore[union-attr]  # our spiders

    async def download_request(self, request: Request) -> Response:
        """Send a request.

        Raises:
            Declined: its host is at an address that must not be asked.
        """
        if not self._guarded or _has_proxy_of_the_environment(request):
            return await super().download_request(request)
        # After all middlewares: nothing changes the URL any more.
        self._gate.check(request.url)
        visit = Visit(self._gate.allowed(request.url))
        before = current_visit.set(visit)
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            if visit.refusal:
                raise Declined("forbidden-address", visit.refusal) from error
            raise
        finally:
            current_visit.reset(before)


def _has_proxy_of_the_environment(request: Request) -> bool:
    """Whether `http_proxy` and the like are in use: whoever runs the crawl has chosen them."""
    return bool(request.meta.get("_scheme_proxy"))
