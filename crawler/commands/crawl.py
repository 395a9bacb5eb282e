"""`scrapy crawl`, as Scrapy has it, but that a mistake is one line and bad ends have exit codes.

Exit codes: 0 fine; 1 could not run, was stopped before it was done, or some input or output failed;
2 usage; 3 ran, but nothing good or too many failures came of it; 4 other runs have all its sites.
"""

import argparse
import logging

from scrapy.commands.crawl import Command as CrawlCommand
from scrapy.exceptions import UsageError

from cleaning.error import ArgumentError, CopydeskError
from crawler.command_line import drop_broken_streams, open_closed_streams, say
from crawler.outcome import FAILED


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
        process, settings = self.crawler_process, self.settings
        if process is None or settings is None:
            raise UsageError("run this command through scrapy")
        # Scrapyd's number of the job; no spider of ours needs it.
        opts.spargs.pop("_job", None)
        from crawler.tasks.crawl import Crawling

        try:
            crawling = Crawling(process, settings, self._create_crawler)
            self.exitcode = crawling.run(args[0], opts.spargs)
        except ArgumentError as error:
            raise UsageError(f"{args[0]}: {error}", print_help=False) from error
        except CopydeskError as error:
            say(f"scrapy crawl: {error}")
            self.exitcode = FAILED
        finally:
            drop_broken_streams()
