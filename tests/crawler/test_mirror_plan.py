"""What is uploaded, from two manifests."""

import msgspec
import pytest
from sealing import Sealer

from cleaning.error import OutputError
from cleaning.manifest import Segment, encode_segment
from crawler.mirror_plan import Entry, replaced_paths, steps


def entry(segment: Segment) -> Entry:
    return Entry(encode_segment(segment) + b"\n", segment)


@pytest.fixture
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Eight segments, of two kinds."""
    sealer = Sealer(tmp_path_factory.mktemp("output"))
    kinds = ("articles", "removed")
    return [entry(sealer.append(sealer.place([b"{}"], kind=kinds[n % 2]))) for n in range(8)]


def changed(given: Entry, **changes: object) -> Entry:
    return entry(msgspec.structs.replace(given.segment, **changes))


def uploaded(ours: list[Entry], theirs: list[Entry]) -> list[list[int]]:
    """Which of ours each step uploads; what it leaves behind is ours, as far as it goes."""
    places, done = {one.segment.path: number for number, one in enumerate(ours)}, []
    for step in steps(ours, theirs):
        assert b"".join(one.line for one in ours).startswith(step.manifest)
        done.append([places[segment.path] for segment in step.uploads])
    return done


def test_each_segment_in_order_and_the_manifest_after_each(entries: list[Entry]) -> None:
    assert uploaded(entries, []) == [[0], [1], [2], [3], [4], [5], [6], [7]]
    assert uploaded(entries, entries[:6]) == [[6], [7]]
    assert [step.manifest for step in steps(entries[:2], [])] == [
        entries[0].line,
        entries[0].line + entries[1].line,
    ]


def test_nothing_where_nothing_is_new(entries: list[Entry]) -> None:
    assert uploaded(entries, entries) == []
    assert uploaded([], []) == []


def test_what_was_purged_comes_first(entries: list[Entry]) -> None:
    ours = [*entries[:2], changed(entries[2], sha256="f" * 64, bytes=1), *entries[3:]]
    assert uploaded(ours, entries[:6]) == [[2], [6], [7]]
    assert uploaded(ours, entries[:2]) == [[2], [3], [4], [5], [6], [7]]


def test_a_purged_segment_has_another_name(entries: list[Entry]) -> None:
    """What was in its place is to go, from wherever it is."""
    path = entries[2].segment.path
    renamed = path.replace(".jsonl", "-3.jsonl")
    ours = [*entries[:2], changed(entries[2], sha256="f" * 64, path=renamed), *entries[3:]]
    assert uploaded(ours, entries[:6]) == [[2], [6], [7]]
    before = [path, path.replace(".jsonl", "-2.jsonl")]
    assert list(replaced_paths([one.segment for one in ours])) == before


def test_a_line_that_says_more_of_the_same_file_costs_no_upload(entries: list[Entry]) -> None:
    ours = [changed(entries[0], records=7), *entries[1:]]
    assert uploaded(ours, entries) == [[]]


def test_a_long_manifest_is_not_uploaded_for_each_segment(entries: list[Entry]) -> None:
    many = [
        changed(entries[0], sequence=n, path=f"removed/2026-11-24/{n:08}.jsonl")
        for n in range(1, 2001)
    ]
    planned = uploaded(many, [])
    assert [number for step in planned for number in step] == list(range(2000))
    assert len(planned) < 500


@pytest.mark.parametrize("kept", [0, 3])
def test_another_folder_s_segments_are_left_alone(entries: list[Entry], kept: int) -> None:
    with pytest.raises(OutputError, match="of run run-1 is of another output folder: set COPYDESK"):
        list(steps(entries[:kept], entries))
    ours = [*entries[:kept], *(changed(one, run="run-2") for one in entries[kept:])]
    with pytest.raises(OutputError, match="is of another output folder"):
        list(steps(ours, entries))
