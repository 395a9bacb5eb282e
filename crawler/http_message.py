"""Takes an archived HTTP response apart: status, headers, body as it was before encoding.

Pure functions over bytes. Archives are foreign input: what comes out is at most `MAX_BODY` bytes,
whatever a compressed body claims to hold, and nothing here raises.
"""

import gzip
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import brotli  # type: ignore[import-untyped]  # ships no types
from warcio.bufferedreaders import ChunkedDataReader

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

#: Bytes of a decoded body that are kept; large article pages have 1.5 MB.
MAX_BODY = 32 * 1024 * 1024

_PIECE = 64 * 1024
_SNIFFED = 1024
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
#: Marks of formats that servers and hand-made folders pass off as pages.
_BINARY_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"PK\x03\x04",  # zip, docx, epub
    b"\x1f\x8b",  # gzip
    b"(\xb5/\xfd",  # zstd
)
#: UTF-16 text is full of NULs; it starts with a byte order mark or, unmarked, with `<`.
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})\b")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# RFC 9112, 5.2: a line that starts with white space continues the one before.
_FOLD = re.compile(r"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """An HTTP response, decoded.

    `status` is 0 where the bytes are no HTTP response. Header names are lower case, values latin-1,
    those of repeated headers joined by ", ". `oversize` says that `body` was cut at `MAX_BODY`.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    oversize: bool


def parse_response(block: bytes) -> HttpMessage:
    """Parse a response as it went over the wire: status line, headers, body.

    Transfer coding and content codings (gzip, deflate, br, zstd; several at once too) are undone. A
    body that is not coded as its headers claim is taken as it is, a cut one as far as it goes.
    """
    status = _STATUS_LINE.match(block)
    if not status:
        return HttpMessage(status=0, headers={}, body=block[:MAX_BODY], oversize=False)
    head, body = _split_head(block)
    headers = _parse_headers(head)
    body = _decode(body, headers)
    return HttpMessage(
        status=int(status[1]),
        headers=headers,
        body=body[:MAX_BODY],
        oversize=len(body) > MAX_BODY,
    )


def is_html(content_type: str | None, body: bytes) -> bool:
    """Whether a body is a page: declared as HTML and not binary, or undeclared and tag first."""
    if looks_binary(body):
        return False
    media_type = media_type_of(content_type)
    return media_type in _HTML_TYPES or (not media_type and body.lstrip()[:1] == b"<")


def media_type_of(content_type: str | None) -> str:
    """The bare media type of a Content-Type header, lower case; "" where there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def looks_binary(body: bytes) -> bool:
    """Whether the first kilobyte is of no text: a known magic number, or NULs outside UTF-16."""
    if body.startswith(_BINARY_MAGIC):
        return True
    return b"\x00" in body[:_SNIFFED] and not body.startswith(_UTF16_STARTS)


def _split_head(block: bytes) -> tuple[bytes, bytes]:
    end = _END_OF_HEAD.search(block)
    return (block[: end.start()], block[end.end() :]) if end else (block, b"")


def _parse_headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in _FOLD.sub(" ", head.decode("latin-1")).split("\n")[1:]:
        name, colon, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and name:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _decode(body: bytes, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = ChunkedDataReader(BytesIO(body)).read()
    # RFC 9110, 8.4: codings are listed in the order applied.
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        pieces = _CODINGS.get(coding.strip())
        body = _expand(body, pieces) if pieces else body
    return body


def _expand(body: bytes, pieces_of: Callable[[bytes], Iterator[bytes]]) -> bytes:
    """As much as decodes, one piece over `MAX_BODY` at most; the body itself if nothing does."""
    expanded = bytearray()
    with suppress(OSError, EOFError, zlib.error, brotli.error, zstd.ZstdError):
        for piece in pieces_of(body):
            expanded += piece
            if len(expanded) > MAX_BODY:
                break
    return bytes(expanded) or body


def _gzip_pieces(body: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=BytesIO(body)) as stream:
        while piece := stream.read1(_PIECE):
            yield piece


def _deflate_pieces(body: bytes) -> Iterator[bytes]:
    # RFC 1950, 2.2: what a zlib header looks like. Some servers send the bare stream instead.
    has_header = body[:1] and body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    inflator = zlib.decompressobj(zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)
    while body and not inflator.eof:
        yield inflator.decompress(body, _PIECE)
        body = inflator.unconsumed_tail


def _brotli_pieces(body: bytes) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    piece = decompressor.process(body, output_buffer_limit=_PIECE)
    while piece:
        yield piece
        piece = decompressor.process(b"", output_buffer_limit=_PIECE)


def _zstd_pieces(body: bytes) -> Iterator[bytes]:
    with zstd.ZstdFile(BytesIO(body)) as stream:
        while piece := stream.read1(_PIECE):
            yield piece


_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip_pieces,
    "x-gzip": _gzip_pieces,
    "deflate": _deflate_pieces,
    "br": _brotli_pieces,
    "zstd": _zstd_pieces,
}
