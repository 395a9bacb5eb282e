"""What is to be forgotten for good: its URLs are not asked for, its articles not published again.

An article is forgotten by its last version, which has a fingerprint of its own, so by all addresses
that lead to its `id`, those too that nobody has named yet; a URL by the reason of its state.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cleaning.identity import article_id, page_url
from cleaning.tombstone import FORGOTTEN
from crawler.history import Event, History

_COVERS = f"""
    SELECT 1 FROM version WHERE id = ?1 AND fingerprint = '{FORGOTTEN}'
    UNION ALL
    SELECT 1 FROM url WHERE url IN (SELECT value FROM json_each(?2))
        AND (reason = '{FORGOTTEN}' OR id IN
            (SELECT id FROM version WHERE version.id = url.id AND fingerprint = '{FORGOTTEN}'))
    LIMIT 1
"""  # noqa: S608 - of constants alone
_REASON = "SELECT reason FROM url WHERE url = ?"
_SOME = f"SELECT 1 FROM version WHERE fingerprint = '{FORGOTTEN}' LIMIT 1"  # noqa: S608
_MARK = f"""
    INSERT INTO url (url, id, state, reason, fetched_at, run_id, sealed)
    VALUES (?, ?, 'refused', '{FORGOTTEN}', ?, ?, 1)
    ON CONFLICT (url) DO UPDATE SET
        id = coalesce(url.id, excluded.id), state = 'refused', reason = '{FORGOTTEN}', etag = NULL,
        last_modified = NULL, run_id = excluded.run_id, sealed = 1
"""  # noqa: S608
_MARK_SEEN = f"UPDATE url SET state = 'refused', reason = '{FORGOTTEN}' WHERE url = ?"  # noqa: S608
_BURY = f"""
    INSERT INTO version (id, version, url, fingerprint, title, site, run_id)
    SELECT id, version + 1, url, '{FORGOTTEN}', NULL, site, ? FROM version
    WHERE id = ? ORDER BY version DESC LIMIT 1
"""  # noqa: S608
_AT = "SELECT id FROM url WHERE url = ?"
_WAITING = "SELECT 1 FROM frontier WHERE url = ?"
_LATEST = """
    SELECT version, url, site, fingerprint FROM version WHERE id = ? ORDER BY version DESC LIMIT 1
"""
_URLS = "SELECT url FROM url WHERE id = ?1 UNION SELECT url FROM version WHERE id = ?1"
_PROVISIONAL = "SELECT run_id FROM version WHERE id = ? AND sealed = 0"
_NUMBERS = "SELECT number FROM url WHERE url IN (SELECT value FROM json_each(?))"
_PLACES = "SELECT detail FROM event WHERE url = ?"
_WHY = f"""
    SELECT detail FROM event WHERE url IN (SELECT number FROM url WHERE url = ?)
        AND what = '{FORGOTTEN}' ORDER BY number DESC LIMIT 1
"""  # noqa: S608
_ERASE = (
    "DELETE FROM document WHERE id = ?",
    "UPDATE version SET title = NULL WHERE id = ?",
)
# What is said there for people may quote the page.
_NO_DETAIL = "UPDATE event SET detail = json_remove(detail, '$.detail') WHERE url = ?"
_LEADS = "SELECT url FROM frontier WHERE instr(url, ?)"
_NO_LEAD = "DELETE FROM frontier WHERE url = ?"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of an article that is to be forgotten."""

    version: int
    url: str
    site: str
    forgotten: bool


class Forgotten:
    """What is forgotten, in an open ledger file; transactions are the caller's.

    URLs go by the spelling of `cleaning.identity.page_url`.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that `open_ledger_file` has opened."""
        self._db = db

    def covers(self, id_: str, urls: Collection[str]) -> bool:
        """Whether an article of an id, or what is at one of the URLs, is forgotten."""
        return self._db.execute(_COVERS, (id_, json.dumps([*urls]))).fetchone() is not None

    def covers_page(self, url: str) -> bool:
        """Whether what is at a URL is forgotten, by any of its spellings and presentations."""
        row = self._db.execute(_REASON, (url,)).fetchone()
        if row is not None and row[0] == FORGOTTEN:
            return True
        # To find out the id takes longer than all else, and mostly there is nothing to compare.
        some = self._db.execute(_SOME).fetchone()
        return some is not None and self.covers(article_id(url), (url,))

    def mark_seen(self, urls: Iterable[str]) -> None:
        """Has URLs that came in spite of it, from other addresses, not asked for again."""
        self._db.executemany(_MARK_SEEN, ((url,) for url in urls))

    def find(self, wanted: str) -> tuple[str | None, set[str]] | None:
        """The id that is meant, if any, and the URLs that lead to it; None where it is unknown.

        Args:
            wanted: an id, or any spelling of a URL.
        """
        if self.remembered(wanted):
            return wanted, self.urls_of(wanted)
        page = page_url(wanted)
        row = self._db.execute(_AT, (page,)).fetchone()
        id_ = row[0] if row and row[0] else article_id(wanted)
        if self.remembered(id_):
            return id_, {page, *self.urls_of(id_)}
        if row or self._db.execute(_WAITING, (page,)).fetchone():
            return None, {page}
        return None

    def remembered(self, id_: str) -> Remembered | None:
        """The latest version of an article."""
        row = self._db.execute(_LATEST, (id_,)).fetchone()
        if row is None:
            return None
        version, url, site, fingerprint = row
        return Remembered(version, url, site, forgotten=fingerprint == FORGOTTEN)

    def urls_of(self, id_: str) -> set[str]:
        """The URLs that led to an article."""
        return {url for (url,) in self._db.execute(_URLS, (id_,))}

    def publishing(self, id_: str) -> str | None:
        """A run that has a version of the article which is not final."""
        row = self._db.execute(_PROVISIONAL, (id_,)).fetchone()
        return row[0] if row else None

    def places(self, urls: Collection[str]) -> set[tuple[str, int]]:
        """Where the history says that responses of URLs are archived."""
        found = set()
        for number in self._numbers(urls):
            for (detail,) in self._db.execute(_PLACES, (number,)):
                if place := json.loads(detail or "{}").get("warc"):
                    found.add((place[0], place[1]))
        return found

    def reason(self, url: str) -> str | None:
        """Why a URL was to be forgotten, where that was said."""
        row = self._db.execute(_WHY, (url,)).fetchone()
        return json.loads(row[0]).get("why") if row else None

    def bury(self, id_: str, run_id: str) -> None:
        """Notes the tombstone of an article as its next version, which a run is to publish."""
        self._db.execute(_BURY, (run_id, id_))

    def mark(self, urls: Iterable[str], id_: str | None, at: str, run_id: str) -> None:
        """Notes that URLs are not to be asked for; at once, whatever becomes of the run."""
        self._db.executemany(_MARK, ((url, id_, at, run_id) for url in urls))

    def erase(self, id_: str | None, urls: Collection[str], event: Event) -> None:
        """Removes text, titles and leads, and adds to the history, once, that it was forgotten."""
        for statement in _ERASE:
            self._db.execute(statement, (id_,))
        leads = {*urls, *(self._waiting(id_) if id_ else ())}
        self._db.executemany(_NO_LEAD, ((url,) for url in leads))
        history = History(self._db)
        for number in self._numbers(urls):
            self._db.execute(_NO_DETAIL, (number,))
            if all(one.what != FORGOTTEN for one in history.of_url(number)):
                history.add(number, event)

    def _waiting(self, id_: str) -> list[str]:
        """The leads to other presentations of an article, which are not fetched yet."""
        known = self.remembered(id_)
        rows = self._db.execute(_LEADS, (known.site if known else "",))
        return [url for (url,) in rows if article_id(url) == id_]

    def _numbers(self, urls: Collection[str]) -> list[int]:
        return [number for (number,) in self._db.execute(_NUMBERS, (json.dumps([*urls]),))]
