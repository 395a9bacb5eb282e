"""Downloader middleware: sends a site's requests through the proxy that its TOML names."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.spiders.article import require_article_spider


class SiteMiddleware:
    """Sets `meta["proxy"]`, on robots.txt too; Scrapy's HttpProxyMiddleware does the rest."""

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Name the proxy before anything is sent."""
        site = self._crawler.spider.site_of(request.url)  # type: ignore[union-attr]  # our spiders
        if site and site.fetch.proxy:
            request.meta["proxy"] = site.fetch.proxy
