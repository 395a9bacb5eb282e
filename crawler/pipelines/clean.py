"""Item pipeline: a fetched page goes to a worker process and comes back cleaned or refused."""

from typing import Any, Self

from scrapy.crawler import Crawler

from cleaning.page import Page
from crawler.workers import Workers


class CleanPipeline:
    """Turns each `Page` into a `Cleaned`; other items pass."""

    def __init__(self, crawler: Crawler, workers: Workers) -> None:
        """Take the crawler, whose spider knows the sites' rules, and the workers."""
        self.crawler = crawler
        self.workers = workers

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from the COPYDESK_ settings."""
        return cls(crawler, Workers.from_settings(crawler.settings))

    async def process_item(self, item: Any) -> Any:
        """Clean a page off the reactor."""
        if not isinstance(item, Page):
            return item
        rules = self.crawler.spider.rules_for(item.url)  # type: ignore[union-attr]  # our spiders
        return await self.workers.clean(item, rules)

    def close_spider(self) -> None:
        """End the workers."""
        self.workers.close()
