"""A file given to read: what is known of it before it is read, and the refusal of what it holds."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cleaning.article import Refusal
from cleaning.error import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A readable file: its path, its absolute `file:` URI, size in bytes, time of last change."""

    path: Path
    uri: str
    size: int
    written_at: datetime

    def read(self, most: int) -> bytes:
        """The file's first bytes, at most so many."""
        with self.path.open("rb") as file:
            return file.read(most)


class Flaw(NamedTuple):
    """Why something is no page: a slug to count by, and for people what was seen."""

    reason: str
    detail: str


def open_source(path: Path) -> SourceFile:
    """What is known of a file.

    Raises:
        InputError: it is missing, a folder or may not be read.
    """
    try:
        with path.open("rb"):
            status = path.stat()
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder; give the files in it: {path}/*") from error
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{path}: {what}; give a file that can be read") from error
    return SourceFile(
        path=path,
        uri=path.absolute().as_uri(),
        size=status.st_size,
        written_at=datetime.fromtimestamp(status.st_mtime, UTC),
    )


def refuse(file: SourceFile, flaw: Flaw, url: str | None = None) -> Refusal:
    """The refusal of a file, or of the part of it that `url` names."""
    return Refusal(
        url=url or file.uri,
        requested_url=url or file.uri,
        reason=flaw.reason,
        detail=f"{file.path}: {flaw.detail}",
        stage="clean",
        at=file.written_at.isoformat(),
        status=None,
        warc=None,
        run_id=None,
        spider=None,
    )
