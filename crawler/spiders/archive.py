"""Replays WARC files as if their pages had just been fetched, at the records' own fetch time.

scrapy crawl archive -a warc=PATH_OR_GLOB
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from glob import glob
from pathlib import Path
from typing import Any, ClassVar

from scrapy import Request
from scrapy.settings import BaseSettings

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.page import Lead, Page
from crawler.archive import read_archive
from crawler.source import read_source
from crawler.spiders.article import ArticleSpider

logger = logging.getLogger(__name__)


class ArchiveSpider(ArticleSpider):
    """Every HTML response with status 200 becomes a page, every other response a refusal."""

    name = "archive"
    fetches = False
    # A replay answers from files: nothing may act on its responses as if they were live, and what
    # is archived already is not archived again.
    custom_settings: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # Scrapy declares it wider
        "COPYDESK_ARCHIVE": "",
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.replay.ReplayMiddleware": 900,
            # an archive may well be of one's own network
            "crawler.middlewares.guard.GuardMiddleware": None,
            "crawler.middlewares.budget.BudgetMiddleware": None,
            "crawler.middlewares.pace.PaceMiddleware": None,
            "crawler.middlewares.site.SiteMiddleware": None,
            "crawler.middlewares.validators.ValidatorMiddleware": None,
            "crawler.middlewares.archive.ArchiveMiddleware": None,
            "crawler.middlewares.render.RenderMiddleware": None,
        },
        "HTTPERROR_ALLOW_ALL": True,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
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

    def prepare(self, settings: BaseSettings) -> None:
        """Find the files."""
        super().prepare(settings)
        if not self.warc:
            raise InputError("archive: no file is given; add -a warc=PATH_OR_GLOB")
        self.paths = [Path(path) for path in sorted(glob(self.warc))]  # noqa: PTH207  (a whole pattern, absolute or not)
        if not self.paths:
            raise InputError(f"{self.warc}: no such file; check the path or glob of -a warc=")

    async def start(self) -> AsyncIterator[Request | Refusal]:
        """Ask for each archived page by its place; what is no page is refused here."""
        for path in self.paths:
            for one in self._read(path):
                self.crawler.stats.inc_value("copydesk/lead/archive")
                yield self._replay(one, path) if isinstance(one, Page) else self._ours(one)

    def part_request(self, url: str) -> Request | None:
        """The further page of an article, if it is in the archive."""
        place = self._places.get(url)
        return Request(url, meta={"replay": place}) if place else None

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        """Where each URL is archived: made when the first article of several pages asks for it."""
        places: dict[str, tuple[str, int]] = {}
        for path in self.paths:
            # what is damaged has been said by `_read`
            with suppress(InputError):
                for archived in read_archive(path):
                    places[archived.url] = str(path), archived.place.offset
        return places

    def _read(self, path: Path) -> Iterator[Page | Refusal]:
        """The pages of a file; a damaged or unreadable one is said and counted."""
        try:
            yield from read_source(path)
        except InputError as error:
            self.crawler.stats.inc_value("copydesk/unreadable")
            logger.error("%s", error)  # noqa: TRY400  (one line for the user, no traceback)

    def _replay(self, page: Page, path: Path) -> Request:
        offset = page.warc.offset if page.warc else 0
        request = self.article_request(
            page.lead or Lead(url=page.url, via="archive", at=page.fetched_at)
        )
        # The same URL may be archived several times, as versions of one article.
        return request.replace(meta={"replay": (str(path), offset)}, dont_filter=True)

    def _ours(self, refusal: Refusal) -> Refusal:
        return replace(refusal, run_id=self.settings["COPYDESK_RUN_ID"], spider=self.name)
