"""Publishing to another folder, and what can be wrong with that."""

import fcntl
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import desk
import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article
from cleaning.error import CopydeskError
from cleaning.manifest import MANIFEST
from cleaning.read import read
from crawler.mirror import BusyError, Published, publish_sealed

# Any of the extras brings it, and `readers` too.
pytest.importorskip("fsspec")

Make = Callable[[int], list[Article]]


@pytest.fixture
def sealer(tmp_path: Path, make_articles: Make) -> Sealer:
    """Four segments, one of them of no articles."""
    sealer = Sealer(tmp_path / "output")
    articles = make_articles(7)
    sealer.seal(articles[:3])
    sealer.seal(articles[3:4], ".zst")
    sealer.append(sealer.place([b'{"url": 1}'], kind="rejected"))
    sealer.seal(articles[4:], ".gz")
    return sealer


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/away/news"


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_the_same_is_there_and_can_be_read(
    tmp_path: Path, sealer: Sealer, url: str, make_articles: Make
) -> None:
    assert publish_sealed(sealer.folder, url).segments == 4
    assert files(tmp_path / "away/news") == files(sealer.folder)
    reading = read(url, verify=True)
    assert list(reading) == make_articles(7)
    assert reading.cursor == "3:3"
    assert list(read(url, since="1:2")) == make_articles(7)[2:]


def test_again_only_what_is_new(sealer: Sealer, url: str, make_articles: Make) -> None:
    publish_sealed(sealer.folder, url)
    assert publish_sealed(sealer.folder, url) == Published(0, 0)
    reading = read(url)
    assert len(list(reading)) == 7
    segment = sealer.seal(make_articles(9)[7:])
    assert publish_sealed(sealer.folder, url) == Published(1, segment.bytes)
    assert [one.id for one in reading] == [one.id for one in make_articles(9)[7:]]


def test_a_purged_text_is_purged_there_too(
    tmp_path: Path, sealer: Sealer, url: str, make_articles: Make
) -> None:
    publish_sealed(sealer.folder, url)
    reading = read(url)
    assert len(list(reading)) == 7
    purged = Sealer(tmp_path / "purged")
    first, *rest = make_articles(3)
    segment = purged.place([msgspec.json.encode(one) for one in (rest[0], *rest)])
    (sealer.folder / segment.path).write_bytes((purged.folder / segment.path).read_bytes())
    lines = sealer.manifest.read_bytes().splitlines(keepends=True)
    old = sealer.segments[0]
    new = msgspec.structs.replace(old, bytes=segment.bytes, sha256=segment.sha256)
    sealer.manifest.write_bytes(msgspec.json.encode(new) + b"\n" + b"".join(lines[1:]))
    assert publish_sealed(sealer.folder, url).segments == 1
    assert first.id not in {one.id for one in read(url, verify=True)}
    assert list(reading) == [], "who has read it all does not get it again"


def test_a_torn_last_line_is_not_published(tmp_path: Path, sealer: Sealer, url: str) -> None:
    whole = sealer.manifest.read_bytes()
    sealer.manifest.write_bytes(whole + b'{"kind": "arti')
    publish_sealed(sealer.folder, url)
    assert (tmp_path / "away/news" / MANIFEST).read_bytes() == whole


def test_nothing_sealed_is_nothing_published(tmp_path: Path, url: str) -> None:
    assert publish_sealed(tmp_path, url) == Published(0, 0)
    assert not (tmp_path / "away").exists()


def test_a_damaged_segment_is_not_published(tmp_path: Path, sealer: Sealer, url: str) -> None:
    damaged = sealer.folder / sealer.segments[1].path
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(CopydeskError, match=r"00000002.jsonl.zst: is not what manifest.jsonl says"):
        publish_sealed(sealer.folder, url)
    assert [one.sequence for one in Sealer(tmp_path / "away/news").segments] == [1]


def test_another_folder_is_not_overwritten(tmp_path: Path, sealer: Sealer, url: str) -> None:
    publish_sealed(sealer.folder, url)
    before = files(tmp_path / "away")
    other = Sealer(tmp_path / "other")
    other.append(other.place([b"{}"], run="run-2"))
    with pytest.raises(CopydeskError, match="is of another output folder"):
        publish_sealed(other.folder, url)
    assert files(tmp_path / "away") == before


def test_one_publisher_at_a_time(sealer: Sealer, url: str) -> None:
    with (sealer.folder / "publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BusyError, match="another process is publishing"):
            publish_sealed(sealer.folder, url, patience=0)
    assert publish_sealed(sealer.folder, url, patience=0).segments == 4


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://host/path", "http://: no such store is known; name one of s3://"),
        ("s3://", "s3://: name a bucket or folder"),
        ("sftp://desk:sesame@host/news", "leave the password out of the URL"),
    ],
)
def test_urls_that_cannot_be_meant(tmp_path: Path, url: str, said: str) -> None:
    for use in (partial(publish_sealed, tmp_path), read):
        with pytest.raises(CopydeskError, match=said) as raised:
            use(url)
        assert "sesame" not in str(raised.value)


@pytest.mark.skipif(os.getuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path, sealer: Sealer, url: str) -> None:
    (tmp_path / "away").mkdir(mode=0o500)
    with pytest.raises(CopydeskError, match="Permission denied: give credentials"):
        publish_sealed(sealer.folder, url)


def test_a_file_in_the_way(tmp_path: Path, sealer: Sealer, url: str) -> None:
    (tmp_path / "away").write_text("in the way")
    with pytest.raises(CopydeskError, match="Not a directory: see that it can be reached"):
        publish_sealed(sealer.folder, url)


def test_what_forget_purges_is_gone_there_too(desk_output: Path, tmp_path: Path) -> None:
    """Purged segments have other names: the files that they replace must not stay."""
    there = tmp_path / "there"
    publish_sealed(desk_output, there.as_uri())
    assert any(desk.SECRET in data for _, data in desk.contents_below(there))
    assert desk.forget(desk_output, desk.URL) == 0
    publish_sealed(desk_output, there.as_uri())
    assert [path for path, data in desk.contents_below(there) if desk.SECRET in data] == []
    assert {one.text is None for one in read(there, verify=True)} == {True, False}
