"""Tells live runs from dead ones: each run holds a lock on `<folder>/<run_id>.lock` for its life.

The kernel drops the lock however the process ends. So a run is dead exactly if its lock is free or
its lock file gone, also if it has not written a line yet.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self
from weakref import WeakSet

from crawler.disk import explained

_LOCK = ".lock"


class RunLock:
    """A run's hold on its lock; made by `start` for a run, by `take` for who cleans up after it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        _held.add(self)

    @classmethod
    def start(cls, folder: Path, run_id: str) -> Self | None:
        """Makes and takes the lock of a new run; None if there is a lock of that name already.

        Raises:
            OutputError: if the folder or the lock file cannot be made.
        """
        path = _path(folder, run_id)
        # Locked before it has its name: under that name it would look dead for a moment.
        unnamed = path.with_name(f"{path.name}-{os.getpid()}")
        descriptor = _locked(unnamed)
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
        descriptor = _locked(path)
        return None if descriptor is None else cls(path, descriptor)

    def close(self) -> None:
        """Removes the lock file and lets go; may be called again."""
        if self._descriptor is not None:
            # While the lock is still held, so that the file cannot be another holder's by now.
            with suppress(OSError):
                self._path.unlink()
            self.drop()

    def drop(self) -> None:
        """Ends this process's share in the lock; its file stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def locked_runs(folder: Path) -> set[str]:
    """The runs, dead or alive, that have a lock file in the folder."""
    return {path.name.removesuffix(_LOCK) for path in folder.glob(f"*{_LOCK}")}


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}{_LOCK}"


def _locked(path: Path) -> int | None:
    """Opens a lock file, made if missing, and locks it; None if it is locked already."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        # flock, not lockf: two runs in one process must not take each other for dead.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


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


_held: WeakSet[RunLock] = WeakSet()


def _drop_all() -> None:
    for lock in _held:
        lock.drop()


# A forked worker shares its parent's locks: one that outlives a killed parent would keep the dead
# run looking alive.
os.register_at_fork(after_in_child=_drop_all)
