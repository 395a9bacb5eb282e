"""Segments: files of records, one JSON object a line, that no reader sees before they are whole.

A run appends to its parts, `open/RUN.articles.part` and so on, and holds its `RunLock` there from
its first moment to its last, so that parts of a dead run are told from those that are being
written. They are sealed together (see `crawler.sealing`) when one of them holds enough, or is old
enough, and when the run ends; then the ledger's rows of what is in them are final. A crash between
any two steps is mended by `crawler.recovery`.
"""

import os
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self, get_args

import msgspec
from scrapy.settings import BaseSettings

from cleaning.article import Article, Refusal
from cleaning.error import OutputError
from cleaning.manifest import Kind, Segment
from cleaning.timestamp import format_timestamp
from crawler.disk import explained, write_all
from crawler.ledger import Ledger
from crawler.run_lock import RunLock
from crawler.sealing import OPEN, PACKINGS, Packing, Part, seal_parts, segments_of
from crawler.setting import number_of, one_of

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
#: Not `.jsonl`: who takes all files of that ending must not come upon what is not whole.
_ENDING: Final = ".part"
_MEGABYTE: Final = 1_000_000

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When parts are sealed: at so many records or bytes of one, or so many seconds of age."""

    records: int = 10_000
    bytes: int = 64 * _MEGABYTE
    seconds: float = 300
    packing: Packing = ""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """As the COPYDESK_SEGMENT_ settings say.

        Raises:
            InputError: one of them cannot be used.
        """
        packing = one_of(settings, "COPYDESK_SEGMENT_PACKING", PACKINGS)
        return cls(
            records=int(number_of(settings, "COPYDESK_SEGMENT_RECORDS", least=1)),
            bytes=round(number_of(settings, "COPYDESK_SEGMENT_MB", least=0.001) * _MEGABYTE),
            seconds=number_of(settings, "COPYDESK_SEGMENT_SECONDS", least=0),
            packing=next(each for each in PACKINGS if each == packing),
        )


@dataclass(slots=True)
class _Open:
    """A part that is being written."""

    path: Path
    file: int
    since: datetime
    size: int = 0
    records: int = 0


@dataclass(slots=True)
class Publication:
    """What one run publishes; begin it before the run's first ledger row: its lock shows its life.

    Raises:
        OutputError: if the folder cannot be written, or the run's name has been used there.
    """

    output: Path
    run_id: str
    ledger: Ledger
    limits: Limits = field(default_factory=Limits)
    _parts: dict[Kind, _Open] = field(init=False, default_factory=dict)
    _lock: RunLock = field(init=False)

    def __post_init__(self) -> None:
        """Take the run's lock."""
        lock = RunLock.start(self.output / OPEN, self.run_id)
        if lock is not None and not _was_here(self.output, self.run_id):
            self._lock = lock
            return
        if lock is not None:
            lock.close()
        cure = "start this run under another id"
        raise OutputError(f"{self.output}: run {self.run_id} has been here before: {cure}")

    def write(self, kind: Kind, record: bytes) -> None:
        """Append one line.

        Args:
            kind: of the record.
            record: one JSON object without a line feed, as `encode` gives it.

        Raises:
            OutputError: if the disk is full or fails; the part still ends with a whole line.
        """
        line = record + b"\n"
        part = self._parts.get(kind) or self._opened(kind)
        with explained(part.path):
            try:
                write_all(part.file, line, part.size)
            except OSError:
                os.ftruncate(part.file, part.size)
                raise
        part.size += len(line)
        part.records += 1

    def is_due(self, now: datetime) -> bool:
        """Whether the parts hold enough, or are old enough, to be sealed."""
        return any(self._is_full(part, now) for part in self._parts.values())

    def seal(
        self,
        now: datetime,
        *,
        but: AbstractSet[tuple[str, int]] = frozenset(),
        has_ended: bool = False,
    ) -> list[Segment]:
        """Make what has been written visible, whole, durable and final in the ledger.

        Args:
            now: when; aware.
            but: (id, version) of what is decided, and not written yet.
            has_ended: whether the run has, too.

        Raises:
            OutputError: if the disk fails; what was not sealed is, by recovery.
            LedgerError: if the ledger cannot be written.
        """
        parts = [Part(kind, self._closed(part)) for kind, part in self._parts.items()]
        self._parts.clear()
        sealed: list[Segment] = []
        if parts:
            # A record whose row a power cut has taken would be published again.
            self.ledger.sync()
            sealed = seal_parts(self.output, self.run_id, parts, self.limits.packing, now)
        ended = format_timestamp(now) if has_ended else None
        self.ledger.seal(self.run_id, ended, but=but)
        return sealed

    def close(self) -> None:
        """Let the run go; may be called again. Parts that are not sealed stay for recovery."""
        for part in self._parts.values():
            with explained(part.path):
                os.close(part.file)
        self._parts.clear()
        self._lock.close()

    def _opened(self, kind: Kind) -> _Open:
        path = part_path(self.output, self.run_id, kind)
        with explained(path):
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        self._parts[kind] = part = _Open(path, file, datetime.now(UTC))
        return part

    def _closed(self, part: _Open) -> Path:
        with explained(part.path):
            os.ftruncate(part.file, part.size)
            os.fsync(part.file)
            os.close(part.file)
        return part.path

    def _is_full(self, part: _Open, now: datetime) -> bool:
        limits = self.limits
        age = (now - part.since).total_seconds()
        return part.records >= limits.records or part.size >= limits.bytes or age >= limits.seconds


def encode(record: Article | Refusal) -> bytes:
    """The record as one line of JSON in UTF-8, keys in field order, without its line feed."""
    return _encoder.encode(record)


def part_path(output: Path, run_id: str, kind: Kind) -> Path:
    """Where a run's part of a kind is while it is being written."""
    return output / OPEN / f"{run_id}.{kind}{_ENDING}"


def runs_with_parts(output: Path) -> set[str]:
    """The runs, dead or alive, that have left a part."""
    names = (path.name for path in (output / OPEN).glob(f"*{_ENDING}"))
    return {name.removesuffix(_ENDING).rpartition(".")[0] for name in names}


def _was_here(output: Path, run_id: str) -> bool:
    parts = (part_path(output, run_id, kind) for kind in KINDS)
    return any(path.exists() for path in parts) or bool(segments_of(output, run_id))
