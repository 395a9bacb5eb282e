"""Writes the page that `scrapy report` is asked for."""

import sys
from pathlib import Path

from crawler.discovery.date_range import date_range
from crawler.report.gathering import Scope, last_run
from crawler.report.writing import report_path, write_report


def scope_of(run: str | None, since: str | None, until: str | None) -> Scope | None:
    """What the page is to be about: a period, else a run; None for the last run.

    Raises:
        ArgumentError: a date cannot be read.
    """
    if since or until:
        return Scope(period=date_range(since, until))
    return Scope(run=run) if run else None


def write_page(folder: Path, scope: Scope | None, output: Path | None) -> int:
    """Write it, and print its path; the exit code.

    Args:
        folder: the output of crawls.
        scope: what it is about; None for the last run.
        output: where to; None for the usual place in the folder.

    Raises:
        CopydeskError: there is no such run, something is damaged, or the page cannot be written.
    """
    scope = scope or Scope(run=last_run(folder))
    usual = report_path(folder, scope.run) if scope.run else folder / "report.html"
    target = output or usual
    write_report(folder, scope, target)
    sys.stdout.write(f"{target}\n")
    return 0
