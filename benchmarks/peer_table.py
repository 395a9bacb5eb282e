"""The tables of the section "Peers": all figures of all programs, side by side."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from benchmarks.corpus import SETS
from benchmarks.peer import Peer
from benchmarks.peer_cpu import COPYDESK, TRAFILATURA, Costs, cpu_table, ratios
from benchmarks.table import Cell, markdown_table
from benchmarks.target import Figures
from cleaning import __version__

_UNSEEN: Final = f"{COPYDESK}, cross-validated"
_SEEN: Final = f"{COPYDESK}, seen"
_EXTRACT: Final = ("aeb", "fundus", "world", "blogs")
#: Column: set and figure of `score.py`.
_TEXTS: Final = {
    **{
        f"{name} {figure}": (f"extract-{name}", figure)
        for name in _EXTRACT
        for figure in ("f1", "exact")
    },
    "snippets f1": ("snippets", "snippet_f1"),
}
_METADATA: Final = {
    f"{name.removeprefix('extract-')} {column}": (name, figure)
    for name in ("dates", "snippets", "extract-world")
    for column, figure in (
        ("day right", "date"),
        ("wrong", "date_wrong"),
        *((("title", "title"), ("author", "author")) if name != "dates" else ()),
    )
}
#: What a peer must give for a figure to be its own.
_NEEDS: Final = {"date": "date", "date_wrong": "date", "title": "title", "author": "author"}
_SUMMARY_HEAD: Final = (
    *("program", "AEB F1 (exact)", "Fundus F1 (exact)", "25 countries F1 (exact)", "blogs F1"),
    *("snippets F1", "day right / wrong", "CPU"),
)
_SUMMARY: Final = """\
copydesk's F1 and exact texts are cross-validated by site; its days are of pages that were in view
when its rules were written, as they may have been for any other program: all sets are public. Days
are of the set `dates`. CPU is that of a page over trafilatura's, for all that a program does:"""
_DETAIL: Final = """\
All figures of texts; `seen` is copydesk on pages that its learned part was trained on:"""
_STATED: Final = """\
What is said of the article, as a share of the pages whose gold has it; a day that is neither right
nor wrong was not given, and a dash stands for what a program does not give:"""
_ASKED: Final = """\
How each was asked, with how many pages gave no text though gold has one, and on how many pages of
all sets it failed (an error, or over half a minute); both count as empty answers. `html` is
the page decoded by copydesk, so that nobody has to guess an encoding:"""
_CPU: Final = """\
CPU in milliseconds a page, on pages evenly spread over the sets of texts, in one process; of each
page the fastest round counts. copydesk's is all of `clean`: decoding, text, metadata, dates and
language; peers are timed from bytes to answer, decoding too:"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that was measured.

    `figures` are by program, then by set; `failures` are counts by program and kind.
    """

    peers: Sequence[Peer]
    figures: Mapping[str, Figures]
    failures: Mapping[str, Counter[str]]
    cross_validated: Figures
    costs: Costs


def peers_section(measured: Measured) -> str:
    """The tables, with what they show."""
    texts = {_UNSEEN: measured.cross_validated, **_named(measured, _SEEN)}
    parts = (
        (_SUMMARY, summary_table(measured)),
        (_DETAIL, _figure_table(texts, _TEXTS)),
        (_STATED, _figure_table(_given(measured), _METADATA)),
        (_ASKED, _asked_table(measured)),
        (_CPU, cpu_table(measured.costs)),
    )
    return "\n\n".join(text for part in parts for text in part)


def summary_table(measured: Measured) -> str:
    """A row for each program, copydesk's of cross-validation."""
    dates = {name: figures.get("dates", {}) for name, figures in _given(measured).items()}
    costs = ratios(measured.costs)
    rows = [
        (
            name,
            *(_pair(figures.get(f"extract-{one}", {}), "f1", "exact") for one in _EXTRACT[:3]),
            _short(figures.get("extract-blogs", {}).get("f1")),
            _short(figures.get("snippets", {}).get("snippet_f1")),
            " / ".join(_short(dates[name].get(figure)) for figure in ("date", "date_wrong")),
            f"{costs[name]:.2f}",
        )
        for name, figures in {**measured.figures, COPYDESK: measured.cross_validated}.items()
    ]
    absent = [
        (f"{name}: not installed", *[None] * (len(_SUMMARY_HEAD) - 1)) for name in _absent(measured)
    ]
    return markdown_table(_SUMMARY_HEAD, [*rows, *absent])


def _named(measured: Measured, ours: str) -> dict[str, Figures]:
    """The figures by program, copydesk's under another name."""
    return {ours if name == COPYDESK else name: one for name, one in measured.figures.items()}


def _given(measured: Measured) -> dict[str, Figures]:
    """The figures by program, without those of what it does not give."""
    gives = {peer.name: peer.gives for peer in measured.peers}
    return {
        name: {
            one: {
                figure: value
                for figure, value in own.items()
                if name not in gives or _NEEDS.get(figure, "") in ("", *gives[name])
            }
            for one, own in figures.items()
        }
        for name, figures in measured.figures.items()
    }


def _figure_table(programs: Mapping[str, Figures], columns: Mapping[str, tuple[str, str]]) -> str:
    rows = (
        (name, *(_short(figures.get(one, {}).get(figure)) for one, figure in columns.values()))
        for name, figures in programs.items()
    )
    return markdown_table(("program", *columns), rows)


def _asked_table(measured: Measured) -> str:
    return markdown_table(
        ("program", "version", "no text", "failed", "asked"), _asked_rows(measured)
    )


def _asked_rows(measured: Measured) -> Iterator[tuple[Cell, ...]]:
    yield COPYDESK, __version__, _textless(measured, COPYDESK), 0, "`scrapy clean`"
    call = "`bare_extraction(body, url=url, with_metadata=True, include_comments=False)`"
    found = version(TRAFILATURA)
    yield TRAFILATURA, found, _textless(measured, TRAFILATURA), 0, call
    for peer in measured.peers:
        if peer.name not in measured.figures:
            yield peer.name, "not installed", None, None, f"`{peer.call}`"
            continue
        textless, failures = _textless(measured, peer.name), measured.failures[peer.name]
        kinds = ", ".join(f"{count} {kind}" for kind, count in failures.most_common())
        failed = kinds or (None if textless is None else 0)
        yield peer.name, peer.version, textless, failed, f"`{peer.call}`"


def _textless(measured: Measured, program: str) -> float | None:
    """Of all sets of texts; unknown where the answers to one are not there."""
    counts = [measured.figures[program].get(name, {}).get("false_refusals") for name in SETS]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _absent(measured: Measured) -> list[str]:
    return [peer.name for peer in measured.peers if peer.name not in measured.figures]


def _pair(figures: Mapping[str, float], main: str, other: str) -> str:
    return f"{_short(figures.get(main))} ({_short(figures.get(other))})"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
