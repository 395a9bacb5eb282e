"""Says on the terminal what is found of the folder that `scrapy verify` looks at."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy.settings import BaseSettings

from cleaning.error import CopydeskError
from cleaning.manifest import Segment, read_manifest
from crawler.command_line import say
from crawler.setting import number_of
from crawler.verifying import Verdict, verify


def verify_folder(folder: Path, settings: BaseSettings, *, quick: bool) -> int:
    """Tell each fault on stdout, and the verdict on stderr; the exit code, 1 if there are faults.

    Raises:
        CopydeskError: it cannot be told.
    """
    memory_days = int(number_of(settings, "COPYDESK_MEMORY_DAYS", least=0))
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
