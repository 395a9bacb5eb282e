"""Writes the page that `scrapy report` is asked for."""

import argparse
import sys
from pathlib import Path

from scrapy.settings import BaseSettings

from crawler.discovery.date_range import date_range
from crawler.report.gathering import Scope, last_run
from crawler.report.writing import Explain, report_path, write_report


def scope_of(run: str | None, since: str | None, until: str | None) -> Scope | None:
    """What the page is to be about: a period, else a run; None for the last run.

    Raises:
        ArgumentError: a date cannot be read.
    """
    if since or until:
        return Scope(period=date_range(since, until))
    return Scope(run=run) if run else None


def write_page(settings: BaseSettings, scope: Scope | None, opts: argparse.Namespace) -> int:
    """Write it, and print its path; the exit code.

    Args:
        settings: tell where the output of crawls is, and by what to explain articles.
        scope: what it is about; None for the last run.
        opts: where to write it (`output`; None: the usual place), how many articles to explain
            before (`explain`; None: none), by which `sites`.

    Raises:
        CopydeskError: there is no such run, something is damaged, or a page cannot be written.
    """
    folder = Path(settings["COPYDESK_OUTPUT"])
    scope = scope or Scope(run=last_run(folder))
    usual = report_path(folder, scope.run) if scope.run else folder / "report.html"
    target: Path = opts.output or usual
    write_report(folder, scope, target, _explain(settings, opts))
    sys.stdout.write(f"{target}\n")
    return 0


def _explain(settings: BaseSettings, opts: argparse.Namespace) -> Explain | None:
    if not opts.explain:
        return None
    # A report alone loads no cleaning.
    from crawler.report.explaining import Explaining

    return Explaining.from_settings(settings, opts.explain, opts.sites).write
