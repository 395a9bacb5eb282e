"""The history of URLs: what became of each, run by run, for `scrapy why`."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Self

from cleaning.article import Article, Provenance, Refusal
from cleaning.versions import Outcome

#: What may repeat itself for ever, and is counted where it does.
_REPEATED: Final = ("unchanged", "not-modified")

_LAST = "SELECT number, what FROM event WHERE url = ? ORDER BY number DESC LIMIT 1"
_ADD = "INSERT INTO event (url, at, run_id, what, detail) VALUES (?, ?, ?, ?, ?)"
_AGAIN = "UPDATE event SET at = ?, run_id = ?, times = times + 1 WHERE number = ?"
_OF_URL = "SELECT at, run_id, what, times, detail FROM event WHERE url = ? ORDER BY number"
_FORGET_LOST = "DELETE FROM event WHERE url NOT IN (SELECT number FROM url)"
_FORGET_OLD = "DELETE FROM event WHERE at < ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a URL at a time (RFC 3339) in a run.

    `what` is `new`, `update`, `unchanged`, `not-modified`, `gone` or `refused`, and `times` how
    often it did, one after the other; `detail` holds what else is known, as JSON has it.
    """

    at: str
    run_id: str
    what: str
    times: int = 1
    detail: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_article(
        cls, article: Article, outcome: Outcome, run_id: str, *, dropped: bool = False
    ) -> Self:
        """That an article was fetched, cleaned and decided on; a copy may have been dropped."""
        copied, change = article.duplicate, article.change
        detail = {
            **_fetching(article.provenance),
            "dropped": dropped or None,
            "version": article.version if outcome != "unchanged" else None,
            "duplicate": [copied.of, copied.kind, copied.score] if copied else None,
            "change": change.significance if change else None,
        }
        at = article.provenance.fetched_at
        return cls(at=at, run_id=run_id, what=outcome, detail=_known(detail))

    @classmethod
    def of_tombstone(cls, stone: Article, refusal: Refusal) -> Self:
        """That a published article was found to be gone."""
        detail = {"status": refusal.status, "version": stone.version}
        return cls(at=refusal.at, run_id=refusal.run_id or "", what="gone", detail=_known(detail))

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Self:
        """That a page gave no article."""
        detail = {
            "stage": refusal.stage,
            "reason": refusal.reason,
            "detail": refusal.detail,
            "status": refusal.status,
            "warc": [refusal.warc.file, refusal.warc.offset] if refusal.warc else None,
        }
        run_id = refusal.run_id or ""
        return cls(at=refusal.at, run_id=run_id, what="refused", detail=_known(detail))


class History:
    """The events in an open ledger file; transactions are the caller's."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take a file that `open_ledger_file` has opened."""
        self._db = db

    def add(self, url: int | None, event: Event) -> None:
        """Notes an event of the URL of a number; of what only repeats itself, that it did."""
        last = self._db.execute(_LAST, (url,)).fetchone()
        if last is not None and event.what == last[1] and event.what in _REPEATED:
            self._db.execute(_AGAIN, (event.at, event.run_id, last[0]))
            return
        detail = json.dumps(event.detail, ensure_ascii=False, separators=(",", ":"))
        self._db.execute(_ADD, (url, event.at, event.run_id, event.what, detail))

    def of_url(self, url: int) -> Iterator[Event]:
        """What happened to the URL of a number, in order."""
        for at, run_id, what, times, detail in self._db.execute(_OF_URL, (url,)):
            yield Event(at=at, run_id=run_id, what=what, times=times, detail=json.loads(detail))

    def forget_lost_urls(self) -> None:
        """Takes back the events of URLs that are forgotten."""
        self._db.execute(_FORGET_LOST)

    def prune(self, before: str) -> int:
        """Forgets events from before a time (RFC 3339); how many there were."""
        return self._db.execute(_FORGET_OLD, (before,)).rowcount


def _known(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value is not None}


def _fetching(provenance: Provenance) -> dict[str, Any]:
    found, place = provenance.discovered, provenance.warc
    return {
        "via": found.via if found else None,
        "source": found.source_url if found else None,
        "seen": found.at if found else None,
        "status": provenance.status,
        "warc": [place.file, place.offset] if place else None,
    }
