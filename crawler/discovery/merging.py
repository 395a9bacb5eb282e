"""Makes one lead of all that name the same URL; what each place said is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from w3lib.url import canonicalize_url

from cleaning.page import Lead, Sighting
from crawler.discovery.link import PLAIN_URL

#: A story that is linked from every section page is told of often enough.
_MAX_SIGHTINGS = 20


def key_of(url: str) -> str:
    """The spelling by which URLs are one; Scrapy's filter of duplicates knows them by the same."""
    return url if PLAIN_URL.fullmatch(url) else canonicalize_url(url)


def is_told(lead: Lead) -> bool:
    """Whether its source names articles alone: a feed or a news sitemap."""
    return lead.via == "feed" or (
        lead.via == "sitemap" and bool(lead.published or lead.title or lead.language)
    )


def merged(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """The leads, each URL once, the best first, else in the order in which they were found.

    Best are those of a feed or news sitemap, then those of other sitemaps, then those of sections.
    Of several with one URL the best stays; the others become its `also`, one for each place, at
    most 20.
    """
    groups: dict[str, list[Lead]] = {}
    for lead in leads:
        groups.setdefault(key_of(lead.url), []).append(lead)
    return tuple(sorted(map(one_of, groups.values()), key=rank_of))


def one_of(leads: Sequence[Lead]) -> Lead:
    """The best of several leads with one URL, with what the others and their `also` say.

    Of one place the first counts, and no more than 20 places are kept.
    """
    best = min(leads, key=rank_of)
    if len(leads) == 1:
        return best
    others = [_sighting(lead) for lead in leads if lead is not best]
    known = (each for lead in leads for each in lead.also)
    places: dict[tuple[str, str | None], Sighting] = {}
    for sighting in (*known, *others):
        places.setdefault(_place(sighting), sighting)
    places.pop(_place(best), None)
    return replace(best, also=tuple(islice(places.values(), _MAX_SIGHTINGS)))


def is_told_by(lead: Lead, place: Lead) -> bool:
    """Whether a lead is known from the place that another one is of."""
    return _place(place) in {_place(lead), *map(_place, lead.also)}


def rank_of(lead: Lead) -> int:
    """How good a lead is, 0 being best: told of as news, in another sitemap, linked by a page."""
    return 0 if is_told(lead) else 1 if lead.via == "sitemap" else 2


def _place(lead: Lead | Sighting) -> tuple[str, str | None]:
    return lead.via, lead.source_url


def _sighting(lead: Lead) -> Sighting:
    return Sighting(
        via=lead.via,
        at=lead.at,
        source_url=lead.source_url,
        title=lead.title,
        published=lead.published,
    )
