"""`scrapy read` as a real process: lines, cursors, choices, and how it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article

Scrapy = Callable[..., CompletedProcess[str]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def articles(make_articles: Callable[[int], list[Article]]) -> list[Article]:
    return make_articles(7)


@pytest.fixture
def folder(tmp_path: Path, articles: list[Article]) -> Path:
    """Three segments: plain, zstd, gzip."""
    sealer = Sealer(tmp_path / "output")
    for start, end, packed in ((0, 3, ""), (3, 4, ".zst"), (4, 7, ".gz")):
        sealer.seal(articles[start:end], packed)
    return sealer.folder


def lines(articles: list[Article]) -> str:
    return "".join(f"{msgspec.json.encode(article).decode()}\n" for article in articles)


def test_lines_as_published_and_the_cursor_last(
    scrapy: Scrapy, folder: Path, articles: list[Article]
) -> None:
    told = scrapy("read", folder)
    assert (told.returncode, told.stdout) == (0, lines(articles))
    assert told.stderr == "7 records, cursor 3:3\n"
    rest = scrapy("read", folder, "--since", "1:2")
    assert (rest.stdout, rest.stderr) == (lines(articles[2:]), "5 records, cursor 3:3\n")


def test_the_folder_of_the_settings_is_the_default(
    scrapy: Scrapy, folder: Path, articles: list[Article], tmp_path: Path
) -> None:
    out = tmp_path / "all.jsonl"
    assert scrapy("read", "-s", f"COPYDESK_OUTPUT={folder}", "-o", out).returncode == 0
    assert out.read_text("utf-8") == lines(articles)


def test_a_job_with_a_cursor_file_gets_each_once(
    scrapy: Scrapy, folder: Path, articles: list[Article], tmp_path: Path
) -> None:
    cursor, out = tmp_path / "state" / "cursor", tmp_path / "new.jsonl"
    job = ("read", folder, "--cursor", cursor, "-o", out, "--verify")
    assert scrapy(*job).returncode == 0
    assert (out.read_text("utf-8"), cursor.read_text()) == (lines(articles), "3:3\n")
    assert scrapy(*job).returncode == 0
    assert not out.exists(), "a file of the last time would be taken twice"
    Sealer(folder).seal(articles[:1])
    assert scrapy(*job).returncode == 0
    assert (out.read_text("utf-8"), cursor.read_text()) == (lines(articles[:1]), "4:1\n")
    assert [path.name for path in cursor.parent.iterdir()] == ["cursor"]


def test_choices(scrapy: Scrapy, folder: Path, articles: list[Article]) -> None:
    first, second, *_ = dict.fromkeys(article.site for article in articles)
    told = scrapy("read", folder, "--op", "new,update", "--site", first, "--site", f"{second},x.y")
    assert told.stdout == lines([one for one in articles if one.site in {first, second}])
    assert scrapy("read", folder, "--op", "tombstone").stderr == "0 records, cursor 3:3\n"
    assert scrapy("read", folder, "--latest", "--no-duplicates").stdout == lines(articles)


@pytest.mark.parametrize(
    ("kind", "key"), [("zyte", "articleBody"), ("newsarticle", "articleBody"), ("article", "text")]
)
def test_kinds(
    scrapy: Scrapy, tmp_path: Path, make_article: Callable[..., Article], kind: str, key: str
) -> None:
    article = make_article()
    tombstone = json.loads(msgspec.json.encode(article)) | {"op": "tombstone", "text": None}
    sealer = Sealer(tmp_path)
    sealer.append(sealer.place([msgspec.json.encode(one) for one in (article, tombstone)]))
    told = scrapy("read", tmp_path, "--as", kind)
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    assert rows[0][key] == article.text
    assert len(rows) == (2 if kind == "article" else 1)
    assert ("1 tombstones left out" in told.stderr) == (kind != "article")
    assert told.stderr.endswith("cursor 1:2\n")


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("a", "b"), 2, "name one folder, or none"),
        (("--latests",), 2, "unknown option --latests"),
        (("--since", "yesterday"), 2, "'yesterday' is no cursor; give one that a reading ended"),
        (("--since", "1:1", "--cursor", "x"), 2, "not allowed with argument"),
        (("--op", "new,old"), 2, "--op old: name one of new, update, tombstone"),
        (("--as", "rss"), 2, "invalid choice: 'rss'"),
        (("--follow", "--latest"), 2, "--latest ends with what is published"),
        (("--follow", "-o", "x.jsonl"), 2, "--follow has no end"),
        (("missing",), 1, "missing: there is no such folder; name the output of a crawl"),
        (("{folder}", "--since", "9:1"), 1, "cursor 9:1: "),
        (("{folder}", "--cursor", "README.md"), 1, "README.md: holds no cursor; restore it"),
        (("{folder}", "--cursor", "docs"), 1, "docs: Is a directory; make it readable"),
        (("{folder}", "-o", "docs"), 1, "docs: is a folder; name a file in it"),
    ],
)
def test_called_wrongly(
    scrapy: Scrapy, folder: Path, given: tuple[str, ...], code: int, said: str
) -> None:
    told = scrapy("read", *(arg.replace("{folder}", str(folder)) for arg in given))
    assert (told.returncode, told.stdout) == (code, "")
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_before_anything_is_published(scrapy: Scrapy, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    told = scrapy("read", tmp_path, "--cursor", cursor)
    assert (told.returncode, told.stdout, cursor.read_text()) == (0, "", "0:0\n")


def test_a_damaged_segment_ends_it_behind_what_was_whole(
    scrapy: Scrapy, folder: Path, articles: list[Article], tmp_path: Path
) -> None:
    """To stdout what is whole is given, and the cursor kept; a file would not be whole."""
    (path,) = folder.glob("articles/*/*.zst")
    path.unlink()
    cursor, out = tmp_path / "cursor", tmp_path / "out.jsonl"
    filed = scrapy("read", folder, "--cursor", cursor, "-o", out)
    assert filed.returncode == 1
    assert not out.exists()
    assert not cursor.exists()
    told = scrapy("read", folder, "--cursor", cursor)
    assert (told.returncode, told.stdout) == (1, lines(articles[:3]))
    assert f"{path}: is missing; restore it from a copy, or read on behind it" in told.stderr
    assert cursor.read_text() == "1:3\n"


def test_who_has_had_enough_is_left_in_peace(
    folder: Path, articles: list[Article], tmp_path: Path
) -> None:
    """As `scrapy read | head -n 1`; the cursor stays, as nobody knows what was read."""
    Sealer(folder).seal(articles * 200)
    cursor = tmp_path / "cursor"
    with _reader(folder, "--cursor", cursor, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == lines(articles[:1]).encode()
        process.stdout.close()
        assert process.wait() == 1
        assert process.stderr.read() == b""
    assert not cursor.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no /dev/full")
def test_a_full_disk_moves_no_cursor(folder: Path, tmp_path: Path) -> None:
    cursor = tmp_path / "cursor"
    with Path("/dev/full").open("wb") as full:
        process = _reader(folder, "--cursor", cursor, stdout=full, stderr=subprocess.PIPE)
    _, said = process.communicate()
    assert (process.returncode, cursor.read_text()) == (1, "0:0\n")
    assert said.decode() == (
        "scrapy read: stdout: No space left on device: free space there and run again\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_following_ends_in_order(
    folder: Path, articles: list[Article], tmp_path: Path, number: int
) -> None:
    """What comes while it waits is given at once, and the cursor kept."""
    cursor = tmp_path / "cursor"
    given = ("--follow", "--cursor", cursor)
    with _reader(folder, *given, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for expected in (articles, articles[:2]):
            found = b"".join(process.stdout.readline() for _ in expected)
            assert found.decode() == lines(expected)
            Sealer(folder).seal(articles[:2], ".zst")
        assert process.stdout.readline()
        process.send_signal(number)
        rest = process.stdout.read()
        assert rest == b"" or rest.endswith(b"\n")
        assert process.wait() == 0
        assert process.stderr.read().decode().endswith(f"cursor {cursor.read_text()}")


def test_it_follows_what_is_not_there_yet(tmp_path: Path, articles: list[Article]) -> None:
    with _reader(tmp_path / "later", "--follow") as process:
        assert process.stdout is not None
        Sealer(tmp_path / "later").seal(articles)
        assert process.stdout.readline() == lines(articles[:1]).encode()
        process.terminate()
        process.stdout.read()
        assert process.wait() == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_between(
    folder: Path, articles: list[Article], tmp_path: Path, number: int, code: int
) -> None:
    """The line in hand is whole, and the cursor behind it."""
    Sealer(folder).seal(articles * 2_000)
    cursor = tmp_path / "cursor"
    with _reader(folder, "--cursor", cursor) as process:
        assert process.stdout is not None
        given = process.stdout.readline()
        # It cannot end before: the pipe holds but a part of all that.
        process.send_signal(number)
        given += process.stdout.read()
        assert process.wait() == code
    count = given.count(b"\n")
    assert given.endswith(b"\n")
    assert 0 < count < 14_007
    sequence, lines_ = map(int, cursor.read_text().split(":"))
    assert count == (0, 0, 3, 4, 7)[sequence] + lines_


def test_stopped_before_the_file_is_whole(folder: Path, articles: list[Article]) -> None:
    """A signal before the end: no file, no cursor, and the code that shells expect."""
    Sealer(folder).seal(articles * 2_000)
    cursor, out = folder / "cursor", folder / "out.jsonl"
    with _reader(folder, "--cursor", cursor, "-o", out, stderr=subprocess.PIPE) as process:
        while not out.with_name("out.jsonl.part").exists() and process.poll() is None:
            os.sched_yield()
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read().decode()
        assert process.wait() == 130, said
    assert not list(folder.glob("out*"))
    assert not cursor.exists()
    assert said == "scrapy read: stopped; nothing is in the output file\n"


def _reader(folder: Path, *given: Any, **streams: Any) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "scrapy", "read", str(folder), *map(str, given))
    return subprocess.Popen(command, cwd=ROOT, **{"stdout": subprocess.PIPE} | streams)
