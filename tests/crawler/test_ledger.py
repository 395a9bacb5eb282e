"""What the ledger decides, remembers and refuses, alone and with others at the same file."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Article, Provenance, Refusal
from cleaning.error import LedgerError
from cleaning.identity import article_id
from crawler.ledger import Ledger
from crawler.segments import encode

ROOT = Path(__file__).parents[2]
A, B, C = (f"https://example.com/{name}" for name in "abc")
AMP = "https://example.com/amp/a"
PRINT = "https://example.com/print/a"
STORY = "https://example.com/old-bridge-reopens"
Make = Callable[..., Any]

#: Articles in the order in which they come, each with what is decided: outcome, version, original.
DECISIONS: dict[str, list[tuple[dict[str, Any], tuple[str, int | None, str | None]]]] = {
    "the same again": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": A, "text": "one two"}, ("unchanged", None, None)),
        ({"url": A, "text": "One  two!"}, ("unchanged", None, None)),
        (
            {"url": "http://www.example.com/a/?utm_id=1", "text": "one two"},
            ("unchanged", None, None),
        ),
    ],
    "a change of words, and back": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": A, "text": "one three"}, ("update", 2, None)),
        ({"url": A, "text": "one three"}, ("unchanged", None, None)),
        ({"url": A, "text": "one two"}, ("update", 3, None)),
    ],
    "a change of title": [
        ({"url": A, "title": "Old"}, ("new", 1, None)),
        ({"url": A, "title": "New"}, ("update", 2, None)),
        ({"url": A, "title": None}, ("update", 3, None)),
        ({"url": A, "title": None}, ("unchanged", None, None)),
    ],
    "copies": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": B, "text": "one, two"}, ("new", 1, A)),
        ({"url": C, "text": "ONE TWO", "title": "Other"}, ("new", 1, A)),
        ({"url": "https://other.example.org/x", "text": "one three"}, ("new", 1, None)),
    ],
    "a copy stays one when its title changes, its original stays the original": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": B, "text": "one two"}, ("new", 1, A)),
        ({"url": B, "text": "one two", "title": "New"}, ("update", 2, A)),
        ({"url": A, "text": "one two", "title": "New"}, ("update", 2, None)),
    ],
    "a copy of an earlier version": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": A, "text": "one three"}, ("update", 2, None)),
        ({"url": B, "text": "one two"}, ("new", 1, A)),
    ],
    "an update that becomes a copy": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": B, "text": "one three"}, ("new", 1, None)),
        ({"url": B, "text": "one two"}, ("update", 2, A)),
    ],
    "a title in other letters": [
        ({"url": A, "title": "“Old” bridge"}, ("new", 1, None)),
        ({"url": A, "title": '"OLD"  bridge!'}, ("unchanged", None, None)),
        ({"url": A, "title": "New bridge"}, ("update", 2, None)),
    ],
    "counters and dates of the page": [
        ({"url": A, "text": "5 dead.\n\n12 comments"}, ("new", 1, None)),
        ({"url": A, "text": "Updated 3 hours ago\n\n5 dead."}, ("unchanged", None, None)),
        (
            {"url": A, "text": "5 dead.\n\n24 November 2026 | 13 comments"},
            ("unchanged", None, None),
        ),
        ({"url": A, "text": "7 dead.\n\n13 comments"}, ("update", 2, None)),
        ({"url": B, "text": "7 dead."}, ("new", 1, A)),
    ],
    "presentations that name no original": [
        ({"url": STORY, "text": "one two"}, ("new", 1, None)),
        ({"url": f"{STORY}/amp/", "text": "one two Menu"}, ("unchanged", None, None)),
        ({"url": f"{STORY}?print=1", "text": "one two"}, ("unchanged", None, None)),
        ({"url": STORY, "text": "one three"}, ("update", 2, None)),
    ],
    "a twin beside its original": [
        ({"url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": AMP, "canonical_url": A, "text": "one two Menu"}, ("unchanged", None, None)),
        ({"url": A, "text": "one two"}, ("unchanged", None, None)),
        ({"url": A, "text": "one three"}, ("update", 2, None)),
        ({"url": AMP, "canonical_url": A, "text": "one two Menu"}, ("unchanged", None, None)),
    ],
    "a twin before its original": [
        ({"url": AMP, "canonical_url": A, "text": "one two Menu"}, ("new", 1, None)),
        ({"url": PRINT, "canonical_url": A, "text": "one two"}, ("unchanged", None, None)),
        ({"url": A, "canonical_url": A, "text": "one two"}, ("update", 2, None)),
        ({"url": AMP, "canonical_url": A, "text": "one two Menu"}, ("unchanged", None, None)),
    ],
    "a twin that is the only page": [
        ({"url": AMP, "canonical_url": A, "text": "one two"}, ("new", 1, None)),
        ({"url": AMP, "canonical_url": A, "text": "one two"}, ("unchanged", None, None)),
        ({"url": AMP, "canonical_url": A, "text": "one three"}, ("update", 2, None)),
    ],
}

# A run among others: decides on every article of a file in turn, and tells the outcomes.
RIVAL = """
import sys
from pathlib import Path
import msgspec
from cleaning.article import Article
from crawler.ledger import Ledger

lines = Path(sys.argv[2]).read_bytes().splitlines()
articles = [msgspec.json.decode(line, type=Article) for line in lines]
print("ready", flush=True)
sys.stdin.readline()
with Ledger(Path(sys.argv[1])) as ledger:
    for article in articles:
        decision = ledger.decide(article, sys.argv[3])
        print(article.url, decision.outcome)
    ledger.seal(sys.argv[3])
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def fetched(make_provenance: Make) -> Provenance:
    """A response with validators."""
    made: Provenance = make_provenance(etag='"v1"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")
    return made


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions(ledger: Ledger, make_article: Make, name: str) -> None:
    """In one run."""
    for number, (changes, expected) in enumerate(DECISIONS[name]):
        assert decided(ledger, make_article(**changes), "run") == expected, f"article {number}"


@pytest.mark.parametrize("name", DECISIONS)
def test_decisions_over_runs(tmp_path: Path, make_article: Make, name: str) -> None:
    """The same when each article comes in a run, and to an opened file, of its own."""
    for number, (changes, expected) in enumerate(DECISIONS[name]):
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            assert decided(ledger, make_article(**changes), f"run-{number}") == expected
            ledger.seal(f"run-{number}")


def decided(ledger: Ledger, article: Article, run_id: str) -> tuple[str, int | None, str | None]:
    """A decision as the table above writes it."""
    decision = ledger.decide(article, run_id)
    if decision.article is None:
        return decision.outcome, None, None
    assert decision.article.op == decision.outcome
    copied = decision.article.duplicate
    of = next((url for url in (A, B, C) if copied and copied.of == article_id(url)), None)
    assert copied is None or (copied.kind, copied.score) == ("exact", 1.0)
    return decision.outcome, decision.article.version, of


def test_only_what_is_sealed_is_seen(
    ledger: Ledger, make_article: Make, fetched: Provenance
) -> None:
    """Validators of a record that may be lost are not given out."""
    asked = "https://example.com/go?to=a"
    ledger.decide(make_article(url=A, requested_url=asked, provenance=fetched), "run")
    assert ledger.seen(A) is None
    assert ledger.unsealed_runs() == ["run"]
    ledger.seal("run")
    assert ledger.unsealed_runs() == []
    for url in (A, "http://www.example.com/a/#top", asked):
        seen = ledger.seen(url)
        assert seen is not None
        assert asdict(seen) | {"url": A} == {
            "url": A,
            "id": article_id(A),
            "state": "published",
            "reason": None,
            "etag": fetched.etag,
            "last_modified": fetched.last_modified,
            "fetched_at": fetched.fetched_at,
        }
    assert ledger.seen(B) is None


def test_unchanged_because_of_a_lost_record_is_forgotten(
    ledger: Ledger, make_article: Make, fetched: Provenance
) -> None:
    """A finished run's "unchanged" is worth nothing once what it was compared with is gone."""
    article = make_article(url=A, provenance=fetched)
    ledger.decide(article, "dead")
    assert ledger.decide(article, "alive").outcome == "unchanged"
    ledger.seal("alive")
    assert ledger.seen(A) is None
    ledger.forget_unsealed("dead", set())
    assert ledger.seen(A) is None
    assert ledger.decide(article, "next").outcome == "new"


def test_an_original_that_is_lost_does_not_become_a_copy_of_its_copy(
    ledger: Ledger, make_article: Make
) -> None:
    """Else whoever drops copies would drop both."""
    ledger.decide(make_article(url=A), "dead")
    assert decided(ledger, make_article(url=B), "alive") == ("new", 1, A)
    ledger.forget_unsealed("dead", set())
    assert decided(ledger, make_article(url=A), "next") == ("new", 1, None)


def test_forget_keeps_what_is_published(
    ledger: Ledger, make_article: Make, make_refusal: Make
) -> None:
    """What is on no line of the segment goes, all else of the run becomes final."""
    ledger.decide(make_article(url=C), "before")
    ledger.seal("before")
    kept = ledger.decide(make_article(url=A, text="one"), "dead").article
    lost = make_article(url=B, text="two")
    ledger.decide(lost, "dead")
    ledger.decide(make_article(url=C), "dead")
    ledger.refuse(make_refusal(url="https://example.com/refused", run_id="dead"))
    ledger.decide(make_article(url="https://example.com/d", text="four"), "alive")
    assert kept is not None
    ledger.forget_unsealed("dead", {(kept.id, kept.version), ("0" * 32, 1)})
    assert ledger.unsealed_runs() == ["alive"]
    assert ledger.seen(A) is not None
    assert ledger.seen(B) is None
    known = [ledger.seen(url) for url in (C, "https://example.com/refused")]
    assert [one.state for one in known if one] == ["unchanged", "refused"]
    assert ledger.decide(lost, "next").outcome == "new"
    assert ledger.decide(make_article(url=C), "next").outcome == "unchanged"


def test_a_refusal_is_remembered(
    ledger: Ledger, make_article: Make, make_refusal: Make, fetched: Provenance
) -> None:
    """With its reason, and without the validators of the time before."""
    ledger.decide(make_article(url=A, provenance=fetched), "run-1")
    ledger.seal("run-1")
    refusal: Refusal = make_refusal(url=A, reason="paywall", run_id="run-2")
    ledger.refuse(refusal)
    assert ledger.seen(A) is None
    ledger.seal("run-2")
    seen = ledger.seen(A)
    assert seen is not None
    assert (seen.state, seen.reason, seen.etag) == ("refused", "paywall", None)
    assert seen.id == article_id(A)


def test_a_refusal_outside_a_run_leaves_no_trace(ledger: Ledger, make_refusal: Make) -> None:
    """`scrapy clean` has no run."""
    ledger.refuse(make_refusal(url=A, run_id=None))
    assert ledger.unsealed_runs() == []


def test_a_presentation_has_validators_of_its_own(
    ledger: Ledger, make_article: Make, fetched: Provenance
) -> None:
    """An AMP page that has not changed says nothing of the page that it presents."""
    ledger.decide(make_article(url=f"{STORY}/amp/", provenance=fetched), "run")
    ledger.seal("run")
    assert ledger.seen(STORY) is None
    seen = ledger.seen(f"{STORY}/amp?utm_source=rss")
    assert seen is not None
    assert seen.id == article_id(STORY)


def test_touch_notes_the_time(ledger: Ledger, make_article: Make, fetched: Provenance) -> None:
    """And changes nothing else."""
    ledger.decide(make_article(url=A, provenance=fetched), "run")
    ledger.seal("run")
    before = ledger.seen(A)
    ledger.touch("http://example.com/a/", "2026-03-03T08:00:00+00:00", "run")
    ledger.touch(B, "2026-03-03T08:00:00+00:00", "run")
    after = ledger.seen(A)
    assert before is not None
    assert after is not None
    assert asdict(after) == asdict(before) | {"fetched_at": "2026-03-03T08:00:00+00:00"}
    assert ledger.seen(B) is None


def test_a_run_begins_once(ledger: Ledger) -> None:
    """A second one of that name is refused, also after the end."""
    ledger.begin("run", "news", "2026-03-02T08:00:00+00:00")
    ledger.seal("run", "2026-03-02T09:00:00+00:00")
    with pytest.raises(LedgerError, match="run run is known: start under another id"):
        ledger.begin("run", "news", "2026-03-02T10:00:00+00:00")


def test_rivals_share_the_articles(tmp_path: Path, make_article: Make) -> None:
    """Of runs that bring the same articles at the same time, one gets "new" for each.

    They make the ledger, too, all at once.
    """
    path = tmp_path / "ledger.sqlite"
    articles = [
        make_article(url=f"https://example.com/{n}", text=f"number {n}") for n in range(150)
    ]
    rivals = []
    for name, order in {"first": 1, "second": -1, "third": 1}.items():
        source = tmp_path / f"{name}.jsonl"
        source.write_bytes(b"\n".join(map(encode, articles[::order])))
        command = [sys.executable, "-c", RIVAL, str(path), str(source), name]
        rivals.append(start(command))
    outcomes = [outcome for told in race(rivals) for outcome in told.splitlines()]
    assert sorted(outcomes) == sorted(
        f"{article.url} {outcome}"
        for article in articles
        for outcome in ("new", "unchanged", "unchanged")
    )
    with Ledger(path) as ledger:
        assert ledger.unsealed_runs() == []
        assert all(ledger.seen(article.url) for article in articles)


def start(command: list[str]) -> subprocess.Popen[str]:
    """A process of our own that is spoken to."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)


def race(rivals: list[subprocess.Popen[str]]) -> list[str]:
    """Lets all go when all are ready; gives what each printed."""
    for rival in rivals:
        assert rival.stdout is not None
        assert rival.stdout.readline() == "ready\n"
    for rival in rivals:
        assert rival.stdin is not None
        rival.stdin.write("go\n")
        rival.stdin.flush()
    told = [rival.communicate()[0] for rival in rivals]
    assert [rival.returncode for rival in rivals] == [0] * len(rivals)
    return told


def newer(path: Path) -> None:
    """A ledger that a later copydesk has migrated."""
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def of_another_program(path: Path) -> None:
    """Somebody's database."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE recipe (name TEXT)")
        db.commit()


def no_database(path: Path) -> None:
    """A file of another kind."""
    path.write_bytes(b"Dear diary, " * 1000)


def damaged(path: Path) -> None:
    """A ledger whose second half was overwritten."""
    Ledger(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + b"\xff" * (len(whole) - 200))


def a_folder(path: Path) -> None:
    """A folder in the file's place."""
    path.mkdir()


def in_a_file(path: Path) -> None:
    """A file in the folder's place."""
    path.parent.rmdir()
    path.parent.write_bytes(b"")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (newer, "the ledger has version 99, this copydesk knows up to 3: upgrade copydesk or"),
        (of_another_program, "holds another program's data: set another ledger file"),
        (no_database, "the ledger is damaged or no ledger: move it away"),
        (damaged, "the ledger is damaged or no ledger: move it away"),
        (a_folder, "the ledger cannot be opened: make the file and its folder writable"),
        (in_a_file, "no ledger can be made there: "),
    ],
)
def test_a_file_that_cannot_be_used(
    tmp_path: Path, make: Callable[[Path], None], message: str
) -> None:
    """One line says why and what to do, and the file stays as it is."""
    path = tmp_path / "state" / "ledger.sqlite"
    path.parent.mkdir()
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError) as caught:
        Ledger(path)
    assert str(caught.value).startswith(f"{path}: {message}")
    assert len(str(caught.value).splitlines()) == 1
    assert (path.read_bytes() if path.is_file() else None) == before


def test_damage_that_shows_later(tmp_path: Path, make_article: Make) -> None:
    """A sound first page does not make a sound ledger."""
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with (
        pytest.raises(LedgerError, match="is damaged or no ledger"),
        Ledger(path) as ledger,
    ):
        ledger.decide(make_article(), "run")


def test_a_locked_ledger(tmp_path: Path, make_article: Make) -> None:
    """Waited for, then named."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, busy_timeout=0) as ledger, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="is locked by another process: let that one end"):
            ledger.decide(make_article(), "run")
        other.rollback()
        assert ledger.decide(make_article(), "run").outcome == "new"


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A ledger in a folder, neither of which this process may write, even if it is root's."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ledger.sqlite"
        Ledger(path).close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65_534)
        yield path
        os.seteuid(user)
        path.parent.chmod(0o755)


def test_a_read_only_ledger(read_only: Path) -> None:
    """Named, with the cure."""
    with pytest.raises(LedgerError, match="make the file and its folder writable"):
        Ledger(read_only)


def test_a_full_disk_rolls_back(ledger: Ledger, tmp_path: Path, make_article: Make) -> None:
    """The limit on the size of files stands in for the disk's."""
    ledger.decide(make_article(url=A), "run")
    code = """
import resource, signal, sys
from pathlib import Path
import msgspec
from cleaning.article import Article
from cleaning.error import LedgerError
from crawler.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
article = msgspec.json.decode(sys.stdin.buffer.read(), type=Article)
with Ledger(Path(sys.argv[1])) as ledger:
    size = Path(sys.argv[1] + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        ledger.decide(article, "run")
    except LedgerError as error:
        print(error)
"""
    path = tmp_path / "ledger.sqlite"
    command = [sys.executable, "-c", code, str(path)]
    with start(command) as process:
        told, _ = process.communicate(encode(make_article(url=B, text="two")).decode())
    cure = "cannot be written, its disk is full or fails: free space and run again"
    assert told == f"{path}: the ledger {cure}\n"
    assert ledger.decide(make_article(url=B, text="two"), "run").outcome == "new"
