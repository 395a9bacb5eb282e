"""Explains the articles that a report lists, each in a page of its own: `explanations/ID.html`.

Made in worker processes and written by this one, so that what ends a worker, or the command, leaves
whole files only. An old page is replaced: rules, ledger and archive may all have changed since, and
to make it takes no longer than to find that out.
"""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple, Self

from pebble import ProcessPool
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from scrapy.settings import BaseSettings

from cleaning.error import CopydeskError, OutputError
from crawler.command_line import say
from crawler.explain_place import place_of_id
from crawler.explain_source import take_from_archive
from crawler.explaining import explain_taken, html_of, with_duplicates
from crawler.known_sites import declared_sites, outdated
from crawler.ledger_view import view_of
from crawler.output_file import OutputFile
from crawler.report.listing import Row
from crawler.report.writing import explanations_of
from crawler.setting import number_of
from crawler.site import Site

# Not fork, as the command's process has threads; the fork server loads all of this once.
_CONTEXT = get_context("forkserver")
#: Seconds besides those of cleaning, after which a worker is ended that hangs in C code.
_GRACE: Final = 10.0
#: Pages per worker that are begun before they can be written.
_AHEAD: Final = 4
#: Seconds after which a page that is waited for is asked after.
_LOOK_EVERY: Final = 1.0


class Sources(NamedTuple):
    """What a page is explained by."""

    ledger: Path
    archive: Path
    sites: Sequence[Site]
    #: That cleaning may take.
    seconds: float


class Made(NamedTuple):
    """A page, or why there is none, in a line."""

    page: bytes = b""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """How many articles to explain, by what, where to, and by how many processes (0: this one)."""

    most: int
    folder: Path
    sources: Sources
    workers: int

    @classmethod
    def from_settings(cls, settings: BaseSettings, most: int, sites: Path | None) -> Self:
        """Made from the COPYDESK_ settings.

        Args:
            settings: the project's.
            most: how many articles.
            sites: the folder of site declarations; None for the project's.

        Raises:
            InputError: a setting is no number.
            SiteError: a declaration is broken.
        """
        output = Path(settings["COPYDESK_OUTPUT"])
        declared = declared_sites(sites, Path(settings["COPYDESK_SITES"]))
        for warning in outdated(declared, datetime.now(UTC).date()):
            say(f"scrapy report: {warning}")
        sources = Sources(
            ledger=output / "ledger.sqlite",
            archive=output / str(settings["COPYDESK_ARCHIVE"]),
            sites=declared,
            seconds=number_of(settings, "COPYDESK_CLEAN_TIMEOUT", least=0.001),
        )
        workers = int(number_of(settings, "COPYDESK_WORKERS", least=0))
        return cls(most=most, folder=explanations_of(output), sources=sources, workers=workers)

    def write(self, listed: Sequence[Row]) -> None:
        """Write the pages of the last ones listed, and say how many.

        Args:
            listed: the last published last; those that are gone have no page.

        Raises:
            OutputError: a page cannot be written, or the worker processes are no more.
        """
        # An article may be listed with several versions.
        ids = list(dict.fromkeys(row.id for row in reversed(listed) if row.kind != "gone"))
        ids = ids[: self.most]
        written, faults = 0, []
        with closing(_told(self._made(ids), len(ids))) as pages:
            for id_, made in pages:
                if made.fault:
                    faults.append(made.fault)
                    continue
                with OutputFile(self.folder / f"{id_}.html") as file:
                    file.write(made.page)
                written += 1
        say(f"scrapy report: {_said(written, faults, self.folder)}")

    def _made(self, ids: Sequence[str]) -> Iterator[tuple[str, Made]]:
        if not self.workers:
            yield from ((id_, _make(id_, self.sources)) for id_ in ids)
            return
        _CONTEXT.set_forkserver_preload(["__main__", __name__, "crawler.explain_page"])
        with _pool_of(min(self.workers, len(ids)) or 1) as pool:
            begun: deque[tuple[str, Future[Made]]] = deque()
            for id_ in ids:
                _check(pool)
                begun.append((id_, pool.schedule(_make, (id_, self.sources), timeout=self._limit)))
                if len(begun) > _AHEAD * self.workers:
                    yield _finished(pool, *begun.popleft())
            for one in begun:
                yield _finished(pool, *one)

    @property
    def _limit(self) -> float:
        return self.sources.seconds + _GRACE


def _make(id_: str, sources: Sources) -> Made:
    """Explain one article; what is wrong with it must not cost the others."""
    try:
        with view_of(sources.ledger) as view:
            taken = take_from_archive(place_of_id(id_, view), sources.archive)
            explanation = explain_taken(taken, sources.sites, sources.seconds)
            return Made(page=html_of(with_duplicates(explanation, view), taken))
    except CopydeskError as error:
        return Made(fault=str(error))
    except Exception as error:  # noqa: BLE001  (lxml's errors cannot be sent to the parent)
        return Made(fault=f"{id_}: {type(error).__name__}: {str(error)[:200]}")


def _finished(pool: ProcessPool, id_: str, future: "Future[Made]") -> tuple[str, Made]:
    # pebble forgets what waits when it gives up a pool, so that is looked for.
    while not wait([future], timeout=_LOOK_EVERY).done:
        _check(pool)
    try:
        return id_, future.result()
    except Exception as error:  # noqa: BLE001  (the worker died or was ended: as above)
        return id_, Made(fault=f"{id_}: its worker process was ended ({error})")


def _check(pool: ProcessPool) -> None:
    if not pool.active:
        raise OutputError("the pool of worker processes broke down; run again")


@contextmanager
def _pool_of(count: int) -> Iterator[ProcessPool]:
    pool = ProcessPool(count, context=_CONTEXT)
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble's hints have gaps
        pool.join()


def _told(made: Iterator[tuple[str, Made]], total: int) -> Generator[tuple[str, Made], None, None]:
    """The same, with a bar on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        disable=not console.is_terminal,
    ) as bar:
        yield from bar.track(made, total=total, description="explaining")


def _said(written: int, faults: Sequence[str], folder: Path) -> str:
    said = f"{written:,} articles are explained in {folder}"
    if not faults:
        return said
    return f"{said}; {len(faults):,} could not be, the first of them: {faults[0]}"
