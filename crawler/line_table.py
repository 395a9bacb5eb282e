"""Every published line by (id, version), beside the ledger: what SQLite can then tell of both.

The lines are in a temporary file of SQLite's, which goes with the connection, so memory does not
grow with the output: some 80 bytes of disk a line. The ledger is attached read-only, and seen as it
was at one moment.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import quote

from cleaning.article import Article
from cleaning.tombstone import FORGOTTEN, TOMBSTONE
from crawler.ledger_file import explained

_BATCH: Final = 5_000
_MAKE: Final = """
    CREATE TABLE line (
        id TEXT NOT NULL, version INTEGER NOT NULL, op TEXT NOT NULL, segment INTEGER NOT NULL,
        number INTEGER NOT NULL
    ) STRICT
"""
_INDEX: Final = "CREATE INDEX line_by_key ON line (id, version)"
_TWICE: Final = """
    SELECT a.id, a.version, a.segment, a.number, b.segment, b.number FROM line AS a
    JOIN line AS b ON b.id = a.id AND b.version = a.version AND b.rowid > a.rowid
"""
_GAPS: Final = """
    SELECT id, version, segment, number, before FROM (
        SELECT *, lag(version, 1, 0) OVER (PARTITION BY id ORDER BY version) AS before FROM line
    ) WHERE version > before + 1
"""
_IN_LEDGER: Final = """
    SELECT count(*) FROM ledger.version WHERE id = ? AND version > ? AND version < ?
"""
# A copy that was dropped has a version and no line. Where the history still tells, it must say so.
_LOST: Final = """
    SELECT id, version, url, duplicate_of IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger.event WHERE event.url =
                (SELECT number FROM ledger.url WHERE url.url = version.url)
            AND json_extract(detail, '$.version') = version.version
            AND json_extract(detail, '$.dropped') IS NULL
    ) FROM ledger.version
    WHERE sealed = 1 AND NOT EXISTS
        (SELECT 1 FROM line WHERE line.id = version.id AND line.version = version.version)
"""
_UNKNOWN: Final = """
    SELECT id, version, segment, number,
        EXISTS (SELECT 1 FROM ledger.version WHERE version.id = line.id)
    FROM line WHERE NOT EXISTS (SELECT 1 FROM ledger.version
        WHERE version.id = line.id AND version.version = line.version)
"""
# What is purged is a tombstone, whatever it was.
_OTHER_OP: Final = f"""
    SELECT id, version, segment, number, op, expected FROM (
        SELECT line.*, CASE
            WHEN fingerprint IN ('{TOMBSTONE}', '{FORGOTTEN}') THEN 'tombstone'
            WHEN line.version = 1 THEN 'new' ELSE 'update' END AS expected
        FROM line JOIN ledger.version USING (id, version)
    ) AS each WHERE op <> expected AND NOT (op = 'tombstone' AND EXISTS (
        SELECT 1 FROM ledger.version
        WHERE version.id = each.id AND fingerprint = '{FORGOTTEN}'))
"""  # noqa: S608 - of constants alone
_WITHOUT_VERSION: Final = """
    SELECT url, state FROM ledger.url WHERE sealed = 1 AND state IN ('published', 'dropped')
        AND (id IS NULL OR NOT EXISTS (SELECT 1 FROM ledger.version WHERE version.id = url.id))
"""
_PROVISIONAL: Final = """
    SELECT run_id, count(*) FROM ledger.version WHERE sealed = 0 GROUP BY run_id ORDER BY run_id
"""


class Key(NamedTuple):
    """A version of an article."""

    id: str
    version: int

    def __str__(self) -> str:
        return f"{self.id} version {self.version}"


class Place(NamedTuple):
    """A line: of which segment of articles, and which."""

    segment: int
    number: int


class LineTable:
    """The lines, and the ledger where there is one; use it in a `with` statement.

    Raises:
        LedgerError: the ledger cannot be read.
    """

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._rows: list[tuple[str, int, str, int, int]] = []
        self.has_ledger = ledger.exists()
        with explained(ledger):
            self._db = sqlite3.connect("", isolation_level=None, uri=True)
            if self.has_ledger:
                self._db.execute("ATTACH ? AS ledger", (f"file:{quote(str(ledger))}?mode=ro",))
            self._db.execute("BEGIN")
            self._db.execute(_MAKE)
            if self.has_ledger:
                # From here on it is seen as it is now.
                self._db.execute("SELECT 1 FROM ledger.version LIMIT 1").fetchone()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, article: Article, place: Place) -> None:
        """Take a line."""
        self._rows.append((article.id, article.version, article.op, *place))
        if len(self._rows) >= _BATCH:
            self._flush()

    def index(self) -> None:
        """To be called when all lines are there."""
        self._flush()
        self._db.execute(_INDEX)

    def articles(self) -> int:
        """How many ids there are."""
        return int(self._db.execute("SELECT count(DISTINCT id) FROM line").fetchone()[0])

    def twice(self) -> Iterator[tuple[Key, Place, Place]]:
        """Versions that have two lines."""
        for id_, version, *places in self._rows_of(_TWICE):
            yield Key(id_, version), Place(*places[:2]), Place(*places[2:])

    def gaps(self) -> Iterator[tuple[Key, Place, int]]:
        """Lines whose version does not follow on that of another, nor on one of the ledger."""
        for id_, version, segment, number, before in self._rows_of(_GAPS):
            if not self.has_ledger:
                continue
            (between,) = self._db.execute(_IN_LEDGER, (id_, before, version)).fetchone()
            if between != version - before - 1:
                yield Key(id_, version), Place(segment, number), before

    def lost(self) -> Iterator[tuple[Key, str, bool]]:
        """Final versions of the ledger without a line, where they were found, whether dropped."""
        for id_, version, url, dropped in self._rows_of(_LOST):
            yield Key(id_, version), url, bool(dropped)

    def unknown(self) -> Iterator[tuple[Key, Place, bool]]:
        """Lines of which the ledger knows nothing, and whether it knows others of the article."""
        for id_, version, segment, number, knows in self._rows_of(_UNKNOWN):
            yield Key(id_, version), Place(segment, number), bool(knows)

    def other_op(self) -> Iterator[tuple[Key, Place, str, str]]:
        """Lines with another op than the ledger knows, and both."""
        for id_, version, segment, number, op, expected in self._rows_of(_OTHER_OP):
            yield Key(id_, version), Place(segment, number), op, expected

    def urls_without_version(self) -> Iterator[tuple[str, str]]:
        """URLs that are published by their state, and of which the ledger has no article."""
        yield from self._rows_of(_WITHOUT_VERSION)

    def provisional(self) -> Iterator[tuple[str, int]]:
        """Runs with versions that are not final yet, and how many."""
        yield from self._rows_of(_PROVISIONAL)

    def _rows_of(self, query: str) -> Iterator[tuple]:  # type: ignore[type-arg]  # as the query says
        with explained(self._ledger):
            yield from self._db.execute(query)

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?)", self._rows)
        self._rows.clear()
