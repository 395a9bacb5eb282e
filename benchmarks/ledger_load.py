"""Fills a ledger as crawls do, and measures it from a process of its own.

    python -m benchmarks.ledger_load LEDGER TOTAL

opens a ledger that was filled with so many articles, decides on 1,000 others, and prints what that
took as JSON.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles

import msgspec

from benchmarks.command import report
from benchmarks.corpus import ROOT
from benchmarks.synthetic import Newswire
from cleaning.article import Article
from cleaning.near_duplicate import near_duplicate
from crawler.ledger import Ledger, compared_of
from crawler.ledger_file import open_ledger_file
from crawler.near_index import NearIndex

_RUN = "20260301T060000Z-news-4f2a"
_PROBE_RUN = "20260401T060000Z-news-9c1d"
_PROBES = 1_000
_TOLD = 10_000


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """What a fresh process saw: milliseconds of a look-up and of a decision, and its memory.

    A look-up finds an article's likely copies, reads and compares them; a decision is a look-up,
    the making of shingles, and all that is written. `cpu` is CPU, the rest time. Memory is in MB.
    """

    lookup_p50: float
    lookup_p95: float
    lookup_cpu: float
    decide_cpu: float
    resident_mb: float
    peak_mb: float


def fill(ledger: Path, total: int) -> float:
    """Decide on so many articles, one transaction each; the mean CPU of one in milliseconds."""
    spent = 0.0
    with Ledger(ledger) as opened:
        for number, article in enumerate(Newswire(total).articles(), 1):
            started = time.process_time()
            opened.decide(article, _RUN)
            spent += time.process_time() - started
            if number % _TOLD == 0:
                report(f"compare: {number} of {total} articles in the ledger")
        opened.seal(_RUN)
    return spent * 1000 / total


def size_of(ledger: Path) -> int:
    """Bytes on disk once all is in its place; the log that SQLite empties on closing is gone."""
    return sum(part.stat().st_size for part in ledger.parent.glob(f"{ledger.name}*"))


def probed(ledger: Path, total: int) -> Probe:
    """What a fresh process sees."""
    command = (sys.executable, "-m", "benchmarks.ledger_load", str(ledger), str(total))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Probe)


def peak_mb() -> float:
    """The most memory that this process has had."""
    return _memory("VmHWM")


def _probe(ledger: Path, total: int) -> Probe:
    # Of the middle of the time, so that there are three days before and three after.
    wire = Newswire(total, seed=2)
    articles = list(wire.articles(total // 2, total // 2 + _PROBES))
    times, cpu = _look_up(ledger, articles)
    started = time.process_time()
    with Ledger(ledger) as opened:
        for article in articles:
            opened.decide(article, _PROBE_RUN)
        decide_cpu = time.process_time() - started
        return Probe(
            lookup_p50=median(times) * 1000,
            lookup_p95=quantiles(times, n=20)[-1] * 1000,
            lookup_cpu=cpu * 1000 / len(articles),
            decide_cpu=decide_cpu * 1000 / len(articles),
            resident_mb=_memory("VmRSS"),
            peak_mb=peak_mb(),
        )


def _look_up(ledger: Path, articles: list[Article]) -> tuple[list[float], float]:
    """Seconds of each look-up, and CPU of all."""
    everything = [compared_of(article) for article in articles]
    db = open_ledger_file(ledger, 30)
    index, times, cpu = NearIndex(db), [], time.process_time()
    for compared in everything:
        started = time.perf_counter()
        near_duplicate(compared, index.near(compared))
        times.append(time.perf_counter() - started)
    spent = time.process_time() - cpu
    db.close()
    return times, spent


def _memory(name: str) -> float:
    """A figure of Linux's on this process, in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    kibibytes = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(kibibytes) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(msgspec.to_builtins(_probe(Path(sys.argv[1]), int(sys.argv[2])))))
