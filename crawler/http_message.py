"""Takes an archived HTTP response apart: status, headers, body as it was before encoding.

Pure functions over bytes. Archives are foreign input: what comes out is at most `MAX_BODY` bytes,
whatever a compressed body claims to hold, and nothing here raises.
"""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from warcio.bufferedreaders import ChunkedDataReader

from crawler.coding import Fault, decode

#: Bytes of a decoded body that are kept: what a site's `max_mb` may allow a crawl at most. Large
#: article pages have 1.5 MB.
MAX_BODY = 50 * 1024 * 1024

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
    """An HTTP response out of its chunks, its body still content-encoded.

    `status` is 0 where the bytes are no HTTP response. Header names are lower case, values latin-1,
    those of repeated headers joined by ", ".
    """

    status: int
    headers: dict[str, str]
    body: bytes


class Body(NamedTuple):
    """A decoded body: `oversize` says that it was cut at `MAX_BODY`.

    `fault` is what is wrong with its compression, and `content` then what could be had of it.
    """

    content: bytes
    oversize: bool
    fault: Fault | None


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The header fields that ask for something only if it has changed (RFC 9110, 13.1).

    Args:
        etag: what the server called the last answer, None where it did not.
        last_modified: the same of its `Last-Modified`.
    """
    fields = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in fields.items() if value}


def parse_response(block: bytes) -> HttpMessage:
    """Parse a response as it went over the wire: status line, headers, body."""
    status = _STATUS_LINE.match(block)
    if not status:
        return HttpMessage(status=0, headers={}, body=block)
    head, body = _split_head(block)
    headers = _parse_headers(head)
    return HttpMessage(status=int(status[1]), headers=headers, body=_without_chunks(body, headers))


def decode_body(message: HttpMessage) -> Body:
    """Undo the content codings (gzip, deflate, br, zstd; several at once too).

    A body that is text although its headers claim a coding is taken as it is, as archives write it.
    """
    codings = message.headers.get("content-encoding", "")
    content, fault = decode(message.body, codings, MAX_BODY)
    return Body(content[:MAX_BODY], len(content) > MAX_BODY, fault)


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


def _without_chunks(body: bytes, headers: dict[str, str]) -> bytes:
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return bytes(ChunkedDataReader(BytesIO(body)).read())
    return body
