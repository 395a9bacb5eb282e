"""A file that one process holds locked for as long as it lives: the base of our locks.

The kernel drops the lock however the process ends, `kill -9` included, so none is ever stale.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from weakref import WeakSet

from crawler.disk import explained


class FileLock:
    """A hold on a lock file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        """Take what `open_locked` gave."""
        self._path = path
        self._descriptor: int | None = descriptor
        _held.add(self)

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


def open_locked(path: Path) -> int | None:
    """Opens a lock file, made if missing, and locks it; None if it is locked already.

    Raises:
        OutputError: if the folder or the file cannot be made.
    """
    while True:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            # flock, not lockf: two runs in one process must not take each other for dead.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        # Who held it may have removed the file since it was opened here: that lock is nobody's.
        if _is_open_at(path, descriptor):
            return descriptor
        os.close(descriptor)


@contextmanager
def locked_folder(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Waits for the lock on a folder itself, and holds it; nothing is made for that.

    Args:
        folder: one that is there.
        how: `fcntl.LOCK_EX`, or `fcntl.LOCK_SH` for those who only keep others from changing it.

    Raises:
        OSError: the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _is_open_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


_held: WeakSet[FileLock] = WeakSet()


def _drop_all() -> None:
    for lock in list(_held):
        lock.drop()


# A forked worker shares its parent's locks: one that outlives a killed parent would keep them.
os.register_at_fork(after_in_child=_drop_all)
