"""Keeps what was fetched in WARC files, and reads the responses of WARC (and ARC) files back.

Each record is a gzip member of its own, so that any of them can be read by its offset alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from cleaning.error import OutputError
from cleaning.page import WarcPlace
from crawler.coding import Fault
from crawler.evidence import Evidence, decode_evidence
from crawler.exchange import Exchange, exchange_records, warcinfo_record
from crawler.http_message import Body, HttpMessage, decode_body, is_html, parse_response
from crawler.warc_record import WarcRecord, read_metadata, read_record, read_records

__all__ = [
    "MAX_BYTES",
    "ArchiveWriter",
    "Archived",
    "Evidence",
    "Exchange",
    "read_archive",
    "read_response",
]

#: Of a file, unless told.
MAX_BYTES = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Archived:
    """An HTTP response read back.

    `status` is 0 where the record holds no HTTP response. `headers` have lower-case names and
    latin-1 values, repeated ones joined by ", ".
    """

    url: str
    status: int
    headers: dict[str, str]
    #: The body without its chunks, still content-encoded.
    sent: bytes
    fetched_at: datetime
    place: WarcPlace
    #: What the crawl knew that archived it; None where another crawler did, or an older copydesk.
    evidence: Evidence | None

    @property
    def body(self) -> bytes:
        """The body, decoded on the first use and cut at `crawler.http_message.MAX_BODY`."""
        return self._body.content

    @property
    def oversize(self) -> bool:
        """Whether the body is cut."""
        return self._body.oversize

    @property
    def fault(self) -> Fault | None:
        """What is wrong with its compression; `body` is then not the whole."""
        return self._body.fault

    @property
    def is_html(self) -> bool:
        """Whether it is a page."""
        return self.status > 0 and is_html(self.headers.get("content-type"), self.body)

    @property
    def requested_url(self) -> str:
        """The URL that was asked for, before any redirects that are known of."""
        chain = self.evidence.redirected_from if self.evidence else ()
        return chain[0] if chain else self.url

    @cached_property
    def _body(self) -> Body:
        return decode_body(HttpMessage(status=self.status, headers=self.headers, body=self.sent))


class ArchiveWriter:
    """Writes exchanges to `FOLDER/RUN-00001.warc.gz`, then `-00002` and so on.

    A file is begun with the first exchange, never appended to by another run, and closed before it
    would grow beyond `max_bytes` (a single larger exchange has a file of its own).
    """

    def __init__(self, folder: Path, run_id: str, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._run_id = run_id
        self._max_bytes = max_bytes
        self._number = 0
        self._file: FileIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, exchange: Exchange) -> WarcPlace:
        """Write response, evidence and request at once; they are with the OS when this returns.

        So the death of the process loses nothing that was written; a power cut may lose what came
        in the seconds before it, since nothing waits for the disk.

        Returns:
            The file's name, without its folder, and the offset of the response's record.

        Raises:
            OutputError: the disk is full, or the folder cannot be written.
        """
        records = exchange_records(exchange)
        try:
            file = self._file_with_room_for(len(records))
            offset = _append(file, records)
        except OSError as error:
            raise OutputError(
                f"{self._folder}: cannot archive {exchange.url} ({error.strerror});"
                " free space there or set COPYDESK_ARCHIVE to another folder"
            ) from error
        return WarcPlace(file=Path(str(file.name)).name, offset=offset)

    def close(self) -> None:
        """End the current file; a later `write` begins the next."""
        if self._file:
            self._file.close()
        self._file = None

    def _file_with_room_for(self, size: int) -> FileIO:
        if self._file and self._file.tell() + size > self._max_bytes:
            self.close()
        if not self._file:
            self._file = self._begin_file()
        return self._file

    def _begin_file(self) -> FileIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        while True:
            self._number += 1
            path = self._folder / f"{self._run_id}-{self._number:05d}.warc.gz"
            try:
                # Unbuffered: what is written is with the OS at once.
                file = FileIO(path, "x")
            except FileExistsError:
                continue
            _append(file, warcinfo_record(path.name, self._run_id))
            return file


def read_archive(path: Path) -> Iterator[Archived]:
    """All HTTP responses of a WARC or ARC file, plain or gzipped, in order; no other records.

    Raises:
        InputError: the file is missing, empty, no archive, damaged or cut short; what comes before
            the damage has been given out.
    """
    for record in read_records(path):
        if _is_response(record):
            yield _to_archived(record, path)


def read_response(path: Path, offset: int) -> Archived:
    """The HTTP response whose record starts at a byte offset, as `Archived.place` says.

    Raises:
        InputError: the file cannot be read, or no whole record starts there.
    """
    return _to_archived(read_record(path, offset), path)


def _append(file: FileIO, data: bytes) -> int:
    """Append all or nothing; gives the offset at which the data starts."""
    offset, rest = file.tell(), memoryview(data)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(offset)
        file.seek(offset)
        raise
    return offset


def _is_response(record: WarcRecord) -> bool:
    kind, url = (record.headers.get_header(name) for name in ("WARC-Type", "WARC-Target-URI"))
    return kind == "response" and (url or "").lower().startswith(("http:", "https:"))


def _to_archived(record: WarcRecord, path: Path) -> Archived:
    message = parse_response(record.block)
    return Archived(
        url=record.headers.get_header("WARC-Target-URI") or "",
        status=message.status,
        headers=message.headers,
        sent=message.body,
        fetched_at=_date_of(record, path),
        place=WarcPlace(file=path.name, offset=record.offset),
        evidence=_evidence_of(record, path),
    )


def _evidence_of(response: WarcRecord, path: Path) -> Evidence | None:
    metadata = read_metadata(path, response)
    return decode_evidence(metadata.block) if metadata else None


def _date_of(record: WarcRecord, path: Path) -> datetime:
    """The record's own date; for the rare one without, the day the file was last written."""
    try:
        date = datetime.fromisoformat(record.headers.get_header("WARC-Date") or "")
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return date if date.tzinfo else date.replace(tzinfo=UTC)
