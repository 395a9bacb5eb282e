"""Explains the cleaning of one page: all that was kept, removed, considered and decided.

Nothing is decided here. The chain itself says what it considered (`cleaning.trace`), and this puts
it into page order and words.
"""

from collections.abc import Iterator

from cleaning.article import Article, Refusal
from cleaning.block_row import rows_of
from cleaning.clean import NO_RULES, clean_with_audit
from cleaning.date_source import weight_of
from cleaning.date_vote import Candidate
from cleaning.dates import Dates
from cleaning.error import Refused
from cleaning.explanation import (
    AuthorCandidate,
    DateCandidate,
    Explanation,
    Flag,
    LanguageFound,
    QualityFound,
    Row,
    TitleCandidate,
)
from cleaning.metadata import Metadata
from cleaning.page import Page
from cleaning.quality import FLAG_WEIGHTS
from cleaning.record import compose_refusal
from cleaning.rules import Rules
from cleaning.timestamp import format_timestamp
from cleaning.trace import Trace

#: Of dates that are read, and again of those that are not; hostile pages have them by thousands.
_MAX_DATES = 200


def explain(page: Page, rules: Rules = NO_RULES) -> Explanation:
    """Clean a page as a crawl does, and tell how it was decided.

    What escapes the chain is a refusal, `clean-error`, as in a crawl's workers.
    """
    trace = Trace()
    try:
        result = clean_with_audit(page, rules, trace).result
    except Exception as error:  # noqa: BLE001  (as a crawl's worker: a page costs only itself)
        words = f"{type(error).__name__}: {str(error)[:200]}"
        result = compose_refusal(page, Refused("clean-error", words))
    quality, metadata = trace.quality, trace.metadata or Metadata()
    return Explanation(
        url=page.url,
        outcome="article" if isinstance(result, Article) else "refused",
        encoding=trace.encoding,
        blocks=tuple(_rows(trace, page)),
        titles=tuple(_titles(metadata)),
        authors=tuple(_authors(metadata)),
        dates=tuple(_dates(trace.dates)) if trace.dates else (),
        language=_language(trace),
        quality=QualityFound(score=quality.score, flags=tuple(map(_flag, quality.flags)))
        if quality
        else None,
        access=trace.access,
        record=result if isinstance(result, Article) else None,
        refusal=result if isinstance(result, Refusal) else None,
    )


def explained_refusal(refusal: Refusal) -> Explanation:
    """What is to be said of a page that never came to be cleaned."""
    return Explanation(url=refusal.url, outcome="refused", refusal=refusal)


def _titles(metadata: Metadata) -> Iterator[TitleCandidate]:
    for one in metadata.considered_titles:
        yield TitleCandidate(
            source=one.source, text=one.value or "", weight=one.weight, won=one.won
        )


def _authors(metadata: Metadata) -> Iterator[AuthorCandidate]:
    for one in metadata.considered_authors:
        yield AuthorCandidate(source=one.source, authors=one.value, weight=one.weight, won=one.won)


def _dates(dates: Dates) -> Iterator[DateCandidate]:
    """The dates that were read, those with most weight first; then what could not be used."""
    best_first = sorted(dates.candidates, key=lambda one: -weight_of(one.place))
    for one in best_first[:_MAX_DATES]:
        yield _date(one, won=any(one is winner for winner in dates.winners))
    read = {one.raw for one in dates.candidates}
    unread = dict.fromkeys(claim for claim in dates.claims if claim.raw not in read)
    for claim in list(unread)[:_MAX_DATES]:
        yield DateCandidate(
            role=claim.role,
            place=claim.place,
            source=None,
            raw=claim.raw,
            at=None,
            precision=None,
            weight=0.0,
            won=False,
        )


def _date(one: Candidate, *, won: bool) -> DateCandidate:
    return DateCandidate(
        role=one.role,
        place=one.place,
        source=one.source,
        raw=one.raw,
        at=format_timestamp(one.value),
        precision=one.precision,
        weight=weight_of(one.place),
        won=won,
    )


def _language(trace: Trace) -> LanguageFound | None:
    found = trace.language
    if found is None:
        return None
    return LanguageFound(
        tag=found.tag,
        confidence=found.confidence,
        method=found.method,
        hints=tuple(trace.hints),
    )


def _flag(flag: str) -> Flag:
    return Flag(flag=flag, weight=FLAG_WEIGHTS.get(flag, 0.0))


def _rows(trace: Trace, page: Page) -> Iterator[Row]:
    for number, part in enumerate(trace.parts, 1):
        yield from rows_of(part, number, "text" if page.kind == "text" else "markup")
