"""The frontier: every URL that is to be asked for, now or later, with the lead that named it.

A lead is here before it is fetched. What came of that moves it to its next visit, or out of here,
but only when the run that fetched it has brought its record into a sealed segment: until then the
row keeps what it was beside what it is to be. So a crash loses no lead, and costs no second fetch.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from cleaning.page import Lead
from crawler.discovery.date_range import span_of
from crawler.discovery.merging import is_told_by, one_of, rank_of
from crawler.revisit import Plan

_FIND = """
    SELECT lead, due, changed, failures FROM frontier WHERE url = ?
"""
_ADD = """
    INSERT INTO frontier (url, site, lead, rank, found, due) VALUES (?, ?, ?, ?, ?, ?)
"""
_REPLACE_LEAD = "UPDATE frontier SET lead = ?, rank = ? WHERE url = ?"
_BRING_FORWARD = "UPDATE frontier SET due = min(due, ?) WHERE url = ?"
# What is told of goes first, and of that what was named last.
_DUE = """
    SELECT lead FROM frontier WHERE site = ? AND due <= ? AND run_id IS NOT ?
    ORDER BY rank, found DESC, rowid
"""
_IS_DUE = "SELECT 1 FROM frontier WHERE url = ? AND due <= ?"
_OUTCOME = """
    UPDATE frontier SET run_id = ?, next_due = ?, next_changed = ?, next_failures = ? WHERE url = ?
"""
_DROP_FINISHED = """
    DELETE FROM frontier WHERE run_id = ? AND next_due IS NULL
        AND url NOT IN (SELECT value FROM json_each(?))
"""
_SETTLE = """
    UPDATE frontier SET due = next_due, changed = next_changed, failures = next_failures,
        run_id = NULL
    WHERE run_id = ? AND url NOT IN (SELECT value FROM json_each(?))
"""
_RELEASE = """
    UPDATE frontier SET run_id = NULL, due = 0 WHERE url IN (SELECT value FROM json_each(?))
"""
# Of sites that nobody crawls any more, too.
_FORGET_OLD = "DELETE FROM frontier WHERE run_id IS NULL AND max(found, due) < ?"
_COUNTS = """
    SELECT coalesce(sum(changed IS NULL), 0), coalesce(sum(changed IS NOT NULL), 0),
        coalesce(sum(failures > 0), 0)
    FROM frontier
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A URL that is to be asked for: its lead, when, and how often in a row it could not be had.

    `due` is in seconds of Unix time; `fetched` says whether it has been had before.
    """

    lead: Lead
    due: int
    failures: int
    fetched: bool


class Frontier:
    """The URLs to ask for in an open ledger file; transactions are the caller's.

    URLs go by the spelling of `cleaning.identity.page_url`. Times are seconds of Unix time.
    """

    def __init__(self, db: sqlite3.Connection, plan: Plan) -> None:
        """Take a file that `open_ledger_file` has opened, and when URLs are asked for again."""
        self._db = db
        self._plan = plan

    def find(self, url: str) -> Waiting | None:
        """What is waiting under a URL."""
        row = self._db.execute(_FIND, (url,)).fetchone()
        if row is None:
            return None
        lead, due, changed, failures = row
        return Waiting(_decode(lead), due, failures, fetched=changed is not None)

    def add(self, url: str, site: str, lead: Lead, now: int) -> None:
        """Takes a URL that is not here yet, to be asked for at once."""
        self._db.execute(_ADD, (url, site, _encode(lead), rank_of(lead), now, now))

    def hear(self, url: str, lead: Lead, waiting: Waiting, fetched_at: int | None) -> None:
        """Notes that a source names a URL (again) that is here already.

        One that was never had keeps what all places say of it; one that was is visited earlier if
        the source says that it has changed since.
        """
        if not waiting.fetched:
            self._hear_more(url, lead, waiting.lead)
        elif fetched_at is not None and _changed_after(lead, fetched_at):
            self.bring_forward(url, self._plan.earliest_visit(fetched_at))

    def bring_forward(self, url: str, due: int) -> None:
        """Has a URL asked for at a time, or earlier if it is due earlier."""
        self._db.execute(_BRING_FORWARD, (due, url))

    def due(self, site: str, now: int, run_id: str) -> list[Lead]:
        """The leads of a site to ask for now, but those that the run has dealt with; best first."""
        return [_decode(lead) for (lead,) in self._db.execute(_DUE, (site, now, run_id))]

    def is_due(self, url: str, now: int) -> bool:
        """Whether a URL is to be asked for now."""
        return self._db.execute(_IS_DUE, (url, now)).fetchone() is not None

    def visited(self, requested: str, found: str, at: int, run_id: str, *, changed: bool) -> None:
        """Notes that a page was had, and whether it was new or had changed.

        Args:
            requested: where it was asked for.
            found: where it was, after redirects; if that waits here too, it goes on alone.
            at: when it was fetched.
            run_id: the run in which; until that is settled, the URL waits as before.
            changed: whether its visits begin anew.
        """
        kept = found if found != requested and self.find(found) else requested
        if kept != requested:
            self.finished((requested,), run_id)
        row = self._db.execute(_FIND, (kept,)).fetchone()
        if row is None:
            return
        since = at if changed or row[2] is None else row[2]
        due = self._plan.next_visit(since, at)
        self._db.execute(_OUTCOME, (run_id, due, since, 0, kept))

    def failed(self, url: str, at: int, run_id: str) -> None:
        """Notes that a URL could not be had, this time."""
        row = self._db.execute(_FIND, (url,)).fetchone()
        if row is not None:
            failures = row[3] + 1
            due = self._plan.next_try(failures, at)
            self._db.execute(_OUTCOME, (run_id, due, row[2], failures, url))

    def finished(self, urls: Iterable[str], run_id: str) -> None:
        """Notes that URLs need not be asked for again."""
        self._db.executemany(_OUTCOME, ((run_id, None, None, 0, url) for url in urls))

    def settle(self, run_id: str, but: Sequence[tuple[str]] = ()) -> None:
        """Makes what a run has noted final, but for some URLs."""
        open_urls = json.dumps([url for (url,) in but])
        self._db.execute(_DROP_FINISHED, (run_id, open_urls))
        self._db.execute(_SETTLE, (run_id, open_urls))

    def release(self, urls: Iterable[str]) -> None:
        """Has URLs asked for at once, whatever came of them: it is lost."""
        listed = msgspec.json.encode(list(urls)).decode()
        self._db.execute(_RELEASE, (listed,))

    def prune(self, before: int) -> int:
        """Forgets what was due before a time and was never asked for; how many there were."""
        return self._db.execute(_FORGET_OLD, (before,)).rowcount

    def counts(self) -> dict[str, int]:
        """How many URLs wait for their first visit, for a further one, and after a failure."""
        new, further, failed = self._db.execute(_COUNTS).fetchone()
        return {"leads waiting": new, "articles to visit again": further, "failed so far": failed}

    def _hear_more(self, url: str, lead: Lead, known: Lead) -> None:
        if not is_told_by(known, lead):
            best = one_of((known, replace(lead, url=known.url)))
            self._db.execute(_REPLACE_LEAD, (_encode(best), rank_of(best), url))


def _encode(lead: Lead) -> bytes:
    """In ASCII: feeds may hold half surrogate pairs, which have no UTF-8."""
    return json.dumps(msgspec.to_builtins(lead), separators=(",", ":")).encode()


def _decode(lead: bytes) -> Lead:
    return msgspec.convert(json.loads(lead), Lead)


def _changed_after(lead: Lead, fetched_at: int) -> bool:
    """Whether a lead says that its article was changed after it was fetched; days may be either."""
    said = span_of(lead.modified)
    return said is not None and said.first.timestamp() > fetched_at
