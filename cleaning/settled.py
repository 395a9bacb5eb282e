"""Tells what of a text counts for its versions: not the counters and dates of the page around it.

The words of such lines are in `settled.toml`; those that residue is known by count here too.
"""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from cleaning.date_words import DATE_LABEL, any_of, strip_fillers
from cleaning.dates import is_date_line
from cleaning.dedup import fingerprint
from cleaning.phrase import residue_line

_TABLE: Final[dict[str, dict[str, list[str]]]] = tomllib.loads(
    files("cleaning").joinpath("settled.toml").read_text("utf-8")
)
#: The rules of `residue.toml` for lines that differ with each fetch.
_RESIDUE: Final = frozenset({"comment-counter", "visitor-counter", "reading-time", "updated-note"})
#: Longer lines are prose.
_MAX_LENGTH: Final = 100
#: Of a text's short lines, so many at either end are looked at: a date may cost a millisecond.
_MAX_LINES: Final = 20
_PARTS = re.compile(r"\s*[|·•]\s*|\s+[–—-]\s+")
_BULLET = re.compile(r"^[-*•] ")
#: A word that is left, or money: `$12.50 a share`.
_NEWS = re.compile(r"[^\W\d_]|[%$€£¥₹₩₽₺]")
_FIGURE = re.compile(r"\d[\d.,:’'\s]*")


def settled_fingerprint(text: str, language: str) -> str:
    """The same for all texts that are one version, and for copies of it word for word.

    Args:
        text: an article's.
        language: BCP-47 tag of the text's language, or `und`.
    """
    return fingerprint(settled(text, language))


def settled(text: str, language: str) -> str:
    """A text without the lines that hold nothing but a date, a time or a counter.

    They change with every fetch (`12 comments`, `Updated 3 hours ago`), and the article does not. A
    text of nothing else stays whole.

    Args:
        text: an article's, its paragraphs and lines separated by line breaks.
        language: BCP-47 tag of the text's language, or `und`.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    short = [at for at, line in enumerate(lines) if len(line) <= _MAX_LENGTH]
    looked_at = {*short[:_MAX_LINES], *short[-_MAX_LINES:]}
    kept = [
        line
        for at, line in enumerate(lines)
        if at not in looked_at or not _is_passing(_BULLET.sub("", line.strip()), [language])
    ]
    return "\n\n".join(kept) or text


def _is_passing(line: str, languages: Sequence[str]) -> bool:
    parts = [part for part in _PARTS.split(line) if part]
    return _is_passing_part(line, languages) or (
        len(parts) > 1 and all(_is_passing_part(part, languages) for part in parts)
    )


def _is_passing_part(part: str, languages: Sequence[str]) -> bool:
    return _counts(part) or residue_line(part) in _RESIDUE or is_date_line(part, languages)


def _counts(line: str) -> bool:
    """Whether a line counts, or says how long ago: `12 comments`, `Updated yesterday, 14:05`.

    A label with a figure alone does not: `Stand 2:1` is a score.
    """
    rest, figures = _FIGURE.subn(" ", line)
    rest, counted = _COUNTED.subn(" ", rest)
    rest, labels = DATE_LABEL.subn(" ", rest)
    rest, beside = _BESIDE.subn(" ", rest)
    if _NEWS.search(strip_fillers(rest)):
        return False
    return bool(counted and counted + beside + figures > 1) or bool(labels and beside)


def _words(*kinds: str) -> set[str]:
    return {word for kind in kinds for words in _TABLE[kind].values() for word in words}


_COUNTED = re.compile(any_of(_words("counted", "ago")), re.IGNORECASE)
_BESIDE = re.compile(any_of(_words("beside")), re.IGNORECASE)
