"""Seals parts: gives them their place in the output, and the manifest a line of each; all or none.

What is about to happen is noted first, in `manifest.pending`. Whoever comes next to the manifest
finishes what is noted there: so a kill or power cut between any two steps leaves no file that the
manifest does not name, no line without its file, and no gap in a sequence. Who has the lock on the
folder `open` is alone with all of it.
"""

import fcntl
import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from cleaning.error import InputError, OutputError
from cleaning.manifest import MANIFEST, Kind, Ops, Segment, encode_segment, read_manifest
from cleaning.timestamp import format_timestamp
from crawler.disk import cut_to_whole_lines, explained, sync
from crawler.file_lock import locked_folder
from crawler.packed_file import packed_file

#: How segments are compressed: not at all, or by the name's ending.
Packing = Literal["", "gz", "zst"]
PACKINGS: Final[tuple[Packing, ...]] = ("", "gz", "zst")
_PENDING: Final = "manifest.pending"
#: Bytes of some hundred lines of the manifest.
_TAIL: Final = 65_536
#: Where parts and the locks of their runs are, in the output folder.
OPEN: Final = "open"
_SCHEMA: Final = "article/1"
_NAMES_NOTHING: Final = "is named by nothing that is left: run scrapy verify"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of whole, synced lines that is to become a segment."""

    kind: Kind
    path: Path


class _Step(msgspec.Struct, frozen=True):
    """A file to be renamed into its place, and what the manifest is to say of it."""

    part: str
    segment: Segment


class _Contents(NamedTuple):
    """The lines of a part: how many there are of each `op`, and their first and last time."""

    ops: Counter[str]
    first: str | None
    last: str | None


class _Place(NamedTuple):
    """Where a part goes: its sequence, its run, when it is sealed, and its name's last ending."""

    sequence: int
    run_id: str
    at: datetime
    ending: str


class _Times(msgspec.Struct, frozen=True):
    fetched_at: str | None = None


class _Line(msgspec.Struct, frozen=True):
    """What the manifest tells of a segment's lines, whatever their kind."""

    op: str | None = None
    at: str | None = None
    provenance: _Times | None = None


_steps: Final = msgspec.json.Decoder(list[_Step])
_line: Final = msgspec.json.Decoder(_Line)


def seal_parts(
    output: Path, run_id: str, parts: Sequence[Part], packing: Packing, now: datetime
) -> list[Segment]:
    """Make segments of a run's parts, which are gone from where they were then.

    Args:
        output: the output folder; the parts lie on its file system.
        run_id: the run that wrote them.
        parts: at most one of a kind, none empty.
        packing: how they are compressed.
        now: when; aware, in UTC.

    Raises:
        OutputError: the disk is full or fails; what was begun is finished by the next who seals.
    """
    packed = [Part(part.kind, _packed(part.path, packing)) for part in parts]
    contents = [_contents_of(part.path) for part in parts]
    with locked_manifest(output):
        finish_pending(output)
        last = _last_sequences(output)
        ending = f".{packing}" if packing else ""
        sealed = [
            _described(part, known, _Place(last.get(part.kind, 0) + 1, run_id, now, ending))
            for part, known in zip(packed, contents, strict=True)
        ]
        _note_pending(output, packed, sealed)
        finish_pending(output)
    if packing:
        for part in parts:
            with explained(part.path):
                part.path.unlink()
    return sealed


@contextmanager
def locked_manifest(output: Path) -> Iterator[None]:
    """Nobody else seals, or changes the manifest, while this lasts; waits for who does.

    Raises:
        OutputError: the folder whose lock it is cannot be made.
    """
    folder = output / OPEN
    with ExitStack() as held:
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked_folder(folder))
        yield


@contextmanager
def undisturbed(output: Path) -> Iterator[list[Segment]]:
    """Nobody seals while this lasts; waits for who does. For who only reads, so nothing is made.

    Gives:
        The segments that a killed sealer has noted, and the next one will finish; mostly none.

    Raises:
        InputError: what is noted cannot be read.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked_folder(output / OPEN, fcntl.LOCK_SH))
        except FileNotFoundError:
            noted = []
        else:
            noted = _noted(output / _PENDING)
        yield noted


def _noted(pending: Path) -> list[Segment]:
    try:
        return [step.segment for step in _steps.decode(pending.read_bytes())]
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(f"{pending}: {error}; make it readable, or restore it") from error


def finish_pending(output: Path) -> None:
    """Bring what a sealer has noted to its end, where it could not itself; needs the lock.

    Raises:
        OutputError: the disk is full or fails, or a noted file is missing.
    """
    pending = output / _PENDING
    if not pending.exists():
        return
    with explained(pending):
        steps = _steps.decode(pending.read_bytes())
        for step in steps:
            _put_in_place(output, step)
        _append(output / MANIFEST, [encode_segment(step.segment) for step in steps])
        pending.unlink()
        sync(output)


def segments_of(output: Path, run_id: str, *kinds: Kind) -> list[Segment]:
    """The sealed segments of a run that are of some kinds, or of any where none is named; in order.

    Raises:
        OutputError: the manifest is damaged.
    """
    found = (each for each in _segments(output) if each.run == run_id)
    return [each for each in found if not kinds or each.kind in kinds]


def _last_sequences(output: Path) -> dict[Kind, int]:
    """The last sequence of each kind; of a long manifest its end mostly tells them all."""
    last = {each.kind: each.sequence for each in _segments(output, _TAIL)}
    if len(last) == len(get_args(Kind)):
        return last
    return {each.kind: each.sequence for each in _segments(output)}


def _segments(output: Path, most: int | None = None) -> list[Segment]:
    """All that the manifest names, or those in so many bytes at its end."""
    try:
        return read_manifest(output, most)
    except InputError as error:
        raise OutputError(str(error)) from error


def _packed(path: Path, packing: Packing) -> Path:
    """The compressed file beside a part, synced; the part itself where nothing is compressed."""
    if not packing:
        return path
    target = path.with_name(f"{path.name}.{packing}")
    with explained(target), path.open("rb") as plain:
        with packed_file(target, target.name) as packed:
            shutil.copyfileobj(plain, packed)
        sync(target)
    return target


def _contents_of(path: Path) -> _Contents:
    """What the lines of a part tell of themselves."""
    ops: Counter[str] = Counter()
    first = last = None
    with explained(path), path.open("rb") as lines:
        for line in lines:
            said = _line.decode(line)
            ops[said.op or ""] += 1
            at = said.at or (said.provenance.fetched_at if said.provenance else None)
            if at is not None:
                first = min(first or at, at, key=_moment)
                last = max(last or at, at, key=_moment)
    return _Contents(ops, first, last)


def _described(part: Part, contents: _Contents, place: _Place) -> Segment:
    """What the manifest says of a part, as it is to lie in its place."""
    with explained(part.path), part.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    is_articles, ops = part.kind == "articles", contents.ops
    return Segment(
        kind=part.kind,
        sequence=place.sequence,
        path=f"{part.kind}/{place.at:%Y-%m-%d}/{place.sequence:08}.jsonl{place.ending}",
        records=ops.total(),
        bytes=size,
        sha256=digest,
        first=contents.first,
        last=contents.last,
        schema=_SCHEMA if is_articles else None,
        run=place.run_id,
        ops=Ops.counted(ops) if is_articles else None,
        sealed_at=format_timestamp(place.at),
    )


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _note_pending(output: Path, packed: Sequence[Part], sealed: Sequence[Segment]) -> None:
    steps = [
        _Step(part.path.relative_to(output).as_posix(), segment)
        for part, segment in zip(packed, sealed, strict=True)
    ]
    pending = output / _PENDING
    draft = pending.with_name(f"{_PENDING}.new")
    with explained(pending):
        draft.write_bytes(msgspec.json.encode(steps))
        sync(draft)
        draft.replace(pending)
        sync(output)


def _put_in_place(output: Path, step: _Step) -> None:
    part, target = output / step.part, output / step.segment.path
    if target.exists():
        return
    if not part.exists():
        raise OutputError(f"{target}: {_NAMES_NOTHING}")
    target.parent.mkdir(parents=True, exist_ok=True)
    part.replace(target)
    for folder in (target.parent, target.parent.parent):
        sync(folder)


def _append(manifest: Path, lines: Sequence[bytes]) -> None:
    """Add those lines that are not there yet; a torn one is written anew."""
    if manifest.exists():
        cut_to_whole_lines(manifest)
    before = manifest.stat().st_size if manifest.exists() else 0
    with manifest.open("a+b", buffering=0) as file:
        # Only what was being appended can be there, at the very end.
        file.seek(max(0, before - sum(map(len, lines)) - len(lines)))
        known = set(file.read().splitlines())
        missing = b"".join(line + b"\n" for line in lines if line not in known)
        try:
            written = file.write(missing) or 0
            while written < len(missing):
                written += file.write(missing[written:]) or 0
        except OSError:
            with suppress(OSError):
                file.truncate(before)
            raise
        os.fsync(file.fileno())
