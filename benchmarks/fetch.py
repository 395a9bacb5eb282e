"""Measures how fast pages are fetched, beside a bare Scrapy spider, on the loopback interface.

    python -m benchmarks.fetch [--pages N] [--rounds N]

Runs of both follow each other in turn, each a process of its own. Copydesk's is `scrapy crawl urls`
with all its settings and middlewares, the archive too; in place of cleaning a page is counted.
"""

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.command import report, run_alone
from benchmarks.corpus import ROOT
from benchmarks.fetch_run import KINDS, Run
from benchmarks.made_page import LARGE, path_of
from benchmarks.page_server import Serving, serving
from benchmarks.table import markdown_table
from benchmarks.target import reached
from cleaning.error import InputError
from crawler.gzip_member import COMPRESSOR, LEVEL

_HEAD = ("measured", "runs", "pages/s", "slowest", "fastest", "CPU ms a page", "speed", "by CPU")
_NOTE = """\
`speed` is pages/s over the bare spider's, at the median of the runs; `by CPU` is the same of pages
in a second of CPU, which other programs disturb less. `unarchived` is without the archive."""
_SITE = """\
domain = "127.0.0.1"
[discover]
feeds = ["{address}/feed.xml"]
[fetch]
allow = ["127.0.0.1"]
delay = 0
"""

#: The runs of each kind, in order.
Runs = Mapping[str, Sequence[Run]]


def main() -> int:
    """Measure, and print the table; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1_500, metavar="N", help="a run (1500)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of each (5)")
    return run_alone(parser, _measure)


def fetch_figures(runs: Runs) -> dict[str, float]:
    """The figures that have targets."""
    ours, theirs = runs["copydesk"], runs["scrapy"]
    return {"ratio": _speed(ours) / _speed(theirs), "cpu_ratio": _cpu(theirs) / _cpu(ours)}


def fetch_section(runs: Runs) -> str:
    """The table."""
    rows = [_row(kind, own, runs["scrapy"]) for kind, own in runs.items()]
    return f"{markdown_table(_HEAD, rows)}\n\n{_NOTE}"


def _measure(options: Namespace) -> str:
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, serving(options.pages, large=True) as server:
        urls = _prepare(Path(folder), server, options.pages)
        runs: dict[str, list[Run]] = {kind: [] for kind in KINDS}
        before, pages = server.cpu(), 0
        for number in range(options.rounds):
            for kind in KINDS:
                runs[kind].append(_run(kind, urls, Path(folder) / f"{kind}-{number}"))
                pages += runs[kind][-1].pages
        served = (server.cpu() - before) * 1000 / pages
    note = (
        f"{options.pages} pages of {LARGE // 1000} kB a run, {os.cpu_count()} cores; the server"
        f" took {served:.2f} ms of CPU a page; load before and after: {load:.1f},"
        f" {os.getloadavg()[0]:.1f}; the archive is compressed by {COMPRESSOR}, level {LEVEL}."
    )
    return "\n\n".join((note, fetch_section(runs), reached("fetch", fetch_figures(runs))))


def _prepare(folder: Path, server: Serving, pages: int) -> Path:
    """Declare the server as a site; give the list of its pages."""
    (folder / "sites").mkdir()
    declared = _SITE.format(address=server.address)
    (folder / "sites" / "loopback.toml").write_text(declared, encoding="utf-8")
    urls = folder / "urls.txt"
    lines = (f"{server.address}{path_of(number)}\n" for number in range(pages))
    urls.write_text("".join(lines), encoding="utf-8")
    return urls


def _run(kind: str, urls: Path, folder: Path) -> Run:
    command = [sys.executable, "-m", "benchmarks.fetch_run", kind, str(urls), str(folder)]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    try:
        took = msgspec.json.decode(done.stdout.splitlines()[-1], type=Run)
    except (IndexError, msgspec.MsgspecError) as error:
        raise InputError(f"fetch: {kind} did not run: {done.stderr[-2000:]}") from error
    report(f"fetch: {kind}: {took.pages} pages in {took.seconds:.2f} s, {took.cpu:.2f} s of CPU")
    asked = len(urls.read_text("utf-8").splitlines())
    if took.pages != asked:
        raise InputError(f"fetch: {kind} gave {took.pages} pages of {asked}: {done.stderr[-2000:]}")
    return took


def _row(kind: str, runs: Sequence[Run], bare: Sequence[Run]) -> tuple[str | int, ...]:
    speeds = [one.pages / one.seconds for one in runs]
    shown = (f"{value:.0f}" for value in (_speed(runs), min(speeds), max(speeds)))
    ratios = (_speed(runs) / _speed(bare), _cpu(bare) / _cpu(runs))
    return (kind, len(runs), *shown, f"{_cpu(runs):.2f}", *(f"{one:.2f}" for one in ratios))


def _cpu(runs: Sequence[Run]) -> float:
    """Milliseconds of CPU a page, the median."""
    return median(one.cpu * 1000 / one.pages for one in runs)


def _speed(runs: Sequence[Run]) -> float:
    """Pages a second, the median."""
    return median(one.pages / one.seconds for one in runs)


if __name__ == "__main__":
    sys.exit(main())
