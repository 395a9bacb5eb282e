"""What our commands have in common: how they end early, and which ledger is meant."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from scrapy.settings import BaseSettings

from cleaning.error import CopydeskError, LedgerError


def run_to_output(name: str, work: Callable[[], int]) -> int:
    """The exit code of a command that writes what it makes; what ends it early is said in a line.

    Args:
        name: the command's.
        work: gives the exit code of a good end.
    """
    try:
        return work()
    except CopydeskError as error:
        say(f"scrapy {name}: {error}")
        return 1
    except BrokenPipeError:
        # `... | head`: the reader has had enough, of what is still in the buffer too.
        _lead_nowhere(sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        say(f"scrapy {name}: stopped; nothing is in the output file")
        return 130


def open_closed_streams() -> None:
    """Lead standard streams that are closed (`2>&-`) to nowhere.

    Else a file of ours would get the number of one, and what a library says would go into it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            _lead_nowhere(number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def drop_broken_streams() -> None:
    """Forget what cannot be said: else Python would try once more at exit, and end with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _lead_nowhere(stream.fileno())


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere == number:
        os.set_inheritable(number, True)  # noqa: FBT003  (it takes no name)
    else:
        os.dup2(nowhere, number)
        os.close(nowhere)


def add_ledger_option(parser: argparse.ArgumentParser) -> None:
    """The option that names another ledger than the project's."""
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        type=Path,
        help="another ledger than that of COPYDESK_OUTPUT",
    )


def ledger_of(opts: argparse.Namespace, settings: BaseSettings) -> Path:
    """The ledger that a command is to look at.

    Raises:
        LedgerError: there is none.
    """
    path: Path = opts.ledger or Path(settings["COPYDESK_OUTPUT"]) / "ledger.sqlite"
    if not path.exists():
        raise LedgerError(f"{path}: there is no ledger; a crawl makes one, or name one: --ledger")
    return path


def say(line: str) -> None:
    """Say something to people, apart from what is written for programs; they may be gone."""
    with suppress(OSError):
        sys.stderr.write(f"{line}\n")
