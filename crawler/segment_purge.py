"""Takes articles out of sealed segments: their lines stay, so that cursors hold, and say nothing.

A segment that holds any is written anew under a further number, `00000017-2.jsonl`. When all of
them are there the manifest is replaced, in one step; then the old files go. Readers see what was
before or what is after, and a kill in between leaves files that no manifest names, which the next
purge removes.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from cleaning.error import InputError
from cleaning.manifest import MANIFEST, Ops, Segment, encode_segment, read_manifest
from cleaning.segment_file import read_segment
from crawler.blanking import archived_at, blanker
from crawler.disk import explained, sync
from crawler.manifest_check import stray_files
from crawler.packed_file import packed_file
from crawler.purge_target import Targets


class _Op(msgspec.Struct, frozen=True):
    op: str


_OP: Final = msgspec.json.Decoder(_Op)


class Blanked(NamedTuple):
    """How many lines of a segment are to be blanked, and where their responses are archived."""

    lines: int
    places: frozenset[tuple[str, int]]


def look_through(output: Path, segment: Segment, targets: Targets) -> Blanked:
    """Find out what of a segment is to be blanked.

    Raises:
        InputError: it is missing or damaged, or a line is no record.
    """
    blank, count, places = blanker(segment.kind, targets), 0, set()
    for number, line in enumerate(read_segment(output, segment), 1):
        with _explained(output / segment.path, number):
            if blank(line) != line:
                count += 1
                places |= archived_at(segment.kind, line)
    return Blanked(count, frozenset(places))


def purge_segments(output: Path, segments: Sequence[Segment], targets: Targets) -> None:
    """Blank all lines of targets in segments; the caller keeps all others from sealing.

    Args:
        output: the output folder.
        segments: those that hold any.
        targets: what is to go.

    Raises:
        InputError: a segment is damaged.
        OutputError: the disk is full or fails; all is as it was then.
    """
    sweep(output)
    if segments:
        renewed = [_written_anew(output, segment, targets) for segment in segments]
        with explained(output):
            _put_in_place(output, renewed)
            _replace_manifest(output, renewed)
        sweep(output)


def sweep(output: Path) -> list[Path]:
    """Remove what a purge has replaced, or was killed before it could; what is removed.

    The caller keeps all others from sealing.

    Raises:
        OutputError: a file cannot be removed.
    """
    strays = stray_files(output, read_manifest(output), ())
    left = [path for path, is_replaced in strays if is_replaced]
    with explained(output):
        for path in left:
            path.unlink()
        for folder in {path.parent for path in left}:
            sync(folder)
    return left


class _Renewed(NamedTuple):
    """A segment as it is to be, and where its file is until then."""

    segment: Segment
    part: Path


def _written_anew(output: Path, segment: Segment, targets: Targets) -> _Renewed:
    path = _next_path(segment.path)
    part = (output / path).with_name(f"{Path(path).name.partition('.')[0]}.part")
    blank = blanker(segment.kind, targets)
    ops: Counter[str] = Counter()
    with explained(part), packed_file(part, path) as file:
        for line in read_segment(output, segment):
            kept = blank(line)
            file.write(kept + b"\n")
            if segment.ops is not None:
                ops[_OP.decode(kept).op] += 1
    with explained(part), part.open("rb") as made:
        os.fsync(made.fileno())
        digest = file_digest(made, "sha256").hexdigest()
        size = os.fstat(made.fileno()).st_size
    counted = Ops.counted(ops) if segment.ops is not None else None
    renewed = msgspec.structs.replace(segment, path=path, bytes=size, sha256=digest, ops=counted)
    return _Renewed(renewed, part)


def _next_path(path: str) -> str:
    """`00000017.jsonl`, `00000017-2.jsonl`, `00000017-3.jsonl`, ..."""
    folder, _, name = path.rpartition("/")
    stem, _, suffix = name.partition(".")
    sequence, _, edition = stem.partition("-")
    return f"{folder}/{sequence}-{int(edition or 1) + 1}.{suffix}"


def _put_in_place(output: Path, renewed: Sequence[_Renewed]) -> None:
    for one in renewed:
        one.part.replace(output / one.segment.path)
    for folder in {one.part.parent for one in renewed}:
        sync(folder)


def _replace_manifest(output: Path, renewed: Sequence[_Renewed]) -> None:
    """Write the manifest anew, as another file: by that, readers know."""
    new = {(one.segment.kind, one.segment.sequence): one.segment for one in renewed}
    segments = [new.get((one.kind, one.sequence), one) for one in read_manifest(output)]
    part = output / "manifest.part"
    with part.open("wb") as file:
        file.writelines(encode_segment(one) + b"\n" for one in segments)
        file.flush()
        os.fsync(file.fileno())
    part.replace(output / MANIFEST)
    sync(output)


@contextmanager
def _explained(path: Path, number: int) -> Iterator[None]:
    try:
        yield
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        cure = "restore it from a copy"
        raise InputError(f"{path}, line {number}: no record ({error}); {cure}") from error
