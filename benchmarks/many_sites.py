"""Crawls many sites in one process, on the loopback interface, and looks at its memory meanwhile.

    python -m benchmarks.many_sites [--sites N] [--pages N]

It is `scrapy crawl news`, whole: feeds, robots.txt, archive, cleaning by workers, ledger, records.
Every site is a host name and a TOML of its own; a proxy answers for all of them.
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.command import report, run_alone
from benchmarks.corpus import ROOT
from benchmarks.page_server import serving
from benchmarks.table import Cell, markdown_table
from benchmarks.target import reached
from cleaning.error import InputError

#: From here on memory is to be flat: by then all is loaded, and everything is under way.
FIRST: Final = 1_000
_EVERY = 0.1
_TOLD = 1_000
_SITE = """\
domain = "{host}"
[discover]
feeds = ["http://{host}/feed.xml"]
[fetch]
proxy = "{proxy}"
allow = ["127.0.0.1"]
delay = 0
"""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The crawl's own process at a moment; its workers are not counted."""

    records: int
    seconds: float
    resident_mb: float
    files: int
    sockets: int


class Crawl(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of a crawl, and what it says of itself."""

    samples: Sequence[Sample]
    exit_code: int
    asked: int
    summary: dict[str, Any]


def main() -> int:
    """Crawl, and print the tables; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sites", type=int, default=300, metavar="N", help="host names (300)")
    parser.add_argument("--pages", type=int, default=40, metavar="N", help="of each site (40)")
    return run_alone(parser, _measure)


def crawl_sites(sites: int, pages: int) -> Crawl:
    """Crawl so many sites of so many pages."""
    with tempfile.TemporaryDirectory() as name, serving(pages) as server:
        folder = Path(name)
        declare_sites(folder / "sites", sites, server.address)
        with subprocess.Popen(_command(folder), cwd=ROOT, env=_environment()) as process:
            samples = _watch(process, folder / "output")
        found = list((folder / "output" / "runs").glob("*.json"))
        if not found:
            raise InputError(f"sites: the crawl ended with {process.returncode} and no summary")
        summary = msgspec.json.decode(found[0].read_bytes(), type=dict[str, Any])
    return Crawl(
        samples=samples, exit_code=process.returncode, asked=sites * pages, summary=summary
    )


def declare_sites(folder: Path, count: int, proxy: str) -> None:
    """Write so many declarations, for hosts that the server answers for as a proxy."""
    folder.mkdir(parents=True)
    for number in range(count):
        host = f"paper-{number:03}.example"
        declared = _SITE.format(host=host, proxy=proxy)
        (folder / f"{host}.toml").write_text(declared, encoding="utf-8")


def site_figures(crawl: Crawl) -> dict[str, float]:
    """The figures that have targets."""
    figures = {"published": crawl.summary["published"] / crawl.asked}
    settled = [one for one in crawl.samples if one.records >= min(FIRST, crawl.asked // 2)]
    if settled:
        most = max(one.resident_mb for one in settled)
        figures["growth"] = (most / settled[0].resident_mb - 1) * 100
    return figures


def sites_section(crawl: Crawl) -> str:
    """How the crawl ended, and its memory on the way."""
    last = crawl.samples[-1]
    summary = crawl.summary
    most = max(one.resident_mb for one in crawl.samples)
    ended = (
        f"{crawl.asked} pages asked for, {summary['published']} published"
        f" ({summary['duplicates']} of them as duplicates), {sum(summary['refused'].values())}"
        f" refused; ended {summary['finish_reason']!r} with exit code {crawl.exit_code} after"
        f" {last.seconds:.0f} s, {crawl.asked / last.seconds:.0f} pages/s. Most memory:"
        f" {most:.0f} MB; most open files: {max(one.files for one in crawl.samples)}, of them"
        f" {max(one.sockets for one in crawl.samples)} sockets."
    )
    head = ("records", "seconds", "resident MB", "open files", "sockets")
    return f"{ended}\n\n{markdown_table(head, map(_row, _told(crawl.samples)))}"


def _measure(options: Namespace) -> str:
    before = os.getloadavg()[0]
    crawl = crawl_sites(options.sites, options.pages)
    note = (
        f"{options.sites} sites of {options.pages} pages, {os.cpu_count()} cores; load before and"
        f" after: {before:.1f}, {os.getloadavg()[0]:.1f}."
    )
    return "\n\n".join((note, sites_section(crawl), reached("sites", site_figures(crawl))))


def _command(folder: Path) -> list[str]:
    chosen = {"COPYDESK_OUTPUT": folder / "output", "LOG_LEVEL": "WARNING"}
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"sites={folder / 'sites'}"]
    return command + [word for pair in chosen.items() for word in ("-s", "{}={}".format(*pair))]


def _environment() -> dict[str, str]:
    return os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}


def _watch(process: "subprocess.Popen[bytes]", output: Path) -> list[Sample]:
    """Look at a process until it ends, and at its records by which its way is measured."""
    samples: list[Sample] = []
    began, records = time.monotonic(), 0
    read: Counter[int] = Counter()
    while process.poll() is None:
        written = (output / "open").glob("*.articles.part")
        for path in (*written, *(output / "articles").rglob("*.jsonl")):
            # By its number: a file that is sealed has another name.
            with suppress(OSError), path.open("rb") as file:
                number = os.fstat(file.fileno()).st_ino
                file.seek(read[number])
                new = file.read()
                records, read[number] = records + new.count(b"\n"), read[number] + len(new)
        # Between two looks it may have ended.
        with suppress(OSError, StopIteration):
            samples.append(_sample(process.pid, records, time.monotonic() - began))
        if len({one.records // _TOLD for one in samples[-2:]}) > 1:
            report(f"sites: {records} records, {samples[-1].resident_mb:.0f} MB")
        time.sleep(_EVERY)
    if not samples:
        raise InputError(f"sites: the crawl ended at once, with {process.returncode}")
    return samples


def _sample(pid: int, records: int, seconds: float) -> Sample:
    process = Path(f"/proc/{pid}")
    lines = (process / "status").read_text("ascii").splitlines()
    kibibytes = int(next(line.split()[1] for line in lines if line.startswith("VmRSS:")))
    targets = []
    for link in (process / "fd").iterdir():
        with suppress(OSError):
            targets.append(str(link.readlink()))
    return Sample(
        records=records,
        seconds=seconds,
        resident_mb=kibibytes * 1024 / 1e6,
        files=len(targets),
        sockets=sum(target.startswith("socket:") for target in targets),
    )


def _told(samples: Sequence[Sample]) -> list[Sample]:
    """The first of each thousand, and the last."""
    firsts = {one.records // _TOLD: one for one in reversed(samples)}
    told = [firsts[number] for number in sorted(firsts)]
    return told if told[-1] is samples[-1] else [*told, samples[-1]]


def _row(one: Sample) -> tuple[Cell, ...]:
    shown = (f"{one.seconds:.0f}", f"{one.resident_mb:.0f}", one.files, one.sockets)
    return (one.records, *shown)


if __name__ == "__main__":
    sys.exit(main())
