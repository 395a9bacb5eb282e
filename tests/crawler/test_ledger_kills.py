"""Runs that are killed at random moments under load, and others that crowd at one ledger."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from cleaning.article import Article
from cleaning.read import read
from crawler.ledger import Ledger
from crawler.ledger_upkeep import check
from crawler.recovery import recover
from crawler.segments import encode

ROOT = Path(__file__).parents[2]
#: Articles of an edition, and how often its runs are killed.
COUNT = 240
KILLS = 6
RIVALS = 4
CROWD = 2_000
Make = Callable[[int], list[Article]]


def publisher(
    output: Path, articles: Path, run_id: str, *step: str, **given: int
) -> "subprocess.Popen[bytes]":
    """Starts a run over the articles of a file; it may wait at a step."""
    arguments = (str(output), str(articles), run_id, *step)
    command = (sys.executable, "tests/crawler/publisher.py", *arguments)
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": ".", "SEGMENT": "40"}, **given
    )


def finish(output: Path, articles: Path, run_id: str) -> None:
    """A run that nobody kills."""
    with publisher(output, articles, run_id, stdout=subprocess.DEVNULL) as run:
        assert run.wait() == 0


def kill(output: Path, articles: Path, run_id: str, written: int, more: int) -> None:
    """A run that is killed some lines after it has told that it wrote so many articles."""
    with publisher(output, articles, run_id, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        lines = (line for line in run.stdout if line.startswith(b"written"))
        for _ in range(written):
            next(lines, None)
        for _ in range(more):
            run.stdout.readline()
        run.kill()


def published(output: Path) -> list[Article]:
    """All that is in the sealed segments; no run may have left anything unfinished."""
    assert list((output / "open").iterdir()) == [], "parts or locks are left"
    return list(read(output, verify=True))


def assert_sound(output: Path) -> None:
    """Nothing is twice, provisional or at odds, and every label leads to what was published."""
    records = published(output)
    keys = [(record.id, record.version) for record in records]
    assert len(set(keys)) == len(keys), "an article was published twice"
    known = {record.id for record in records}
    assert {record.duplicate.of for record in records if record.duplicate} <= known
    path = output / "ledger.sqlite"
    assert check(path) == []
    with Ledger(path) as ledger:
        assert recover(ledger, output, datetime.now(UTC)) == 0
        assert ledger.unsealed_runs() == []


def labels(output: Path) -> dict[tuple[str, int], tuple[object, ...]]:
    """What was decided of each version."""
    return {(one.id, one.version): (one.op, one.duplicate, one.change) for one in published(output)}


def write(path: Path, articles: list[Article]) -> Path:
    path.write_bytes(b"".join(encode(article) + b"\n" for article in articles))
    return path


def evening(articles: list[Article]) -> list[Article]:
    """The articles of the morning, every third with a sentence more."""
    return [
        replace(one, text=f"{one.text} This was added at {number} in the evening.")
        if number % 3 == 0
        else one
        for number, one in enumerate(articles)
    ]


def test_killed_at_random_moments(tmp_path: Path, make_articles: Make) -> None:
    """Twelve times; what is left equals what runs leave that nobody disturbs."""
    morning = make_articles(COUNT)
    editions = [
        write(tmp_path / "morning.jsonl", morning),
        write(tmp_path / "evening.jsonl", evening(morning)),
    ]
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")  # noqa: T201 - pytest shows it where the test fails
    chance = Random(seed)  # noqa: S311 - no secret
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    for edition in editions:
        for number in range(KILLS):
            written, more = chance.randrange(1, 40), chance.randrange(3)
            kill(killed, edition, f"{edition.stem}-{number}", written, more)
        finish(killed, edition, f"{edition.stem}-last")
        finish(calm, edition, f"{edition.stem}-only")
        assert_sound(killed)
    assert labels(killed) == labels(calm)


@pytest.mark.parametrize("step", ["decided 4", "torn 4", "written 4", "decided 7"])
def test_an_update_that_is_lost_is_decided_again_as_before(
    tmp_path: Path, make_articles: Make, step: str
) -> None:
    """The text of the version before is still there to be compared with."""
    morning = make_articles(12)
    first = write(tmp_path / "morning.jsonl", morning)
    second = write(tmp_path / "evening.jsonl", evening(morning))
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    for output in (killed, calm):
        finish(output, first, "morning")
    with publisher(killed, second, "dead", step, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert any(line.decode().rstrip() == step for line in run.stdout)
        run.kill()
    for output in (killed, calm):
        finish(output, second, "evening")
    assert_sound(killed)
    assert labels(killed) == labels(calm)


def test_rivals_publish_each_article_once(tmp_path: Path, make_articles: Make) -> None:
    """Four runs get the same articles at once; together they do what one would have done."""
    articles = write(tmp_path / "articles.jsonl", make_articles(CROWD))
    crowd, alone = tmp_path / "crowd", tmp_path / "alone"
    runs = [
        publisher(crowd, articles, f"rival-{number}", stdout=subprocess.DEVNULL)
        for number in range(RIVALS)
    ]
    assert [run.wait() for run in runs] == [0] * RIVALS
    finish(alone, articles, "only")
    assert_sound(crowd)
    assert len(published(crowd)) == CROWD
    assert labels(crowd) == labels(alone)
