"""Compression of single records: any reader's gzip, the same each time, by ISA-L or by zlib."""

import builtins
import gzip
import importlib
from typing import Any

import pytest

from crawler import gzip_member

_PAGES = (b"", b"x", b"<p>The ferry was late again.</p>\n" * 5_000)


@pytest.mark.parametrize("page", _PAGES)
def test_a_member_is_gzip_and_always_the_same(page: bytes) -> None:
    member = gzip_member.gzip_member(page)
    assert gzip.decompress(member) == page
    assert member == gzip_member.gzip_member(page)
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
        assert gzip.decompress(gzip_member.gzip_member(_PAGES[2])) == _PAGES[2]
    finally:
        importlib.reload(gzip_member)
