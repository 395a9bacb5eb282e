"""One run a site: who crawls a site holds a lock on `<output>/locks/<domain>.lock`.

So overlapping schedules do not meet. Runs into two output folders do: they share nothing.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from cleaning.timestamp import format_timestamp
from crawler.disk import explained
from crawler.file_lock import FileLock, open_locked

#: Below COPYDESK_OUTPUT.
FOLDER = "locks"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """What a lock file says, for people: the lock itself is the kernel's."""

    run_id: str
    pid: int
    #: RFC 3339
    since: str


class Busy(NamedTuple):
    """A site that another run has."""

    domain: str
    #: None where the other run has not written yet who it is.
    holder: Holder | None

    def __str__(self) -> str:
        """`example.org (run 20261122T041829Z-980c1a, process 4711, since ...)`."""
        if self.holder is None:
            return f"{self.domain} (by a run that has just begun)"
        by = self.holder
        return f"{self.domain} (by run {by.run_id}, process {by.pid}, since {by.since})"


class SiteLocks:
    """The locks of a run, for as long as the `with` block lasts."""

    def __init__(self, output: Path, run_id: str, now: datetime) -> None:
        """Take nothing yet.

        Args:
            output: COPYDESK_OUTPUT.
            run_id: who takes them.
            now: since when.
        """
        self._folder = output / FOLDER
        self._holder = Holder(run_id=run_id, pid=os.getpid(), since=format_timestamp(now))
        self._held: list[FileLock] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for lock in self._held:
            lock.close()

    def take(self, domains: Iterable[str]) -> list[Busy]:
        """Take the lock of every site that is free.

        Returns:
            Those that are not.

        Raises:
            OutputError: a lock file cannot be made or written.
        """
        return [busy for domain in domains if (busy := self._take(domain))]

    def _take(self, domain: str) -> Busy | None:
        path = self._folder / f"{domain}.lock"
        descriptor = open_locked(path)
        if descriptor is None:
            return Busy(domain, _read(path))
        self._held.append(FileLock(path, descriptor))
        with explained(path):
            # A run that was killed may have left what it was.
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, msgspec.json.encode(self._holder) + b"\n", 0)
        return None


def _read(path: Path) -> Holder | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.MsgspecError):
        return None
