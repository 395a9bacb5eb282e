"""Segments appear whole or not at all, whatever the disk does."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import BaseSettings

from cleaning.article import Article
from cleaning.error import InputError, OutputError
from cleaning.read import read
from crawler.ledger import Ledger
from crawler.recovery import recover
from crawler.sealing import (
    Part,
    finish_pending,
    locked_manifest,
    seal_parts,
    segments_of,
)
from crawler.segments import Limits, Publication, encode, part_path

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
Make = Callable[..., Article]

# Limits the size of files, so that a line hits a real error of the system half-way.
FULL_DISK = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cleaning.error import OutputError
from crawler.ledger import Ledger
from crawler.segments import Publication

NOW = datetime(2026, 3, 2, tzinfo=UTC)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
output = Path(sys.argv[1])
with Ledger(output / "ledger.sqlite") as ledger:
    publication = Publication(output, "run", ledger)
    resource.setrlimit(resource.RLIMIT_FSIZE, (250, resource.RLIM_INFINITY))
    for number in range(10):
        try:
            publication.write("rejected", b'{"n":"' + b"x" * 90 + b'"}')
        except OutputError as error:
            print(error)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    if "--freed" in sys.argv:
        publication.write("rejected", b'{"n":1}')
        publication.seal(NOW)
    publication.close()
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        yield opened


@pytest.fixture
def publish(tmp_path: Path, ledger: Ledger) -> Iterator[Callable[..., Publication]]:
    """Begins runs in one folder; they are let go at the end."""
    begun: list[Publication] = []

    def begin(run_id: str = "run", **limits: Any) -> Publication:
        begun.append(Publication(tmp_path, run_id, ledger, Limits(**limits)))
        return begun[-1]

    yield begin
    for publication in begun:
        publication.close()


def manifest(output: Path) -> list[dict[str, Any]]:
    path = output / "manifest.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def test_nothing_is_seen_before_the_seal(
    tmp_path: Path, publish: Callable[..., Publication], make_article: Make
) -> None:
    publication = publish()
    publication.write("articles", encode(make_article(text="桥")))
    assert (manifest(tmp_path), list(read(tmp_path))) == ([], [])
    (segment,) = publication.seal(NOW)
    assert segment.path == "articles/2026-03-02/00000001.jsonl"
    assert [article.text for article in read(tmp_path, verify=True)] == ["桥"]


def test_the_manifest_tells_what_is_in_a_segment(
    tmp_path: Path, publish: Callable[..., Publication], make_article: Make, make_provenance: Any
) -> None:
    times = ("2026-03-02T09:00:00+01:00", "2026-03-02T07:00:00+00:00", "2026-03-02T08:30:00+00:00")
    publication = publish()
    for number, (at, op) in enumerate(zip(times, ("new", "update", "new"), strict=True)):
        made = make_article(
            url=f"https://example.com/{number}", op=op, provenance=make_provenance(fetched_at=at)
        )
        publication.write("articles", encode(made))
    publication.write("removed", b'{"id":"1"}')
    publication.seal(NOW)
    articles, removed = manifest(tmp_path)
    file = tmp_path / articles["path"]
    assert articles | {"sha256": ""} == {
        "kind": "articles",
        "sequence": 1,
        "path": "articles/2026-03-02/00000001.jsonl",
        "records": 3,
        "bytes": file.stat().st_size,
        "sha256": "",
        "first": times[1],
        "last": times[2],
        "schema": "article/1",
        "run": "run",
        "ops": {"new": 2, "update": 1, "tombstone": 0},
        "sealed_at": "2026-03-02T08:00:00+00:00",
    }
    assert (removed["kind"], removed["ops"], removed["first"]) == ("removed", None, None)


def test_nothing_written_leaves_nothing(
    tmp_path: Path, publish: Callable[..., Publication]
) -> None:
    publication = publish()
    assert publication.seal(NOW, has_ended=True) == []
    publication.close()
    publication.close()
    assert manifest(tmp_path) == []
    assert list((tmp_path / "open").iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "lines", "later", "due"),
    [
        ({}, 1, 0, False),
        ({"records": 3}, 2, 0, False),
        ({"records": 3}, 3, 0, True),
        ({"bytes": 30}, 2, 0, False),
        ({"bytes": 30}, 4, 0, True),
        ({"seconds": 60}, 1, 59, False),
        ({"seconds": 60}, 1, 61, True),
        ({"seconds": 60}, 0, 999, False),
    ],
)
def test_parts_are_sealed_by_count_size_and_age(
    publish: Callable[..., Publication], limits: Any, lines: int, later: int, due: bool
) -> None:
    publication = publish(**limits)
    for _ in range(lines):
        publication.write("rejected", b'{"n":"1"}')
    assert publication.is_due(datetime.now(UTC) + timedelta(seconds=later)) is due


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_segments_can_be_compressed(
    tmp_path: Path, publish: Callable[..., Publication], make_article: Make, packing: str
) -> None:
    publication = publish(packing=packing)
    publication.write("articles", encode(make_article()))
    (segment,) = publication.seal(NOW)
    assert segment.path.endswith(f".jsonl.{packing}")
    assert [article.version for article in read(tmp_path, verify=True)] == [1]
    assert list((tmp_path / "open").glob("*.part*")) == []


def test_runs_side_by_side_share_one_sequence(
    tmp_path: Path, publish: Callable[..., Publication], make_article: Make
) -> None:
    runs = [publish(f"run-{number}") for number in range(3)]
    for number in range(9):
        made = make_article(url=f"https://example.com/{number}")
        runs[number % 3].write("articles", encode(made))
        runs[number % 3].seal(NOW)
    assert [one["sequence"] for one in manifest(tmp_path)] == list(range(1, 10))
    assert [one["run"] for one in manifest(tmp_path)] == [f"run-{n % 3}" for n in range(9)]
    assert [each.sequence for each in segments_of(tmp_path, "run-1", "articles")] == [2, 5, 8]


def test_a_long_manifest_is_gone_on_with(
    tmp_path: Path, publish: Callable[..., Publication]
) -> None:
    """A kind that was sealed long ago goes on with its own sequence."""
    publication = publish()
    for kind in ("removed", *["rejected"] * 300, "removed"):
        publication.write(kind, b"{}")
        publication.seal(NOW)
    lines = manifest(tmp_path)
    assert [one["sequence"] for one in lines if one["kind"] == "rejected"] == list(range(1, 301))
    assert lines[-1]["sequence"] == 2
    assert (tmp_path / "manifest.jsonl").stat().st_size > 65_536


@pytest.mark.parametrize("left", ["part", "lock", "segment"])
def test_a_name_is_never_used_twice(
    tmp_path: Path, publish: Callable[..., Publication], left: str
) -> None:
    """A run that takes an earlier one's name is refused, and touches nothing."""
    publication = publish()
    if left != "lock":
        publication.write("rejected", b"{}")
    if left == "segment":
        publication.seal(NOW)
    if left != "lock":
        publication.close()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OutputError, match="run run has been here before: start this run under"):
        publish()
    assert sorted(tmp_path.rglob("*")) == before


def full_disk(folder: Path, *options: str) -> str:
    """Runs FULL_DISK in a process of its own; gives what it printed."""
    command = [sys.executable, "-c", FULL_DISK, str(folder), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    """The half line is cut at once, and one line says what to do."""
    message = full_disk(tmp_path)
    part = part_path(tmp_path, "run", "rejected")
    assert message == f"{part}: File too large: free space there and run again\n"
    assert [json.loads(line) for line in part.read_bytes().splitlines()] == [{"n": "x" * 90}] * 2


def test_a_full_disk_that_is_freed(tmp_path: Path) -> None:
    """The same run can go on."""
    full_disk(tmp_path, "--freed")
    (segment,) = manifest(tmp_path)
    assert segment["records"] == 3


def test_a_file_where_the_folder_should_be(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "open").write_bytes(b"")
    with pytest.raises(OutputError, match="a file stands where a folder should"):
        Publication(tmp_path, "run", ledger)


class TestPending:
    """What a sealer has noted, and died before it was done."""

    @pytest.fixture
    def parts(self, tmp_path: Path, make_article: Make) -> list[Part]:
        folder = tmp_path / "open"
        folder.mkdir()
        made = {"articles": encode(make_article()), "rejected": b'{"at":"2026-03-02T08:00:00Z"}'}
        parts = [Part(kind, folder / f"run.{kind}.part") for kind in ("articles", "rejected")]
        for part in parts:
            part.path.write_bytes(made[part.kind] + b"\n")
        return parts

    def finish(self, output: Path) -> None:
        with locked_manifest(output):
            finish_pending(output)

    @pytest.mark.parametrize("torn", [0, 1, 100, 480, 650])
    def test_is_finished_from_wherever_it_stood(
        self, tmp_path: Path, parts: list[Part], torn: int
    ) -> None:
        """Both renamed and so much of the manifest written; or noted and nothing done."""
        seal_parts(tmp_path, "run", parts, "", NOW)
        whole = (tmp_path / "manifest.jsonl").read_bytes()
        lines = [json.loads(line) for line in whole.splitlines()]
        steps = [{"part": f"open/run.{one['kind']}.part", "segment": one} for one in lines]
        (tmp_path / "manifest.pending").write_text(json.dumps(steps))
        if torn:
            (tmp_path / "manifest.jsonl").write_bytes(whole[:torn])
        else:
            (tmp_path / "manifest.jsonl").unlink()
            (tmp_path / lines[1]["path"]).rename(parts[1].path)
        self.finish(tmp_path)
        self.finish(tmp_path)
        assert (tmp_path / "manifest.jsonl").read_bytes() == whole
        assert not (tmp_path / "manifest.pending").exists()
        assert len(list(read(tmp_path, verify=True))) == 1

    def test_the_next_sealer_finishes_it_first(self, tmp_path: Path, parts: list[Part]) -> None:
        seal_parts(tmp_path, "run", parts[:1], "", NOW)
        (line,) = manifest(tmp_path)
        (tmp_path / "manifest.jsonl").unlink()
        step = {"part": "open/run.articles.part", "segment": line}
        (tmp_path / "manifest.pending").write_text(json.dumps([step]))
        seal_parts(tmp_path, "other", parts[1:], "", NOW)
        assert [one["run"] for one in manifest(tmp_path)] == ["run", "other"]

    def test_a_noted_file_that_is_gone_is_named(self, tmp_path: Path, parts: list[Part]) -> None:
        seal_parts(tmp_path, "run", parts[:1], "", NOW)
        (line,) = manifest(tmp_path)
        step = {"part": "open/run.articles.part", "segment": line | {"sequence": 2}}
        step["segment"]["path"] = "articles/2026-03-02/00000002.jsonl"
        (tmp_path / "manifest.pending").write_text(json.dumps([step]))
        with pytest.raises(OutputError, match=r"00000002\.jsonl: is named by nothing that is left"):
            self.finish(tmp_path)


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (b"", 0),
        (b'{"torn', 0),
        (b"LINE", 1),
        (b'LINE{"torn', 1),
        (b'LINE{"torn' + b"x" * 200_000, 1),
        (b"LINELINE\0\0\0\0", 2),
        ('LINE{"n":"桥'.encode()[:-1], 1),
    ],
)
def test_recovery_cuts_at_the_last_whole_line(
    tmp_path: Path, ledger: Ledger, make_refusal: Any, left: bytes, kept: int
) -> None:
    """And seals what is left, if anything is."""
    line = encode(make_refusal()) + b"\n"
    part = part_path(tmp_path, "dead", "rejected")
    part.parent.mkdir()
    part.write_bytes(left.replace(b"LINE", line))
    recover(ledger, tmp_path, NOW, "gz")
    assert list(part.parent.iterdir()) == []
    if kept:
        (segment,) = manifest(tmp_path)
        assert gzip.decompress((tmp_path / segment["path"]).read_bytes()) == line * kept
    else:
        assert manifest(tmp_path) == []


def test_nothing_to_recover(tmp_path: Path, ledger: Ledger) -> None:
    """A folder that is not there yet is no error."""
    assert recover(ledger, tmp_path / "output", NOW) == 0


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("RECORDS", 0, "is no number from 1 on"),
        ("MB", "many", "is no number from 0.001 on"),
        ("SECONDS", -1, "is no number from 0 on"),
        ("PACKING", "zip", "set it to  or gz or zst"),
    ],
)
def test_settings_that_cannot_be_are_said(name: str, value: Any, message: str) -> None:
    given = {"RECORDS": 1, "MB": 1, "SECONDS": 1, "PACKING": ""} | {name: value}
    settings = {f"COPYDESK_SEGMENT_{key}": one for key, one in given.items()}
    with pytest.raises(InputError, match=message):
        Limits.from_settings(BaseSettings(settings))
