"""What is told of the cleaning of one page: the JSON that `scrapy explain --json` writes.

Keys are only ever added; what one of them means changes with `schema` alone.
"""

from dataclasses import dataclass
from typing import Literal

from cleaning.article import Access, Article, Author, Duplicate, Precision, Refusal
from cleaning.block import Kind
from cleaning.date_words import Role
from cleaning.removal_reason import Stage

#: Where a block was read: the page's markup, its data (JSON), or a text without markup.
BlockOrigin = Literal["markup", "data", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One block, and what became of it.

    `part` counts the pages of the article from 1; `origin` is `data` for a text that was taken from
    the page's JSON. `stage`, `rule` and `reason` are of what is removed. `belief` is how surely the
    judge takes it for the article's, `taken` the share that trafilatura takes; 0-1, None where
    nobody was asked.
    """

    part: int
    origin: BlockOrigin
    kind: Kind
    text: str
    kept: bool
    stage: Stage | None = None
    rule: str | None = None
    reason: str | None = None
    belief: float | None = None
    taken: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleCandidate:
    """A title: who says it, how far that is believed (more is better), whether it won."""

    source: str
    text: str
    weight: float
    won: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorCandidate:
    """Who wrote it, by one place.

    `weight` is 3 for a person by whole name or an agency, 2 for a single word, 1 for an
    organisation, 0 for the site itself.
    """

    source: str
    authors: tuple[Author, ...]
    weight: float
    won: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """A date: what it is said to be, by which place, as written, and as read.

    `place` is a key of a table in `date_source.toml`, and `weight` its vote. `at` and `precision`
    are None where it could not be read, or cannot be true.
    """

    role: Role
    place: str
    source: str | None
    raw: str
    at: str | None
    precision: Precision | None
    weight: float
    won: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageFound:
    """The language and what decided, as `cleaning.language.Language`; who hinted at which."""

    tag: str
    confidence: float
    method: str
    hints: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A doubt about the record, and what it takes off the score."""

    flag: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFound:
    """The score, 1 less what its flags weigh."""

    score: float
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the page was taken from: fetched now, from an archive, or from a file."""

    kind: Literal["live", "archive", "file"]
    path: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another article that is a copy."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What the ledger knows of the article.

    `state` is `published`, `refused`, ... as `scrapy why` has it, None where it is unknown;
    `duplicate` is what it is a copy of, as was decided when it was published, else as it would be;
    `copies` are those that were labelled as its copies.
    """

    state: str | None
    version: int | None
    duplicate: Duplicate | None
    original_url: str | None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All there is to say of a page; of a refused one, as far as its cleaning came.

    Exactly one of `record` and `refusal` is there. `duplicates` is None where no ledger was asked.
    """

    schema: Literal["explanation/1"] = "explanation/1"
    url: str
    origin: Origin | None = None
    outcome: Literal["article", "refused"]
    encoding: str | None = None
    blocks: tuple[Row, ...] = ()
    titles: tuple[TitleCandidate, ...] = ()
    authors: tuple[AuthorCandidate, ...] = ()
    dates: tuple[DateCandidate, ...] = ()
    language: LanguageFound | None = None
    quality: QualityFound | None = None
    access: Access | None = None
    duplicates: Duplicates | None = None
    record: Article | None = None
    refusal: Refusal | None = None
