"""What has been added to a file of lines since it was last read, be it here or elsewhere."""

import os
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from cleaning.folder import File


class Added(NamedTuple):
    """Whole lines; `anew` where the file is another, and these are all of it."""

    lines: bytes
    anew: bool


class Tail(Protocol):
    """A file of which the rest is to be read, again and again."""

    def read(self) -> Added:
        """What is behind the last whole line that was read.

        Raises:
            OSError: the file is missing, or cannot be read.
        """


class Marked(File, Protocol):
    """A file elsewhere, which tells cheaply whether it is as it was."""

    def mark(self) -> str:
        """What differs as soon as the file does.

        Raises:
            OSError: the file is missing, or cannot be asked for.
        """


def tail_of(file: File) -> Tail:
    """The tail of a file, none of which has been read."""
    return LocalTail(file) if isinstance(file, Path) else RemoteTail(file)  # type: ignore[arg-type]


class LocalTail:
    """Of a file that is appended to, or replaced by another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._offset = 0

    def read(self) -> Added:
        """See `Tail`."""
        with self._path.open("rb") as file:
            stat = os.fstat(file.fileno())
            anew = stat.st_ino != self._file or stat.st_size < self._offset
            if anew:
                self._file, self._offset = stat.st_ino, 0
            file.seek(self._offset)
            lines = _whole(file.read())
        self._offset += len(lines)
        return Added(lines, anew)


class RemoteTail:
    """Of a file that is replaced by a longer one, as stores know no appending."""

    def __init__(self, file: Marked) -> None:
        self._file = file
        self._mark = ""
        self._offset = 0
        self._digest = sha256().digest()

    def read(self) -> Added:
        """See `Tail`."""
        # Asked first: what comes after it is found by the next look.
        mark = self._file.mark()
        if mark == self._mark:
            return Added(b"", anew=False)
        with self._file.open("rb") as file:
            data = _whole(file.read())
        anew = sha256(data[: self._offset]).digest() != self._digest
        lines = data if anew else data[self._offset :]
        self._mark, self._offset, self._digest = mark, len(data), sha256(data).digest()
        return Added(lines, anew)


def _whole(data: bytes) -> bytes:
    return data[: data.rfind(b"\n") + 1]
