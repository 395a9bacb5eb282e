"""`scrapy forget`: what is taken back is gone for readers, for crawls, and from every file."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from desk import OTHER, SECRET, START, STORY, URL, contents_below, forget
from warcio.archiveiterator import ArchiveIterator

from cleaning.article import Article, Refusal
from cleaning.error import OutputError
from cleaning.identity import article_id
from cleaning.manifest import read_manifest
from cleaning.page import Lead
from cleaning.read import read
from cleaning.timestamp import format_timestamp
from crawler.archive import Archived, read_archive, read_response
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep, check, prune
from crawler.purge_target import Targets
from crawler.purging import purge
from crawler.report.gathering import Scope
from crawler.report.writing import write_report
from crawler.run_lock import RunLock
from crawler.sealing import OPEN
from crawler.site_lock import SiteLocks
from crawler.warc_record import read_records
from crawler.why import explain

ROOT = Path(__file__).parents[2]
Make = Callable[..., Article]


@pytest.fixture
def output(desk_output: Path) -> Path:
    """A folder to forget in."""
    return desk_output


@pytest.fixture
def in_memory(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk that does not make what syncs wait, where there is one."""
    shared = Path("/dev/shm")  # noqa: S108 - the folder below it is ours alone
    with TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def id_(output: Path) -> str:
    return next(one.id for one in read(output) if one.url == URL)


def keys(output: Path) -> list[tuple[str, int, str, bool]]:
    return [(one.url, one.version, one.op, one.text is None) for one in read(output, verify=True)]


def traces(output: Path) -> list[str]:
    """Files that hold the sentence, and texts of the ledger that do."""
    found = [path.name for path, data in contents_below(output) if SECRET in data]
    with closing(sqlite3.connect(output / "ledger.sqlite")) as db:
        bodies = (brotli.decompress(body) for (body,) in db.execute("SELECT body FROM document"))
        return found + ["document" for body in bodies if SECRET in body]


def test_a_tombstone_takes_an_article_back(output: Path, id_: str) -> None:
    before = keys(output)
    assert forget(output, f"{URL}#top", purge=False) == 0
    assert keys(output) == [*before, (URL, 3, "tombstone", True)]
    stone = list(read(output))[-1]
    assert (stone.id, stone.site, stone.title) == (id_, "courier.example", None)
    assert stone.access.evidence == ("forgotten", "a court order")
    assert id_ not in {one.id for one in read(output, latest=True)}
    with closing(sqlite3.connect(output / "ledger.sqlite")) as db:
        (texts,) = db.execute("SELECT count(*) FROM document WHERE id = ?", (id_,)).fetchone()
        (titles,) = db.execute("SELECT count(title) FROM version WHERE id = ?", (id_,)).fetchone()
    assert (texts, titles) == (0, 0)


def test_it_is_known_why(output: Path) -> None:
    assert forget(output, URL, purge=False) == 0
    with Ledger(output / "ledger.sqlite") as ledger:
        told = list(explain(URL, ledger, []))
    assert told[0] == f"{URL} is forgotten: it is not asked for again"
    assert told[-1].endswith("forgotten: a court order")


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("url", "wanted"),
    [(URL, False), (f"{URL}?page=2", True), (f"{URL}/amp/", False), (OTHER.format(9), True)],
)
def test_it_is_not_asked_for_again(url: str, wanted: bool, again: bool, output: Path) -> None:
    assert forget(output, URL, purge=False) == 0
    lead = Lead(url=url, via="feed", at=START)
    with Ledger(output / "ledger.sqlite") as ledger:
        known = ledger.discover([("courier.example", lead)], START, again=again)
        assert known == (0 if wanted else 1)
        assert (ledger.waiting(url) is not None) == wanted


def test_what_comes_in_spite_of_that_is_not_published(
    output: Path, make_article: Make, make_refusal: Callable[..., Refusal]
) -> None:
    """A page that was on its way, another address of it, and its 404."""
    assert forget(output, URL, purge=False) == 0
    elsewhere = "https://courier.example/?p=7"
    came = [
        make_article(url=URL, text=STORY),
        make_article(url=elsewhere, canonical_url=URL, text=STORY),
    ]
    with Ledger(output / "ledger.sqlite") as ledger:
        ledger.begin("run-9", "news", format_timestamp(START))
        assert [ledger.decide(one, "run-9").article for one in came] == [None, None]
        gone = make_refusal(url=URL, reason="http-404", status=404, run_id="run-9")
        assert ledger.bury(gone) is None
        ledger.refuse(gone)
        ledger.seal("run-9")
        for url in (URL, elsewhere):
            state = ledger.seen(url)
            assert state is not None
            assert (state.state, state.reason) == ("refused", "forgotten")


def test_leads_that_wait_are_dropped(output: Path) -> None:
    urls = [f"{URL}/amp/", f"{URL}?utm_source=x", OTHER.format(9)]
    with Ledger(output / "ledger.sqlite") as ledger:
        leads = [("courier.example", Lead(url=url, via="feed", at=START)) for url in urls]
        assert ledger.discover(leads, START, again=True) == 0
    assert forget(output, URL, purge=False) == 0
    with Ledger(output / "ledger.sqlite") as ledger:
        assert [ledger.waiting(url) is not None for url in urls] == [False, False, True]


def test_an_id_means_all_urls(output: Path, id_: str) -> None:
    assert forget(output, id_, purge=False) == 0
    with Ledger(output / "ledger.sqlite") as ledger:
        assert ledger.discover([("x", Lead(url=URL, via="feed", at=START))], START) == 1


def test_a_url_without_an_article_is_not_asked_for_again(output: Path) -> None:
    assert forget(output, OTHER.format(3)) == 0
    assert len(keys(output)) == 6
    lead = Lead(url=OTHER.format(3), via="feed", at=START)
    with Ledger(output / "ledger.sqlite") as ledger:
        assert ledger.discover([("x", lead)], START, again=True) == 1
    urls = [line["url"] for line in lines(output, "rejected")]
    assert urls == [URL, f"forgotten:{article_id(OTHER.format(3))}"]


def lines(output: Path, kind: str) -> list[dict[str, object]]:
    paths = [output / one.path for one in read_manifest(output) if one.kind == kind]
    wanted = set(paths)
    texts = {path: data for path, data in contents_below(output) if path in wanted}
    return [json.loads(line) for path in paths for line in texts[path].splitlines()]


def test_what_is_unknown_is_said(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forget(output, URL, "https://courier.example/never", purge=False) == 1
    assert "https://courier.example/never: is not in the ledger" in capsys.readouterr().err
    assert keys(output)[-1] == (URL, 3, "tombstone", True)


def test_twice_is_once(output: Path) -> None:
    assert forget(output, URL) == forget(output, URL, reason=None) == 0
    assert [key[2] for key in keys(output)].count("tombstone") == 3
    with Ledger(output / "ledger.sqlite") as ledger:
        assert [one.what for one in ledger.history(URL)].count("forgotten") == 1


def test_a_purge_leaves_no_trace_of_the_text(output: Path, id_: str) -> None:
    assert len(set(traces(output))) > 6
    for page in ("report.html", "runs/run-1.html", "runs/run-3.html"):
        write_report(output, Scope(run="run-1"), output / page)
    before, cursor = keys(output), read(output)
    old = list(cursor)
    assert forget(output, URL) == 0
    assert traces(output) == []
    after = keys(output)
    assert len(after) == len(before) + 1
    assert [key for key in after if key[0] != f"forgotten:{id_}"] == [
        key for key in before if key[0] != URL
    ]
    assert [key[1:] for key in after if key[0] == f"forgotten:{id_}"] == [
        (version, "tombstone", True) for version in (1, 2, 3)
    ]
    assert not list(output.rglob("*.html"))
    assert [one.id for one in read(output, since=cursor.cursor)] == [id_]
    assert len(old) == len(before)


def test_a_purge_keeps_the_manifest_true(output: Path) -> None:
    before = {(one.kind, one.sequence): one for one in read_manifest(output)}
    inode = (output / "manifest.jsonl").stat().st_ino
    assert forget(output, URL) == 0
    after = {(one.kind, one.sequence): one for one in read_manifest(output)}
    assert (output / "manifest.jsonl").stat().st_ino != inode
    assert {key: one.records for key, one in after.items()} == {
        **{key: one.records for key, one in before.items()},
        ("articles", 4): 1,
    }
    on_disk = {
        str(path.relative_to(output))
        for kind in ("articles", "rejected", "removed")
        for path in (output / kind).rglob("*")
        if path.is_file()
    }
    assert on_disk == {one.path for one in after.values()}
    renewed = sorted(one.path for one in after.values() if "-2." in one.path)
    assert [path.split("/")[0] for path in renewed] == ["articles"] * 2 + ["rejected"] + [
        "removed"
    ] * 2
    assert all(
        one.ops is None or one.ops.new + one.ops.update + one.ops.tombstone == one.records
        for one in after.values()
    )


def test_a_purge_leaves_every_other_record_of_the_archive_where_it_was(output: Path) -> None:
    def whole(path: Path) -> list[tuple[int, str, bytes]]:
        return [
            (one.offset, one.headers.get_header("WARC-Type") or "", one.block)
            for one in read_records(path)
        ]

    paths = sorted((output / "archive").glob("*.warc.gz"))
    before = {path: whole(path) for path in paths}
    assert forget(output, URL) == 0
    gone = 0
    for path in paths:
        after = whole(path)
        assert [offset for offset, *_ in after] == [offset for offset, *_ in before[path]]
        changed = [(old, new) for old, new in zip(before[path], after, strict=True) if old != new]
        gone += len(changed)
        assert all(SECRET in b"".join(old[2] for old, _ in changed) for _ in changed)
        assert all(new[1] == "metadata" and b"removed" in new[2] for _, new in changed)
        with path.open("rb") as file:
            theirs = [record.rec_type for record in ArchiveIterator(file)]
        assert theirs == [kind for _, kind, _ in after]
        assert not any(SECRET in one.body for one in read_archive(path))
    # Response, metadata and request of the article, its second page, its update and its refusal.
    assert gone == 12
    for one in read(output):
        if one.provenance.warc:
            place = one.provenance.warc
            archived = read_response(output / "archive" / place.file, place.offset)
            assert archived.url == one.url


def test_a_reader_that_is_in_the_middle_reads_on(output: Path) -> None:
    reading = read(output, verify=True)
    before, lines_read = keys(output), iter(reading)
    seen = [next(lines_read)]
    assert forget(output, URL) == 0
    seen += lines_read
    assert [one.version for one in seen] == [version for _, version, *_ in before]
    # Of the segment that it has open, what was there; of the others, what is there now.
    assert [one.op for one in seen if one.text is None] == ["tombstone"]
    assert [one.version for one in reading] == [3]


def test_a_dry_run_touches_nothing(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = list(contents_below(output / "articles")) + list(contents_below(output / "archive"))
    assert forget(output, URL, dry_run=True) == 0
    told = capsys.readouterr().out
    assert "version 3 would be its tombstone" in told
    assert "00000001.jsonl.gz: 1 lines" in told
    assert "run-1-00001.warc.gz: 6 records" in told
    after = list(contents_below(output / "articles")) + list(contents_below(output / "archive"))
    assert after == before


def test_a_damaged_archive_is_said_and_the_rest_purged(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = output / "archive" / "run-3-00001.warc.gz"
    path.write_bytes(path.read_bytes()[:-20])
    assert forget(output, URL) == 1
    assert f"{path}: damaged at byte" in capsys.readouterr().err
    path.unlink()
    assert traces(output) == []


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(("size", "folder"), [(2_000, "archive"), (100, "articles")])
def test_a_full_disk_leaves_all_whole(size: int, folder: str, output: Path, id_: str) -> None:
    assert forget(output, URL, purge=False) == 0
    archive = output / "archive" if folder == "archive" else None
    before = keys(output)
    with disk_of(size), pytest.raises(OutputError, match="File too large: free space"):
        purge(output, archive, Targets(reasons={id_: None}), START, id)
    assert keys(output) == before
    assert all(archived.status == 200 for archived in archived_below(output))
    assert forget(output, URL) == 0
    assert traces(output) == []
    assert not list(output.rglob("*.part"))


def archived_below(output: Path) -> Iterator[Archived]:
    for path in sorted((output / "archive").glob("*.warc.gz")):
        yield from read_archive(path)


def test_no_purge_beside_a_live_run(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(_started(output)), SiteLocks(output, "run-8", START) as locks:
        locks.take(["example.org"])
        assert forget(output, URL) == 4
        assert "a run is alive" in capsys.readouterr().err
        assert forget(output, URL, purge=False) == 0
    assert forget(output, URL) == 0
    assert traces(output) == []


def _started(output: Path) -> RunLock:
    lock = RunLock.start(output / OPEN, "run-8")
    assert lock
    return lock


def test_what_a_live_run_is_publishing_has_to_wait(
    output: Path, make_article: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    update = make_article(url=URL, text=f"{STORY} And then the crew sang for the whole night.")
    with closing(_started(output)), Ledger(output / "ledger.sqlite") as ledger:
        ledger.begin("run-8", "news", format_timestamp(START))
        assert ledger.decide(update, "run-8").outcome == "update"
        assert forget(output, URL, purge=False) == 4
        assert "run run-8 is publishing it" in capsys.readouterr().err
    # It died, and its version with it.
    assert forget(output, URL, purge=False) == 0
    assert keys(output)[-1] == (URL, 3, "tombstone", True)


def test_it_is_remembered_longer_than_anything(output: Path) -> None:
    assert forget(output, URL, purge=False) == 0
    path = output / "ledger.sqlite"
    pruned = prune(path, Keep(near=1, history=1, leads=1, memory=1), START + timedelta(days=9_000))
    assert pruned.urls > 0
    assert check(path) == []
    with Ledger(path) as ledger:
        assert ledger.discover([("x", Lead(url=URL, via="feed", at=START))], START) == 1
        assert [one.what for one in ledger.history(URL)] == ["forgotten"]


def test_a_purge_that_is_killed_at_any_step_is_completed_by_the_next(
    output: Path, id_: str, in_memory: Path
) -> None:
    """Readers see what was before, or what is after, at every step."""
    process = subprocess.run(
        [sys.executable, "tests/desk.py", str(output), str(in_memory / "work"), URL],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f".{os.pathsep}tests"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    told = [json.loads(line) for line in process.stdout.splitlines()]
    rounds, ends = told[::2], told[1::2]
    assert len(rounds) > 20
    assert [one["killed"] for one in rounds] == [True] * (len(rounds) - 1) + [False]
    before = [[one.id, one.version, False] for one in read(output)]
    stone = [[id_, 3, True]]
    after = [[key, version, key == id_] for key, version, _ in before] + stone
    assert all(one["seen"] in (before, before + stone, after) for one in rounds)
    assert all(one == {"after": after, "left": [], "faults": []} for one in ends)
