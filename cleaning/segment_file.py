"""Reads the lines of a sealed segment, compressed or not, and finds out when it is damaged."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest

from cleaning.cursor import Cursor
from cleaning.error import InputError
from cleaning.folder import Folder
from cleaning.manifest import Segment

# CPython's own, or its backport for the versions before: light, typed, and kept by who wrote it.
if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BUFFER = 256 * 1024


def read_segment(folder: Folder, segment: Segment, skip: int = 0) -> Iterator[bytes]:
    """The lines of a segment as they stand in it, without their line feeds.

    Args:
        folder: the output folder.
        segment: what the manifest says of it.
        skip: so many lines at its beginning are left out.

    Raises:
        InputError: the file is missing, unreadable or damaged, or is not what the manifest says.
    """
    number = 0
    with explained(folder, segment), (folder / segment.path).open("rb") as lines:
        _check_size(segment, lines)
        with _decompressed(segment.path, lines) as plain:
            for number, line in enumerate(plain, 1):
                if not line.endswith(b"\n"):
                    raise EOFError(f"line {number} has no end")
                if number > skip:
                    yield line[:-1]
        if number != segment.records:
            raise EOFError(f"{number} lines, not {segment.records}")


def verify_segment(folder: Folder, segment: Segment) -> None:
    """Compare a segment's SHA-256 with the manifest's.

    Raises:
        InputError: they differ, or the file cannot be read.
    """
    with explained(folder, segment), (folder / segment.path).open("rb") as file:
        _check_size(segment, file)
        if file_digest(file, "sha256").hexdigest() != segment.sha256:
            raise EOFError("its SHA-256 is another")


@contextmanager
def explained(folder: Folder, segment: Segment) -> Iterator[None]:
    """Turn whatever is wrong with a segment's file into one line that names it and the cure.

    Raises:
        InputError: for what the system or a decompressor says, or an EOFError.
    """
    place = folder / segment.path
    cure = f"restore it from a copy, or read on behind it: since {after(segment)}"
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{place}: is missing; {cure}") from error
    except (EOFError, zlib.error, zstd.ZstdError, gzip.BadGzipFile) as error:
        raise InputError(f"{place}: is damaged ({error}); {cure}") from error
    except OSError as error:
        raise InputError(f"{place}: {error.strerror}; make it readable") from error


def after(segment: Segment) -> Cursor:
    """The cursor of who has read all of a segment."""
    return Cursor(segment.sequence, segment.records)


def _check_size(segment: Segment, file: io.BufferedReader) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if size != segment.bytes:
        raise EOFError(f"{size} bytes, not {segment.bytes}")


def _decompressed(name: str, file: io.BufferedReader) -> io.BufferedReader:
    if name.endswith(".gz"):
        return io.BufferedReader(gzip.GzipFile(fileobj=file), _BUFFER)
    if name.endswith(".zst"):
        return io.BufferedReader(zstd.ZstdFile(file), _BUFFER)
    return file
