"""Shows an explanation on a terminal, in colour where that has any."""

import re
from collections.abc import Iterable, Sequence

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cleaning.explanation import Explanation, Row
from crawler.explain_wording import (
    Line,
    author_lines,
    date_lines,
    facts,
    headline,
    record_lines,
    title_lines,
    verdict,
    why_removed,
)

#: What pages may hold to make a terminal do or show something else: controls, marks that turn the
#: direction of writing, and halves of surrogate pairs, which cannot be written at all.
_UNSAFE = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
#: Letters of a removed block.
_MAX_REMOVED = 160
_MAX_CANDIDATE = 300


def show(explanation: Explanation, console: Console) -> None:
    """Print all of it."""
    for part in _parts(explanation):
        console.print(part)


def safe(text: str) -> str:
    """The text without what a terminal would obey."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def _parts(explanation: Explanation) -> Iterable[RenderableType]:
    record = explanation.record
    yield Text(safe(headline(explanation)), style="bold")
    yield Text(safe(explanation.url), style="cyan")
    yield Text(safe(verdict(explanation)), style="green" if record else "bold red")
    if explanation.blocks:
        yield _heading(
            "Blocks in page order, and how surely the judge takes each for the article's"
        )
        yield from _blocks(explanation.blocks)
    candidates = (
        ("Titles", title_lines(explanation)),
        ("Authors", author_lines(explanation)),
        ("Dates", date_lines(explanation)),
    )
    for name, lines in candidates:
        if lines:
            yield _heading(f"{name}, the one taken marked >")
            yield _candidates(lines)
    yield _heading("What is known besides")
    yield _facts(explanation)
    yield _heading("Record" if record else "Refusal")
    yield Text(safe(record_lines(explanation)))


def _heading(text: str) -> RenderableType:
    return Padding(Text(text, style="bold underline"), (1, 0, 0, 0))


def _blocks(rows: Sequence[Row]) -> Iterable[RenderableType]:
    """A grid of marks, beliefs and texts; why some were removed stands below the last of these."""
    grid = Table.grid(padding=(0, 1))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column()
    for row, following in zip(rows, (*rows[1:], None), strict=True):
        if row.kept:
            style = "bold" if row.kind == "heading" else ""
            grid.add_row(Text("+", style="green"), _belief(row), Text(safe(row.text), style=style))
            continue
        text = Text(_cut(safe(row.text), _MAX_REMOVED), style="dim")
        grid.add_row(Text("-", style="red"), _belief(row), text)
        same = following and (following.kept, following.rule) == (False, row.rule)
        if not same:
            grid.add_row("", "", Text(safe(f"  {why_removed(row)}"), style="yellow"))
    yield grid


def _belief(row: Row) -> Text:
    return Text("" if row.belief is None else f"{row.belief:.2f}", style="dim")


def _candidates(lines: Sequence[Line]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for line in lines:
        style = "green" if line.won else "dim"
        cells = (">" if line.won else " ", line.source, line.weight)
        text = Text(_cut(safe(line.text), _MAX_CANDIDATE), style=style)
        grid.add_row(*(Text(safe(cell), style=style) for cell in cells), text)
    return grid


def _facts(explanation: Explanation) -> Table:
    grid = Table.grid(padding=(0, 2))
    for fact in facts(explanation):
        grid.add_row(Text(fact.name, style="cyan"), Text(safe(fact.text)))
    return grid


def _cut(text: str, most: int) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= most else f"{line[:most].rstrip()} \N{HORIZONTAL ELLIPSIS}"
