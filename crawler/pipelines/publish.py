"""Item pipeline: writes records, refusals and the audit of removed blocks.

Each is a line of a segment: of `articles`, of `rejected`, or of `removed`, which lists every block
that cleaning removed of a record. Segments appear while the run goes on and when it ends.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import msgspec
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.utils.asyncio import create_looping_call

from cleaning.article import Article, Refusal
from cleaning.cleaned import Cleaned
from cleaning.error import CopydeskError
from cleaning.timestamp import format_timestamp
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep, prune
from crawler.recovery import recover
from crawler.revisit import Plan
from crawler.sealing import OPEN
from crawler.segments import KINDS, Limits, Publication, encode
from crawler.spiders.article import ArticleSpider, require_article_spider
from crawler.stopping import has_failed, stop_crawl

#: Below the output folder.
FOLDERS = (*KINDS, OPEN)
#: Seconds between two looks whether something is to be sealed for its age.
_LOOK_EVERY = 5


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
        settings, now = self.crawler.settings, datetime.now(UTC)
        path = self.output / "ledger.sqlite"
        limits = Limits.from_settings(settings)
        self.ledger = Ledger(path, plan=Plan.from_settings(settings))
        recover(self.ledger, self.output, now, limits.packing)
        prune(path, self.keep, now)
        self.publication = Publication(self.output, self.run_id, self.ledger, limits)
        self.ledger.begin(
            self.run_id,
            self._spider_name(),
            format_timestamp(now),
            obeys_robots=self._obeys_robots(),
        )
        # A quiet run's records must not wait for its end.
        self._clock = create_looping_call(self._seal_if_due)
        self._clock.start(_LOOK_EVERY, now=False)

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
        """Seal what is left; the ledger's rows become final with it."""
        self._clock.stop()
        try:
            if not has_failed(self.crawler):
                self.publication.seal(datetime.now(UTC), has_ended=True)
        except CopydeskError as error:
            stop_crawl(self.crawler, error)
        finally:
            self.publication.close()
            self.ledger.close()

    def _seal_if_due(self) -> None:
        """Seal what is full or old; what compare has decided and is not here yet stays open."""
        now = datetime.now(UTC)
        if has_failed(self.crawler) or not self.publication.is_due(now):
            return
        try:
            self.publication.seal(now, but=self._spider.undelivered)
        except CopydeskError as error:
            stop_crawl(self.crawler, error)

    @property
    def _spider(self) -> ArticleSpider:
        return self.crawler.spider  # type: ignore[return-value]  # `require_article_spider`

    def _publish(self, item: Cleaned, article: Article) -> Article:
        self.publication.write("articles", encode(article))
        if item.removed:
            audit = {"id": article.id, "version": article.version, "url": article.url}
            line = msgspec.json.encode(audit | {"removed": item.removed})
            self.publication.write("removed", line)
        self._spider.undelivered.discard((article.id, article.version))
        self._seal_if_due()
        return article

    def _refuse(self, refusal: Refusal) -> None:
        self.publication.write("rejected", encode(refusal))
        self.ledger.refuse(refusal)
        self._seal_if_due()
        self.crawler.stats.inc_value(f"copydesk/refused/{refusal.reason}")

    def _obeys_robots(self) -> bool:
        """A replay asks no server."""
        return self.crawler.settings.getbool("ROBOTSTXT_OBEY") and self._spider_name() != "archive"

    def _spider_name(self) -> str:
        return self.crawler.spider.name if self.crawler.spider else ""
