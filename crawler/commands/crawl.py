"""`scrapy crawl`, as Scrapy has it, but that a mistake is one line and bad ends have exit codes.

Exit codes: 0 fine; 1 could not run, was stopped before it was done, or some input or output failed;
2 usage; 3 ran, but nothing good or too many failures came of it; 4 other runs have all its sites.
"""

import argparse
import inspect
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from scrapy import signals
from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiders import Spider

from cleaning.error import ArgumentError, CopydeskError, InputError, MissingError, SiteError
from cleaning.remote_folder import check_url
from crawler.addon import new_run_id
from crawler.browser import chromium_path
from crawler.budget import Budget
from crawler.command_line import drop_broken_streams, open_closed_streams, say
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


class Command(CrawlCommand):
    """Checks the spider's arguments before anything starts."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own, and no list of versions: it would hide the one line of a mistake.

        What a record was made with stands in its provenance.
        """
        open_closed_streams()
        super().process_options(args, opts)
        # A filter: Scrapy sets the levels of its loggers anew after this.
        versions = logging.getLogger("scrapy.utils.log")
        versions.addFilter(lambda record: record.levelno > logging.INFO)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider named by `args`; set the exit code by what came of it."""
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        # Scrapyd's number of the job; no spider of ours needs it.
        opts.spargs.pop("_job", None)
        try:
            self._run(args[0], opts)
        except ArgumentError as error:
            raise UsageError(f"{args[0]}: {error}", print_help=False) from error
        except CopydeskError as error:
            say(f"scrapy crawl: {error}")
            self.exitcode = FAILED
        finally:
            drop_broken_streams()

    def _run(self, name: str, opts: argparse.Namespace) -> None:
        spider = self._checked(name, opts.spargs)
        if spider is None:
            self._crawl(name, opts, [])
            return
        domains = spider.domains_to_lock()
        with SiteLocks(self._output, self._run_id, datetime.now(UTC)) as locks:
            busy = locks.take(domains)
            if domains and len(busy) == len(domains):
                say(f"scrapy crawl: {_busy_line(busy)}; nothing was started")
                self.exitcode = BUSY
                return
            self._crawl(name, opts, busy)

    def _checked(self, name: str, arguments: dict[str, str]) -> ArticleSpider | None:
        """A spider to ask what it will do, with its arguments and all settings found right.

        It is not the one that runs; None for a spider that is none of ours.
        """
        spider_class = self._spider_class(name)
        if not issubclass(spider_class, ArticleSpider):
            return None
        try:
            spider = spider_class(**arguments)
        except TypeError as error:
            fault = _argument_fault(error, spider_class)
            raise UsageError(f"{name}: {fault}", print_help=False) from error
        spider.prepare(self._settings)
        _require_browser(spider, self._settings)
        Workers.from_settings(self._settings)
        Keep.from_settings(self._settings)
        Budget.from_settings(self._settings)
        pace_of(self._settings)
        drops_duplicates(self._settings)
        max_failures(self._settings)
        most_in_a_row(self._settings)
        Plan.from_settings(self._settings)
        Limits.from_settings(self._settings)
        check_publish(self._settings)
        check_output(self._output)
        return spider

    @property
    def _settings(self) -> BaseSettings:
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        return self.settings

    @property
    def _output(self) -> Path:
        return Path(self._settings["COPYDESK_OUTPUT"])

    @property
    def _run_id(self) -> str:
        """The id of the run to come, which its locks name before it has begun."""
        if not self._settings.get("COPYDESK_RUN_ID"):
            self._settings.set("COPYDESK_RUN_ID", new_run_id(datetime.now(UTC)), "command")
        return str(self._settings["COPYDESK_RUN_ID"])

    def _spider_class(self, name: str) -> type[Spider]:
        loader = self.crawler_process.spider_loader  # type: ignore[union-attr]  # cmdline sets it
        try:
            return loader.load(name)
        except KeyError as error:
            known = ", ".join(sorted(loader.list()))
            raise UsageError(f"no spider {name!r}; there are {known}", print_help=False) from error

    def _crawl(self, name: str, opts: argparse.Namespace, busy: Sequence[Busy]) -> None:
        process = self.crawler_process
        if process is None:
            raise UsageError("run this command through scrapy")
        crawler = self._create_crawler(name)

        def leave_out_busy() -> None:
            leave_out(crawler, busy)

        if busy:
            crawler.signals.connect(leave_out_busy, signals.spider_opened)
        process.crawl(crawler, **opts.spargs)
        process.start()
        if process.bootstrap_failed:
            self.exitcode = FAILED
        else:
            allowed = max_failures(self._settings)
            self.exitcode = exit_code_of(crawler.stats.get_stats(), allowed)


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
