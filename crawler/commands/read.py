"""`scrapy read [FOLDER|URL]`: what has been published, from a cursor on, a JSON object a line.

The exit code is 1 if the manifest or a segment cannot be used, the cursor is of another folder, or
nothing can be written; 130 after Ctrl-C, unless that ends `--follow`; else 0.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import ArgumentError
from crawler.command_line import run_to_output


class Command(ScrapyCommand):
    """Writes records as they stand in the segments, or converted."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [FOLDER|URL]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Give what has been published, whole or since a cursor, as JSON lines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, where to begin, what to take, and where to put it."""
        super().add_options(parser)
        _add_places(parser)
        _add_choices(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Read once, or on and on."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or len(args) > 1:
            message = f"unknown option {unknown}" if unknown else "name one folder, or none"
            raise UsageError(message, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        folder = args[0] if args else str(self.settings["COPYDESK_OUTPUT"])
        from crawler.tasks.read import check, write_published

        try:
            check(opts)
        except ArgumentError as error:
            raise UsageError(str(error), print_help=False) from error
        self.exitcode = run_to_output("read", lambda: write_published(folder, opts))


def _add_places(parser: argparse.ArgumentParser) -> None:
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument(
        "--since", metavar="CURSOR", help="begin behind CURSOR, with which an earlier reading ended"
    )
    begin.add_argument(
        "--cursor",
        metavar="FILE",
        type=Path,
        help="begin behind the cursor in FILE, if that is there, and put the new one into it when"
        " all is written",
    )
    parser.add_argument(
        "--follow", action="store_true", help="wait for more, until Ctrl-C or SIGTERM"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="write to FILE (default: to stdout)"
    )


def _add_choices(parser: argparse.ArgumentParser) -> None:
    from crawler.tasks.read import KINDS, OPS

    parser.add_argument("--op", metavar="OP,...", help=f"only these of {', '.join(OPS)}")
    parser.add_argument(
        "--site", metavar="SITE,...", action="append", default=[], help="only of these sites"
    )
    parser.add_argument("--no-duplicates", action="store_true", help="leave labelled copies out")
    parser.add_argument(
        "--latest",
        action="store_true",
        help="only the last version of each article, and none that is gone",
    )
    parser.add_argument(
        "--as",
        dest="kind",
        choices=KINDS,
        default="article",
        help="article/1 as published (default), an Article of zyte-common-items, or a NewsArticle"
        " of schema.org; these two leave tombstones out",
    )
    parser.add_argument(
        "--verify", action="store_true", help="compare the SHA-256 of each segment before its lines"
    )
