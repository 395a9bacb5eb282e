"""Readers that follow a writer which is killed again and again, and are killed themselves."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article
from cleaning.read import read

ROOT = Path(__file__).parents[2]
COUNT = 400
KILLS = 30

# Follows, keeps articles and then the cursor, each in one write, until it has the last one.
CONSUMER = """
import os, sys
from pathlib import Path
from cleaning.read import every, read

folder, kept, cursor, last = sys.argv[1:]
since = Path(cursor).read_text() if Path(cursor).exists() else None
store = os.open(kept, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
reading = read(folder, since=since, follow=every(0.001), verify=True)
for article in reading:
    os.write(store, f"{article.id} {article.version}\\n".encode())
    Path(f"{cursor}.part").write_text(reading.cursor)
    Path(f"{cursor}.part").replace(cursor)
    print(article.id, flush=True)
    if f"{article.id} {article.version}" == last:
        break
"""


@pytest.fixture
def source(tmp_path: Path, make_article: Callable[..., Article]) -> Path:
    """Articles that have up to three versions each."""
    path = tmp_path / "source.jsonl"
    versions = [
        make_article(id=f"{number // 3:032x}", version=number % 3 + 1, title=f"Title {number}")
        for number in range(COUNT)
    ]
    path.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in versions))
    return path


@pytest.fixture
def chance() -> Random:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
    return Random(seed)  # noqa: S311 - no secret


def start(*command: object) -> "subprocess.Popen[bytes]":
    given = [sys.executable, *map(str, command)]
    environment = os.environ | {"PYTHONPATH": f".{os.pathsep}tests"}
    return subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, env=environment)


def killed(process: "subprocess.Popen[bytes]", steps: int) -> bool:
    """Kill a process when it has said so many lines; whether that came before its end."""
    with process:
        assert process.stdout is not None
        said = sum(bool(process.stdout.readline()) for _ in range(steps))
        process.kill()
    return said == steps


def writers(folder: Path, source: Path, chance: Random) -> Iterator[str]:
    """Killed at random steps, the manifest's torn line among them; the last one is left to end."""
    for _ in range(KILLS):
        process = start("tests/sealing.py", folder, source, chance.random())
        killed(process, chance.randint(1, 9))
        yield "killed"
    with start("tests/sealing.py", folder, source, chance.random()) as process:
        process.communicate()
        assert process.returncode == 0


def test_a_following_reader_sees_each_once_in_order(
    tmp_path: Path, source: Path, chance: Random
) -> None:
    folder, cursor = tmp_path / "output", tmp_path / "cursor"
    given = (folder, "--follow", "--cursor", cursor, "--verify")
    with start("-m", "scrapy", "read", *given) as reader:
        for _ in writers(folder, source, chance):
            assert reader.poll() is None
        assert reader.stdout is not None
        seen = [reader.stdout.readline() for _ in range(COUNT)]
        assert b"".join(seen) == source.read_bytes()
        reader.send_signal(signal.SIGTERM)
        assert reader.stdout.read() == b""
        assert reader.wait() == 0
    last = Sealer(folder).segments[-1]
    assert cursor.read_text() == f"{last.sequence}:{last.records}\n"


def test_a_killed_consumer_that_keeps_its_cursor_loses_nothing(
    tmp_path: Path, source: Path, chance: Random
) -> None:
    """At least once, in order but for the one in hand, and once by (id, version)."""
    folder, kept, cursor = tmp_path / "output", tmp_path / "kept", tmp_path / "cursor"
    articles = [
        msgspec.json.decode(line, type=Article) for line in source.read_bytes().splitlines()
    ]
    expected = [f"{one.id} {one.version}" for one in articles]
    deaths = 0
    for _ in writers(folder, source, chance):
        published = sum(segment.records for segment in Sealer(folder).segments)
        seen = kept.read_text().count("\n") if kept.exists() else 0
        if published - seen > 2:
            consumer = start("-c", CONSUMER, folder, kept, cursor, expected[-1])
            deaths += killed(consumer, chance.randint(1, published - seen - 1))
    with start("-c", CONSUMER, folder, kept, cursor, expected[-1]) as consumer:
        consumer.communicate()
        assert consumer.returncode == 0
    found = kept.read_text().splitlines()
    assert list(dict.fromkeys(found)) == expected
    repeated = [one for one, two in pairwise(found) if one == two]
    assert len(found) - len(expected) == len(repeated) <= deaths
    assert [f"{one.id} {one.version}" for one in read(folder)] == expected
