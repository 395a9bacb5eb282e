"""Item pipeline: what the ledger knows decides whether an article is new."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from cleaning.article import Article
from cleaning.clean import Cleaned
from cleaning.error import InputError, LedgerError
from crawler.ledger import Decision, Ledger
from crawler.spiders.article import require_article_spider
from crawler.stopping import stop_crawl

_DUPLICATES = ("label", "drop")


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
        self.ledger = Ledger(self.path, drop_duplicates=self._drops_duplicates())

    def process_item(self, item: Any) -> Any:
        """Decide on an article; refusals pass."""
        if not isinstance(item, Cleaned) or not isinstance(item.result, Article):
            return item
        decision = self._decide(item.result)
        if decision.article is None:
            what = "duplicate" if decision.dropped else "unchanged"
            self._count(what)
            raise DropItem(what)
        self._count("duplicate" if decision.article.duplicate else decision.outcome)
        return replace(item, result=decision.article)

    def close_spider(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    def _drops_duplicates(self) -> bool:
        wanted = self.crawler.settings["COPYDESK_DUPLICATES"]
        if wanted not in _DUPLICATES:
            known = " or ".join(_DUPLICATES)
            raise InputError(f"COPYDESK_DUPLICATES={wanted}: set it to {known}")
        return bool(wanted == "drop")

    def _decide(self, article: Article) -> Decision:
        try:
            return self.ledger.decide(article, self.run_id)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
            raise DropItem("output-failed") from error

    def _count(self, outcome: str) -> None:
        self.crawler.stats.inc_value(f"copydesk/{outcome}")
