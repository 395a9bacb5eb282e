"""Blanks lines: what a record of what is purged becomes, by the kind of its segment."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from cleaning.article import Article, Refusal
from cleaning.manifest import Kind
from cleaning.tombstone import blank_article, blank_refusal, blank_url, is_blank
from crawler.purge_target import Targets

_ARTICLE: Final = msgspec.json.Decoder(Article)
_REFUSAL: Final = msgspec.json.Decoder(Refusal)


class _Audit(msgspec.Struct, frozen=True):
    """A line of what was removed of a record."""

    id: str
    version: int
    url: str
    removed: list[Any]


_AUDIT: Final = msgspec.json.Decoder(_Audit)


def blanker(kind: Kind, targets: Targets) -> Callable[[bytes], bytes]:
    """What makes of a line of a kind what is to stand in its place; others it gives back."""
    ids = [id_.encode() for id_ in targets.reasons]

    def article(line: bytes) -> bytes:
        if not any(id_ in line for id_ in ids):
            return line
        record = _ARTICLE.decode(line)
        if record.id not in targets.reasons or is_blank(record.url):
            return line
        return msgspec.json.encode(blank_article(record, targets.reasons[record.id]))

    def refusal(line: bytes) -> bytes:
        record = _REFUSAL.decode(line)
        if targets.has_url(record.url) or targets.has_url(record.requested_url):
            return msgspec.json.encode(blank_refusal(record))
        return line

    def audit(line: bytes) -> bytes:
        if not any(id_ in line for id_ in ids):
            return line
        record = _AUDIT.decode(line)
        if record.id not in targets.reasons or is_blank(record.url):
            return line
        kept = _Audit(record.id, record.version, blank_url(record.id), [])
        return msgspec.json.encode(kept)

    return {"articles": article, "rejected": refusal, "removed": audit}[kind]


def archived_at(kind: Kind, line: bytes) -> set[tuple[str, int]]:
    """Where the response of a line is archived: file and offset, or nothing."""
    if kind == "removed":
        return set()
    place = (
        _ARTICLE.decode(line).provenance.warc if kind == "articles" else _REFUSAL.decode(line).warc
    )
    return {(place.file, place.offset)} if place else set()
