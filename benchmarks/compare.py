"""Measures how copies are found: how well, at what cost, and in how big a ledger.

python -m benchmarks.compare [--corpus DIR] [--documents N]
"""

import json
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.answer import label_copies, score_copies
from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ROOT
from benchmarks.ledger_load import Probe, fill, probed, size_of
from benchmarks.synthetic import Newswire
from benchmarks.table import Cell, markdown_table
from benchmarks.target import Figures, bound_of, load_targets, verdict

_TARGETS = ROOT / "benchmarks" / "targets.toml"
_SETS = ("dedup", "ledger")
#: Lines of a stream, and of one four times as long.
_STREAMS = (2_000, 8_000)
# In the process of `scrapy dedup` itself: what the system counts of a child, its parent has had.
_WATCHED = """
import atexit, runpy, sys
from benchmarks.ledger_load import peak_mb
atexit.register(lambda: sys.stderr.write(f"\\n{peak_mb()}"))
runpy.run_module("scrapy", run_name="__main__", alter_sys=True)
"""
_LEDGER = """\
A ledger of {documents:,} synthetic articles of 30 days, filled by `Ledger.decide`, one transaction
each. A look-up finds likely copies, reads and compares them; a fresh process did 1,000, on other
articles of the days in the middle, and then decided on them."""
_STREAM = """\
Peak memory of `scrapy dedup` on streams of two lengths:"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was measured.

    `copies` are the figures of the corpus' `score_dedup.py`; `streams` megabytes by lines.
    """

    copies: Mapping[str, float]
    documents: int
    fill_cpu: float
    bytes_each: float
    probe: Probe
    streams: Mapping[int, float]


def main() -> int:
    """Measure, and print the tables; the exit code."""
    parser = parser_for(__doc__)
    add_options(parser, documents=300_000)
    return run(parser, lambda options: _page(measure_comparison(options)))


def add_options(parser: ArgumentParser, *, documents: int) -> None:
    """How many documents there are to be in the ledger."""
    parser.add_argument(
        "--documents",
        type=int,
        default=documents,
        metavar="N",
        help=f"in the ledger ({documents}); 300,000 take half an hour and 1.2 GB of disk",
    )


def measure_comparison(options: Namespace) -> Comparison:
    """Label the corpus, fill a ledger.

    Raises:
        CopydeskError: a command that has to go well did not.
    """
    documents = max(1_000, options.documents)
    with TemporaryDirectory() as made:
        folder = Path(made)
        report("compare: scrapy dedup")
        labelled = folder / "labelled.jsonl"
        label_copies(options.corpus / "dedup.jsonl", labelled)
        copies = score_copies(options.corpus, labelled)
        report("compare: streams")
        streams = {lines: _stream_peak(folder, lines) for lines in _STREAMS}
        ledger = folder / "ledger.sqlite"
        fill_cpu = fill(ledger, documents)
        return Comparison(
            copies=copies,
            documents=documents,
            fill_cpu=fill_cpu,
            bytes_each=size_of(ledger) / documents,
            probe=probed(ledger, documents),
            streams=streams,
        )


def comparison_figures(comparison: Comparison) -> Figures:
    """The figures that have targets."""
    probe = comparison.probe
    ledger = {
        "cpu_ms": comparison.fill_cpu,
        "lookup_ms": probe.lookup_p50,
        "bytes": comparison.bytes_each,
        "resident_mb": probe.peak_mb,
    }
    return {"dedup": dict(comparison.copies), "ledger": ledger}


def comparison_section(comparison: Comparison) -> str:
    """The tables, with what they show."""
    streams = [(f"{lines:,}", f"{peak:.0f} MB") for lines, peak in comparison.streams.items()]
    parts = (
        _LEDGER.format(documents=comparison.documents),
        markdown_table(("figure", "value"), _ledger_rows(comparison)),
        _STREAM,
        markdown_table(("lines", "peak"), streams),
    )
    return "\n\n".join(parts)


def _page(comparison: Comparison) -> str:
    figures = comparison_figures(comparison)
    rows = [
        (target.set, target.figure, bound_of(target), value, verdict(target, value))
        for target in load_targets(_TARGETS)
        if target.set in _SETS
        for value in [figures[target.set].get(target.figure)]
    ]
    table = markdown_table(("set", "figure", "must", "copydesk", "reached"), rows)
    return f"{table}\n\n{comparison_section(comparison)}"


def _ledger_rows(comparison: Comparison) -> list[tuple[Cell, ...]]:
    probe = comparison.probe
    return [
        ("CPU of a decision, mean while filling", f"{comparison.fill_cpu:.2f} ms"),
        ("CPU of a decision, full ledger", f"{probe.decide_cpu:.2f} ms"),
        ("look-up, median", f"{probe.lookup_p50:.2f} ms"),
        ("look-up, 95th percentile", f"{probe.lookup_p95:.2f} ms"),
        ("look-up, mean CPU", f"{probe.lookup_cpu:.2f} ms"),
        ("on disk a document", f"{comparison.bytes_each:,.0f} bytes"),
        ("resident memory after 1,000 decisions", f"{probe.resident_mb:.0f} MB"),
        ("its peak", f"{probe.peak_mb:.0f} MB"),
    ]


def _stream_peak(folder: Path, lines: int) -> float:
    """The peak memory of `scrapy dedup` on a stream of so many lines."""
    stream = folder / f"stream-{lines}.jsonl"
    with stream.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _lines(lines))
    command = (sys.executable, "-c", _WATCHED, "dedup", str(stream), "-o", f"{stream}.out")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stderr.splitlines()[-1])


def _lines(count: int) -> Iterator[str]:
    for article in Newswire(count).articles():
        stated = {
            "url": article.url,
            "text": article.text,
            "date_published": article.date_published,
        }
        yield json.dumps(stated)


if __name__ == "__main__":
    sys.exit(main())
