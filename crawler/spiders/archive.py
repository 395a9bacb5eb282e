"""Replays WARC files as if their pages had just been fetched, at the records' own fetch time.

scrapy crawl archive -a warc=PATH_OR_GLOB
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cached_property
from glob import glob
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.page import Lead, Page, WarcPlace
from crawler.archive import Archived, read_archive
from crawler.archived_page import archived_lead, archived_page
from crawler.fetch_failure import NotAsked
from crawler.spiders.article import ArticleSpider

logger = logging.getLogger(__name__)


class _Further(NamedTuple):
    """What may be a further page of an article: by URL, and counted by the article's first page.

    A crawl of ours says which page an article goes on with; of others the URL must tell.
    """

    by_url: dict[str, tuple[str, int]]
    of_first: Counter[WarcPlace]


class ArchiveSpider(ArticleSpider):
    """Every HTML response with status 200 becomes a page, every other response a refusal.

    What a crawl of ours archived is dealt with as that crawl dealt with it, in the same order.
    """

    name = "archive"
    fetches = False
    # A replay answers from files: nothing may act on its responses as if they were live, and what
    # is archived already is not archived again.
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # Scrapy declares it wider
        "COPYDESK_ARCHIVE": "",
        # In place of the project's, all of them: an archive may well be of one's own network.
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.site.SiteMiddleware": 50,
            "crawler.middlewares.compression.CompressionMiddleware": 590,
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "crawler.middlewares.replay.ReplayMiddleware": 900,
        },
        "HTTPERROR_ALLOW_ALL": True,
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        # In the order of the archive, whatever the sites: of two copies, the same one came first.
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue",
    }

    def __init__(self, warc: str | None = None, sites: str | None = None) -> None:
        """Take the arguments of the command line.

        Args:
            warc: a WARC file or a glob of several.
            sites: a folder of site declarations, for cleaning rules.
        """
        super().__init__()
        self.warc = warc
        self.folder = sites
        self.paths: list[Path] = []
        #: Articles of which a further page is still to come, by the place of their first page.
        self._waiting: dict[WarcPlace, Page] = {}

    def prepare(self, settings: BaseSettings) -> None:
        """Find the files."""
        super().prepare(settings)
        if not self.warc:
            raise InputError("archive: no file is given; add -a warc=PATH_OR_GLOB")
        self.paths = [Path(path) for path in sorted(glob(self.warc))]  # noqa: PTH207  (a whole pattern, absolute or not)
        if not self.paths:
            raise InputError(f"{self.warc}: no such file; check the path or glob of -a warc=")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy; see the base class."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.give_up_waiting, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Request | Refusal]:
        """Ask for each archived page by its place; what is no page is refused here."""
        for path in self.paths:
            for archived in self._read(path):
                yield self._begin(archived, path)

    def part_request(self, url: str, page: Page) -> Request | None:
        """The further page of an article, if it is in the archive.

        One that its crawl says to be so is not asked for here, but has its turn by `start`.
        """
        if _is_ours(page):
            in_turn = page.warc is not None and self._further.of_first[page.warc] > 0
            return Request(url, meta={"in_turn": True}) if in_turn else None
        place = self._further.by_url.get(url)
        return Request(url, meta={"replay": place}) if place else None

    def parse_article(self, response: Response, lead: Lead) -> Iterator[Request | Page]:
        """As in a crawl, but that an article may have to wait for its further pages."""
        yield from self._unless_waiting(super().parse_article(response, lead))

    def parse_further(self, response: Response, first: WarcPlace) -> Iterator[Request | Page]:
        """A further page, in its turn; one of which the article is not there is left out."""
        self._further.of_first[first] -= 1
        page = self._waiting.pop(first, None)
        if page:
            yield from self._unless_waiting(self.parse_part(response, page))

    def further_failed(self, failure: Failure) -> Iterator[Page]:
        """A further page that was archived, but not believed: the article ends before it."""
        if isinstance(failure.value, NotAsked):
            return
        first = failure.request.cb_kwargs["first"]  # type: ignore[attr-defined]  # Scrapy sets it
        page = self._waiting.pop(first, None)
        if page:
            yield page

    def give_up_waiting(self) -> None:
        """Publish the articles of which the further pages turned out not to be there.

        Raises:
            DontCloseSpider: there are some.
        """
        waiting, self._waiting = self._waiting, {}
        for page in waiting.values():
            # Refused by the replay, so that `failed` gives out the page.
            request = Request(page.url, cb_kwargs={"page": page}, dont_filter=True)
            self.crawler.engine.crawl(
                request.replace(callback=self.parse_part, errback=self.failed)
            )
        if waiting:
            raise DontCloseSpider

    @cached_property
    def _further(self) -> _Further:
        """Made when the first article of several pages asks for it: it takes reading everything."""
        further = _Further({}, Counter())
        for path in self.paths:
            for archived in self._read(path, aloud=False):
                first = archived.evidence and archived.evidence.continues
                if first:
                    further.of_first[first] += 1
                else:
                    further.by_url[archived.url] = str(path), archived.place.offset
        return further

    def _read(self, path: Path, *, aloud: bool = True) -> Iterator[Archived]:
        """The responses of a file; a damaged or unreadable one is said and counted."""
        try:
            yield from read_archive(path)
        except InputError as error:
            if aloud:
                self.crawler.stats.inc_value("copydesk/unreadable")
                logger.error("%s", error)  # noqa: TRY400  (one line for the user, no traceback)

    def _begin(self, archived: Archived, path: Path) -> Request | Refusal:
        evidence = archived.evidence
        if evidence and evidence.continues:
            request = Request(
                archived.url,
                callback=self.parse_further,
                errback=self.further_failed,
                cb_kwargs={"first": evidence.continues},
            )
            return _replayed(request, archived, path)
        self.crawler.stats.inc_value("copydesk/lead/archive")
        # What is no page is told by the cleaning if the crawl is ours, and asked it as well.
        page = None if evidence and evidence.lead else archived_page(archived, path)
        if isinstance(page, Refusal):
            return replace(page, run_id=self.settings["COPYDESK_RUN_ID"], spider=self.name)
        return _replayed(self.article_request(archived_lead(archived, path)), archived, path)

    def _unless_waiting(self, found: Iterator[Request | Page]) -> Iterator[Request | Page]:
        for one in found:
            if isinstance(one, Request) and "in_turn" in one.meta:
                page: Page = one.cb_kwargs["page"]
                if page.warc:
                    self._waiting[page.warc] = page
            else:
                yield one


def _is_ours(page: Page) -> bool:
    """Whether a crawl of ours archived it: else the archive itself is all that led to it."""
    return page.lead is not None and page.lead.via != "archive"


def _replayed(request: Request, archived: Archived, path: Path) -> Request:
    """A request that is answered with an archived response, and redirected as that one was."""
    meta: dict[str, Any] = {"replay": (str(path), archived.place.offset)}
    evidence = archived.evidence
    if evidence and evidence.redirected_from:
        chain = list(evidence.redirected_from)
        meta |= {"redirect_urls": chain, "redirect_times": len(chain)}
    # A foreign crawl may not have gone where a page refreshes to.
    meta["dont_redirect"] = evidence is None
    # The same URL may be archived several times, as versions of one article.
    return request.replace(url=archived.url, meta=meta, priority=0, dont_filter=True)
