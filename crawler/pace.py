"""How fast a site is asked, and how long it is left in peace: pure, but for Scrapy's slot."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf
from typing import Final

from scrapy.core.downloader import Slot

#: Seconds; a Crawl-delay beyond is taken for this, and a time budget makes few pages of it.
MAX_CRAWL_DELAY: Final = 120.0
# The least by which a server in trouble is spared after the wait, even where there was no delay.
_FIRST_DELAY = 0.5
#: Signal with `site` and `why`, in words: the site is to be left alone for the rest of the run.
site_refuses: Final = object()
_SECONDS = re.compile(r"\d+")
# More digits than any wait has; `int` refuses some thousands of them.
_MAX_DIGITS = 10


class PacedSlot(Slot):
    """A download slot of Scrapy's that can be told to wait, all its requests with it.

    Scrapy asks `download_delay` how long after `lastseen` the next request may go.
    """

    def __init__(self, concurrency: int, delay: float, jitter: float) -> None:
        """Take what Scrapy's slot is made of; `delay` is the site's own, the least there will be.

        A site whose own delay is 0 is never throttled by its latency: that was a decision.
        """
        super().__init__(concurrency, delay, jitter)
        self.least = delay
        self.throttled = delay > 0
        #: Until when nothing is asked for, on the clock of `time.monotonic`.
        self.resume_at = 0.0
        #: Answers in a row by which the server said that it is too much.
        self.troubles = 0
        #: Why the site is left alone for the rest of the run.
        self.left_alone: str | None = None

    def download_delay(self) -> float:
        """Seconds from the last request to the next."""
        return max(super().download_delay(), self.resume_at - self.lastseen)

    def expected_wait(self, now: float) -> float:
        """Seconds until a request that joins the queue now would be sent."""
        return max(0.0, self.resume_at - now) + len(self.queue) * self.delay

    def obey_crawl_delay(self, seconds: float) -> None:
        """Ask no faster than robots.txt wants it, to the second: without jitter."""
        self.least = max(self.least, min(seconds, MAX_CRAWL_DELAY))
        self.delay = max(self.delay, self.least)
        self.jitter = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The bounds within which sites are slowed down, in seconds."""

    #: The wait after the first trouble of which the server does not say how long it lasts.
    backoff: float
    #: The longest wait; a site that wants a longer one is left alone for the run.
    max_wait: float
    #: The longest delay that latency makes.
    max_delay: float
    #: How many requests at a time latency is to allow.
    concurrency: float

    def hold(self, slot: PacedSlot, asked: float | None, now: float) -> float:
        """Make a slot wait after a 429 or 503.

        Several requests are under way when trouble begins: their answers are one trouble.

        Args:
            slot: the site's.
            asked: seconds that the server asks for; None where it does not say.
            now: on the clock of `time.monotonic`.

        Returns:
            The seconds to wait; infinite where the site is to be left alone.
        """
        waits = slot.resume_at > now
        if not asked and waits:
            return slot.resume_at - now
        wait = asked or self.backoff * 2.0 ** min(slot.troubles, 30)
        if wait > self.max_wait:
            return inf
        if not waits:
            slot.troubles += 1
            slot.delay = max(slot.delay, min(max(2 * slot.delay, _FIRST_DELAY), self.max_delay))
        slot.resume_at = max(slot.resume_at, now + wait)
        return slot.resume_at - now

    def adjust(self, slot: PacedSlot, latency: float, *, good: bool) -> None:
        """Set a slot's delay by how long the server took to answer.

        The rule is Scrapy's AutoThrottle's: half-way to `latency / concurrency`, at once if that is
        longer, and no shorter for answers that are no pages. Other than there, a site's own delay
        is the least.
        """
        slot.troubles = 0
        target = latency / self.concurrency if slot.throttled else 0.0
        wanted = min(max(target, (slot.delay + target) / 2), self.max_delay)
        if good or wanted > slot.delay:
            # to the millisecond: half of half of it would never be nothing
            slot.delay = max(slot.least, round(wanted, 3))


def seconds_asked(retry_after: str, date: str, now: datetime) -> float | None:
    """How long a `Retry-After` asks to wait (RFC 9110, 10.2.3): seconds, or until a date.

    Args:
        retry_after: the header's value.
        date: the value of the response's `Date`, by which a wrong clock on either side does no
            harm; may be empty.
        now: aware; used where there is no such date.

    Returns:
        Seconds, infinite for absurd numbers; None where there is nothing of sense.
    """
    value = retry_after.strip()
    if _SECONDS.fullmatch(value) and value.isascii():
        return float(value) if len(value) <= _MAX_DIGITS else inf
    until = _http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (_http_date(date) or now)).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:100])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
