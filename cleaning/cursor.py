"""How far a consumer has read: a segment and how many of its lines, as a short string."""

import re
from typing import NamedTuple, Self

from cleaning.error import ArgumentError

_FORM = re.compile(r"(\d{1,18}):(\d{1,18})", re.ASCII)


class Cursor(NamedTuple):
    """All segments before `sequence` have been read, and `lines` lines of that one."""

    sequence: int = 0
    lines: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that `str` gave; whitespace around it does not count.

        Raises:
            ArgumentError: it is none.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            cure = "give one that a reading ended with, as 17:240, or none, to read from the start"
            raise ArgumentError(f"{text.strip()[:40]!r} is no cursor; {cure}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.sequence}:{self.lines}"
