"""Verifies an output folder: each segment by the manifest, and the ledger by both.

What is looked at is how things stood at one moment, while nobody was sealing; runs may go on beside
it. Nothing is changed.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from cleaning.article import Article
from cleaning.error import InputError
from cleaning.manifest import MANIFEST, Segment
from crawler.line_table import LineTable, Place
from crawler.live_runs import held_locks
from crawler.manifest_check import check_manifest, unnamed_files
from crawler.sealing import undisturbed
from crawler.segment_check import check_segment

#: Faults of one kind that are told one by one; of a folder without its ledger there are millions.
_MOST: Final = 20


@dataclass(slots=True)
class Verdict:
    """What was looked at, how much is wrong, and what is no fault but to be known."""

    segments: int = 0
    records: int = 0
    articles: int = 0
    bytes: int = 0
    faults: int = 0
    notes: list[str] = field(default_factory=list)


def verify(
    output: Path,
    told: Callable[[str], None],
    advance: Callable[[Segment], None],
    *,
    quick: bool = False,
    memory_days: int = 0,
) -> Verdict:
    """Check everything.

    Args:
        output: the output folder.
        told: is given each fault, a line.
        advance: is given each segment when it has been checked.
        quick: only look at the manifest, at which files are there, and how long they are.
        memory_days: COPYDESK_MEMORY_DAYS: whether the ledger may have forgotten articles.

    Raises:
        InputError: there is no such folder, the manifest cannot be read, or was replaced meanwhile.
        LedgerError: the ledger cannot be read.
    """
    if not output.is_dir():
        raise InputError(f"{output}: there is no such folder; name the output of a crawl")
    return _Verifying(output, told, advance).run(quick=quick, memory_days=memory_days)


class _Verifying:
    def __init__(
        self, output: Path, told: Callable[[str], None], advance: Callable[[Segment], None]
    ) -> None:
        self._output = output
        self._told = told
        self._advance = advance
        self._path = output / MANIFEST
        self._verdict = Verdict()
        self._segments: list[Segment] = []
        self._paths: dict[int, str] = {}

    def run(self, *, quick: bool, memory_days: int) -> Verdict:
        with ExitStack() as stack:
            with undisturbed(self._output) as begun:
                inode, data = _read(self._path)
                lines = stack.enter_context(LineTable(self._output / "ledger.sqlite"))
                self._segments, faults = check_manifest(self._path, data, torn=not begun)
                unnamed = list(unnamed_files(self._output, self._segments, begun))
            self._tell([*faults, *unnamed])
            for segment in begun:
                self._note(f"{segment.path} was being sealed by who was killed; the next run will")
            for segment in self._segments:
                self._look_at(segment, lines, quick=quick)
            if _read(self._path)[0] != inode:
                problem = "was replaced meanwhile, as by scrapy forget --purge"
                raise InputError(f"{self._path}: {problem}; run again")
            self._compare(lines, quick=quick, memory_days=memory_days)
        return self._verdict

    def _look_at(self, segment: Segment, lines: LineTable, *, quick: bool) -> None:
        verdict = self._verdict
        verdict.segments += 1
        verdict.bytes += segment.bytes
        if segment.kind == "articles":
            verdict.records += segment.records
            self._paths[segment.sequence] = segment.path

        def told(article: Article, number: int) -> None:
            lines.add(article, Place(segment.sequence, number))

        faults = (
            _size(self._output, segment) if quick else check_segment(self._output, segment, told)
        )
        self._tell(dict.fromkeys(faults))
        self._advance(segment)

    def _compare(self, lines: LineTable, *, quick: bool, memory_days: int) -> None:
        if not lines.has_ledger:
            self._note("there is no ledger.sqlite to compare with")
        if not quick:
            lines.index()
            self._verdict.articles = lines.articles()
            self._tell(self._of_lines(lines))
        if lines.has_ledger:
            self._tell(
                f"{self._ledger}: {url} is {state}, but there is no version of it; {_ASK_AGAIN}"
                for url, state in lines.urls_without_version()
            )
            if not quick:
                self._compare_lines(lines, memory_days)
            self._tell_provisional(lines)

    def _compare_lines(self, lines: LineTable, memory_days: int) -> None:
        dropped = forgotten = 0
        lost, unknown = [], []
        for key, url, is_dropped in lines.lost():
            dropped += is_dropped
            if not is_dropped:
                lost.append(f"{self._ledger}: {key} ({url}) has no line; {_RESTORE}")
        for key, place, knows in lines.unknown():
            excused = memory_days > 0 and not knows
            forgotten += excused
            if not excused:
                unknown.append(f"{self._at(place)}: {key} is not in the ledger; {_FORGOTTEN}")
        self._tell(lost)
        self._tell(unknown)
        self._tell(
            f"{self._at(place)}: {key} is {op}, {expected} in the ledger; {_RESTORE}"
            for key, place, op, expected in lines.other_op()
        )
        if dropped:
            self._note(f"{dropped} copies were dropped, and have no line")
        if forgotten:
            self._note(f"{forgotten} records are of articles that the ledger has forgotten")

    def _of_lines(self, lines: LineTable) -> Iterator[str]:
        for key, one, two in lines.twice():
            yield f"{self._at(two)}: {key} stands in {self._at(one)} too; {_ONCE}"
        for key, place, before in lines.gaps():
            yield f"{self._at(place)}: {key} follows on version {before}; {_RESTORE}"

    def _tell_provisional(self, lines: LineTable) -> None:
        held = {path.name.removesuffix(".lock") for path in held_locks(self._output)}
        for run_id, count in lines.provisional():
            what = "is publishing" if run_id in held else "died; the next run will finish"
            self._note(f"run {run_id} {what} {count} versions")

    def _tell(self, faults: Iterable[str]) -> None:
        """Tell the first of faults of one kind, and count all."""
        rest = iter(faults)
        for fault in islice(rest, _MOST):
            self._verdict.faults += 1
            self._told(fault)
        if more := sum(1 for _ in rest):
            self._verdict.faults += more
            self._told(f"{self._output}: {more} more of the same kind")

    def _note(self, note: str) -> None:
        self._verdict.notes.append(note)

    def _at(self, place: Place) -> str:
        return f"{self._output / self._paths[place.segment]}, line {place.number}"

    @property
    def _ledger(self) -> Path:
        return self._output / "ledger.sqlite"


_RESTORE: Final = "restore what is missing from a copy"
_ONCE: Final = "readers that go by (id, version) are not harmed; report it, with how it came"
_FORGOTTEN: Final = "if COPYDESK_MEMORY_DAYS was set, set it here too; else restore the ledger"
_ASK_AGAIN: Final = "it is not asked for again unless by -a revisit=all"


def _read(path: Path) -> tuple[int, bytes]:
    """Which file the manifest is, and what is in it."""
    try:
        with path.open("rb") as file:
            return path.stat().st_ino, file.read()
    except FileNotFoundError:
        return 0, b""
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; make it readable") from error


def _size(output: Path, segment: Segment) -> Iterator[str]:
    """What is wrong with a segment as far as can be told without reading it."""
    path, cure = output / segment.path, "restore it from a copy"
    if not path.is_file():
        yield f"{path}: is missing; {cure}"
    elif (size := path.stat().st_size) != segment.bytes:
        yield f"{path}: is damaged ({size} bytes, not {segment.bytes}); {cure}"
