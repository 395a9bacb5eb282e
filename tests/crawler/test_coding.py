"""Content codings: what is whole is decoded, what is not is named, nothing grows past a limit."""

import gzip
import random
import sys
import zlib

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

from crawler.coding import Fault, decode

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_RANDOM = random.Random(6)  # noqa: S311  (the same bytes in each run)
WORDS = " ".join(
    _RANDOM.choices(("ferry", "harbour", "council", "vote", "tide"), k=60_000)
).encode()
PAGE = b"<html><p>" + WORDS + b"</p></html>"
SHORT = b"<p>The ferry leaves at noon."
LIMIT = 1024 * 1024


def raw_deflate(body: bytes) -> bytes:
    deflator = zlib.compressobj(wbits=-15)
    return deflator.compress(body) + deflator.flush()


def swapped(body: bytes, place: int) -> bytes:
    return body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :]


PACK = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
WHOLE = {
    **{name: (name, pack(PAGE), PAGE) for name, pack in PACK.items()},
    **{f"short {name}": (name, pack(SHORT), SHORT) for name, pack in PACK.items()},
    **{f"nothing in {name}": (name, pack(b""), b"") for name, pack in PACK.items()},
    **{f"no {name}": (name, b"", b"") for name in PACK},
    **{f"text called {name}": (name, SHORT, SHORT) for name in PACK},
    "raw deflate": ("deflate", raw_deflate(PAGE), PAGE),
    "case and spaces": (" GZip ", gzip.compress(PAGE, mtime=0), PAGE),
    "two members": (
        "gzip",
        gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0),
        PAGE,
    ),
    "padding": ("gzip", gzip.compress(PAGE, mtime=0) + bytes(512), PAGE),
    "junk after": ("gzip", gzip.compress(PAGE, mtime=0) + b"<!-- cached -->", PAGE),
    "two frames": ("zstd", zstd.compress(PAGE[:9]) + zstd.compress(PAGE[9:]), PAGE),
    "nested": (
        "br, deflate, gzip",
        gzip.compress(zlib.compress(brotli.compress(PAGE)), mtime=0),
        PAGE,
    ),
    "no coding": ("", PAGE, PAGE),
    "identity": ("identity", PAGE, PAGE),
    "a charset": ("utf-8", PAGE, PAGE),
    "a charset too": ("gzip, utf-8", gzip.compress(PAGE, mtime=0), PAGE),
    "incompressible": ("gzip", gzip.compress(_RANDOM.randbytes(300_000), mtime=0), None),
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_is_whole_is_decoded(case: str) -> None:
    header, body, expected = WHOLE[case]
    decoded, fault = decode(body, header, LIMIT)
    assert fault is None
    assert decoded == (gzip.decompress(body) if expected is None else expected)


DAMAGED = {
    **{
        f"half of {name}": (name, pack(PAGE)[:9_000], Fault.CUT_SHORT)
        for name, pack in PACK.items()
    },
    **{f"all but a byte of {n}": (n, p(PAGE)[:-1], Fault.CUT_SHORT) for n, p in PACK.items()},
    **{
        f"a start of {name}": (name, pack(PAGE)[:20], Fault.CUT_SHORT)
        for name, pack in PACK.items()
    },
    "without gzip's trailer": ("gzip", gzip.compress(PAGE, mtime=0)[:-8], Fault.CUT_SHORT),
    "half a member": (
        "gzip",
        gzip.compress(PAGE[:9], mtime=0) + gzip.compress(PAGE[9:], mtime=0)[:99],
        Fault.CUT_SHORT,
    ),
    "half of raw deflate": ("deflate", raw_deflate(PAGE)[:9_000], Fault.CUT_SHORT),
    "half, nested": (
        "gzip, br",
        brotli.compress(gzip.compress(PAGE, mtime=0)[:9_000]),
        Fault.CUT_SHORT,
    ),
    "another sum": ("gzip", swapped(gzip.compress(PAGE, mtime=0), -6), Fault.CORRUPT),
    "another length": ("gzip", swapped(gzip.compress(PAGE, mtime=0), -1), Fault.CORRUPT),
    "damaged gzip": ("gzip", swapped(gzip.compress(PAGE, mtime=0), 5_000), Fault.CORRUPT),
    "damaged deflate": ("deflate", swapped(zlib.compress(PAGE), -1), Fault.CORRUPT),
    "damaged zstd": ("zstd", swapped(zstd.compress(PAGE), 9), Fault.CORRUPT),
    "zstd called gzip": ("gzip", zstd.compress(PAGE), Fault.CORRUPT),
    "gzip called zstd": ("zstd", gzip.compress(PAGE, mtime=0), Fault.CORRUPT),
    "a picture called gzip": ("gzip", b"\x89PNG\r\n\x1a\n" + bytes(99), Fault.CORRUPT),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_what_is_not_whole_is_named(case: str) -> None:
    header, body, expected = DAMAGED[case]
    decoded, fault = decode(body, header, LIMIT)
    assert fault is expected
    assert PAGE.startswith(decoded) or expected is Fault.CORRUPT


BOMBS = {
    **{name: (name, pack(bytes(LIMIT * 20))) for name, pack in PACK.items()},
    "raw deflate": ("deflate", raw_deflate(bytes(LIMIT * 20))),
    "members": ("gzip", gzip.compress(bytes(LIMIT // 8), mtime=0) * 20),
    "nested": ("gzip, gzip", gzip.compress(gzip.compress(bytes(LIMIT * 20), mtime=0), mtime=0)),
    "outer": ("gzip, br", brotli.compress(bytes(LIMIT * 20))),
}


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_stops_at_the_limit(case: str) -> None:
    header, body = BOMBS[case]
    decoded, fault = decode(body, header, LIMIT)
    assert fault is Fault.TOO_LARGE
    assert LIMIT < len(decoded) <= LIMIT + 65_536


@pytest.mark.parametrize("name", PACK)
def test_nothing_raises(name: str) -> None:
    """Any bytes at all, and damage at any place."""
    packed = PACK[name](SHORT * 9)
    for place in range(len(packed)):
        decode(swapped(packed, place), name, LIMIT)
        decode(packed[:place], name, LIMIT)
    for size in range(60):
        decode(_RANDOM.randbytes(size), name, LIMIT)


def test_many_small_members_are_soon_read() -> None:
    """Each costs its own bytes alone, not those of all that follow."""
    for name in ("gzip", "zstd"):
        packed = PACK[name](b"")
        assert decode(packed * (400_000 // len(packed)), name, LIMIT) == (b"", None)
