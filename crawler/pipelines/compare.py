"""Item pipeline: what the ledger knows decides whether an article is new."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.settings import BaseSettings

from cleaning.article import Article, Refusal
from cleaning.cleaned import Cleaned
from cleaning.error import LedgerError
from crawler.ledger import Decision, Ledger
from crawler.revisit import Plan
from crawler.setting import one_of
from crawler.spiders.article import ArticleSpider, require_article_spider
from crawler.stopping import stop_crawl


class ComparePipeline:
    """Gives each article its version, op and duplicate label; drops what is unchanged."""

    def __init__(self, crawler: Crawler, path: Path, run_id: str) -> None:
        """Take where the ledger is; it is opened with the spider."""
        self.crawler = crawler
        self.path = path
        self.run_id = run_id

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT."""
        require_article_spider(crawler)
        settings = crawler.settings
        path = Path(settings["COPYDESK_OUTPUT"]) / "ledger.sqlite"
        return cls(crawler, path, settings["COPYDESK_RUN_ID"])

    def open_spider(self) -> None:
        """Open the ledger."""
        settings = self.crawler.settings
        self.ledger = Ledger(
            self.path,
            drop_duplicates=drops_duplicates(settings),
            plan=Plan.from_settings(settings),
        )

    def process_item(self, item: Any) -> Any:
        """Decide on an article; refusals pass, but for that of an article that is gone."""
        if isinstance(item, Refusal):
            return self._buried(item)
        if not isinstance(item, Cleaned) or not isinstance(item.result, Article):
            return item
        decision = self._decide(item.result)
        if decision.article is None:
            self._count("duplicate_dropped" if decision.dropped else "unchanged")
            raise DropItem("duplicate" if decision.dropped else "unchanged")
        self._count("duplicate" if decision.article.duplicate else decision.outcome)
        self._hand_over(decision.article)
        return replace(item, result=decision.article)

    def close_spider(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def _decide(self, article: Article) -> Decision:
        try:
            return self.ledger.decide(article, self.run_id)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
            raise DropItem("output-failed") from error

    def _buried(self, refusal: Refusal) -> Cleaned | Refusal:
        """The tombstone of a published article that is gone, else the refusal."""
        try:
            stone = self.ledger.bury(refusal)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
            raise DropItem("output-failed") from error
        if stone is None:
            return refusal
        self._count("tombstone")
        self._hand_over(stone)
        return Cleaned(result=stone, removed=())

    def _hand_over(self, article: Article) -> None:
        """Until publish has written it, its row in the ledger must not become final."""
        spider: ArticleSpider = self.crawler.spider  # type: ignore[assignment]
        spider.undelivered.add((article.id, article.version))

    def _count(self, outcome: str) -> None:
        self.crawler.stats.inc_value(f"copydesk/{outcome}")


def drops_duplicates(settings: BaseSettings) -> bool:
    """Whether copies are left out of what is published, by COPYDESK_DUPLICATES.

    Raises:
        InputError: it is neither `label` nor `drop`.
    """
    return one_of(settings, "COPYDESK_DUPLICATES", ("label", "drop")) == "drop"
