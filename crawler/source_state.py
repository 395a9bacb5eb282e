"""What is remembered of feeds, sitemaps and sections: how to ask only for changes, and when."""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import msgspec

import cleaning
from cleaning.page import Lead
from crawler.revisit import Plan
from crawler.site import Site

_FIND: Final = """
    SELECT etag, last_modified, digest, names, changed, due FROM source
    WHERE url = ? AND declared = ?
"""
_NOTE: Final = """
    INSERT OR REPLACE INTO source
        (url, declared, etag, last_modified, digest, names, asked, changed, due)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FORGET_OLD: Final = "DELETE FROM source WHERE asked < ?"


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last answer of a source was, and when it is to be asked again (Unix time)."""

    etag: str | None
    last_modified: str | None
    digest: str
    #: The sitemaps that an index named.
    names: tuple[str, ...]
    changed: int
    due: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a source has answered; `digest` is None where it said that nothing has changed."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    names: tuple[str, ...] = ()


class Sources:
    """The sources in an open ledger file; transactions are the caller's.

    What is remembered holds for the declaration under which it was learned: where a site's
    `[discover]` has changed, its sources must be read anew, whether they have changed or not.
    """

    def __init__(self, db: sqlite3.Connection, plan: Plan) -> None:
        """Take a file that `open_ledger_file` has opened, and when sources are asked again."""
        self._db = db
        self._plan = plan

    def find(self, url: str, declared: str) -> SourceState | None:
        """What is known of a source, learned under a declaration."""
        row = self._db.execute(_FIND, (url, declared)).fetchone()
        if row is None:
            return None
        etag, last_modified, digest, names, changed, due = row
        named = tuple(names.split("\n")) if names else ()
        return SourceState(etag, last_modified, digest, named, changed, due)

    def note(self, answer: Answer, declared: str, now: int) -> None:
        """Remembers an answer, and from it when to ask again."""
        known = self.find(answer.url, declared)
        if answer.digest is None:
            if known is None:
                return
            # A 304 need not repeat its validators (RFC 9110, 15.4.5).
            answer = replace(
                answer,
                etag=answer.etag or known.etag,
                last_modified=answer.last_modified or known.last_modified,
                digest=known.digest,
                names=known.names,
            )
        changed = known.changed if known and known.digest == answer.digest else now
        said = (answer.etag, answer.last_modified, answer.digest, "\n".join(answer.names))
        due = self._plan.next_question(changed, now)
        self._db.execute(_NOTE, (answer.url, declared, *said, now, changed, due))

    def prune(self, before: int) -> int:
        """Forgets sources that were not asked since a time; how many there were."""
        return self._db.execute(_FORGET_OLD, (before,)).rowcount


def digest_of(found: Iterable[Lead], further: Iterable[str]) -> str:
    """Tells whether a source names the same as before: leads with their dates, further sources."""
    digest = hashlib.blake2b(digest_size=16)
    for lead in found:
        digest.update(repr((lead.url, lead.published, lead.modified, lead.title)).encode())
    for url in further:
        digest.update(repr(url).encode())
    return digest.hexdigest()


def declaration_of(site: Site) -> str:
    """Names how a site's sources are read: by its `[discover]`, and by this copydesk."""
    declared = (cleaning.__version__, site.domain, msgspec.to_builtins(site.discover))
    return hashlib.blake2b(repr(declared).encode(), digest_size=8).hexdigest()
