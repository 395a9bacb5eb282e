"""`scrapy report [RUN]`: one HTML page about a run, or about what was published in a period.

The path of the page goes to stdout. The exit code is 1 if there is no such run, a file of the
output folder is damaged, or the page cannot be written.
"""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import ArgumentError
from crawler.command_line import run_to_output


class Command(ScrapyCommand):
    """Reads what has been published, refused and removed, and the summaries of runs."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [RUN]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Make an HTML page about a run or a period: counts, reasons, copies, articles"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, a period, and where to put the page."""
        super().add_options(parser)
        for name, what in (("--since", "from then on"), ("--until", "up to then")):
            parser.add_argument(
                name,
                metavar="DATE",
                help=f"all that was published {what}: 2026-01-31 or 2026-01-31T18:00:00Z",
            )
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            type=Path,
            help="write to FILE (default: runs/RUN.html in COPYDESK_OUTPUT, report.html of a"
            " period)",
        )
        parser.add_argument(
            "--explain",
            metavar="N",
            type=how_many,
            help="explain its last N articles, or all, in pages that it links to:"
            " explanations/ID.html in COPYDESK_OUTPUT",
        )
        parser.add_argument(
            "--sites",
            metavar="DIR",
            type=Path,
            help="explain by the rules of the sites declared in DIR (default: COPYDESK_SITES)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Make the page."""
        if len(args) > 1 or (args and (opts.since or opts.until)):
            raise UsageError("name one run, or a period, or neither", print_help=False)
        if args and args[0].startswith("-"):
            raise UsageError(f"unknown option {args[0]}", print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        from crawler.tasks.report import scope_of, write_page

        try:
            scope = scope_of(args[0] if args else None, opts.since, opts.until)
        except ArgumentError as error:
            raise UsageError(f"--{error}", print_help=False) from error
        self.exitcode = run_to_output("report", lambda: write_page(settings, scope, opts))


def how_many(text: str) -> int:
    """So many as an option says: a number from 1 on, or `all`.

    Raises:
        ArgumentTypeError: it is neither.
    """
    if text == "all":
        return sys.maxsize
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError("name a number from 1 on, or all")
    return int(text)
