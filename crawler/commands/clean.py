"""`scrapy clean PATH...`: cleans saved pages, WARC files, JSONL and texts without crawling.

Records go to stdout or `-o FILE`; refusals to `FILE.rejected.jsonl` beside it, or to stderr. The
exit code is 1 if an input could not be read or the output not written, 130 after Ctrl-C, else 0.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.command_line import run_to_output


class Command(ScrapyCommand):
    """Cleans files with the same code that cleans a crawl's pages."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] PATH..."

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Clean saved pages (.html, .txt, .warc[.gz], .jsonl) to JSONL, without crawling"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and where to write."""
        super().add_options(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FILE",
            type=Path,
            help="write records to FILE, and refusals beside it to FILE.rejected.jsonl (default:"
            " records to stdout, refusals to stderr)",
        )
        parser.add_argument(
            "--sites",
            metavar="DIR",
            type=Path,
            help="clean by the rules of the sites declared in DIR (default: COPYDESK_SITES)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Clean every file named; go on where one cannot be read."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or not args:
            message = f"unknown option {unknown}" if unknown else "name a file to clean"
            raise UsageError(message, print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        from crawler.tasks.clean import clean_files

        paths = [Path(arg) for arg in args]
        self.exitcode = run_to_output(
            "clean", lambda: clean_files(paths, opts.output, opts.sites, settings)
        )
