"""Compression of single records: any reader's gzip, the same each time, by ISA-L or by zlib."""

import builtins
import gzip
import importlib
from io import BytesIO
from typing import Any

import pytest

from crawler import gzip_member

_PAGES = (b"", b"x", b"<p>The ferry was late again.</p>\n" * 5_000)


def _member_of(page: bytes) -> bytes:
    file = BytesIO()
    member = gzip_member.GzipMember(file)
    for start in range(0, len(page), 1_000):
        member.write(page[start : start + 1_000])
    member.flush()
    return file.getvalue()


@pytest.mark.parametrize("page", _PAGES)
def test_a_member_is_gzip_and_always_the_same(page: bytes) -> None:
    member = _member_of(page)
    assert gzip.decompress(member) == page
    assert member == _member_of(page)
    assert len(member) < len(page) / 10 + 30


def test_without_the_library_zlib_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("isal"):
            raise ImportError(name)
        return real(name, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", without)
        importlib.reload(gzip_member)
    try:
        assert gzip_member.COMPRESSOR == "zlib"
        assert gzip.decompress(_member_of(_PAGES[2])) == _PAGES[2]
    finally:
        importlib.reload(gzip_member)
