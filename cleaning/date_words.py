"""Cuts the words round a written date: what is left of `Updated on 5 May, 2 pm` is a date or not.

The words themselves are in `date_words.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Literal, get_args

Role = Literal["published", "modified"]
#: What a label says of the date behind it; `other` is neither.
Label = Literal["published", "modified", "other"]

_TABLE = tomllib.loads(files("cleaning").joinpath("date_words.toml").read_text("utf-8"))


def _words(kind: str) -> set[str]:
    return {word for words in _TABLE[kind].values() for word in words}


def any_of(words: Iterable[str]) -> str:
    """A pattern of whole words; scripts without spaces have no word borders to ask for."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return r"(?<![^\W\d_])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![^\W\d_])"


_LABELS: dict[str, Label] = {word: kind for kind in get_args(Label) for word in _words(kind)}
#: A label of any kind: `published on`, `zuletzt aktualisiert`.
DATE_LABEL = re.compile(any_of(_LABELS), re.IGNORECASE)
_RELATIVE = re.compile(
    f"{any_of(_words('relative'))}|{'|'.join(sorted(_words('unspaced')))}", re.IGNORECASE
)
_FILLER = re.compile(any_of(_words("filler")), re.IGNORECASE)
#: What separates dates, times and labels, but for the marks inside dates (`.`, `/`, `-`).
_MARKS = re.compile(r"[|·•–—:：()\[\]（）【】,;،]+|(?<=\s)-(?=\s)")


def split_at_labels(line: str) -> Iterator[tuple[Label | None, str]]:
    """The pieces of a line, each with the role that the label before it gives.

    Neighbouring labels are one label: `first published - updated` says modified. A piece before
    the first label has the role None.
    """
    role: Label | None = None
    start = 0
    for label in DATE_LABEL.finditer(line):
        piece = line[start : label.start()]
        if strip_marks(piece):
            yield role, piece
        # Case is ignored by rules of its own: the `ſ` of `poſted` is an `s` to it.
        role = _LABELS.get(label.group().lower(), "published")
        start = label.end()
    if strip_marks(line[start:]) or role:
        yield role, line[start:]


def is_relative(text: str) -> bool:
    """Whether a text has a word that makes it count from now: `ago`, `gestern`."""
    return _RELATIVE.search(text) is not None


def last_label(text: str) -> str:
    """The last label in a text, as written; empty where there is none."""
    return next((label.group() for label in reversed([*DATE_LABEL.finditer(text)])), "")


def strip_fillers(piece: str) -> str:
    """A piece without the words and marks that join date and time (`at`, `um`, `|`)."""
    return strip_marks(_FILLER.sub(" ", piece))


def strip_marks(piece: str) -> str:
    """A piece without separating marks, its words one space apart."""
    return " ".join(_MARKS.sub(" ", piece).split()).strip(" -")
