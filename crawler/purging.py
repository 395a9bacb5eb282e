"""Takes all of some articles out of an output folder: segments, audits, refusals, archive, ledger.

Each step can be killed and repeated. The archive goes first, as the records say where in it their
responses are.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cleaning.error import LedgerError
from cleaning.manifest import Segment, read_manifest
from crawler.archive_purge import PATTERN, ArchivePlan, plan_archive, purge_file
from crawler.disk import explained as disk_explained
from crawler.ledger_file import explained, open_ledger_file
from crawler.ledger_upkeep import compact
from crawler.purge_target import Targets
from crawler.report.writing import explanations_of, report_path
from crawler.sealing import finish_pending, locked_manifest
from crawler.segment_purge import look_through, purge_segments


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgePlan:
    """What a purge would touch: segments with how many of their lines, records of archive files."""

    targets: Targets
    lines: Sequence[tuple[Segment, int]]
    archive: ArchivePlan


def plan_purge(
    output: Path, archive: Path | None, targets: Targets, said: Callable[[str], None]
) -> PurgePlan:
    """Read everything, and find what is to go.

    Args:
        output: the output folder.
        archive: that of the archive, if there is one.
        targets: what is to go.
        said: is told what is read.

    Raises:
        InputError: a segment or the manifest is damaged.
    """
    lines, places = [], set(targets.places)
    for segment in read_manifest(output):
        said(segment.path)
        found = look_through(output, segment, targets)
        places |= found.places
        if found.lines:
            lines.append((segment, found.lines))
    targets = replace(targets, places=frozenset(places))
    paths = sorted(archive.glob(PATTERN)) if archive else []
    found_there = plan_archive(_told(paths, said), targets)
    return PurgePlan(targets=targets, lines=lines, archive=found_there)


def purge(
    output: Path,
    archive: Path | None,
    targets: Targets,
    now: datetime,
    said: Callable[[str], None],
) -> PurgePlan:
    """Do what `plan_purge` finds; no run may be alive. What was done.

    Raises:
        InputError, OutputError, LedgerError: something cannot be read or written; when that is
            mended, the same again completes it.
    """
    with locked_manifest(output):
        finish_pending(output)
        plan = plan_purge(output, archive, targets, said)
        for path, spans in plan.archive.last_first():
            said(path.name)
            purge_file(path, spans, now)
        # While the segments still tell which runs are meant.
        _drop_reports(output, {segment.run for segment, _ in plan.lines if segment.run})
        said("segments")
        purge_segments(output, [segment for segment, _ in plan.lines], plan.targets)
    said("ledger")
    _compact(output / "ledger.sqlite")
    return plan


def _told(paths: Iterable[Path], said: Callable[[str], None]) -> Iterator[Path]:
    for path in paths:
        said(path.name)
        yield path


def _drop_reports(output: Path, runs: Collection[str]) -> None:
    """Delete the pages that may show what is purged: about runs, periods and articles.

    All of the last kind, since those of copies name it; they are made anew.

    Raises:
        OutputError: one cannot be deleted.
    """
    pages = [report_path(output, run_id) for run_id in runs]
    pages += [output / "report.html"] if runs else []
    pages += explanations_of(output).glob("*.html*")
    with disk_explained(output):
        for page in pages:
            page.unlink(missing_ok=True)


def _compact(path: Path) -> None:
    """Write the ledger anew, so that nothing of what was deleted is left in its file or its log.

    Raises:
        LedgerError: another process has it open and reads.
    """
    compact(path)
    with explained(path), closing(open_ledger_file(path, 30)) as db:
        (busy, *_), *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    if busy:
        problem = "another process reads it, so its log still holds what was removed"
        raise LedgerError(f"{path}: {problem}: let that one end, then purge again")
