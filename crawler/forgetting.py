"""Forgets articles: publishes their tombstones, and has the ledger remember only that.

Its records go the way of a run's: provisional in the ledger, sealed in a segment, then final. So a
kill at any moment is mended as that of a run is, and the same command again completes it.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection

from cleaning.article import Article
from cleaning.error import OutputError
from cleaning.timestamp import format_timestamp
from cleaning.tombstone import FORGET, blank_url, forgotten_article
from crawler.addon import new_run_id
from crawler.disk import explained, sync
from crawler.forgotten import Forgotten
from crawler.history import Event
from crawler.ledger import Ledger
from crawler.ledger_file import explained as ledger_explained
from crawler.ledger_file import open_ledger_file, transaction
from crawler.purge_target import Targets
from crawler.recovery import recover
from crawler.run_lock import RunLock
from crawler.sealing import OPEN, Packing, Part, seal_parts
from crawler.segments import encode, part_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be forgotten: an article, or what is at a URL that gave none.

    `version` is the article's latest; `done` says that it is forgotten already, `busy` names a run
    that is publishing it.
    """

    id: str | None
    urls: frozenset[str]
    version: int | None = None
    url: str = ""
    site: str = ""
    done: bool = False
    busy: str | None = None
    reason: str | None = None
    places: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How to forget: why, when (aware, UTC), whether the tombstone has no URL, how it is packed."""

    reason: str | None
    now: datetime
    purge: bool
    packing: Packing = ""


def find_targets(output: Path, wanted: Sequence[str]) -> tuple[list[Target], list[str]]:
    """What is meant by URLs and ids, each article once; and those that nothing is known of.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    found: dict[str, Target] = {}
    unknown = []
    with _forgotten(output) as (_, forgotten):
        for one in wanted:
            known = forgotten.find(one)
            if known is None:
                unknown.append(one)
                continue
            target = _target(forgotten, *known)
            found[target.id or min(target.urls)] = target
    return list(found.values()), unknown


def forget(output: Path, targets: Sequence[Target], order: Order) -> list[Article]:
    """Publish the tombstones of what is not forgotten yet, and remove what the ledger holds of all.

    Args:
        output: the output folder.
        targets: as `find_targets` gave them, none of them busy.
        order: how.

    Returns:
        The tombstones.

    Raises:
        OutputError: no segment can be written.
        LedgerError: the ledger cannot be written.
    """
    run_id = new_run_id(order.now)
    lock = RunLock.start(output / OPEN, run_id)
    if lock is None:
        raise OutputError(f"{output}: run {run_id} has been here before: run again")
    with closing(lock), Ledger(output / "ledger.sqlite") as ledger:
        ledger.begin(run_id, FORGET, format_timestamp(order.now))
        stones = _note(output, targets, order, run_id)
        if stones:
            ledger.sync()
            _seal(output, stones, order, run_id)
        ledger.seal(run_id, format_timestamp(order.now))
        _erase(output, targets, order, run_id)
    return stones


def finish_runs(output: Path, order: Order) -> None:
    """Finish what killed runs left, this command's too.

    Raises:
        OutputError, LedgerError: something cannot be read or written.
    """
    with Ledger(output / "ledger.sqlite") as ledger:
        recover(ledger, output, order.now, order.packing)


def targets_of(targets: Sequence[Target], reason: str | None) -> Targets:
    """What a purge is to take out."""
    return Targets(
        reasons={one.id: reason or one.reason for one in targets if one.id},
        urls=frozenset(url for one in targets for url in one.urls),
        places=frozenset(place for one in targets for place in one.places),
    )


@contextmanager
def _forgotten(output: Path) -> Iterator[tuple[Connection, Forgotten]]:
    path = output / "ledger.sqlite"
    with ledger_explained(path), closing(open_ledger_file(path, 30)) as db:
        yield db, Forgotten(db)


def _target(forgotten: Forgotten, id_: str | None, urls: set[str]) -> Target:
    places = frozenset(forgotten.places(urls))
    reason = next(filter(None, map(forgotten.reason, sorted(urls))), None)
    known = forgotten.remembered(id_) if id_ else None
    if id_ is None or known is None:
        return Target(id=None, urls=frozenset(urls), places=places, reason=reason)
    return Target(
        id=id_,
        urls=frozenset(urls),
        version=known.version,
        url=known.url,
        site=known.site,
        done=known.forgotten,
        busy=forgotten.publishing(id_),
        reason=reason,
        places=places,
    )


def _note(output: Path, targets: Sequence[Target], order: Order, run_id: str) -> list[Article]:
    """Note all in the ledger, provisionally; the tombstones that are to be published."""
    at, stones = format_timestamp(order.now), []
    with _forgotten(output) as (db, forgotten), transaction(db):
        for target in targets:
            forgotten.mark(target.urls, target.id, at, run_id)
            known = forgotten.remembered(target.id) if target.id else None
            if target.id and known and not known.forgotten:
                forgotten.bury(target.id, run_id)
                url = blank_url(target.id) if order.purge else known.url
                stone = forgotten_article(
                    target.id, known.version + 1, url=url, reason=order.reason, at=at, run_id=run_id
                )
                stones.append(replace(stone, site=known.site))
    return stones


def _seal(output: Path, stones: list[Article], order: Order, run_id: str) -> None:
    part = Part("articles", part_path(output, run_id, "articles"))
    with explained(part.path):
        part.path.write_bytes(b"".join(encode(stone) + b"\n" for stone in stones))
        sync(part.path)
    seal_parts(output, run_id, [part], order.packing, order.now)


def _erase(output: Path, targets: Sequence[Target], order: Order, run_id: str) -> None:
    at = format_timestamp(order.now)
    with _forgotten(output) as (db, forgotten):
        # What is deleted is overwritten, as far as its pages are not in the log still.
        db.execute("PRAGMA secure_delete = ON")
        with transaction(db):
            for target in targets:
                known = forgotten.remembered(target.id) if target.id else None
                version = known.version if known else None
                event = Event.of_forgetting(at, run_id, order.reason, version)
                forgotten.erase(target.id, target.urls, event)
