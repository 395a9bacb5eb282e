"""A run to be killed: publishes the articles of a JSONL file, telling each step on its way.

Usage: publisher.py OUTPUT ARTICLES RUN_ID [STEP]

Prints a line after each step (`decided 1`, `written 1`, ..., `segment sealed`, `ledger sealed`).
At STEP it waits for ever, to be killed exactly there; `torn N` leaves half of line N behind.
"""

import os
import signal
import sys
from pathlib import Path

import msgspec

from cleaning.article import Article
from crawler.ledger import Ledger
from crawler.recovery import recover
from crawler.segments import SegmentWriter, encode


def main(output: Path, articles: Path, run_id: str, stop: str = "") -> None:
    """Publishes, as a spider's pipelines do."""
    folder = output / "articles"
    with Ledger(output / "ledger.sqlite") as ledger:
        recover(ledger, folder)
        writer = SegmentWriter(folder, run_id)
        _tell("started", stop)
        for number, line in enumerate(articles.read_bytes().splitlines(), 1):
            decision = ledger.decide(msgspec.json.decode(line, type=Article), run_id)
            _tell(f"decided {number}", stop)
            if decision.article is None:
                continue
            record = encode(decision.article)
            if stop == f"torn {number}":
                with (folder / f"{run_id}.jsonl.part").open("ab") as part:
                    part.write(record[: len(record) // 2])
            _tell(f"torn {number}", stop)
            writer.write(record)
            _tell(f"written {number}", stop)
        writer.seal()
        _tell("segment sealed", stop)
        ledger.seal(run_id)
        _tell("ledger sealed", stop)
        writer.close()


def _tell(step: str, stop: str) -> None:
    os.write(sys.stdout.fileno(), step.encode() + b"\n")
    if step == stop:
        signal.pause()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
