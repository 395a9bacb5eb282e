"""Reads JSONL of pages: an object a line with `url`, and `html` or `text`.

Known beside these: `fetched_at` (ISO 8601 with offset), `title`, `date_published`, `requested_url`,
`status`, `headers`. Other keys are passed over.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BufferedReader
from typing import Annotated, BinaryIO, cast

import msgspec
from msgspec import Meta

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.page import Lead, Page
from crawler.http_message import MAX_BODY
from crawler.source_file import Flaw, SourceFile, refuse

#: JSON may take six bytes (a \u escape) for what is one in the page, and seldom takes two.
_MAX_LINE = 4 * MAX_BODY
_CURE = "give an object a line with url, and html or text"


class _Line(msgspec.Struct, kw_only=True):
    url: Annotated[str, Meta(min_length=1)]
    html: str | None = None
    text: str | None = None
    fetched_at: str | None = None
    title: str | None = None
    date_published: str | None = None
    requested_url: str | None = None
    status: int | None = None
    headers: dict[str, str] | None = None


def read_lines(file: SourceFile, on_bytes: Callable[[int], None]) -> Iterator[Page | Refusal]:
    """The pages of a JSONL file, gzipped or not; a line that is none becomes a refusal.

    Raises:
        InputError: the file is empty, or its gzip data is damaged (after the lines before that).
    """
    if not file.size:
        raise InputError(f"{file.path}: is empty; {_CURE}")
    for number, line in numbered_lines(file, on_bytes):
        yield _read_line(file, number, line)


def numbered_lines(
    file: SourceFile, on_bytes: Callable[[int], None]
) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, gzipped or not, that are not blank, with their numbers from 1 on.

    Raises:
        InputError: its gzip data is damaged (after the lines before that).
    """
    with file.path.open("rb") as raw:
        for number, line in _numbered(file, raw):
            on_bytes(raw.tell())
            if line.strip():
                yield number, line


def _numbered(file: SourceFile, raw: BufferedReader) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        for number, line in enumerate(_lines_of(raw), 1):
            yield number, line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"{file.path}: the gzip data is damaged after line {number}; compress it again"
        ) from error


def _lines_of(raw: BufferedReader) -> Iterator[bytes]:
    """Lines of plain or gzipped text; one that is too long is cut, and so is no JSON."""
    is_gzip = raw.peek(2).startswith(b"\x1f\x8b")
    stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if is_gzip else raw
    while line := stream.readline(_MAX_LINE):
        yield line
        while len(line) == _MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(_MAX_LINE)


def _read_line(file: SourceFile, number: int, line: bytes) -> Page | Refusal:
    try:
        given = msgspec.convert(json.loads(line), _Line)
        page = _to_page(given, file)
    except (ValueError, RecursionError) as error:
        flaw = Flaw("bad-line", f"line {number}: {complaint_of(error)}; {_CURE}")
        return refuse(file, flaw, url=f"{file.uri}#line={number}")
    if not page.body.strip():
        return refuse(file, Flaw("empty-page", f"line {number}: holds nothing"), url=given.url)
    return page


def _to_page(given: _Line, file: SourceFile) -> Page:
    text = given.text if given.html is None else given.html
    if text is None:
        raise ValueError("neither html nor text")
    fetched_at = _moment(given.fetched_at) or file.written_at
    return Page(
        url=given.url,
        requested_url=given.requested_url or given.url,
        # Scrapers cut strings within surrogate pairs; half a pair has no UTF-8.
        body=text.encode(errors="replace"),
        fetched_at=fetched_at,
        kind="text" if given.html is None else "html",
        status=given.status or 200,
        headers=_headers(given),
        lead=Lead(
            url=given.url,
            via="file",
            at=fetched_at,
            source_url=file.uri,
            title=given.title or None,
            published=given.date_published or None,
        ),
    )


def _headers(given: _Line) -> dict[str, str]:
    headers = {name.lower(): value for name, value in (given.headers or {}).items()}
    if given.html is not None:
        # Whatever the page was sent in, JSON holds it decoded.
        headers["content-type"] = "text/html; charset=utf-8"
    return headers


def _moment(written: str | None) -> datetime | None:
    if not written:
        return None
    moment = datetime.fromisoformat(written)
    if not moment.tzinfo:
        raise ValueError(f"fetched_at {written} has no offset")
    return moment


def complaint_of(error: Exception) -> str:
    """What is wrong with a line, by the error that reading it raised."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from character {error.pos} on"
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
