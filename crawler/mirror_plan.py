"""Decides what of an output folder is to be uploaded, from its manifest and the one there: pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from cleaning.error import OutputError
from cleaning.manifest import Segment

# The manifest is uploaded whole, since stores know no appending: each time when it has grown by a
# hundredth, so that all uploads of it together are a hundred times its size, and not its square.
_PART = 100
#: By how often a segment was written anew: `00000017-2.jsonl`.
_EDITION = re.compile(r"-(\d+)(?=\.jsonl)")


class Entry(NamedTuple):
    """A line of a manifest, with its line feed, and the segment that it names."""

    line: bytes
    segment: Segment


class Step(NamedTuple):
    """Segments to upload, in order, and the manifest that then is to be there."""

    uploads: list[Segment]
    manifest: bytes


def steps(ours: Sequence[Entry], theirs: Sequence[Entry]) -> Iterator[Step]:
    """What makes theirs the same as ours; after each step what is there is whole.

    A segment whose text was purged has another SHA-256, and a further number in its name
    (`00000017-2.jsonl`): these come first.

    Args:
        ours: the manifest of the output folder.
        theirs: the manifest that was published before.

    Raises:
        OutputError: something is there that is not of this output folder.
    """
    _check(ours, theirs)
    known = len(theirs)
    begun, theirs = ours[:known], list(theirs)
    if begun != theirs:
        pairs = zip(begun, theirs, strict=True)
        changed = [our.segment for our, their in pairs if _differ(our.segment, their.segment)]
        yield Step(changed, _joined(begun))
    while known < len(ours):
        until = min(known + 1 + known // _PART, len(ours))
        yield Step([entry.segment for entry in ours[known:until]], _joined(ours[:until]))
        known = until


def _check(ours: Sequence[Entry], theirs: Sequence[Entry]) -> None:
    for our, their in zip_longest(ours[: len(theirs)], theirs):
        if our is None or _place(our.segment) != _place(their.segment):
            kind, sequence = their.segment.kind, their.segment.sequence
            problem = f"{kind} {sequence} of run {their.segment.run} is of another output folder"
            raise OutputError(f"{problem}: set COPYDESK_PUBLISH to a URL where nothing is")


def replaced_paths(segments: Sequence[Segment]) -> Iterator[str]:
    """Where purged segments were before: nothing of that may stay."""
    for segment in segments:
        edition = _EDITION.search(segment.path)
        if edition:
            first = _EDITION.sub("", segment.path)
            yield first
            for number in range(2, int(edition[1])):
                yield first.replace(".jsonl", f"-{number}.jsonl")


def _place(segment: Segment) -> tuple[object, ...]:
    return segment.kind, segment.sequence, _EDITION.sub("", segment.path), segment.run


def _differ(our: Segment, their: Segment) -> bool:
    return our.sha256 != their.sha256


def _joined(entries: Sequence[Entry]) -> bytes:
    return b"".join(entry.line for entry in entries)
