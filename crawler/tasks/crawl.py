"""Sees that a crawl can run as it is told to, runs it, and says what came of it.

All that can be wrong with arguments and settings is found before anything starts.
"""

import inspect
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler, CrawlerProcessBase
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiders import Spider

from cleaning.error import ArgumentError, InputError, MissingError, SiteError
from cleaning.remote_folder import check_url
from crawler.addon import new_run_id
from crawler.browser import chromium_path
from crawler.budget import Budget
from crawler.command_line import say
from crawler.disk import explained
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep
from crawler.middlewares.pace import pace_of
from crawler.outcome import BUSY, FAILED, exit_code_of
from crawler.pipelines.compare import drops_duplicates
from crawler.pipelines.publish import FOLDERS
from crawler.pipelines.soft_block import most_in_a_row
from crawler.revisit import Plan
from crawler.segments import Limits
from crawler.setting import number_of
from crawler.site_lock import Busy, SiteLocks
from crawler.spiders.article import ArticleSpider
from crawler.workers import Workers

logger = logging.getLogger(__name__)

#: So many busy sites are named.
_NAMED = 5


class Crawling:
    """One call of the command."""

    def __init__(
        self,
        process: CrawlerProcessBase,
        settings: BaseSettings,
        make: Callable[[str], Crawler],
    ) -> None:
        """Take what Scrapy runs crawls in, the settings, and what makes a crawl of a spider's name.

        Its id is the settings' from now on: locks name the run before it has begun.
        """
        self._process = process
        self._settings = settings
        self._make = make
        self._output = Path(settings["COPYDESK_OUTPUT"])
        if not settings.get("COPYDESK_RUN_ID"):
            settings.set("COPYDESK_RUN_ID", new_run_id(datetime.now(UTC)), "command")
        self._run_id = str(settings["COPYDESK_RUN_ID"])

    def run(self, name: str, arguments: dict[str, str]) -> int:
        """Run a spider to its end; the exit code.

        Raises:
            CopydeskError: it cannot run so.
            UsageError: there is no such spider, or it takes no such arguments.
        """
        spider = checked_spider(name, self._spider_class(name), arguments, self._settings)
        if spider is None:
            return self._crawl(name, arguments, [])
        domains = spider.domains_to_lock()
        with SiteLocks(self._output, self._run_id, datetime.now(UTC)) as locks:
            busy = locks.take(domains)
            if domains and len(busy) == len(domains):
                say(f"scrapy crawl: {_busy_line(busy)}; nothing was started")
                return BUSY
            return self._crawl(name, arguments, busy)

    def _spider_class(self, name: str) -> type[Spider]:
        loader = self._process.spider_loader
        try:
            return loader.load(name)
        except KeyError as error:
            known = ", ".join(sorted(loader.list()))
            raise UsageError(f"no spider {name!r}; there are {known}", print_help=False) from error

    def _crawl(self, name: str, arguments: dict[str, str], busy: Sequence[Busy]) -> int:
        crawler = self._make(name)

        def leave_out_busy() -> None:
            leave_out(crawler, busy)

        if busy:
            crawler.signals.connect(leave_out_busy, signals.spider_opened)
        self._process.crawl(crawler, **arguments)
        self._process.start()
        if self._process.bootstrap_failed:
            return FAILED
        return exit_code_of(crawler.stats.get_stats(), max_failures(self._settings))


def checked_spider(
    name: str, spider_class: type[Spider], arguments: dict[str, str], settings: BaseSettings
) -> ArticleSpider | None:
    """A spider to ask what it will do, with its arguments and all settings found right.

    It is not the one that runs; None for a spider that is none of ours.

    Raises:
        CopydeskError: something cannot be used.
        UsageError: the spider takes no such arguments.
    """
    if not issubclass(spider_class, ArticleSpider):
        return None
    try:
        spider = spider_class(**arguments)
    except TypeError as error:
        fault = _argument_fault(error, spider_class)
        raise UsageError(f"{name}: {fault}", print_help=False) from error
    spider.prepare(settings)
    _require_browser(spider, settings)
    Workers.from_settings(settings)
    Keep.from_settings(settings)
    Budget.from_settings(settings)
    pace_of(settings)
    drops_duplicates(settings)
    max_failures(settings)
    most_in_a_row(settings)
    Plan.from_settings(settings)
    Limits.from_settings(settings)
    check_publish(settings)
    check_output(Path(settings["COPYDESK_OUTPUT"]))
    return spider


def leave_out(crawler: Crawler, busy: Sequence[Busy]) -> None:
    """Take sites that other runs have from a spider that is open and has asked for nothing yet."""
    spider: ArticleSpider = crawler.spider  # type: ignore[assignment]  # it has sites to lock
    taken = {one.domain for one in busy}
    spider.sites = [site for site in spider.sites if site.domain not in taken]
    crawler.stats.set_value("copydesk/site_busy", len(taken))
    logger.warning("%s; left out", _busy_line(busy))


def max_failures(settings: BaseSettings) -> float:
    """The share of pages that may fail, by COPYDESK_MAX_FAILURES.

    Raises:
        InputError: it is no number from 0 to 1.
    """
    return number_of(settings, "COPYDESK_MAX_FAILURES", 0.0, 1.0)


def _busy_line(busy: Sequence[Busy]) -> str:
    named = ", ".join(map(str, busy[:_NAMED]))
    more = f" and {len(busy) - _NAMED} more" if len(busy) > _NAMED else ""
    return f"already being crawled: {named}{more}"


def _require_browser(spider: ArticleSpider, settings: BaseSettings) -> None:
    """Look whether there is one, where a site needs it."""
    rendered = [site for site in spider.sites if site.fetch.render]
    if not rendered or not spider.fetches:
        return
    try:
        chromium_path(settings.get("COPYDESK_CHROMIUM", ""))
    except MissingError as error:
        raise SiteError(f"{rendered[0].file}: {error}") from error


def _argument_fault(error: TypeError, spider_class: type[Spider]) -> str:
    """`unexpected keyword argument 'sit'; there are site, sites`, without a function's name."""
    what = str(error).partition("() ")[2].replace("got an ", "") or str(error)
    return f"{what}; there are {', '.join(list(inspect.signature(spider_class).parameters))}"


def check_publish(settings: BaseSettings) -> None:
    """See that the URL of COPYDESK_PUBLISH can be meant, and its package is there.

    Raises:
        InputError, MissingError: it is not so.
    """
    url = settings.get("COPYDESK_PUBLISH")
    if url:
        try:
            check_url(url)
        except ArgumentError as error:
            raise InputError(f"COPYDESK_PUBLISH: {error}") from error


def check_output(output: Path) -> None:
    """Open what a run will write to, so that what is wrong with it is said before anything starts.

    Raises:
        LedgerError: the ledger cannot be used.
        OutputError: a folder of the output cannot be made.
    """
    for folder in (output, *(output / name for name in FOLDERS)):
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
    Ledger(output / "ledger.sqlite").close()
