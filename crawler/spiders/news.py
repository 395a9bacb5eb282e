"""Crawls declared sites: feeds, sitemaps and sections first, then the articles they name.

scrapy crawl news                       all sites of the project's folder
scrapy crawl news -a site=DOMAIN        one of them
scrapy crawl news -a sites=DIR          all sites of a folder of one's own
scrapy crawl news -a since=2026-01-01 -a until=2026-01-31
                                        what their sitemaps name of these days
scrapy crawl news -a revisit=all        all that is known, due or not
"""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.error import InputError, LedgerError, SiteError
from cleaning.identity import page_url
from cleaning.page import Lead
from crawler.discovery.date_range import DateRange, date_range
from crawler.discovery.feed import read_feed
from crawler.discovery.gathering import MAX_SITEMAP_DEPTH, Gathering
from crawler.discovery.merging import is_told
from crawler.discovery.section import read_section
from crawler.discovery.sitemap import read_sitemap
from crawler.fetch_failure import NotAsked, RobotsUnreachable, explain
from crawler.http_message import conditions
from crawler.ledger import Gathered
from crawler.signals import source_failed
from crawler.site import Site, load_sites
from crawler.site_check import EXAMPLES
from crawler.source_state import Answer, SourceState, declaration_of, digest_of
from crawler.spiders.article import ArticleSpider, asks_again
from crawler.stopping import stop_crawl
from crawler.trap import trap_of

logger = logging.getLogger(__name__)

# A feed or sitemap names many articles: it is worth more than any one of them.
_SOURCE_PRIORITY = 20
_NOWHERE_TO_LOOK = (
    f"no feed, sitemap or section to crawl; add {EXAMPLES['discover']}; or give a list of articles"
    " to scrapy crawl urls"
)


_NO_SITEMAPS = (
    f"since and until need a sitemap, and none is declared; add {EXAMPLES['discover.sitemaps']}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A source that another one names: a sitemap of an index, the next page of a section."""

    url: str
    parse: Any
    known: Mapping[str, Any]


class NewsSpider(ArticleSpider):
    """Follows what sites declare; each article is asked for when it is due, by its best lead."""

    name = "news"

    def __init__(
        self,
        site: str | None = None,
        sites: str | None = None,
        since: str | None = None,
        until: str | None = None,
        revisit: str | None = None,
    ) -> None:
        """Take the arguments of the command line.

        Args:
            site: the domain of the one site to crawl.
            sites: the folder whose TOML files declare the sites.
            since: the first day of a back-fill (2026-01-31), or a time (2026-01-31T18:00:00Z).
            until: the last one.
            revisit: `all` to ask for all sources and articles that are known, due or not.

        Raises:
            ArgumentError: one of them cannot be used.
        """
        super().__init__()
        self.wanted = site
        self.folder = sites
        self.days: DateRange | None = date_range(since, until) if since or until else None
        self.again = asks_again(revisit)
        self._gatherings: dict[str, Gathering] = {}
        self._followed: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Made by Scrapy; see the base class."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.follow_the_rest, signals.spider_idle)
        return spider

    def prepare(self, settings: BaseSettings) -> None:
        """Load the sites to crawl, at least one, and beside them those that are only cleaned."""
        folder = Path(self.folder or settings["COPYDESK_SITES"])
        sites = load_sites(folder)
        if not any(site.is_crawled for site in sites):
            raise SiteError(f"{folder}: {_NOWHERE_TO_LOOK}")
        self.sites = sites if self.wanted is None else [_site_named(self.wanted, sites)]
        if self.days and not any(site.discover.sitemaps for site in self.sites):
            raise SiteError(f"{folder}: {_NO_SITEMAPS}")

    def domains_to_lock(self) -> list[str]:
        """All sites that are crawled."""
        return [site.domain for site in self.sites if site.is_crawled]

    async def start(self) -> AsyncIterator[Request]:
        """Ask for everything that is due of what the sites declare, then for their articles."""
        for site in self.sites:
            # All are asked for before one can have answered.
            for request in list(self._declared(site)):
                yield request
            if site.is_crawled and self._gathering(site).is_complete:
                for request in self._articles(site):
                    yield request

    def parse_feed(self, response: Response, site: Site) -> Iterator[Lead]:
        """The articles that a feed names; every entry of the site's is taken for one."""
        leads = read_feed(response.body, response.url, datetime.now(UTC))
        yield from (lead for lead in leads if site.has(lead.url))

    def parse_sitemap(
        self, response: Response, site: Site, depth: int = 0
    ) -> Iterator[Further | Lead]:
        """The articles that a sitemap names, and the sitemaps that an index names."""
        found = read_sitemap(response.body, response.url, datetime.now(UTC))
        for named in found.sitemaps:
            if self.days and not self.days.may_be_named(named.modified):
                self._count("passed_over/sitemap out of range")
            else:
                yield from self._further_sitemap(named.url, site, depth)
        articles = (lead for lead in found.leads if site.is_article(lead.url))
        yield from (lead for lead in articles if not self._is_trap(lead.url, site))

    def parse_section(
        self, response: Response, site: Site, number: int
    ) -> Iterator[Further | Lead]:
        """The articles that a section page links to, and its next page up to the site's limit."""
        found = read_section(
            response.body,
            response.url,
            datetime.now(UTC),
            is_article=site.is_article,
            content_type=(response.headers.get("Content-Type") or b"").decode("latin-1"),
        )
        yield from (lead for lead in found.leads if not self._is_trap(lead.url, site))
        page = found.next_page
        if page and number < site.discover.max_section_pages and self._leads_on(page, site):
            known = {"site": site, "number": number + 1}
            yield Further(url=page, parse=self.parse_section, known=known)

    def source_failed(self, failure: Failure) -> Iterator[Request]:
        """A feed, sitemap or section without a good response: said and counted."""
        request: Request = failure.request  # type: ignore[attr-defined]  # Scrapy sets it
        site: Site = request.cb_kwargs["known"]["site"]
        if isinstance(failure.value, RobotsUnreachable):
            # said once, of the host
            self._count_failed(site)
        elif not isinstance(failure.value, NotAsked):
            self._say_failed(f"{request.url}: {explain(failure).detail}", site)
        request.meta["depth"] = 0
        yield from self._answered(site)

    def _leads_on(self, page: str, site: Site) -> bool:
        """Whether the next page of a section is the site's, and no trap."""
        return site.has(page) and not self._is_trap(page, site)

    def _is_trap(self, url: str, site: Site) -> bool:
        """Whether a link leads into a trap: counted, and not followed unless the site says so."""
        kind = trap_of(url, datetime.now(UTC).date()) if site.discover.traps else None
        if kind:
            self.crawler.stats.inc_value(f"copydesk/trap/{kind}")
        return kind is not None

    def follow_the_rest(self) -> None:
        """Follow what was found where some source has never answered: one that was dropped.

        Raises:
            DontCloseSpider: there is something to follow.
        """
        requests = [request for site in self.sites for request in self._articles(site)]
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _declared(self, site: Site) -> Iterator[Request]:
        for url in site.discover.feeds if not self.days else ():
            yield from self._source(url, self.parse_feed, {"site": site})
        for url in site.discover.sitemaps:
            yield from self._source(url, self.parse_sitemap, {"site": site})
        for url in site.discover.sections if not self.days else ():
            yield from self._source(url, self.parse_section, {"site": site, "number": 1})

    def _source(self, url: str, parse: Any, known: Mapping[str, Any]) -> Iterator[Request]:
        """The request for a source; none if it was asked for in this run, or is not due."""
        site: Site = known["site"]
        state = None if self.again else self._remembered(url, site)
        if state and state.due > datetime.now(UTC).timestamp():
            if self._gathering(site).skip(url):
                self._count("source_not_due")
                yield from self._named_sitemaps(state, known)
        elif self._gathering(site).ask(url):
            yield Request(
                url,
                headers=conditions(state.etag, state.last_modified) if state else {},
                callback=self._guarded,
                errback=self.source_failed,
                cb_kwargs={"url": url, "parse": parse, "known": known},
                meta={"handle_httpstatus_list": [HTTPStatus.NOT_MODIFIED]},
                priority=_SOURCE_PRIORITY,
                # The gathering knows what has been asked for, and waits for each answer.
                dont_filter=True,
            )

    def _remembered(self, url: str, site: Site) -> SourceState | None:
        """What is known of a source; nothing in a back-fill, which must read them all."""
        return None if self.days else self.ledger.source(url, declaration_of(site))

    def _named_sitemaps(self, state: SourceState, known: Mapping[str, Any]) -> Iterator[Request]:
        """The requests for the sitemaps of an index that has not been read this time."""
        for url in state.names:
            for further in self._further_sitemap(url, known["site"], known.get("depth", 0)):
                yield from self._source(further.url, further.parse, further.known)

    def _further_sitemap(self, url: str, site: Site, depth: int) -> Iterator[Further]:
        if depth < MAX_SITEMAP_DEPTH and site.has(url):
            known = {"site": site, "depth": depth + 1}
            yield Further(url=url, parse=self.parse_sitemap, known=known)

    def _guarded(
        self, response: Response, url: str, parse: Any, known: Mapping[str, Any]
    ) -> Iterator[Request]:
        """Read a source; one that is no feed, sitemap or page costs only itself."""
        site: Site = known["site"]
        try:
            if response.status == HTTPStatus.NOT_MODIFIED:
                yield from self._not_modified(response, url, known)
            else:
                yield from self._read(response, url, parse, known)
        except InputError as error:
            self._say_failed(str(error), site)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
        except Exception as error:  # noqa: BLE001  (hostile input finds what no reader foresaw)
            fault = f"{response.url}: cannot be read ({type(error).__name__}: {error})"
            self._say_failed(fault, site)
        # The articles are no deeper for the source that happened to answer last.
        response.meta["depth"] = 0
        yield from self._answered(site)

    def _not_modified(
        self, response: Response, url: str, known: Mapping[str, Any]
    ) -> Iterator[Request]:
        site: Site = known["site"]
        self._count("source_unchanged")
        self._gathering(site).note(_answer(url, response))
        state = self._remembered(url, site)
        yield from self._named_sitemaps(state, known) if state else ()

    def _read(
        self, response: Response, url: str, parse: Any, known: Mapping[str, Any]
    ) -> Iterator[Request]:
        site: Site = known["site"]
        leads: list[Lead] = []
        furthers: list[Further] = []
        for found in parse(response, **known):
            (furthers if isinstance(found, Further) else leads).append(found)
        for lead in leads:
            self._count(f"lead/{lead.via}")
            self._gathering(site).add(lead)
        for further in furthers:
            yield from self._source(further.url, further.parse, further.known)
        names = tuple(each.url for each in furthers)
        answer = replace(
            _answer(url, response),
            digest=digest_of(leads, names),
            # The pages of a section are those of its first page's day.
            names=names if parse == self.parse_sitemap else (),
        )
        self._gathering(site).note(answer)

    def _answered(self, site: Site) -> Iterator[Request]:
        """The articles of a site, when the last of its sources has answered."""
        if self._gathering(site).answer():
            yield from self._articles(site)

    def _articles(self, site: Site) -> Iterator[Request]:
        """The requests for what is due of a site; what feeds name goes before what is linked."""
        if site.domain in self._followed:
            return
        self._followed.add(site.domain)
        try:
            leads = self._due(site)
        except LedgerError as error:
            stop_crawl(self.crawler, error)
            return
        for lead in leads:
            yield self.article_request(lead).replace(priority=int(is_told(lead)))

    def _due(self, site: Site) -> list[Lead]:
        """What is to be asked for now; all that was found is in the ledger then."""
        now = datetime.now(UTC)
        found = self._taken(site)
        if known := self.ledger.learn(found, now, again=self.again):
            self._count("passed_over/known", known)
        until = None if self.again else now
        due = self.ledger.due(site.domain, until, self.settings["COPYDESK_RUN_ID"])
        if self.days:
            wanted = {page_url(lead.url) for lead in found.leads}
            return [lead for lead in due if page_url(lead.url) in wanted]
        # What is declared may be another since they were found.
        return [lead for lead in due if lead.via == "feed" or site.is_article(lead.url)]

    def _taken(self, site: Site) -> Gathered:
        """What the sources of a site have come to, less what no article is."""
        gathering = self._gathering(site)
        shapes = None if site.discover.articles else gathering.shapes()
        known = None if shapes is None else self.ledger.shapes(gathering.hosts()) | shapes
        leads = gathering.take(self.days, known)
        for why, count in gathering.passed_over.items():
            self._count(f"passed_over/{why}", count)
        return Gathered(
            site=site.domain,
            leads=leads,
            answers=() if self.days else gathering.answers,
            declared=declaration_of(site),
            shapes=shapes or {},
        )

    def _gathering(self, site: Site) -> Gathering:
        return self._gatherings.setdefault(site.domain, Gathering())

    def _count(self, what: str, count: int = 1) -> None:
        self.crawler.stats.inc_value(f"copydesk/{what}", count)

    def _count_failed(self, site: Site) -> None:
        self._count("source_failed")
        self.crawler.signals.send_catch_log(source_failed, site=site.domain)

    def _say_failed(self, message: str, site: Site) -> None:
        self._count_failed(site)
        logger.warning("%s", message)


def _answer(url: str, response: Response) -> Answer:
    """What an answer says of itself."""
    said = {name: response.headers.get(name) for name in ("ETag", "Last-Modified")}
    etag, modified = (value.decode("latin-1") if value else None for value in said.values())
    return Answer(url=url, etag=etag, last_modified=modified)


def _site_named(domain: str, sites: Sequence[Site]) -> Site:
    site = next((site for site in sites if site.domain == domain), None)
    if site is None:
        known = ", ".join(site.domain for site in sites if site.is_crawled)
        raise SiteError(f"site={domain}: no such site is declared; there are {known}")
    if not site.is_crawled:
        raise SiteError(f"{site.file}: {_NOWHERE_TO_LOOK}")
    return site
