"""`scrapy dedup IN.jsonl -o OUT.jsonl`: labels the copies in any JSONL of articles.

A line must have `url`, `text`, and `date_published` or `fetched_at`; its keys are kept, and `id`
and `duplicate` set. Lines that are no such thing go to `OUT.rejected.jsonl`. The exit code is 1 if
an input could not be read or the output not written, 130 after Ctrl-C, else 0.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.command_line import run_to_output


class Command(ScrapyCommand):
    """Compares articles in the order in which they come, and with those of a ledger."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] FILE..."

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Label exact, altered, cut and embedded copies in any JSONL of articles"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, where to write, and what to compare with besides."""
        super().add_options(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            type=Path,
            help="write the lines to FILE, and those that are no articles beside it to"
            " FILE.rejected.jsonl (default: to stdout, and to stderr)",
        )
        parser.add_argument(
            "--ledger",
            metavar="FILE",
            type=Path,
            help="compare with what a crawl has published, too: its ledger.sqlite",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Label every line of every file; go on where one cannot be read."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or not args:
            message = f"unknown option {unknown}" if unknown else "name a file of articles"
            raise UsageError(message, print_help=False)
        from crawler.tasks.dedup import label_files

        paths = [Path(arg) for arg in args]
        self.exitcode = run_to_output("dedup", lambda: label_files(paths, opts.output, opts.ledger))
