"""`scrapy ledger [ACTION]`: shows what the ledger holds, checks it, forgets what is old.

The exit code is 1 if the ledger cannot be used, or `check` finds something wrong.
"""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError
from crawler import ledger_upkeep as upkeep
from crawler.command_line import add_ledger_option, ledger_of, say

_ACTIONS = ("show", "check", "prune", "rebuild")


class Command(ScrapyCommand):
    """Looks after the ledger of COPYDESK_OUTPUT, or another."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return f"[options] [{'|'.join(_ACTIONS)}]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Show, check or prune what is remembered of articles, copies and URLs"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and which ledger."""
        super().add_options(parser)
        add_ledger_option(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do what is asked for; `show` where nothing is."""
        action = args[0] if args else "show"
        if action not in _ACTIONS or len(args) > 1:
            known = ", ".join(_ACTIONS)
            raise UsageError(f"{' '.join(args)}: name one of {known}", print_help=False)
        settings = self.settings
        if settings is None:
            raise UsageError("run this command through scrapy")
        actions: dict[str, Callable[[Path], int]] = {
            "show": _show,
            "check": _check,
            "prune": lambda path: _prune(path, upkeep.Keep.from_settings(settings)),
            "rebuild": _rebuild,
        }
        try:
            self.exitcode = actions[action](ledger_of(opts, settings))
        except CopydeskError as error:
            say(f"scrapy ledger: {error}")
            self.exitcode = 1


def _show(path: Path) -> int:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for name, count in upkeep.describe(path).items():
        table.add_row(decimal(count) if name == "bytes" else f"{count:,}", name)
    console = Console(highlight=False)
    console.print(f"{path}:", markup=False)
    console.print(table)
    return 0


def _check(path: Path) -> int:
    faults = upkeep.check(path)
    for fault in faults:
        say(f"scrapy ledger: {path}: {fault}")
    say(f"{path}: {'damaged' if faults else 'sound'}")
    return 1 if faults else 0


def _prune(path: Path, keep: upkeep.Keep) -> int:
    pruned = upkeep.prune(path, keep, datetime.now(UTC))
    upkeep.compact(path)
    say(
        f"forgotten: {pruned.days} days of texts and shingles, {pruned.events} events,"
        f" {pruned.leads} leads, {pruned.urls} URLs, {pruned.articles} versions of articles"
    )
    return 0


def _rebuild(path: Path) -> int:
    say(f"shingles of {upkeep.rebuild(path)} texts were made anew")
    return 0
