"""Checks the lines of a segment: whether each is a whole record, and all are as the manifest says.

A fault is one line that names the file, mostly the line, and the cure.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from cleaning.article import Article, Refusal
from cleaning.cleaned import Removal
from cleaning.error import InputError
from cleaning.manifest import MANIFEST, Ops, Segment
from cleaning.segment_file import read_segment, verify_segment

_RESTORE: Final = "restore it from a copy"
_CORRECT: Final = f"restore it or {MANIFEST} from a copy"


class _Audit(msgspec.Struct, frozen=True):
    """A line of what was removed of a record."""

    id: str
    version: int
    url: str
    removed: tuple[Removal, ...]


_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    "articles": msgspec.json.Decoder(Article),
    "rejected": msgspec.json.Decoder(Refusal),
    "removed": msgspec.json.Decoder(_Audit),
}
#: Takes an article and the number of its line.
Told = Callable[[Article, int], None]


@dataclass(slots=True)
class _Counted:
    """What the lines of a segment add up to."""

    ops: Counter[str] = field(default_factory=Counter)
    times: list[datetime] = field(default_factory=list)

    def add(self, record: object) -> None:
        """Take a record into account."""
        if isinstance(record, Article):
            self.ops[record.op] += 1
            self._see(record.provenance.fetched_at)
        elif isinstance(record, Refusal):
            self._see(record.at)

    def _see(self, at: str) -> None:
        """Keep the earliest and the latest time."""
        moment = datetime.fromisoformat(at)
        ends = (*self.times, moment)
        self.times = [min(ends), max(ends)]


def check_segment(output: Path, segment: Segment, told: Told) -> Iterator[str]:
    """What is wrong with a segment; nothing where it is sound.

    Args:
        output: the output folder.
        segment: what the manifest says of it.
        told: is given each article with the number of its line.
    """
    try:
        verify_segment(output, segment)
    except InputError as error:
        yield str(error)
        if not (output / segment.path).is_file():
            return
    yield from _check_lines(output, segment, told)


def _check_lines(output: Path, segment: Segment, told: Told) -> Iterator[str]:
    path, decode, counted = output / segment.path, _DECODERS[segment.kind].decode, _Counted()
    sound = True
    try:
        for number, line in enumerate(read_segment(output, segment), 1):
            try:
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                sound = False
                yield f"{path}, line {number}: is no record ({error}); {_RESTORE}"
                continue
            counted.add(record)
            if isinstance(record, Article):
                if (record.text is None) != (record.op == "tombstone"):
                    yield f"{path}, line {number}: a tombstone alone has no text; {_RESTORE}"
                told(record, number)
    except InputError as error:
        yield str(error)
        return
    if sound:
        yield from (f"{path}: {fault}; {_CORRECT}" for fault in _differences(segment, counted))


def _differences(segment: Segment, counted: _Counted) -> Iterator[str]:
    """Where the manifest says something else than the lines."""
    if segment.kind == "articles":
        found = Ops.counted(counted.ops)
        if found != segment.ops:
            yield f"its ops are {_shown(found)}, in the manifest {_shown(segment.ops)}"
        if segment.schema != "article/1":
            yield f"its schema is article/1, in the manifest {segment.schema}"
    if segment.kind != "removed":
        named = [datetime.fromisoformat(at) for at in (segment.first, segment.last) if at]
        if named != counted.times:
            times = " to ".join(f"{at:%Y-%m-%dT%H:%M:%S%z}" for at in counted.times) or "none"
            yield f"its times are {times}, in the manifest {segment.first} to {segment.last}"


def _shown(ops: Ops | None) -> str:
    return f"{ops.new} new, {ops.update} update, {ops.tombstone} tombstone" if ops else "none"
