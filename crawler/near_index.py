"""Finds the articles that may be copies of one another, among all that a ledger holds.

A sixteenth of each text's shingles stands in a table of its three days, named by the first. One
table for all would outgrow every cache; these are small, and go as a whole when they are old. A
look-up needs two or three of them.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import brotli  # type: ignore[import-untyped]  # ships no types

from cleaning.article import Duplicate
from cleaning.near_duplicate import WINDOW, Compared, is_comparable
from cleaning.shingle import ALGORITHM, Shingles, shingles_of

_DAY: Final = 86_400
#: Days to a table: as many as two copies may be apart.
_SPAN: Final = WINDOW.days
#: A shingle that more articles of a table have is boilerplate, and leads to none of them.
_MAX_POSTINGS: Final = 128
#: So many are compared exactly, those with most shingles in common first.
_MAX_CANDIDATES: Final = 40
#: One shingle in common may be chance; a short text has few to have in common.
_MIN_COMMON: Final = 2
_FEW: Final = 8
#: Texts whose shingles are kept at hand; about 16 MB.
_AT_HAND: Final = 2_000

# The first to say it is the original, be it this article itself. Copies of this very article never
# are: its own row can be gone, forgotten with the run that died while it was the original.
_ORIGINAL = """
    SELECT id FROM version WHERE fingerprint = ? AND duplicate_of IS NOT ? ORDER BY rowid LIMIT 1
"""
_ADD = "INSERT INTO document (id, version, site, at, original, body) VALUES (?, ?, ?, ?, ?, ?)"
_NOTE_DAY = """
    INSERT INTO posting_day (day, filled) VALUES (?, ?)
    ON CONFLICT (day) DO UPDATE SET filled = max(filled, excluded.filled)
"""
_MAKE_DAY = """
    CREATE TABLE IF NOT EXISTS posting_{day} (
        shingle INTEGER NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (shingle, number)
    ) STRICT, WITHOUT ROWID
"""
_POST = "INSERT OR IGNORE INTO posting_{day} (shingle, number) VALUES (?, ?)"
_DAYS = "SELECT day FROM posting_day WHERE day BETWEEN ? AND ? ORDER BY day"
_OLD_DAYS = "SELECT day FROM posting_day WHERE filled < ? ORDER BY day"
_FIND = """
    SELECT (SELECT group_concat(number) FROM
        (SELECT number FROM posting_{day} WHERE shingle = key.value LIMIT ?))
    FROM json_each(?) AS key WHERE EXISTS (SELECT 1 FROM posting_{day} WHERE shingle = key.value)
"""
_READ = """
    SELECT number, id, site, at, body FROM document
    WHERE number IN (SELECT value FROM json_each(?)) AND at BETWEEN ? AND ?
        AND id <> ? AND original IS NOT ?
        AND number = (SELECT max(number) FROM document AS latest WHERE latest.id = document.id)
"""
_TEXT = "SELECT body FROM document WHERE id = ? ORDER BY number DESC LIMIT 1"
_TEXTS = "SELECT number, at, body FROM document WHERE number > ? ORDER BY number LIMIT 500"
_TABLES = r"SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'posting_[0-9b]*'"
_REPLACE = """
    DELETE FROM document WHERE id = ?1 AND (version = ?2
        OR version < (SELECT max(version) FROM version WHERE id = ?1 AND sealed = 1))
"""
_SETTLE = """
    DELETE FROM document
    WHERE id IN (SELECT id FROM version WHERE run_id = ?1 AND sealed = 0 AND version > 1)
        AND version < (SELECT max(version) FROM version
            WHERE version.id = document.id AND (sealed = 1 OR run_id = ?1))
"""
_FORGET_VERSION = "DELETE FROM document WHERE id = ? AND version = ?"
_FORGET_OLD = "DELETE FROM document WHERE at >= ? AND at < ?"


@dataclass(frozen=True, slots=True)
class Decided:
    """The version and text of an article, and the `id` of what it is a copy of."""

    version: int
    text: str
    original: str | None


class NearIndex:
    """The texts and shingles in an open ledger file; transactions are the caller's.

    Of each article it holds the latest version, which is all that is found, and while that is
    provisional the one before, since it counts again if the run dies. Numbers of what is forgotten
    are given to nothing else, so that postings may outlive it.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that `open_ledger_file` has opened."""
        self._db = db
        self._shingles = lru_cache(maxsize=_AT_HAND)(self._read_shingles)

    def exact(self, id_: str, fingerprint: str) -> Duplicate | None:
        """The label of a copy, word for word, of any article that was ever published.

        Args:
            id_: of the article that may be a copy.
            fingerprint: of its text, see `cleaning.settled`.
        """
        row = self._db.execute(_ORIGINAL, (fingerprint, id_)).fetchone()
        if row is None or row[0] == id_:
            return None
        return Duplicate(of=row[0], kind="exact", score=1.0)

    def near(self, article: Compared) -> Iterator[Compared]:
        """The articles that have shingles in common with one, and are published near it in time.

        Those that are labelled as its copies are left out: its own row can be gone, forgotten with
        the run that died, and it must not become a copy of its copy.
        """
        if not is_comparable(article):
            return
        numbers = json.dumps(self._candidates(article))
        window = int(WINDOW.total_seconds())
        between = (article.at - window, article.at + window)
        rows = self._db.execute(_READ, (numbers, *between, article.id, article.id))
        for number, id_, site, at, body in rows:
            yield Compared(id=id_, site=site, at=at, shingles=self._shingles(number, body))

    def add(self, article: Compared, decided: Decided, seen: int) -> None:
        """Notes an article in place of its earlier versions; the last final one is kept till it is.

        Args:
            article: what is compared of it.
            decided: what was decided of it.
            seen: when it was fetched (Unix time): how old its day's table is counts from then.
        """
        self._db.execute(_REPLACE, (article.id, decided.version))
        body = _packed(decided.text)
        row = (article.id, decided.version, article.site, article.at, decided.original, body)
        number = self._db.execute(_ADD, row).lastrowid
        if number is not None and is_comparable(article):
            self._post(article, number, seen)

    def text_of(self, id_: str) -> str | None:
        """The text of an article's latest version, while it is remembered."""
        row = self._db.execute(_TEXT, (id_,)).fetchone()
        return _unpacked(row[0]) if row else None

    def settle(self, run_id: str) -> None:
        """Lets go of the versions that those of a run, about to become final, have replaced."""
        self._db.execute(_SETTLE, (run_id,))

    def forget(self, versions: Iterable[tuple[str, int]]) -> None:
        """Takes back what was noted of versions of articles."""
        self._db.executemany(_FORGET_VERSION, versions)

    def prune(self, before: int) -> int:
        """Drops the tables to which nothing was added since a time, in seconds of Unix time.

        Returns:
            How many there were.
        """
        days = [day for (day,) in self._db.execute(_OLD_DAYS, (before,))]
        for day in days:
            self._db.execute(f"DROP TABLE posting_{_named(day)}")
            self._db.execute(_FORGET_OLD, (day * _DAY, (day + _SPAN) * _DAY))
        self._db.executemany("DELETE FROM posting_day WHERE day = ?", ((day,) for day in days))
        return len(days)

    def rebuild(self) -> int:
        """Makes all shingles anew from the texts; how many texts there are."""
        for table in self.real_tables():
            self._db.execute(f"DROP TABLE {table}")
        # A day keeps its age, and those that turn out empty are still dropped by it.
        for (day,) in self._db.execute("SELECT day FROM posting_day").fetchall():
            self._db.execute(_MAKE_DAY.format(day=_named(day)))
        count = 0
        for number, at, body in self._texts():
            shingles = shingles_of(_unpacked(body))
            article = Compared(id="", site="", at=at, shingles=shingles)
            if is_comparable(article):
                self._post(article, number, seen=0)
            count += 1
        self._db.execute("DELETE FROM algorithm WHERE name = 'shingle'")
        self._db.execute("INSERT INTO algorithm VALUES ('shingle', ?)", (ALGORITHM,))
        return count

    def noted_tables(self) -> set[str]:
        """The tables of shingles that there are to be."""
        days = self._db.execute("SELECT day FROM posting_day")
        return {f"posting_{_named(day)}" for (day,) in days}

    def real_tables(self) -> set[str]:
        """The tables of shingles that there are."""
        return {name for (name,) in self._db.execute(_TABLES)}

    def _texts(self) -> Iterator[tuple[int, int, bytes]]:
        """Number, time and body of each text; never many of them in memory."""
        last = 0
        while rows := self._db.execute(_TEXTS, (last,)).fetchall():
            yield from rows
            last = rows[-1][0]

    def _post(self, article: Compared, number: int, seen: int) -> None:
        day = _first_day(article.at)
        self._db.execute(_MAKE_DAY.format(day=_named(day)))
        self._db.execute(_NOTE_DAY, (day, seen))
        rows = [(shingle, number) for shingle in article.shingles.sample()]
        self._db.executemany(_POST.format(day=_named(day)), rows)

    def _candidates(self, article: Compared) -> list[int]:
        """The numbers of the articles with most shingles in common, the older first of equals."""
        sample = article.shingles.sample()
        hits: Counter[int] = Counter()
        for day in self._days_near(article.at):
            hits.update(self._hits(day, sample))
        least = _MIN_COMMON if len(sample) >= _FEW else 1
        found = sorted((-count, number) for number, count in hits.items() if count >= least)
        return [number for _, number in found[:_MAX_CANDIDATES]]

    def _days_near(self, at: int) -> list[int]:
        window = int(WINDOW.total_seconds())
        days = self._db.execute(_DAYS, (_first_day(at - window), _first_day(at + window)))
        return [day for (day,) in days]

    def _hits(self, day: int, sample: list[int]) -> Iterator[int]:
        query = _FIND.format(day=_named(day))
        for (numbers,) in self._db.execute(query, (_MAX_POSTINGS + 1, json.dumps(sample))):
            found = numbers.split(",")
            if len(found) <= _MAX_POSTINGS:
                yield from map(int, found)

    @staticmethod
    def _read_shingles(_: int, body: bytes) -> Shingles:
        return shingles_of(_unpacked(body))


def _packed(text: str) -> bytes:
    """A text for the disk: of English news 7 % smaller than zlib makes it, and as fast."""
    packed: bytes = brotli.compress(text.encode(), mode=brotli.MODE_TEXT, quality=5, lgwin=18)
    return packed


def _unpacked(body: bytes) -> str:
    text: bytes = brotli.decompress(body)
    return text.decode()


def _first_day(at: int) -> int:
    """The day, counted from 1970, that names the table of a time."""
    return at // _DAY // _SPAN * _SPAN


def _named(day: int) -> str:
    """A day as part of a table's name; days before 1970 are negative."""
    return f"{day}" if day >= 0 else f"before_{-day}"
