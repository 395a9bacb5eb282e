"""Takes records out of archive files; what stands behind them keeps its place.

A file is copied, stubs are put where the records stood, and the copy takes the file's name: readers
have the old file or the new one, and a kill leaves the old one.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cleaning.error import InputError, OutputError
from crawler.disk import explained, sync
from crawler.evidence import Evidence, decode_evidence
from crawler.purge_target import Targets
from crawler.warc_record import WarcRecord, read_records
from crawler.warc_stub import stub

PATTERN = "*.warc.gz"


class Span(NamedTuple):
    """The bytes of a record, from its gzip member's first to behind its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is to be known of a record to tell whether it goes."""

    span: Span
    kind: str
    url: str
    id: str
    #: Of a request or metadata: the response that it belongs to.
    of: str
    evidence: Evidence | None


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """The records of each file that are to go, and what is wrong with files that could not be read.

    Files come in an order in which none tells what another still needs: a further page is known by
    where the first one is, which is never in a later file.
    """

    spans: dict[Path, list[Span]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def last_first(self) -> Iterator[tuple[Path, list[Span]]]:
        """The files, the last one first: a purge that is killed finds the rest again."""
        return reversed(self.spans.items())


def plan_archive(paths: Iterable[Path], targets: Targets) -> ArchivePlan:
    """Find the records of targets: by URL, by place, further pages by the first.

    Args:
        paths: archive files, in the order in which they were written.
        targets: what is to go.
    """
    plan, places = ArchivePlan(), set(targets.places)
    for path in paths:
        records: list[_Seen] = []
        try:
            records.extend(map(_seen, read_records(path)))
        except InputError as error:
            plan.faults.append(str(error))
        if spans := _chosen(path.name, records, targets, places):
            plan.spans[path] = spans
    return plan


def purge_file(path: Path, spans: list[Span], now: datetime) -> None:
    """Put a stub in the place of each record.

    Raises:
        OutputError: the disk is full or fails, or a record is too short for any stub; the file
            stays as it was.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with explained(part):
            shutil.copy2(path, part)
            _overwrite(part, spans, now)
            part.replace(path)
            sync(path.parent)
    except ValueError as error:
        message = f"{path}: {error}: delete the file, and purge again"
        raise OutputError(message) from error
    finally:
        part.unlink(missing_ok=True)


def _overwrite(part: Path, spans: list[Span], now: datetime) -> None:
    with part.open("r+b") as file:
        for span in spans:
            file.seek(span.start)
            file.write(stub(span.end - span.start, now))
        file.flush()
        os.fsync(file.fileno())


def _seen(record: WarcRecord) -> _Seen:
    def header(name: str) -> str:
        return record.headers.get_header(name) or ""

    kind = header("WARC-Type")
    return _Seen(
        span=Span(record.offset, record.end),
        kind=kind,
        url=header("WARC-Target-URI").strip("<>"),
        id=header("WARC-Record-ID"),
        of=header("WARC-Concurrent-To"),
        evidence=decode_evidence(record.block) if kind == "metadata" else None,
    )


def _chosen(
    name: str, records: list[_Seen], targets: Targets, places: set[tuple[str, int]]
) -> list[Span]:
    """The records of a file that go; where responses of these are is added to `places`."""
    evidence = {one.of: one.evidence for one in records if one.evidence}
    gone = set()
    for one in records:
        place = (name, one.span.start)
        known = place in places or (bool(one.url) and targets.has_url(one.url))
        if known or _led(evidence.get(one.id), targets, places):
            gone.add(one.id)
            places.add(place)
    return [one.span for one in records if one.id in gone or (one.of and one.of in gone)]


def _led(evidence: Evidence | None, targets: Targets, places: set[tuple[str, int]]) -> bool:
    """Whether a response is a further page of what goes, or was asked for under a URL of it."""
    if evidence is None:
        return False
    first = evidence.continues
    return (first is not None and (first.file, first.offset) in places) or any(
        map(targets.has_url, evidence.redirected_from)
    )
