"""Puts the record together from what the stages found."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import msgspec

import cleaning
from cleaning.article import Access, Article, Discovered, Provenance, Quality, Refusal, Seen, Warc
from cleaning.characters import count_words, one_line
from cleaning.dates import Dates
from cleaning.dedup import content_hash
from cleaning.error import Refused
from cleaning.identity import article_id, site_of
from cleaning.language import Language
from cleaning.metadata import Metadata
from cleaning.page import Lead, Page, Sighting, WarcPlace
from cleaning.rules import Rules
from cleaning.timestamp import format_timestamp

_ENGINES = ("trafilatura", "htmldate", "dateparser", "langdetect", "justext", "lxml")
_TABLES = (
    "residue.toml",
    "place_name.toml",
    "judge.npz",
    "quality.toml",
    "author.toml",
    "author_kind.toml",
    "content_type.toml",
    "image.toml",
    "language.toml",
    "common_word.toml",
    "tag.toml",
    "calendar_day.toml",
    "date_region.toml",
    "date_source.toml",
    "date_tier.toml",
    "date_zone.toml",
    "date_words.toml",
)
_MAX_HEADER = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the stages found of one page, ready to be written down."""

    metadata: Metadata
    text: str
    dates: Dates
    language: Language
    access: Access
    quality: Quality
    removed: dict[str, int]
    encoding: str


def compose_article(page: Page, rules: Rules, found: Findings) -> Article:
    """The record of a page that is an article: new, version 1, until compare says otherwise."""
    said, dates = found.metadata, found.dates
    return Article(
        schema="article/1",
        id=article_id(said.canonical_url or page.url),
        version=1,
        op="new",
        url=page.url,
        requested_url=page.requested_url,
        canonical_url=said.canonical_url,
        site=site_of(page.url),
        title=said.title,
        description=said.description,
        authors=said.authors,
        section=said.section,
        tags=said.tags,
        text=found.text,
        language=found.language.tag,
        language_confidence=round(found.language.confidence, 4),
        date_published=format_timestamp(dates.published) if dates.published else None,
        date_modified=format_timestamp(dates.modified) if dates.modified else None,
        date_precision=dates.precision,
        date_source=dates.source,
        date_confidence=dates.confidence,
        images=said.images,
        publisher=said.publisher,
        content_type=said.content_type,
        access=found.access,
        word_count=count_words(found.text),
        content_hash=content_hash(found.text),
        duplicate=None,
        change=None,
        quality=found.quality,
        removed=found.removed,
        provenance=_provenance(page, rules, found),
    )


def compose_refusal(page: Page, refused: Refused) -> Refusal:
    """The record of a page that is declined."""
    return Refusal(
        url=page.url,
        requested_url=page.requested_url,
        reason=refused.reason,
        detail=refused.detail,
        stage="clean",
        at=format_timestamp(page.fetched_at),
        status=page.status,
        warc=_warc(page.warc),
        run_id=page.run_id,
        spider=page.spider,
    )


def _provenance(page: Page, rules: Rules, found: Findings) -> Provenance:
    return Provenance(
        fetched_at=format_timestamp(page.fetched_at),
        status=page.status,
        etag=_header(page, "etag"),
        last_modified=_header(page, "last-modified"),
        raw_sha256=hashlib.sha256(page.body).hexdigest(),
        encoding=found.encoding,
        warc=_warc(page.warc),
        discovered=_discovered(page.lead),
        sources=_sources(found),
        rights=found.metadata.rights,
        run_id=page.run_id,
        spider=page.spider,
        copydesk=cleaning.__version__,
        rules=_rules_hash(rules),
        engines=dict(_engines(second_opinion=rules.second_opinion)),
    )


def _header(page: Page, name: str) -> str | None:
    return one_line(page.headers.get(name, "")[:_MAX_HEADER]) or None


def _sources(found: Findings) -> dict[str, str]:
    """Where each field that is known was taken from, in the order of the fields."""
    known = {
        **found.metadata.sources,
        "language": found.language.method if found.language.tag != "und" else None,
        "date_published": found.dates.source,
    }
    return {name: source for name, source in sorted(known.items()) if source}


def _warc(place: WarcPlace | None) -> Warc | None:
    return Warc(file=place.file, offset=place.offset) if place else None


def _discovered(lead: Lead | None) -> Discovered | None:
    if lead is None:
        return None
    return Discovered(**_seen(lead), also=tuple(Seen(**_seen(each)) for each in lead.also))


def _seen(place: Lead | Sighting) -> dict[str, Any]:
    return {
        "via": place.via,
        "source_url": place.source_url or None,
        "at": format_timestamp(place.at),
        "title": one_line(place.title or "") or None,
        "published": one_line(place.published or "") or None,
    }


@lru_cache(maxsize=1024)
def _rules_hash(rules: Rules) -> str:
    """Names the rules that cleaned a page: the site's and the tables, which all change texts."""
    digest = hashlib.sha256(msgspec.json.encode(rules))
    for table in _TABLES:
        digest.update(files("cleaning").joinpath(table).read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=2)
def _engines(*, second_opinion: bool) -> tuple[tuple[str, str], ...]:
    names = (*_ENGINES, "py3langid") if second_opinion else _ENGINES
    return tuple((name, version(name)) for name in names)
