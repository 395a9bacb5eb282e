"""Characters: what goes, what stays, and what counts as a word."""

import pytest

from cleaning.characters import folded_words, one_line, tidy, without_forbidden, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\x00b\x08c\x0bd\x1fe\x7ff", "abcdef"),
        ("tab\tline\nreturn\r", "tab\tline\nreturn\r"),
        ("a\ud800b\udfffc", "abc"),
        ("a\ufffeb\uffff", "ab"),
        # C1 controls go, but NEL, which XML keeps
        ("a\x80b\x9fc\x85d", "abc\x85d"),
        ("emoji 👩‍🚀 and 𠮷 stay", "emoji 👩‍🚀 and 𠮷 stay"),
    ],
)
def test_without_forbidden(text: str, expected: str) -> None:
    assert without_forbidden(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  a   b  ", "a b"),
        ("a\u00a0b\u2009c\u3000d\te", "a b c d e"),
        ("one\n\n\n two \n", "one\ntwo"),
        ("ex\u00adam\u200bple\ufeff", "example"),
        ("cafe\u0301", "café"),
        # joiners that spell words and emoji stay
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        # compatibility forms are text, not layout
        ("①ﬁ½", "①ﬁ½"),
    ],
)
def test_tidy(text: str, expected: str) -> None:
    assert tidy(text) == expected
    assert tidy(expected) == expected


def test_one_line() -> None:
    assert one_line(" The\n old\x00 \t bridge\r\n") == "The old bridge"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("—…!", []),
        ("The bridge, closed.", ["The", "bridge", "closed"]),
        ("naïve façade", ["naïve", "façade"]),
        ("港口开了", ["港", "口", "开", "了"]),
        ("橋をわたる", ["橋", "を", "わ", "た", "る"]),
        ("다리가 열렸다", ["다리가", "열렸다"]),
        ("الجسر مفتوح", ["الجسر", "مفتوح"]),
        ("iPhone在港口", ["iPhone", "在", "港", "口"]),
    ],
)
def test_words_of(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("The Bridge!", "the bridge", True),
        ("“Straße”", "STRASSE", True),
        ("ﬁne ①", "fine 1", True),
        ("The bridge", "The bridges", False),
        ("two bridges", "bridges two", False),
    ],
)
def test_folded_words_compare(one: str, other: str, equal: bool) -> None:
    assert (folded_words(one) == folded_words(other)) is equal
