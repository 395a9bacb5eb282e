"""The record of an article that is gone: it takes back what was published of it."""

import hashlib
from typing import Final

import cleaning
from cleaning.article import Access, Article, Provenance, Quality, Refusal
from cleaning.dedup import content_hash
from cleaning.identity import site_of
from cleaning.rights import NO_RIGHTS
from cleaning.versions import Known

#: Stands for the fingerprint of a tombstone's text, of which there is none.
TOMBSTONE: Final = ""
_NOTHING: Final = hashlib.sha256(b"").hexdigest()


def tombstone_of(refusal: Refusal, id_: str, known: Known) -> Article:
    """The tombstone of an article: its next version, with no text and the reason as evidence.

    Args:
        refusal: what was said when the article was asked for.
        id_: the article's.
        known: its latest version.
    """
    return Article(
        schema="article/1",
        id=id_,
        version=known.version + 1,
        op="tombstone",
        url=refusal.url,
        requested_url=refusal.requested_url,
        canonical_url=None,
        site=site_of(refusal.url),
        title=known.title,
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
        access=Access(free=None, truncated=False, evidence=(refusal.reason,)),
        word_count=0,
        content_hash=content_hash(""),
        duplicate=None,
        change=None,
        quality=Quality(score=0.0, flags=("gone",)),
        removed={},
        provenance=_provenance(refusal),
    )


def _provenance(refusal: Refusal) -> Provenance:
    return Provenance(
        fetched_at=refusal.at,
        status=refusal.status or 0,
        etag=None,
        last_modified=None,
        raw_sha256=_NOTHING,
        encoding="utf-8",
        warc=refusal.warc,
        discovered=None,
        sources={},
        rights=NO_RIGHTS,
        run_id=refusal.run_id,
        spider=refusal.spider,
        copydesk=cleaning.__version__,
        rules=_NOTHING,
        engines={},
    )
