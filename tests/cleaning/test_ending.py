"""Endings: which last paragraph breaks off, and which only looks as if it did."""

from typing import Any

import pytest

from cleaning.block import Block, Kind, Style
from cleaning.ending import broken_end, is_call
from cleaning.refusal import load_table

_PROSE = (
    "The ferry left the quay at noon with eleven people, two goats and a piano on board, and nobody"
    " who saw it go could say which of them had paid."
)
_TABLE = load_table()
_ENDINGS = [pytest.param(entry, id=entry["rule"]) for entry in _TABLE["ending"]]


def _end(*texts: str, kind: Kind = "paragraph") -> str | None:
    blocks = [Block("paragraph", text) for text in (_PROSE, *texts[:-1])]
    return broken_end([*blocks, Block(kind, texts[-1])])


@pytest.mark.parametrize("entry", _ENDINGS)
def test_rule_against_its_examples(entry: dict[str, Any]) -> None:
    assert entry["why"]
    breaks = entry["breaks_off"]
    assert [text for text in entry["catches"] if bool(_end(text)) is not breaks] == []
    assert [text for text in entry["leaves"] if is_call(text)] == []
    if not breaks:
        assert [text for text in entry["leaves"] if not _end(text)] == []


def test_open_words_against_their_examples() -> None:
    words = _TABLE["ending_words"]
    assert words["why"]
    assert [text for text in words["catches"] if not _end(text)] == []
    assert [text for text in words["leaves"] if _end(text)] == []


@pytest.mark.parametrize(
    "last",
    [
        "The ferry left. It carried eleven people, two goats and a",
        "The ferry left the quay with eleven people, two goats and a piano " * 2 + "and a",
        "The ferry left the quay with eleven people. It came back on the same evening with none",
        "The ferry left the quay at noon with eleven people, two goats and…",
        "The ferry left the quay at noon with eleven people, two goats [...]",
        "The ferry left the quay at noon with eleven people, two goats (…)",
        "The ferry left the quay at noon with eleven people, two goats […]",
        "The ferry left the quay at noon with eleven people, two goats,",
        "…",
        "渡轮中午离开码头，船上有十一个人和……",
        "Die Fähre legte um zwölf Uhr ab. An Bord waren elf Leute, zwei Ziegen und ein",
        "Паром отошёл в полдень. На борту было одиннадцать человек, две козы и",
        "The ferry left the quay at noon. Continue reading",
        "The ferry left the quay at noon, with two goats and… Read the full story",
        "Die Fähre legte um zwölf Uhr ab […] Weiterlesen →",
    ],
)
def test_breaks_off(last: str) -> None:
    assert _end(last)


@pytest.mark.parametrize(
    "last",
    [
        "The ferry left the quay at noon with eleven people on board.",
        "“Nobody paid for the piano, and nobody ever will,” she said of it.”",
        "“We shall see what the goats have to say to it, and then we shall sell the piano…”",
        "渡轮中午离开码头，船上有十一个人和两只山羊。",
        # a heading, a name or a label without a stop
        "The ferry left the quay at noon with eleven people",
        "Two goats",
        "The record of the ferry in a year: eleven people, goats: 2",
        # addresses
        "The ferry left the quay at noon. More on the goats at https://ferry.example/goats",
        "The ferry left the quay at noon. Those who know the piano write to goats@ferry.example",
        "The ferry left the quay at noon, and its timetable can be read by all at ferry.example",
        # signatures, credits, buttons
        "The ferry left the quay at noon. Nobody had paid. Ida Quayle",
        "The ferry left the quay at noon. Nobody had paid for the goats. – Ida Quayle",
        "The ferry left the quay at noon, and nobody had paid for the goats. dpa/lnw",
        "Dr. J. R. Oddie teaches the history of ferries at Callow College",
        "The ferry left the quay at noon. Were you on board? Tell us about it",
        # signs
        "The ferry left the quay at noon with eleven people. We shall miss the piano very much 🎹",
        "The ferry left the quay at noon with eleven people. We shall miss the piano a lot ❤️",
        "The ferry left the quay at noon with eleven people, and nobody had paid a thing ~",
        "The ferry left the quay at noon with eleven people, and the fare had risen by 4 %",
        "The ferry left the quay at noon with eleven people, and nobody had paid a thing. —",
        "Auf der Fähre waren elf Leute, zwei Ziegen und ein Klavier, dazu ein Kind. +++",
        # scripts without stops
        "เรือข้ามฟากออกจากท่าตอนเที่ยงวัน มีผู้โดยสารสิบเอ็ดคน แพะสองตัว และเปียโนหนึ่งหลัง ไม่มีใครจ่ายค่าโดยสาร",
        "ເຮືອຂ້າມຟາກອອກຈາກທ່າຕອນທ່ຽງ ມີຄົນສິບເອັດຄົນ ແບ້ສອງໂຕ ແລະ ເປຍໂນຫນຶ່ງຫລັງ",
        # verses
        "The ferry left the quay at noon\nwith goats, and nobody had paid\nfor what was played",
        # what is no text
        "Loading...",
    ],
)
def test_does_not_break_off(last: str) -> None:
    assert _end(last) is None


@pytest.mark.parametrize("kind", ["heading", "list-item", "table-row", "caption", "quote"])
def test_only_a_paragraph_can_break_off(kind: Kind) -> None:
    assert not _end("the people, the goats and the piano that were on board of the", kind=kind)


def test_a_link_does_not_break_off() -> None:
    text = "The ferry left the quay at noon with eleven people, two goats and the"
    assert broken_end([Block("paragraph", text, style=Style(links=1.0))]) is None


def test_who_writes_without_stops_does_not_break_off_for_want_of_one() -> None:
    stopless = _PROSE[:-1]
    assert _end(stopless)
    assert _end(stopless, stopless) is None
    assert _end(stopless, f"{stopless}, and the")
