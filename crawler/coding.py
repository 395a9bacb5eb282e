"""Undoes content codings (RFC 9110, 8.4): gzip, deflate, br, zstd; bounded, and not credulous.

A coded body tells where it ends, and gzip and zstd what its sum is. Scrapy and most others take
what comes before a fault for the whole; a page that was cut off in its middle would be published.
"""

import re
import sys
import zlib
from collections.abc import Callable, Iterator
from enum import Enum
from io import BytesIO

import brotli  # type: ignore[import-untyped]  # ships no types

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_SNIFFED = 1024
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")


class Fault(Enum):
    """What is wrong with a coded body; the value is the reason to count it by."""

    CUT_SHORT = "cut-short"
    CORRUPT = "corrupt"
    TOO_LARGE = "too-large"


_DAMAGE = frozenset({Fault.CUT_SHORT, Fault.CORRUPT})


def decode(body: bytes, content_encoding: str, limit: int) -> tuple[bytes, Fault | None]:
    """Undo what a Content-Encoding header lists.

    Names that are no coding are passed over (servers write `utf-8` and `none` there), and so is a
    coding that cannot be undone where the body is plain text.

    Args:
        body: as sent, without transfer coding.
        content_encoding: the header's value, "" where there is none.
        limit: bytes that the body may have at each step; 0 for any number.

    Returns:
        What could be decoded, up to 64 KiB over `limit`, and the first fault.
    """
    first: Fault | None = None
    # RFC 9110, 8.4: codings are listed in the order applied.
    for listed in reversed(content_encoding.lower().split(",")):
        pieces = _CODINGS.get(listed.strip())
        if pieces is None or not body:
            continue
        undone, fault = _undo(body, pieces, limit)
        if fault in _DAMAGE and _is_text(body):
            continue
        body = undone
        first = first or fault
        if fault is Fault.TOO_LARGE:
            break
    return body, first


def _undo(
    body: bytes, pieces_of: Callable[[bytes], Iterator[bytes]], limit: int
) -> tuple[bytes, Fault | None]:
    decoded = bytearray()
    try:
        for piece in pieces_of(body):
            decoded += piece
            if limit and len(decoded) > limit:
                return bytes(decoded), Fault.TOO_LARGE
    except EOFError:
        return bytes(decoded), Fault.CUT_SHORT
    except (zlib.error, brotli.error, zstd.ZstdError):
        return bytes(decoded), Fault.CORRUPT
    return bytes(decoded), None


def _is_text(body: bytes) -> bool:
    """Whether a body is not coded: coded ones are full of control characters."""
    return not _CONTROL.search(body, 0, _SNIFFED)


def _gzip_pieces(body: bytes) -> Iterator[bytes]:
    """All members; what follows the last one and is none is padding, as browsers have it."""
    yield from _inflated(body, _GZIP)


def _deflate_pieces(body: bytes) -> Iterator[bytes]:
    # RFC 1950, 2.2: what a zlib header looks like. Some servers send the bare stream instead.
    has_header = body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
    yield from _inflated(body, zlib.MAX_WBITS if has_header else -zlib.MAX_WBITS)


def _inflated(body: bytes, window: int) -> Iterator[bytes]:
    start = 0
    while True:
        inflator = zlib.decompressobj(window)
        while not inflator.eof:
            # A little at a time: zlib copies what it has not come to.
            fed = inflator.unconsumed_tail or body[start : start + _PIECE]
            start += 0 if inflator.unconsumed_tail else len(fed)
            piece = inflator.decompress(fed, _PIECE)
            if not fed and not piece:
                raise EOFError
            yield piece
        start -= len(inflator.unused_data)
        if window != _GZIP or not body.startswith(_GZIP_MAGIC, start):
            return


def _brotli_pieces(body: bytes) -> Iterator[bytes]:
    decompressor = brotli.Decompressor()
    piece = decompressor.process(body, output_buffer_limit=_PIECE)
    while piece:
        yield piece
        piece = decompressor.process(b"", output_buffer_limit=_PIECE)
    if not decompressor.is_finished():
        raise EOFError


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
