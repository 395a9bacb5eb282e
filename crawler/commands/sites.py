"""`scrapy sites`: lists the sites that are declared; `scrapy sites add URL` declares one.

The exit code is 1 if nothing could be declared or a declaration is broken, 2 after wrong usage.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler.command_line import say
from crawler.discovery.link import absolute


class Command(ScrapyCommand):
    """Shows what is declared, and makes declarations of what a site's home page leads to."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [add URL]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "List the sites that are declared, or declare one by the address of its home page"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and where and how to write."""
        super().add_options(parser)
        parser.add_argument(
            "--sites",
            metavar="DIR",
            type=Path,
            help="the folder of site files (default: COPYDESK_SITES)",
        )
        parser.add_argument("--proxy", metavar="URL", help="fetch the site through this proxy")
        parser.add_argument(
            "--dry-run", action="store_true", help="write the declaration to stdout, not to a file"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="replace the site's file if there is one"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; what is found is said by the command, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """List, or add."""
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        if opts.proxy and absolute("", opts.proxy) is None:
            raise UsageError(f"--proxy: {opts.proxy!r} is no http or https URL", print_help=False)
        from crawler.tasks.sites import declare, list_sites

        folder = opts.sites or Path(self.settings["COPYDESK_SITES"])
        try:
            if args:
                self.exitcode = declare(_url_of(args), folder, opts, self.settings)
            else:
                self.exitcode = list_sites(folder)
        except CopydeskError as error:
            say(f"scrapy sites: {error}")
            self.exitcode = 1


def _url_of(args: list[str]) -> str:
    action, *rest = args
    if action != "add" or len(rest) != 1:
        what = f"{' '.join(args)}: name one site to add: scrapy sites add https://example.org"
        raise UsageError(what, print_help=False)
    given = rest[0] if "://" in rest[0] else f"https://{rest[0]}"
    url = absolute("", given)
    if url is None:
        raise UsageError(f"{rest[0]!r} is no http or https URL", print_help=False)
    return url
