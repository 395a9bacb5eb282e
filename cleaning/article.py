"""What cleaning gives out: the record `article/1`, and the refusal of a page.

The record's JSON Schema is generated from these types (`cleaning.schema`). Keys are written in the
order of the fields, all of them always; unknown is None, lists are never None.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from cleaning.page import Via

Words = Annotated[str, Meta(min_length=1)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]
#: RFC 3339 with offset.
Timestamp = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
        extra_json_schema={"format": "date-time"},
    ),
]
Precision = Literal["second", "minute", "day"]
Significance = Literal["typo", "correction", "growth"]
ContentType = Literal["article", "live-blog", "opinion", "video", "gallery"]
AuthorKind = Literal["person", "organization", "agency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person or organisation named as author; `kind` is None where it cannot be told which."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    url: Words | None
    kind: AuthorKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that belongs to the article."""

    url: Words
    caption: Words | None
    credit: Words | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How much of the article the page gives away.

    `free` is what the page claims, None where it claims nothing; `truncated` says that `text` is
    not the whole article, and `evidence` why that is believed.
    """

    free: bool | None
    truncated: bool
    evidence: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The label of a copy: the `id` of the article it repeats, how, and how much of it (0-1)."""

    of: Words
    kind: Literal["exact", "near", "contained"]
    score: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an update changed of the version `of`.

    `title` is the former one where it is another now. The words are counted wherever they stand;
    they and `significance` are None where the former text is no longer remembered.
    """

    of: Annotated[int, Meta(ge=1)]
    title: Words | None
    words_added: Count | None
    words_removed: Count | None
    significance: Significance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far the record can be trusted: 1 is best; each flag is a reason for less."""

    score: Share
    flags: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A place that named the article, and what it said of it."""

    via: Via
    source_url: Words | None
    at: Timestamp
    title: Words | None
    published: Words | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered(Seen):
    """How the article was found: the place that says most of it, and where `also`."""

    also: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Warc:
    """Where the response is archived."""

    file: Words
    offset: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the page says of its rights.

    `robots` are directives of the robots meta tag and `X-Robots-Tag`; `tdm_reserved` is whether
    text and data mining is reserved, None where nothing is said, and `tdm_policy` where its terms
    are; `licenses` are the URLs of licences.
    """

    robots: tuple[Words, ...]
    tdm_reserved: bool | None
    tdm_policy: Words | None
    licenses: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the record comes from and what made it.

    `sources` names, for each field that is known, the kind of place that it was taken from.
    """

    fetched_at: Timestamp
    status: int
    etag: Words | None
    last_modified: Words | None
    raw_sha256: Hash
    encoding: Words
    warc: Warc | None
    discovered: Discovered | None
    sources: dict[str, str]
    rights: Rights
    run_id: Words | None
    spider: Words | None
    copydesk: Words
    rules: Hash
    engines: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One line of output: the record `article/1`."""

    schema: Literal["article/1"]
    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    version: Annotated[int, Meta(ge=1)]
    op: Literal["new", "update", "tombstone"]
    url: Words
    requested_url: Words
    canonical_url: Words | None
    site: Words
    title: Annotated[str, Meta(min_length=1, max_length=500)] | None
    description: Words | None
    authors: tuple[Author, ...]
    section: Words | None
    tags: tuple[Words, ...]
    #: None for a tombstone, and for nothing else.
    text: Words | None
    language: Words
    language_confidence: Share
    date_published: Timestamp | None
    date_modified: Timestamp | None
    date_precision: Precision | None
    date_source: Words | None
    date_confidence: Share | None
    images: tuple[Image, ...]
    publisher: Words | None
    content_type: ContentType
    access: Access
    word_count: Count
    content_hash: Hash
    duplicate: Duplicate | None
    change: Change | None
    quality: Quality
    removed: dict[str, int]
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A page that gave no article, and why: one line of the rejected file.

    `reason` is a slug to count by; `detail` is for people.
    """

    url: str
    requested_url: str
    reason: str
    detail: str
    stage: Literal["fetch", "clean"]
    at: Timestamp
    status: int | None
    warc: Warc | None
    run_id: str | None
    spider: str | None
