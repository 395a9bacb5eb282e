"""Refusals by words: every pattern of the table does its work, and takes no article's words."""

import re
from typing import Any

import pytest

from cleaning.refusal import RefusalRule, load_table, refusal_rules

_RULES = [
    pytest.param(*pair, id=pair[0].reason)
    for pair in zip(refusal_rules(), load_table()["refuse"], strict=True)
]


@pytest.mark.parametrize(("rule", "entry"), _RULES)
def test_rule_against_its_examples(rule: RefusalRule, entry: dict[str, Any]) -> None:
    assert entry["why"]
    assert [text for text in entry["catches"] if not rule.said([text], text)] == []
    assert [text for text in entry["leaves"] if rule.said([text], text)] == []


@pytest.mark.parametrize(("_", "entry"), _RULES)
def test_every_pattern_catches_an_example(_: RefusalRule, entry: dict[str, Any]) -> None:
    def idle(patterns: list[str]) -> list[str]:
        every = entry["catches"]
        return [p for p in patterns if not any(re.match(p, one, re.IGNORECASE) for one in every)]

    assert idle(entry["begins"]) == []
    # The site's name may stand before a title.
    assert idle([f"(?:.*[-:] )?(?:{pattern})" for pattern in entry["titles"]]) == []


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Page not found", True),
        ("Page not found.", True),
        ("PAGE NOT FOUND – The Harbour Courier", True),
        ("The Harbour Courier | Page not found", True),
        ("Harbour Courier: Page not found", True),
        ("Page not found in the parish register", False),
        ("Page not found: the register’s torn leaf", False),
        ("How a page not found for a century turned up", False),
    ],
)
def test_a_title_says_so_as_a_whole(title: str, said: bool) -> None:
    rule = next(rule for rule in refusal_rules() if rule.reason == "soft-404")
    assert bool(rule.said([title], "The text.")) is said


def test_reasons_are_slugs() -> None:
    for rule in refusal_rules():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.reason)
