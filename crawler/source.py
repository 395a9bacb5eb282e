"""Reads what `scrapy clean` is given: pages saved as files, archives, JSONL.

What cannot be a page becomes a `Refusal` and the rest goes on; a file that cannot be read raises
`InputError`. No clock is asked: the time at which a file was written stands in for its fetch.
"""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree, html

from cleaning.article import Refusal
from cleaning.decode import decode
from cleaning.error import InputError
from cleaning.page import Lead, Page
from crawler.archive import read_archive
from crawler.archived_page import ArticleParts, archived_page
from crawler.http_message import MAX_BODY, looks_binary
from crawler.source_file import Flaw, SourceFile, open_source, refuse
from crawler.source_lines import read_lines

OnBytes = Callable[[int], None]
Reader = Callable[[SourceFile, OnBytes], Iterator[Page | Refusal]]

_HEAD_BYTES = 256 * 1024
_ABSOLUTE_URL = re.compile(r"https?://[^\s/?#]+\S{0,2000}", re.IGNORECASE)
#: Where a page says what its URL is; the first that is absolute holds.
_OWN_URL = (
    '//link[translate(@rel, "CANOIL", "canoil") = "canonical"]/@href',
    '//meta[@property = "og:url"]/@content',
)


def read_source(path: Path, on_bytes: OnBytes | None = None) -> Iterator[Page | Refusal]:
    """The pages of a file, in order, whatever its kind.

    Args:
        path: .html, .htm, .xhtml, .txt, .warc, .arc, .jsonl or .ndjson, the last four gzipped too;
            or a file of another name that starts as one of these does.
        on_bytes: called with the number of the file's bytes read so far, as it grows.

    Raises:
        InputError: on the first `next`, if the file is missing, a folder, empty or of no known
            kind; later, if it is damaged, after all that comes before the damage.
    """
    report = on_bytes or _ignore
    file = open_source(path)
    yield from _reader_of(file)(file, report)
    report(file.size)


def size_of(path: Path) -> int:
    """The file's size in bytes.

    Raises:
        InputError: it is missing, a folder or may not be read.
    """
    return open_source(path).size


def _ignore(_position: int) -> None:
    """What is called where nobody asks for the position."""


def _read_html(file: SourceFile, _on_bytes: OnBytes) -> Iterator[Page | Refusal]:
    body = file.read(MAX_BODY + 1)
    if flaw := _flaw_of(body):
        yield refuse(file, flaw)
        return
    url = _own_url(body) or file.uri
    yield Page(
        url=url,
        requested_url=file.uri,
        body=body,
        fetched_at=file.written_at,
        lead=Lead(url=url, via="file", at=file.written_at, source_url=file.uri),
    )


def _read_text(file: SourceFile, _on_bytes: OnBytes) -> Iterator[Page | Refusal]:
    body = file.read(MAX_BODY + 1)
    if flaw := _flaw_of(body):
        yield refuse(file, flaw)
        return
    yield Page(
        url=file.uri,
        requested_url=file.uri,
        body=decode(body, None).text.encode(),
        fetched_at=file.written_at,
        kind="text",
        lead=Lead(url=file.uri, via="file", at=file.written_at, source_url=file.uri),
    )


def _read_archive(file: SourceFile, on_bytes: OnBytes) -> Iterator[Page | Refusal]:
    parts = ArticleParts(file.path)
    for archived in read_archive(file.path):
        on_bytes(archived.place.offset)
        if parts.has(archived):
            continue
        page = archived_page(archived, file.path)
        yield parts.joined(page) if archived.evidence and isinstance(page, Page) else page


def _reader_of(file: SourceFile) -> Reader:
    name = file.path.name.lower()
    for ending, reader in _READERS.items():
        if name.endswith(ending):
            return reader
    return _reader_by_content(file)


def _reader_by_content(file: SourceFile) -> Reader:
    start = file.read(4096)
    if start.startswith(b"\x1f\x8b"):
        start = _inflate_start(start)
    start = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    for mark, reader in _FIRST_BYTES.items():
        if start.startswith(mark):
            return reader
    what = "of no known kind" if file.size else "empty"
    raise InputError(f"{file.path}: is {what}; give {', '.join(_READERS)} files")


def _inflate_start(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(start, 64)
    except zlib.error:
        return b""


def _flaw_of(body: bytes) -> Flaw | None:
    """Why a body is no page, if it is none."""
    if not body.strip():
        return Flaw("empty-page", "holds nothing")
    if looks_binary(body):
        return Flaw("not-html", "is binary: a picture, PDF or archive")
    if len(body) > MAX_BODY:
        return Flaw("too-large", f"is larger than {MAX_BODY} bytes")
    return None


def _own_url(body: bytes) -> str | None:
    """The absolute URL that a page gives for itself; it is looked for in the head alone."""
    try:
        tree = html.document_fromstring(body[:_HEAD_BYTES])
    except (etree.LxmlError, ValueError):
        return None
    declared = (str(url).strip() for expression in _OWN_URL for url in tree.xpath(expression))
    return next((url for url in declared if _ABSOLUTE_URL.fullmatch(url)), None)


_READERS: dict[str, Reader] = {
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".txt": _read_text,
    ".warc": _read_archive,
    ".warc.gz": _read_archive,
    ".arc": _read_archive,
    ".arc.gz": _read_archive,
    ".jsonl": read_lines,
    ".ndjson": read_lines,
    ".jsonl.gz": read_lines,
    ".ndjson.gz": read_lines,
}
_FIRST_BYTES: dict[bytes, Reader] = {
    b"WARC/": _read_archive,
    b"filedesc://": _read_archive,
    b"<": _read_html,
    b"{": read_lines,
}
