"""Kinds of authors: people, organisations and agencies, by their names alone."""

import pytest

from cleaning.author_kind import is_agency, is_collective, is_common_word, is_full_name, kind_of


@pytest.mark.parametrize(
    "name",
    [
        "Reuters", "REUTERS", "AFP", "afp", "dpa", "dpa-infocom", "dpa/lno", "Agencia EFE", "EFE",
        "The Associated Press", "Associated Press", "AP", "Agence France-Presse", "Europa Press",
        "Anadolu Ajansı", "AA", "PTI", "ANI", "Xinhua", "新华社", "共同通信", "연합뉴스", "ТАСС",
        "Bernama", "SP-X", "رويترز",
    ],
)  # fmt: skip
def test_agencies(name: str) -> None:
    assert is_agency(name)
    assert kind_of(name, "person") == "agency"


@pytest.mark.parametrize(
    "name",
    ["Ana", "Petra", "Mehr", "mehr", "Sid", "Lusa Tal", "Ap", "Reuters Institute", "Max Dpa", ""],
)
def test_no_agencies(name: str) -> None:
    assert not is_agency(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ida Quayle", "IDA QUAYLE", "Ida M. O’Neill-Tal", "J. R. Lorne", "Ursula von der Leyen",
        "José Ortega y Gasset", "Dr. Max Kolter", "Robert Lorne, Jr.", "Jean d’Ancona",
        "Анна Петрова", "Θάλεια Μαυρογένη", "سارة حداد", "李明", "周以宁", "김민수",
    ],
)  # fmt: skip
def test_full_names(name: str) -> None:
    assert is_full_name(name)
    assert kind_of(name) == "person"


@pytest.mark.parametrize(
    "name",
    [
        "Ida", "ida quayle", "R. R.", "Ida quayle", "Breaking News", "Harbour Magazin", "Ida 7",
        "The Old Bridge", "EN VIVO", "Read More", "Harbour Verlag", "Institut für Wasser",
        "네이버뉴스", "タイムライン", "Ida-", "one two three four five six seven", "x" * 5_000, "",
    ],
)  # fmt: skip
def test_no_full_names(name: str) -> None:
    assert not is_full_name(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Hafenredaktion", "organization"),
        ("Harbour Press Ltd", "organization"),
        ("Stiftung Küstenschutz e.V.", "organization"),
        ("Sächsische Landesanstalt für Landwirtschaft", "organization"),
        ("Universidad del Puerto", "organization"),
        ("Редакция", "organization"),
        ("新港日报", "organization"),
        ("bridgewatcher7", None),
        ("Ida", None),
    ],
)
def test_kind_of(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Staff", True),
        ("Redaktion", True),
        ("Die Redaktion", True),
        ("Online-Redaktion", True),
        ("MM-Redaktion", True),
        ("Redacción Diario del Puerto", True),
        ("Courier Staff", True),
        ("Staff and news service reports", True),
        ("Courier staff reporter", True),
        ("Ida Quayle", False),
        ("Ida Quayle Courier Staff", False),
        ("Staffan Quayle", False),
        ("x" * 5_000, False),
    ],
)
def test_is_collective(text: str, expected: bool) -> None:
    assert is_collective(text) is expected


@pytest.mark.parametrize(("word", "expected"), [("mehr", True), ("von", True), ("Ida", False)])
def test_is_common_word(word: str, expected: bool) -> None:
    assert is_common_word(word) is expected
