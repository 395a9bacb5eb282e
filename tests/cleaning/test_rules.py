"""A site's exceptions hold for the pages of their time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cleaning.rules import Rules

LISBON = "Europe/Lisbon"
RULES = Rules(
    site="gazette.example",
    languages=("pt",),
    timezone=LISBON,
    name="The Gazette",
    body=("//main",),
    drop=("//aside",),
    keep=("//table",),
    valid_until=date(2027, 3, 1),
)
WITHOUT = Rules(site="gazette.example", languages=("pt",), timezone=LISBON, name="The Gazette")
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
MOMENTS = [
    (datetime(2020, 1, 1, tzinfo=UTC), RULES),
    (datetime(2027, 3, 1, tzinfo=UTC), RULES),
    (datetime(2027, 3, 1, 23, 59, 59, tzinfo=UTC), RULES),
    (datetime(2027, 3, 2, tzinfo=UTC), WITHOUT),
    (datetime(2027, 3, 2, 13, 59, tzinfo=EAST), RULES),
    (datetime(2027, 3, 1, 12, tzinfo=WEST), WITHOUT),
    (datetime(2031, 1, 1, tzinfo=UTC), WITHOUT),
]


@pytest.mark.parametrize(("fetched_at", "expected"), MOMENTS)
def test_exceptions_hold_to_the_end_of_their_last_day(
    fetched_at: datetime, expected: Rules
) -> None:
    assert RULES.at(fetched_at) == expected


@pytest.mark.parametrize("rules", [Rules(), Rules(drop=("//aside",))])
def test_without_a_last_day_they_hold_for_ever(rules: Rules) -> None:
    assert rules.at(datetime.max.replace(tzinfo=UTC)) is rules
