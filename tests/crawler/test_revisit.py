"""When what is known is asked for again, as tables of times."""

from collections.abc import Callable
from typing import Any

import pytest
from scrapy.settings import BaseSettings

from cleaning.error import InputError
from crawler.revisit import Plan, is_gone, is_temporary, may_be_back

HOUR = 3_600
DAY = 24 * HOUR
NOW = 1_800_000_000
PLAN = Plan(ages=(HOUR, 6 * HOUR, 2 * DAY), silence=DAY)


@pytest.mark.parametrize(
    ("age", "visit"),
    [
        (0, HOUR),
        (HOUR - 1, HOUR),
        # at one visit's very time it is the next one's turn
        (HOUR, 6 * HOUR),
        # visits that no run was there for are not made up for
        (20 * HOUR, 2 * DAY),
        (2 * DAY - 1, 2 * DAY),
        (2 * DAY, None),
        (400 * DAY, None),
    ],
)
def test_visits_become_rarer_and_end(age: int, visit: int | None) -> None:
    due = PLAN.next_visit(NOW, NOW + age)
    assert due == (None if visit is None else NOW + visit)


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 900), (2, HOUR), (3, 4 * HOUR), (4, 16 * HOUR), (5, 64 * HOUR), (6, None), (60, None)],
)
def test_waits_after_failures_grow_and_end(failures: int, wait: int | None) -> None:
    due = PLAN.next_try(failures, NOW)
    assert due == (None if wait is None else NOW + wait)


@pytest.mark.parametrize(
    ("silent", "wait"),
    [
        (0, 0),
        (8 * HOUR, HOUR),
        (4 * DAY, 12 * HOUR),
        (8 * DAY, DAY),
        (999 * DAY, DAY),
        # the clock was set back
        (-HOUR, 0),
    ],
)
def test_a_silent_source_is_asked_less_often(silent: int, wait: int) -> None:
    assert PLAN.next_question(NOW - silent, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("reason", "temporary"),
    [
        ("timeout", True),
        ("http-500", True),
        ("http-503", True),
        ("http-429", True),
        ("captcha", True),
        ("consent-page", True),
        ("javascript-needed", True),
        ("robots-unreachable", True),
        ("robots", False),
        ("http-404", False),
        ("http-410", False),
        ("http-5000", False),
        ("too-short", False),
        ("forbidden-address", False),
    ],
)
def test_what_is_tried_again(
    make_refusal: Callable[..., Any], reason: str, temporary: bool
) -> None:
    assert is_temporary(make_refusal(reason=reason)) is temporary


@pytest.mark.parametrize(
    ("stage", "status", "gone"),
    [
        ("fetch", 404, True),
        ("fetch", 410, True),
        ("fetch", 403, False),
        ("fetch", None, False),
        # a replay of what once was
        ("clean", 404, False),
    ],
)
def test_what_is_gone(
    make_refusal: Callable[..., Any], stage: str, status: int | None, gone: bool
) -> None:
    assert is_gone(make_refusal(stage=stage, status=status)) is gone


def test_what_is_gone_may_be_back_after_a_week() -> None:
    assert [may_be_back(NOW, NOW + days * DAY) for days in (0, 6, 7, 30)] == [False] * 2 + [
        True
    ] * 2


@pytest.mark.parametrize(
    ("written", "ages"),
    [
        ("1 3 8 24", (HOUR, 3 * HOUR, 8 * HOUR, DAY)),
        ("1, 3", (HOUR, 3 * HOUR)),
        (0.5, (1_800,)),
        ("", ()),
    ],
)
def test_the_schedule_is_set_in_hours(written: Any, ages: tuple[int, ...]) -> None:
    given = {"COPYDESK_REVISIT_HOURS": written, "COPYDESK_MAX_SOURCE_HOURS": 2}
    assert Plan.from_settings(BaseSettings(given)) == Plan(ages=ages, silence=2 * HOUR)


@pytest.mark.parametrize("written", ["3 1", "1 1", "0", "-1", "hourly", "inf", "nan"])
def test_a_schedule_that_cannot_be_is_said(written: str) -> None:
    given = {"COPYDESK_REVISIT_HOURS": written, "COPYDESK_MAX_SOURCE_HOURS": 2}
    with pytest.raises(InputError, match=r"COPYDESK_REVISIT_HOURS.*write hours, ascending"):
        Plan.from_settings(BaseSettings(given))
