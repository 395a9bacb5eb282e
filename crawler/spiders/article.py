"""What our spiders share: leads become requests, responses become pages, failures refusals."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.article import Refusal, Warc
from cleaning.error import ArgumentError
from cleaning.page import Lead, Page
from cleaning.pagination import next_part
from cleaning.rules import Rules
from cleaning.timestamp import format_timestamp
from crawler.fetch_failure import NotAsked, NotModified, explain
from crawler.known_sites import declared_sites, outdated, rules_for, site_of
from crawler.ledger import Ledger
from crawler.revisit import Plan
from crawler.site import Site

logger = logging.getLogger(__name__)

# An article over more pages than this is a trap or a gallery.
_MAX_PARTS = 20
# Pages of an article go first: what is begun is finished.
_PART_PRIORITY = 10
# What a feed names is news; a budget that does not last for all is spent on that.
_PRIORITIES: Final = {"feed": 5}


class ArticleSpider(Spider):
    """Base of the spiders; it has no name of its own, so Scrapy does not list it.

    Items: `Page` for each article fetched, `Refusal` for each lead that could not be.
    """

    #: Whether anything is asked of a server.
    fetches: ClassVar[bool] = True
    #: What `prepare` found declared.
    sites: Sequence[Site]
    #: The folder of declarations that the argument `sites` named.
    folder: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As Scrapy has it."""
        super().__init__(*args, **kwargs)
        #: (id, version) of what compare has decided and publish has not written yet.
        self.undelivered: set[tuple[str, int]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy: sites are loaded before any request, and their delays become slots.

        Raises:
            SiteError: if a site's TOML is broken.
            InputError: if an argument names a file that cannot be read.
        """
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.prepare(crawler.settings)
        for warning in outdated(spider.sites, datetime.now(UTC).date()):
            logger.warning("%s", warning)
        crawler.settings.set("DOWNLOAD_SLOTS", _slots(spider.sites), "spider")
        return spider

    def prepare(self, settings: BaseSettings) -> None:
        """Read and check what the arguments name; nothing is fetched yet."""
        folder, default = self.folder, Path(settings["COPYDESK_SITES"])
        self.sites = declared_sites(Path(folder) if folder else None, default)

    @cached_property
    def ledger(self) -> Ledger:
        """What is known of URLs and sources; open from its first use until the spider closes."""
        path = Path(self.settings["COPYDESK_OUTPUT"]) / "ledger.sqlite"
        return Ledger(path, plan=Plan.from_settings(self.settings))

    def closed(self, _reason: str) -> None:
        """Called by Scrapy when the run ends."""
        if "ledger" in vars(self):
            self.ledger.close()

    def domains_to_lock(self) -> list[str]:
        """The sites that no other run may crawl at the same time; after `prepare`.

        None here: a replay asks no server, and a list of URLs is asked for by hand.
        """
        return []

    def rules_for(self, url: str) -> Rules:
        """The rules of the site that a URL belongs to; none for a site that nobody declared."""
        return rules_for(url, self.sites)

    def site_of(self, url: str) -> Site | None:
        """The declared site that a URL belongs to."""
        try:
            host = urlsplit(url)[:2]
        except ValueError:
            return None
        if host not in self._sites_by_host:
            self._sites_by_host[host] = site_of(url, self.sites)
        return self._sites_by_host[host]

    def site_name(self, url: str) -> str:
        """Whom a URL belongs to: its site's domain where that is declared, else its host."""
        site = self.site_of(url)
        return site.domain if site else urlsplit(url).hostname or ""

    @cached_property
    def _sites_by_host(self) -> dict[tuple[str, ...], Site | None]:
        """Finding a site takes a look at each; of every URL it is asked several times."""
        return {}

    def article_request(self, lead: Lead) -> Request:
        """Ask for an article."""
        return Request(
            lead.url,
            callback=self.parse_article,
            errback=self.failed,
            cb_kwargs={"lead": lead},
            meta={"archive": True},
            priority=_PRIORITIES.get(lead.via, 0),
        )

    def parse_article(self, response: Response, lead: Lead) -> Iterator[Request | Page]:
        """An article's response: a page, or first the request for the page on which it goes on."""
        yield self._page_or_more(self._page_of(response, lead), response)

    def parse_part(self, response: Response, page: Page) -> Iterator[Request | Page]:
        """A further page of the same article."""
        part = self._page_of(response, page.lead)
        yield self._page_or_more(replace(page, continuations=(*page.continuations, part)), response)

    def part_request(self, url: str, page: Page) -> Request | None:  # noqa: ARG002  (a replay asks)
        """The request for what follows `page` of an article; None where it cannot be had."""
        return Request(url, meta={"archive": True})

    def failed(self, failure: Failure) -> Iterator[Refusal | Page]:
        """A request without a good response: a refusal with its reason."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        if isinstance(failure.value, (NotModified, NotAsked)) and "page" not in request.cb_kwargs:
            return
        page = request.cb_kwargs.get("page")
        if page is not None:
            # A further page is missing; the cleaning sees that, and marks the text as cut.
            yield page
            return
        yield self._refusal(failure, request)

    def _page_or_more(self, page: Page, response: Response) -> Request | Page:
        if len(page.continuations) >= _MAX_PARTS or b"next" not in response.body:
            return page
        url = next_part(response.body.decode("latin-1"), response.url)
        request = self.part_request(url, page) if url else None
        if request is None:
            return page
        return request.replace(
            callback=self.parse_part,
            errback=self.failed,
            cb_kwargs={"page": page},
            priority=_PART_PRIORITY,
            dont_filter=True,
        )

    def _page_of(self, response: Response, lead: Lead | None) -> Page:
        meta = response.meta
        return Page(
            url=response.url,
            requested_url=meta.get("redirect_urls", [response.url])[0],
            body=response.body,
            fetched_at=meta.get("fetched_at") or datetime.now(UTC),
            status=response.status,
            headers=_headers_of(response),
            lead=lead,
            warc=meta.get("warc"),
            run_id=self.settings["COPYDESK_RUN_ID"],
            spider=self.name,
        )

    def _refusal(self, failure: Failure, request: Request) -> Refusal:
        cause = explain(failure)
        place = request.meta.get("warc")
        return Refusal(
            url=request.url,
            requested_url=request.meta.get("redirect_urls", [request.url])[0],
            reason=cause.reason,
            detail=cause.detail,
            stage="fetch",
            at=format_timestamp(request.meta.get("fetched_at") or datetime.now(UTC)),
            status=cause.status,
            warc=Warc(file=place.file, offset=place.offset) if place else None,
            run_id=self.settings["COPYDESK_RUN_ID"],
            spider=self.name,
        )


def asks_again(revisit: str | None) -> bool:
    """Whether the argument `revisit` wants all asked for that is known, due or not.

    Raises:
        ArgumentError: it is neither absent nor `all`.
    """
    if revisit not in {None, "all"}:
        raise ArgumentError(f"revisit={revisit}: is not known; write revisit=all, or leave it out")
    return revisit is not None


def require_article_spider(crawler: Crawler) -> None:
    """For components that serve our spiders alone, not `scrapy fetch`, `shell` or a user's spider.

    Raises:
        NotConfigured: the crawler's spider is none of ours; Scrapy leaves the component out.
    """
    if not issubclass(crawler.spidercls, ArticleSpider):
        raise NotConfigured


def _slots(sites: Sequence[Site]) -> dict[str, dict[str, Any]]:
    """Scrapy's download slots of the sites that declare a delay of their own."""
    declared = ((site.domain, site.fetch.delay) for site in sites)
    return {domain: {"delay": delay} for domain, delay in declared if delay is not None}


def _headers_of(response: Response) -> dict[str, str]:
    """Lower-case names, latin-1 values, repeated headers joined."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
