"""The cleaning of one page: a page and its site's rules in, an article or a refusal out.

Pure and deterministic: no network, no clock, no memory of other pages. The same page gives the same
bytes in any order and any process.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from lxml.html import HtmlElement

from cleaning.article import Article, Author, Refusal
from cleaning.author import WHOLE_NAME, looks_like_name
from cleaning.author_in_text import authors_in_text
from cleaning.author_kind import kind_of
from cleaning.block import Block, render
from cleaning.characters import folded_words
from cleaning.cleaned import Cleaned, Removal
from cleaning.dates import Dates, resolve_dates, resolve_text_dates
from cleaning.decode import decode
from cleaning.error import Refused
from cleaning.extract import extract_blocks
from cleaning.jsonld import read_jsonld
from cleaning.language import Language, detect_language
from cleaning.layout import read_blocks
from cleaning.markup import read_markup
from cleaning.metadata import Metadata, read_metadata
from cleaning.page import Page
from cleaning.pagination import previous_part
from cleaning.parse import parse, parse_page
from cleaning.plaintext import read_lines, read_text_metadata, text_blocks
from cleaning.quality import judge_access, judge_quality, refuse_other_pages
from cleaning.record import Findings, compose_article, compose_refusal
from cleaning.residue import Stripped, strip_residue
from cleaning.rules import Rules
from cleaning.soft_block import Surface
from cleaning.sourced import Considered
from cleaning.trace import Extraction, Part, Trace

NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a page before it is judged; `flags` are doubts about the reading itself."""

    metadata: Metadata
    stripped: Stripped
    dates: Dates
    encoding: str
    flags: tuple[str, ...]


def clean(page: Page, rules: Rules = NO_RULES) -> Article | Refusal:
    """Clean a page: an article, or a refusal that says why it is none."""
    return clean_with_audit(page, rules).result


def clean_with_audit(page: Page, rules: Rules = NO_RULES, trace: Trace | None = None) -> Cleaned:
    """Clean a page, and list what was removed of it.

    Args:
        page: as fetched.
        rules: its site's.
        trace: is filled with what is considered on the way; for `cleaning.explain`.
    """
    rules = rules.at(page.fetched_at)
    clean_kind = _clean_text if page.kind == "text" else _clean_html
    try:
        return clean_kind(page, rules, trace)
    except Refused as refused:
        return Cleaned(result=compose_refusal(page, refused), removed=())


def _clean_html(page: Page, rules: Rules, trace: Trace | None) -> Cleaned:
    decoded = decode(page.body, page.headers.get("content-type"))
    _refuse_continuation(decoded.text, page)
    parsed = parse_page(decoded.text)
    tree = parsed.tree
    jsonld = read_jsonld(tree)
    metadata = read_metadata(tree, jsonld, page, rules)
    part = _traced_part(trace)
    candidates = extract_blocks(tree, jsonld, metadata, rules, part.extraction if part else None)
    metadata = _with_authors_of_text(metadata, candidates)
    stripped = strip_residue(candidates, metadata)
    if part is not None:
        part.stripped = stripped
    stripped = _joined(
        stripped, [_strip_part(one, rules, trace) for one in page.continuations], trace
    )
    if trace is not None:
        trace.metadata, trace.encoding = metadata, decoded.encoding
    shown = candidates if candidates and metadata.is_article else _shown(tree, candidates)
    surface = Surface(decoded.text, tree)
    refuse_other_pages(stripped.kept, metadata, shown, partial(read_markup, tree), surface)
    dates = resolve_dates(tree, jsonld, page, rules)
    doubts = {"encoding-mended": decoded.mended, "deep-nesting": parsed.flattened}
    flags = tuple(flag for flag, holds in doubts.items() if holds)
    read = Read(metadata, stripped, dates, decoded.encoding, flags)
    return _judge(page, rules, read, trace)


def _clean_text(page: Page, rules: Rules, trace: Trace | None) -> Cleaned:
    lines = read_lines(page.body)
    metadata = read_text_metadata(lines, page)
    blocks = text_blocks(lines)
    stripped = strip_residue(blocks, metadata)
    if not metadata.authors:
        metadata = _with_authors(metadata, _named_in_residue(stripped.removed))
    if trace is not None:
        trace.parts.append(Part(_all_of(blocks), stripped))
        trace.metadata, trace.encoding = metadata, "utf-8"
    refuse_other_pages(stripped.kept, metadata)
    dates = resolve_text_dates(lines, page, rules)
    return _judge(page, rules, Read(metadata, stripped, dates, "utf-8", ()), trace)


def _judge(page: Page, rules: Rules, read: Read, trace: Trace | None) -> Cleaned:
    """Detect the language, judge access and quality, and write the record."""
    kept, metadata = read.stripped.kept, read.metadata
    hints = _language_hints(metadata, page, rules)
    tags = [tag for _, tag in hints]
    language = detect_language(_prose(kept), tags, second_opinion=rules.second_opinion)
    removed = read.stripped.removed
    access = judge_access(kept, removed, metadata)
    found = Findings(
        metadata=metadata,
        text=render(kept),
        dates=read.dates,
        language=language,
        access=access,
        quality=judge_quality(
            metadata, access, kept, read.stripped.removed, _flags(read, language)
        ),
        removed=dict(sorted(Counter(one.rule for one in removed).items())),
        encoding=read.encoding,
    )
    if trace is not None:
        trace.dates, trace.language, trace.hints = read.dates, language, hints
        trace.access, trace.quality = access, found.quality
    return Cleaned(result=compose_article(page, rules, found), removed=removed)


def _flags(read: Read, language: Language) -> list[str]:
    flags = [*read.flags, *read.dates.flags]
    flags += ["no-date"] if read.dates.published is None else []
    return [*flags, "language-uncertain"] if language.tag == "und" else flags


def _with_authors_of_text(metadata: Metadata, blocks: Sequence[Block]) -> Metadata:
    return _with_authors(metadata, authors_in_text(metadata.authors, blocks))


def _with_authors(metadata: Metadata, authors: tuple[Author, ...]) -> Metadata:
    """The metadata with authors whom lines of the text name, if there are any."""
    if not authors:
        return metadata
    others = (replace(one, won=False) for one in metadata.considered_authors)
    return replace(
        metadata,
        authors=authors,
        considered_authors=(*others, Considered("byline", authors, WHOLE_NAME, won=True)),
        sources={**metadata.sources, "authors": "byline"},
    )


def _named_in_residue(removed: Sequence[Removal]) -> tuple[Author, ...]:
    """Authors whose names stood alone on a line, where no label says that they are."""
    lines = (one.text for one in removed if one.rule == "byline" and looks_like_name(one.text))
    return tuple(Author(name=line, url=None, kind=kind_of(line)) for line in lines)


def _shown(tree: HtmlElement, candidates: Sequence[Block]) -> Sequence[Block]:
    """The candidates with the linked headlines above them, or all blocks where there is none.

    A page without text may say why in <noscript>.
    """
    blocks = read_blocks(tree, frozenset(tree.iter("noscript")))
    texts = {block.text for block in candidates}
    at = {position for position, block in enumerate(blocks) if block.text in texts}
    above = {position - step for position in at for step in (1, 2)}
    return [
        block
        for position, block in enumerate(blocks)
        if position in at or (position in above and block.linked) or not at
    ]


def _refuse_continuation(text: str, page: Page) -> None:
    first = previous_part(text, page.url)
    if first is not None:
        raise Refused("continuation", f"continues {first}, which is published with this page")


def _traced_part(trace: Trace | None) -> Part | None:
    """What is to be filled in of the next page of an article, if anything is."""
    if trace is None:
        return None
    trace.parts.append(Part())
    return trace.parts[-1]


def _all_of(blocks: Sequence[Block]) -> Extraction:
    """The trace of a text, from which nothing is extracted."""
    return Extraction(blocks=blocks, chosen=range(len(blocks)), candidates=blocks)


def _strip_part(part: Page, rules: Rules, trace: Trace | None) -> Stripped:
    """A further page of the same article, stripped by what it says of itself."""
    tree = parse(decode(part.body, part.headers.get("content-type")).text)
    jsonld = read_jsonld(tree)
    metadata = read_metadata(tree, jsonld, part, rules)
    traced = _traced_part(trace)
    candidates = extract_blocks(
        tree, jsonld, metadata, rules, traced.extraction if traced else None
    )
    stripped = strip_residue(candidates, metadata)
    if traced is not None:
        traced.stripped = stripped
    return stripped


def _joined(first: Stripped, parts: Sequence[Stripped], trace: Trace | None) -> Stripped:
    """All pages of an article as one; what each of them prints again is kept once."""
    kept, removed = list(first.kept), list(first.removed)
    said = {folded_words(block.text) for block in first.kept}
    for number, part in enumerate(parts, 1):
        again = [block for block in part.kept if folded_words(block.text) in said]
        if trace is not None:
            trace.parts[number].again = [at for at, one in enumerate(part.kept) if one in again]
        removed += part.removed
        removed += (Removal("repeated-block", one.text, part.kept.index(one)) for one in again)
        kept += (block for block in part.kept if block not in again)
    return Stripped(tuple(kept), tuple(removed))


def _prose(blocks: Sequence[Block]) -> str:
    return "\n".join(block.text for block in blocks)


def _language_hints(metadata: Metadata, page: Page, rules: Rules) -> list[tuple[str, str]]:
    """Who says what language it is, and what, the page itself first."""
    stated = (
        ("page", metadata.language),
        ("lead", page.lead.language if page.lead else None),
        *(("site", tag) for tag in rules.languages),
    )
    return [(source, tag) for source, tag in stated if tag]
