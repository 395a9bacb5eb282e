"""Tables in Markdown that read well in a terminal too."""

from collections.abc import Iterable, Sequence

Cell = str | float | None


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table with its columns padded; whole numbers as they are, others with four decimals.

    Args:
        head: the columns' names; all but the first are set to the right.
        rows: a cell a column; None becomes a dash.
    """
    cells = [list(head), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    ruler = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(row, widths) for row in (cells[0], ruler, *cells[1:]))


def _shown(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{cell:.4f}" if isinstance(cell, float) else str(cell)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"
