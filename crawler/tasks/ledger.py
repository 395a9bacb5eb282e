"""What `scrapy ledger` does with a ledger: show, check, prune, rebuild.

Each function gives the exit code, and raises LedgerError where the ledger cannot be used.
"""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from scrapy.settings import BaseSettings

from crawler import ledger_upkeep as upkeep
from crawler.command_line import say


def show(path: Path, _: BaseSettings) -> int:
    """Print what is in it."""
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for name, count in upkeep.describe(path).items():
        table.add_row(decimal(count) if name == "bytes" else f"{count:,}", name)
    console = Console(highlight=False)
    console.print(f"{path}:", markup=False)
    console.print(table)
    return 0


def check(path: Path, _: BaseSettings) -> int:
    """Say what is wrong with it; 1 if anything is."""
    faults = upkeep.check(path)
    for fault in faults:
        say(f"scrapy ledger: {path}: {fault}")
    say(f"{path}: {'damaged' if faults else 'sound'}")
    return 1 if faults else 0


def prune(path: Path, settings: BaseSettings) -> int:
    """Forget what is older than the settings say.

    Raises:
        InputError: one of them is no number of days.
    """
    pruned = upkeep.prune(path, upkeep.Keep.from_settings(settings), datetime.now(UTC))
    upkeep.compact(path)
    say(
        f"forgotten: {pruned.days} days of texts and shingles, {pruned.events} events,"
        f" {pruned.leads} leads, {pruned.urls} URLs, {pruned.articles} versions of articles"
    )
    return 0


def rebuild(path: Path, _: BaseSettings) -> int:
    """Make the shingles anew."""
    say(f"shingles of {upkeep.rebuild(path)} texts were made anew")
    return 0
