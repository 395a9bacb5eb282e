"""The manifest of an output folder: which segments have been published, a line each, in order.

`manifest.jsonl` is only ever appended to, after the segment that a line names is in its place. Its
last line may be torn while it is being written; it counts as soon as its line feed is there.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from cleaning.article import Count, Hash, Timestamp, Words
from cleaning.error import InputError
from cleaning.folder import Folder
from cleaning.tail import tail_of

#: The manifest's name in the output folder.
MANIFEST = "manifest.jsonl"
Kind = Literal["articles", "rejected", "removed"]
_PATH = r"^[a-z]+/\d{4}-\d{2}-\d{2}/\d{8,}(-\d+)?\.jsonl(\.zst|\.gz)?$"
_CURE = "restore it from a copy, or read with the copydesk that wrote it"


class Ops(msgspec.Struct, frozen=True, kw_only=True):
    """How many records of a segment of articles are of each `op`."""

    new: Count
    update: Count
    tombstone: Count

    @classmethod
    def counted(cls, ops: Mapping[str, int]) -> Self:
        """From how often each `op` was counted."""
        return cls(new=ops["new"], update=ops["update"], tombstone=ops["tombstone"])


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed segment: one line of the manifest.

    `sequence` counts the segments of a kind from 1 without gaps; `path` is relative to the output
    folder, and has a further number where the segment was written anew, as `00000017-2.jsonl`;
    `bytes` and `sha256` are of the file as it lies there; `first` and `last` are the earliest and
    latest time at which a page of it was fetched or refused.
    """

    kind: Kind
    sequence: Annotated[int, Meta(ge=1)]
    path: Annotated[str, Meta(pattern=_PATH)]
    records: Count
    bytes: Count
    sha256: Hash
    first: Timestamp | None
    last: Timestamp | None
    schema: Words | None
    run: Words | None
    ops: Ops | None
    sealed_at: Timestamp


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Segment)


def encode_segment(segment: Segment) -> bytes:
    """The manifest's line of a segment, without its line feed."""
    return _encoder.encode(segment)


def parse_manifest(lines: list[bytes], path: object, before: int = 0) -> list[Segment]:
    """The segments of whole lines of a manifest; keys that a newer copydesk added are ignored.

    Args:
        lines: with or without their line feeds.
        path: the manifest, as messages are to name it.
        before: how many lines stand before them in the file.

    Raises:
        InputError: a line is no segment.
    """
    segments = []
    for number, line in enumerate(lines, before + 1):
        try:
            segments.append(_decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path}, line {number}: no segment ({error}); {_CURE}") from error
    return segments


def read_manifest(folder: Path, most: int | None = None) -> list[Segment]:
    """The segments of all kinds that an output folder's manifest names; a torn last line is none.

    Args:
        folder: the output folder.
        most: only those in so many bytes at the manifest's end; None for all.

    Raises:
        InputError: the manifest cannot be read, or is damaged.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - most) if most else 0
            file.seek(start)
            data = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    # The first may have begun before.
    return parse_manifest(lines[1:] if start else lines, path)


class Manifest:
    """The segments of one kind that a manifest names, read again as it grows.

    Args:
        folder: the output folder.
        kind: of the segments to look for.
    """

    def __init__(self, folder: Folder, kind: Kind) -> None:
        self._path = folder / MANIFEST
        self._tail = tail_of(self._path)
        self._kind = kind
        self._begin()

    @property
    def last(self) -> int:
        """The sequence of the newest segment that has been read of; 0 where there is none."""
        return self._last

    def unread(self) -> list[Segment]:
        """The segments that have been sealed since this was last asked; at first all.

        Where the manifest has been written anew, as when a text is purged, all of them come again.

        Raises:
            InputError: the manifest cannot be read, is damaged, or is gone.
        """
        lines = self._appended()
        found = parse_manifest(lines, self._path, self._lines)
        self._lines += len(lines)
        segments = [segment for segment in found if segment.kind == self._kind]
        for segment in segments:
            self._follow_up(segment)
        return segments

    def _begin(self) -> None:
        self._lines = 0
        self._last = 0

    def _follow_up(self, segment: Segment) -> None:
        if segment.sequence != self._last + 1:
            place = f"{self._path}: {self._kind} {segment.sequence} follows on {self._last}"
            raise InputError(f"{place}; {_CURE}")
        self._last = segment.sequence

    def _appended(self) -> list[bytes]:
        """The whole lines behind those that have been read."""
        try:
            data, anew = self._tail.read()
        except FileNotFoundError as error:
            if self._lines:
                raise InputError(f"{self._path}: is gone; {_CURE}") from error
            return []
        except OSError as error:
            raise InputError(f"{self._path}: {error.strerror}; make it readable") from error
        if anew:
            self._begin()
        return data.splitlines()
