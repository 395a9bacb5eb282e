"""Checks the manifest itself, and whether the files of an output folder are those that it names."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, get_args

from cleaning.error import InputError
from cleaning.manifest import MANIFEST, Kind, Segment, parse_manifest

_RESTORE: Final = "restore it from a copy"
_DAY: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_FILE: Final = re.compile(r"(\d{8,})(-\d+)?\.(part|jsonl(\.zst|\.gz)?)")


def check_manifest(path: Path, data: bytes, *, torn: bool) -> tuple[list[Segment], list[str]]:
    """The segments that a manifest names, and what is wrong with it.

    Args:
        path: of the manifest, for messages.
        data: what is in it.
        torn: whether a torn line is a fault; where it is noted what it is to say, it is none.
    """
    whole, _, rest = data.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    segments, faults = [], []
    last = dict.fromkeys(get_args(Kind), 0)
    for number, line in enumerate(lines, 1):
        try:
            (segment,) = parse_manifest([line], path, number - 1)
        except InputError as error:
            faults.append(str(error))
            continue
        segments.append(segment)
        faults += [
            f"{path}, line {number}: {fault}; {_RESTORE}" for fault in _misplaced(segment, last)
        ]
        last[segment.kind] = segment.sequence
    if rest and torn:
        place = f"{path}, line {len(lines) + 1}"
        faults.append(f"{place}: is torn, of a run that was killed; the next one mends it")
    return segments, faults


def unnamed_files(output: Path, segments: list[Segment], begun: list[Segment]) -> Iterator[str]:
    """The files in the folders of segments that no line of the manifest names.

    Args:
        output: the output folder.
        segments: what the manifest names.
        begun: what a killed sealer had begun to put in its place: the next one does.
    """
    for path, is_replaced in stray_files(output, segments, begun):
        cure = _PURGED if is_replaced else "no reader sees it: move it away"
        yield f"{path}: {MANIFEST} does not name it; {cure}"


def stray_files(
    output: Path, segments: Sequence[Segment], begun: Sequence[Segment]
) -> Iterator[tuple[Path, bool]]:
    """As above, each with whether a purge has put another in its place, or was about to."""
    named = {output / one.path for one in (*segments, *begun)}
    for kind in get_args(Kind):
        last = max((one.sequence for one in segments if one.kind == kind), default=0)
        for path in sorted((output / kind).glob(f"{_DAY}/*")):
            if path not in named:
                found = _FILE.fullmatch(path.name)
                yield path, found is not None and int(found[1]) <= last


_PURGED: Final = "a purge that was killed may have left it: run scrapy forget --purge again"


def _misplaced(segment: Segment, last: dict[str, int]) -> Iterator[str]:
    if segment.sequence != last[segment.kind] + 1:
        yield f"{segment.kind} {segment.sequence} follows on {last[segment.kind]}"
    if not re.match(rf"{segment.kind}/[^/]*/{segment.sequence:08}[-.]", segment.path):
        yield f"{segment.path} is no path of {segment.kind} {segment.sequence}"
