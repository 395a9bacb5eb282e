"""The ledger: remembers across runs which articles were published, and the state of every URL.

One SQLite file, safe for several processes at once. What a run decides is provisional until its
segment is sealed: then `seal` makes it final, or, if the run was killed, `forget_unsealed` takes
back what never reached the segment. Tables and indexes: `crawler.ledger_file`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Self

from cleaning.article import Article, Refusal
from cleaning.error import LedgerError
from cleaning.identity import page_url
from cleaning.near_duplicate import Compared
from cleaning.page import Lead
from cleaning.revision import change_between
from cleaning.settled import settled_fingerprint
from cleaning.shingle import shingles_of
from cleaning.tombstone import FORGOTTEN, TOMBSTONE, tombstone_of
from cleaning.versions import Known, Outcome, outcome_of
from crawler.copies import label_of
from crawler.discovery.url_shape import Shape
from crawler.forgotten import Forgotten
from crawler.frontier import Frontier, Waiting
from crawler.history import Event, History
from crawler.ledger_file import explained, open_ledger_file, transaction
from crawler.near_index import Decided, NearIndex
from crawler.revisit import Plan, is_gone, is_temporary, may_be_back, may_grow
from crawler.shape_memory import Shapes
from crawler.source_state import Answer, Sources, SourceState

State = Literal["published", "unchanged", "refused", "dropped", "gone"]

_BEGIN = "INSERT INTO run (run_id, spider, started, robots) VALUES (?, ?, ?, ?)"
_END = "UPDATE run SET ended = ? WHERE run_id = ?"
_LATEST = """
    SELECT version, url, fingerprint, title FROM version WHERE id = ? ORDER BY version DESC LIMIT 1
"""
_ADD_VERSION = """
    INSERT INTO version
        (id, version, url, fingerprint, title, site, duplicate_of, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_NOTE_URL = """
    INSERT INTO url (url, id, state, reason, etag, last_modified, fetched_at, run_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (url) DO UPDATE SET
        id = coalesce(excluded.id, id),
        state = iif(reason IS 'forgotten', state, excluded.state),
        reason = iif(reason IS 'forgotten', reason, excluded.reason),
        etag = excluded.etag, last_modified = excluded.last_modified,
        fetched_at = excluded.fetched_at, run_id = excluded.run_id,
        sealed = (reason IS 'forgotten')
"""
# Another run may have called a page unchanged because of a version that is itself provisional: its
# validators must not be used before that version is final, or a record that is lost stays lost.
_SEEN = """
    SELECT url, id, state, reason, etag, last_modified, fetched_at FROM url
    WHERE url = ? AND sealed = 1 AND NOT EXISTS
        (SELECT 1 FROM version WHERE version.id = url.id AND version.sealed = 0)
"""
_KNOWN = "SELECT url, state, sealed FROM url WHERE url = ?"
_ROBOTS = "SELECT robots FROM run WHERE run_id = ?"
_TOUCH = "UPDATE url SET fetched_at = ? WHERE url = ?"
_UNSEALED_RUNS = """
    SELECT run_id FROM version WHERE sealed = 0 UNION SELECT run_id FROM url WHERE sealed = 0
    ORDER BY run_id
"""
_UNSEALED_VERSIONS = "SELECT id, version FROM version WHERE run_id = ? AND sealed = 0"
_SEAL = (
    """UPDATE version SET sealed = 1 WHERE run_id = ?1 AND sealed = 0
        AND id NOT IN (SELECT value FROM json_each(?2))""",
    """UPDATE url SET sealed = 1 WHERE run_id = ?1 AND sealed = 0
        AND (id IS NULL OR id NOT IN (SELECT value FROM json_each(?2)))""",
)
_UNSEALED_REFUSALS = """
    SELECT url FROM url WHERE run_id = ? AND sealed = 0 AND state IN ('refused', 'gone')
        AND reason IS NOT NULL
"""
_UNSEALED_REFUSAL = f"{_UNSEALED_REFUSALS} LIMIT 1"
_FORGET_REFUSAL = "DELETE FROM url WHERE url = ? AND run_id = ? AND sealed = 0"
_FORGET_VERSION = "DELETE FROM version WHERE id = ? AND version = ?"
# One pass over all URLs, after a crash alone: an index by id would cost each article its share.
_FORGET_URLS_OF = """
    DELETE FROM url WHERE id IN (SELECT value FROM json_each(?))
        AND id NOT IN (SELECT id FROM version)
"""
# What is left of an article that was published before; its page is to be sent whole.
_RESTORE_URLS_OF = """
    UPDATE url SET state = 'published', reason = NULL, etag = NULL, last_modified = NULL
    WHERE id IN (SELECT value FROM json_each(?))
"""
_URLS_OF = "SELECT url FROM url WHERE id IN (SELECT value FROM json_each(?))"
_ARTICLE_AT = "SELECT id FROM url WHERE url = ? AND id IS NOT NULL AND state <> 'dropped'"
_IS_PROVISIONAL = "SELECT 1 FROM version WHERE id = ? AND sealed = 0 AND run_id <> ?"
_STATE = "SELECT state, fetched_at FROM url WHERE url = ?"
#: Later than anything is due.
_FOR_EVER: Final = 2**62
_NUMBER_OF = "SELECT number FROM url WHERE url = ?"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an article: as it is to be published, or None if nothing is.

    Nothing is published of what is unchanged, and of a duplicate that is dropped.
    """

    article: Article | None
    outcome: Outcome
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class UrlState:
    """What the last finished run left on a URL; `etag` and `last_modified` are safe to send."""

    url: str
    id: str | None
    state: State
    reason: str | None
    etag: str | None
    last_modified: str | None
    fetched_at: str


@dataclass(frozen=True, slots=True)
class KnownUrl:
    """Where a URL stands, and whether that is final."""

    url: str
    state: State
    sealed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What all sources of a site have come to: leads to follow, and what is to be remembered.

    `declared` names how the sources were read, see `crawler.source_state`; `shapes` are those of
    the hosts of which this time told enough.
    """

    site: str
    leads: Sequence[Lead]
    answers: Sequence[Answer] = ()
    declared: str = ""
    shapes: Mapping[str, Shape] = field(default_factory=dict)


class Ledger:
    """The open ledger; close it, or use it in a `with` statement.

    Every method raises LedgerError, with the cure, if the file is locked for longer than the
    timeout, read-only, corrupt or on a full disk; what was being written is rolled back then.

    Args:
        path: the file; it and its folder are made if they are missing.
        busy_timeout: seconds to wait for another process's transaction.
        drop_duplicates: whether copies are not published, instead of labelled.
        plan: when what was fetched is to be asked for again; the default settings' if None.

    Raises:
        LedgerError: if the file is newer, not ours, corrupt, read-only or locked.
    """

    def __init__(
        self,
        path: Path,
        *,
        busy_timeout: float = 30,
        drop_duplicates: bool = False,
        plan: Plan | None = None,
    ) -> None:
        self._path = path
        self._drop_duplicates = drop_duplicates
        self._db = open_ledger_file(path, busy_timeout)
        self._index = NearIndex(self._db)
        self._history = History(self._db)
        self._forgotten = Forgotten(self._db)
        plan = plan or Plan()
        self._frontier = Frontier(self._db, plan)
        self._sources = Sources(self._db, plan)
        self._shapes = Shapes(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file; may be called again."""
        self._db.close()

    def begin(self, run_id: str, spider: str, started: str, *, obeys_robots: bool = False) -> None:
        """Notes that a run has begun, at a time in RFC 3339, and whether it obeys robots.txt.

        Raises:
            LedgerError: if a run of that name has been noted before.
        """
        with self._writing():
            if self._db.execute("SELECT 1 FROM run WHERE run_id = ?", (run_id,)).fetchone():
                raise LedgerError(f"{self._path}: run {run_id} is known: start under another id")
            self._db.execute(_BEGIN, (run_id, spider, started, int(obeys_robots)))

    def decide(self, article: Article, run_id: str) -> Decision:
        """Decides whether an article is new, an update, a duplicate, or nothing new; and notes it.

        One transaction: of all processes that bring the same article at once, one gets "new".
        """
        words = settled_fingerprint(article.text or "", article.language)
        # The dear part of the work is done before others are made to wait.
        compared = compared_of(article)
        pages = _spellings(article.url, article.requested_url)
        with self._writing():
            if self._forgotten.covers(article.id, pages):
                return self._passed_over(article, pages, run_id)
            known = self._latest(article.id)
            outcome = outcome_of(article, words, known)
            decided = None
            if outcome != "unchanged":
                decided = self._versioned(article, words, compared, known)
                self._add_version(decided, words, run_id)
                self._index.add(compared, _remembered(decided), _seconds(_fetched(article)))
            dropped = bool(decided and decided.duplicate and self._drop_duplicates)
            state: State = "dropped" if dropped else "published" if decided else "unchanged"
            self._note_article_urls(article, state, run_id)
            event = Event.of_article(decided or article, outcome, run_id, dropped=dropped)
            self._history.add(self._number_of(article.url), event)
            self._note_visit(article, outcome, run_id)
        return Decision(None if dropped else decided, outcome, dropped)

    def refuse(self, refusal: Refusal) -> None:
        """Notes, for the run it names, that a page gave no article; forgets the URL's validators.

        What may be had another time is asked for again, by the plan. A refusal outside any run
        (`scrapy clean`) leaves no trace.
        """
        if refusal.run_id is None:
            return
        state: State = "gone" if is_gone(refusal) else "refused"
        facts = (state, refusal.reason, None, None, refusal.at, refusal.run_id)
        with self._writing():
            for url in _spellings(refusal.url, refusal.requested_url):
                self._db.execute(_NOTE_URL, (url, None, *facts))
            self._history.add(self._number_of(refusal.url), Event.of_refusal(refusal))
            self._note_refusal(refusal, refusal.run_id)

    def bury(self, refusal: Refusal) -> Article | None:
        """Notes that a published article is gone; its tombstone is to be published.

        Returns:
            The tombstone, or None where the refusal says something else, or nothing is published
            of what was asked for: then it is to be refused.
        """
        if refusal.run_id is None or not is_gone(refusal):
            return None
        pages = (page_url(refusal.requested_url), page_url(refusal.url))
        with self._writing():
            id_, known = self._article_at(pages)
            if known is None or known.fingerprint in {TOMBSTONE, FORGOTTEN}:
                return None
            stone = tombstone_of(refusal, id_, known)
            self._add_version(stone, TOMBSTONE, refusal.run_id, page=known.url)
            self._note_article_urls(stone, "gone", refusal.run_id)
            self._history.add(self._number_of(stone.url), Event.of_tombstone(stone, refusal))
            self._frontier.finished(pages, refusal.run_id)
        return stone

    def discover(
        self, leads: Iterable[tuple[str, Lead]], now: datetime, *, again: bool = False
    ) -> int:
        """Takes leads into the frontier, in one transaction; those that are known stay as they are.

        Args:
            leads: each with the name of its site.
            now: when they were found; aware.
            again: whether those that are known are to be asked for once more.

        Returns:
            How many are known, and wait for no visit at this time.
        """
        with self._writing():
            return self._take(leads, int(now.timestamp()), again=again)

    def learn(self, found: Gathered, now: datetime, *, again: bool = False) -> int:
        """As `discover`, of all that the sources of one site have answered; and remembers that."""
        at = int(now.timestamp())
        with self._writing():
            known = self._take(((found.site, lead) for lead in found.leads), at, again=again)
            for answer in found.answers:
                self._sources.note(answer, found.declared, at)
            self._shapes.note(found.shapes)
        return known

    def due(self, site: str, now: datetime | None, run_id: str) -> list[Lead]:
        """The leads of a site to ask for at a time (aware; None: at any), best and newest first."""
        at = int(now.timestamp()) if now else _FOR_EVER
        with explained(self._path):
            return self._frontier.due(site, at, run_id)

    def waiting(self, url: str) -> Waiting | None:
        """What is to be asked for under a URL, by any of its spellings."""
        with explained(self._path):
            return self._frontier.find(page_url(url))

    def source(self, url: str, declared: str) -> SourceState | None:
        """What a source answered last, read as a site declares it."""
        with explained(self._path):
            return self._sources.find(url, declared)

    def shapes(self, hosts: Iterable[str]) -> dict[str, Shape]:
        """What the articles' URLs of hosts look like, as learned by earlier runs."""
        with explained(self._path):
            return self._shapes.of(hosts)

    def touch(self, url: str, at: str, run_id: str) -> None:
        """Notes that a server said "not modified" of a URL, at a time in RFC 3339."""
        page = page_url(url)
        with self._writing():
            self._db.execute(_TOUCH, (at, page))
            self._frontier.visited(page, page, _seconds(at), run_id, changed=False)
            number = self._number_of(url)
            if number is not None:
                self._history.add(number, Event(at=at, run_id=run_id, what="not-modified"))

    def seen(self, url: str) -> UrlState | None:
        """What is known of a URL, by any of its spellings; None unless it is final."""
        with explained(self._path):
            row = self._db.execute(_SEEN, (page_url(url),)).fetchone()
        return UrlState(*row) if row else None

    def known(self, url: str) -> KnownUrl | None:
        """Where a URL stands, by any of its spellings, final or not."""
        with explained(self._path):
            row = self._db.execute(_KNOWN, (page_url(url),)).fetchone()
        return KnownUrl(row[0], row[1], sealed=bool(row[2])) if row else None

    def history(self, url: str) -> list[Event]:
        """What happened to a URL, in order."""
        with explained(self._path):
            number = self._number_of(url)
            return list(self._history.of_url(number)) if number is not None else []

    def url_of(self, id_: str) -> str | None:
        """Where the latest version of an article was found; None where it is unknown."""
        with explained(self._path):
            known = self._latest(id_)
        return known.url if known else None

    def obeys_robots(self, run_id: str) -> bool:
        """Whether a run obeyed robots.txt."""
        with explained(self._path):
            row = self._db.execute(_ROBOTS, (run_id,)).fetchone()
        return bool(row and row[0])

    def seal(
        self,
        run_id: str,
        ended: str | None = None,
        *,
        but: AbstractSet[tuple[str, int]] = frozenset(),
    ) -> None:
        """Makes what a run decided final; call it once the segments that hold it are sealed.

        Args:
            run_id: the run.
            ended: when it ended, in RFC 3339.
            but: (id, version) of what stays provisional: it is in no segment yet.
        """
        with self._writing():
            self._seal_rows(run_id, but)
            if ended is not None:
                self._db.execute(_END, (ended, run_id))

    def sync(self) -> None:
        """Makes all that has been noted durable, by whichever handle: a power cut leaves it."""
        with explained(self._path):
            self._db.execute("PRAGMA synchronous = FULL")
            try:
                with transaction(self._db):
                    # Something must be written for the log to be synced.
                    (version,) = self._db.execute("PRAGMA user_version").fetchone()
                    self._db.execute(f"PRAGMA user_version = {version}")
            finally:
                self._db.execute("PRAGMA synchronous = NORMAL")

    def provisional(self, run_id: str) -> set[tuple[str, int]]:
        """The (id, version) of what a run decided that is not final."""
        with explained(self._path):
            return set(self._db.execute(_UNSEALED_VERSIONS, (run_id,)))

    def has_refusals(self, run_id: str) -> bool:
        """Whether a run refused anything that is not final."""
        with explained(self._path):
            return self._db.execute(_UNSEALED_REFUSAL, (run_id,)).fetchone() is not None

    def unsealed_runs(self) -> list[str]:
        """The runs, live or dead, of which anything is provisional; sorted."""
        with explained(self._path):
            return [run_id for (run_id,) in self._db.execute(_UNSEALED_RUNS)]

    def forget_unsealed(
        self,
        run_id: str,
        keep: AbstractSet[tuple[str, int]],
        refused: AbstractSet[str] | None = None,
    ) -> None:
        """Takes back what a dead run decided but for what is kept, which becomes final.

        What is taken back is fetched again, whichever run saw its URLs last.

        Args:
            run_id: the run.
            keep: (id, version) of each line in the run's sealed segments.
            refused: the URLs of each line of its refusals; None for all that it refused.
        """
        with self._writing():
            lost = set(self._db.execute(_UNSEALED_VERSIONS, (run_id,))) - keep
            self._index.forget(lost)
            self._db.executemany(_FORGET_VERSION, lost)
            ids = json.dumps([id_ for id_, _ in lost])
            self._frontier.release(url for (url,) in self._db.execute(_URLS_OF, (ids,)))
            self._db.execute(_FORGET_URLS_OF, (ids,))
            self._db.execute(_RESTORE_URLS_OF, (ids,))
            if refused is not None:
                self._forget_refusals(run_id, set(map(page_url, refused)))
            self._history.forget_lost_urls()
            self._seal_rows(run_id, frozenset())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with explained(self._path), transaction(self._db):
            yield

    def _latest(self, id_: str) -> Known | None:
        row = self._db.execute(_LATEST, (id_,)).fetchone()
        return Known(*row) if row else None

    def _versioned(
        self,
        article: Article,
        words: str,
        compared: Compared,
        known: Known | None,
    ) -> Article:
        """The article with its version, what that changed, and what it is a copy of."""
        change = None
        if known is not None:
            old = (known.title, self._index.text_of(article.id))
            change = change_between(known.version, old, (article.title, article.text or ""))
        return replace(
            article,
            version=known.version + 1 if known else 1,
            op="update" if known else "new",
            duplicate=label_of(compared, words, [self._index]),
            change=change,
        )

    def _number_of(self, url: str) -> int | None:
        row = self._db.execute(_NUMBER_OF, (page_url(url),)).fetchone()
        return row[0] if row else None

    def _add_version(
        self, article: Article, words: str, run_id: str, page: str | None = None
    ) -> None:
        original = article.duplicate.of if article.duplicate else None
        key = (article.id, article.version, page or page_url(article.url), words)
        facts = (article.title, article.site, original)
        self._db.execute(_ADD_VERSION, (*key, *facts, run_id))

    def _note_article_urls(self, article: Article, state: State, run_id: str) -> None:
        fetch = article.provenance
        for url in _spellings(article.url, article.requested_url):
            validators = (fetch.etag, fetch.last_modified, fetch.fetched_at)
            self._db.execute(_NOTE_URL, (url, article.id, state, None, *validators, run_id))

    def _take(self, leads: Iterable[tuple[str, Lead]], now: int, *, again: bool) -> int:
        return sum(not self._is_wanted(site, lead, now, again=again) for site, lead in leads)

    def _is_wanted(self, site: str, lead: Lead, now: int, *, again: bool) -> bool:
        """Whether a lead is to be asked for now; it is in the frontier then."""
        url = page_url(lead.url)
        if self._forgotten.covers_page(url):
            return False
        waiting = self._frontier.find(url)
        seen = self._db.execute(_STATE, (url,)).fetchone()
        fetched_at = _seconds(seen[1]) if seen else None
        if waiting is not None:
            self._frontier.hear(url, lead, waiting, fetched_at)
            if again:
                self._frontier.bring_forward(url, now)
            return self._frontier.is_due(url, now)
        gone = seen is not None and seen[0] == "gone"
        if fetched_at is None or again or (gone and may_be_back(fetched_at, now)):
            self._frontier.add(url, site, lead, now)
            return True
        return False

    def _passed_over(self, article: Article, pages: set[str], run_id: str) -> Decision:
        """What is forgotten came in spite of that: by an unknown address, or from an archive."""
        self._note_article_urls(article, "refused", run_id)
        self._forgotten.mark_seen(pages)
        self._frontier.finished(pages, run_id)
        return Decision(None, "unchanged")

    def _note_visit(self, article: Article, outcome: Outcome, run_id: str) -> None:
        """Moves an article to its next visit, unless what it is like may still be lost."""
        if outcome == "unchanged" and self._is_provisional(article.id, run_id):
            return
        pages = (page_url(article.requested_url), page_url(article.url))
        at = _seconds(_fetched(article))
        self._frontier.visited(*pages, at, run_id, changed=outcome != "unchanged")

    def _is_provisional(self, id_: str, run_id: str) -> bool:
        """Whether the latest version of an article is another run's that may still lose it."""
        return self._db.execute(_IS_PROVISIONAL, (id_, run_id)).fetchone() is not None

    def _note_refusal(self, refusal: Refusal, run_id: str) -> None:
        pages = (page_url(refusal.requested_url), page_url(refusal.url))
        at = _seconds(refusal.at)
        if is_temporary(refusal):
            self._frontier.failed(pages[0], at, run_id)
        elif may_grow(refusal):
            self._frontier.visited(*pages, at, run_id, changed=False)
        else:
            self._frontier.finished(pages, run_id)

    def _article_at(self, pages: tuple[str, ...]) -> tuple[str, Known | None]:
        """The article whose source one of the pages is; not those of which it is only a twin."""
        for page in pages:
            for (id_,) in self._db.execute(_ARTICLE_AT, (page,)).fetchall():
                known = self._latest(id_)
                if known is not None and known.url in pages:
                    return id_, known
        return "", None

    def _forget_refusals(self, run_id: str, kept: AbstractSet[str]) -> None:
        """Takes back the refusals that are on no line."""
        found = [url for (url,) in self._db.execute(_UNSEALED_REFUSALS, (run_id,))]
        lost = [url for url in found if url not in kept]
        self._frontier.release(lost)
        self._db.executemany(_FORGET_REFUSAL, ((url, run_id) for url in lost))

    def _seal_rows(self, run_id: str, but: AbstractSet[tuple[str, int]]) -> None:
        open_ids = json.dumps([id_ for id_, _ in but])
        self._frontier.settle(run_id, self._db.execute(_URLS_OF, (open_ids,)).fetchall())
        if not but:
            # Replaced texts may stay a little longer.
            self._index.settle(run_id)
        for statement in _SEAL:
            self._db.execute(statement, (run_id, open_ids))


def compared_of(article: Article) -> Compared:
    """What is compared of an article: as of its publication, else of its fetching."""
    return Compared(
        id=article.id,
        site=article.site,
        at=_seconds(article.date_published or _fetched(article)),
        shingles=shingles_of(article.text or ""),
    )


def _remembered(article: Article) -> Decided:
    original = article.duplicate.of if article.duplicate else None
    return Decided(article.version, article.text or "", original)


def _fetched(article: Article) -> str:
    return article.provenance.fetched_at


def _seconds(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp())


def _spellings(url: str, requested_url: str) -> set[str]:
    """The URLs to note for one response: where it was found, and where it was asked for."""
    return {page_url(url), page_url(requested_url)}
