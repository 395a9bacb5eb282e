"""`scrapy why URL...`: what happened to a URL, step by step, or why it is not in the output.

The exit code is 1 if the ledger cannot be used, or a URL is not in it.
"""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler.command_line import add_ledger_option, ledger_of, say


class Command(ScrapyCommand):
    """Asks the ledger, and where that knows nothing the declared sites."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] URL..."

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Tell what happened to a URL, or why it is not in the output"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and which ledger and sites."""
        super().add_options(parser)
        add_ledger_option(parser)
        parser.add_argument(
            "--sites",
            metavar="DIR",
            type=Path,
            help="the sites declared in DIR (default: COPYDESK_SITES)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Tell it of each URL."""
        if not args:
            raise UsageError("name a URL", print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        try:
            folder = Path(settings["COPYDESK_SITES"])
            self.exitcode = _tell(args, ledger_of(opts, settings), opts.sites, folder)
        except CopydeskError as error:
            say(f"scrapy why: {error}")
            self.exitcode = 1


def _tell(urls: list[str], path: Path, asked: Path | None, default: Path) -> int:
    """By a ledger and the sites of a folder that was asked for, else of the default one."""
    from crawler.known_sites import declared_sites
    from crawler.ledger import Ledger
    from crawler.why import explain

    sites = declared_sites(asked, default)
    with Ledger(path) as ledger:
        for url in urls:
            for line in explain(url, ledger, sites):
                sys.stdout.write(f"{line}\n")
        unknown = (ledger.known(url) is None and ledger.waiting(url) is None for url in urls)
        return int(any(unknown))
