"""`scrapy dedup IN.jsonl -o OUT.jsonl`: labels the copies in any JSONL of articles.

A line must have `url`, `text`, and `date_published` or `fetched_at`; its keys are kept, and `id`
and `duplicate` set. Lines that are no such thing go to `OUT.rejected.jsonl`. The exit code is 1 if
an input could not be read or the output not written, 130 after Ctrl-C, else 0.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.article import Refusal
from cleaning.error import LedgerError
from crawler.article_lines import ArticleLine, read_articles
from crawler.command_line import run_to_output, say
from crawler.labelling import Labelling
from crawler.output_file import OutputFile
from crawler.reading import Reading
from crawler.segments import encode

_KINDS = {"exact": "exact copies", "near": "near copies", "contained": "contained in others"}


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
        paths = [Path(arg) for arg in args]
        self.exitcode = run_to_output("dedup", lambda: self._label(paths, opts.output, opts.ledger))

    def _label(self, paths: Sequence[Path], target: Path | None, ledger: Path | None) -> int:
        if ledger and not ledger.exists():
            raise LedgerError(f"{ledger}: there is no ledger; name the one of a crawl's output")
        rejected = target.with_name(f"{target.stem}.rejected.jsonl") if target else None
        with (
            Labelling(ledger) as labelling,
            OutputFile(target, sys.stdout.buffer) as lines,
            OutputFile(rejected, sys.stderr.buffer) as refusals,
            Reading(paths, read_articles) as reading,
        ):
            counts = _write(reading, labelling, lines, refusals)
        for fault in reading.unreadable:
            say(f"scrapy dedup: {fault}")
        say(", ".join(f"{count} {what}" for what, count in counts.items()))
        return 1 if reading.unreadable else 0


def _write(
    articles: Iterable[ArticleLine | Refusal],
    labelling: Labelling,
    lines: OutputFile,
    refusals: OutputFile,
) -> Counter[str]:
    """Label each article, write it and the refusals where they belong, and count them by kind."""
    counts: Counter[str] = Counter({"articles": 0})
    for article in articles:
        if isinstance(article, Refusal):
            refusals.write(encode(article))
            counts["lines refused"] += 1
            continue
        label = labelling.label(article.compared)
        lines.write(article.labelled(label))
        counts["articles"] += 1
        counts[_KINDS[label.kind] if label else "no copies"] += 1
    return counts
