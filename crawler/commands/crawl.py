"""`scrapy crawl`, as Scrapy has it, but that a mistake is one line and bad ends have exit codes.

Exit codes: 0 fine; 1 could not run, was stopped before it was done, or some input or output failed;
2 usage; 3 ran, found nothing.
"""

import argparse
import inspect
import logging
import sys
from pathlib import Path

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiders import Spider

from cleaning.error import ArgumentError, CopydeskError, MissingError, SiteError
from crawler.browser import chromium_path
from crawler.budget import Budget
from crawler.disk import explained
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep
from crawler.middlewares.pace import pace_of
from crawler.outcome import FAILED, exit_code_of
from crawler.pipelines.compare import drops_duplicates
from crawler.pipelines.publish import FOLDERS
from crawler.pipelines.soft_block import most_in_a_row
from crawler.spiders.article import ArticleSpider
from crawler.workers import Workers


class Command(CrawlCommand):
    """Checks the spider's arguments before anything starts."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own, and no list of versions: it would hide the one line of a mistake.

        What a record was made with stands in its provenance.
        """
        super().process_options(args, opts)
        # A filter: Scrapy sets the levels of its loggers anew after this.
        versions = logging.getLogger("scrapy.utils.log")
        versions.addFilter(lambda record: record.levelno > logging.INFO)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider named by `args`; set the exit code by what came of it."""
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        try:
            self._check(args[0], opts.spargs)
        except ArgumentError as error:
            raise UsageError(f"{args[0]}: {error}", print_help=False) from error
        except CopydeskError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
            self.exitcode = FAILED
            return
        self._crawl(args[0], opts)

    def _check(self, name: str, arguments: dict[str, str]) -> None:
        spider_class = self._spider_class(name)
        if not issubclass(spider_class, ArticleSpider):
            return
        try:
            spider = spider_class(**arguments)
        except TypeError as error:
            fault = _argument_fault(error, spider_class)
            raise UsageError(f"{name}: {fault}", print_help=False) from error
        if self.settings is not None:
            spider.prepare(self.settings)
            _require_browser(spider, self.settings)
            Workers.from_settings(self.settings)
            Keep.from_settings(self.settings)
            Budget.from_settings(self.settings)
            pace_of(self.settings)
            drops_duplicates(self.settings)
            most_in_a_row(self.settings)
            check_output(Path(self.settings["COPYDESK_OUTPUT"]))

    def _spider_class(self, name: str) -> type[Spider]:
        loader = self.crawler_process.spider_loader  # type: ignore[union-attr]  # cmdline sets it
        try:
            return loader.load(name)
        except KeyError as error:
            known = ", ".join(sorted(loader.list()))
            raise UsageError(f"no spider {name!r}; there are {known}", print_help=False) from error

    def _crawl(self, name: str, opts: argparse.Namespace) -> None:
        process = self.crawler_process
        if process is None:
            raise UsageError("run this command through scrapy")
        crawler = self._create_crawler(name)
        process.crawl(crawler, **opts.spargs)
        process.start()
        failed = process.bootstrap_failed
        self.exitcode = FAILED if failed else exit_code_of(crawler.stats.get_stats())


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
