"""Runs that are killed at every step: nothing lost, nothing twice, nothing torn."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from cleaning.article import Article
from cleaning.error import OutputError
from crawler import segments
from crawler.ledger import Ledger
from crawler.recovery import recover
from crawler.run_lock import RunLock
from crawler.segments import SegmentWriter, encode, read_keys

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
    f"written {COUNT}",
    "segment sealed",
    "ledger sealed",
]

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


def rerun(tmp_path: Path, articles: Path, run_id: str = "rerun") -> None:
    """A run over the same articles that is left alone, in this process."""
    folder = tmp_path / "articles"
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        recover(ledger, folder)
        writer = SegmentWriter(folder, run_id)
        for line in articles.read_bytes().splitlines():
            decision = ledger.decide(msgspec.json.decode(line, type=Article), run_id)
            if decision.article is not None:
                writer.write(encode(decision.article))
        writer.seal()
        ledger.seal(run_id)
        writer.close()


def assert_published_once(tmp_path: Path, articles: Path) -> None:
    """Each article stands once in the sealed segments, and the ledger says the same."""
    folder = tmp_path / "articles"
    sealed = sorted(folder.glob("*.jsonl"))
    assert sorted(folder.iterdir()) == sealed, "parts or locks are left"
    published = [
        msgspec.json.decode(line, type=Article)
        for path in sealed
        for line in path.read_bytes().splitlines()
    ]
    assert sorted((article.id, article.version) for article in published) == sorted(
        read_keys(articles)
    )
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


@pytest.mark.parametrize("step", ["started", "decided 1", "written 2", "segment sealed"])
def test_a_live_run_is_left_alone(tmp_path: Path, articles: Path, step: str) -> None:
    """Recovery and a whole other run beside it change nothing of what is the live run's."""
    folder = tmp_path / "articles"
    with publisher(tmp_path, articles, "live", step) as process:
        wait_for(process, step)
        with Ledger(tmp_path / "ledger.sqlite") as ledger:
            before = (ledger.unsealed_runs(), segments.unfinished_runs(folder))
            assert recover(ledger, folder) == 0
            assert (ledger.unsealed_runs(), segments.unfinished_runs(folder)) == before
        rerun(tmp_path, articles)
    # What the live run had decided but not written was "unchanged" to the other: one more run.
    rerun(tmp_path, articles, "last")
    assert_published_once(tmp_path, articles)


def test_an_update_that_is_lost_is_made_again(tmp_path: Path, make_article: Make) -> None:
    """A lost version 2 does not take version 1, and comes again as version 2."""
    folder, new = tmp_path / "articles", make_article(text="It opened in 2025.")
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.decide(make_article(text="It opened in 2024."), "first")
        ledger.seal("first")
        ledger.decide(new, "dead")
        assert recover(ledger, folder) == 1
        again = ledger.decide(new, "second").article
    assert again is not None
    assert (again.version, again.op) == (2, "update")


def test_recovery_may_be_repeated(tmp_path: Path, make_article: Make) -> None:
    """The second time there is nothing left to finish."""
    folder, rejected = tmp_path / "articles", tmp_path / "rejected"
    rejected.mkdir()
    (rejected / "dead.jsonl.part").write_bytes(b'{"reason":"too-short"}\n{"rea')
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.decide(make_article(), "dead")
        assert recover(ledger, folder, rejected) == 1
        assert recover(ledger, folder, rejected) == 0
    assert (rejected / "dead.jsonl").read_bytes() == b'{"reason":"too-short"}\n'
    assert list(folder.iterdir()) == []


def test_a_broken_segment_is_named(tmp_path: Path) -> None:
    """Rather than taking its articles for unpublished."""
    (tmp_path / "dead.jsonl.part").write_bytes(b"not a record\n")
    with Ledger(tmp_path / "ledger.sqlite") as ledger, pytest.raises(OutputError) as caught:
        recover(ledger, tmp_path)
    assert "dead.jsonl, line 1: no record" in str(caught.value)


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
