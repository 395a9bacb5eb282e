"""Which leads of a back-fill can be from its days."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cleaning.error import ArgumentError
from cleaning.page import Lead
from crawler.discovery.date_range import date_range, span_in_url

JANUARY = date_range("2026-01-01", "2026-01-31")
AT = datetime(2026, 3, 4, tzinfo=UTC)


def lead(path: str = "/a", **said: Any) -> Lead:
    return Lead(url=f"https://gazette.example{path}", via="sitemap", at=AT, **said)


VERDICTS = {
    "published within": (lead(published="2026-01-15T10:00:00Z"), "can be"),
    "published before": (lead(published="2025-12-15T10:00:00Z"), "out of range"),
    "published after": (lead(published="2026-02-15"), "out of range"),
    "published on the last day": (lead(published="2026-01-31T23:59:00Z"), "can be"),
    "published on the next day": (lead(published="2026-02-01T00:01:00Z"), "out of range"),
    "by its own clock the next day": (lead(published="2026-02-01T08:00:00+09:00"), "can be"),
    "a day may be off by its zone": (lead(published="2026-02-01"), "can be"),
    "two days after": (lead(published="2026-02-02"), "out of range"),
    "a time without offset may be off": (lead(published="2026-02-01T10:00:00"), "can be"),
    "in words of a mail": (lead(published="Tue, 13 Jan 2026 10:00:00 GMT"), "can be"),
    "published says more than lastmod": (
        lead(published="2025-12-01T00:00:00Z", modified="2026-01-15"),
        "out of range",
    ),
    "a day in the URL": (lead("/2026/01/15/harbour"), "can be"),
    "a day in a slug": (lead("/news/harbour-2026-01-15.html"), "can be"),
    "eight digits": (lead("/20260115/harbour"), "can be"),
    "another day in the URL": (lead("/2025/11/15/harbour"), "out of range"),
    "a month in the URL": (lead("/2026/01/harbour"), "can be"),
    "another month in the URL": (lead("/2025/01/harbour"), "out of range"),
    "the URL says more than lastmod": (
        lead("/2025/11/15/harbour", modified="2026-01-15"),
        "out of range",
    ),
    "a month that is none": (lead("/2026/99/harbour", modified="2026-01-15"), "can be"),
    "a number that is no date": (lead("/story-20261399", modified="2025-01-15"), "out of range"),
    "changed within": (lead(modified="2026-01-15"), "can be"),
    "changed before": (lead(modified="2025-12-15"), "out of range"),
    "changed after: it may be older": (lead(modified="2026-02-15T10:00:00Z"), "can be"),
    "changed in a month": (lead(modified="2026-01"), "can be"),
    "changed in a month before": (lead(modified="2025-11"), "out of range"),
    "changed in a year": (lead(modified="2026"), "can be"),
    "changed in a year before": (lead(modified="2024"), "out of range"),
    "no date": (lead(), "undated"),
    "no date that can be read": (lead(published="soon", modified="0000-00-00"), "undated"),
    "a year beyond all years": (lead(modified="9999-12-31"), "undated"),
}


@pytest.mark.parametrize(("found", "verdict"), VERDICTS.values(), ids=VERDICTS)
def test_what_can_be_in_the_range(found: Lead, verdict: str) -> None:
    assert JANUARY.verdict(found) == verdict


@pytest.mark.parametrize(
    ("modified", "may"),
    [
        (None, True),
        ("2026-01-15", True),
        ("2026-02-15", True),
        ("2025-12-15", False),
        ("2025", True),
        ("2024", False),
        ("2026", True),
        ("?", True),
    ],
)
def test_sitemaps_that_were_changed_last_before_it_are_not_asked_for(
    modified: str | None, *, may: bool
) -> None:
    assert JANUARY.may_be_named(modified) is may


def test_an_open_end_takes_all() -> None:
    since, until = date_range("2026-01-01", None), date_range(None, "2026-01-31")
    old, new = lead(published="2025-06-01T00:00:00Z"), lead(published="2026-06-01T00:00:00Z")
    assert [since.verdict(old), since.verdict(new)] == ["out of range", "can be"]
    assert [until.verdict(old), until.verdict(new)] == ["can be", "out of range"]


def test_times_are_taken_as_they_are() -> None:
    chosen = date_range("2026-01-01T12:00:00+01:00", "2026-01-01T13:00:00Z")
    stated = ["2026-01-01T10:59:59Z", "2026-01-01T11:00:00Z", "2026-01-01T13:00:01Z"]
    assert [chosen.verdict(lead(published=each)) for each in stated] == [
        "out of range",
        "can be",
        "out of range",
    ]


@pytest.mark.parametrize(
    ("since", "until", "what"),
    [
        ("yesterday", None, "since=yesterday: is no date"),
        (None, "2026-02-30", "until=2026-02-30: is no date"),
        ("2026-01-01T10:00:00", None, "has no offset from UTC"),
        ("01/02/2026", None, "is no date; write a date"),
        ("2026-02-01", "2026-01-01", "is after until=2026-01-01; swap them"),
    ],
)
def test_declines_what_is_no_range(since: str | None, until: str | None, what: str) -> None:
    with pytest.raises(ArgumentError, match=what):
        date_range(since, until)


@pytest.mark.parametrize("path", ["/", "/story-4711", "/1999", "/a/2026", "/2026/13/x", "/202601"])
def test_urls_without_a_date(path: str) -> None:
    assert span_in_url(f"https://gazette.example{path}") is None
