"""Decides when an article was published and modified, from all that its page and lead claim.

Every claim votes for its day with the weight of its place; the winning day's fullest stamp is the
answer. Only where nothing sound is claimed does htmldate search the page. Modified is never taken
for published, nor is the time of fetching.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.html import HtmlElement

from cleaning.article import Precision
from cleaning.date_element import marked_claims
from cleaning.date_reading import read_claims
from cleaning.date_search import searched_claims
from cleaning.date_source import Claim
from cleaning.date_stated import header_claims, lead_claims, stated_claims
from cleaning.date_tier import confidence_of, tier_of
from cleaning.date_visible import visible_claims
from cleaning.date_vote import Candidate, Day, days_of, is_settled, on_local_clock, winner_of
from cleaning.date_words import split_at_labels
from cleaning.datetime_text import (
    MAX_LENGTH,
    Moment,
    Reading,
    cut_clock,
    parse_moments,
    reading_of,
)
from cleaning.day_text import is_written_day
from cleaning.jsonld import JsonObject
from cleaning.meta import read_head
from cleaning.page import Page
from cleaning.rules import Rules

_DATE_LINES = 6
#: Evidence that weighs less is no better than what htmldate may find.
_SOUND = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When an article was published and modified; aware, with the offset that the page gives.

    `precision` and `source` are those of `published`; so is `confidence`, 0 to 1: how often dates
    are right whose evidence is of the same `tier` (a key in `date_tier.toml`). `candidates` are all
    claims that could be read, `winners` those of them that the dates were taken from. `claims` are
    all that was looked at but what htmldate found, such as cannot be read or true too. Flags:
    `date-conflict` (claims name several days), `zone-assumed` (no offset was given and the site's
    zone is unknown: UTC).
    """

    published: datetime | None = None
    modified: datetime | None = None
    precision: Precision | None = None
    source: str | None = None
    tier: str | None = None
    confidence: float | None = None
    candidates: tuple[Candidate, ...] = ()
    winners: tuple[Candidate, ...] = ()
    claims: tuple[Claim, ...] = ()
    flags: tuple[str, ...] = ()


def resolve_dates(
    tree: HtmlElement, jsonld: Sequence[JsonObject], page: Page, rules: Rules
) -> Dates:
    """The dates of an HTML page.

    Args:
        tree: the parsed page; it is not changed.
        jsonld: the page's JSON-LD objects, as `read_jsonld` gives them.
        page: for its URL, headers, lead and time of fetching, after which nothing was published.
        rules: for the site's zone, languages and order of day and month.
    """
    head = read_head(tree, page.url)
    told = head.language or head.first("content-language", "og:locale")
    reading = _reading(told, page, rules)
    claims = [
        *stated_claims(tree, head, jsonld, page.url),
        *marked_claims(tree),
        *lead_claims(page.lead),
        *header_claims(page),
    ]
    candidates = read_claims(claims, page, reading)
    if not is_settled(candidates):
        claims += visible_claims(tree, head)
        candidates = read_claims(claims, page, reading)
    if not _is_sound(candidates):
        candidates += _searched(tree, page, reading, candidates)
    return _decide(claims, candidates, rules)


def resolve_text_dates(lines: Sequence[str], page: Page, rules: Rules) -> Dates:
    """The dates of a plain text: of its first lines those that hold only a date, and the lead."""
    reading = _reading(None, page, rules)
    claims = [Claim(role="published", place="near", raw=line) for line in lines[:_DATE_LINES]]
    claims += lead_claims(page.lead)
    return _decide(claims, read_claims(claims, page, reading), rules)


def is_date_line(line: str, languages: Sequence[str]) -> bool:
    """Whether a line holds nothing but dates, times and their labels (`Updated: 5 May, 2 pm`).

    A time alone needs a label: `22:18` may be a score. Cheap on lines that are no dates.

    Args:
        line: one line of text.
        languages: BCP-47 tags of the languages that the line may be in, besides English.
    """
    if len(line) > MAX_LENGTH or not any(map(str.isdigit, line)):
        return False
    reading = reading_of(languages)
    pieces = [(label, *cut_clock(piece)) for label, piece in split_at_labels(line)]
    if any(label == "other" for label, _, _ in pieces):
        return False
    return bool(parse_moments(line, reading)) or (
        bool(pieces)
        and all(
            is_written_day(day, reading.languages) if day else bool(label and clock)
            for label, clock, day in pieces
        )
    )


def _reading(language: str | None, page: Page, rules: Rules) -> Reading:
    told = (language, page.lead.language if page.lead else None)
    reading = reading_of(
        [tag for tag in told if tag], rules.languages, zone=rules.timezone, url=page.url
    )
    return (
        replace(reading, order=rules.date_order, order_declared=True)
        if rules.date_order
        else reading
    )


def _is_sound(candidates: Sequence[Candidate]) -> bool:
    days = days_of(candidates, "published")
    return bool(days) and days[0].weight() >= _SOUND


def _searched(
    tree: HtmlElement, page: Page, reading: Reading, known: Iterable[Candidate]
) -> list[Candidate]:
    """What htmldate finds, unless it is a day on which the article was modified."""
    modified = {one.value.date() for one in known if one.role == "modified"}
    found = read_claims(searched_claims(tree, page), page, reading)
    return [one for one in found if one.value.date() not in modified]


def _decide(claims: Iterable[Claim], candidates: Sequence[Candidate], rules: Rules) -> Dates:
    days = days_of(candidates, "published")
    modified = winner_of(days_of(candidates, "modified"))
    published = winner_of(days)
    known = Dates(
        modified=modified.value if modified else None,
        candidates=tuple(candidates),
        winners=(modified,) if modified else (),
        claims=tuple(claims),
    )
    if published is None:
        return known
    at = on_local_clock(published.moment, candidates)
    tier = tier_of(days)
    later = modified is not None and modified.value > at
    return replace(
        known,
        published=at,
        modified=known.modified if later else None,
        winners=(published, *(known.winners if later else ())),
        precision=published.precision,
        source=published.source,
        tier=tier,
        confidence=confidence_of(tier),
        flags=_flags(days, published.moment, rules),
    )


def _flags(days: Sequence[Day], published: Moment, rules: Rules) -> tuple[str, ...]:
    conflict = ("date-conflict",) if len(days) > 1 else ()
    assumed = ("zone-assumed",) if not published.has_offset and rules.timezone is None else ()
    return conflict + assumed
