"""Measures other extractors beside copydesk and trafilatura, on the same pages, by `score.py`.

    python -m benchmarks.peers [--corpus DIR] [--pages N] [--rounds N] [--workers N]
        [--answers DIR] [--update]

Only those that are installed are measured: `pip install -e '.[bench]'`. None of them can reach the
network. With `--update`, the section "Peers" of `benchmarks/RESULTS.md` is written anew. With
`--answers`, what peers answered stays in a folder, for `score.py --worst`, and is not asked again.
"""

import sys
from argparse import Namespace
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ALL_SETS, pages_of
from benchmarks.near_peers import measure_near_peers, near_section
from benchmarks.peer import Peer, load_peers
from benchmarks.peer_cpu import COPYDESK, TRAFILATURA, add_options, measure_cpu
from benchmarks.peer_run import failures_in, write_answers
from benchmarks.peer_table import Measured, peers_section
from benchmarks.quality import CROSS_VALIDATED, figures_of, measure_quality
from benchmarks.results import keep_section, made_by
from benchmarks.target import Figures, load_figures

#: Of the section in `benchmarks/RESULTS.md`.
TITLE = "Peers"
_PACKAGES = ("trafilatura", "htmldate", "lxml", "datasketch", "rensa", "simhash")


def main() -> int:
    """Measure, and print the tables; the exit code."""
    parser = parser_for(__doc__)
    add_options(parser)
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes (2)")
    parser.add_argument(
        "--answers", type=Path, metavar="DIR", help="keep answers there, and take those that are"
    )
    parser.add_argument("--update", action="store_true", help="keep it in benchmarks/RESULTS.md")
    return run(parser, _measure)


def _measure(options: Namespace) -> str:
    command = "python -m benchmarks.peers --update"
    measured = measure_peers(options)
    near = near_section(measure_near_peers(options.corpus))
    section = "\n\n".join(
        (made_by(command, _PACKAGES), peers_section(measured), "### Near-duplicates", near)
    )
    if options.update:
        keep_section(TITLE, section)
    return section


def measure_peers(options: Namespace) -> Measured:
    """Have all peers that are installed answer all pages, and time them on some.

    Raises:
        CopydeskError: a command that has to go well did not.
    """
    peers = load_peers()
    installed = [peer for peer in peers if peer.version]
    with TemporaryDirectory() as made:
        folder = options.answers or Path(made)
        answered = {peer.name: _answered(peer, folder / peer.name, options) for peer in installed}
    costs = measure_cpu(installed, options)
    quality = measure_quality(options.corpus)
    figures = {COPYDESK: quality.copydesk, TRAFILATURA: quality.trafilatura}
    return Measured(
        peers=peers,
        figures=figures | {name: found for name, (found, _) in answered.items()},
        failures={name: failures for name, (_, failures) in answered.items()},
        cross_validated=load_figures(CROSS_VALIDATED),
        costs=costs,
    )


def _answered(peer: Peer, folder: Path, options: Namespace) -> tuple[Figures, Counter[str]]:
    """The figures of a peer on all sets, and how often it failed on any, by the kind of failure.

    Answers that are in the folder already are taken as they are.
    """
    figures: dict[str, dict[str, float]] = {}
    failures: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ALL_SETS:
        records = folder / f"{name}.jsonl"
        if not records.exists():
            report(f"peers: {peer.name} on {name}")
            write_answers(peer, pages_of(options.corpus, name), records, options.workers)
        failures += failures_in(records)
        figures[name] = figures_of(options.corpus, name, records)
    return figures, failures


if __name__ == "__main__":
    sys.exit(main())
