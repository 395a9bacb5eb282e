"""Looks after a ledger: tells what is in it, checks it, forgets what is old, makes it anew.

What is forgotten and when is set by COPYDESK_NEAR_DAYS, COPYDESK_HISTORY_DAYS, COPYDESK_LEAD_DAYS
and COPYDESK_MEMORY_DAYS, so that a ledger that is crawled into for ever has an end to its size.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from scrapy.settings import BaseSettings

from cleaning.timestamp import format_timestamp
from crawler.frontier import Frontier
from crawler.history import History
from crawler.ledger_file import explained, open_ledger_file, transaction
from crawler.near_index import NearIndex
from crawler.revisit import Plan
from crawler.setting import number_of
from crawler.source_state import Sources

_COUNTS = {
    "articles": "SELECT count(DISTINCT id) FROM version",
    "versions": "SELECT count(*) FROM version",
    "duplicates": "SELECT count(*) FROM version WHERE duplicate_of IS NOT NULL",
    "provisional": "SELECT count(*) FROM version WHERE sealed = 0",
    "URLs": "SELECT count(*) FROM url",
    "texts": "SELECT count(*) FROM document",
    "days of shingles": "SELECT count(*) FROM posting_day",
    "events": "SELECT count(*) FROM event",
    "feeds, sitemaps and sections": "SELECT count(*) FROM source",
    "runs": "SELECT count(*) FROM run",
}
_STATES = "SELECT state, count(*) FROM url GROUP BY state ORDER BY state"
#: What must not be found, with how it is said.
_FAULTS = {
    "texts of versions that are unknown": """
        SELECT count(*) FROM document LEFT JOIN version USING (id, version)
        WHERE version.id IS NULL
    """,
    "texts of versions that are replaced": """
        SELECT count(*) FROM document WHERE version <
            (SELECT max(version) FROM version WHERE version.id = document.id AND sealed = 1)
    """,
    "versions that do not follow one another": """
        SELECT count(*) FROM
            (SELECT 1 FROM version GROUP BY id HAVING max(version) - min(version) + 1 <> count(*))
    """,
    "events of URLs that are unknown": """
        SELECT count(*) FROM event WHERE url IS NOT NULL AND url NOT IN (SELECT number FROM url)
    """,
    "published URLs whose article is unknown": """
        SELECT count(*) FROM url
        WHERE state = 'published' AND id NOT IN (SELECT id FROM version)
    """,
}
_OLD_URLS = """
    DELETE FROM url WHERE sealed = 1 AND CAST(strftime('%s', fetched_at) AS INTEGER) < ?
        AND reason IS NOT 'forgotten'
"""
_OLD_VERSIONS = """
    DELETE FROM version WHERE sealed = 1 AND id NOT IN (SELECT id FROM url WHERE id IS NOT NULL)
"""
_OLD_TEXTS = "DELETE FROM document WHERE (id, version) NOT IN (SELECT id, version FROM version)"
_OLD_RUNS = """
    DELETE FROM run WHERE CAST(strftime('%s', started) AS INTEGER) < ?
        AND run_id NOT IN (SELECT run_id FROM version) AND run_id NOT IN (SELECT run_id FROM url)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How many days a ledger remembers; 0 is for ever.

    `near`: texts and shingles, by which altered copies are known; `history`: what happened to
    URLs; `leads`: what is due and never asked for; `memory`: URLs and articles that have not been
    seen since.
    """

    near: int
    history: int
    leads: int
    memory: int

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """As the COPYDESK_ settings say.

        Raises:
            InputError: one of them is no number.
        """
        return cls(
            near=int(number_of(settings, "COPYDESK_NEAR_DAYS", least=0)),
            history=int(number_of(settings, "COPYDESK_HISTORY_DAYS", least=0)),
            leads=int(number_of(settings, "COPYDESK_LEAD_DAYS", least=0)),
            memory=int(number_of(settings, "COPYDESK_MEMORY_DAYS", least=0)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was forgotten."""

    days: int
    events: int
    leads: int
    urls: int
    articles: int


def describe(path: Path) -> dict[str, int]:
    """What is in a ledger: counts by name, and its size in bytes.

    Raises:
        LedgerError: if it cannot be read.
    """
    with _opened(path) as db:
        counts = {name: _count(db, query) for name, query in _COUNTS.items()}
        states = {f"URLs {state}": count for state, count in db.execute(_STATES)}
        waiting = Frontier(db, Plan()).counts()
    size = sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))
    return {**counts, **states, **waiting, "bytes": size}


def check(path: Path) -> list[str]:
    """What is wrong with a ledger, a line each; empty where it is sound.

    Raises:
        LedgerError: if it cannot be read at all.
    """
    with _opened(path) as db:
        faults = [line for (line,) in db.execute("PRAGMA integrity_check(20)") if line != "ok"]
        counted = ((_count(db, query), what) for what, query in _FAULTS.items())
        faults += [f"{count} {what}" for count, what in counted if count]
        faults += _lost_days(db)
    return faults


def prune(path: Path, keep: Keep, now: datetime) -> Pruned:
    """Forgets what is older than is to be kept, in one transaction; what is provisional stays.

    Raises:
        LedgerError: if the ledger cannot be written.
    """
    with _opened(path) as db, transaction(db):
        return _prune(db, keep, now)


def compact(path: Path) -> None:
    """Gives the room of what was forgotten back to the disk; nobody else may have it open.

    Raises:
        LedgerError: if the ledger cannot be written, or the disk has no room for a second one.
    """
    with _opened(path) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def rebuild(path: Path) -> int:
    """Makes all shingles anew from the texts, after their algorithm has changed.

    Returns:
        How many texts there were.

    Raises:
        LedgerError: if the ledger cannot be written.
    """
    with _opened(path, check_algorithms=False) as db, transaction(db):
        return NearIndex(db).rebuild()


def _prune(db: sqlite3.Connection, keep: Keep, now: datetime) -> Pruned:
    history, frontier = History(db), Frontier(db, Plan())
    urls = articles = 0
    if keep.memory:
        before = _seconds_ago(now, keep.memory)
        urls = db.execute(_OLD_URLS, (before,)).rowcount
        articles = db.execute(_OLD_VERSIONS).rowcount
        db.execute(_OLD_TEXTS)
        Sources(db, Plan()).prune(before)
        db.execute(_OLD_RUNS, (before,))
        history.forget_lost_urls()
    return Pruned(
        days=NearIndex(db).prune(_seconds_ago(now, keep.near)) if keep.near else 0,
        events=history.prune(_days_ago(now, keep.history)) if keep.history else 0,
        leads=frontier.prune(_seconds_ago(now, keep.leads)) if keep.leads else 0,
        urls=urls,
        articles=articles,
    )


def _days_ago(now: datetime, days: int) -> str:
    return format_timestamp(now - timedelta(days=days))


def _seconds_ago(now: datetime, days: int) -> int:
    return int((now - timedelta(days=days)).timestamp())


def _lost_days(db: sqlite3.Connection) -> Iterator[str]:
    """Days of shingles that are noted and have no table, or the other way round."""
    index = NearIndex(db)
    for table in sorted(index.noted_tables() ^ index.real_tables()):
        yield f"{table}: its table and the list of days do not agree"


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


@contextmanager
def _opened(path: Path, *, check_algorithms: bool = True) -> Iterator[sqlite3.Connection]:
    with (
        explained(path),
        closing(open_ledger_file(path, 30, check_algorithms=check_algorithms)) as db,
    ):
        yield db
