"""Extension: one line on the terminal that tells how far a crawl is."""

import logging
import sys
from typing import Self

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.statscollectors import StatsCollector

from crawler.outcome import outcome_of
from crawler.spiders.article import require_article_spider


class Progress:
    """Shown on a terminal only; a log file has Scrapy's LogStats instead."""

    def __init__(self, stats: StatsCollector) -> None:
        """Take the stats that tell the progress."""
        self._stats = stats
        self._stderr = sys.stderr
        self._bar = Bar(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy.

        Raises:
            NotConfigured: where stderr is no terminal.
        """
        require_article_spider(crawler)
        if not sys.stderr.isatty():
            # With a message Scrapy would log a warning, and a cron job is no mistake.
            raise NotConfigured
        progress = cls(crawler.stats)
        crawler.signals.connect(progress.start, signals.spider_opened)
        crawler.signals.connect(progress.stop, signals.spider_closed)
        for signal in (signals.item_scraped, signals.item_dropped, signals.response_received):
            crawler.signals.connect(progress.show, signal)
        return progress

    def start(self) -> None:
        """Begin to show; what is logged goes above the line."""
        self._bar.start()
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is self._stderr:
                # rich has put its own stream in place, which keeps line and log apart.
                handler.setStream(sys.stderr)

    def show(self) -> None:
        """Say how far the crawl is."""
        seen = outcome_of(self._stats.get_stats())
        refused, failed = sum(seen.refused.values()), sum(seen.failed.values())
        self._bar.update(
            self._task,
            description=f"{seen.pages} pages: {seen.published} published, {seen.unchanged}"
            f" unchanged, {refused} refused, {failed} failed",
        )

    def stop(self) -> None:
        """Clear the line."""
        proxy = sys.stderr
        self._bar.stop()
        for handler in logging.root.handlers:
            if isinstance(handler, logging.StreamHandler) and handler.stream is proxy:
                handler.setStream(self._stderr)
