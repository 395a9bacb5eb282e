"""`scrapy verify [FOLDER]`: whether what is published is whole, and the ledger agrees with it.

The exit code is 0 if all is sound, 1 if there are faults or it cannot be told.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from cleaning.manifest import Segment, read_manifest
from crawler.command_line import run_to_output, say
from crawler.setting import number_of
from crawler.verifying import Verdict, verify


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

        def work() -> int:
            days = int(number_of(settings, "COPYDESK_MEMORY_DAYS", least=0))
            return _verify(folder, quick=opts.quick, memory_days=days)

        self.exitcode = run_to_output("verify", work)


def _verify(folder: Path, *, quick: bool, memory_days: int) -> int:
    begun = monotonic()
    with _bar(folder) as (told, advance):
        verdict = verify(folder, told, advance, quick=quick, memory_days=memory_days)
    for note in verdict.notes:
        say(f"{folder}: {note}")
    say(f"{folder}: {_said(verdict, quick=quick)} in {monotonic() - begun:.1f} s")
    return 1 if verdict.faults else 0


def _said(verdict: Verdict, *, quick: bool) -> str:
    counts = [f"{verdict.segments:,} segments", f"{verdict.records:,} records"]
    if not quick:
        counts.append(f"{verdict.articles:,} articles")
    judged = f"{verdict.faults:,} faults" if verdict.faults else "sound"
    return f"{judged}: {', '.join(counts)}, {decimal(verdict.bytes)}"


@contextmanager
def _bar(folder: Path) -> Iterator[tuple[Callable[[str], None], Callable[[Segment], None]]]:
    """What tells a fault, and what moves the bar; that is shown on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("verifying", total=_total(folder))
        yield _tell, lambda segment: bar.advance(task, segment.bytes)


def _total(folder: Path) -> int | None:
    try:
        return sum(segment.bytes for segment in read_manifest(folder))
    except CopydeskError:
        return None


def _tell(fault: str) -> None:
    sys.stdout.write(f"{fault}\n")
    sys.stdout.flush()
