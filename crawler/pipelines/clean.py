"""Item pipeline: a fetched page goes to a worker process and comes back cleaned or refused."""

import asyncio
from contextlib import suppress
from typing import Any, Self

from scrapy.crawler import Crawler

from cleaning.page import Page
from crawler.workers import Workers

#: Seconds that a cleaned page waits for the one before it; the worst real page takes half a second.
_PATIENCE = 5.0


class CleanPipeline:
    """Turns each `Page` into a `Cleaned`; other items pass.

    Pages are cleaned side by side, and go on in the order in which they came: which of two copies
    counts as the first does not depend on which was cleaned faster, so a replay of an archive
    decides as its crawl did. Only a page that hangs is overtaken, after a while.

    Stats: `copydesk/slowest`, a list of [seconds, URL] of the pages that took longest to clean.
    """

    def __init__(self, crawler: Crawler, workers: Workers) -> None:
        """Take the crawler, whose spider knows the sites' rules, and the workers."""
        self.crawler = crawler
        self.workers = workers
        self._last: asyncio.Event | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from the COPYDESK_ settings."""
        return cls(crawler, Workers.from_settings(crawler.settings))

    async def process_item(self, item: Any) -> Any:
        """Clean a page off the reactor."""
        if not isinstance(item, Page):
            return item
        rules = self.crawler.spider.rules_for(item.url)  # type: ignore[union-attr]  # our spiders
        before, gone = self._last, asyncio.Event()
        self._last = gone
        try:
            cleaned = await self.workers.clean(item, rules)
            if before:
                await _wait_for(before)
        finally:
            gone.set()
        return cleaned

    def close_spider(self) -> None:
        """End the workers."""
        self.crawler.stats.set_value("copydesk/slowest", self.workers.slowest.ranked())
        self.workers.close()


async def _wait_for(gone: asyncio.Event) -> None:
    """Until the page before has gone on; one that hangs must not hold up those of other sites."""
    with suppress(TimeoutError):
        await asyncio.wait_for(gone.wait(), _PATIENCE)
