"""Reading what is published: by cursor, by choice, folded, beside a writer, and damaged."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article, Duplicate
from cleaning.cursor import Cursor
from cleaning.error import ArgumentError, CopydeskError
from cleaning.manifest import MANIFEST
from cleaning.read import Query, Reading, every, read

#: id, version, op
KEYS = [(1, 1, "new"), (2, 1, "new"), (1, 2, "update"), (3, 1, "new"), (2, 2, "tombstone")]
KEYS += [(1, 3, "update"), (4, 1, "new"), (3, 2, "tombstone"), (3, 3, "update")]
#: How KEYS are cut into segments.
CUTS = (2, 3, 1, 3)
PACKED = ("", ".gz", ".zst", "")


@pytest.fixture
def articles(make_article: Callable[..., Article]) -> list[Article]:
    """Of two sites, every third a copy."""
    copy = Duplicate(of="0" * 32, kind="exact", score=1.0)
    return [
        replace(
            make_article(
                url=f"https://{'one' if number % 2 else 'two'}.example/{id_}",
                id=f"{id_:032x}",
                version=version,
                op=op,
                duplicate=copy if number % 3 == 2 else None,
            ),
            **{"text": None} if op == "tombstone" else {},
        )
        for number, (id_, version, op) in enumerate(KEYS)
    ]


@pytest.fixture
def folder(tmp_path: Path, articles: list[Article]) -> Path:
    """Of four segments: plain, gzip, zstd, plain."""
    sealer, rest = Sealer(tmp_path / "output"), iter(articles)
    for count, packed in zip(CUTS, PACKED, strict=True):
        sealer.seal(list(islice(rest, count)), packed)
    return sealer.folder


def keys(found: Sequence[Article]) -> list[tuple[int, int, str]]:
    return [(int(one.id, 16), one.version, one.op) for one in found]


def test_all_comes_in_the_order_of_publication(folder: Path, articles: list[Article]) -> None:
    reading = read(folder)
    assert list(reading) == articles
    assert reading.cursor == "4:3"
    assert list(reading) == []


def test_a_folder_may_be_named_by_a_string(folder: Path) -> None:
    assert len(list(read(str(folder), verify=True))) == len(KEYS)


def test_from_each_cursor_comes_just_the_rest(folder: Path) -> None:
    reading = read(folder)
    cursors = ["0:0", *(reading.cursor for _ in reading)]
    assert cursors[1:4] == ["1:1", "1:2", "2:1"]
    for number, cursor in enumerate(cursors):
        assert keys(list(read(folder, since=cursor))) == KEYS[number:]


def test_a_reading_that_was_left_goes_on_where_it_was(folder: Path) -> None:
    reading = read(folder)
    assert keys(list(islice(reading, 4))) == KEYS[:4]
    assert keys(list(reading)) == KEYS[4:]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"ops": {"new"}}, (0, 1, 3, 6)),
        ({"ops": ["new", "update"]}, (0, 1, 2, 3, 5, 6, 8)),
        ({"ops": ("tombstone",)}, (4, 7)),
        ({"sites": {"one.example"}}, (1, 3, 5, 7)),
        ({"sites": {"none.example"}}, ()),
        ({"duplicates": False}, (0, 1, 3, 4, 6, 7)),
        ({"duplicates": False, "ops": {"new"}, "sites": {"two.example"}}, (0, 6)),
        ({"latest": True}, (5, 6, 8)),
        ({"latest": True, "sites": {"two.example"}}, (6, 8)),
        # 2:1 is behind version 2 of the first article; tombstones are told to who read before.
        ({"latest": True, "since": "2:1"}, (4, 5, 6, 8)),
        ({"latest": True, "since": "2:1", "ops": {"tombstone"}}, (4,)),
        ({"latest": True, "since": "4:3"}, ()),
    ],
)
@pytest.mark.parametrize("verify", [False, True])
def test_what_is_asked_for_comes(
    folder: Path, query: dict[str, Any], numbers: Sequence[int], verify: bool
) -> None:
    reading = read(folder, verify=verify, **query)
    assert keys(list(reading)) == [KEYS[number] for number in numbers]
    assert reading.cursor == "4:3", "what is passed over has been read too"


def test_the_latest_are_read_on_from_any_cursor(folder: Path) -> None:
    """Who stops in between misses no last word."""
    reading = read(folder, latest=True)
    cursors = ["0:0", *(reading.cursor for _ in reading)]
    for number, cursor in enumerate(cursors):
        before = keys(list(islice(read(folder, latest=True), number)))
        rest = keys(list(read(folder, latest=True, since=cursor)))
        assert {KEYS[5], KEYS[6], KEYS[8]} <= {*before, *rest}


def test_a_record_that_is_there_twice_is_the_latest_once(
    tmp_path: Path, make_article: Callable[..., Article]
) -> None:
    sealer = Sealer(tmp_path)
    for _ in range(2):
        sealer.seal([make_article()])
    assert len(list(read(tmp_path))) == 2
    assert len(list(read(tmp_path, latest=True))) == 1


def test_lines_come_as_they_stand(folder: Path, articles: list[Article]) -> None:
    lines = list(Reading(folder, Query(), bytes))
    assert lines == [msgspec.json.encode(article) for article in articles]


def test_fields_of_a_newer_copydesk_are_passed_over(
    tmp_path: Path, make_article: Callable[..., Article]
) -> None:
    sealer, article = Sealer(tmp_path), make_article()
    newer = msgspec.json.encode(article).replace(b'{"schema"', b'{"mood":{"sad":1},"schema"')
    sealer.append(sealer.place([newer]))
    assert list(read(tmp_path)) == [article]


def test_before_anything_is_published(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        reading = read(folder, since="0:0")
        assert list(reading) == []
        assert reading.cursor == "0:0"


class TestFollowing:
    """What is sealed while a reader waits."""

    def test_each_comes_once_in_order(self, tmp_path: Path, articles: list[Article]) -> None:
        """From before the folder is there; the writer acts whenever the reader waits."""
        waiting, sealer, rest = [], Sealer(tmp_path / "late"), iter(articles)

        def follow() -> bool:
            waiting.append(reading.cursor)
            chunk = list(islice(rest, 2))
            if chunk:
                sealer.seal(chunk, ".zst")
            return bool(chunk)

        reading = read(tmp_path / "late", follow=follow)
        assert list(reading) == articles
        assert waiting == ["0:0", "1:2", "2:2", "3:2", "4:2", "5:1"]

    def test_a_torn_line_of_the_manifest_is_waited_for(
        self, tmp_path: Path, articles: list[Article]
    ) -> None:
        sealer = Sealer(tmp_path)
        segment = sealer.place([msgspec.json.encode(article) for article in articles])
        seen: list[Article] = []
        reading = read(tmp_path)
        sealer.append(segment, pause=lambda: seen.extend(reading))
        assert seen == []
        assert list(reading) == articles

    def test_what_was_written_anew_is_not_told_again(
        self, folder: Path, articles: list[Article]
    ) -> None:
        def rewritten() -> bool:
            manifest, anew = folder / MANIFEST, folder / "anew"
            anew.write_bytes(manifest.read_bytes())
            anew.replace(manifest)
            return next(turns)

        turns = iter([True, True, False])
        assert list(read(folder, follow=rewritten)) == articles

    def test_it_waits_until_it_is_told_to_stop(self, folder: Path) -> None:
        stop = Event()
        seen = []
        for article in read(folder, follow=every(3600, stop)):
            seen.append(article)
            if len(seen) == len(KEYS):
                stop.set()
        assert keys(seen) == KEYS

    def test_it_looks_again_after_a_while(self) -> None:
        assert every(0)()

    def test_the_latest_cannot_be_followed(self, folder: Path) -> None:
        with pytest.raises(ArgumentError, match="read the latest once, then follow from its"):
            read(folder, latest=True, follow=every(1))


class TestFaults:
    """What is damaged is named, with its cure; what stands before it has been told."""

    @pytest.mark.parametrize("text", ["", " ", "17", "17:", ":3", "-1:2", "1:2:3", "1:٣", "x:y"])
    def test_no_cursor(self, text: str) -> None:
        with pytest.raises(ArgumentError, match="is no cursor; give one that a reading ended with"):
            Cursor.parse(text)
        assert Cursor.parse(" 17:240\n") == (17, 240)

    @pytest.mark.parametrize("cursor", ["5:0", "99:1", "4:4", "2:1000"])
    def test_a_cursor_of_another_folder(self, folder: Path, cursor: str) -> None:
        with pytest.raises(ArgumentError, match=f"^cursor {cursor}: .*; name the folder that"):
            list(read(folder, since=cursor))

    def test_a_cursor_and_nothing_published(self, tmp_path: Path) -> None:
        with pytest.raises(ArgumentError, match=r"cursor 1:1: .*manifest\.jsonl ends at segment 0"):
            list(read(tmp_path, since="1:1"))

    @pytest.mark.parametrize("sequence", [1, 2, 3])
    @pytest.mark.parametrize(
        ("harm", "said"),
        [
            (lambda _: None, "is missing"),
            (lambda data: data[:-3], "is damaged ("),
            (lambda _: b"", "is damaged (0 bytes, not "),
            (lambda data: data + b"{}\n", "is damaged ("),
            (lambda data: bytes(255 - byte for byte in data), "is damaged ("),
        ],
    )
    def test_a_damaged_segment(
        self, folder: Path, sequence: int, harm: Callable[[bytes], bytes | None], said: str
    ) -> None:
        (path,) = folder.glob(f"articles/*/{sequence:08}.*")
        harmed = harm(path.read_bytes())
        path.unlink() if harmed is None else path.write_bytes(harmed)
        reading, before = read(folder), sum(CUTS[: sequence - 1])
        seen = []
        cure = (
            f"restore it from a copy, or read on behind it: since {sequence}:{CUTS[sequence - 1]}"
        )
        with pytest.raises(CopydeskError, match=re.escape(said)) as raised:
            seen.extend(article for article in reading)
        assert str(raised.value).startswith(f"{path}: ")
        assert str(raised.value).endswith(f"; {cure}")
        assert Cursor.parse(reading.cursor)[0] <= sequence
        assert (
            keys(list(read(folder, since=f"{sequence}:{CUTS[sequence - 1]}")))
            == (KEYS[before + CUTS[sequence - 1] :])
        )

    def test_a_changed_byte_is_found_by_its_sum(self, folder: Path) -> None:
        path = folder / "articles/2026-11-24/00000001.jsonl"
        path.write_bytes(path.read_bytes().replace(b"The old bridge", b"The new bridge"))
        assert len(list(read(folder))) == len(KEYS)
        with pytest.raises(CopydeskError, match=r"00000001.jsonl: is damaged \(its SHA-256 is"):
            list(read(folder, verify=True))

    def test_a_line_that_is_no_article(
        self, tmp_path: Path, make_article: Callable[..., Article]
    ) -> None:
        sealer, line = Sealer(tmp_path), msgspec.json.encode(make_article())
        sealer.append(sealer.place([line, b'{"id":1}', line]))
        reading = read(tmp_path)
        with pytest.raises(
            CopydeskError, match=r"00000001.jsonl, line 2: no article/1 \(.*upgrade"
        ):
            list(reading)

    def test_fewer_lines_than_the_manifest_says(
        self, tmp_path: Path, make_article: Callable[..., Article]
    ) -> None:
        Sealer(tmp_path).seal([make_article()], records=2)
        with pytest.raises(CopydeskError, match=r"is damaged \(1 lines, not 2\)"):
            list(read(tmp_path))

    def test_a_schema_to_come(self, tmp_path: Path, make_article: Callable[..., Article]) -> None:
        Sealer(tmp_path).seal([make_article()], schema="article/2")
        with pytest.raises(CopydeskError, match="is article/2, not article/1; upgrade copydesk"):
            list(read(tmp_path))


def test_nothing_heavy_is_imported() -> None:
    """What crawls and cleans stays out; and, where a folder is here, what reads elsewhere."""
    code = "import sys, cleaning.read as r; list(r.read('.', follow=None)); print(*sys.modules)"
    command = (sys.executable, "-c", code)
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    modules = {name.partition(".")[0] for name in printed.split()}
    crawls = {"scrapy", "twisted", "lxml", "trafilatura", "numpy", "crawler"}
    heavy = {*crawls, "asyncio", "ssl", "fsspec", "s3fs"}
    assert not modules & heavy
    own = {name for name in printed.split() if name.startswith("cleaning.")}
    known = "article cursor error folder latest manifest page read segment_file tail"
    assert own == {f"cleaning.{name}" for name in known.split()}
