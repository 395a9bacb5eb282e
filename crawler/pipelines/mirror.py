"""Item pipeline: when a run ends, publishes what is sealed to COPYDESK_PUBLISH as well."""

import logging
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import run_in_thread

from cleaning.error import CopydeskError
from crawler.mirror import publish_sealed

logger = logging.getLogger(__name__)


class MirrorPipeline:
    """Handles no item; the pipelines that Scrapy closes before it have sealed the last segment.

    Scrapy closes them in reverse order, so it stands first. An extension would come too late for
    what it counts to be in the summary of the run.

    Stats: `copydesk/published_segments`; `copydesk/publish_failed`, for which the exit code is 1.
    """

    def __init__(self, crawler: Crawler, output: Path, url: str) -> None:
        """Take the folder and where it is to go."""
        self._crawler = crawler
        self._output = output
        self._url = url

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT and COPYDESK_PUBLISH; empty switches it off."""
        url = crawler.settings.get("COPYDESK_PUBLISH")
        if not url:
            raise NotConfigured
        return cls(crawler, Path(crawler.settings["COPYDESK_OUTPUT"]), url)

    async def close_spider(self) -> None:
        """Upload, in a thread: a store may be slow, and other crawls of the process go on."""
        try:
            published = await run_in_thread(publish_sealed, self._output, self._url)
        except CopydeskError as error:
            self._fail(error)
        else:
            logger.info("Published to %s: %s", self._url, published)
            stats = self._crawler.stats
            stats.inc_value("copydesk/published_segments", published.segments)

    def _fail(self, error: CopydeskError) -> None:
        logger.error("%s. The output folder has all of it", error)
        self._crawler.stats.inc_value("copydesk/publish_failed")
