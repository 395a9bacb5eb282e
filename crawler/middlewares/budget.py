"""Downloader middleware: takes no more of a site in one run than its budget."""

import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.budget import Budget
from crawler.fetch_failure import NotAsked
from crawler.pace import PacedSlot
from crawler.spiders.article import ArticleSpider, require_article_spider

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Spent:
    budget: Budget
    pages: int = 0
    since: float = field(default_factory=monotonic)
    said: set[str] = field(default_factory=set)


class BudgetMiddleware:
    """Counts by site what is asked for; what is beyond its budget may be fetched by the next run.

    Place it after robots.txt (100): what that forbids costs nothing. Free are robots.txt itself, a
    further try of the same request, and the further pages of an article: what is begun is finished.

    Set: `meta["budgeted"]`, true once a request has been counted.
    Settings: COPYDESK_MAX_PAGES, COPYDESK_MAX_DEPTH, COPYDESK_MAX_MINUTES; a site's `[fetch]`.
    Stats: `copydesk/budget/pages`, `copydesk/budget/depth`, `copydesk/budget/minutes`: requests
    that were not made.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler
        self._budget = Budget.from_settings(crawler.settings)
        self._spent: dict[str, _Spent] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Count it.

        Raises:
            NotAsked: it would exceed the site's budget.
        """
        if "robots_txt" in request.meta or "page" in request.cb_kwargs:
            return
        name = self._spider.site_name(request.url)
        spent = self._spent.setdefault(name, _Spent(self._budget_of(request)))
        pages = spent.pages + (not request.meta.get("budgeted"))
        kind = spent.budget.exceeded_by(
            pages=pages, depth=request.meta.get("depth", 0), seconds=self._elapsed(name, spent)
        )
        if kind:
            self._say(name, kind, spent)
            raise NotAsked(f"{name}: the budget of {kind} is spent")
        spent.pages = pages
        request.meta["budgeted"] = True

    @property
    def _spider(self) -> ArticleSpider:
        return self._crawler.spider  # type: ignore[return-value]  # `require_article_spider`

    def _budget_of(self, request: Request) -> Budget:
        site = self._spider.site_of(request.url)
        return self._budget.of(site.fetch) if site else self._budget

    def _elapsed(self, name: str, spent: _Spent) -> float:
        """Until the request would be sent: its slot may have a queue, or be told to wait."""
        now = monotonic()
        slot = self._crawler.engine.downloader.slots.get(name)
        wait = slot.expected_wait(now) if isinstance(slot, PacedSlot) else 0.0
        return now - spent.since + wait

    def _say(self, name: str, kind: str, spent: _Spent) -> None:
        self._crawler.stats.inc_value(f"copydesk/budget/{kind}")
        if kind not in spent.said:
            spent.said.add(kind)
            logger.info(
                "%s: the budget of %s is spent; the rest is left to the next run", name, kind
            )
