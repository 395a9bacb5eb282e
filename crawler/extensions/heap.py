"""Extension: spares what a run has loaded from being searched for garbage again and again."""

import gc
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.spiders.article import require_article_spider


class Heap:
    """Modules, tables and sites stay until the end; looking at them took a tenth of fetching."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        heap = cls()
        crawler.signals.connect(heap.freeze, signals.spider_opened)
        crawler.signals.connect(heap.unfreeze, signals.spider_closed)
        return heap

    def freeze(self) -> None:
        """Before the first request: what is garbage by now goes, the rest is left in peace."""
        gc.collect()
        gc.freeze()

    def unfreeze(self) -> None:
        """As it was: a process may run several crawls, one after the other."""
        gc.unfreeze()
