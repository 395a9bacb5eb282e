"""Looks at a site that nobody has declared yet, to find its feeds and sitemaps.

Not in `crawler.spiders`: `scrapy sites add` runs it, and nothing of it is cleaned or published.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings
from twisted.python.failure import Failure

from cleaning.error import InputError
from cleaning.page import Lead
from crawler.discovery.feed import read_feed
from crawler.discovery.home_page import read_home_page, sitemaps_in, timezone_in
from crawler.discovery.merging import key_of, merged
from crawler.discovery.section import read_section
from crawler.discovery.sitemap import NamedSitemap, SitemapContents, read_sitemap
from crawler.discovery.url_shape import is_never_article
from crawler.fetch_failure import explain
from crawler.site import Fetch, Site
from crawler.site_check import host_of
from crawler.spiders.article import ArticleSpider
from crawler.survey import Found, Kind, Survey

#: Where feeds and sitemaps are when nothing says where; one after the other, until one is there.
_FEED_PATHS = ("/feed/", "/rss.xml", "/rss", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
_SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml")
#: To prove an index, so many of its sitemaps are read.
_PROOFS = 2
_MAX_PARTS = 4
#: A home page with fewer links to articles is no section.
_MIN_LINKS = 5
#: Of a run that publishes; a survey has nothing to compare, keep or sum up.
PUBLISHES = {
    "DOWNLOADER_MIDDLEWARES": (
        "crawler.middlewares.validators.ValidatorMiddleware",
        "crawler.middlewares.archive.ArchiveMiddleware",
    ),
    "EXTENSIONS": (
        "crawler.extensions.progress.Progress",
        "crawler.extensions.summary.Summary",
        "crawler.extensions.tally.Tally",
    ),
    "ITEM_PIPELINES": (
        "crawler.pipelines.clean.CleanPipeline",
        "crawler.pipelines.compare.ComparePipeline",
        "crawler.pipelines.publish.PublishPipeline",
    ),
}


class SurveySpider(ArticleSpider):
    """Asks for one page after the other, under the manners and guards of any crawl."""

    name = "survey"

    def __init__(self, url: str, survey: Survey) -> None:
        """Take the home page's URL, and what is filled with what is found."""
        super().__init__()
        self.url = url
        self.survey = survey
        self._asked: set[str] = set()

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Switch off what publishes."""
        super().update_settings(settings)
        for name, components in PUBLISHES.items():
            chosen = settings.getdict(name) | dict.fromkeys(components)
            settings.set(name, chosen, "spider")

    def prepare(self, settings: BaseSettings) -> None:  # noqa: ARG002  (nothing is declared yet)
        """Know the site's proxy before its first request."""
        self._know_as(urlsplit(self.url).hostname or "")

    async def start(self) -> AsyncIterator[Request]:
        """Look around; what is asked for is waited for here, so there is nothing to yield."""
        home = await self._fetch(self.url)
        if isinstance(home, str):
            self.survey.fault = home
            return
        try:
            await self._look_around(home)
        except InputError as error:
            self.survey.fault = str(error)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def _look_around(self, home: Response) -> None:
        survey = self.survey
        self._know_as(urlsplit(home.url).hostname or "")
        page = read_home_page(home.body, home.url, _content_type(home))
        survey.name, survey.language = page.name, page.language
        for url, where in page.feeds:
            await self._try("feeds", url, where)
        if not survey.of_kind("feeds"):
            await self._try_paths("feeds", _FEED_PATHS, home.url)
        robots = await self._fetch(urljoin(home.url, "/robots.txt"), dont_obey_robotstxt=True)
        for url in () if isinstance(robots, str) else sitemaps_in(robots.body):
            await self._try("sitemaps", url, "robots.txt")
        if not survey.of_kind("sitemaps"):
            await self._try_paths("sitemaps", _SITEMAP_PATHS, home.url)
        if page.api:
            described = await self._fetch(page.api)
            zone = None if isinstance(described, str) else timezone_in(described.body)
            survey.timezone = (zone, page.api) if zone else None
        if not survey.found:
            self._take_home_page(home)

    async def _try_paths(self, kind: Kind, paths: Sequence[str], home: str) -> None:
        for path in paths:
            if await self._try(kind, urljoin(home, path), "a usual place"):
                return

    async def _try(self, kind: Kind, url: str, where: str) -> bool:
        """Read what may be a source, and note what came of it; whether it is one."""
        if key_of(url) in self._asked:
            return False
        found = await self._found(kind, url, where)
        if isinstance(found, str):
            self.survey.missed.append((url, found))
            return False
        self.survey.found.append(found)
        return True

    async def _found(self, kind: Kind, url: str, where: str) -> Found | str:
        """What is at a URL, or why it is of no use."""
        response = await self._fetch(url)
        if isinstance(response, str):
            return response
        now = datetime.now(UTC)
        try:
            if kind == "feeds":
                leads = self._of_site(read_feed(response.body, response.url, now))
                found = Found(kind=kind, url=url, where=where, leads=leads)
            else:
                found = await self._found_sitemap(response, url, where, now)
        except InputError as error:
            return str(error).removeprefix(f"{response.url}: ").partition(";")[0]
        except Exception as error:  # noqa: BLE001  (hostile input finds what no reader foresaw)
            return f"cannot be read ({type(error).__name__})"
        if not found.leads:
            return f"{where}: names no article of {self.survey.domain}"
        return found

    async def _found_sitemap(
        self, response: Response, url: str, where: str, now: datetime
    ) -> Found:
        """A sitemap; of an index some of what it names is read, to see that it leads to pages."""
        contents = read_sitemap(response.body, response.url, now)
        leads, read = list(contents.leads), 0
        named = sorted(contents.sitemaps, key=_likeliest_first)[:_PROOFS]
        for _ in range(_MAX_PARTS):
            if not named:
                break
            inner = await self._part(named.pop(0).url, now)
            leads += inner.leads
            read += bool(inner.leads or inner.sitemaps)
            # An index of indexes is gone down by one branch.
            named += sorted(inner.sitemaps, key=_likeliest_first)[:1]
        # What the index names need not be declared beside it.
        self._asked.update(key_of(named.url) for named in contents.sitemaps)
        return Found(
            kind="sitemaps",
            url=url,
            where=where,
            leads=self._of_site(leads),
            sitemaps=len(contents.sitemaps),
            sitemaps_read=read,
        )

    async def _part(self, url: str, now: datetime) -> SitemapContents:
        """What a sitemap of an index names: nothing if it cannot be read."""
        response = await self._fetch(url)
        if isinstance(response, str):
            return SitemapContents()
        try:
            return read_sitemap(response.body, response.url, now)
        except InputError:
            return SitemapContents()

    def _take_home_page(self, home: Response) -> None:
        """Where there is neither feed nor sitemap, the home page itself may do."""
        found = read_section(
            home.body,
            home.url,
            datetime.now(UTC),
            is_article=lambda url: not is_never_article(url),
            content_type=_content_type(home),
        )
        leads = self._of_site(found.leads)
        if len(leads) >= _MIN_LINKS:
            where = "no feed and no sitemap was found; the home page itself"
            self.survey.found.append(Found(kind="sections", url=home.url, where=where, leads=leads))

    async def _fetch(self, url: str, **meta: bool) -> Response | str:
        """The response to a request; or, in words, why there is none."""
        self._asked.add(key_of(url))
        try:
            response = await self.crawler.engine.download_async(Request(url, meta=meta))
        except Exception as error:  # noqa: BLE001  (whatever a download ends with is told)
            return explain(Failure(error)).detail  # type: ignore[no-untyped-call]  # Twisted's
        if response.status != HTTPStatus.OK:
            return f"the server answered {response.status}"
        return response

    def _of_site(self, leads: Iterable[Lead]) -> tuple[Lead, ...]:
        (site,) = self.sites
        return merged(lead for lead in leads if site.has(lead.url))

    def _know_as(self, host: str) -> None:
        try:
            self.survey.domain = host_of(host.removeprefix("www.").rstrip("."))
        except ValueError as error:
            raise InputError(f"{self.url}: {host!r} is no host name; check the address") from error
        self.sites = [
            Site(
                domain=self.survey.domain,
                fetch=Fetch(proxy=self.survey.proxy, allow=self.survey.allow),
            )
        ]


def _likeliest_first(named: NamedSitemap) -> tuple[bool, str]:
    """News first, then what was changed last: there the newest articles are."""
    newest = "".join(chr(0x10FFFF - ord(letter)) for letter in named.modified or "")
    return "news" not in named.url.lower(), newest or "\U0010ffff"


def _content_type(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
