"""How long to wait, and how fast to ask: by tables, without a clock."""

from datetime import UTC, datetime
from math import inf

import pytest

from crawler.pace import MAX_CRAWL_DELAY, Pace, PacedSlot, seconds_asked

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
PACE = Pace(backoff=5.0, max_wait=600.0, max_delay=60.0, concurrency=1.0)


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("120", "", 120.0),
        (" 5 ", "", 5.0),
        ("0", "", 0.0),
        ("9" * 5_000, "", inf),
        ("Tue, 24 Nov 2026 12:00:30 GMT", "", 30.0),
        ("Tuesday, 24-Nov-26 12:00:30 GMT", "", 30.0),
        ("Tue Nov 24 12:00:30 2026", "", 30.0),
        ("Tue, 24 Nov 2026 11:59:00 GMT", "", 0.0),
        # a server whose clock is an hour behind
        ("Tue, 24 Nov 2026 11:00:30 GMT", "Tue, 24 Nov 2026 11:00:00 GMT", 30.0),
        ("Tue, 24 Nov 2026 12:00:30 GMT", "yesterday", 30.0),
        ("", "", None),
        ("soon", "", None),
        ("-5", "", None),
        ("1.5", "", None),
        ("１２", "", None),
        ("Tue, 99 Nov 2026 12:00:30 GMT", "", None),
        ("Tue, 24 Nov 99999999 12:00:30 GMT", "", None),
        ("," * 10_000, "", None),
    ],
)
def test_retry_after(retry_after: str, date: str, seconds: float | None) -> None:
    assert seconds_asked(retry_after, date, NOW) == seconds


def test_waits_grow_until_the_site_is_left_alone() -> None:
    slot, now, waits = PacedSlot(2, 1.0, 0.5), 1_000.0, []
    while (wait := PACE.hold(slot, None, now)) < inf:
        waits.append(wait)
        now += wait
    assert waits == [5, 10, 20, 40, 80, 160, 320]


def test_requests_under_way_together_are_one_trouble() -> None:
    slot = PacedSlot(2, 1.0, 0.5)
    assert PACE.hold(slot, None, 1_000.0) == 5
    assert PACE.hold(slot, None, 1_001.0) == 4
    assert (slot.troubles, slot.delay) == (1, 2)


def test_the_longer_of_two_waits_holds() -> None:
    slot = PacedSlot(2, 1.0, 0.5)
    assert PACE.hold(slot, 30.0, 1_000.0) == 30
    assert PACE.hold(slot, 10.0, 1_000.0) == 30
    assert PACE.hold(slot, 50.0, 1_000.0) == 50
    assert PACE.hold(slot, 601.0, 1_000.0) == inf


def test_a_slot_that_waits_has_its_delay_until_then() -> None:
    slot = PacedSlot(2, 1.0, 0.0)
    slot.lastseen = 990.0
    PACE.hold(slot, 30.0, 1_000.0)
    assert slot.lastseen + slot.download_delay() == 1_030
    slot.lastseen = 1_030.0
    assert slot.download_delay() == 2


@pytest.mark.parametrize(
    ("own", "asked", "delay"),
    [(1.0, 10.0, 10.0), (10.0, 1.0, 10.0), (0.0, 2.0, 2.0), (1.0, 86_400.0, MAX_CRAWL_DELAY)],
)
def test_crawl_delay(own: float, asked: float, delay: float) -> None:
    slot = PacedSlot(2, own, 0.5)
    slot.obey_crawl_delay(asked)
    assert slot.download_delay() == delay
    PACE.adjust(slot, 0.01, good=True)
    assert slot.download_delay() == delay


@pytest.mark.parametrize(
    ("own", "delay", "latency", "good", "becomes"),
    [
        # half-way to how long the server takes, at once if that is longer
        (1.0, 1.0, 3.0, True, 3.0),
        (1.0, 3.0, 2.0, True, 2.5),
        # never below the site's own
        (2.5, 2.5, 0.1, True, 2.5),
        (1.0, 1.4, 0.1, True, 1.0),
        # an error page is quick, which says nothing
        (1.0, 4.0, 0.1, False, 4.0),
        (1.0, 1.0, 4.0, False, 4.0),
        (1.0, 1.0, 400.0, True, 60.0),
        # a longer delay of the site's own is no mistake
        (90.0, 90.0, 1.0, True, 90.0),
        # whose site is to be asked as fast as it answers is not throttled
        (0.0, 0.0, 3.0, True, 0.0),
        (0.0, 0.5, 3.0, True, 0.25),
        (0.0, 0.0009, 3.0, True, 0.0),
    ],
)
def test_latency(own: float, delay: float, latency: float, good: bool, becomes: float) -> None:
    slot = PacedSlot(2, own, 0.5)
    slot.delay = delay
    PACE.adjust(slot, latency, good=good)
    assert slot.delay == becomes
