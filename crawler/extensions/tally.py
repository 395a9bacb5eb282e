"""Extension: counts by site what became of each page, apart from who decides on it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Response

from cleaning.article import Article, Refusal
from cleaning.page import Page
from crawler.outcome import is_failure
from crawler.signals import source_failed
from crawler.spiders.article import ArticleSpider, require_article_spider

#: A list or an archive may hold any number of hosts: the rest of them is counted together.
_MAX_SITES = 5_000
_REST = "*"
_NOT_MODIFIED = 304
# What Scrapy notes of a request that follows another.
_AGAIN = frozenset({"retry_times", "redirect_times"})
# Of the reasons for which an item is dropped, those that are no refusal's.
_OURS = {"unchanged": "unchanged", "duplicate": "duplicates", "output-failed": "lost"}


class Tally:
    """By Scrapy's own signals: each item that enters the pipelines leaves them by one of three.

    A page that is unchanged by the server's own word is no item: its answer is counted.

    Stats: `copydesk/fetched`: pages that came to an end; `copydesk/source_asked`: requests for
    feeds, sitemaps and sections.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler
        self._sites: dict[str, Counter[str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        require_article_spider(crawler)
        tally = cls(crawler)
        connect = crawler.signals.connect
        connect(tally.item_scraped, signals.item_scraped)
        connect(tally.item_dropped, signals.item_dropped)
        connect(tally.item_error, signals.item_error)
        connect(tally.response_downloaded, signals.response_downloaded)
        connect(tally.request_scheduled, signals.request_scheduled)
        connect(tally.source_failed, source_failed)
        return tally

    @property
    def sites(self) -> Mapping[str, Mapping[str, int]]:
        """Counts by site: `fetched`, and what became of that; `sources_asked`, `sources_failed`."""
        return self._sites

    def item_scraped(self, item: Any) -> None:
        """A record was published."""
        if isinstance(item, (Article, Page, Refusal)):
            self._count_page(item.requested_url, "published")

    def item_dropped(self, item: Any, exception: DropItem) -> None:
        """A page or refusal gave no record."""
        if not isinstance(item, (Page, Refusal)):
            return
        reason = str(exception)
        became = _OURS.get(reason) or ("failed" if is_failure(reason) else "refused")
        self._count_page(item.requested_url, became)

    def item_error(self, item: Any) -> None:
        """A pipeline broke over it."""
        if isinstance(item, (Page, Refusal)):
            self._count_page(item.requested_url, "lost")

    def response_downloaded(self, response: Response, request: Request) -> None:
        """An article is unchanged, the server says."""
        is_article = "archive" in request.meta and "page" not in request.cb_kwargs
        if response.status == _NOT_MODIFIED and is_article:
            self._count_page(request.url, "unchanged")

    def request_scheduled(self, request: Request) -> None:
        """A source is asked for the first time."""
        known = request.cb_kwargs.get("known")
        if known and not _AGAIN & request.meta.keys():
            self._crawler.stats.inc_value("copydesk/source_asked")
            self._of(known["site"].domain)["sources_asked"] += 1

    def source_failed(self, site: str) -> None:
        """A source could not be read."""
        self._of(site)["sources_failed"] += 1

    def _count_page(self, url: str, became: str) -> None:
        self._crawler.stats.inc_value("copydesk/fetched")
        spider: ArticleSpider = self._crawler.spider  # type: ignore[assignment]
        counts = self._of(spider.site_name(url))
        counts["fetched"] += 1
        counts[became] += 1

    def _of(self, site: str) -> Counter[str]:
        if site not in self._sites and len(self._sites) >= _MAX_SITES:
            site = _REST
        return self._sites.setdefault(site, Counter())
