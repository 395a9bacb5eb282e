"""A WARC record that stands where a purged one stood, to the byte as long: no offset changes.

It is a gzip member of its own, as all records of an archive are: a `metadata` record (ISO
28500:2017, 6.6) without a URL. Its block is filled up with spaces, which stand uncompressed
(RFC 1951, 3.2.4), so that any length can be met; what single bytes are left over then goes into the
member's file name (RFC 1952, 2.3.1).
"""

import struct
import zlib
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

#: How many bytes a stored block may have, and what it costs besides.
_STORED: Final = 65_535
_FRAME: Final = 5
#: Of a member: its fixed header, and the checksum and length behind it.
_HEADER: Final = struct.Struct("<2sBBIBB")
_TRAILER: Final = struct.Struct("<II")
_NAMED: Final = 8
_UNKNOWN_SYSTEM: Final = 255
_SAID: Final = b"removed: on request\r\n"
_END: Final = b"\r\n\r\n"


def stub(length: int, now: datetime) -> bytes:
    """The gzipped record.

    Args:
        length: bytes that it is to take.
        now: when what stood there was removed; aware.

    Raises:
        ValueError: no record is so short.
    """
    identifier, at = uuid4(), f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    padding = length
    while True:
        head = _head(f"<urn:uuid:{identifier}>", at, len(_SAID) + padding)
        left = length - _size(head, padding)
        if left >= 0:
            return _member(head, b" " * padding + _END, left)
        if padding == 0:
            raise ValueError(f"no record has {length} bytes")
        padding = max(0, padding + left)


def _head(identifier: str, at: str, size: int) -> bytes:
    """All before the padding."""
    lines = (
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: {identifier}",
        f"WARC-Date: {at}",
        "Content-Type: application/warc-fields",
        f"Content-Length: {size}",
        "",
        "",
    )
    return "\r\n".join(lines).encode() + _SAID


def _deflated(head: bytes) -> bytes:
    """Compressed up to a whole byte, so that a stored block can follow."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return compressor.compress(head) + compressor.flush(zlib.Z_FULL_FLUSH)


def _size(head: bytes, padding: int) -> int:
    plain = padding + len(_END)
    blocks = -(-plain // _STORED)
    return _HEADER.size + len(_deflated(head)) + plain + blocks * _FRAME + _TRAILER.size


def _member(head: bytes, rest: bytes, left: int) -> bytes:
    """A gzip member of both, with a name that takes so many bytes, its end included."""
    name = b"-" * (left - 1) + b"\0" if left else b""
    plain = head + rest
    flags = _NAMED if left else 0
    header = _HEADER.pack(b"\x1f\x8b", zlib.DEFLATED, flags, 0, 0, _UNKNOWN_SYSTEM)
    trailer = _TRAILER.pack(zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
    return header + name + _deflated(head) + _stored(rest) + trailer


def _stored(data: bytes) -> bytes:
    blocks = [data[start : start + _STORED] for start in range(0, len(data), _STORED)]
    last = len(blocks) - 1
    return b"".join(
        struct.pack("<BHH", number == last, len(block), len(block) ^ 0xFFFF) + block
        for number, block in enumerate(blocks)
    )
