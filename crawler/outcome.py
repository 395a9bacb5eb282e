"""What came of a run, read from its stats: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

_REFUSED = "copydesk/refused/"
_LEAD = "copydesk/lead/"
_BUDGET = "copydesk/budget/"
_TRAP = "copydesk/trap/"
_PASSED_OVER = "copydesk/passed_over/"
#: Exit codes of `scrapy crawl`: nothing wrong; could not run, write or end; ran, but nothing good
#: came of it; every site is being crawled by another run.
FINE: Final = 0
FAILED: Final = 1
BAD: Final = 3
BUSY: Final = 4
#: Below so many pages, a share says nothing: in a quiet half hour two time-outs may be all.
ENOUGH: Final = 10
#: Where the sums of a run do not agree.
UNBALANCED: Final = "copydesk/unbalanced"
_FAILURES = (
    "copydesk/unreadable",
    "copydesk/output_failed",
    "copydesk/archive_failed",
    "copydesk/publish_failed",
    "spider_exceptions/count",
    UNBALANCED,
)
# Counted by Scrapy for each class of storages.
_FEED_FAILED = "feedexport/failed_count/"
# Why a run ended before it was done, None if it was ended by force; limits that a user sets
# (CLOSESPIDER_...) are no failure.
_CUT_SHORT = (None, "shutdown", "memusage_exceeded")
# The server, or the way to it, gave no page where there should be one.
_FAILED_REASONS = frozenset(
    {
        "bad-certificate",
        "connection-lost",
        "connection-refused",
        "corrupt",
        "cut-short",
        "fetch-failed",
        "robots-unreachable",
        "timeout",
        "too-many-redirects",
        "unknown-host",
    }
)
# A page that is gone is news of it, and no fault of the fetching.
_GONE = frozenset({"http-404", "http-410"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The counts of a run; each page and each lead that gave none is in exactly one of them."""

    #: New articles, first seen in this run.
    new: int
    #: New versions of known articles.
    updated: int
    #: Published with a duplicate label.
    labelled: int
    #: Published that an article is gone.
    tombstones: int
    #: Known articles that have not changed.
    unchanged: int
    #: Copies that are not published: COPYDESK_DUPLICATES=drop.
    duplicates: int
    #: Refusals by cleaning or by rule, by reason.
    refused: Mapping[str, int]
    #: Pages that could not be fetched, by reason.
    failed: Mapping[str, int]
    #: Leads by where they were found; a URL may be several leads.
    leads: Mapping[str, int]
    #: Leads that were not followed, by why; they are no pages.
    passed_over: Mapping[str, int]
    #: Feeds, sitemaps and sections that were asked for.
    sources_asked: int
    #: Those that could not be read.
    sources_failed: int
    #: Those that are as they were.
    sources_unchanged: int
    #: Those whose time has not come yet.
    sources_not_due: int
    #: What was not asked for since a site's budget was spent, by the part of it; the next run may.
    over_budget: Mapping[str, int]
    #: What was not asked for since its site had asked for a long rest.
    left_alone: int
    #: Links that were not followed, by the kind of trap that they look like.
    traps: Mapping[str, int]
    #: Sites that another run was crawling.
    sites_busy: int

    @property
    def published(self) -> int:
        """Records written."""
        return self.new + self.updated + self.labelled + self.tombstones

    @property
    def pages(self) -> int:
        """All pages that were dealt with: the sum of all outcomes."""
        return self.good + sum(self.refused.values()) + sum(self.failed.values())

    @property
    def good(self) -> int:
        """Pages that gave an article, be it a known one."""
        return self.published + self.unchanged + self.duplicates


def outcome_of(stats: Mapping[str, Any]) -> Outcome:
    """The outcome that Scrapy's stats tell of."""
    refusals = _by_ending(stats, _REFUSED)
    return Outcome(
        new=stats.get("copydesk/new", 0),
        updated=stats.get("copydesk/update", 0),
        labelled=stats.get("copydesk/duplicate", 0),
        tombstones=stats.get("copydesk/tombstone", 0),
        unchanged=stats.get("copydesk/unchanged", 0),
        duplicates=stats.get("copydesk/duplicate_dropped", 0),
        refused={reason: count for reason, count in refusals.items() if not is_failure(reason)},
        failed={reason: count for reason, count in refusals.items() if is_failure(reason)},
        leads=_by_ending(stats, _LEAD),
        passed_over=_by_ending(stats, _PASSED_OVER),
        sources_asked=stats.get("copydesk/source_asked", 0),
        sources_failed=stats.get("copydesk/source_failed", 0),
        sources_unchanged=stats.get("copydesk/source_unchanged", 0),
        sources_not_due=stats.get("copydesk/source_not_due", 0),
        over_budget=_by_ending(stats, _BUDGET),
        left_alone=stats.get("copydesk/left_alone", 0),
        traps=_by_ending(stats, _TRAP),
        sites_busy=stats.get("copydesk/site_busy", 0),
    )


def is_failure(reason: str) -> bool:
    """Whether a refusal's reason says that fetching failed, and not that there is no article."""
    if reason.startswith("http-"):
        return reason not in _GONE
    return reason in _FAILED_REASONS


def exit_code_of(stats: Mapping[str, Any], max_failures: float) -> int:
    """The exit code of a run that has ended with these stats.

    Args:
        stats: Scrapy's.
        max_failures: the share of pages that may fail to be fetched, 0 to 1.
    """
    failures = (*_FAILURES, *(name for name in stats if name.startswith(_FEED_FAILED)))
    if stats.get("finish_reason") in _CUT_SHORT or any(stats.get(name) for name in failures):
        return FAILED
    return BAD if _is_bad(outcome_of(stats), max_failures) else FINE


def _is_bad(outcome: Outcome, max_failures: float) -> bool:
    if outcome.sources_asked and outcome.sources_failed >= outcome.sources_asked:
        return True
    if not outcome.pages:
        return not has_nothing_to_do(outcome)
    if outcome.pages < ENOUGH:
        return False
    return not outcome.good or sum(outcome.failed.values()) > max_failures * outcome.pages


def has_nothing_to_do(outcome: Outcome) -> bool:
    """Whether sources answered, and named nothing that is not known."""
    return bool(
        outcome.sources_unchanged or outcome.sources_not_due or outcome.passed_over.get("known")
    )


def _by_ending(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    found = ((name, count) for name, count in sorted(stats.items()) if name.startswith(prefix))
    return {name.removeprefix(prefix): count for name, count in found}
