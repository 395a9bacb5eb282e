"""Runs that are killed at every step: nothing lost, nothing twice, nothing torn."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cleaning.article import Article
from cleaning.error import OutputError
from cleaning.read import read
from crawler.ledger import Ledger
from crawler.recovery import recover
from crawler.run_lock import RunLock, locked_runs
from crawler.segments import Limits, Publication, encode, part_path, runs_with_parts

ROOT = Path(__file__).parents[2]
COUNT = 6
Make = Callable[..., Article]

STEPS = [
    "started",
    "decided 1",
    "torn 1",
    "written 1",
    "decided 4",
    "torn 4",
    "written 4",
    "sealed 4",
    "decided 5",
    f"written {COUNT}",
    "ended",
]
#: So many changes of the disk a run makes, at the least.
EVENTS = 40
NOW = datetime(2026, 3, 2, tzinfo=UTC)

# A run that is killed while a worker that it has forked lives on.
OUTLIVED = """
import os, signal, sys
from pathlib import Path
from crawler.run_lock import RunLock

lock = RunLock.start(Path(sys.argv[1]), "run")
if os.fork():
    signal.pause()
print("worker started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def articles(tmp_path: Path, make_article: Make) -> Path:
    """A file of articles, with texts in which a cut in mid-character would show."""
    path = tmp_path / "input.jsonl"
    made = (
        make_article(url=f"https://example.com/{n}", text=f"Überschrift {n} 桥梁 " * 50)
        for n in range(1, COUNT + 1)
    )
    path.write_bytes(b"".join(encode(article) + b"\n" for article in made))
    return path


@contextmanager
def publisher(*args: object) -> Iterator[subprocess.Popen[str]]:
    """Starts a run; kills it with SIGKILL at the end if it still lives."""
    command = [sys.executable, str(ROOT / "tests/crawler/publisher.py"), *map(str, args)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], step: str) -> None:
    """Reads what the run tells until it tells the step."""
    assert process.stdout is not None
    assert any(line.rstrip() == step for line in process.stdout), f"the run never told {step}"


def state(ledger: Ledger, output: Path) -> tuple[list[str], set[str], set[str]]:
    """What is unfinished."""
    return ledger.unsealed_runs(), runs_with_parts(output), locked_runs(output / "open")


def read_keys(articles: Path) -> list[tuple[str, int]]:
    records = map(json.loads, articles.read_bytes().splitlines())
    return [(one["id"], one["version"]) for one in records]


def rerun(tmp_path: Path, articles: Path, run_id: str = "rerun") -> None:
    """A run over the same articles that is left alone, in this process."""
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        recover(ledger, tmp_path, NOW)
        publication = Publication(tmp_path, run_id, ledger)
        for line in articles.read_bytes().splitlines():
            decision = ledger.decide(msgspec.json.decode(line, type=Article), run_id)
            if decision.article is not None:
                publication.write("articles", encode(decision.article))
        publication.seal(NOW, has_ended=True)
        publication.close()


def assert_published_once(tmp_path: Path, articles: Path) -> None:
    """Each article stands once in the segments that the manifest names; the ledger agrees."""
    assert list((tmp_path / "open").iterdir()) == [], "parts or locks are left"
    reading = read(tmp_path, verify=True)
    published = list(reading)
    files = {path.relative_to(tmp_path) for path in (tmp_path / "articles").rglob("*.*")}
    named = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_bytes().splitlines()]
    assert files == {Path(one["path"]) for one in named if one["kind"] == "articles"}
    keys = [(article.id, article.version) for article in published]
    assert sorted(keys) == sorted(read_keys(articles))
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.unsealed_runs() == []
        assert all(ledger.seen(article.url) for article in published)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step(tmp_path: Path, articles: Path, step: str) -> None:
    """The run waits at the step, so the kill hits it exactly there."""
    with publisher(tmp_path, articles, "killed", step) as process:
        wait_for(process, step)
    rerun(tmp_path, articles)
    assert_published_once(tmp_path, articles)


@pytest.mark.parametrize("event", range(1, EVENTS, 5))
def test_killed_at_a_change_of_the_disk(tmp_path: Path, articles: Path, event: int) -> None:
    """The run kills itself between two steps of sealing, wherever they are."""
    output = tmp_path / "output"
    with publisher(output, articles, "killed", f"event {event}") as process:
        assert process.wait() == -signal.SIGKILL
    rerun(output, articles)
    assert_published_once(output, articles)


@pytest.mark.parametrize("lines", range(1, 2 * COUNT + 2, 3))
def test_killed_on_the_run(tmp_path: Path, articles: Path, lines: int) -> None:
    """The run goes on while the kill is on its way, so it hits anywhere after the step."""
    with publisher(tmp_path, articles, "killed") as process:
        assert process.stdout is not None
        for _ in range(lines):
            process.stdout.readline()
    rerun(tmp_path, articles)
    assert_published_once(tmp_path, articles)


def test_killed_again_and_again(tmp_path: Path, articles: Path) -> None:
    """Each run gets a little further than the one before, whose remains it mends first."""
    for number in range(1, COUNT, 2):
        with publisher(tmp_path, articles, f"killed-{number}", f"torn {number}") as process:
            wait_for(process, f"torn {number}")
    rerun(tmp_path, articles)
    assert_published_once(tmp_path, articles)


@pytest.mark.parametrize("step", ["started", "decided 1", "written 1", "ended"])
def test_a_live_run_is_left_alone(tmp_path: Path, articles: Path, step: str) -> None:
    """Recovery and a whole other run beside it change nothing of what is the live run's."""
    with publisher(tmp_path, articles, "live", step) as process:
        wait_for(process, step)
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            before = state(ledger, tmp_path)
            assert recover(ledger, tmp_path, NOW) == 0
            assert state(ledger, tmp_path) == before
        rerun(tmp_path, articles)
    # What the live run had decided but not written was "unchanged" to the other: one more run.
    rerun(tmp_path, articles, "last")
    assert_published_once(tmp_path, articles)


def test_an_update_that_is_lost_is_made_again(tmp_path: Path, make_article: Make) -> None:
    """A lost version 2 does not take version 1, and comes again as version 2."""
    new = make_article(text="It opened in 2025.")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.decide(make_article(text="It opened in 2024."), "first")
        ledger.seal("first")
        ledger.decide(new, "dead")
        assert recover(ledger, tmp_path, NOW) == 1
        again = ledger.decide(new, "second").article
    assert again is not None
    assert (again.version, again.op) == (2, "update")


def refusal_line(refusal: Any) -> bytes:
    return encode(refusal) + b"\n"


def test_recovery_may_be_repeated(
    tmp_path: Path, make_article: Make, make_refusal: Callable[..., Any]
) -> None:
    """The second time there is nothing left to finish."""
    part = part_path(tmp_path, "dead", "rejected")
    part.parent.mkdir()
    line = refusal_line(make_refusal(url="https://example.com/r", run_id="dead"))
    part.write_bytes(line + line[:20])
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.decide(make_article(), "dead")
        assert recover(ledger, tmp_path, NOW) == 1
        assert recover(ledger, tmp_path, NOW) == 0
    assert (tmp_path / "rejected/2026-03-02/00000001.jsonl").read_bytes() == line
    assert not (tmp_path / "articles").exists()


def test_a_refusal_without_its_line_is_forgotten(
    tmp_path: Path, make_refusal: Callable[..., Any]
) -> None:
    """A power cut may take the line and leave the ledger's row."""
    kept, lost = (
        make_refusal(url=f"https://example.com/{name}", run_id="dead") for name in ("kept", "lost")
    )
    part = part_path(tmp_path, "dead", "rejected")
    part.parent.mkdir()
    part.write_bytes(refusal_line(kept))
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.refuse(kept)
        ledger.refuse(lost)
        recover(ledger, tmp_path, NOW)
        assert ledger.known(kept.url) is not None
        assert ledger.known(lost.url) is None


def test_a_line_without_its_row_is_cut_out(tmp_path: Path, make_article: Make) -> None:
    """A power cut may take the ledger's row and leave the line: it is to be published anew."""
    known, unknown = (make_article(url=f"https://example.com/{name}") for name in "ab")
    part = part_path(tmp_path, "dead", "articles")
    part.parent.mkdir()
    part.write_bytes(encode(unknown) + b"\n" + encode(known) + b"\n")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.decide(known, "dead")
        recover(ledger, tmp_path, NOW)
        assert ledger.decide(unknown, "next").outcome == "new"
    assert [article.id for article in read(tmp_path)] == [known.id]


def test_a_broken_part_is_named(tmp_path: Path) -> None:
    """Rather than taking its articles for unpublished."""
    part = part_path(tmp_path, "dead", "articles")
    part.parent.mkdir()
    part.write_bytes(b"not a record\n")
    with Ledger(tmp_path / "ledger.sqlite") as ledger, pytest.raises(OutputError) as caught:
        recover(ledger, tmp_path, NOW)
    assert "dead.articles.part: no record" in str(caught.value)


def test_what_is_decided_and_not_written_stays_provisional(
    tmp_path: Path, make_article: Make
) -> None:
    """Another pipeline may stand between: the one is sealed, the other can still be lost."""
    one, other = (make_article(url=f"https://example.com/{n}", text=f"{n} ferries") for n in "ab")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        publication = Publication(tmp_path, "run", ledger, Limits(records=1))
        for article in (one, other):
            ledger.decide(article, "run")
        publication.write("articles", encode(one))
        publication.seal(NOW, but={(other.id, 1)})
        assert ledger.provisional("run") == {(other.id, 1)}
        assert ledger.seen(one.url) is not None
        assert ledger.seen(other.url) is None
        publication.write("articles", encode(other))
        publication.seal(NOW, has_ended=True)
        assert ledger.provisional("run") == set()
        publication.close()


def test_a_worker_that_outlives_its_run_does_not_keep_it_alive(tmp_path: Path) -> None:
    """A fork shares its parent's lock; it must let go of it at once."""
    command = [sys.executable, "-c", OUTLIVED, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as run:
        wait_for(run, "worker started")
        assert RunLock.take(tmp_path, "run") is None
        run.kill()
        run.wait()
        # The worker is alive: it waits for the end of its input, which this process holds open.
        taken = RunLock.take(tmp_path, "run")
        assert taken is not None
        taken.close()
