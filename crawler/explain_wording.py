"""How an explanation is worded, on a terminal and in HTML alike."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from cleaning.explanation import (
    AuthorCandidate,
    DateCandidate,
    Duplicates,
    Explanation,
    Row,
)
from cleaning.sheet import TAKEN

_KINDS = {"exact": "an exact copy of", "near": "a near copy of", "contained": "contained in"}


class Line(NamedTuple):
    """A line of a table: whether it won, by which source, what it says, and how it weighs."""

    won: bool
    source: str
    text: str
    weight: str


class Fact(NamedTuple):
    """What is known of a page in one respect."""

    name: str
    text: str


def headline(explanation: Explanation) -> str:
    """What the article, or the page that is none, is called."""
    taken = (one.text for one in explanation.titles if one.won)
    return (explanation.record and explanation.record.title) or next(taken, "Without a title")


def verdict(explanation: Explanation) -> str:
    """What became of the page, in a sentence."""
    if explanation.refusal is not None:
        refused = explanation.refusal
        what = "was not fetched" if refused.stage == "fetch" else "is refused"
        return f"It {what}: {refused.reason}" + (f": {refused.detail}" if refused.detail else "")
    record = explanation.record
    if record is None:
        return ""
    kept = sum(row.kept for row in explanation.blocks)
    what = record.content_type.replace("-", " ")
    removed = len(explanation.blocks) - kept
    words = f"{record.word_count} words in {kept} blocks; {removed} blocks are not the article"
    return f"It is published as {_article(what)}: {words}"


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def why_removed(row: Row) -> str:
    """The rule and the reason of what was removed."""
    return f"{row.rule}: {row.reason}"


def judged(row: Row) -> str:
    """What judge and trafilatura say of a block; nothing where neither was asked."""
    said = []
    if row.belief is not None:
        said.append(f"belief {row.belief:.2f}")
    if row.taken is not None:
        said.append("taken by trafilatura" if row.taken >= TAKEN else "not taken by trafilatura")
    return ", ".join(said)


def title_lines(explanation: Explanation) -> list[Line]:
    """Who calls the article what."""
    return [Line(one.won, one.source, one.text, f"{one.weight:g}") for one in explanation.titles]


def author_lines(explanation: Explanation) -> list[Line]:
    """Who names which authors."""
    return [
        Line(one.won, one.source, _names(one), f"{one.weight:g}") for one in explanation.authors
    ]


def date_lines(explanation: Explanation) -> list[Line]:
    """Which places name which dates; those last that could not be used."""
    return [
        Line(one.won, f"{one.role}, {one.place}", _moment(one), f"{one.weight:g}")
        for one in explanation.dates
    ]


def facts(explanation: Explanation) -> Iterator[Fact]:
    """Language, quality, access and copies."""
    yield from _language(explanation)
    if quality := explanation.quality:
        flags = ", ".join(f"{one.flag} (-{one.weight:g})" for one in quality.flags)
        yield Fact("quality", f"{quality.score:g}, {flags or 'no doubts'}")
    if access := explanation.access:
        free = {True: "free", False: "not free", None: "nothing is said of whether it is free"}
        whole = "cut short" if access.truncated else "whole"
        yield Fact("access", "; ".join((whole, free[access.free], *access.evidence)))
    yield from _copies(explanation.duplicates)
    if origin := explanation.origin:
        place = f", byte {origin.offset}" if origin.offset is not None else ""
        yield Fact("taken from", f"{origin.path}{place}" if origin.path else "its server, just now")
    if explanation.encoding:
        yield Fact("encoding", explanation.encoding)


def record_lines(explanation: Explanation) -> str:
    """The record or the refusal, as JSON over several lines; its text stands in the blocks."""
    result = explanation.record or explanation.refusal
    shown = msgspec.to_builtins(result)
    if explanation.record:
        shown["text"] = f"({len(explanation.record.text or '')} characters: the blocks kept)"
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _names(claim: AuthorCandidate) -> str:
    return ", ".join(f"{one.name} ({one.kind})" if one.kind else one.name for one in claim.authors)


def _moment(one: DateCandidate) -> str:
    if one.at is None:
        return f"{one.raw} (not used: it cannot be read, or cannot be true)"
    written = "" if one.raw == one.at else f", written {one.raw}"
    return f"{one.at}{written}"


def _language(explanation: Explanation) -> Iterator[Fact]:
    if found := explanation.language:
        hints = "; ".join(f"{source} says {tag}" for source, tag in found.hints)
        text = f"{found.tag}, confidence {found.confidence:.2f}, by {found.method}"
        yield Fact("language", f"{text}; {hints or 'nobody says which'}")


def _copies(known: Duplicates | None) -> Iterator[Fact]:
    if known is None:
        return
    yield Fact("ledger", _standing(known))
    if label := known.duplicate:
        where = known.original_url or "an article that is forgotten"
        yield Fact("duplicate", f"{_KINDS[label.kind]} {label.of} ({label.score:.2f}), {where}")
    else:
        yield Fact("duplicate", "of nothing that is known")
    for copy in known.copies:
        yield Fact("has a copy", copy.url)


def _standing(known: Duplicates) -> str:
    version = f", version {known.version}" if known.version else ""
    return f"{known.state}{version}" if known.state else "does not know it"
