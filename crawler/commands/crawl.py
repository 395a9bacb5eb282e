"""`scrapy crawl`, as Scrapy has it, but that a mistake is one line and bad ends have exit codes.

Exit codes: 0 fine; 1 could not run, or some input or output failed; 2 usage; 3 ran, found nothing.
"""

import argparse
import sys
from pathlib import Path

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError
from scrapy.spiders import Spider

from cleaning.error import CopydeskError
from crawler.ledger import Ledger
from crawler.outcome import FAILED, exit_code_of
from crawler.spiders.article import ArticleSpider


class Command(CrawlCommand):
    """Checks the spider's arguments before anything starts."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider named by `args`; set the exit code by what came of it."""
        if len(args) != 1:
            raise UsageError("name one spider: scrapy crawl news")
        try:
            self._check(args[0], opts.spargs)
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
            raise UsageError(f"{name}: {_argument_fault(error)}", print_help=False) from error
        if self.settings is not None:
            spider.prepare(self.settings)
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


def _argument_fault(error: TypeError) -> str:
    """`unexpected keyword argument 'sit'`, without the name of a function."""
    return str(error).partition("() ")[2].replace("got an ", "") or str(error)


def check_output(output: Path) -> None:
    """Open what a run will write to, so that what is wrong with it is said before anything starts.

    Raises:
        LedgerError: the ledger, or the folder that it is to be made in, cannot be used.
    """
    Ledger(output / "ledger.sqlite").close()
