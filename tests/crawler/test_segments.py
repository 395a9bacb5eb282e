"""Segments appear whole or not at all, whatever the disk does."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cleaning.article import Article, Refusal
from cleaning.error import OutputError
from crawler.segments import Recovered, SegmentWriter, encode, read_keys, recover

ROOT = Path(__file__).parents[2]

# Limits the size of files, so that the third line hits a real error of the system half-way.
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from cleaning.error import OutputError
from crawler.segments import SegmentWriter

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (250, resource.RLIM_INFINITY))
writer = SegmentWriter(Path(sys.argv[1]), "run")
for number in range(10):
    try:
        writer.write(b"x" * 99)
    except OutputError as error:
        print(error)
        break
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if "--freed" in sys.argv:
    writer.write(b"y" * 9)
    writer.seal()
writer.close()
"""


def full_disk(folder: Path, *options: str) -> str:
    """Runs FULL_DISK in a process of its own; gives what it printed."""
    command = [sys.executable, "-c", FULL_DISK, str(folder), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=environment
    ).stdout


def test_nothing_is_seen_before_the_seal(tmp_path: Path) -> None:
    """Then all of it, and nothing else is left."""
    folder = tmp_path / "output" / "articles"
    writer = SegmentWriter(folder, "run")
    assert list(folder.glob("*.jsonl*")) == []
    writer.write(b'{"n":1}')
    writer.write('{"n":"桥"}'.encode())
    assert list(folder.glob("*.jsonl")) == []
    path = writer.seal()
    writer.close()
    assert path == folder / "run.jsonl"
    assert path.read_text("utf-8") == '{"n":1}\n{"n":"桥"}\n'
    assert list(folder.iterdir()) == [path]


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    """Not even an empty one."""
    writer = SegmentWriter(tmp_path, "run")
    assert writer.seal() is None
    writer.close()
    writer.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["run.jsonl", "run.jsonl.part"])
def test_a_name_is_never_used_twice(tmp_path: Path, name: str) -> None:
    """A run that takes an earlier one's name is refused, and touches nothing."""
    (tmp_path / name).write_bytes(b"{}\n")
    with pytest.raises(OutputError, match="run run has been here before: start this run under"):
        SegmentWriter(tmp_path, "run")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"{}\n"


def test_nor_beside_a_live_run_of_that_name(tmp_path: Path) -> None:
    """The one that lives goes on."""
    writer = SegmentWriter(tmp_path, "run")
    with pytest.raises(OutputError, match="has been here before"):
        SegmentWriter(tmp_path, "run")
    writer.write(b"{}")
    assert recover(tmp_path) == []
    assert writer.seal() is not None
    writer.close()


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """The part stays, too."""
    writer = SegmentWriter(tmp_path, "run")
    writer.write(b"{}")
    (tmp_path / "run.jsonl").write_bytes(b"precious\n")
    with pytest.raises(OutputError, match=r"run\.jsonl: is there already: move it or run\.jsonl"):
        writer.seal()
    writer.close()
    assert (tmp_path / "run.jsonl").read_bytes() == b"precious\n"
    assert (tmp_path / "run.jsonl.part").read_bytes() == b"{}\n"


def test_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    """The half line is cut at once, and one line says what to do."""
    message = full_disk(tmp_path)
    part = tmp_path / "run.jsonl.part"
    assert message == f"{part}: File too large: free space there and run again\n"
    assert part.read_bytes() == (b"x" * 99 + b"\n") * 2


def test_full_disk_that_is_freed(tmp_path: Path) -> None:
    """The same run can go on."""
    full_disk(tmp_path, "--freed")
    assert (tmp_path / "run.jsonl").read_bytes() == (b"x" * 99 + b"\n") * 2 + b"y" * 9 + b"\n"


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    """The message names it."""
    (tmp_path / "articles").write_bytes(b"")
    with pytest.raises(OutputError, match=r"a file stands where a folder should"):
        SegmentWriter(tmp_path / "articles", "run")


@pytest.mark.parametrize(
    ("left", "kept"),
    [
        (b"", None),
        (b'{"torn', None),
        (b'{"n":1}\n', b'{"n":1}\n'),
        (b'{"n":1}\n{"torn', b'{"n":1}\n'),
        (b'{"n":1}\n{"torn' + b"x" * 200_000, b'{"n":1}\n'),
        (b"x" * 65_535 + b"\n" + b"y" * 65_536, b"x" * 65_535 + b"\n"),
        ('{"n":"桥"}\n{"n":"桥'.encode()[:-1], '{"n":"桥"}\n'.encode()),
        (b'{"n":1}\n\0\0\0\0', b'{"n":1}\n'),
    ],
)
def test_recovery_cuts_at_the_last_whole_line(
    tmp_path: Path, left: bytes, kept: bytes | None
) -> None:
    """And seals what is left, if anything is."""
    (tmp_path / "dead.jsonl.part").write_bytes(left)
    path = tmp_path / "dead.jsonl"
    expected = [] if kept is None else [Recovered("dead", path)]
    assert recover(tmp_path) == expected
    assert list(tmp_path.iterdir()) == [recovered.path for recovered in expected]
    assert (path.read_bytes() if path.exists() else None) == kept


def test_nothing_to_recover(tmp_path: Path) -> None:
    """A folder that is not there yet is no error."""
    assert recover(tmp_path / "articles") == []


def test_keys_of_a_segment(tmp_path: Path, make_article: Callable[..., Article]) -> None:
    """Read back in order from what was encoded."""
    records = [make_article(), make_article(version=2, op="update")]
    path = tmp_path / "run.jsonl"
    path.write_bytes(b"".join(encode(record) + b"\n" for record in records))
    assert list(read_keys(path)) == [(records[0].id, 1), (records[0].id, 2)]


@pytest.mark.parametrize("line", [b"{}", b"[]", b"\xff", b'{"id":"a","version":"one"}', b""])
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: bytes) -> None:
    """With its number."""
    path = tmp_path / "run.jsonl"
    path.write_bytes(b'{"id":"a","version":1}\n' + line + b"\n")
    with pytest.raises(OutputError, match=r"run\.jsonl, line 2: no record \(.*\): move the file"):
        list(read_keys(path))


def test_a_record_is_one_line_of_utf8(make_article: Callable[..., Article]) -> None:
    """Keys in field order, unknown as null, and the same record back."""
    article = make_article(text="Erste Zeile – 桥梁\n\nZweite\u2028Zeile", title=None)
    line = encode(article)
    assert len(line.splitlines()) == 1
    assert "桥梁".encode() in line
    assert b'"title":null' in line
    assert list(msgspec.json.decode(line)) == list(Article.__dataclass_fields__)
    assert msgspec.json.decode(line, type=Article) == article


def test_a_refusal_is_a_record_too(make_refusal: Callable[..., Refusal]) -> None:
    """In the order of its fields."""
    assert list(msgspec.json.decode(encode(make_refusal()))) == list(Refusal.__dataclass_fields__)
