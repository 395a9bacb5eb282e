"""Reads JSONL of articles to compare: records of ours, or of whoever has URL, text and time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaning.article import Duplicate, Refusal
from cleaning.error import InputError
from crawler.labelling import Line
from crawler.source_file import Flaw, open_source, refuse
from crawler.source_lines import complaint_of, numbered_lines

_CURE = "give an object a line with url, text, and date_published or fetched_at"


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """A line as it stands, and what is compared of it."""

    given: dict[str, Any]
    compared: Line

    def labelled(self, label: Duplicate | None) -> bytes:
        """The line with its `id` and label set, all else as it was."""
        known = {"id": self.compared.key(), "duplicate": label}
        return msgspec.json.encode(self.given | known)


def read_articles(path: Path, on_bytes: Callable[[int], None]) -> Iterator[ArticleLine | Refusal]:
    """The articles of a JSONL file, gzipped or not; a line that is none becomes a refusal.

    Raises:
        InputError: the file is missing, empty or damaged.
    """
    file = open_source(path)
    if not file.size:
        raise InputError(f"{path}: is empty; {_CURE}")
    for number, line in numbered_lines(file, on_bytes):
        try:
            yield _article(line)
        except (ValueError, RecursionError) as error:
            flaw = Flaw("bad-line", f"line {number}: {complaint_of(error)}; {_CURE}")
            yield refuse(file, flaw, url=f"{file.uri}#line={number}")


def _article(line: bytes) -> ArticleLine:
    given = json.loads(line)
    compared = msgspec.convert(given, Line)
    # Half a surrogate pair, as scrapers that cut strings leave it, has no UTF-8.
    msgspec.json.encode(given)
    compared.at()
    return ArticleLine(given, compared)
