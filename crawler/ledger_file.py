"""The SQLite file under the ledger: opened, made, migrated, and its failures explained."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaning.error import LedgerError
from cleaning.shingle import ALGORITHM
from crawler.file_lock import locked_folder

#: Marks the file as ours ("copy"), in the header that SQLite keeps for this.
_APPLICATION_ID = 0x636F7079
#: Of a new file, in bytes. A text fills some of these whole, and its shingles, which lie far apart,
#: touch some fifty. Of 4,096, with one text to a page, an article took 39 % more on disk; of 8,192
#: it took a tenth more CPU.
_PAGE_SIZE = 2048
#: Shingles change a page each, so pages are written back once in some three hundred articles, at
#: 32 MB of log. By SQLite's own 1,000 pages a decision took a sixth more CPU.
_CHECKPOINT_PAGES = 16_000
#: In kibibytes: most pages of the newest shingles.
_CACHE = 16_000

#: Step n brings a file of version n to n + 1, so a new file takes them all. Append only.
_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {_APPLICATION_ID}",
        """CREATE TABLE run (
            run_id TEXT PRIMARY KEY, spider TEXT, started TEXT, ended TEXT
        ) STRICT""",
        """CREATE TABLE version (
            id TEXT NOT NULL, version INTEGER NOT NULL, url TEXT NOT NULL,
            fingerprint TEXT NOT NULL, title TEXT, site TEXT NOT NULL, published TEXT,
            duplicate_of TEXT, run_id TEXT NOT NULL, sealed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (id, version)
        ) STRICT""",
        "CREATE INDEX version_by_fingerprint ON version (fingerprint)",
        "CREATE INDEX unsealed_version ON version (run_id) WHERE sealed = 0",
        """CREATE TABLE url (
            url TEXT PRIMARY KEY, id TEXT, state TEXT NOT NULL
                CHECK (state IN ('published', 'unchanged', 'refused')),
            reason TEXT, etag TEXT, last_modified TEXT, fetched_at TEXT NOT NULL,
            run_id TEXT NOT NULL, sealed INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "CREATE INDEX url_by_id ON url (id)",
        "CREATE INDEX unsealed_url ON url (run_id) WHERE sealed = 0",
    ),
    (
        """CREATE TABLE document (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, version INTEGER NOT NULL,
            site TEXT NOT NULL, at INTEGER NOT NULL, original TEXT, body BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX document_by_id ON document (id)",
        "CREATE INDEX document_by_time ON document (at)",
        "CREATE TABLE posting_day (day INTEGER PRIMARY KEY, filled INTEGER NOT NULL) STRICT",
        # Of a URL: what happened to it, in order.
        """CREATE TABLE event (
            number INTEGER PRIMARY KEY, url INTEGER NOT NULL, at TEXT NOT NULL,
            run_id TEXT NOT NULL, what TEXT NOT NULL, times INTEGER NOT NULL DEFAULT 1, detail TEXT
        ) STRICT""",
        "CREATE INDEX event_by_url ON event (url)",
        # Nothing ever read it.
        "ALTER TABLE version DROP COLUMN published",
        "ALTER TABLE run ADD COLUMN robots INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE algorithm (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT",
        # Events name URLs by numbers, and a copy may be dropped.
        """CREATE TABLE numbered_url (
            number INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, id TEXT, state TEXT NOT NULL
                CHECK (state IN ('published', 'unchanged', 'refused', 'dropped')),
            reason TEXT, etag TEXT, last_modified TEXT, fetched_at TEXT NOT NULL,
            run_id TEXT NOT NULL, sealed INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        """INSERT INTO numbered_url
            (url, id, state, reason, etag, last_modified, fetched_at, run_id, sealed)
            SELECT url, id, state, reason, etag, last_modified, fetched_at, run_id, sealed
            FROM url ORDER BY url""",
        "DROP TABLE url",
        "ALTER TABLE numbered_url RENAME TO url",
        "CREATE INDEX unsealed_url ON url (run_id) WHERE sealed = 0",
    ),
    (
        """CREATE TABLE frontier (
            url TEXT PRIMARY KEY, site TEXT NOT NULL, lead BLOB NOT NULL, rank INTEGER NOT NULL,
            found INTEGER NOT NULL, due INTEGER NOT NULL, changed INTEGER,
            failures INTEGER NOT NULL DEFAULT 0, run_id TEXT, next_due INTEGER,
            next_changed INTEGER, next_failures INTEGER
        ) STRICT""",
        "CREATE INDEX frontier_by_site ON frontier (site, due)",
        "CREATE INDEX unsettled_frontier ON frontier (run_id) WHERE run_id IS NOT NULL",
        """CREATE TABLE source (
            url TEXT PRIMARY KEY, declared TEXT NOT NULL, etag TEXT, last_modified TEXT,
            digest TEXT NOT NULL, names TEXT NOT NULL, asked INTEGER NOT NULL,
            changed INTEGER NOT NULL, due INTEGER NOT NULL
        ) STRICT""",
        "CREATE TABLE shape (host TEXT PRIMARY KEY, shape TEXT NOT NULL) STRICT",
        # An article may be gone.
        """CREATE TABLE url_with_gone (
            number INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, id TEXT, state TEXT NOT NULL
                CHECK (state IN ('published', 'unchanged', 'refused', 'dropped', 'gone')),
            reason TEXT, etag TEXT, last_modified TEXT, fetched_at TEXT NOT NULL,
            run_id TEXT NOT NULL, sealed INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "INSERT INTO url_with_gone SELECT * FROM url",
        "DROP TABLE url",
        "ALTER TABLE url_with_gone RENAME TO url",
        "CREATE INDEX unsealed_url ON url (run_id) WHERE sealed = 0",
    ),
)

#: Versions of what makes the file's contents: those of other versions cannot be compared with.
_ALGORITHMS = {"shingle": ALGORITHM}

_CORRUPT = "is damaged or no ledger: move it away with its -wal and -shm files, or restore a copy"
_LOCKED = "is locked by another process: let that one end, then run again"
_FULL = "cannot be written, its disk is full or fails: free space and run again"
_CURES = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: "is read-only: make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: make the file and its folder writable",
    sqlite3.SQLITE_NOTADB: _CORRUPT,
    sqlite3.SQLITE_CORRUPT: _CORRUPT,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _FULL,
}


def open_ledger_file(
    path: Path, busy_timeout: float, *, check_algorithms: bool = True
) -> sqlite3.Connection:
    """Opens the file, making or migrating it as needed; transactions are begun by hand.

    Args:
        path: the file; it and its folder are made if they are missing.
        busy_timeout: seconds to wait for another process's transaction.
        check_algorithms: whether its contents must be of this copydesk's algorithms.

    Raises:
        LedgerError: if the file is newer, not ours, corrupt, read-only or locked.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two that turn a new file to WAL at once make SQLite give up at once, whatever the timeout.
        with locked_folder(path.parent):
            db = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None)
            try:
                _prepare(db, path)
                if check_algorithms:
                    _check_algorithms(db, path)
            except BaseException:
                db.close()
                raise
    return db


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns SQLite's and the system's errors into one line that names the ledger and the cure.

    Raises:
        LedgerError: for the errors that a user can mend; any other escapes, being a bug.
    """
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the primary code (sqlite.org/rescode.html); misuse of the module has none.
        cure = _CURES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if cure is None:
            raise
        raise LedgerError(f"{path}: the ledger {cure}") from error
    except OSError as error:
        raise LedgerError(f"{path}: no ledger can be made there: {error.strerror}") from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One BEGIN IMMEDIATE: nobody else writes from here on; rolled back if anything is raised."""
    with db:
        db.execute("BEGIN IMMEDIATE")
        yield


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    # Looked at before anything is written: a file that is not ours must stay as it is.
    _schema_version(db, path)
    db.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    db.execute(f"PRAGMA cache_size = -{_CACHE}")
    with transaction(db):
        for step in _MIGRATIONS[_schema_version(db, path) :]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        for algorithm in _ALGORITHMS.items():
            db.execute("INSERT OR IGNORE INTO algorithm (name, version) VALUES (?, ?)", algorithm)


def _check_algorithms(db: sqlite3.Connection, path: Path) -> None:
    """Compares the versions of what made the file with those of this copydesk.

    Raises:
        LedgerError: if one is another.
    """
    for name, made in db.execute("SELECT name, version FROM algorithm"):
        if made != _ALGORITHMS.get(name):
            raise LedgerError(
                f"{path}: its {name}s are of version {made}, this copydesk's of"
                f" {_ALGORITHMS.get(name)}: make them anew with scrapy ledger rebuild"
            )


def _schema_version(db: sqlite3.Connection, path: Path) -> int:
    """The file's schema version, 0 for an empty file.

    Raises:
        LedgerError: if another program's data are in the file, or a newer copydesk's.
    """
    if _scalar(db, "SELECT count(*) FROM sqlite_schema") == 0:
        return 0
    if _scalar(db, "PRAGMA application_id") != _APPLICATION_ID:
        raise LedgerError(f"{path}: holds another program's data: set another ledger file")
    version = _scalar(db, "PRAGMA user_version")
    if version > len(_MIGRATIONS):
        raise LedgerError(
            f"{path}: the ledger has version {version}, this copydesk knows up to "
            f"{len(_MIGRATIONS)}: upgrade copydesk or set another ledger file"
        )
    return version


def _scalar(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
