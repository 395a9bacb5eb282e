"""What counts as a difference between two texts, and what does not."""

import pytest

from cleaning.dedup import content_hash, fingerprint

SAME = [
    ("The bridge reopened.", "the bridge   reopened"),
    ("The bridge reopened.\n\nAt last.", "The bridge reopened. At last."),
    ('He said: "At last!"', "He said – „At last“ …"),
    ("It’s open", "It's open"),
    ("The ﬁrst ½ mile", "The first 1⁄2 mile"),
    ("Cafe\u0301 am Fluss", "Café am Fluss"),
    ("STRASSE", "straße"),
    ("re\u00adopened", "reopened"),
    ("\u200bThe bridge\ufeff", "The bridge"),
    ("open ☀\ufe0f now", "open ☀ now"),
    ("桥梁重新开放。", "桥梁重新开放"),
]

DIFFERENT = [
    ("The bridge reopened", "The bridge closed"),
    ("nine months of repairs", "nine repairs of months"),
    ("9 dead", "19 dead"),
    ("a b", "ab"),
    ("resume", "résumé"),
    ("की", "का"),
    ("ที่", "ทา"),
    ("!!!", "???"),
    ("", "!"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_reformatting_is_no_difference(a: str, b: str) -> None:
    """Layout, case, quotes and compatibility forms do not count."""
    assert fingerprint(a) == fingerprint(b)
    assert content_hash(a) != content_hash(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_other_words_are(a: str, b: str) -> None:
    """Words, their order and their marks do count."""
    assert fingerprint(a) != fingerprint(b)


def test_content_hash_is_plain_sha256() -> None:
    """So that a consumer can check it with any tool."""
    assert content_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_fingerprint_never_changes() -> None:
    """Ledgers keep fingerprints, so another way of making them would publish everything again."""
    assert fingerprint("The bridge, at last!") == content_hash("the bridge at last")
