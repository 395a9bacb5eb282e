"""The same articles get the same labels, whichever way they come."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cleaning.article import Article, Duplicate
from crawler.labelling import Labelling, Line
from crawler.ledger import Ledger
from crawler.segments import encode

ROOT = Path(__file__).parents[2]
COUNT = 300
Labels = list[Duplicate | None]

# Another process at the same ledger: decides on each line that it is given, and tells the label.
OTHER = """
import sys
from pathlib import Path
import msgspec
from cleaning.article import Article
from crawler.ledger import Ledger

with Ledger(Path(sys.argv[1])) as ledger:
    for line in sys.stdin.buffer:
        decided = ledger.decide(msgspec.json.decode(line, type=Article), "other").article
        print(msgspec.json.encode(decided.duplicate).decode(), flush=True)
"""


@pytest.fixture
def stream(make_articles: Callable[[int], list[Article]]) -> list[Article]:
    """Articles, four in ten of which are another's copy."""
    return make_articles(COUNT)


def in_one_stream(_: Path, stream: list[Article]) -> Labels:
    with Labelling() as labelling:
        return [labelling.label(line_of(article)) for article in stream]


def in_two_streams(folder: Path, stream: list[Article]) -> Labels:
    """The first half is a crawl's, which the second is compared with."""
    half = len(stream) // 2
    first = in_one_run(folder, stream[:half])
    with Labelling(folder / "ledger.sqlite") as labelling:
        return [*first, *(labelling.label(line_of(article)) for article in stream[half:])]


def in_one_run(folder: Path, stream: list[Article]) -> Labels:
    with Ledger(folder / "ledger.sqlite") as ledger:
        return [decided(ledger, article, "run") for article in stream]


def in_many_runs(folder: Path, stream: list[Article]) -> Labels:
    """A new ledger on the same file for each fifty."""
    labels: Labels = []
    for start in range(0, len(stream), 50):
        with Ledger(folder / "ledger.sqlite") as ledger:
            run_id = f"run-{start}"
            labels += [decided(ledger, one, run_id) for one in stream[start : start + 50]]
            ledger.seal(run_id)
    return labels


def in_two_processes(folder: Path, stream: list[Article]) -> Labels:
    """Every other article is decided elsewhere."""
    path = folder / "ledger.sqlite"
    command = (sys.executable, "-c", OTHER, str(path))
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as other,
        Ledger(path) as ledger,
    ):
        return [
            told(other, article) if number % 2 else decided(ledger, article, "run")
            for number, article in enumerate(stream)
        ]


@pytest.mark.parametrize("way", [in_two_streams, in_one_run, in_many_runs, in_two_processes])
def test_the_way_decides_nothing(
    way: Callable[[Path, list[Article]], Labels], stream: list[Article], tmp_path: Path
) -> None:
    labels = way(tmp_path, stream)
    assert labels == in_one_stream(tmp_path, stream)
    kinds = {label.kind for label in labels if label}
    assert kinds == {"exact", "near", "contained"}
    assert COUNT / 10 < sum(map(bool, labels)) < COUNT / 2


def decided(ledger: Ledger, article: Article, run_id: str) -> Duplicate | None:
    made = ledger.decide(article, run_id).article
    assert made is not None
    return made.duplicate


def told(other: "subprocess.Popen[bytes]", article: Article) -> Duplicate | None:
    assert other.stdin is not None
    assert other.stdout is not None
    other.stdin.write(encode(article) + b"\n")
    other.stdin.flush()
    return msgspec.json.decode(other.stdout.readline(), type=Duplicate | None)


def line_of(article: Article) -> Line:
    return Line(
        url=article.url, text=article.text, id=article.id, date_published=article.date_published
    )
