"""What the shingles of a text are, and what two texts have in common by them."""

import pytest

from cleaning.shingle import Shingles, containment, resemblance, shingles_of

WORDS = "one two three four five six seven eight nine ten"

#: Texts with how many distinct shingles they have, and how many units.
COUNTS: dict[str, tuple[str, int, int]] = {
    "nothing": ("", 0, 0),
    "blanks": (" \n\t", 0, 0),
    "signs alone are compared as they are": ("!!!", 1, 1),
    "one word": ("Bridge", 1, 1),
    "fewer words than a shingle has": ("The bridge is open", 1, 4),
    "just one shingle": ("The bridge is open again", 1, 5),
    "each further word gives one": (WORDS, 6, 10),
    "the same over and over": ("go " * 300, 1, 300),
    "Chinese by the letter, nine at a time": ("河上的旧桥星期一重新开放", 4, 12),
    "Japanese": ("橋は月曜日に再び開通した", 4, 12),
    "Thai, whose marks count": ("สะพาน", 1, 5),
    "Arabic by the word": ("أعيد فتح الجسر القديم يوم الاثنين", 2, 6),
    "Hindi by the word": ("पुराना पुल सोमवार को फिर खुल गया", 3, 7),
    "Korean by the word": ("낡은 다리가 월요일에 다시 열렸다", 1, 5),
    "a Chinese name in English": ("The old bridge 大桥 is open again now", 5, 9),
    "an English name in Chinese": ("记者从 Courier 获悉河上的旧桥重新开放", 7, 15),
}

SAME = [
    ("The bridge reopened.", "the BRIDGE   reopened"),
    ("“At last,” he said: it’s open!", '"At last", he said - it\'s open.'),
    ("Die Straße ist frei", "DIE STRASSE IST FREI"),
    ("桥梁重新开放。", "桥梁\n重新开放"),
    ("ﬁrst of all", "first of all"),
]

#: Of pairs: the share of the smaller set that both have, and the share of all.
SHARES = [
    (WORDS, WORDS, 1.0, 1.0),
    (WORDS, f"{WORDS} eleven twelve", 1.0, 6 / 8),
    (WORDS, "four five six seven eight nine ten", 1.0, 3 / 6),
    (WORDS, "one two three four five nine nine nine nine nine", 1 / 6, 1 / 11),
    (WORDS, "eleven twelve thirteen fourteen fifteen sixteen", 0.0, 0.0),
    (WORDS, "", 0.0, 0.0),
    ("", "", 0.0, 0.0),
]


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name: str) -> None:
    text, shingles, units = COUNTS[name]
    made = shingles_of(text)
    assert (len(made.hashes), made.units) == (shingles, units)


@pytest.mark.parametrize(("a", "b"), SAME)
def test_reformatting_is_no_difference(a: str, b: str) -> None:
    assert hashes(shingles_of(a)) == hashes(shingles_of(b))


@pytest.mark.parametrize(("a", "b", "within", "alike"), SHARES)
def test_shares(a: str, b: str, within: float, alike: float) -> None:
    one, other = shingles_of(a), shingles_of(b)
    assert containment(one, other) == containment(other, one) == pytest.approx(within)
    assert resemblance(one, other) == resemblance(other, one) == pytest.approx(alike)


def test_hashes_are_sorted_and_distinct() -> None:
    made = hashes(shingles_of(f"{WORDS} {WORDS} {WORDS}"))
    assert made == sorted(set(made))


def test_shingles_never_change() -> None:
    """Ledgers keep samples of them: other ones need another number of the algorithm."""
    assert hashes(shingles_of("the bridge is open again")) == [8286483244686341853]
    assert hashes(shingles_of("河上的旧桥重新开")) == [3730071782366575061]


def test_a_sample_is_a_sixteenth_that_others_share() -> None:
    """A part of a text has its part of the sample, which is what finds it."""
    text = " ".join(f"word{number}" for number in range(4_000))
    whole, half = (set(shingles_of(part).sample()) for part in (text, text[: len(text) // 2]))
    assert 200 < len(whole) < 300
    assert 90 < len(half) < 160
    assert half < whole
    assert all(-(2**23) <= one < 2**23 for one in whole)


def test_long_texts_are_bounded() -> None:
    made = shingles_of(" ".join(f"w{number}" for number in range(200_000)))
    assert made.units == 50_000
    assert len(made.hashes) == 49_996
    assert len(made.sample()) == 500


def test_a_long_text_without_a_space_is_bounded() -> None:
    letters = "".join(chr(0x4E00 + number % 20_000) for number in range(200_000))
    assert shingles_of(letters).units == 50_000
    assert shingles_of("a" * 1_000_000).units == 1


def hashes(made: Shingles) -> list[int]:
    return [int(one) for one in made.hashes]
