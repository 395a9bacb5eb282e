"""Makes one lead of all that name the same URL; what each place said is kept."""

from collections.abc import Iterable
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
    return tuple(sorted(map(_one_of, groups.values()), key=_rank))


def _one_of(group: list[Lead]) -> Lead:
    if len(group) == 1:
        return group[0]
    best = min(group, key=_rank)
    places = {_place(lead): lead for lead in reversed(group)}
    others = (lead for lead in group if places.pop(_place(lead), None) is lead)
    elsewhere = (lead for lead in others if _place(lead) != _place(best))
    return replace(best, also=tuple(islice(map(_sighting, elsewhere), _MAX_SIGHTINGS)))


def _rank(lead: Lead) -> int:
    return 0 if is_told(lead) else 1 if lead.via == "sitemap" else 2


def _place(lead: Lead) -> tuple[str, str | None]:
    return lead.via, lead.source_url


def _sighting(lead: Lead) -> Sighting:
    return Sighting(
        via=lead.via,
        at=lead.at,
        source_url=lead.source_url,
        title=lead.title,
        published=lead.published,
    )
