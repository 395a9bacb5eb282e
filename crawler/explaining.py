"""Explains a page wherever it was taken from, and makes the page for a browser of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaning.explain import explained_refusal
from cleaning.explanation import Explanation
from cleaning.page import Page
from crawler.explain_limit import explain_within
from crawler.explain_source import Taken
from crawler.known_sites import rules_for
from crawler.site import Site

if TYPE_CHECKING:
    # Where there is no ledger, all that reading one takes is not loaded.
    from crawler.ledger_view import LedgerView


def explain_taken(taken: Taken, sites: Sequence[Site], seconds: float) -> Explanation:
    """The explanation, by the rules of the page's site, with where the page was taken from.

    Args:
        taken: the page, or why there is none.
        sites: as declared.
        seconds: that its cleaning may take.
    """
    page = taken.page
    if isinstance(page, Page):
        explanation = explain_within(page, rules_for(page.url, sites), seconds)
    else:
        explanation = explained_refusal(page)
    return replace(explanation, origin=taken.origin)


def with_duplicates(explanation: Explanation, view: "LedgerView") -> Explanation:
    """With what a ledger knows of the page and its copies.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    known = view.duplicates_of(explanation.url, explanation.record)
    return replace(explanation, duplicates=known)


def html_of(explanation: Explanation, taken: Taken) -> bytes:
    """The page for a browser, with the original beside it."""
    # What is shown on a terminal need not pay for the loading of a template engine.
    from crawler.explain_page import page_of  # noqa: PLC0415

    page = taken.page if isinstance(taken.page, Page) else None
    return page_of(explanation, page).encode("utf-8", "replace")
