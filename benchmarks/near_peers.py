"""Measures other programs' near-duplicate search beside `scrapy dedup` and the ledger."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.answer import label_copies, read_rows, score_copies
from benchmarks.command import report
from benchmarks.ledger_load import fill
from benchmarks.near_rival import RIVALS, Rival, cpu_of_rival
from benchmarks.synthetic import Newswire
from benchmarks.table import Cell, markdown_table
from cleaning.near_duplicate import WINDOW

_TIMED: Final = 2_000
_COPYDESK: Final = "copydesk"
#: Templates that are filled in: what is labelled of them is a false alarm.
_TEMPLATES: Final = ("weather", "shares", "match")
_NOTE: Final = """\
The stream `dedup.jsonl` of the corpus, judged by its `score_dedup.py`. Each program labels an
article with the earliest one of the 72 hours before that it takes for its like; the columns behind
`precision` are false alarms on items of filled-in templates. CPU in milliseconds a text of some 800
words, of {texts:,} synthetic texts in one run. copydesk's is all that `Ledger.decide` does:
shingles, look-up, exact comparison, versions, history, and a transaction on disk. The others keep
sketches in memory, and compare nothing exactly. The stream was in view when copydesk's rules were
written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearFigures:
    """Of one program: the figures of `score_dedup.py`, and its CPU in milliseconds a text."""

    copies: Mapping[str, float]
    cpu: float


def measure_near_peers(corpus: Path) -> dict[str, NearFigures | None]:
    """The figures by program, copydesk's first; None for one that is not installed.

    Raises:
        CopydeskError: a command that has to go well did not.
    """
    stream = corpus / "dedup.jsonl"
    texts = [article.text or "" for article in Newswire(_TIMED).articles()]
    figures: dict[str, NearFigures | None] = {}
    with TemporaryDirectory() as made:
        labelled = Path(made, "labelled.jsonl")
        report("peers: copies, scrapy dedup and the ledger")
        label_copies(stream, labelled)
        ours = score_copies(corpus, labelled)
        cpu = fill(Path(made, "ledger.sqlite"), _TIMED)
        figures[_COPYDESK] = NearFigures(copies=ours, cpu=cpu)
        for name, rival in RIVALS.items():
            if not rival.is_installed:
                figures[name] = None
                continue
            report(f"peers: copies, {name}")
            labels = map(json.dumps, labels_of(rival, list(read_rows(stream))))
            labelled.write_text("\n".join(labels), encoding="utf-8")
            copies = score_copies(corpus, labelled)
            figures[name] = NearFigures(copies=copies, cpu=cpu_of_rival(rival, texts))
    return figures


def labels_of(rival: Rival, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The labels that `score_dedup.py` judges: the earliest like one that is still in the window.

    Args:
        rival: one that is installed.
        rows: articles with `url`, `text` and `date_published`, in order of publication.
    """
    times = [datetime.fromisoformat(row["date_published"]) for row in rows]
    found = rival.find(row["text"] for row in rows)
    for row, time, alike in zip(rows, times, found, strict=True):
        first = min((one for one in alike if time - times[one] <= WINDOW), default=None)
        yield {
            "url": row["url"],
            "duplicate": None if first is None else {"of": rows[first]["url"]},
        }


def near_section(figures: Mapping[str, NearFigures | None]) -> str:
    """The table, with what it shows."""
    head = ("program", "recall", "precision", *_TEMPLATES, "CPU ms")
    rows = (_row(name, own) for name, own in figures.items())
    return f"{_NOTE.format(texts=_TIMED)}\n\n{markdown_table(head, rows)}"


def _row(name: str, figures: NearFigures | None) -> tuple[Cell, ...]:
    if figures is None:
        return (f"{name}: not installed", *[None] * (len(_TEMPLATES) + 3))
    columns = ("recall", "precision", *_TEMPLATES)
    return (name, *(figures.copies.get(column) for column in columns), f"{figures.cpu:.2f}")
