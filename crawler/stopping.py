"""Ends a crawl that can no longer write what it finds."""

import logging

from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector
from scrapy.utils.defer import deferred_from_coro

from cleaning.error import CopydeskError

logger = logging.getLogger(__name__)

_OUTPUT = "copydesk/output_failed"
#: What each component that writes counts its failures in.
_FAILURES = (_OUTPUT, "copydesk/archive_failed")


def stop_crawl(crawler: Crawler, error: CopydeskError) -> None:
    """Say once why nothing more is written, and end; the next run fetches again what is lost."""
    say_once(crawler.stats, error)
    if not has_failed(crawler):
        # Closing waits for what calls this, so it is not waited for here.
        deferred_from_coro(crawler.engine.close_spider_async(reason="output_failed"))
    crawler.stats.inc_value(_OUTPUT)


def say_once(stats: StatsCollector, error: CopydeskError) -> None:
    """Log why something cannot be written; where one disk is full, the first line tells all."""
    if not any(stats.get_value(name) for name in _FAILURES):
        logger.error("%s", error)


def has_failed(crawler: Crawler) -> bool:
    """Whether records could not be written: those that were are sealed by the next run."""
    return bool(crawler.stats.get_value(_OUTPUT))
