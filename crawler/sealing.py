"""Puts finished segments in their place and names them in the manifest, one process at a time.

Who seals holds `manifest.lock`. Into that file goes first what the manifest is to say, then the
segment is renamed, then its line is appended: whoever takes the lock next completes what a killed
process had begun. So a segment is published from the moment on in which it has its name.
"""

import fcntl
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import get_args

import msgspec

from cleaning.article import Article
from cleaning.dates import format_timestamp
from cleaning.error import InputError
from cleaning.manifest import MANIFEST, Kind, Manifest, Ops, Segment, encode_segment
from crawler.disk import cut_to_whole_lines, explained, sync, write_all

#: The lock's name in the output folder; the file stays.
LOCK = "manifest.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What the manifest says of a segment that its file does not: see `cleaning.manifest`."""

    kind: Kind
    records: int
    first: str | None
    last: str | None
    schema: str | None
    run: str | None
    ops: Ops | None


class Sealer:
    """Seals segments into an output folder; holds nothing between two of them.

    Args:
        output: the output folder.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        self._manifests = {kind: Manifest(output, kind) for kind in get_args(Kind)}

    def seal(self, part: Path, told: Contents, now: datetime, suffix: str = ".jsonl") -> Segment:
        """Publish a finished file as the next segment of its kind.

        Args:
            part: the file, compressed as the suffix says; on the same disk, of a name that no
                reader looks for. It is gone when this returns, and may be when this raises.
            told: what is in it.
            now: aware; its day in UTC names the folder.
            suffix: `.jsonl`, `.jsonl.zst` or `.jsonl.gz`.

        Returns:
            The segment; its file, its name and its line are on the disk.

        Raises:
            OutputError: the disk is full or fails. If the file has its name by then, it is
                published when the lock is taken next.
            InputError: the manifest is damaged.
        """
        with self._alone() as journal, explained(self._output / MANIFEST):
            sequence = self._last(told.kind) + 1
            segment = _described(part, told, sequence, now, suffix)
            self._intend(journal, segment)
            self._place(part, self._output / segment.path)
            self._append(segment)
            os.ftruncate(journal, 0)
        return segment

    def finish(self) -> None:
        """Complete what a killed process had begun to publish.

        Raises:
            OutputError, InputError: as for `seal`.
        """
        with self._alone():
            pass

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all others from sealing; what a killed process had begun is completed first.

        Raises:
            OutputError, InputError: as for `seal`.
        """
        with self._alone():
            yield

    @contextmanager
    def _alone(self) -> Iterator[int]:
        with locked(self._output) as journal:
            with explained(self._output / MANIFEST):
                self._mend()
                self._complete(journal)
            yield journal

    def _mend(self) -> None:
        """Cut a line off that is torn."""
        path = self._output / MANIFEST
        if path.exists() and not _ends_whole(path):
            cut_to_whole_lines(path)

    def _complete(self, journal: int) -> None:
        begun = os.pread(journal, os.fstat(journal).st_size, 0)
        if not begun:
            return
        segment = intended(begun)
        if segment is not None and (self._output / segment.path).exists():
            sync((self._output / segment.path).parent)
            if segment.sequence == self._last(segment.kind) + 1:
                self._append(segment)
        os.ftruncate(journal, 0)

    def _last(self, kind: Kind) -> int:
        self._manifests[kind].unread()
        return self._manifests[kind].last

    @staticmethod
    def _intend(journal: int, segment: Segment) -> None:
        write_all(journal, encode_segment(segment) + b"\n", 0)
        os.fsync(journal)

    @staticmethod
    def _place(part: Path, target: Path) -> None:
        if not target.parent.exists():
            target.parent.mkdir(parents=True)
            sync(target.parent.parent)
        part.replace(target)
        sync(target.parent)

    def _append(self, segment: Segment) -> None:
        path = self._output / MANIFEST
        file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            size = os.fstat(file).st_size
            try:
                write_all(file, encode_segment(segment) + b"\n", size)
            except OSError:
                os.ftruncate(file, size)
                raise
            os.fsync(file)
        finally:
            os.close(file)
        if size == 0:
            sync(path.parent)


@contextmanager
def locked(output: Path) -> Iterator[int]:
    """Hold the lock of an output folder's manifest; wait until whoever has it is done.

    Gives:
        The lock file, open for reading and writing.

    Raises:
        OutputError: the folder or the lock file cannot be made.
    """
    path = output / LOCK
    with explained(path):
        output.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        with explained(path):
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


@contextmanager
def undisturbed(output: Path) -> Iterator[bytes]:
    """Wait until nobody seals, and keep it so; for who only reads, so nothing is made.

    Gives:
        What the lock file says: what a killed process had begun, mostly nothing.

    Raises:
        InputError: the lock file cannot be read.
    """
    path = output / LOCK
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield b""
        return
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield os.pread(file, os.fstat(file).st_size, 0)
    finally:
        os.close(file)


def contents_of(articles: Sequence[Article], run_id: str) -> Contents:
    """What is to be said of a segment of articles, at least one."""
    fetched = sorted((one.provenance.fetched_at for one in articles), key=datetime.fromisoformat)
    ops = Counter(one.op for one in articles)
    return Contents(
        kind="articles",
        records=len(articles),
        first=fetched[0],
        last=fetched[-1],
        schema=articles[0].schema,
        run=run_id,
        ops=Ops(new=ops["new"], update=ops["update"], tombstone=ops["tombstone"]),
    )


def _described(part: Path, told: Contents, sequence: int, now: datetime, suffix: str) -> Segment:
    """The line of a file that is made durable here."""
    at = now.astimezone(UTC)
    with part.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        size = os.fstat(file.fileno()).st_size
    return Segment(
        kind=told.kind,
        sequence=sequence,
        path=f"{told.kind}/{at:%Y-%m-%d}/{sequence:08}{suffix}",
        records=told.records,
        bytes=size,
        sha256=digest,
        first=told.first,
        last=told.last,
        schema=told.schema,
        run=told.run,
        ops=told.ops,
        sealed_at=format_timestamp(at),
    )


def intended(journal: bytes) -> Segment | None:
    """What a killed process was about to publish; None where it was killed while writing that."""
    try:
        return msgspec.json.decode(journal, type=Segment)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        return file.read() in {b"", b"\n"}
