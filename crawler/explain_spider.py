"""Fetches the one page that `scrapy explain` is to explain; nothing of it is kept or published.

Not in `crawler.spiders`: a crawl is none.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from cleaning.article import Refusal
from cleaning.page import Lead, Page
from crawler.spiders.article import ArticleSpider
from crawler.unpublished import publish_nothing


class ExplainSpider(ArticleSpider):
    """Asks for one page, once, under the manners and guards of any crawl."""

    name = "explain"

    def __init__(self, url: str, folder: Path | None, found: list[Page | Refusal]) -> None:
        """Take the URL, a folder of sites, and where to put the page or why there is none."""
        super().__init__()
        self.url = url
        self.folder = str(folder) if folder else None
        self.found = found

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Switch off what publishes."""
        super().update_settings(settings)
        publish_nothing(settings)

    async def start(self) -> AsyncIterator[Request]:
        """Ask, and wait for the answer here, so there is nothing to yield."""
        self.found.append(await self._answer())
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def _answer(self) -> Page | Refusal:
        # `archive` marks articles, which a site may want rendered; nothing is archived here.
        request = Request(self.url, meta={"archive": True, "dont_retry": True})
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001  (whatever a download ends with is told)
            return self._refused(error, request)
        if response.status != HTTPStatus.OK:
            return self._refused(HttpError(response, "Ignoring non-200 response"), request)
        return self._page(response)

    def _page(self, response: Response) -> Page:
        lead = Lead(url=self.url, via="list", at=datetime.now(UTC))
        return self._page_of(response, lead)

    def _refused(self, error: Exception, request: Request) -> Refusal:
        failure = Failure(error)  # type: ignore[no-untyped-call]  # Twisted's
        return self._refusal(failure, request)
