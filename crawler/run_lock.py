"""Tells live runs from dead ones: each run holds a lock on `<folder>/<run_id>.lock` for its life.

A run is dead exactly if its lock is free or its lock file gone, also if it has not written a line
yet.
"""

import os
from pathlib import Path
from typing import Self

from crawler.disk import explained
from crawler.file_lock import FileLock, open_locked

_LOCK = ".lock"


class RunLock(FileLock):
    """A run's hold on its lock; made by `start` for a run, by `take` for who cleans up after it."""

    @classmethod
    def start(cls, folder: Path, run_id: str) -> Self | None:
        """Makes and takes the lock of a new run; None if there is a lock of that name already.

        Raises:
            OutputError: if the folder or the lock file cannot be made.
        """
        path = _path(folder, run_id)
        # Locked before it has its name: under that name it would look dead for a moment.
        unnamed = path.with_name(f"{path.name}-{os.getpid()}")
        descriptor = open_locked(unnamed)
        if descriptor is None or not _named(unnamed, path):
            return None
        return cls(path, descriptor)

    @classmethod
    def take(cls, folder: Path, run_id: str) -> Self | None:
        """Takes over the lock of a dead run; None while the run is alive.

        Raises:
            OutputError: if the folder or the lock file cannot be made.
        """
        path = _path(folder, run_id)
        descriptor = open_locked(path)
        return None if descriptor is None else cls(path, descriptor)


def locked_runs(folder: Path) -> set[str]:
    """The runs, dead or alive, that have a lock file in the folder."""
    return {path.name.removesuffix(_LOCK) for path in folder.glob(f"*{_LOCK}")}


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}{_LOCK}"


def _named(unnamed: Path, path: Path) -> bool:
    """Gives a lock file its name; False if the name is taken."""
    with explained(path):
        try:
            path.hardlink_to(unnamed)
        except FileExistsError:
            return False
        finally:
            unnamed.unlink()
    return True
