"""What a crawl knew of a page before it asked for it: kept beside the response in the archive.

As JSON, not as `application/warc-fields`: leads are nested, and titles may hold anything, whereas
the fields of WARC are single lines.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from cleaning.page import Lead, WarcPlace

#: Of the record that holds it.
MEDIA_TYPE = "application/json"
_FORMAT = "copydesk-evidence/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a page was asked for, and by which URLs."""

    #: What named it; None where nothing is known, and for the further pages of an article.
    lead: Lead | None = None
    #: The URLs that led here by redirects, the one that was asked for first.
    redirected_from: tuple[str, ...] = ()
    #: Of a further page of an article: where the article's first page is archived.
    continues: WarcPlace | None = None


def encode_evidence(evidence: Evidence) -> bytes:
    """One JSON object in ASCII; half surrogate pairs, as feeds may hold, survive it."""
    fields = msgspec.to_builtins(evidence)
    return json.dumps({"format": _FORMAT, **fields}, separators=(",", ":")).encode()


def decode_evidence(block: bytes) -> Evidence | None:
    """What `encode_evidence` gave; None for all else: archives are foreign input."""
    try:
        given = json.loads(block)
        if not _is_ours(given):
            return None
        evidence = msgspec.convert(given, Evidence)
    except (ValueError, RecursionError):
        return None
    return evidence if all(moment.tzinfo for moment in _moments(evidence.lead)) else None


def _is_ours(given: Any) -> bool:
    return isinstance(given, dict) and given.get("format") == _FORMAT


def _moments(lead: Lead | None) -> list[datetime]:
    return [lead.at, *(place.at for place in lead.also)] if lead else []
