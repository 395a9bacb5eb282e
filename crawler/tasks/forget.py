"""Takes back the articles that `scrapy forget` is told of."""

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from scrapy.settings import BaseSettings

from cleaning.error import LedgerError
from crawler.command_line import say
from crawler.forgetting import Order, Target, find_targets, finish_runs, forget, targets_of
from crawler.live_runs import held_locks
from crawler.purging import PurgePlan, plan_purge, purge
from crawler.segments import Limits

_BUSY = 4


class Forgetting:
    """One call of the command."""

    def __init__(self, settings: BaseSettings, opts: argparse.Namespace) -> None:
        """Take the project's settings, and the options of the command.

        Raises:
            InputError: a setting cannot be meant.
        """
        self._output = Path(settings["COPYDESK_OUTPUT"])
        archive = settings.get("COPYDESK_ARCHIVE")
        self._archive = self._output / archive if archive else None
        self._opts = opts
        reason = " ".join((opts.reason or "").split()) or None
        packing = Limits.from_settings(settings).packing
        now = datetime.now(UTC)
        self._order = Order(reason=reason, now=now, purge=opts.purge, packing=packing)

    def run(self, wanted: list[str]) -> int:
        """Forget what is named by URL or id; the exit code.

        Raises:
            CopydeskError: something cannot be read or written.
        """
        path = self._output / "ledger.sqlite"
        if not path.exists():
            raise LedgerError(f"{path}: there is no ledger; name the folder: -s COPYDESK_OUTPUT=")
        if self._opts.purge and not self._opts.dry_run and (held := held_locks(self._output)):
            say(f"scrapy forget: {held[0]} is held: a run is alive; purge when it has ended")
            return _BUSY
        if not self._opts.dry_run:
            finish_runs(self._output, self._order)
        targets, unknown = find_targets(self._output, wanted)
        for name in unknown:
            say(f"scrapy forget: {name}: is not in the ledger; name a URL that was found, or an id")
        busy = [one for one in targets if one.busy]
        for one in busy:
            say(f"scrapy forget: {one.url}: run {one.busy} is publishing it; again when it ended")
        code = self._dealt_with([one for one in targets if not one.busy])
        return code or (1 if unknown else _BUSY if busy else 0)

    def _dealt_with(self, targets: list[Target]) -> int:
        if not targets:
            return 0
        if self._opts.dry_run:
            return self._told(targets)
        stones = forget(self._output, targets, self._order)
        say(f"forgotten: {len(targets)}, tombstones published: {len(stones)}")
        return self._purged(targets) if self._opts.purge else 0

    def _told(self, targets: list[Target]) -> int:
        for one in targets:
            _print(f"{one.id or 'no article'}: {_what_of(one)}")
            for url in sorted(one.urls):
                _print(f"  {url}")
        if not self._opts.purge:
            return 0
        with _status() as said:
            plan = plan_purge(
                self._output, self._archive, targets_of(targets, self._order.reason), said
            )
        _tell(plan)
        return _faults(plan)

    def _purged(self, targets: list[Target]) -> int:
        wanted = targets_of(targets, self._order.reason)
        with _status() as said:
            plan = purge(self._output, self._archive, wanted, self._order.now, said)
        lines = sum(count for _, count in plan.lines)
        records = sum(map(len, plan.archive.spans.values()))
        say(
            f"purged: {lines} lines of {len(plan.lines)} segments, {records} records of"
            f" {len(plan.archive.spans)} archive files; the ledger was written anew"
        )
        return _faults(plan)


def _what_of(target: Target) -> str:
    if target.done:
        return "is forgotten already"
    if target.version is None:
        return "is not asked for again"
    return f"version {target.version + 1} would be its tombstone"


def _tell(plan: PurgePlan) -> None:
    for segment, count in plan.lines:
        _print(f"{segment.path}: {count} lines")
    for path, spans in plan.archive.spans.items():
        _print(f"{path}: {len(spans)} records")


def _faults(plan: PurgePlan) -> int:
    for fault in plan.archive.faults:
        say(f"scrapy forget: {fault}")
    return 1 if plan.archive.faults else 0


@contextmanager
def _status() -> Iterator[Callable[[str], None]]:
    """A line on the terminal that tells what is read."""
    with Console(stderr=True).status("reading") as status:
        yield status.update


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
