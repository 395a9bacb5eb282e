"""Files of feeds: whole or not there, whatever happens."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from scrapy import Spider
from scrapy.exporters import JsonLinesItemExporter

from cleaning.error import OutputError
from crawler.feed_storage import WholeFileStorage

OLD = b'{"n": "old"}\n'
NEW = b'{"n": 0}\n{"n": 1}\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "feed.jsonl"
    path.write_bytes(OLD)
    return path


def storage(path: Path | str, *, overwrite: bool = True) -> WholeFileStorage:
    options = {"overwrite": overwrite, "format": "jsonlines"}
    return WholeFileStorage(str(path), feed_options=options)


def export(file: Any, count: int = 2) -> Any:
    exporter = JsonLinesItemExporter(file)
    exporter.start_exporting()
    for number in range(count):
        exporter.export_item({"n": number})
    exporter.finish_exporting()
    return file


@pytest.fixture
def spider() -> Spider:
    return Spider("any")


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files may have so many bytes, as on a disk that is nearly full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def only(path: Path) -> None:
    assert list(path.parent.iterdir()) == [path], "nothing is left beside"


@pytest.mark.parametrize(("overwrite", "after"), [(True, NEW), (False, OLD + NEW)])
@pytest.mark.parametrize("prefix", ["", "file://"])
def test_the_old_file_stays_until_the_new_one_is_whole(
    path: Path, spider: Spider, prefix: str, *, overwrite: bool, after: bytes
) -> None:
    feed = storage(f"{prefix}{path}", overwrite=overwrite)
    file = export(feed.open(spider))
    assert path.read_bytes() == OLD
    feed.store(file)
    assert path.read_bytes() == after
    only(path)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_new_file_in_a_new_folder(tmp_path: Path, spider: Spider, *, overwrite: bool) -> None:
    path = tmp_path / "new" / "feed.jsonl"
    feed = storage(path, overwrite=overwrite)
    feed.store(export(feed.open(spider)))
    assert path.read_bytes() == NEW
    umask = os.umask(0o22)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("overwrite", [True, False])
def test_mode_and_link_are_kept(path: Path, spider: Spider, *, overwrite: bool) -> None:
    path.chmod(0o600)
    link = path.with_name("link.jsonl")
    link.symlink_to(path)
    feed = storage(link, overwrite=overwrite)
    feed.store(export(feed.open(spider)))
    assert link.is_symlink()
    assert path.read_bytes().endswith(NEW)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("count", [200, 1000])
def test_a_full_disk(path: Path, spider: Spider, count: int, *, overwrite: bool) -> None:
    feed = storage(path, overwrite=overwrite)
    with room_for(1000):
        file = export(feed.open(spider), count)
        with pytest.raises(OutputError, match=r"feed.jsonl: File too large: free space there"):
            feed.store(file)
    assert path.read_bytes() == OLD
    only(path)


def test_no_room_for_both(path: Path, spider: Spider) -> None:
    path.write_bytes(OLD * 60)
    feed = storage(path, overwrite=False)
    with room_for(1000):
        file = export(feed.open(spider), 50)
        with pytest.raises(OutputError, match="File too large"):
            feed.store(file)
    assert path.read_bytes() == OLD * 60
    only(path)


def test_a_file_stands_where_a_folder_should(path: Path, spider: Spider) -> None:
    feed = storage(path / "feed.jsonl")
    with pytest.raises(OutputError, match="a file stands where a folder should: move it away"):
        feed.store(export(feed.open(spider)))


def test_a_torn_old_line_does_not_spoil_a_new_one(path: Path, spider: Spider) -> None:
    path.write_bytes(OLD + b'{"n": "to')
    feed = storage(path, overwrite=False)
    feed.store(export(feed.open(spider)))
    assert path.read_bytes() == OLD + b'{"n": "to\n' + NEW


def test_two_runs_that_append_at_once(path: Path, spider: Spider) -> None:
    feeds = [storage(path, overwrite=False) for _ in range(2)]
    files = [export(feed.open(spider)) for feed in feeds]
    for feed, file in zip(feeds, files, strict=True):
        feed.store(file)
    assert path.read_bytes() == OLD + NEW + NEW
    only(path)


def test_what_a_killed_run_left_is_removed_and_a_live_one_s_is_not(
    path: Path, spider: Spider
) -> None:
    path.with_name(".feed.jsonl.00112233.part").write_bytes(b"torn")
    other = path.with_name(".other.jsonl.00112233.part")
    other.touch()
    live, feed = storage(path), storage(path)
    file = export(live.open(spider), 1)
    feed.store(export(feed.open(spider)))
    live.store(file)
    assert path.read_bytes() == b'{"n": 0}\n'
    other.unlink()
    only(path)


def test_a_device_is_written_to(spider: Spider) -> None:
    feed = storage("/dev/null")
    feed.store(export(feed.open(spider)))
    assert Path("/dev/null").is_char_device()
