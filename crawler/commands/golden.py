"""`scrapy golden add URL|FILE`: makes a golden page, a test of what comes out of a page.

`list` and `check` go through those that are there. The exit code is 1 if a page could not be had or
is not as expected, 2 after wrong usage.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler import settings as defaults
from crawler.command_line import add_ledger_option, say

_INTO = Path("tests") / "golden"


class Command(ScrapyCommand):
    """Takes pages of the network, of files and of the archive as tests."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] add URL|FILE | list [DIR...] | check [DIR...]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Make a test of a page: what comes out of it today must come out of it tomorrow"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and what is to be taken and where to."""
        super().add_options(parser)
        for flag, name, what in (
            ("--into", "DIR", f"the folder of golden pages (default: {_INTO})"),
            ("--name", "NAME", "of the page's own folder (default: made from its URL)"),
            ("--site", "SITE", "clean by the rules of this declared site, or of this TOML file"),
            ("--sites", "DIR", "the sites declared in DIR (default: COPYDESK_SITES)"),
            ("--url", "URL", "where a saved file is from; which page of a WARC file is meant"),
        ):
            kind = Path if name == "DIR" else str
            parser.add_argument(flag, metavar=name, type=kind, help=what)
        parser.set_defaults(into=_INTO)
        parser.add_argument(
            "--offset", metavar="BYTE", type=int, help="where its record starts in a WARC file"
        )
        parser.add_argument(
            "--archived", action="store_true", help="take what the archive has of the URL"
        )
        add_ledger_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; what is done is said by the command, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Add, list or check."""
        action, *rest = args or [""]
        if action not in ("add", "list", "check") or (action == "add" and len(rest) != 1):
            what = "say what to do: scrapy golden add URL|FILE, list, or check"
            raise UsageError(what, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        if opts.offset is not None and opts.offset < 0:
            raise UsageError(f"--offset: {opts.offset} is no byte of a file", print_help=False)
        folders = [Path(one) for one in rest] or [opts.into]
        from crawler.tasks.golden import add, check_cases, list_cases

        try:
            if action == "add":
                self.exitcode = add(rest[0], opts, self.settings)
            elif action == "list":
                self.exitcode = list_cases(folders)
            else:
                self.exitcode = check_cases(folders, opts.sites or Path(defaults.COPYDESK_SITES))
        except CopydeskError as error:
            say(f"scrapy golden: {error}")
            self.exitcode = 1
