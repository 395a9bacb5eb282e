"""Measures other extractors beside copydesk and trafilatura, on the same pages, by `score.py`.

    python -m benchmarks.peers [--corpus DIR] [--pages N] [--rounds N] [--workers N]
        [--answers DIR [--kept]] [--update]

Only those that are installed are measured: `pip install -e '.[bench]'`. None of them can reach the
network. With `--update`, the section "Peers" of `benchmarks/RESULTS.md` is written anew. With
`--answers`, what peers answered stays in a folder, for `score.py --worst`, and is not asked again;
with `--kept` besides, a set that is not there has no figures.
"""

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.answer import clean_files, write_trafilatura
from benchmarks.command import parser_for, report, run
from benchmarks.corpus import ALL_SETS, pages_of, warc_of
from benchmarks.near_peers import measure_near_peers, near_section
from benchmarks.peer import Peer, load_peers
from benchmarks.peer_cpu import COPYDESK, TRAFILATURA, add_options, measure_cpu
from benchmarks.peer_run import failures_in, write_answers
from benchmarks.peer_table import Measured, peers_section
from benchmarks.quality import CROSS_VALIDATED, figures_of
from benchmarks.results import keep_section, made_by
from benchmarks.target import Figures, load_figures

#: Writes the answers to a set, by its name, into a file.
Writer = Callable[[str, Path], object]
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
    parser.add_argument("--kept", action="store_true", help="ask for no answers but those kept")
    parser.add_argument("--update", action="store_true", help="keep it in benchmarks/RESULTS.md")
    return run(parser, _measure)


def _measure(options: Namespace) -> str:
    command = "python -m benchmarks.peers --update"
    near = near_section(measure_near_peers(options.corpus))
    measured = measure_peers(options)
    section = "\n\n".join(
        (made_by(command, _PACKAGES), peers_section(measured), "### Near-duplicates", near)
    )
    if options.update:
        keep_section(TITLE, section)
    return section


def measure_peers(options: Namespace) -> Measured:
    """Have all programs that are installed answer all pages, and time them on some.

    Raises:
        CopydeskError: a command that has to go well did not.
    """
    corpus: Path = options.corpus
    peers = load_peers()
    installed = [peer for peer in peers if peer.version]
    costs = measure_cpu(installed, options)
    writers: dict[str, Writer] = {
        COPYDESK: lambda name, records: clean_files([warc_of(corpus, name)], records),
        TRAFILATURA: lambda name, records: write_trafilatura(pages_of(corpus, name), records),
    }
    for peer in installed:
        writers[peer.name] = partial(_ask_all, peer, options)
    with TemporaryDirectory() as made:
        folder = options.answers or Path(made)
        if not options.kept:
            for program, write in writers.items():
                write_sets(program, folder / program, write)
        figures = {program: _figures(corpus, folder / program) for program in writers}
        failures = {program: _failures(folder / program) for program in writers}
    return Measured(
        peers=peers,
        figures=figures,
        failures=failures,
        cross_validated=load_figures(CROSS_VALIDATED),
        costs=costs,
    )


def write_sets(program: str, folder: Path, write: Writer) -> None:
    """Have a program's answers to all sets in a folder; those that are there are not asked again.

    Args:
        program: its name, for the progress.
        folder: gets a file for each set, once that is whole.
        write: writes the answers to a set, by its name, into a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ALL_SETS:
        records = _answers(folder, name)
        if not records.exists():
            report(f"peers: {program} on {name}")
            unfinished = folder / "unfinished.jsonl"
            write(name, unfinished)
            unfinished.replace(records)


def _ask_all(peer: Peer, options: Namespace, name: str, records: Path) -> None:
    write_answers(peer, pages_of(options.corpus, name), records, options.workers)


def _figures(corpus: Path, folder: Path) -> Figures:
    return {name: figures_of(corpus, name, file) for name, file in _kept(folder).items()}


def _failures(folder: Path) -> Counter[str]:
    return sum(map(failures_in, _kept(folder).values()), Counter())


def _kept(folder: Path) -> dict[str, Path]:
    """The answers that are there, by set."""
    files = {name: _answers(folder, name) for name in ALL_SETS}
    return {name: file for name, file in files.items() if file.exists()}


def _answers(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl"


if __name__ == "__main__":
    sys.exit(main())
