"""`scrapy explain URL|FILE|ID`: how one page is cleaned, and why so.

The page is taken from the archive, where the ledger knows it; fetched, where it does not; or read
from a file. Nothing is published or remembered. The exit code is 0 whenever there is something to
explain, a refusal too; 1 if the page cannot be found or read, or nothing be written.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.command_line import run_to_output
from crawler.discovery.link import absolute


class Command(ScrapyCommand):
    """Cleans one page as a crawl does, and shows all that was considered."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] URL|FILE|ID"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Show what was kept and removed of a page, and why; and what else was considered"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, which page, and how to show it."""
        super().add_options(parser)
        _add_places(parser)
        parser.add_argument(
            "--html", metavar="FILE", type=Path, help="write it to FILE as a page for a browser"
        )
        parser.add_argument(
            "--json", action="store_true", help="write it to stdout as JSON, for programs"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; the command says what is to be said, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Explain one page."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or len(args) != 1:
            message = f"unknown option {unknown}" if unknown else "name one URL, file or id"
            raise UsageError(message, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        if opts.number < 1 or (opts.offset or 0) < 0:
            raise UsageError("--number counts from 1, --offset from 0", print_help=False)
        if "://" in args[0] and absolute("", args[0]) is None:
            raise UsageError(f"{args[0]!r} is no http or https URL", print_help=False)
        from crawler.tasks.explain import Search, explain_one

        search = Search(opts, self.settings, args[0])
        self.exitcode = run_to_output("explain", lambda: explain_one(search))


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--live", action="store_true", help="fetch the URL, also where it is archived"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--number", metavar="N", type=int, default=1, help="which page of FILE, from 1 (1)"
    )
    which.add_argument(
        "--offset", metavar="BYTE", type=int, help="the record of a WARC file that starts at BYTE"
    )
    parser.add_argument(
        "--sites",
        metavar="DIR",
        type=Path,
        help="by the rules of the sites declared in DIR (default: COPYDESK_SITES)",
    )
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        type=Path,
        help="another ledger than that of COPYDESK_OUTPUT; the archive is looked for beside it",
    )
