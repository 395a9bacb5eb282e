"""Reads what is claimed of a page's dates, as far as it can be read and can be true."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cleaning.date_source import Claim, source_of
from cleaning.date_vote import Candidate, in_agreed_order
from cleaning.datetime_text import Moment, Reading, parse_moments
from cleaning.day_text import is_ambiguous, order_in_figures
from cleaning.page import Page
from cleaning.relative_text import parse_relative

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Clocks are wrong, and stories are dated ahead.
_AHEAD = timedelta(hours=24)
#: What a server sends as the last change of a page that it makes when asked.
_JUST_NOW = timedelta(minutes=15)
#: Far from the headline, so many days are a list of other articles, or a timeline.
_LIST = 3
_FAR = frozenset({"far", "far-within"})
_TEXTS = frozenset({"byline", "time-tag"})


def read_claims(claims: Iterable[Claim], page: Page, reading: Reading) -> list[Candidate]:
    """The claims that can be read and can be true; a label overrules the role of its place.

    Figures whose day could be the month are read in the order that other dates of the page are in;
    only then in that of the page's language and country.

    Args:
        claims: from all places.
        page: for the time of fetching.
        reading: how the page writes dates.
    """
    claims = tuple(claims)
    reading = _in_shown_order(claims, reading)
    read = [one for claim in claims for one in _candidates(claim, page, reading)]
    if all(one.role != "published" for one in read):
        read += [one for claim in claims for one in _counted(claim, page, reading)]
    if not reading.order_declared:
        read = in_agreed_order(read)
    return _without_lists(_without_unsupported(read))


def _in_shown_order(claims: Iterable[Claim], reading: Reading) -> Reading:
    """The reading in the order of those figures that can be read in one only."""
    orders = {order for claim in claims if (order := order_in_figures(claim.raw))}
    if len(orders) != 1 or reading.order_declared:
        return reading
    return replace(reading, order=orders.pop())


def _candidates(claim: Claim, page: Page, reading: Reading) -> Iterator[Candidate]:
    moments = parse_moments(claim.raw, reading)
    turned = parse_moments(claim.raw, reading.turned()) if is_ambiguous(claim.raw) else ()
    for index, (label, moment) in enumerate(moments):
        other = turned[index][1] if index < len(turned) else None
        possible = [one for one in (moment, other) if one and _is_possible(one, claim, page)]
        if possible and label != "other":
            yield Candidate(
                role=label or claim.role,
                place=claim.place,
                raw=claim.raw,
                moment=possible[0],
                turned=possible[1] if len(possible) > 1 else None,
            )


def _is_possible(moment: Moment, claim: Claim, page: Page) -> bool:
    """Whether something can have been published then: not before the web, not after fetching."""
    if claim.place == "page-head" and moment.at.date() == page.fetched_at.date():
        # Today's date.
        return False
    if claim.place == "http-header" and page.fetched_at - moment.at < _JUST_NOW:
        return False
    return _EARLIEST <= moment.at <= page.fetched_at + _AHEAD


def _counted(claim: Claim, page: Page, reading: Reading) -> Iterator[Candidate]:
    """What counts from now, in visible texts.

    A page from an archive may be older than its fetching: one that does not so much as name the
    year is not believed.
    """
    if claim.role != "published" or source_of(claim.place) not in _TEXTS:
        return
    moment = parse_relative(claim.raw, page.fetched_at, reading)
    if moment and re.search(rb"(?<!\d)%d(?!\d)" % moment.at.year, page.body):
        yield Candidate(role="published", place="relative", raw=claim.raw, moment=moment)


def _without_unsupported(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, that of the HTTP header only where the page states its day as modified."""
    stated = {
        one.value.astimezone(UTC).date()
        for one in candidates
        if one.role == "modified" and one.place != "http-header"
    }
    return [
        one
        for one in candidates
        if one.place != "http-header" or one.value.astimezone(UTC).date() in stated
    ]


def _without_lists(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, without dates far from the headline if they name several days."""
    far = [one for one in candidates if one.place in _FAR and one.role == "published"]
    if len({one.value.date() for one in far}) < _LIST:
        return list(candidates)
    return [one for one in candidates if one not in far]
