"""Labels the copies in any stream of articles, by what was published before them.

What a line is compared with lies on disk, so that memory does not grow with the stream: in a ledger
of this run's own and, where one is given, in that of a crawl, which stays as it is.
"""

import sqlite3
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from cleaning.article import Duplicate
from cleaning.identity import article_id, page_url, site_of
from cleaning.near_duplicate import Compared
from cleaning.settled import settled_fingerprint
from cleaning.shingle import shingles_of
from crawler.copies import label_of
from crawler.ledger_file import explained, open_ledger_file
from crawler.near_index import Decided, NearIndex

_ADD_VERSION = """
    INSERT OR REPLACE INTO version
        (id, version, url, fingerprint, site, duplicate_of, run_id, sealed)
    VALUES (?, 1, ?, ?, ?, ?, '', 1)
"""
#: So many articles a transaction: the ledger is this run's alone.
_BATCH = 500


class Line(msgspec.Struct, kw_only=True):
    """What must be known of an article: its URL and text, and when it was published or fetched."""

    url: Annotated[str, Meta(min_length=1)]
    text: str
    id: str | None = None
    language: str | None = None
    date_published: str | None = None
    fetched_at: str | None = None

    def key(self) -> str:
        """The article's `id`."""
        return self.id or article_id(self.url)

    def at(self) -> int:
        """When it was published, else fetched, in seconds of Unix time; without offset it is UTC.

        Raises:
            ValueError: neither is stated, or what is stated is no time.
        """
        stated = self.date_published or self.fetched_at
        if not stated:
            raise ValueError("neither date_published nor fetched_at")
        moment = datetime.fromisoformat(stated)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


class Labelling:
    """Gives each article of a stream its label; use it in a `with` statement.

    Args:
        ledger: of a crawl, whose articles count as published before the stream's; it is only read.

    Raises:
        LedgerError: that ledger cannot be used.
    """

    def __init__(self, ledger: Path | None = None) -> None:
        self._ledger = ledger
        self._stack = ExitStack()
        self._waiting = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(prefix="copydesk-"))
            self._path = Path(folder, "ledger.sqlite")
            self._db = _opened(self._path, stack)
            self._own = NearIndex(self._db)
            others = [NearIndex(_opened(self._ledger, stack))] if self._ledger else []
            self._all = (*others, self._own)
            self._db.execute("BEGIN")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def label(self, line: Line) -> Duplicate | None:
        """What an article is a copy of, among those before it.

        Raises:
            ValueError: the line does not say when the article was published.
            LedgerError: the disk is full or fails.
        """
        article = Compared(
            id=line.key(), site=site_of(line.url), at=line.at(), shingles=shingles_of(line.text)
        )
        words = settled_fingerprint(line.text, line.language or "und")
        with explained(self._path):
            label = label_of(article, words, self._all)
            self._add(line, article, words, label)
        return label

    def _add(self, line: Line, article: Compared, words: str, label: Duplicate | None) -> None:
        original = label.of if label else None
        row = (article.id, page_url(line.url), words, article.site, original)
        self._db.execute(_ADD_VERSION, row)
        self._own.add(article, Decided(1, line.text, original), article.at)
        self._waiting += 1
        if self._waiting % _BATCH == 0:
            self._db.execute("COMMIT")
            self._db.execute("BEGIN")


def _opened(path: Path, stack: ExitStack) -> sqlite3.Connection:
    return stack.enter_context(closing(open_ledger_file(path, 30)))
