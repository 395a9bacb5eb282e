"""`scrapy verify`: finds what was damaged, says where, and takes nothing else for a fault."""

import json
import sqlite3
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from desk import OTHER, START, STORY, URL, Desk, contents_below, forget
from scrapy.settings import Settings

from cleaning.article import Article
from cleaning.error import InputError
from cleaning.manifest import Segment, read_manifest
from cleaning.segment_file import read_segment
from cleaning.timestamp import format_timestamp
from crawler.commands.verify import Command
from crawler.ledger import Ledger
from crawler.run_lock import RunLock
from crawler.sealing import OPEN, finish_pending, locked_manifest
from crawler.verifying import Verdict, verify

Make = Callable[..., Article]


@pytest.fixture
def output(desk_output: Path) -> Path:
    """A folder to damage."""
    return desk_output


def verified(output: Path, **given: Any) -> tuple[list[str], Verdict]:
    faults: list[str] = []
    verdict = verify(output, faults.append, id, **given)
    assert verdict.faults == len(faults)
    return faults, verdict


def plain(output: Path) -> Path:
    """The segment of articles that is not compressed; it has one line."""
    (path,) = (output / "articles").glob("*/00000003.jsonl")
    return path


def rewrite(output: Path, change: Callable[[list[dict[str, Any]]], Any], **said: Any) -> None:
    """Change the lines of the third segment of articles, and the manifest with them."""
    path = plain(output)
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(records)
    path.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in records))
    data = path.read_bytes()
    facts = {"bytes": len(data), "sha256": sha256(data).hexdigest(), "records": len(records)}
    restate(output, "articles", 3, **facts | said)


def restate(output: Path, kind: str, sequence: int, **said: Any) -> None:
    """Have the manifest say something else of a segment."""
    path = output / "manifest.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    for line in lines:
        if (line["kind"], line["sequence"]) == (kind, sequence):
            line.update(said)
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def manifest(output: Path, change: Callable[[list[bytes]], Any]) -> None:
    path = output / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def flip(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"market", b"Market", 1))


def sql(output: Path, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(output / "ledger.sqlite")) as db, db:
        assert db.execute(statement, values).rowcount


def first_file(output: Path, pattern: str) -> Path:
    return next(iter(sorted(output.glob(pattern))))


def twice(output: Path) -> None:
    other = next(one for one in read_manifest(output) if one.kind == "articles")
    line = next(iter(read_segment(output, other)))
    rewrite(output, lambda records: records.append(json.loads(line)), ops=ops(2, 0))


def ops(new: int, update: int) -> dict[str, int]:
    return {"new": new, "update": update, "tombstone": 0}


#: What is done to the folder, the file and line that the only fault must name, and what it says.
DAMAGES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "a cut segment": (
        lambda output: cut(first_file(output, "articles/*/*.gz")),
        "articles/2026-03-03/00000001.jsonl.gz: is damaged (",
    ),
    "a changed byte": (lambda output: flip(plain(output)), "jsonl: is damaged (its SHA-256 is"),
    "a missing segment": (
        lambda output: first_file(output, "rejected/*/*").unlink(),
        "rejected/2026-03-05/00000001.jsonl: is missing; restore it",
    ),
    "no record": (
        lambda output: rewrite(output, lambda records: records[0].pop("site")),
        "00000003.jsonl, line 1: is no record (",
    ),
    "a value that cannot be": (
        lambda output: rewrite(output, lambda records: records[0].update(word_count=-1)),
        "00000003.jsonl, line 1: is no record (",
    ),
    "a text that is missing": (
        lambda output: rewrite(output, lambda records: records[0].update(text=None)),
        "00000003.jsonl, line 1: a tombstone alone has no text",
    ),
    "another number of lines": (
        lambda output: restate(output, "articles", 3, records=2),
        "00000003.jsonl: is damaged (1 lines, not 2)",
    ),
    "other ops": (
        lambda output: restate(output, "articles", 3, ops=ops(0, 1)),
        "00000003.jsonl: its ops are 1 new, 0 update, 0 tombstone, in the manifest 0 new, 1 upd",
    ),
    "other times": (
        lambda output: restate(output, "rejected", 1, last="2026-03-09T08:00:00+00:00"),
        "rejected/2026-03-05/00000001.jsonl: its times are 2026-03-02T08:00:00+0000 to",
    ),
    "another schema": (
        lambda output: restate(output, "articles", 3, schema="article/0"),
        "00000003.jsonl: its schema is article/1, in the manifest article/0",
    ),
    "a torn line of the manifest": (
        lambda output: manifest(output, lambda lines: lines.append(b'{"kind": "art')),
        "manifest.jsonl, line 8: is torn",
    ),
    "a line twice": (twice, "00000003.jsonl, line 2: "),
    "a file that nobody names": (
        lambda output: plain(output).with_name("00000009.jsonl").write_bytes(b"{}\n"),
        "00000009.jsonl: manifest.jsonl does not name it; no reader sees it",
    ),
    "a file that a purge left": (
        lambda output: plain(output).with_name("00000003-2.jsonl").write_bytes(b"{}\n"),
        "00000003-2.jsonl: manifest.jsonl does not name it; a purge that was killed",
    ),
    "a line that the ledger does not know": (
        lambda output: sql(output, "DELETE FROM version WHERE url = ? AND version = 2", URL),
        "00000002.jsonl.zst, line 1: ",
    ),
    "a version without a line": (
        lambda output: sql(
            output,
            "INSERT INTO version SELECT id, 3, url, fingerprint, title, site, NULL, run_id, 1"
            " FROM version WHERE url = ? AND version = 2",
            URL,
        ),
        f"version 3 ({URL}) has no line",
    ),
    "a copy that was published, without a line": (
        lambda output: sql(
            output,
            "INSERT INTO version SELECT id, 2, url, fingerprint, title, site, id, run_id, 1"
            " FROM version WHERE url = ?",
            OTHER.format(1),
        ),
        "",
    ),
    "another op than the ledger knows": (
        lambda output: sql(
            output, "UPDATE version SET fingerprint = '' WHERE url = ?", OTHER.format(1)
        ),
        "00000001.jsonl.gz, line 1: ",
    ),
    "a URL without a version": (
        lambda output: sql(
            output,
            "INSERT INTO url (url, id, state, fetched_at, run_id, sealed)"
            " VALUES ('https://a.example/', 'b', 'published', '2026', 'run-1', 1)",
        ),
        "ledger.sqlite: https://a.example/ is published, but there is no version of it",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_one_line(damage: str, output: Path) -> None:
    do, expected = DAMAGES[damage]
    do(output)
    faults, _ = verified(output)
    own = [fault for fault in faults if "has no line" not in fault or "no line" in expected]
    if not expected:
        assert faults == []
        return
    (fault,) = own
    assert expected in fault
    assert fault.startswith(str(output))
    assert "\n" not in fault


def test_what_is_sound_is_sound(output: Path) -> None:
    before = {path: data for path, data in contents_below(output) if "ledger" not in path.name}
    faults, verdict = verified(output)
    assert faults == []
    assert (verdict.segments, verdict.records, verdict.articles) == (7, 6, 5)
    assert verdict.notes == []
    after = {path: data for path, data in contents_below(output) if "ledger" not in path.name}
    assert after == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda lines: lines.pop(0), "line 3: articles 2 follows on 0"),
        (lambda lines: lines.append(lines[0]), "line 8: articles 1 follows on 3"),
        (lambda lines: lines.insert(0, b"{}\n"), "line 1: no segment"),
    ],
)
def test_a_damaged_manifest_is_told(
    change: Callable[[list[bytes]], Any], expected: str, output: Path
) -> None:
    manifest(output, change)
    faults, _ = verified(output)
    assert any(fault.startswith(f"{output}/manifest.jsonl, {expected}") for fault in faults) or any(
        expected.partition(": ")[2] in fault for fault in faults
    )


@pytest.mark.parametrize("damage", ["a cut segment", "a missing segment", "other ops"])
def test_quick_reads_no_segment(damage: str, output: Path) -> None:
    DAMAGES[damage][0](output)
    faults, verdict = verified(output, quick=True)
    assert len(faults) == (damage != "other ops")
    assert verdict.segments == 7


def test_a_gap_between_versions_is_told(output: Path) -> None:
    """The ledger has lost it as well, so that nothing else tells."""
    sql(output, "UPDATE version SET version = 3 WHERE url = ? AND version = 2", URL)
    (second,) = (
        one for one in read_manifest(output) if (one.kind, one.sequence) == ("articles", 2)
    )
    lines = [line.replace(b'"version":2', b'"version":3') for line in read_segment(output, second)]
    reseal(output, second, lines)
    (fault,) = verified(output)[0]
    assert "00000002.jsonl.zst, line 1: " in fault
    assert "version 3 follows on version 1" in fault


def reseal(output: Path, segment: Segment, lines: list[bytes]) -> None:
    other = output / "other"
    other.mkdir()
    Desk(other).seal("run-1", {"articles": list(map(msgspec.Raw, lines))}, "zst")
    first_file(other, "articles/*/*").replace(output / segment.path)
    data = (output / segment.path).read_bytes()
    digest = sha256(data).hexdigest()
    restate(output, "articles", segment.sequence, bytes=len(data), sha256=digest)


def test_what_was_forgotten_by_age_is_excused(output: Path) -> None:
    sql(output, "DELETE FROM version WHERE url = ?", OTHER.format(1))
    sql(output, "DELETE FROM url WHERE url = ?", OTHER.format(1))
    assert "is not in the ledger" in verified(output)[0][0]
    faults, verdict = verified(output, memory_days=90)
    assert faults == []
    assert verdict.notes == ["1 records are of articles that the ledger has forgotten"]


def test_dropped_copies_have_no_line(output: Path, make_article: Make) -> None:
    copy = make_article(url="https://late.example/copy", text=STORY)
    with Ledger(output / "ledger.sqlite", drop_duplicates=True) as ledger:
        ledger.begin("run-9", "news", format_timestamp(START))
        assert ledger.decide(copy, "run-9").dropped
        ledger.seal("run-9")
    faults, verdict = verified(output)
    assert faults == []
    assert verdict.notes == ["1 copies were dropped, and have no line"]


def test_what_is_purged_is_sound(output: Path) -> None:
    assert forget(output, URL) == 0
    faults, verdict = verified(output)
    assert (faults, verdict.records) == ([], 7)


def test_what_a_run_is_publishing_is_no_fault(output: Path, make_article: Make) -> None:
    lock = RunLock.start(output / OPEN, "run-9")
    assert lock
    with closing(lock), Ledger(output / "ledger.sqlite") as ledger:
        ledger.begin("run-9", "news", format_timestamp(START))
        ledger.decide(make_article(url=OTHER.format(7), text="A new tram. " * 40), "run-9")
        faults, verdict = verified(output)
        assert (faults, verdict.notes) == ([], ["run run-9 is publishing 1 versions"])
    faults, verdict = verified(output)
    assert faults == []
    assert verdict.notes == ["run run-9 died; the next run will finish 1 versions"]


def test_runs_may_publish_meanwhile(output: Path, make_article: Make) -> None:
    """What is sealed after the first look is no part of it."""
    desk = Desk(output)
    desk.runs = 9

    def publish(segment: Segment) -> None:
        def one(_: Desk) -> Iterator[Article]:
            made = make_article(url=OTHER.format(f"{segment.kind}{segment.sequence}"))
            yield replace(made, text=f"{segment.path} is looked at. " * 40)

        desk.publish(one)

    faults: list[str] = []
    verdict = verify(output, faults.append, publish)
    assert faults == []
    assert verdict.segments == 7
    assert verified(output)[1].segments == 7 + 2 * 7


def test_a_purge_meanwhile_ends_it(output: Path) -> None:
    path = output / "manifest.jsonl"

    def replaced(_: Segment) -> None:
        path.with_suffix(".part").write_bytes(path.read_bytes())
        path.with_suffix(".part").replace(path)

    with pytest.raises(InputError, match="was replaced meanwhile"):
        verify(output, [].append, replaced)


def test_without_a_ledger_the_rest_is_checked(output: Path) -> None:
    for path in output.glob("ledger.sqlite*"):
        path.unlink()
    flip(plain(output))
    faults, verdict = verified(output)
    assert len(faults) == 1
    assert verdict.notes == ["there is no ledger.sqlite to compare with"]
    assert not (output / "ledger.sqlite").exists()


def test_a_killed_sealing_is_no_fault(output: Path) -> None:
    """The file is there, its line is torn: it is noted what that is to say."""
    path = output / "manifest.jsonl"
    *lines, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, last[:30]]))
    step = {"part": "open/run-3.rejected.part", "segment": msgspec.Raw(last)}
    (output / "manifest.pending").write_bytes(msgspec.json.encode([step]))
    faults, verdict = verified(output)
    assert faults == []
    (note,) = verdict.notes
    assert note.endswith("was being sealed by who was killed; the next run will")
    with locked_manifest(output):
        finish_pending(output)
    assert path.read_bytes() == b"".join([*lines, last])
    assert verified(output)[1].notes == []


def run(*args: str) -> int:
    """`scrapy verify`, in this process; its exit code."""
    command = Command()
    command.settings = Settings({"COPYDESK_OUTPUT": "nowhere", "COPYDESK_MEMORY_DAYS": 0})
    command.run([*args], Namespace(quick=False))
    return int(command.exitcode or 0)


@pytest.mark.parametrize(("damaged", "code"), [(False, 0), (True, 1)])
def test_the_command_says_it(
    damaged: bool, code: int, output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if damaged:
        flip(plain(output))
    assert run(str(output)) == code
    told = capsys.readouterr()
    assert told.out.count("\n") == code
    judged = "1 faults" if damaged else "sound"
    assert f"{output}: {judged}: 7 segments, 6 records, " in told.err.splitlines()[-1]


def test_a_folder_that_is_none_is_said(scrapy: Callable[..., Any], tmp_path: Path) -> None:
    process = scrapy("verify", tmp_path / "nothing")
    assert process.returncode == 1
    assert process.stderr.endswith("there is no such folder; name the output of a crawl\n")
