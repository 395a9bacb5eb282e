"""A run to be killed: publishes the articles of a JSONL file, telling each step on its way.

Usage: publisher.py OUTPUT ARTICLES RUN_ID [STEP]

Prints a line after each step (`decided 1`, `written 1`, ..., `sealed 2`, ..., `ended`); every
second article is sealed at once, or every so many as SEGMENT in the environment says. At STEP it
waits for ever, to be killed exactly there; `torn N` leaves half of line N behind; at `event N` it
kills itself just before its Nth change of a name or a file in OUTPUT (a rename, a truncation, a
removal, an opening for writing).
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cleaning.article import Article
from crawler.ledger import Ledger
from crawler.recovery import recover
from crawler.segments import Limits, Publication, encode, part_path

SEGMENT = int(os.environ.get("SEGMENT", "2"))
EVENTS = ("os.rename", "os.truncate", "os.remove", "open")


def main(output: Path, articles: Path, run_id: str, stop: str = "") -> None:
    """Publishes, as a spider's pipelines do."""
    if stop.startswith("event "):
        _die_at(int(stop.removeprefix("event ")), output)
    with Ledger(output / "ledger.sqlite") as ledger:
        recover(ledger, output, datetime.now(UTC), "gz")
        publication = Publication(output, run_id, ledger, Limits(records=SEGMENT, packing="gz"))
        _tell("started", stop)
        for number, line in enumerate(articles.read_bytes().splitlines(), 1):
            article = msgspec.json.decode(line, type=Article)
            decision = ledger.decide(article, run_id)
            _tell(f"decided {number}", stop)
            if decision.article is None:
                continue
            record = encode(decision.article)
            if stop == f"torn {number}":
                with part_path(output, run_id, "articles").open("ab") as part:
                    part.write(record[: len(record) // 2])
            _tell(f"torn {number}", stop)
            publication.write("articles", record)
            audit = {"id": article.id, "version": decision.article.version, "removed": []}
            publication.write("removed", msgspec.json.encode(audit))
            _tell(f"written {number}", stop)
            if publication.is_due(datetime.now(UTC)):
                publication.seal(datetime.now(UTC))
                _tell(f"sealed {number}", stop)
        publication.seal(datetime.now(UTC), has_ended=True)
        _tell("ended", stop)
        publication.close()


def _tell(step: str, stop: str) -> None:
    os.write(sys.stdout.fileno(), step.encode() + b"\n")
    if step == stop:
        signal.pause()


def _is_change(event: str, args: tuple[Any, ...], output: Path) -> bool:
    # What is open already goes by its number.
    if not isinstance(args[0], int) and not str(args[0]).startswith(str(output)):
        return False
    return event != "open" or bool(args[2] & (os.O_WRONLY | os.O_RDWR))


def _die_at(number: int, output: Path) -> None:
    left = [number]

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in EVENTS and _is_change(event, args, output):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
