"""What a run comes to, and which exit code that is: tables of stats."""

from typing import Any

import pytest

from crawler.outcome import exit_code_of, is_failure, outcome_of

#: (what it is, stats below `copydesk/`, exit code), where half of the pages may fail.
RUNS: tuple[tuple[str, dict[str, Any], int], ...] = (
    ("articles came", {"source_asked": 1, "new": 3}, 0),
    ("nothing at all", {}, 3),
    ("a feed that names nothing", {"source_asked": 1}, 3),
    ("all leads are passed over", {"source_asked": 1, "passed_over/out of range": 9}, 3),
    ("all leads are known", {"source_asked": 1, "passed_over/known": 9}, 0),
    ("the feed is unchanged", {"source_asked": 1, "source_unchanged": 1}, 0),
    ("no feed is due", {"source_not_due": 4}, 0),
    ("all feeds fail", {"source_asked": 2, "source_failed": 2}, 3),
    ("all feeds fail, articles do not", {"source_asked": 1, "source_failed": 1, "new": 9}, 3),
    ("one of two feeds fails", {"source_asked": 2, "source_failed": 1, "new": 1}, 0),
    ("one is unchanged", {"source_asked": 2, "source_failed": 1, "source_unchanged": 1}, 0),
    ("nine of nine pages fail", {"refused/timeout": 9}, 0),
    ("ten of ten pages fail", {"refused/timeout": 10}, 3),
    ("half of ten fail", {"new": 5, "refused/timeout": 3, "refused/http-503": 2}, 0),
    ("more than half of eleven fail", {"new": 5, "refused/timeout": 3, "refused/http-403": 3}, 3),
    ("gone pages are no failures", {"new": 2, "refused/http-404": 6, "refused/http-410": 6}, 0),
    ("forbidden pages are no failures", {"new": 2, "refused/robots": 20}, 0),
    ("cleaning refuses most", {"unchanged": 1, "refused/captcha": 20}, 0),
    ("cleaning refuses all of ten", {"refused/captcha": 10}, 3),
    ("cleaning refuses all of nine", {"refused/captcha": 9}, 0),
    ("all are copies that are left out", {"duplicate_dropped": 20}, 0),
    ("all have gone", {"tombstone": 20}, 0),
    ("a page was lost", {"new": 20, "unbalanced": 1}, 1),
    ("it could not write", {"new": 20, "output_failed": 1}, 1),
)  # fmt: skip


@pytest.mark.parametrize(("stats", "code"), [run[1:] for run in RUNS], ids=[run[0] for run in RUNS])
def test_exit_code(stats: dict[str, Any], code: int) -> None:
    named = {f"copydesk/{name}": count for name, count in stats.items()}
    assert exit_code_of({"finish_reason": "finished", **named}, 0.5) == code


@pytest.mark.parametrize(
    ("reason", "code"), [("finished", 0), ("shutdown", 1), (None, 1), ("closespider_itemcount", 0)]
)
def test_exit_code_by_how_it_ended(reason: str | None, code: int) -> None:
    assert exit_code_of({"finish_reason": reason, "copydesk/new": 1}, 0.5) == code


@pytest.mark.parametrize(("share", "code"), [(0.0, 3), (0.09, 3), (0.1, 0), (1.0, 0)])
def test_the_share_that_may_fail(share: float, code: int) -> None:
    stats = {"finish_reason": "finished", "copydesk/new": 9, "copydesk/refused/timeout": 1}
    assert exit_code_of(stats, share) == code


@pytest.mark.parametrize(
    ("reason", "failed"),
    [
        ("timeout", True),
        ("http-500", True),
        ("http-403", True),
        ("robots-unreachable", True),
        ("cut-short", True),
        ("http-404", False),
        ("http-410", False),
        ("robots", False),
        ("forbidden-address", False),
        ("too-large", False),
        ("captcha", False),
        ("clean-timeout", False),
    ],
)
def test_failures_are_told_from_refusals(reason: str, *, failed: bool) -> None:
    assert is_failure(reason) is failed


def test_each_page_is_in_one_sum() -> None:
    """Copies with a label are published, copies that are left out are duplicates."""
    counts = {"new": 1, "update": 2, "duplicate": 4, "tombstone": 8, "unchanged": 16}
    counts |= {"duplicate_dropped": 32, "refused/robots": 64, "refused/timeout": 128}
    outcome = outcome_of({f"copydesk/{name}": count for name, count in counts.items()})
    assert (outcome.published, outcome.duplicates, outcome.pages) == (15, 32, 255)
    assert (outcome.refused, outcome.failed) == ({"robots": 64}, {"timeout": 128})
