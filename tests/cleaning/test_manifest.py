"""The manifest is read as it grows, and what is wrong with it is named."""

import re
from pathlib import Path

import pytest
from sealing import Sealer

from cleaning.error import CopydeskError
from cleaning.manifest import MANIFEST, Manifest, Segment, encode_segment, parse_manifest

LINE = (
    b'{"kind":"articles","sequence":1,"path":"articles/2026-11-24/00000001.jsonl.zst","records":2,'
    b'"bytes":512,"sha256":"' + b"a" * 64 + b'","first":"2026-11-24T08:00:00+00:00",'
    b'"last":"2026-11-24T08:10:00+00:00","schema":"article/1","run":"run-1",'
    b'"ops":{"new":1,"update":1,"tombstone":0},"sealed_at":"2026-11-24T08:11:00+00:00"}'
)
PATH = Path("output/manifest.jsonl")


def test_a_line_is_read_and_written_as_it_was() -> None:
    (segment,) = parse_manifest([LINE], PATH)
    assert segment.ops is not None
    assert (segment.records, segment.ops.update) == (2, 1)
    assert encode_segment(segment) == LINE


def test_keys_of_a_newer_copydesk_are_passed_over() -> None:
    newer = LINE.replace(b'"records"', b'"compacted":[1],"records"')
    assert parse_manifest([newer], PATH) == parse_manifest([LINE], PATH)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        LINE[:-20],
        LINE.replace(b'"kind":"articles"', b'"kind":"drafts"'),
        LINE.replace(b'"sequence":1', b'"sequence":0'),
        LINE.replace(b"articles/2026-11-24/", b"../../etc/"),
        LINE.replace(b"articles/2026-11-24/", b"/articles/2026-11-24/"),
        LINE.replace(b'"records":2', b'"records":-2'),
        LINE.replace(b'"records":2,', b""),
        LINE.replace(b"a" * 64, b"a"),
    ],
)
def test_a_broken_line_is_named(broken: bytes) -> None:
    with pytest.raises(CopydeskError, match=r"^output/manifest\.jsonl, line 8: no segment .*; res"):
        parse_manifest([LINE, broken], PATH, before=6)


def test_without_a_manifest_nothing_is_published(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path / "missing", "articles")
    assert (manifest.unread(), manifest.last) == ([], 0)


def test_each_segment_comes_once_and_a_torn_line_when_it_is_whole(tmp_path: Path) -> None:
    sealer, manifest = Sealer(tmp_path), Manifest(tmp_path, "articles")
    seen: list[Segment] = []

    def look() -> None:
        seen.extend(manifest.unread())

    for _ in range(3):
        before = list(sealer.segments)
        sealer.append(sealer.place([b"{}"]), pause=look)
        assert seen == before
        look()
        assert seen == sealer.segments
    assert manifest.unread() == []


def test_kinds_have_sequences_of_their_own(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    for kind in ("articles", "rejected", "articles", "removed", "rejected"):
        sealer.append(sealer.place([b"{}"], kind=kind))
    for kind, count in (("articles", 2), ("rejected", 2), ("removed", 1)):
        manifest = Manifest(tmp_path, kind)
        assert [segment.sequence for segment in manifest.unread()] == list(range(1, count + 1))


def test_a_gap_is_an_error(tmp_path: Path) -> None:
    sealer = Sealer(tmp_path)
    sealer.append(sealer.place([b"{}"]))
    sealer.place([b"{}"])
    text = (tmp_path / MANIFEST).read_bytes()
    (tmp_path / MANIFEST).write_bytes(text + text.replace(b'"sequence":1', b'"sequence":3'))
    with pytest.raises(CopydeskError, match=re.escape("articles 3 follows on 1; restore it")):
        Manifest(tmp_path, "articles").unread()


def test_a_manifest_written_anew_is_read_anew(tmp_path: Path) -> None:
    sealer, manifest = Sealer(tmp_path), Manifest(tmp_path, "articles")
    for _ in range(2):
        sealer.append(sealer.place([b"{}"]))
    assert len(manifest.unread()) == 2
    anew = tmp_path / "anew"
    anew.write_bytes(sealer.manifest.read_bytes().replace(b'"records":1', b'"records":100'))
    anew.replace(sealer.manifest)
    sealer.append(sealer.place([b"{}"]))
    assert [segment.records for segment in manifest.unread()] == [100, 100, 1]


def test_a_manifest_that_is_gone_is_an_error(tmp_path: Path) -> None:
    sealer, manifest = Sealer(tmp_path), Manifest(tmp_path, "articles")
    sealer.append(sealer.place([b"{}"]))
    manifest.unread()
    sealer.manifest.unlink()
    with pytest.raises(CopydeskError, match=r"manifest\.jsonl: is gone; restore it"):
        manifest.unread()


def test_a_folder_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).mkdir()
    with pytest.raises(CopydeskError, match=r"manifest\.jsonl: Is a directory; make it readable"):
        Manifest(tmp_path, "articles").unread()
