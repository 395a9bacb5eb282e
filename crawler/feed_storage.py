"""Where `-o`, `-O` and FEEDS put files: a feed takes an old one's place as soon as it is whole.

Scrapy writes into the old file itself: a run that is killed leaves half of a new one, and where the
disk is full each item costs a traceback, the last line is torn and the exit code is 0.
"""

import fcntl
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from io import FileIO
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from scrapy import Spider
from scrapy.extensions.feedexport import FileFeedStorage

from cleaning.error import CopydeskError
from crawler.disk import explained, replace, sync

#: Formats of which the last line may have lost its end, in a file that something else wrote.
_LINES = {"jsonlines", "jsonl", "jl", "csv"}


class FeedFile(FileIO):
    """A feed in the making; where a write fails, it says no more than that, when it is stored.

    Exporters write item by item, and would go on behind a hole.
    """

    #: Why it is not whole.
    error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write all of it, or nothing any more."""
        whole = rest = memoryview(data).cast("B")
        try:
            while rest and self.error is None:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.error = error
        return len(whole)


class WholeFileStorage(FileFeedStorage):
    """Scrapy's storage for files in how it reads URIs and options; only the file is another.

    Devices and pipes, and files in a folder where nothing can be put, are left to Scrapy.
    """

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        """Take what Scrapy knows of the feed."""
        super().__init__(uri, feed_options=feed_options)
        # Of a link, what it leads to is replaced.
        self._target = Path(self.path).resolve()
        self._appends = self.write_mode == "ab"
        given = feed_options or {}
        self._has_lines = given.get("format") in _LINES and not given.get("postprocessing")
        _shorten_errors()

    def open(self, spider: Spider) -> IO[bytes]:
        """A file beside, which is not there yet for readers; it cannot fail, but for `store`."""
        if self._target.exists() and not self._is_replaceable():
            return super().open(spider)
        try:
            return _open_part(self._target)
        except OSError as error:
            spoilt = FeedFile(os.devnull, "wb")
            spoilt.error = error
            return spoilt

    def _is_replaceable(self) -> bool:
        return self._target.is_file() and os.access(self._target.parent, os.W_OK)

    def store(self, file: IO[bytes]) -> None:
        """Put it in place, or behind what is there.

        Raises:
            OutputError: the disk is full or fails; what was there before still is.
        """
        if not isinstance(file, FeedFile):
            super().store(file)
            return
        part = Path(os.fsdecode(file.name))
        try:
            with explained(self._target), file:
                if file.error is not None:
                    raise file.error
                self._put_in_place(part)
        finally:
            if part != Path(os.devnull):
                with suppress(OSError):
                    part.unlink(missing_ok=True)

    def _put_in_place(self, part: Path) -> None:
        with _locked(self._target.parent):
            if self._appends and self._target.exists():
                self._append(part)
                return
            if self._target.exists():
                shutil.copymode(self._target, part)
            sync(part)
            replace(part, self._target)

    def _append(self, part: Path) -> None:
        """Replace the old file by one that has both: in the middle of an append it would be torn.

        The old one stands where the disk has not room for it twice.
        """
        both = part.with_name(f"{part.name}.part")
        try:
            shutil.copy(self._target, both)
            with both.open("r+b") as file, part.open("rb") as added:
                if self._has_lines and not _ends_a_line(file):
                    file.write(b"\n")
                shutil.copyfileobj(added, file)
            sync(both)
            replace(both, self._target)
        finally:
            both.unlink(missing_ok=True)


def _open_part(target: Path) -> FeedFile:
    """A new file, locked for as long as it is open; those of runs that were killed are removed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent):
        for old in target.parent.glob(f".{escape(target.name)}.*.part"):
            _remove_if_dead(old)
        part = FeedFile(str(target.with_name(f".{target.name}.{token_hex(4)}.part")), "xb")
        fcntl.flock(part.fileno(), fcntl.LOCK_EX)
    return part


def _remove_if_dead(part: Path) -> None:
    with suppress(OSError), part.open("rb") as file:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        part.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others from putting files in place there meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # NFS locks no folders: there, of two runs that append at once, one's records may be lost.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _ends_a_line(file: IO[bytes]) -> bool:
    """Whether the last byte is a line feed; the file is at its end then."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"


class _Shorten(logging.Filter):
    """Says an error of ours in its one line, without where in the code it came about."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, CopydeskError):
            record.msg, record.args = f"{record.getMessage()}: {error}", None
            record.exc_info = None
        return True


_SHORTEN = _Shorten()


def _shorten_errors() -> None:
    logging.getLogger("scrapy.extensions.feedexport").addFilter(_SHORTEN)
