"""Segments: files of records, one JSON object a line, that no reader sees before they are whole.

A run appends to `<run_id>.jsonl.part`, which becomes `<run_id>.jsonl` when it is sealed. From its
first moment to its last it holds its `RunLock` in the same folder, so that a part left by a dead
run is told from one that is being written.

A run ends in this order, and a crash between any two steps is mended by `crawler.recovery`:
`writer.seal()`, `ledger.seal(run_id)`, `writer.close()`.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from cleaning.article import Article, Refusal
from cleaning.error import OutputError
from crawler.disk import cut_to_whole_lines, explained, publish, write_all
from crawler.run_lock import RunLock, locked_runs

_SEALED = ".jsonl"
_PART = ".jsonl.part"


@dataclass(frozen=True, slots=True)
class _Key:
    """What tells one line of a segment of articles from all others."""

    id: str
    version: int


_encoder = msgspec.json.Encoder()
_key_decoder = msgspec.json.Decoder(_Key)


@dataclass(frozen=True, slots=True)
class Recovered:
    """A part that its dead run left, now sealed."""

    run_id: str
    path: Path


class SegmentWriter:
    """Appends the records of one run to a file that appears only when it is sealed.

    Make it before the run's first ledger row: its lock is what shows that the run is alive. The
    part is created at the first record.

    Args:
        folder: where the segment goes; made if it is missing.
        run_id: the run's name, unlike that of any earlier run.

    Raises:
        OutputError: if the folder cannot be written, or the run's name has been used there.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        self._target = sealed_path(folder, run_id)
        self._part = _part_path(folder, run_id)
        self._file: int | None = None
        self._size = 0
        self._lock = self._taken_lock(folder, run_id)

    def write(self, record: bytes) -> None:
        """Appends one line.

        Args:
            record: one JSON object without a line feed, as `encode` gives it.

        Raises:
            OutputError: if the disk is full or fails; the part still ends with a whole line.
        """
        line = record + b"\n"
        with explained(self._part):
            file = self._opened()
            try:
                write_all(file, line, self._size)
            except OSError:
                os.ftruncate(file, self._size)
                raise
        self._size += len(line)

    def seal(self) -> Path | None:
        """Makes the segment visible, whole and durable; None if nothing was written.

        Call it once, and `close` after the ledger has been sealed too.

        Raises:
            OutputError: if the disk fails or a file of that name has appeared; the part stays.
        """
        if self._file is None or self._size == 0:
            return None
        with explained(self._part):
            os.ftruncate(self._file, self._size)
            os.fsync(self._file)
        return publish(self._part, self._target)

    def close(self) -> None:
        """Lets the run go; may be called again. An unsealed part stays for `crawler.recovery`."""
        file, self._file = self._file, None
        try:
            if file is not None:
                with explained(self._part):
                    os.close(file)
        finally:
            self._lock.close()

    def _taken_lock(self, folder: Path, run_id: str) -> RunLock:
        lock = RunLock.start(folder, run_id)
        if lock is not None and not self._target.exists() and not self._part.exists():
            return lock
        if lock is not None:
            lock.close()
        cure = "start this run under another id"
        raise OutputError(f"{self._target}: run {run_id} has been here before: {cure}")

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        return self._file


def encode(record: Article | Refusal) -> bytes:
    """The record as one line of JSON in UTF-8, keys in field order, without its line feed."""
    return _encoder.encode(record)


def read_keys(path: Path) -> Iterator[tuple[str, int]]:
    """The (id, version) of each line of a segment of articles, in order.

    Raises:
        OutputError: if the file cannot be read or a line is no record.
    """
    with explained(path), path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                key = _key_decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                message = f"{path}, line {number}: no record ({error}): move the file away"
                raise OutputError(message) from error
            yield key.id, key.version


def sealed_path(folder: Path, run_id: str) -> Path:
    """Where a run's segment is once it is sealed."""
    return folder / f"{run_id}{_SEALED}"


def unfinished_runs(folder: Path) -> set[str]:
    """The runs, dead or alive, that have left a part or a lock in the folder."""
    return {path.name.removesuffix(_PART) for path in folder.glob(f"*{_PART}")} | locked_runs(
        folder
    )


def seal_part(folder: Path, run_id: str) -> Path | None:
    """Cuts a dead run's part at its last whole line and seals it; the caller holds the run's lock.

    Returns:
        The sealed segment, or None if there was no part or not one whole line in it.

    Raises:
        OutputError: if the disk fails, or a sealed segment of that name is there already.
    """
    part = _part_path(folder, run_id)
    if not part.exists():
        return None
    if cut_to_whole_lines(part) == 0:
        with explained(part):
            part.unlink()
        return None
    return publish(part, sealed_path(folder, run_id))


def recover(folder: Path) -> list[Recovered]:
    """Seals every part in the folder whose run is dead; live runs are left alone.

    Raises:
        OutputError: if the disk fails, or a sealed segment of that name is there already.
    """
    sealed = [(run_id, _seal_if_dead(folder, run_id)) for run_id in sorted(unfinished_runs(folder))]
    return [Recovered(run_id, path) for run_id, path in sealed if path is not None]


def _seal_if_dead(folder: Path, run_id: str) -> Path | None:
    lock = RunLock.take(folder, run_id)
    if lock is None:
        return None
    with closing(lock):
        return seal_part(folder, run_id)


def _part_path(folder: Path, run_id: str) -> Path:
    return folder / f"{run_id}{_PART}"
