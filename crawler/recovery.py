"""Mends what runs left that were killed: their parts, and the ledger to agree with them.

Whatever a dead run decided but did not get onto a whole line is forgotten, so that the next run
fetches it again; whatever is on a whole line is sealed, so that no run publishes it again. A line
of which the ledger knows nothing, since a power cut has taken that, is cut out.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from cleaning.error import InputError, OutputError
from cleaning.manifest import Kind
from cleaning.segment_file import read_segment
from crawler.disk import cut_to_whole_lines, explained, sync
from crawler.ledger import Ledger
from crawler.run_lock import RunLock, locked_runs
from crawler.sealing import (
    OPEN,
    Packing,
    Part,
    finish_pending,
    locked_manifest,
    seal_parts,
    segments_of,
)
from crawler.segments import KINDS, part_path, runs_with_parts

Key = tuple[str, int]
_PACKED: Final = ("gz", "zst")


class _Versioned(msgspec.Struct, frozen=True):
    """What tells one line of articles, or of their audit, from all others."""

    id: str
    version: int


class _Refused(msgspec.Struct, frozen=True):
    url: str
    requested_url: str


_versioned: Final = msgspec.json.Decoder(_Versioned)
_refused: Final = msgspec.json.Decoder(_Refused)


def recover(ledger: Ledger, output: Path, now: datetime, packing: Packing = "") -> int:
    """Finishes every dead run; safe at any time, beside live runs, and again after its own crash.

    Call it before a run starts.

    Args:
        ledger: the ledger that the runs wrote to.
        output: the folder that they published into.
        now: when; aware, in UTC.
        packing: how what they left is compressed.

    Returns:
        How many dead runs were finished.

    Raises:
        OutputError: if a part cannot be read, cut or sealed.
        LedgerError: if the ledger cannot be written.
    """
    with locked_manifest(output):
        finish_pending(output)
    runs = {*ledger.unsealed_runs(), *runs_with_parts(output), *locked_runs(output / OPEN)}
    return sum(_finish_if_dead(ledger, output, run_id, now, packing) for run_id in sorted(runs))


def _finish_if_dead(
    ledger: Ledger, output: Path, run_id: str, now: datetime, packing: Packing
) -> bool:
    lock = RunLock.take(output / OPEN, run_id)
    if lock is None:
        return False
    with closing(lock):
        known = ledger.provisional(run_id)
        # What is sealed already: the run may have died before the ledger heard of it.
        keep = known & set(_sealed_keys(output, run_id)) if known else set()
        refused = set(_sealed_refusals(output, run_id)) if ledger.has_refusals(run_id) else set()
        parts = [Part(kind, part_path(output, run_id, kind)) for kind in KINDS]
        parts = [part for part in parts if _is_mended(part, known - keep)]
        for part in parts:
            if part.kind == "articles":
                keep |= set(_keys(part.path))
            elif part.kind == "rejected":
                refused |= set(_urls(part.path))
        _drop_packed(output, run_id)
        if parts:
            seal_parts(output, run_id, parts, packing, now)
        ledger.forget_unsealed(run_id, keep, refused)
    return True


def _is_mended(part: Part, known: set[Key]) -> bool:
    """Cuts a part to whole lines of what the ledger knows; false if there are none."""
    if not part.path.exists():
        return False
    if cut_to_whole_lines(part.path) and part.kind != "rejected":
        _keep_lines(part.path, lambda line: _key(line) in known)
    with explained(part.path):
        if part.path.stat().st_size:
            return True
        part.path.unlink()
    return False


def _keep_lines(path: Path, is_kept: Callable[[bytes], bool]) -> None:
    """Leaves out the lines that are not to be kept."""
    lines = list(_lines(path))
    try:
        kept = [line for line in lines if is_kept(line)]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OutputError(f"{path}: no record ({error}): move the file away") from error
    if len(kept) < len(lines):
        draft = path.with_name(f"{path.name}.new")
        with explained(draft):
            draft.write_bytes(b"".join(kept))
            sync(draft)
            draft.replace(path)
            sync(path.parent)


def _keys(path: Path) -> Iterator[Key]:
    return map(_key, _lines(path))


def _urls(path: Path) -> Iterator[str]:
    for line in _lines(path):
        yield from _urls_of(line, path)


def _sealed_keys(output: Path, run_id: str) -> Iterator[Key]:
    return map(_key, _sealed_lines(output, run_id, "articles"))


def _sealed_refusals(output: Path, run_id: str) -> Iterator[str]:
    for line in _sealed_lines(output, run_id, "rejected"):
        yield from _urls_of(line, output)


def _sealed_lines(output: Path, run_id: str, kind: Kind) -> Iterator[bytes]:
    try:
        for segment in segments_of(output, run_id, kind):
            yield from read_segment(output, segment)
    except InputError as error:
        raise OutputError(str(error)) from error


def _lines(path: Path) -> Iterator[bytes]:
    with explained(path), path.open("rb") as lines:
        yield from lines


def _key(line: bytes) -> Key:
    said = _versioned.decode(line)
    return said.id, said.version


def _urls_of(line: bytes, path: Path) -> tuple[str, str]:
    try:
        said = _refused.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise OutputError(f"{path}: no refusal ({error}): move the file away") from error
    return said.url, said.requested_url


def _drop_packed(output: Path, run_id: str) -> None:
    """What a sealer had compressed when it died is compressed again."""
    for kind in KINDS:
        path = part_path(output, run_id, kind)
        for packing in _PACKED:
            packed = path.with_name(f"{path.name}.{packing}")
            with explained(packed):
                packed.unlink(missing_ok=True)
