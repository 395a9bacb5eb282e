"""Sealing: one sequence without gaps, whoever seals, and wherever one is killed at it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

import msgspec
import pytest

from cleaning.article import Article
from cleaning.error import OutputError
from cleaning.manifest import encode_segment
from cleaning.read import read
from crawler.sealing import LOCK, Contents, Sealer, contents_of
from crawler.segment_purge import read_manifest
from crawler.verifying import verify

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)

# Seals a segment for each argument, dies at its change of a random number, or goes on to the end.
WRITER = """
import os, signal, sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

import msgspec

from cleaning.article import Article
from crawler.sealing import Sealer, contents_of

output, source, seed, mortal = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
changes, death = count(1), Random(seed).randint(1, 60) if mortal else 0


def hook(event, args):
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in {"os.rename", "os.truncate"}:
        if next(changes) == death:
            os.kill(os.getpid(), signal.SIGKILL)


sys.addaudithook(hook)
sealer = Sealer(output)
for part in sorted(source.glob("*.part")):
    articles = [msgspec.json.decode(part.read_bytes(), type=Article)]
    sealer.seal(part, contents_of(articles, source.name), datetime.now(UTC))
    print(part.name, flush=True)
"""


@pytest.fixture
def parts(tmp_path: Path, make_article: Callable[..., Article]) -> Callable[[str, int], Path]:
    """Makes a folder of finished segments of one article each."""
    made = count()

    def make(name: str, number: int) -> Path:
        folder = tmp_path / "output" / name
        folder.mkdir(parents=True)
        for _ in range(number):
            one = next(made)
            article = make_article(id=f"{one:032x}", url=f"https://example.com/{one}")
            (folder / f"{one:04}.part").write_bytes(msgspec.json.encode(article) + b"\n")
        return folder

    return make


def start(*given: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", WRITER, *map(str, given)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def assert_whole(output: Path, articles: int) -> None:
    faults: list[str] = []
    verdict = verify(output, faults.append, id)
    assert (faults, verdict.records, verdict.articles) == ([], articles, articles)
    assert [one.sequence for one in read_manifest(output)] == list(range(1, articles + 1))


def test_two_that_seal_at_once_share_one_sequence(
    tmp_path: Path, parts: Callable[[str, int], Path]
) -> None:
    output = tmp_path / "output"
    writers = [start(output, parts(name, 40), 1) for name in ("one", "two")]
    for writer in writers:
        with writer:
            writer.communicate()
        assert writer.returncode == 0
    assert_whole(output, 80)
    # They took turns.
    assert len({one.run for one in read_manifest(output)[:40]}) == 2


def test_nothing_is_lost_or_twice_wherever_it_is_killed(
    tmp_path: Path, parts: Callable[[str, int], Path]
) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
    output, source, chance = tmp_path / "output", parts("one", 60), Random(seed)  # noqa: S311
    killed = 0
    for _ in range(8):
        with start(output, source, chance.random(), "mortal") as writer:
            writer.communicate()
        killed += writer.returncode == -signal.SIGKILL
        # What has its name is published, or will be by the next.
        assert len(list(read(output))) + len(list(source.glob("*.part"))) in {59, 60}
    with start(output, source, 0) as writer:
        writer.communicate()
    Sealer(output).finish()
    assert_whole(output, 60)
    assert killed > 1
    assert (output / LOCK).read_bytes() == b""


@pytest.mark.parametrize("torn", [b'{"kind":"arti', b"null", b""])
def test_what_was_not_begun_in_earnest_is_dropped(
    torn: bytes, tmp_path: Path, parts: Callable[[str, int], Path]
) -> None:
    """Killed while it noted what it was about to do, and while it wrote a line of the manifest."""
    output, (part,) = tmp_path / "output", parts("one", 1).iterdir()
    article = msgspec.json.decode(part.read_bytes(), type=Article)
    (output / LOCK).write_bytes(torn)
    (output / "manifest.jsonl").write_bytes(torn)
    Sealer(output).seal(part, contents_of([article], "run-1"), NOW)
    assert_whole(output, 1)


def test_a_note_of_what_has_its_line_is_dropped(
    tmp_path: Path, parts: Callable[[str, int], Path]
) -> None:
    output, (part,) = tmp_path / "output", parts("one", 1).iterdir()
    article = msgspec.json.decode(part.read_bytes(), type=Article)
    segment = Sealer(output).seal(part, contents_of([article], "run-1"), NOW)
    (output / LOCK).write_bytes(encode_segment(segment) + b"\n")
    Sealer(output).finish()
    assert_whole(output, 1)


def test_a_part_that_is_missing_changes_nothing(tmp_path: Path) -> None:
    told = Contents(
        kind="rejected", records=1, first=None, last=None, schema=None, run=None, ops=None
    )
    with pytest.raises(OutputError, match="No such file"):
        Sealer(tmp_path).seal(tmp_path / "nothing.part", told, NOW)
    assert not (tmp_path / "manifest.jsonl").exists()
