"""What came of a run, read from its stats: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_REFUSED = "copydesk/refused/"
_LEAD = "copydesk/lead/"
_BUDGET = "copydesk/budget/"
_TRAP = "copydesk/trap/"
_PASSED_OVER = "copydesk/passed_over/"
#: Exit codes of `scrapy crawl`: nothing wrong; could not run, write or end; ran but found nothing.
FINE: Final = 0
FAILED: Final = 1
NOTHING_FOUND: Final = 3
_FAILURES = (
    "copydesk/unreadable",
    "copydesk/output_failed",
    "copydesk/archive_failed",
    "spider_exceptions/count",
)
# Why a run ended before it was done; limits that a user sets (CLOSESPIDER_...) are no failure.
_CUT_SHORT = ("shutdown", "memusage_exceeded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The counts of a run; each page and each lead that gave none is in exactly one of them."""

    #: New articles, first seen in this run.
    new: int
    #: New versions of known articles.
    updated: int
    #: Published with a duplicate label.
    duplicates: int
    #: Known articles that have not changed.
    unchanged: int
    #: Refusals by reason.
    refused: Mapping[str, int]
    #: Leads by where they were found; a URL may be several leads.
    leads: Mapping[str, int]
    #: Leads that were not followed, by why; they are no pages.
    passed_over: Mapping[str, int]
    #: Feeds, sitemaps and sections that could not be read.
    sources_failed: int
    #: What was not asked for since a site's budget was spent, by the part of it; the next run may.
    over_budget: Mapping[str, int]
    #: What was not asked for since its site had asked for a long rest.
    left_alone: int
    #: Links that were not followed, by the kind of trap that they look like.
    traps: Mapping[str, int]

    @property
    def published(self) -> int:
        """Records written."""
        return self.new + self.updated + self.duplicates

    @property
    def pages(self) -> int:
        """All pages that were dealt with: the sum of all outcomes."""
        return self.published + self.unchanged + sum(self.refused.values())


def outcome_of(stats: Mapping[str, Any]) -> Outcome:
    """The outcome that Scrapy's stats tell of."""
    return Outcome(
        new=stats.get("copydesk/new", 0),
        updated=stats.get("copydesk/update", 0),
        duplicates=stats.get("copydesk/duplicate", 0),
        unchanged=stats.get("copydesk/unchanged", 0),
        refused=_by_ending(stats, _REFUSED),
        leads=_by_ending(stats, _LEAD),
        passed_over=_by_ending(stats, _PASSED_OVER),
        sources_failed=stats.get("copydesk/source_failed", 0),
        over_budget=_by_ending(stats, _BUDGET),
        left_alone=stats.get("copydesk/left_alone", 0),
        traps=_by_ending(stats, _TRAP),
    )


def exit_code_of(stats: Mapping[str, Any]) -> int:
    """The exit code of a run that has ended with these stats."""
    if stats.get("finish_reason") in _CUT_SHORT or any(stats.get(name) for name in _FAILURES):
        return FAILED
    return FINE if outcome_of(stats).pages else NOTHING_FOUND


def _by_ending(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    found = ((name, count) for name, count in sorted(stats.items()) if name.startswith(prefix))
    return {name.removeprefix(prefix): count for name, count in found}
