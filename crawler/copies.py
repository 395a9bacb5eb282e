"""Finds what an article is a copy of, among the articles that an open ledger file holds."""

import sqlite3
from collections.abc import Iterable, Iterator

from cleaning.article import Duplicate
from cleaning.near_duplicate import Compared
from crawler.near_index import Decided, NearIndex

# The first to say it is the original, be it this article itself. Copies of this very article never
# are: its own row can be gone, forgotten with the run that died while it was the original.
_ORIGINAL = """
    SELECT id FROM version WHERE fingerprint = ? AND duplicate_of IS NOT ? ORDER BY rowid LIMIT 1
"""


class Copies:
    """What the ledger knows of texts; transactions are the caller's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that `open_ledger_file` has opened."""
        self._db = db
        self._index = NearIndex(db)

    def exact(self, id_: str, fingerprint: str) -> Duplicate | None:
        """The label of a copy, word for word, of any article that was ever published.

        Args:
            id_: of the article that may be a copy.
            fingerprint: of its text, see `cleaning.dedup`.
        """
        row = self._db.execute(_ORIGINAL, (fingerprint, id_)).fetchone()
        if row is None or row[0] == id_:
            return None
        return Duplicate(of=row[0], kind="exact", score=1.0)

    def near(self, article: Compared) -> Iterator[Compared]:
        """The articles published about the same time that it may be an altered copy of."""
        return self._index.near(article)

    def add(self, article: Compared, decided: Decided, seen: int) -> None:
        """Notes an article, in place of its earlier versions, for those that come later.

        Args:
            article: what is compared of it.
            decided: what was decided of it.
            seen: when it was fetched, in seconds of Unix time.
        """
        self._index.add(article, decided, seen)

    def settle(self, run_id: str) -> None:
        """Lets go of the versions that those of a run, about to become final, have replaced."""
        self._index.settle(run_id)

    def forget(self, versions: Iterable[tuple[str, int]]) -> None:
        """Takes back what was noted of versions of articles."""
        self._index.forget(versions)

    def text_of(self, id_: str) -> str | None:
        """The text of an article's latest version, while it is remembered."""
        return self._index.text_of(id_)
