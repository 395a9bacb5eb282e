"""Names of places: each pattern of the table against its own examples."""

import pytest

from cleaning.place_name import PURPOSES, load_table, purposes_of

_TABLE = load_table()


@pytest.mark.parametrize(
    ("purpose", "names"), [(one, names) for one in PURPOSES for names in _TABLE[one]["catches"]]
)
def test_purpose_is_known_by_its_names(purpose: str, names: str) -> None:
    assert purpose in purposes_of(names)


@pytest.mark.parametrize(
    ("purpose", "names"), [(one, names) for one in PURPOSES for names in _TABLE[one]["leaves"]]
)
def test_what_only_looks_alike_is_not(purpose: str, names: str) -> None:
    assert purpose not in purposes_of(names)


def test_names_may_speak_of_several_purposes_or_none() -> None:
    assert purposes_of("sidebar newsletter-box") == {"side", "newsletter"}
    assert purposes_of("") == frozenset()
