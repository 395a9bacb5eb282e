"""`scrapy verify [FOLDER]`: whether what is published is whole, and the ledger agrees with it.

The exit code is 0 if all is sound, 1 if there are faults or it cannot be told.
"""

import argparse
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.command_line import run_to_output


class Command(ScrapyCommand):
    """Reads everything, changes nothing."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [FOLDER]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Check every segment by the manifest, and the ledger by both"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and how thoroughly."""
        super().add_options(parser)
        parser.add_argument(
            "--quick",
            action="store_true",
            help="read no segment: look at the manifest, which files are there, and how long",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Tell each fault on stdout, and the verdict on stderr."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or len(args) > 1:
            message = f"unknown option {unknown}" if unknown else "name one folder, or none"
            raise UsageError(message, print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        folder = Path(args[0] if args else settings["COPYDESK_OUTPUT"])
        from crawler.tasks.verify import verify_folder

        self.exitcode = run_to_output(
            "verify", lambda: verify_folder(folder, settings, quick=opts.quick)
        )
