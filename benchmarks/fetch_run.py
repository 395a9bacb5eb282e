"""One run of `benchmarks.fetch`, in a process of its own.

    python -m benchmarks.fetch_run KIND LIST FOLDER

KIND is `scrapy` for a bare spider, `copydesk` for its own up to the first pipeline, `unarchived`
for that without the archive. LIST has a URL a line. Prints what it took as JSON.
"""

import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from cleaning.page import Page

KINDS: Final = ("scrapy", "copydesk", "unarchived")
#: Of both: with Scrapy's 8 a host, the answers of one host would be waited for.
_ALIKE: Final = {
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "ROBOTSTXT_OBEY": True,
    "LOG_LEVEL": "WARNING",
}


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """From the first request to the last page: pages, seconds, and CPU seconds of all threads."""

    pages: int
    seconds: float
    cpu: float


class BareSpider(Spider):
    """As short as a spider can be that hands on the same as ours: URL, bytes, time."""

    name = "bare"

    def __init__(self, file: str) -> None:
        """Take the list of URLs."""
        super().__init__()
        self.urls = Path(file).read_text("ascii").split()

    async def start(self) -> AsyncIterator[Request]:
        """Ask for each."""
        for url in self.urls:
            yield Request(url, callback=self.parse)

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        """Hand it on."""
        yield {"url": response.url, "body": response.body, "at": time.time()}


class Counted:
    """In place of all pipelines."""

    run = Run(pages=0, seconds=0.0, cpu=0.0)

    def __init__(self) -> None:
        """Nothing has been asked for yet."""
        self._pages = 0
        self._began: tuple[float, float] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        counted = cls()
        crawler.signals.connect(counted.begin, signals.request_reached_downloader)
        return counted

    def begin(self) -> None:
        """The first request goes out."""
        if self._began is None:
            self._began = time.perf_counter(), time.process_time()

    def process_item(self, item: Any) -> Any:
        """Count a page; what comes last is when the clock stops."""
        if isinstance(item, (Page, dict)) and self._began:
            self._pages += 1
            seconds, cpu = self._began
            Counted.run = Run(
                pages=self._pages,
                seconds=time.perf_counter() - seconds,
                cpu=time.process_time() - cpu,
            )
        return item


def main(kind: str, urls: str, folder: str) -> None:
    """Run one kind, and print."""
    alike = _ALIKE | {"ITEM_PIPELINES": {Counted: 1}}
    if kind == "scrapy":
        process = CrawlerProcess(Settings(alike))
        process.crawl(BareSpider, file=urls)
    else:
        settings = get_project_settings()
        settings.setdict(alike | {"COPYDESK_OUTPUT": folder}, "cmdline")
        if kind == "unarchived":
            settings.set("COPYDESK_ARCHIVE", "", "cmdline")
        Path(folder).mkdir(parents=True, exist_ok=True)
        process = CrawlerProcess(settings)
        process.crawl("urls", file=urls, sites=str(Path(urls).parent / "sites"))
    process.start()
    print(msgspec.json.encode(Counted.run).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
