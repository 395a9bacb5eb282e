"""Frames the records of WARC and ARC files: where each starts and ends, its headers, its block.

warcio reads the headers. The framing is our own, since warcio's iterator takes a damaged gzip
member for the end of the file, and since memory must stay bounded: at most `MAX_BLOCK` bytes of a
block are kept.
"""

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from warcio.exceptions import ArchiveLoadFailed
from warcio.limitreader import LimitReader
from warcio.recordloader import ArcWarcRecordLoader

from cleaning.error import InputError
from crawler.http_message import MAX_BODY

#: Bytes of a record that are kept: the largest body, and room for the headers.
MAX_BLOCK = MAX_BODY + 1024 * 1024

Form = Literal["warc", "arc"]

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 32 * 1024
#: Bytes in which the headers of a metadata record end; most of them are of the URL.
_HEADERS_OF_METADATA = 16 * 1024
_METADATA = re.compile(rb"^WARC-Type: *metadata\r?$", re.IGNORECASE | re.MULTILINE)
_FIRST_BYTES: dict[bytes, Form] = {b"WARC/": "warc", b"filedesc://": "arc"}
_WHAT = {
    ArchiveLoadFailed: "no record starts here",
    EOFError: "the record breaks off",
    zlib.error: "the gzip data is corrupt",
}
# ARC headers are given out under their WARC names, so that one reader serves both.
_LOADER = ArcWarcRecordLoader(verify_http=False, arc2warc=True)


class RecordHeaders(Protocol):
    """The headers of a record, as warcio gives them."""

    def get_header(self, name: str, default_value: str | None = None) -> str | None:
        """The first value of a header, found regardless of case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRecord:
    """One record: its headers, and its block cut at `MAX_BLOCK`."""

    #: Byte in the file at which the record, or its gzip member, starts; and the next one.
    offset: int
    end: int
    headers: RecordHeaders
    block: bytes


def read_records(path: Path) -> Iterator[WarcRecord]:
    """All records of a file in order; those before any damage come before the error.

    Raises:
        InputError: the file is missing, empty, no WARC or ARC file, damaged or cut short.
    """
    with _open(path) as file:
        form, offset = _form_of(path, file), 0
        while (offset := _skip_blank_lines(file, offset)) < _size(file):
            record = _read_at(path, file, offset, form)
            yield record
            offset = record.end


def read_record(path: Path, offset: int) -> WarcRecord:
    """The one record that starts at a byte offset.

    Raises:
        InputError: the file cannot be read, or no whole record starts there.
    """
    with _open(path) as file:
        form: Form = "warc" if _peek(file, offset).startswith(b"WARC/") else "arc"
        return _read_at(path, file, offset, form)


def read_metadata(path: Path, response: WarcRecord) -> WarcRecord | None:
    """The metadata record that comes right after a response and is of the same exchange.

    Only its start is read to see whether it is one. None where there is none, or a damaged one: a
    reader of the whole file comes to the damage by itself.
    """
    own_id = response.headers.get_header("WARC-Record-ID")
    if not own_id:
        return None
    with _open(path) as file:
        offset = _skip_blank_lines(file, response.end)
        start = _peek(file, offset, _HEADERS_OF_METADATA)
        if not _METADATA.search(start) or own_id.encode() not in start:
            return None
        with suppress(InputError):
            record = _read_at(path, file, offset, "warc")
            return record if record.headers.get_header("WARC-Concurrent-To") == own_id else None
    return None


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; give a WARC file that can be read") from error


def _form_of(path: Path, file: BinaryIO) -> Form:
    start = _peek(file, 0)
    for first_bytes, form in _FIRST_BYTES.items():
        if start.startswith(first_bytes):
            return form
    what = "is no WARC file" if _size(file) else "is empty"
    raise InputError(
        f"{path}: {what}; give a .warc or .warc.gz file, not renamed from another kind"
    )


def _peek(file: BinaryIO, offset: int, size: int = 16) -> bytes:
    """The first bytes of what is at an offset, decompressed; as far as there are any."""
    file.seek(offset)
    start = file.read(_CHUNK)
    if not start.startswith(_GZIP_MAGIC):
        return start[:size]
    try:
        return zlib.decompressobj(31).decompress(start, size)
    except zlib.error:
        return b""


def _read_at(path: Path, file: BinaryIO, offset: int, form: Form) -> WarcRecord:
    try:
        file.seek(offset)
        read = _read_gzipped if file.read(2) == _GZIP_MAGIC else _read_plain
        return read(file, offset, form)
    except (*_WHAT, ValueError) as error:
        what = next((what for kind, what in _WHAT.items() if isinstance(error, kind)), str(error))
        mend = (
            f", or keep what is whole: head -c {offset} {path.name} > whole.warc" if offset else ""
        )
        raise InputError(
            f"{path}: damaged at byte {offset}: {what}; fetch the file again{mend}"
        ) from error


def _read_plain(file: BinaryIO, offset: int, form: Form) -> WarcRecord:
    file.seek(offset)
    headers, block, end = _parse(file, form)
    if end > _size(file):
        raise EOFError
    return WarcRecord(offset=offset, end=end, headers=headers, block=block)


def _read_gzipped(file: BinaryIO, offset: int, form: Form) -> WarcRecord:
    member, end = _inflate_member(file, offset)
    headers, block, block_end = _parse(BytesIO(member), form)
    if len(member) < MAX_BLOCK and block_end > len(member):
        raise EOFError
    if member[block_end:].strip():
        raise ValueError("several records share a gzip member (try: warcio recompress)")
    return WarcRecord(offset=offset, end=end, headers=headers, block=block)


def _inflate_member(file: BinaryIO, offset: int) -> tuple[bytes, int]:
    """What a gzip member holds, cut at `MAX_BLOCK`, and the offset of the next; checks its CRC."""
    file.seek(offset)
    inflator = zlib.decompressobj(31)
    member = bytearray()
    while not inflator.eof:
        data = file.read(_CHUNK)
        if not data:
            raise EOFError
        member += inflator.decompress(data)
        del member[MAX_BLOCK:]
    return bytes(member), file.tell() - len(inflator.unused_data)


def _parse(stream: BinaryIO, form: Form) -> tuple[RecordHeaders, bytes, int]:
    """Headers, block and end of the record at the stream's place, counted as the stream does."""
    limited = LimitReader(stream, MAX_BLOCK)
    record = _LOADER.parse_record_stream(limited, known_format=form, no_record_parse=True)
    # warcio takes a length that is no number for 0.
    if not (record.rec_headers.get_header("Content-Length") or "").strip().isdecimal():
        raise ValueError("the record has no Content-Length")
    end = stream.tell() + record.length
    return record.rec_headers, record.raw_stream.read(), end


def _skip_blank_lines(file: BinaryIO, offset: int) -> int:
    """The offset of the next byte that is no line break; uncompressed records are set apart so."""
    file.seek(offset)
    while file.read(1) in {b"\r", b"\n"}:
        offset += 1
    return offset


def _size(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size
