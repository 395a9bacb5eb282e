"""`scrapy clean PATH...`: cleans saved pages, WARC files, JSONL and texts without crawling.

Records go to stdout or `-o FILE`; refusals to `FILE.rejected.jsonl` beside it, or to stderr. The
exit code is 1 if an input could not be read or the output not written, 130 after Ctrl-C, else 0.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.article import Article, Refusal
from crawler.command_line import run_to_output, say
from crawler.known_sites import declared_sites, outdated, rules_for
from crawler.output_file import OutputFile
from crawler.reading import Reading
from crawler.segments import encode
from crawler.site import Site
from crawler.source import read_source
from crawler.workers import Workers


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
        paths = [Path(arg) for arg in args]
        self.exitcode = run_to_output("clean", lambda: self._clean(paths, opts))

    def _clean(self, paths: list[Path], opts: argparse.Namespace) -> int:
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        sites = _declared(opts.sites, Path(self.settings["COPYDESK_SITES"]))
        target: Path | None = opts.output
        reading = Reading(paths, read_source)
        with (
            Workers.from_settings(self.settings) as workers,
            OutputFile(target, sys.stdout.buffer) as records,
            OutputFile(_rejected_path(target), sys.stderr.buffer) as rejected,
            reading,
        ):
            results = workers.clean_all(reading, lambda url: rules_for(url, sites))
            counts = _write(results, records, rejected)
        for fault in reading.unreadable:
            say(f"scrapy clean: {fault}")
        say(_summary(counts, len(reading.unreadable)))
        return 1 if reading.unreadable else 0


def _declared(folder: Path | None, default: Path) -> list[Site]:
    """The sites of the folder that was asked for, else of the default one; warns of old rules."""
    sites = declared_sites(folder, default)
    for warning in outdated(sites, datetime.now(UTC).date()):
        say(f"scrapy clean: {warning}")
    return sites


def _write(
    results: Iterable[Article | Refusal], records: OutputFile, rejected: OutputFile
) -> Counter[str]:
    """Write each result where it belongs; count them, refusals by reason."""
    counts: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Article):
            records.write(encode(result))
            counts["cleaned"] += 1
        else:
            rejected.write(encode(result))
            counts[f"refused: {result.reason}"] += 1
    return counts


def _rejected_path(target: Path | None) -> Path | None:
    return target.with_name(f"{target.stem}.rejected.jsonl") if target else None


def _summary(counts: Counter[str], unreadable: int) -> str:
    parts = [f"{counts.pop('cleaned', 0)} cleaned"]
    parts += [f"{count} {what}" for what, count in sorted(counts.items())]
    parts += [f"{unreadable} input(s) could not be read"] if unreadable else []
    return ", ".join(parts)
