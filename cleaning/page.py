"""What cleaning takes in: a page as fetched, and the lead that led to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Via = Literal["feed", "sitemap", "section", "list", "archive", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A further place that named a lead's URL, and what it said of it; fields as in `Lead`."""

    via: Via
    at: datetime
    source_url: str | None = None
    title: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A URL that may hold an article, with what its source said of it.

    Every field but `url`, `via` and `at` is the source's own claim and may be wrong.
    """

    url: str
    via: Via
    #: When the lead was found; aware.
    at: datetime
    #: The feed, sitemap, section page or file that named it.
    source_url: str | None = None
    title: str | None = None
    summary: str | None = None
    #: As written by the source, to be parsed with the page's other dates.
    published: str | None = None
    modified: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    #: Where else it was found.
    also: tuple[Sighting, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPlace:
    """Where a response is archived: the file's name and the byte offset of its record."""

    file: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A response as fetched, or a text that an older scraper left.

    `body` is what the server sent after content decoding (no gzip) and before charset decoding;
    for `kind="text"` it is UTF-8. Header names are lower case.
    """

    #: Where the page was in the end, after redirects.
    url: str
    #: Where it was asked for.
    requested_url: str
    body: bytes
    #: When the response came; aware.
    fetched_at: datetime
    kind: Literal["html", "text"] = "html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    lead: Lead | None = None
    warc: WarcPlace | None = None
    run_id: str | None = None
    spider: str | None = None
    #: Further pages of the same article, in order.
    continuations: tuple["Page", ...] = ()
