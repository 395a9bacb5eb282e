"""Crawls declared sites: feeds, sitemaps and sections first, then the articles they name.

scrapy crawl news                       all sites of the project's folder
scrapy crawl news -a site=DOMAIN        one of them
scrapy crawl news -a sites=DIR          all sites of a folder of one's own
"""

import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.error import InputError, SiteError
from cleaning.page import Lead
from crawler.discovery.feed import read_feed
from crawler.discovery.section import read_section
from crawler.discovery.sitemap import read_sitemap
from crawler.fetch_failure import explain
from crawler.site import Site, load_sites
from crawler.site_check import EXAMPLES
from crawler.spiders.article import ArticleSpider

logger = logging.getLogger(__name__)

# A feed or sitemap names many articles: it is worth more than any one of them.
_SOURCE_PRIORITY = 20
_NOWHERE_TO_LOOK = (
    f"no feed, sitemap or section to crawl; add {EXAMPLES['discover']}; or give a list of articles"
    " to scrapy crawl urls"
)


class NewsSpider(ArticleSpider):
    """Follows what sites declare; each article is asked for once, by its first lead."""

    name = "news"

    def __init__(self, site: str | None = None, sites: str | None = None) -> None:
        """Take the arguments of the command line.

        Args:
            site: the domain of the one site to crawl.
            sites: the folder whose TOML files declare the sites.
        """
        super().__init__()
        self.wanted = site
        self.folder = sites

    def prepare(self, settings: BaseSettings) -> None:
        """Load the sites to crawl, at least one, and beside them those that are only cleaned."""
        folder = Path(self.folder or settings["COPYDESK_SITES"])
        sites = load_sites(folder)
        if not any(site.is_crawled for site in sites):
            raise SiteError(f"{folder}: {_NOWHERE_TO_LOOK}")
        self.sites = sites if self.wanted is None else [_site_named(self.wanted, sites)]

    async def start(self) -> AsyncIterator[Request]:
        """Ask for everything that the sites declare."""
        for site in self.sites:
            for url in site.discover.feeds:
                yield self._source(url, self.parse_feed, site=site)
            for url in site.discover.sitemaps:
                yield self._source(url, self.parse_sitemap, site=site)
            for url in site.discover.sections:
                yield self._source(url, self.parse_section, site=site, number=1)

    def parse_feed(self, response: Response, site: Site) -> Iterator[Request]:
        """The articles that a feed names; every entry of the site's is taken for one."""
        leads = read_feed(response.body, response.url, datetime.now(UTC))
        yield from self._articles(lead for lead in leads if site.has(lead.url))

    def parse_sitemap(self, response: Response, site: Site) -> Iterator[Request]:
        """The articles that a sitemap names, and the sitemaps that an index names."""
        found = read_sitemap(response.body, response.url, datetime.now(UTC))
        for named in found.sitemaps:
            if site.has(named.url):
                yield self._source(named.url, self.parse_sitemap, site=site)
        yield from self._articles(lead for lead in found.leads if site.is_article(lead.url))

    def parse_section(self, response: Response, site: Site, number: int) -> Iterator[Request]:
        """The articles that a section page links to, and its next page up to the site's limit."""
        found = read_section(
            response.body,
            response.url,
            datetime.now(UTC),
            is_article=site.is_article,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        )
        yield from self._articles(found.leads)
        if (
            found.next_page
            and number < site.discover.max_section_pages
            and site.has(found.next_page)
        ):
            yield self._source(found.next_page, self.parse_section, site=site, number=number + 1)

    def source_failed(self, failure: Failure) -> None:
        """A feed, sitemap or section without a good response: said and counted."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        self._say_failed(f"{request.url}: {explain(failure).detail}")

    def _source(self, url: str, callback: Any, **known: Any) -> Request:
        return Request(
            url,
            callback=self._guarded,
            errback=self.source_failed,
            cb_kwargs={"parse": callback, "known": known},
            priority=_SOURCE_PRIORITY,
        )

    def _guarded(self, response: Response, parse: Any, known: dict[str, Any]) -> Iterator[Request]:
        """Read a source; one that is no feed, sitemap or page costs only itself."""
        try:
            yield from parse(response, **known)
        except InputError as error:
            self._say_failed(str(error))
        except Exception as error:  # noqa: BLE001  (hostile input finds what no reader foresaw)
            self._say_failed(f"{response.url}: cannot be read ({type(error).__name__}: {error})")

    def _articles(self, leads: Iterable[Lead]) -> Iterator[Request]:
        for lead in leads:
            self.crawler.stats.inc_value(f"copydesk/lead/{lead.via}")
            yield self.article_request(lead)

    def _say_failed(self, message: str) -> None:
        self.crawler.stats.inc_value("copydesk/source_failed")
        logger.warning("%s", message)


def _site_named(domain: str, sites: Sequence[Site]) -> Site:
    site = next((site for site in sites if site.domain == domain), None)
    if site is None:
        known = ", ".join(site.domain for site in sites if site.is_crawled)
        raise SiteError(f"site={domain}: no such site is declared; there are {known}")
    if not site.is_crawled:
        raise SiteError(f"{site.file}: {_NOWHERE_TO_LOOK}")
    return site
