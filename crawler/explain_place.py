"""Asks the ledger where the page that `scrapy explain` is to explain is archived."""

from cleaning.error import InputError
from cleaning.page import WarcPlace
from crawler.ledger_view import LedgerView


def place_of_id(id_: str, view: LedgerView) -> WarcPlace:
    """Where the page of an article is archived.

    Raises:
        InputError: the ledger does not know it, or nothing is archived.
    """
    url = view.url_of(id_)
    if url is None:
        raise InputError(f"{id_}: no article of this id is in the ledger; give its URL or a file")
    place = place_of_url(url, view)
    if place is None:
        raise InputError(f"{id_}: is not archived; fetch its page: scrapy explain {url} --live")
    return place


def place_of_url(url: str, view: LedgerView) -> WarcPlace | None:
    """Where the page of a URL is archived; None where it is not."""
    seen = view.seen(url)
    return seen.place if seen else None
