"""The record of an article that is gone or forgotten: it takes back what was published of it."""

import hashlib
from dataclasses import replace
from typing import Final

import cleaning
from cleaning.article import Access, Article, Provenance, Quality, Refusal
from cleaning.dedup import content_hash
from cleaning.identity import article_id, site_of
from cleaning.rights import NO_RIGHTS
from cleaning.versions import Known

#: Stands for the fingerprint of a tombstone's text, of which there is none.
TOMBSTONE: Final = ""
#: The same of an article that was to be forgotten; its first evidence, and the reason of its URLs.
FORGOTTEN: Final = "forgotten"
#: The name of what forgets, where others have their spider's.
FORGET: Final = "forget"
_NOTHING: Final = hashlib.sha256(b"").hexdigest()


def tombstone_of(refusal: Refusal, id_: str, known: Known) -> Article:
    """The tombstone of an article that is gone: its next version, with the reason as evidence.

    Args:
        refusal: what was said when the article was asked for.
        id_: the article's.
        known: its latest version.
    """
    provenance = replace(
        _provenance(refusal.at, refusal.run_id, refusal.spider),
        status=refusal.status or 0,
        warc=refusal.warc,
    )
    stone = _stone(id_, known.version + 1, refusal.url, (refusal.reason,), provenance)
    return replace(stone, requested_url=refusal.requested_url, title=known.title)


def forgotten_article(  # noqa: PLR0913 - so much is all that stays of it
    id_: str, version: int, *, url: str, reason: str | None, at: str, run_id: str
) -> Article:
    """The tombstone of an article that is to be forgotten.

    Args:
        id_: the article's.
        version: one more than that of its latest version.
        url: where it was.
        reason: why, for people.
        at: when (RFC 3339).
        run_id: in which run.
    """
    return _stone(id_, version, url, _evidence(reason), _provenance(at, run_id, FORGET))


def blank_article(article: Article, reason: str | None) -> Article:
    """What stays of a record whose text is to be gone from the files: id, version, site, times.

    Taken from what is published, so that it still has a line of its own, by which readers count.
    """
    known = article.provenance
    kept = _provenance(known.fetched_at, known.run_id, known.spider)
    stone = _stone(article.id, article.version, blank_url(article.id), _evidence(reason), kept)
    return replace(stone, site=article.site)


def blank_refusal(refusal: Refusal) -> Refusal:
    """What stays of the refusal of a page that is to be forgotten: reason and time."""
    url = blank_url(article_id(refusal.url))
    return replace(refusal, url=url, requested_url=url, detail="", warc=None)


def blank_url(id_: str) -> str:
    """Stands where a URL stood: URLs may name people, and say what an article was about."""
    return f"{FORGOTTEN}:{id_}"


def is_blank(url: str) -> bool:
    """Whether it is one of those."""
    return url.startswith(f"{FORGOTTEN}:")


def _evidence(reason: str | None) -> tuple[str, ...]:
    return (FORGOTTEN, reason) if reason else (FORGOTTEN,)


def _stone(
    id_: str, version: int, url: str, evidence: tuple[str, ...], provenance: Provenance
) -> Article:
    return Article(
        schema="article/1",
        id=id_,
        version=version,
        op="tombstone",
        url=url,
        requested_url=url,
        canonical_url=None,
        site=site_of(url),
        title=None,
        description=None,
        authors=(),
        section=None,
        tags=(),
        text=None,
        language="und",
        language_confidence=0.0,
        date_published=None,
        date_modified=None,
        date_precision=None,
        date_source=None,
        date_confidence=None,
        images=(),
        publisher=None,
        content_type="article",
        access=Access(free=None, truncated=False, evidence=evidence),
        word_count=0,
        content_hash=content_hash(""),
        duplicate=None,
        change=None,
        quality=Quality(score=0.0, flags=("gone",)),
        removed={},
        provenance=provenance,
    )


def _provenance(at: str, run_id: str | None, spider: str | None) -> Provenance:
    return Provenance(
        fetched_at=at,
        status=0,
        etag=None,
        last_modified=None,
        raw_sha256=_NOTHING,
        encoding="utf-8",
        warc=None,
        discovered=None,
        sources={},
        rights=NO_RIGHTS,
        run_id=run_id,
        spider=spider,
        copydesk=cleaning.__version__,
        rules=_NOTHING,
        engines={},
    )
