"""Traps are told from articles: each kind by the examples in its table."""

from datetime import date

import pytest

from crawler.trap import load_table, trap_of

TODAY = date(2026, 11, 24)
KINDS = {kind: table for kind, table in load_table().items() if isinstance(table, dict)}


@pytest.mark.parametrize(
    ("kind", "url"), [(kind, url) for kind, table in KINDS.items() for url in table["catches"]]
)
def test_traps_are_caught(kind: str, url: str) -> None:
    assert trap_of(url, TODAY) == kind


@pytest.mark.parametrize("url", [url for table in KINDS.values() for url in table["leaves"]])
def test_articles_are_left_alone(url: str) -> None:
    assert trap_of(url, TODAY) is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/" + "a/" * 4_900, "repetition"),
        ("https://example.org/?" + "a&" * 4_900, "repetition"),
        ("https://example.org/" + "(s(" * 3_000, "length"),
        ("https://example.org/sid=" + "a" * 9_000, "length"),
        ("https://example.org/" + "a" * 90_000, "length"),
        ("https://example.org/%", None),
        ("https://example.org", None),
        ("", None),
    ],
)
def test_hostile_urls_are_no_trouble(url: str, kind: str | None) -> None:
    assert trap_of(url, TODAY) == kind
