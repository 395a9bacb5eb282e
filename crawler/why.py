"""Tells what became of a URL, from what the ledger remembers of it and what sites declare."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cleaning.timestamp import format_timestamp
from crawler.frontier import Waiting
from crawler.history import Event
from crawler.known_sites import site_of
from crawler.ledger import Ledger
from crawler.site import Site

_PLACES = {
    "feed": "the feed",
    "sitemap": "the sitemap",
    "section": "the section page",
    "list": "the list",
    "archive": "the archive",
    "file": "the file",
}
_FORGOTTEN = "forgotten"
_KINDS = {"exact": "an exact copy of", "near": "a near copy of", "contained": "contained in"}


def explain(url: str, ledger: Ledger, sites: Sequence[Site]) -> Iterator[str]:
    """What happened to a URL, a line a step, in order; or why it was never asked for.

    Args:
        url: any spelling of it.
        ledger: what is remembered.
        sites: those that are declared.
    """
    known, waiting = ledger.known(url), ledger.waiting(url)
    if known is None and waiting is not None:
        lead = waiting.lead
        yield f"{lead.url} waits to be fetched"
        yield f"{format_timestamp(lead.at)}  seen in {_place(lead.via, lead.source_url)}"
    elif known is None:
        yield f"{url} is not in the ledger: no run has fetched it, or that is forgotten"
        yield from _never_fetched(url, sites)
    else:
        events = ledger.history(url)
        state = _FORGOTTEN if any(one.what == "forgotten" for one in events) else known.state
        yield f"{known.url} is {_STATES[state]}" + ("" if known.sealed else _PROVISIONAL)
        for event in events:
            yield from (f"{event.at}  {line}" for line in _told(event, ledger))
    if waiting is not None:
        yield _next(waiting)


_STATES = {
    "published": "published",
    "unchanged": "published; what was fetched last had nothing new",
    "refused": "not in the output: it was refused when it was fetched last",
    "dropped": "not in the output: it is a copy, and COPYDESK_DUPLICATES is drop",
    _FORGOTTEN: "forgotten: it is not asked for again",
    "gone": "gone: its server says that there is no such page",
}
_PROVISIONAL = "; provisionally: its run has not ended, or died, and the next run will finish it"


def _next(waiting: Waiting) -> str:
    """When a URL is asked for (again)."""
    at = format_timestamp(datetime.fromtimestamp(waiting.due, UTC))
    if waiting.failures:
        return f"{at}  is when it may be tried again, after {waiting.failures} failures in a row"
    return f"{at}  is when it may be {'visited again' if waiting.fetched else 'fetched'}"


def _place(via: str, source: str | None) -> str:
    return f"{_PLACES.get(via, via)} {source}" if source else _PLACES.get(via, via)


def _never_fetched(url: str, sites: Sequence[Site]) -> Iterator[str]:
    site = site_of(url, sites)
    if site is None:
        yield "no site is declared that it belongs to"
    elif not site.is_crawled:
        yield f"{site.file} declares its site, but nowhere to look for articles"
    elif not site.is_article(url):
        yield f"{site.file} says that it is no article: see articles and ignore there"
    else:
        yield f"{site.file} would take it for an article: no feed, sitemap or section named it yet"


def _told(event: Event, ledger: Ledger) -> Iterator[str]:
    """The steps of one fetch."""
    detail = event.detail
    if event.what == "gone":
        record = f"version {detail['version']}, published by run {event.run_id}"
        yield f"asked for again: {detail['status']}; its tombstone is {record}"
        return
    if event.what == _FORGOTTEN:
        yield f"forgotten: {detail.get('why', 'no reason was given')}"
        return
    if event.what == "not-modified":
        yield f"asked for again: the server says it has not changed{_times(event)}"
        return
    if "via" in detail:
        yield f"seen in {_place(detail['via'], detail.get('source'))} at {detail['seen']}"
    if "status" in detail:
        if ledger.obeys_robots(event.run_id):
            yield "robots.txt allows it"
        archived = ", archived in {} at byte {}".format(*detail["warc"]) if "warc" in detail else ""
        yield f"fetched: {detail['status']}{archived}"
    yield from _decided(event, ledger)


def _decided(event: Event, ledger: Ledger) -> Iterator[str]:
    detail = event.detail
    if event.what == "refused":
        said = f": {detail['detail']}" if detail.get("detail") else ""
        yield f"refused, {detail['stage']}: {detail['reason']}{said}"
        return
    if event.what == "unchanged":
        yield f"cleaned: nothing new{_times(event)}"
        return
    yield "cleaned"
    if "duplicate" in detail:
        of, kind, score = detail["duplicate"]
        where = ledger.url_of(of) or "an article that is forgotten"
        yield f"labelled: {_KINDS[kind]} {of} ({score:.2f}), {where}"
    if "change" in detail:
        yield f"an update: {detail['change']}"
    if detail.get("dropped"):
        yield "dropped as a copy"
    else:
        yield f"published as version {detail['version']} by run {event.run_id}"


def _times(event: Event) -> str:
    return f", {event.times} times, this being the last" if event.times > 1 else ""
