"""Looks into a ledger without leaving a trace in it, also while a run writes to it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from cleaning.article import Article, Duplicate
from cleaning.error import LedgerError
from cleaning.explanation import Copy, Duplicates
from cleaning.identity import page_url
from cleaning.page import WarcPlace
from cleaning.settled import settled_fingerprint
from cleaning.tombstone import FORGOTTEN
from crawler.copies import label_of
from crawler.history import Event, History
from crawler.ledger import compared_of
from crawler.ledger_file import explained
from crawler.near_index import NearIndex

_URL = "SELECT number, id, state FROM url WHERE url = ?"
_LATEST = "SELECT url, version FROM version WHERE id = ? ORDER BY version DESC LIMIT 1"
_IS_FORGOTTEN = f"SELECT 1 FROM version WHERE id = ? AND fingerprint = '{FORGOTTEN}'"  # noqa: S608 - a constant
_COPIES = f"""
    SELECT DISTINCT id, url FROM version WHERE duplicate_of = ? AND NOT EXISTS
        (SELECT 1 FROM version AS last WHERE last.id = version.id AND fingerprint = '{FORGOTTEN}')
    ORDER BY rowid LIMIT ?
"""  # noqa: S608 - of constants alone
_MAX_COPIES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a URL: how it stands, and where what was fetched last is archived."""

    url: str
    state: str
    place: WarcPlace | None


class LedgerView:
    """An open ledger; made by `view_of`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that is open for reading."""
        self._db = db

    def seen(self, url: str) -> Seen | None:
        """What is known of a URL, by any of its spellings; None if nothing is."""
        page = page_url(url)
        row = self._db.execute(_URL, (page,)).fetchone()
        if row is None:
            return None
        return Seen(url=page, state=row[2], place=_archived(self._events(page)))

    def url_of(self, id_: str) -> str | None:
        """Where the latest version of an article was found; None where it is unknown.

        As `page_url` spells it: what was fetched by http is named by https.
        """
        row = self._db.execute(_LATEST, (id_,)).fetchone()
        return row[0] if row else None

    def duplicates_of(self, url: str, article: Article | None) -> Duplicates:
        """What is known of a page, and of what its article is a copy.

        Args:
            url: of the page.
            article: as it is cleaned now; None where it is refused.
        """
        row = self._db.execute(_URL, (page_url(url),)).fetchone()
        state = row[2] if row else None
        if article is None:
            return Duplicates(state=state, version=None, duplicate=None, original_url=None)
        latest = self._db.execute(_LATEST, (article.id,)).fetchone()
        duplicate = self._label(article, latest)
        copies = self._db.execute(_COPIES, (article.id, _MAX_COPIES))
        return Duplicates(
            state=state,
            version=latest[1] if latest else None,
            duplicate=duplicate,
            original_url=self._told_url_of(duplicate.of) if duplicate else None,
            copies=tuple(Copy(id=id_, url=found) for id_, found in copies),
        )

    def _told_url_of(self, id_: str) -> str | None:
        """As `url_of`; what is forgotten is not named, also where its address is remembered."""
        forgotten = self._db.execute(_IS_FORGOTTEN, (id_,)).fetchone()
        return None if forgotten else self.url_of(id_)

    def _label(self, article: Article, latest: Any) -> Duplicate | None:
        """As was decided of an article that is known, else as it would be."""
        events = self._events(latest[0]) if latest else []
        decided = next((one for one in reversed(events) if "version" in one.detail), None)
        if decided is not None:
            said = decided.detail.get("duplicate")
            return Duplicate(of=said[0], kind=said[1], score=said[2]) if said else None
        words = settled_fingerprint(article.text or "", article.language)
        return label_of(compared_of(article), words, [NearIndex(self._db)])

    def _events(self, page: str) -> Sequence[Event]:
        """What happened to a URL; of one that only led to another, what happened to that."""
        number, id_, _ = self._db.execute(_URL, (page,)).fetchone() or (None, None, None)
        events = list(History(self._db).of_url(number)) if number is not None else []
        source = self.url_of(id_) if id_ and not events else None
        return self._events(source) if source and source != page else events


@contextmanager
def view_of(path: Path) -> Iterator[LedgerView]:
    """A ledger, open for reading only.

    Raises:
        LedgerError: it is missing, damaged, or of another version of copydesk.
    """
    if not path.exists():
        raise LedgerError(f"{path}: there is no ledger; a crawl makes one, or name one: --ledger")
    try:
        with explained(path), closing(_opened(path)) as db:
            yield LedgerView(db)
    except sqlite3.OperationalError as error:
        raise LedgerError(
            f"{path}: is of another version of copydesk; run `scrapy ledger --ledger {path}` once,"
            " which brings an older one up to date"
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    # A reader makes -wal and -shm files where there are none, and leaves them behind. Without a
    # -wal file nobody is writing, and nothing need be made.
    quiet = not path.with_name(f"{path.name}-wal").exists()
    how = "mode=ro&immutable=1" if quiet else "mode=ro"
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{how}", uri=True, timeout=30)


def _archived(events: Sequence[Event]) -> WarcPlace | None:
    """Where what was fetched last is."""
    places = (one.detail["warc"] for one in reversed(events) if one.detail.get("warc"))
    return next((WarcPlace(file=file, offset=offset) for file, offset in places), None)
