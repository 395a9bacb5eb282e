"""Pictures as inline SVG, labelled where the eye is: bars and columns. Pure.

They are drawn 360 units wide, so that their letters are of the page's size on a phone. Colours are
classes of the page's style sheet, which has them for light and dark. Each picture stands beside a
table that says the same, so for screen readers its title is enough.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from markupsafe import Markup

Tone = Literal["main", "loss", "quiet"]

_WIDTH: Final = 360
_ROW: Final = 24
_LABEL: Final = 122
_LETTERS: Final = 18
#: Left free behind the longest bar, for its figure.
_FIGURE: Final = 70
_HEIGHT: Final = 150
_TOP: Final = 18
_FOOT: Final = 20
#: A share or count that is not nothing is to be seen.
_LEAST: Final = 1.5

_BARS = Markup(
    '<svg class="chart" role="img" viewBox="0 0 {width} {height}" aria-label="{title}">'
    "<title>{title}</title>{marks}</svg>"
)
_BAR = Markup(
    '<text class="label" x="{label_x}" y="{y}" text-anchor="end">{short}</text>'
    '<rect class="{tone}" x="{x}" y="{top}" width="{length}" height="16" rx="2">'
    "<title>{label}: {figure}</title></rect>"
    '<text class="figure" x="{figure_x}" y="{y}">{figure}</text>'
)
_COLUMN = Markup(
    '<rect class="main" x="{x}" y="{y}" width="{width}" height="{height}">'
    "<title>{label}: {figure}</title></rect>"
)
_LINE = Markup('<line class="axis" x1="0" y1="{y}" x2="{width}" y2="{y}"/>')
_TEXT = Markup('<text class="{name}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>')


class Bar(NamedTuple):
    """A bar: what it is, how long, and the figure as it is written behind it."""

    label: str
    value: float
    figure: str
    tone: Tone = "main"


def bars(title: str, rows: Sequence[Bar]) -> Markup:
    """Horizontal bars, the first on top, from nought; empty where there are no rows."""
    if not rows:
        return Markup("")
    most = max(row.value for row in rows) or 1
    longest = _WIDTH - _LABEL - 6 - _FIGURE
    marks = [_bar(row, place, longest * row.value / most) for place, row in enumerate(rows)]
    return _svg(title, len(rows) * _ROW, marks)


def columns(title: str, values: Sequence[tuple[str, int]]) -> Markup:
    """Columns from nought, left to right; the first, the last and the highest are labelled."""
    if not values:
        return Markup("")
    most = max(value for _, value in values) or 1
    step = _WIDTH / len(values)
    width = min(max(step - 1, step * 0.8), 40)
    marks = [
        _COLUMN.format(
            x=f"{place * step + (step - width) / 2:.1f}",
            y=f"{_TOP + _HEIGHT - height:.1f}",
            width=f"{width:.1f}",
            height=f"{height:.1f}",
            label=label,
            figure=f"{value:,}",
        )
        for place, (label, value) in enumerate(values)
        if (height := _length(_HEIGHT * value / most, value))
    ]
    marks.append(_LINE.format(y=_TOP + _HEIGHT, width=_WIDTH))
    return _svg(title, _TOP + _HEIGHT + _FOOT, [*marks, *_labels(values, step)])


def _bar(row: Bar, place: int, length: float) -> Markup:
    top = place * _ROW + 4
    length = _length(length, row.value)
    return _BAR.format(
        label_x=_LABEL,
        y=top + 12,
        short=_short(row.label),
        tone=row.tone,
        x=_LABEL + 6,
        top=top,
        length=f"{length:.1f}",
        label=row.label,
        figure=row.figure,
        figure_x=f"{_LABEL + 6 + length + 5:.1f}",
    )


def _labels(values: Sequence[tuple[str, int]], step: float) -> list[Markup]:
    place, (label, most) = max(enumerate(values), key=lambda item: item[1][1])
    middle = (place + 0.5) * step
    anchor, x = _anchored(middle)
    foot = _TOP + _HEIGHT + 14
    marks = [_TEXT.format(name="figure", x=x, y=_TOP - 6, anchor=anchor, text=f"{most:,}: {label}")]
    if len(values) == 1:
        return [*marks, _TEXT.format(name="label", x=x, y=foot, anchor=anchor, text=label)]
    ends = ((0, "start", values[0][0]), (_WIDTH, "end", values[-1][0]))
    return marks + [
        _TEXT.format(name="label", x=x, y=foot, anchor=anchor, text=text)
        for x, anchor, text in ends
    ]


def _anchored(middle: float) -> tuple[str, str]:
    """Where a label stands that is to be above a place, and must not leave the picture."""
    if middle < _WIDTH / 4:
        return "start", "0"
    if middle > _WIDTH * 3 / 4:
        return "end", f"{_WIDTH}"
    return "middle", f"{middle:.1f}"


def _length(length: float, value: float) -> float:
    return max(length, _LEAST) if value else 0


def _short(label: str) -> str:
    return label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"


def _svg(title: str, height: int, marks: list[Markup]) -> Markup:
    return _BARS.format(width=_WIDTH, height=height, title=title, marks=Markup("").join(marks))
