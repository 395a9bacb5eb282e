"""Fetches one page under the manners and guards of any crawl, and keeps it in memory.

Not in `crawler.spiders`: `scrapy golden add` runs it, and nothing of it is cleaned or published.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from scrapy import Request
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.error import InputError
from cleaning.page import Page
from crawler.fetch_failure import explain
from crawler.golden.case import bare
from crawler.spiders.article import ArticleSpider
from crawler.survey_spider import PUBLISHES


@dataclass(slots=True)
class Fetched:
    """What a spider leaves: the page, or why there is none."""

    page: Page | None = None
    fault: str = "was not fetched"


class PageSpider(ArticleSpider):
    """Asks for one page; the proxy, delay and guards of its site hold."""

    name = "page"

    def __init__(self, url: str, fetched: Fetched, sites: Path | None = None) -> None:
        """Take the page's URL, what is filled with it, and the folder of declared sites."""
        super().__init__()
        self.url = url
        self.fetched = fetched
        self.folder = str(sites) if sites else None

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Switch off what publishes."""
        super().update_settings(settings)
        for name, components in PUBLISHES.items():
            chosen = settings.getdict(name) | dict.fromkeys(components)
            settings.set(name, chosen, "spider")

    async def start(self) -> AsyncIterator[Request]:
        """Fetch; what is asked for is waited for here, so there is nothing to yield."""
        try:
            response = await self.crawler.engine.download_async(Request(self.url))
        except InputError as error:
            self.fetched.fault = str(error)
        except Exception as error:  # noqa: BLE001  (whatever a download ends with is told)
            self.fetched.fault = explain(Failure(error)).detail  # type: ignore[no-untyped-call]  # Twisted's
        else:
            if response.status == HTTPStatus.OK:
                self.fetched.page = bare(self._page_of(response, None))
            self.fetched.fault = f"the server answered {response.status}"
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request
