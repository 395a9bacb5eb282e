"""Fixtures that tests of more than one module share."""

import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cleaning.article import Access, Article, Provenance, Quality, Refusal
from cleaning.dedup import content_hash
from cleaning.identity import article_id, site_of
from cleaning.rights import NO_RIGHTS

# A shell has what it starts in the background ignore SIGINT, and that is handed on to the commands
# which tests start and end by it.
signal.signal(signal.SIGINT, signal.default_int_handler)

_URL = "https://example.com/2026/03/bridge-reopens"
_TEXT = (
    "The old bridge over the Lenne reopened on Monday after nine months of repairs.\n\n"
    "Engineers had found cracks in two of its pillars last summer."
)
_PROVENANCE = Provenance(
    fetched_at="2026-03-02T08:00:00+00:00",
    status=200,
    etag=None,
    last_modified=None,
    raw_sha256="0" * 64,
    encoding="utf-8",
    warc=None,
    discovered=None,
    sources={},
    rights=NO_RIGHTS,
    run_id=None,
    spider=None,
    copydesk="0.1.0",
    rules="0" * 64,
    engines={},
)


@pytest.fixture
def make_provenance() -> Callable[..., Provenance]:
    """Makes a provenance of which only what is given differs from a plain one."""

    def make(**changes: Any) -> Provenance:
        return replace(_PROVENANCE, **changes)

    return make


@pytest.fixture
def make_article() -> Callable[..., Article]:
    """Makes a complete article; what follows from `url` and `text` follows unless it is given."""

    def make(**changes: Any) -> Article:
        url = changes.setdefault("url", _URL)
        text = changes.setdefault("text", _TEXT)
        derived = {
            "id": article_id(changes.get("canonical_url") or url),
            "requested_url": url,
            "site": site_of(url),
            "word_count": len(text.split()),
            "content_hash": content_hash(text),
        }
        return Article(**_ARTICLE | derived | changes)

    return make


@pytest.fixture
def make_refusal() -> Callable[..., Refusal]:
    """Makes a refusal of a page that was too short; what is given differs."""

    def make(**changes: Any) -> Refusal:
        url = changes.setdefault("url", _URL)
        return Refusal(**_REFUSAL | {"requested_url": url} | changes)

    return make


_ARTICLE: dict[str, Any] = {
    "schema": "article/1",
    "version": 1,
    "op": "new",
    "canonical_url": None,
    "title": "Old bridge reopens",
    "description": None,
    "authors": (),
    "section": None,
    "tags": (),
    "language": "en",
    "language_confidence": 0.99,
    "date_published": "2026-03-02T07:30:00+01:00",
    "date_modified": None,
    "date_precision": "minute",
    "date_source": "json-ld",
    "date_confidence": 0.98,
    "images": (),
    "publisher": None,
    "content_type": "article",
    "access": Access(free=None, truncated=False, evidence=()),
    "duplicate": None,
    "change": None,
    "quality": Quality(score=1.0, flags=()),
    "removed": {},
    "provenance": _PROVENANCE,
}
_REFUSAL: dict[str, Any] = {
    "reason": "too-short",
    "detail": "12 words",
    "stage": "clean",
    "at": "2026-03-02T08:00:00+00:00",
    "status": 200,
    "warc": None,
    "run_id": "run-1",
    "spider": "news",
}
