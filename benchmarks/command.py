"""What the commands of the benchmark have in common: options, progress, errors."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import DEFAULT, find_corpus
from cleaning.error import CopydeskError


def parser_for(doc: str | None) -> ArgumentParser:
    """A parser with the option that all have: `--corpus`."""
    parser = ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument(
        "--corpus",
        type=Path,
        default=DEFAULT,
        metavar="DIR",
        help="the folder with the sets (default: ../shared/corpus, beside the project)",
    )
    return parser


def run(parser: ArgumentParser, make: Callable[[Namespace], str]) -> int:
    """Print what is made of the options; the exit code, 1 with a line that says why it could not.

    Args:
        parser: from `parser_for`, with the command's own options.
        make: measures, and gives a Markdown text.
    """

    def measured(options: Namespace) -> str:
        options.corpus = find_corpus(options.corpus)
        return make(options)

    return run_alone(parser, measured)


def run_alone(parser: ArgumentParser, make: Callable[[Namespace], str]) -> int:
    """As `run`, where no corpus is needed: the parser is any."""
    options = parser.parse_args()
    try:
        print(make(options))
    except CopydeskError as error:
        report(f"benchmark: {error}")
        return 1
    return 0


def report(line: str) -> None:
    """Say on stderr how far it is."""
    print(line, file=sys.stderr, flush=True)
