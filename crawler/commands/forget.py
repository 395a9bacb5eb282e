"""`scrapy forget URL|ID...`: takes articles back, for good.

The exit code is 1 if something is unknown or cannot be read or written, 4 if runs are alive that
stand in its way, else 0.
"""

import argparse

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler.command_line import say


class Command(ScrapyCommand):
    """Writes tombstones; with `--purge`, takes text and archived pages out of every file."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] URL|ID..."

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Take articles back: publish tombstones, never fetch again, purge what is stored"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, why, and how thoroughly."""
        super().add_options(parser)
        parser.add_argument("--reason", metavar="TEXT", help="why; it is published and kept")
        parser.add_argument(
            "--purge",
            action="store_true",
            help="take it out of all segments, of the archive and of the ledger file too; no run"
            " may be alive",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be touched, and touch nothing"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Forget what is known of what is named."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or not args:
            message = f"unknown option {unknown}" if unknown else "name a URL or an id"
            raise UsageError(message, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        from crawler.tasks.forget import Forgetting

        try:
            self.exitcode = Forgetting(self.settings, opts).run(args)
        except CopydeskError as error:
            say(f"scrapy forget: {error}")
            self.exitcode = 1
