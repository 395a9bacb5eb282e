"""Downloader middleware: sends requests as their site's TOML says: by which proxy, how large."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.site import Fetch
from crawler.spiders.article import require_article_spider

_MB = 1024 * 1024


class SiteMiddleware:
    """Sets `meta["proxy"]` and `meta["download_maxsize"]`, on robots.txt too; Scrapy does the rest.

    A redirect to another site takes neither along.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Say how, before anything is sent."""
        site = self._crawler.spider.site_of(request.url)  # type: ignore[union-attr]  # our spiders
        # What Scrapy's HttpProxyMiddleware noted of a proxy before a redirect; it does so anew.
        request.meta.pop("_scheme_proxy", None)
        fetch = site.fetch if site else Fetch()
        _set(request, "proxy", fetch.proxy)
        _set(request, "download_maxsize", fetch.max_mb and fetch.max_mb * _MB)


def _set(request: Request, name: str, value: object) -> None:
    if value:
        request.meta[name] = value
    else:
        request.meta.pop(name, None)
