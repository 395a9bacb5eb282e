"""Downloader middleware: lets no request pass that must not be sent, before anything is asked."""

from functools import cached_property
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.gate import Gate
from crawler.spiders.article import require_article_spider


class GuardMiddleware:
    """Refuses by scheme and by what the URL's host says of itself.

    Place it first: what a start, a redirect, a meta refresh, robots.txt, a feed or a sitemap leads
    to comes by here, and nothing, robots.txt neither, is then asked of a host that is refused. What
    DNS says of a name is checked where it is connected to, by `crawler.download`.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        return cls(crawler)

    @cached_property
    def _gate(self) -> Gate:
        return Gate(self._crawler.spider.sites)  # type: ignore[union-attr]  # our spiders

    def process_request(self, request: Request) -> None:
        """Check it.

        Raises:
            Declined: it must not be sent.
        """
        self._gate.check(request.url)
