"""Measures what publishing costs beside Scrapy's exporter, and kills publishers at random moments.

    python -m benchmarks.publishing [--records N] [--kills N] [--seed N]

Synthetic articles of 800 words. The cost is of encoding, writing and sealing them, with the syncs
of the disk; that of the ledger's decisions is measured by `benchmarks.compare`. A publisher that is
killed decides too, by the ledger; each is a process of its own, killed by SIGKILL after a random
part of the time that one takes to its end, and after each kill the next one begins.
"""

import os
import random
import signal
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec
from scrapy.exporters import JsonLinesItemExporter

from benchmarks.command import report, run_alone
from benchmarks.synthetic import Newswire
from benchmarks.table import markdown_table
from benchmarks.target import reached
from cleaning.article import Article
from cleaning.error import CopydeskError
from cleaning.read import read
from crawler.ledger import Ledger
from crawler.ledger_upkeep import check
from crawler.recovery import recover
from crawler.segments import Limits, Publication, encode
from crawler.verifying import verify

_ROUNDS: Final = 3
#: Records that are published under kills, and in segments of how many.
_KILLED: Final = 600
_SEGMENT: Final = 20


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds of CPU and seconds of time that so many records took."""

    records: int
    cpu_ms: float
    seconds: float

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.records / self.seconds


class Killed(msgspec.Struct, frozen=True, kw_only=True):
    """What came of publishers that were killed; `faults` are of all looks after a kill."""

    kills: int
    lost: int
    twice: int
    faults: Sequence[str]


def main() -> int:
    """Measure, kill, and print the tables; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=10_000, metavar="N", help="timed (10000)")
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="how often (200)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments (1)")
    return run_alone(parser, _measure)


def publishing_cost(articles: Sequence[Article], folder: Path) -> Cost:
    """What it costs to write and seal records."""
    with Ledger(folder / "ledger.sqlite") as ledger:
        publication = Publication(folder, "run", ledger, Limits(records=2_000))
        cpu, began = time.process_time(), time.perf_counter()
        for article in articles:
            publication.write("articles", encode(article))
            if publication.is_due(datetime.now(UTC)):
                publication.seal(datetime.now(UTC))
        publication.seal(datetime.now(UTC), has_ended=True)
        return _cost(len(articles), cpu, began, publication)


def exporter_cost(articles: Sequence[Article]) -> Cost:
    """What it costs to have Scrapy export them, into memory."""
    exporter = JsonLinesItemExporter(BytesIO(), encoding="utf-8")
    cpu, began = time.process_time(), time.perf_counter()
    exporter.start_exporting()
    for article in articles:
        exporter.export_item(article)
    exporter.finish_exporting()
    return _cost(len(articles), cpu, began)


def kill_publishers(kills: int, seed: int, folder: Path) -> Killed:
    """Publish, with so many kills, and look after each; then to the end."""
    chance = random.Random(seed)  # noqa: S311  (no secret)
    articles = list(Newswire(_KILLED, seed=seed).articles())
    whole = _time_of(articles, folder / "whole")
    output = folder / "killed"
    faults: list[str] = []
    for number in range(1, kills + 1):
        # Of the time that is left to do, on average: else all kills meet a run that is done.
        _publish_and_kill(articles, output, f"run-{number:04}", chance.random() * whole / 8)
        faults += [f"after kill {number}: {fault}" for fault in _look(output)]
        if number % 20 == 0:
            report(f"publishing: {number} kills, {len(faults)} faults")
    _publish(articles, output, "run-last")
    faults += _look(output)
    keys = Counter((article.id, article.version) for article in read(output, verify=True))
    lost = {article.id for article in articles} - {id_ for id_, _ in keys}
    return Killed(kills=kills, lost=len(lost), twice=keys.total() - len(keys), faults=faults)


def publishing_section(ours: Cost, scrapys: Cost, killed: Killed) -> str:
    """The costs side by side, and what came of the kills."""
    rows = [
        (name, cost.cpu_ms, cost.rate) for name, cost in (("copydesk", ours), ("Scrapy", scrapys))
    ]
    table = markdown_table(("", "CPU ms a record", "records/s"), rows)
    said = (
        f"{killed.kills} kills: {killed.lost} lost, {killed.twice} twice,"
        f" {len(killed.faults)} faults."
    )
    return "\n\n".join((table, said, *killed.faults[:20]))


def publishing_figures(ours: Cost, killed: Killed) -> dict[str, float]:
    """The figures that have targets."""
    return {
        "cpu_ms": ours.cpu_ms,
        "rate": ours.rate,
        "lost": killed.lost,
        "twice": killed.twice,
        "faults": len(killed.faults),
    }


def _measure(options: Namespace) -> str:
    before = os.getloadavg()[0]
    articles = list(Newswire(options.records).articles())
    ours, scrapys = [], []
    with tempfile.TemporaryDirectory() as name:
        for number in range(_ROUNDS):
            folder = Path(name) / str(number)
            ours.append(publishing_cost(articles, folder))
            scrapys.append(exporter_cost(articles))
        killed = kill_publishers(options.kills, options.seed, Path(name))
    best, rival = (min(costs, key=lambda cost: cost.cpu_ms) for costs in (ours, scrapys))
    load = f"Load before and after: {before:.1f}, {os.getloadavg()[0]:.1f}."
    figures = reached("publishing", publishing_figures(best, killed))
    return "\n\n".join((load, publishing_section(best, rival, killed), figures))


def _cost(records: int, cpu: float, began: float, opened: Publication | None = None) -> Cost:
    spent, passed = time.process_time() - cpu, time.perf_counter() - began
    if opened is not None:
        opened.close()
    return Cost(records=records, cpu_ms=1_000 * spent / records, seconds=passed)


def _publish(articles: Sequence[Article], output: Path, run_id: str) -> None:
    """As a run's pipelines do."""
    with Ledger(output / "ledger.sqlite") as ledger:
        recover(ledger, output, datetime.now(UTC))
        publication = Publication(output, run_id, ledger, Limits(records=_SEGMENT))
        for article in articles:
            decided = ledger.decide(article, run_id).article
            if decided is None:
                continue
            publication.write("articles", encode(decided))
            if publication.is_due(datetime.now(UTC)):
                publication.seal(datetime.now(UTC))
        publication.seal(datetime.now(UTC), has_ended=True)
        publication.close()


def _time_of(articles: Sequence[Article], output: Path) -> float:
    began = time.perf_counter()
    _publish(articles, output, "run")
    return time.perf_counter() - began


def _publish_and_kill(
    articles: Sequence[Article], output: Path, run_id: str, seconds: float
) -> None:
    # A fork: it has all modules at hand, so that the kill meets the publishing.
    child = os.fork()
    if not child:
        _publish(articles, output, run_id)
        os._exit(0)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _look(output: Path) -> Iterator[str]:
    """What is wrong once a restart has mended what the kill left."""
    try:
        with Ledger(output / "ledger.sqlite") as ledger:
            recover(ledger, output, datetime.now(UTC))
            left = ledger.unsealed_runs()
        faults: list[str] = []
        verify(output, faults.append, lambda _: None)
    except CopydeskError as error:
        yield str(error)
        return
    yield from faults
    yield from (f"{run} is not finished" for run in left)
    yield from check(output / "ledger.sqlite")
    yield from (f"{path} is left" for path in (output / "open").iterdir())


if __name__ == "__main__":
    raise SystemExit(main())
