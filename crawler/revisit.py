"""When a URL is asked for again: articles on a decaying schedule, failures after growing waits.

Pure; times are seconds of Unix time. What follows from it is kept by `crawler.frontier` for
articles and by `crawler.source_state` for feeds, sitemaps and sections.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

from scrapy.settings import BaseSettings

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.soft_block import REASONS
from crawler.setting import number_of

_HOUR: Final = 3_600
#: Of a URL that could not be had: seconds until the next try, then four times as many each time.
_FIRST_WAIT: Final = 900
_GROWTH: Final = 4
#: After so many tries in a row, over three and a half days, it is given up.
_MAX_FAILURES: Final = 6
#: A source is asked again after such a part of the time for which it has not changed.
_PATIENCE: Final = 8
#: Seconds after which what was gone may be asked for, if a source names it again.
_GONE_FOR: Final = 7 * 24 * _HOUR

#: Refusals that may be others tomorrow: the network's, the server's, and of who takes us for a bot.
_TEMPORARY: Final = REASONS | frozenset(
    {
        "bad-certificate",
        "clean-crash",
        "connection-lost",
        "connection-refused",
        "corrupt",
        "cut-short",
        "fetch-failed",
        "http-403",
        "http-408",
        "http-425",
        "http-429",
        "render-failed",
        "robots-unreachable",
        "soft-404",
        "timeout",
        "unknown-host",
    }
)
#: What is no article yet may become one, as a line of breaking news does.
_MAY_GROW: Final = frozenset({"empty-page", "no-text", "paywall", "too-short"})
_SERVER_ERROR: Final = re.compile(r"http-5\d\d")
_GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How old an article is at each further visit, and how long a silent source is left alone.

    `ages`: seconds since it was new or last changed, ascending; none for no further visits.
    `silence`: seconds for which a source is left alone at most.
    """

    ages: tuple[int, ...] = tuple(hours * _HOUR for hours in (1, 3, 8, 24, 72, 168))
    silence: int = 24 * _HOUR

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """As COPYDESK_REVISIT_HOURS and COPYDESK_MAX_SOURCE_HOURS say.

        Raises:
            InputError: one of them is no number, or the ages do not ascend.
        """
        silence = number_of(settings, "COPYDESK_MAX_SOURCE_HOURS", least=0)
        return cls(ages=_ages(settings), silence=round(silence * _HOUR))

    def next_visit(self, changed: int, now: int) -> int | None:
        """When an article is to be visited again; None if it has been watched for long enough.

        Args:
            changed: when it was new or last changed.
            now: when it was fetched.
        """
        return next((changed + age for age in self.ages if changed + age > now), None)

    def earliest_visit(self, fetched: int) -> int:
        """When an article may be visited again that its source says has changed."""
        return fetched + (self.ages[0] if self.ages else 0)

    def next_try(self, failures: int, now: int) -> int | None:
        """When what has failed so many times in a row is tried again; None if it is given up."""
        if failures >= _MAX_FAILURES:
            return None
        return now + int(_FIRST_WAIT * _GROWTH ** (failures - 1))

    def next_question(self, changed: int, now: int) -> int:
        """When a source is asked again that last changed at a time."""
        return now + min(self.silence, max(0, now - changed) // _PATIENCE)


def is_temporary(refusal: Refusal) -> bool:
    """Whether what was refused may be had another time."""
    return refusal.reason in _TEMPORARY or bool(_SERVER_ERROR.fullmatch(refusal.reason))


def may_grow(refusal: Refusal) -> bool:
    """Whether a page had too little on it to be an article, so far."""
    return refusal.reason in _MAY_GROW


def is_gone(refusal: Refusal) -> bool:
    """Whether a live server says that there is no such page (any more); soft 404s only look so."""
    return refusal.stage == "fetch" and refusal.status in _GONE


def may_be_back(gone_at: int, now: int) -> bool:
    """Whether what is named again was gone for long enough to be asked for."""
    return now - gone_at >= _GONE_FOR


def _ages(settings: BaseSettings) -> tuple[int, ...]:
    written = str(settings.get("COPYDESK_REVISIT_HOURS", ""))
    cure = "write hours, ascending, like 1 3 8 24; or nothing for no further visits"
    try:
        ages = tuple(round(float(part) * _HOUR) for part in written.replace(",", " ").split())
    except (ValueError, OverflowError) as error:
        raise InputError(f"COPYDESK_REVISIT_HOURS={written}: is no hours; {cure}") from error
    if any(age <= 0 for age in ages) or list(ages) != sorted(set(ages)):
        raise InputError(f"COPYDESK_REVISIT_HOURS={written}: do not ascend from 0; {cure}")
    return ages
