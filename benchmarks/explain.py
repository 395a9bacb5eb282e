"""Measures how long `scrapy explain` takes from a cold start, beside Scrapy's own start.

    python -m benchmarks.explain [--kb N] [--rounds N]

Each round starts `scrapy version`, then `scrapy explain FILE` with each kind of output, of a page
that is made up. Seconds on the clock and of CPU; the fastest round counts, the median is told too.
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.command import report, run_alone
from benchmarks.corpus import ROOT
from benchmarks.made_page import large_page
from benchmarks.table import markdown_table
from cleaning.error import InputError

_HEAD: Final = ("command", "seconds, fastest", "median", "CPU seconds, fastest")


@dataclass(frozen=True, slots=True)
class Start:
    """One process, from start to end: seconds on the clock, and of CPU."""

    wall: float
    cpu: float


def main() -> int:
    """Measure, and print the table; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kb", type=int, default=200, metavar="N", help="of the page (200)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="starts of each (5)")
    return run_alone(parser, lambda options: starts_section(measure_starts(options)))


def measure_starts(options: Namespace) -> dict[str, list[Start]]:
    """All starts, by what was started."""
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        path = Path(folder, "page.html")
        path.write_bytes(large_page("paper.example", 1, options.kb * 1000))
        explain = ("explain", str(path), "-s", f"COPYDESK_OUTPUT={folder}/none")
        commands = {
            "scrapy version": ("version",),
            "scrapy explain": explain,
            "scrapy explain --json": (*explain, "--json"),
            "scrapy explain --html": (*explain, "--html", f"{folder}/told.html"),
        }
        starts: dict[str, list[Start]] = {name: [] for name in commands}
        for number in range(max(1, options.rounds)):
            report(f"explain: round {number + 1}")
            for name, args in commands.items():
                starts[name].append(_timed(args))
    return starts


def starts_section(starts: Mapping[str, Sequence[Start]]) -> str:
    """The table."""
    rows = [
        (
            name,
            f"{min(one.wall for one in own):.2f}",
            f"{median(one.wall for one in own):.2f}",
            f"{min(one.cpu for one in own):.2f}",
        )
        for name, own in starts.items()
    ]
    return markdown_table(_HEAD, rows)


def _timed(args: Sequence[str]) -> Start:
    """The command, waited for alone, so that the CPU is its own."""
    command = [sys.executable, "-m", "scrapy", *args]
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    wall, after = time.perf_counter() - begun, os.times()
    if done.returncode:
        raise InputError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')[-500:]}")
    used = after.children_user + after.children_system
    return Start(wall, used - before.children_user - before.children_system)


if __name__ == "__main__":
    sys.exit(main())
