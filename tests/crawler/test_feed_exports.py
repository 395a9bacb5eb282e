"""Scrapy's FEEDS beside what copydesk publishes: whole crawls."""

import csv
import gzip
import json
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OLD = '{"title": "Yesterday"}\n'


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    folder.mkdir()
    (folder / "all.jsonl").write_text(OLD, encoding="utf-8")
    return folder


def lines(path: Path) -> list[Any]:
    assert path.read_bytes().endswith(b"\n")
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def by_id(record: dict[str, Any]) -> str:
    return str(record["id"])


def test_each_record_in_each_format(courier: Any, feeds: Path) -> None:
    zipped = ["scrapy.extensions.postprocessing.GzipPlugin"]
    given = {
        f"{feeds}/all.jsonl": {"format": "jsonlines", "overwrite": True},
        f"file://{feeds}/all.csv": {"format": "csv"},
        f"{feeds}/all.jsonl.gz": {"format": "jsonlines", "postprocessing": zipped},
        f"{feeds}/%(batch_id)03d.jsonl": {"format": "jsonlines", "batch_item_count": 15},
        "stdout:": {"format": "jsonlines"},
    }
    crawl = courier.crawl("-s", f"FEEDS={json.dumps(given)}")
    assert crawl.process.returncode == 0
    records = crawl.lines("articles")
    assert len(records) > 30
    exported = lines(feeds / "all.jsonl")
    assert sorted(exported, key=by_id) == sorted(records, key=by_id)
    assert [json.loads(line) for line in crawl.process.stdout.splitlines()] == exported
    unzipped = gzip.decompress((feeds / "all.jsonl.gz").read_bytes())
    assert [json.loads(line) for line in unzipped.splitlines()] == exported
    batches = sorted(feeds.glob("0*.jsonl"))
    assert [len(lines(path)) for path in batches[:-1]] == [15] * (len(batches) - 1)
    assert [one for path in batches for one in lines(path)] == exported
    with (feeds / "all.csv").open(encoding="utf-8", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [one["text"] for one in exported]
    assert not list(feeds.glob(".*"))


def test_killed_then_ended(courier: Any, feeds: Path) -> None:
    feed = feeds / "all.jsonl"
    for sent, count in ((signal.SIGKILL, 30), (signal.SIGTERM, 30)):
        with courier.start("-O", str(feed)) as process:
            courier.newsroom.requests.wait_for(count)
            process.send_signal(sent)
        if sent is signal.SIGKILL:
            assert feed.read_text("utf-8") == OLD
    said = json.loads(max((courier.output / "runs").glob("*.json")).read_bytes())
    assert len(lines(feed)) == said["published"] > 0
    assert not list(feeds.glob(".*"))


@pytest.fixture
def own_mounts() -> str:
    """The command that lets another one mount what only it sees."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-m", "true"], check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here: be root")
    return unshare


def test_a_disk_that_fills_up(courier: Any, feeds: Path, tmp_path: Path, own_mounts: str) -> None:
    """The feed's own: what is published is elsewhere, and whole."""
    script = """
        mount -t tmpfs -o size=32k tmpfs "$0" && cp "$1" "$0/all.jsonl" && shift && "$@"
        code=$?; ls -A "$0"; cat "$0/all.jsonl"; exit $code
    """
    (tmp_path / "old").write_text(OLD, encoding="utf-8")
    command = courier.command("-O", f"{feeds}/all.jsonl")
    told = subprocess.run(
        [own_mounts, "-m", "sh", "-c", script, feeds, tmp_path / "old", *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stdout == f"all.jsonl\n{OLD}"
    errors = [line for line in told.stderr.splitlines() if "ERROR" in line]
    assert len(errors) == 1
    assert errors[0].endswith("all.jsonl: No space left on device: free space there and run again")
    assert "Traceback" not in told.stderr
    assert len(courier.records()) > 30
