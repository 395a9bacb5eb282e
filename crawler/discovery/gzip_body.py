"""Inflates gzip bodies (RFC 1952) within bounds."""

import gzip
import zlib
from io import BytesIO

#: Bytes: what sitemaps.org allows an inflated sitemap.
MAX_INFLATED = 52_428_800
_MAGIC = b"\x1f\x8b"
_CHUNK = 65_536


def inflated(body: bytes) -> bytes:
    """The inflated body, as far as it is whole and up to 50 MB; what is not gzip, as it is."""
    return _inflate(body) if body.startswith(_MAGIC) else body


def _inflate(body: bytes) -> bytes:
    whole = bytearray()
    with gzip.GzipFile(fileobj=BytesIO(body)) as stream:
        try:
            while len(whole) < MAX_INFLATED and (chunk := stream.read1(_CHUNK)):
                whole += chunk
        except (EOFError, OSError, zlib.error):
            # Truncated or corrupt: what came before the fault is worth keeping.
            pass
    return bytes(whole[:MAX_INFLATED])
