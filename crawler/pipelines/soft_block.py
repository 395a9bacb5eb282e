"""Item pipeline: counts, by site, the pages that stood in an article's place."""

from collections import Counter
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from cleaning.article import Refusal
from cleaning.cleaned import Cleaned
from cleaning.soft_block import REASONS
from crawler.pace import site_refuses
from crawler.setting import number_of
from crawler.spiders.article import ArticleSpider, require_article_spider


class SoftBlockPipeline:
    """Has a site left alone that answers with nothing else: asking on makes it worse.

    Place it after cleaning. Sent: the signal `site_refuses`, once a site and run.

    Settings: COPYDESK_MAX_SOFT_BLOCKS.
    Stats: `copydesk/soft_block/REASON`, `copydesk/soft_block_site/SITE`.
    """

    def __init__(self, crawler: Crawler, most: int) -> None:
        """Take how many in a row are too many; 0 for no limit."""
        self._crawler = crawler
        self._most = most
        self._in_a_row: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_MAX_SOFT_BLOCKS."""
        require_article_spider(crawler)
        return cls(crawler, most_in_a_row(crawler.settings))

    def process_item(self, item: Any) -> Any:
        """Count a page that was cleaned or refused by cleaning; all items pass."""
        if isinstance(item, Cleaned):
            self._count(item.result.url, _reason(item))
        return item

    def _count(self, url: str, reason: str) -> None:
        spider: ArticleSpider = self._crawler.spider  # type: ignore[assignment]  # by `require_article_spider`
        site = spider.site_name(url)
        if reason not in REASONS:
            self._in_a_row[site] = 0
            return
        self._crawler.stats.inc_value(f"copydesk/soft_block/{reason}")
        self._crawler.stats.inc_value(f"copydesk/soft_block_site/{site}")
        self._in_a_row[site] += 1
        if self._in_a_row[site] == self._most:
            why = f"{site} answered {self._most} times in a row with no article but {reason}"
            cure = "; its TOML may need render = true" if reason == "javascript-needed" else ""
            self._crawler.signals.send_catch_log(site_refuses, site=site, why=f"{why}{cure}")


def most_in_a_row(settings: BaseSettings) -> int:
    """The number that COPYDESK_MAX_SOFT_BLOCKS sets.

    Raises:
        InputError: it is none.
    """
    return int(number_of(settings, "COPYDESK_MAX_SOFT_BLOCKS", 0))


def _reason(item: Cleaned) -> str:
    return item.result.reason if isinstance(item.result, Refusal) else ""
