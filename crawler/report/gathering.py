"""Finds the facts of a run or a period in an output folder, segment by segment.

A period goes by when things were published: a record belongs to it if its segment was sealed in it,
a run if it ended in it. So records, refusals and audit are always of the same pages.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.manifest import Kind, Manifest, Segment
from cleaning.read import decode_article
from cleaning.segment_file import read_segment
from crawler.discovery.date_range import DateRange
from crawler.report.facts import Audit, Facts, Run

T = TypeVar("T")
_decode_refusal = msgspec.json.Decoder(Refusal).decode
_decode_audit = msgspec.json.Decoder(Audit).decode
_decode_run = msgspec.json.Decoder(Run).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a report is about: one run, or what was published in a period."""

    run: str | None = None
    period: DateRange = DateRange()  # noqa: RUF009 - it is frozen

    def has_segment(self, segment: Segment) -> bool:
        """Whether a segment's lines are to be looked at."""
        if self.run is not None:
            return segment.run in (self.run, None)
        return self._has(segment.sealed_at)

    def has_line(self, run_id: str | None, segment: Segment) -> bool:
        """Whether a line of such a segment belongs to it."""
        return self.run is None or segment.run is not None or run_id == self.run

    def has_run(self, run: Run) -> bool:
        """Whether a run does."""
        return run.run_id == self.run if self.run is not None else self._has(run.ended)

    def _has(self, stamp: str) -> bool:
        try:
            at = datetime.fromisoformat(stamp)
        except ValueError:
            return False
        since, until = self.period.since, self.period.until
        return (since is None or at >= since) and (until is None or at <= until)


def gather(folder: Path, scope: Scope) -> Facts:
    """All that is to be told.

    Args:
        folder: the output folder.
        scope: the run or the period.

    Raises:
        InputError: there is no such run, or a file is damaged: file, line and cure.
    """
    facts = Facts()
    for path in _run_files(folder, scope):
        run = _run_of(path)
        if scope.has_run(run):
            facts.add_run(run)
    for article, segment in _lines(folder, "articles", scope, decode_article):
        if scope.has_line(article.provenance.run_id, segment):
            facts.add_article(article)
    for refusal, segment in _lines(folder, "rejected", scope, _decode_refusal):
        if scope.has_line(refusal.run_id, segment):
            facts.add_refusal(refusal)
    # A line of the audit does not say which run it is of.
    for audit, segment in _lines(folder, "removed", scope, _decode_audit):
        if scope.has_line(None, segment):
            facts.add_audit(audit)
    if scope.run is not None and not (facts.records or facts.reasons or facts.runs.count):
        raise InputError(
            f"{folder}: there is no run {scope.run}; {folder / 'runs'} has their names"
        )
    return facts


def last_run(folder: Path) -> str:
    """The run that ended last.

    Raises:
        InputError: there is none, or its summary is damaged.
    """
    runs = [_run_of(path) for path in sorted((folder / "runs").glob("*.json"))]
    if not runs:
        raise InputError(f"{folder / 'runs'}: no run has ended yet; crawl, or name another folder")
    return max(runs, key=lambda run: (run.ended, run.run_id)).run_id


def _run_files(folder: Path, scope: Scope) -> list[Path]:
    paths = sorted((folder / "runs").glob("*.json"))
    return [path for path in paths if scope.run in (path.stem, None)]


def _run_of(path: Path) -> Run:
    try:
        return _decode_run(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no summary of a run ({error}); move it away") from error


def _lines(
    folder: Path, kind: Kind, scope: Scope, decode: Callable[[bytes], T]
) -> Iterator[tuple[T, Segment]]:
    for segment in Manifest(folder, kind).unread():
        if not scope.has_segment(segment):
            continue
        for number, line in enumerate(read_segment(folder, segment), 1):
            yield _decoded(decode, line, f"{folder / segment.path}, line {number}"), segment


def _decoded(decode: Callable[[bytes], T], line: bytes, place: str) -> Any:
    try:
        return decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        cure = "upgrade copydesk if a newer one wrote it, else restore it from a copy"
        raise InputError(f"{place}: cannot be read ({error}); {cure}") from error
