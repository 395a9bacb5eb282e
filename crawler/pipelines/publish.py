"""Item pipeline: writes records, refusals and the audit of removed blocks.

A record is a line of `articles/RUN.jsonl`, a refusal one of `rejected/RUN.jsonl`; a line of
`removed/RUN.jsonl` lists every block that cleaning removed of a record. All three appear when the
run ends.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from cleaning.article import Article, Refusal
from cleaning.clean import Cleaned
from cleaning.dates import format_timestamp
from cleaning.error import CopydeskError
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep, prune
from crawler.recovery import recover
from crawler.revisit import Plan
from crawler.segments import SegmentWriter, encode
from crawler.spiders.article import require_article_spider
from crawler.stopping import has_failed, stop_crawl

#: Of articles, refusals and audits, below the output folder.
FOLDERS = ("articles", "rejected", "removed")


class PublishPipeline:
    """Publishes what compare has decided; returns the `Article`, so that FEEDS export it."""

    def __init__(self, crawler: Crawler, output: Path, run_id: str) -> None:
        """Take the output folder and the run's id; nothing is opened before the spider is."""
        self.crawler = crawler
        self.output = output
        self.run_id = run_id
        self.keep = Keep.from_settings(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT."""
        require_article_spider(crawler)
        settings = crawler.settings
        return cls(crawler, Path(settings["COPYDESK_OUTPUT"]), settings["COPYDESK_RUN_ID"])

    def open_spider(self) -> None:
        """Finish what killed runs left, then begin this one."""
        folders = [self.output / name for name in FOLDERS]
        plan = Plan.from_settings(self.crawler.settings)
        self.ledger = Ledger(self.output / "ledger.sqlite", plan=plan)
        recover(self.ledger, *folders)
        prune(self.output / "ledger.sqlite", self.keep, datetime.now(UTC))
        self.articles, self.rejected, self.removed = (
            SegmentWriter(folder, self.run_id) for folder in folders
        )
        self.ledger.begin(
            self.run_id,
            self._spider_name(),
            format_timestamp(datetime.now(UTC)),
            obeys_robots=self._obeys_robots(),
        )

    def process_item(self, item: Any) -> Any:
        """Write an article or a refusal; other items pass."""
        try:
            if isinstance(item, Cleaned) and isinstance(item.result, Article):
                return self._publish(item, item.result)
            refusal = item.result if isinstance(item, Cleaned) else item
            if isinstance(refusal, Refusal):
                self._refuse(refusal)
                raise DropItem(refusal.reason)
        except CopydeskError as error:
            stop_crawl(self.crawler, error)
            raise DropItem("output-failed") from error
        return item

    def close_spider(self) -> None:
        """Seal the files, then make the ledger's rows final, in this order."""
        writers = (self.articles, self.rejected, self.removed)
        try:
            if not has_failed(self.crawler):
                for writer in writers:
                    writer.seal()
                self.ledger.seal(self.run_id, format_timestamp(datetime.now(UTC)))
        except CopydeskError as error:
            stop_crawl(self.crawler, error)
        finally:
            for writer in writers:
                writer.close()
            self.ledger.close()

    def _publish(self, item: Cleaned, article: Article) -> Article:
        self.articles.write(encode(article))
        if item.removed:
            audit = {"id": article.id, "version": article.version, "url": article.url}
            self.removed.write(msgspec.json.encode(audit | {"removed": item.removed}))
        return article

    def _refuse(self, refusal: Refusal) -> None:
        self.rejected.write(encode(refusal))
        self.ledger.refuse(refusal)
        self.crawler.stats.inc_value(f"copydesk/refused/{refusal.reason}")

    def _obeys_robots(self) -> bool:
        """A replay asks no server."""
        return self.crawler.settings.getbool("ROBOTSTXT_OBEY") and self._spider_name() != "archive"

    def _spider_name(self) -> str:
        return self.crawler.spider.name if self.crawler.spider else ""
