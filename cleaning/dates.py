"""Decides when an article was published and modified, from all that its page and lead claim.

Every claim votes for its day with the weight of its place; the winning day's fullest stamp is the
answer. Only where nothing is claimed does htmldate search the page. Modified is never taken for
published, nor is the time of fetching.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from htmldate import find_date
from lxml.html import HtmlElement

from cleaning.article import Precision
from cleaning.date_element import byline_claims, line_claims, marked_claims
from cleaning.date_source import Claim, source_of
from cleaning.date_stated import lead_claims, stated_claims
from cleaning.date_vote import Candidate, Day, days_of, is_settled, on_local_clock, winner_of
from cleaning.date_words import split_at_labels
from cleaning.datetime_text import (
    MAX_LENGTH,
    Moment,
    Reading,
    cut_clock,
    parse_moment,
    parse_moments,
    reading_of,
)
from cleaning.day_text import is_written_day
from cleaning.jsonld import JsonObject
from cleaning.meta import read_head
from cleaning.page import Page
from cleaning.rules import Rules

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Clocks are wrong, and stories are dated ahead.
_AHEAD = timedelta(hours=24)
_DATE_LINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When an article was published and modified; aware, with the offset that the page gives.

    `precision` and `source` are those of `published`. Flags: `date-conflict` (claims name several
    days), `zone-assumed` (no offset was given and the site's zone is unknown: UTC).
    """

    published: datetime | None = None
    modified: datetime | None = None
    precision: Precision | None = None
    source: str | None = None
    confidence: float | None = None
    flags: tuple[str, ...] = ()


def resolve_dates(
    tree: HtmlElement, jsonld: Sequence[JsonObject], page: Page, rules: Rules
) -> Dates:
    """The dates of an HTML page.

    Args:
        tree: the parsed page; it is not changed.
        jsonld: the page's JSON-LD objects, as `read_jsonld` gives them.
        page: for its URL, lead and time of fetching, after which nothing was published.
        rules: for the site's zone and languages.
    """
    head = read_head(tree, page.url)
    told = head.language or head.first("content-language", "og:locale")
    reading = _reading(told, page, rules)
    claims = [
        *stated_claims(tree, head, jsonld, page.url),
        *marked_claims(tree),
        *lead_claims(page.lead),
    ]
    candidates = _read(claims, page, reading)
    for further_claims in (byline_claims, line_claims):
        if not is_settled(candidates):
            candidates += _read(further_claims(tree), page, reading)
    dates = _decide(candidates, rules)
    return dates if dates.published else _searched(tree, page, rules, reading, dates)


def resolve_text_dates(lines: Sequence[str], page: Page, rules: Rules) -> Dates:
    """The dates of a plain text: of its first lines those that hold only a date, and the lead."""
    reading = _reading(None, page, rules)
    claims = [Claim(role="published", place="line", raw=line) for line in lines[:_DATE_LINES]]
    return _decide(_read([*claims, *lead_claims(page.lead)], page, reading), rules)


def is_date_line(line: str, languages: Sequence[str]) -> bool:
    """Whether a line holds nothing but dates, times and their labels (`Updated: 5 May, 2 pm`).

    A time alone needs a label: `22:18` may be a score. Cheap on lines that are no dates.

    Args:
        line: one line of text.
        languages: BCP-47 tags of the languages that the line may be in, besides English.
    """
    if len(line) > MAX_LENGTH or not any(map(str.isdigit, line)):
        return False
    reading = reading_of(languages, None)
    pieces = [(role, *cut_clock(piece)) for role, piece in split_at_labels(line)]
    return bool(parse_moments(line, reading)) or (
        bool(pieces)
        and all(
            is_written_day(day, reading.languages) if day else bool(role and clock)
            for role, clock, day in pieces
        )
    )


def format_timestamp(moment: datetime) -> str:
    """An aware moment as RFC 3339 with numeric offset, to the second.

    UTC is `+00:00`: `2025-10-14T08:30:00+01:00`, `2025-10-14T07:30:00+00:00`.
    """
    return moment.isoformat(timespec="seconds")


def _reading(language: str | None, page: Page, rules: Rules) -> Reading:
    told = page.lead.language if page.lead else None
    tags = [tag for tag in (language, *rules.languages, told) if tag]
    return reading_of(tags, rules.timezone)


def _read(claims: Iterable[Claim], page: Page, reading: Reading) -> list[Candidate]:
    """The claims that can be read and can be true; a label overrules the role of its place."""
    return [
        Candidate(role=role or claim.role, place=claim.place, moment=moment)
        for claim in claims
        for role, moment in parse_moments(claim.raw, reading)
        if _EARLIEST <= moment.at <= page.fetched_at + _AHEAD
    ]


def _decide(candidates: Sequence[Candidate], rules: Rules) -> Dates:
    days = days_of(candidates, "published")
    modified = winner_of(days_of(candidates, "modified"))
    published = winner_of(days)
    if published is None:
        return Dates(modified=modified.moment.at if modified else None)
    at = on_local_clock(published.moment, candidates)
    return Dates(
        published=at,
        modified=modified.moment.at if modified and modified.moment.at > at else None,
        precision=published.moment.precision,
        source=source_of(published.place),
        flags=_flags(days, published.moment, rules),
    )


def _flags(days: Sequence[Day], published: Moment, rules: Rules) -> tuple[str, ...]:
    conflict = ("date-conflict",) if len(days) > 1 else ()
    assumed = ("zone-assumed",) if not published.has_offset and rules.timezone is None else ()
    return conflict + assumed


def _searched(tree: HtmlElement, page: Page, rules: Rules, reading: Reading, known: Dates) -> Dates:
    """What htmldate finds, first in likely places, then anywhere; it works on a copy of its own."""
    find = partial(
        find_date,
        original_date=True,
        deferred_url_extractor=False,
        url=page.url,
        max_date=page.fetched_at.date().isoformat(),
    )
    found = find(tree, extensive_search=False) or find(tree, extensive_search=True)
    moment = parse_moment(found, reading) if found else None
    if moment is None or (known.modified and known.modified.date() == moment.at.date()):
        return known
    return Dates(
        published=moment.at,
        modified=known.modified,
        precision="day",
        source="htmldate",
        flags=_flags((), moment, rules),
    )
