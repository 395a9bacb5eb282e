"""Puts a fetched request and response into WARC records, by ISO 28500:2017 (WARC 1.1)."""

from base64 import b32encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from http.client import responses
from io import BytesIO
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from cleaning import __version__
from crawler.evidence import MEDIA_TYPE, Evidence, encode_evidence
from crawler.gzip_member import GzipMember
from crawler.http_message import media_type_of

Headers = tuple[tuple[bytes, bytes], ...]

_VERSION = "WARC/1.1"
#: Response headers that no longer hold once the body is out of its chunks.
_OF_THE_WIRE = frozenset({b"transfer-encoding"})
#: Request headers that are not for the readers of an archive.
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request without a body and the response it got, as they went over the wire.

    The response's body is still content-encoded, but no longer chunked. An empty `reason` is filled
    in from the status.
    """

    url: str
    method: str = "GET"
    request_headers: Headers = ()
    status: int
    reason: str = ""
    response_headers: Headers
    body: bytes
    #: When the response came; aware.
    fetched_at: datetime
    #: What the crawl knew of it; None writes no metadata record.
    evidence: Evidence | None = None


def exchange_records(exchange: Exchange) -> bytes:
    """The gzipped records: response, metadata, request; the last two name the first.

    They do so by WARC-Concurrent-To. The metadata come right after the response, so that whoever
    reads a response by its offset has them with one more read.
    """
    buffer = BytesIO()
    writer = _Writer(buffer, gzip=False, warc_version=_VERSION)
    response = _response_record(writer, exchange)
    same = {
        "WARC-Date": _warc_date(exchange.fetched_at),
        "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
    }
    writer.write_record(response)
    if exchange.evidence:
        writer.write_record(_metadata_record(writer, exchange.url, exchange.evidence, same))
    writer.write_record(_request_record(writer, exchange, same))
    return buffer.getvalue()


def warcinfo_record(name: str, run_id: str) -> bytes:
    """The gzipped first record of a file: what wrote it, in which run."""
    buffer = BytesIO()
    writer = _Writer(buffer, gzip=False, warc_version=_VERSION)
    info = {
        "software": f"copydesk/{__version__}",
        "format": "WARC File Format 1.1",
        "isPartOf": run_id,
    }
    writer.write_record(writer.create_warcinfo_record(name, info))
    return buffer.getvalue()


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio ships no types
    """Spares two thirds of what warcio takes to write a record.

    It compresses by zlib's level 9, and digests a body twice, for the block too: that digest may be
    left out (ISO 28500:2017, 5.8), and gzip's own checksum tells of a damage as well.
    """

    def ensure_digest(self, record: ArcWarcRecord, **wanted: bool) -> None:
        if record.rec_type == "response":
            wanted["block"] = False
        super().ensure_digest(record, **wanted)

    def _write_warc_record(self, out: BytesIO, record: ArcWarcRecord) -> None:
        super()._write_warc_record(GzipMember(out), record)


class _AsSent(StatusAndHeaders):  # type: ignore[misc]  # warcio ships no types
    """HTTP headers written byte for byte; warcio would percent-encode what is not ASCII."""

    def to_ascii_bytes(self, header_filter: None = None) -> bytes:
        return bytes(self.to_bytes(header_filter, encoding="latin-1"))


def _response_record(writer: WARCWriter, exchange: Exchange) -> ArcWarcRecord:
    reason = exchange.reason or responses.get(exchange.status, "")
    http_headers = _AsSent(
        f"{exchange.status} {reason}".strip(),
        _without(_OF_THE_WIRE, exchange.response_headers),
        protocol="HTTP/1.1",
    )
    return writer.create_warc_record(
        exchange.url,
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        http_headers=http_headers,
        warc_headers_dict=_warc_headers(exchange),
    )


def _warc_headers(exchange: Exchange) -> dict[str, str]:
    # As warcio makes it, but of the whole body at once, not by pieces of 16 kB.
    digest = b32encode(sha1(exchange.body, usedforsecurity=False).digest()).decode("ascii")
    headers = {
        "WARC-Date": _warc_date(exchange.fetched_at),
        "WARC-Payload-Digest": f"sha1:{digest}",
    }
    if media_type := _media_type(exchange.response_headers):
        headers["WARC-Identified-Payload-Type"] = media_type
    return headers


def _metadata_record(
    writer: WARCWriter, url: str, evidence: Evidence, headers: dict[str, str]
) -> ArcWarcRecord:
    block = encode_evidence(evidence)
    return writer.create_warc_record(
        url,
        "metadata",
        payload=BytesIO(block),
        length=len(block),
        warc_content_type=MEDIA_TYPE,
        warc_headers_dict=dict(headers),
    )


def _request_record(writer: WARCWriter, exchange: Exchange, same: dict[str, str]) -> ArcWarcRecord:
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2].encode()
    headers = [(b"Host", host), *_without(_SECRET | {b"host"}, exchange.request_headers)]
    return writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=_AsSent(f"{target} HTTP/1.1", headers, protocol=exchange.method),
        warc_headers_dict=dict(same),
    )


def _without(names: frozenset[bytes], headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if name.lower() not in names]


def _media_type(headers: Headers) -> str:
    found = (value for name, value in headers if name.lower() == b"content-type")
    return media_type_of(next(found, b"").decode("latin-1"))


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
