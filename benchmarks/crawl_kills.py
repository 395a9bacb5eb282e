"""Kills a crawl at random points, starts it again each time, and counts what came of it.

    python -m benchmarks.crawl_kills [--sites N] [--pages N] [--kills N] [--seed N]

It is `scrapy crawl news` of sites with a feed of N articles each. Every run but the last is killed
with all its processes, by SIGKILL, once the server has answered a random number of articles more.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.command import report, run_alone
from benchmarks.corpus import ROOT
from benchmarks.many_sites import declare_sites
from benchmarks.page_server import serving
from benchmarks.table import markdown_table
from benchmarks.target import reached
from cleaning.error import InputError
from crawler import settings

_POLL: Final = 0.002


class Kills(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a crawl that was killed again and again.

    `concurrency` is how many requests can be under way at a time. `points` are the answers after
    which it was killed, counted from the first. `refetched` are, for each run that was killed,
    the articles that it had asked for and that were asked for again.
    """

    pages: int
    concurrency: int
    points: Sequence[int]
    refetched: Sequence[int]
    exit_code: int
    records: int
    twice: int
    torn: int
    left_over: int


def main() -> int:
    """Kill, and print the table; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sites", type=int, default=16, metavar="N", help="host names (16)")
    parser.add_argument("--pages", type=int, default=125, metavar="N", help="of each site (125)")
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="how often (20)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the points (1)")
    return run_alone(parser, _measure)


def kill_and_rerun(sites: int, pages: int, kills: int, seed: int) -> Kills:
    """Crawl so many sites with so many kills, then to the end; `pages` are of each site."""
    total = sites * pages
    points = sorted(random.Random(seed).sample(range(1, total), kills))  # noqa: S311  (no secret)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "asked.log"
        log.touch()
        with serving(pages, log=log) as server:
            declare_sites(folder / "sites", sites, server.address)
            ends = [0]
            for before, point in pairwise([0, *points]):
                _kill_after(folder, log, point - before)
                ends.append(_size(log))
                report(f"kills: at {point} of {total}; {ends[-1]} articles asked for by now")
            exit_code = _crawl(folder).wait()
            ends.append(_size(log))
            asked = log.read_text("ascii").splitlines()
        return Kills(
            pages=total,
            concurrency=min(
                settings.CONCURRENT_REQUESTS, sites * settings.CONCURRENT_REQUESTS_PER_DOMAIN
            ),
            points=points,
            refetched=_refetched(asked, ends),
            exit_code=exit_code,
            **_counted(folder / "output"),
        )


def kill_figures(kills: Kills) -> dict[str, float]:
    """The figures that have targets."""
    return {
        "records": kills.records / kills.pages,
        "twice": kills.twice,
        "torn": kills.torn,
        "refetched": max(kills.refetched) / kills.concurrency,
    }


def kills_section(kills: Kills) -> str:
    """What came of it, kill by kill."""
    ended = (
        f"{kills.pages} articles, {len(kills.points)} kills, the last run ended with exit code"
        f" {kills.exit_code}: {kills.records} records, {kills.twice} of them again, {kills.torn}"
        f" torn lines, {kills.left_over} files left over; {sum(kills.refetched)} articles fetched"
        f" again, {kills.concurrency} requests at a time."
    )
    rows = zip(map(str, kills.points), kills.refetched, strict=True)
    return f"{ended}\n\n{markdown_table(('killed after', 'fetched again later'), rows)}"


def _measure(options: Namespace) -> str:
    before = os.getloadavg()[0]
    kills = kill_and_rerun(options.sites, options.pages, options.kills, options.seed)
    load = f"Load before and after: {before:.1f}, {os.getloadavg()[0]:.1f}."
    return "\n\n".join((load, kills_section(kills), reached("kills", kill_figures(kills))))


def _kill_after(folder: Path, log: Path, answers: int) -> None:
    """Start a crawl and kill it after so many answers more."""
    wanted = _size(log) + answers
    with _crawl(folder) as process:
        while _size(log) < wanted and process.poll() is None:
            time.sleep(_POLL)
        if process.poll() is not None:
            raise InputError(
                f"kills: a run ended by itself with {process.returncode}, after"
                f" {_size(log) - wanted + answers} answers and not {answers}"
            )
        # Its workers too: they are of its session.
        os.killpg(process.pid, signal.SIGKILL)


def _crawl(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"sites={folder / 'sites'}"]
    command += ["-s", f"COPYDESK_OUTPUT={folder / 'output'}", "-s", "LOG_LEVEL=ERROR"]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)


def _size(log: Path) -> int:
    """The lines of the server's log."""
    return log.read_bytes().count(b"\n")


def _refetched(asked: Sequence[str], ends: Sequence[int]) -> list[int]:
    """For each run but the last, how much of what it asked for was asked for again after it."""
    runs = [set(asked[begin:end]) for begin, end in pairwise(ends)]
    later: set[str] = set()
    again = []
    for own in reversed(runs):
        again.append(len(own & later))
        later |= own
    return again[:0:-1]


def _counted(output: Path) -> dict[str, int]:
    """Records, how many of them are there again, torn lines, and files that no run has finished."""
    ids: Counter[Any] = Counter()
    torn = 0
    for path in sorted((output / "articles").rglob("*.jsonl")):
        for line in path.read_bytes().splitlines(keepends=True):
            try:
                ids[json.loads(line)["id"]] += line.endswith(b"\n")
            except (ValueError, KeyError):
                torn += 1
    left = list((output / "open").iterdir())
    return {
        "records": sum(ids.values()),
        "twice": sum(count - 1 for count in ids.values()),
        "torn": torn,
        "left_over": len(left),
    }


if __name__ == "__main__":
    sys.exit(main())
