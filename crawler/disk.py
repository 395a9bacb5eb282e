"""Writing that is whole, durable and explained: what the files of a run have in common."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaning.error import OutputError

_CHUNK = 65_536
_FREE_SPACE = "free space there and run again"
_ALLOW = "make it writable, or set another output folder"
_RAISE = "raise the limit of open files (ulimit -n), or crawl fewer sites in one run"
_MOVE = "a file stands where a folder should: move it away"
_CURES = {
    errno.ENOSPC: _FREE_SPACE,
    errno.EDQUOT: _FREE_SPACE,
    errno.EFBIG: _FREE_SPACE,
    errno.EMFILE: _RAISE,
    errno.EROFS: _ALLOW,
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
    errno.ENOTDIR: _MOVE,
    errno.EEXIST: _MOVE,
}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns an error of the system into one line that names the path and the cure.

    Raises:
        OutputError: for any OSError inside.
    """
    try:
        yield
    except OSError as error:
        cure = _CURES.get(error.errno or 0, "check the disk and run again")
        raise OutputError(f"{path}: {error.strerror}: {cure}") from error


def write_all(file: int, data: bytes, offset: int) -> None:
    """Writes all of `data` at a place in an open file, in one call if the system takes it so.

    Raises:
        OSError: if the disk is full or fails; a part of `data` may be written then.
    """
    written = os.pwrite(file, data, offset)
    while written < len(data):
        written += os.pwrite(file, data[written:], offset + written)


def publish(part: Path, target: Path) -> Path:
    """Renames a finished, synced file, never over another one, and makes the name durable.

    Raises:
        OutputError: if `target` exists or the disk fails; `part` stays then.
    """
    if target.exists():
        raise OutputError(f"{target}: is there already: move it or {part.name} away")
    with explained(target):
        replace(part, target)
    return target


def replace(part: Path, target: Path) -> None:
    """Renames a finished, synced file, over another one if that is there, and syncs the name.

    Raises:
        OSError: if the disk fails.
    """
    part.replace(target)
    sync(target.parent)


def cut_to_whole_lines(path: Path) -> int:
    """Cuts a file behind its last line feed and makes that durable.

    Returns:
        The bytes that are left.

    Raises:
        OutputError: if the file cannot be read or cut.
    """
    with explained(path):
        size = _whole_lines(path)
        os.truncate(path, size)
        sync(path)
    return size


def _whole_lines(path: Path) -> int:
    """How many bytes of the file are whole lines; reads only its end."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - _CHUNK)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def sync(path: Path) -> None:
    """Makes a file's contents, or the names in a folder, durable.

    Raises:
        OSError: if the disk fails.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
