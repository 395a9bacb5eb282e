"""`scrapy import-rules DIR`: makes site files of a checkout of fivefilters' ftr-site-config.

Scrapy names a command after its module, hence the hyphen. The exit code is 1 if a file could not be
read or a site not be written, 130 after Ctrl-C, else 0.
"""

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError


class Command(ScrapyCommand):
    """Carries over where bodies are and what to cut; reports all else."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] DIR"

    def short_desc(self) -> str:
        """For the list of commands."""
        return (
            "Make site files of the rules of ftr-site-config, and report what is not carried over"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, where to write, and whether over what is there."""
        super().add_options(parser)
        parser.add_argument(
            "-o",
            "--output",
            metavar="FOLDER",
            type=Path,
            help="the folder of site files (default: COPYDESK_SITES)",
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="replace site files of the same domains, with all that they declare",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Import the folder named; go on where a file of it cannot be used."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or len(args) != 1:
            message = f"unknown option {unknown}" if unknown else "name one folder to import"
            raise UsageError(message, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        target = opts.output or Path(self.settings["COPYDESK_SITES"])
        try:
            self._import(Path(args[0]), target, overwrite=opts.overwrite)
        except CopydeskError as error:
            _say(f"scrapy import-rules: {error}")
            self.exitcode = 1
        except KeyboardInterrupt:
            _say("scrapy import-rules: stopped; the site files made so far are whole")
            self.exitcode = 130

    def _import(self, source: Path, target: Path, *, overwrite: bool) -> None:
        from crawler.rule_import import REPORT, import_rules, summary

        imported = import_rules(source, target, overwrite=overwrite)
        for fault in imported.faults:
            _say(f"scrapy import-rules: {fault}")
        for line in summary(imported):
            _say(line)
        if (target / REPORT).exists():
            _say(f"report: {target / REPORT}")
        self.exitcode = 1 if imported.faults else 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
