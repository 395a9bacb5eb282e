"""Tells how what came out of a golden page differs from what was expected, for people to read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from cleaning.article import Article, Refusal
from cleaning.characters import one_line
from crawler.golden.expectation import (
    Expected,
    as_json,
    comparable,
    paragraphs_of,
    unequal,
    value_at,
)
from crawler.golden.reason import Reasons

Sign = Literal["=", "-", "+", "~"]
# As many words of two paragraphs must be the same, 0-1, for one to be the other, changed.
_ALIKE = 0.5
# What is shown of a paragraph that is as expected; of others all is shown.
_LETTERS = 60
#: What follows from the text, and says nothing that the paragraphs do not.
_OF_TEXT = frozenset(("text", "word_count", "content_hash"))
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph that was kept (=), lost (-), added (+) or changed (~), and why."""

    sign: Sign
    text: str
    why: str


def differences(
    expected: Expected, result: Article | Refusal, reasons: Reasons, *, every: bool = False
) -> list[str]:
    """How a result differs from what was expected, a line each; none where it does not.

    Args:
        expected: as written down.
        result: what came out.
        reasons: of the same page.
        every: whether paragraphs are shown that are far from any difference.
    """
    if expected.refused is not None or isinstance(result, Refusal):
        return list(_refusals(expected, result, reasons))
    if expected.record is not None:
        return list(_of_record(expected.record, result, reasons, every=every))
    return list(_of_parts(expected, result, reasons))


def _refusals(expected: Expected, result: Article | Refusal, reasons: Reasons) -> Iterator[str]:
    if isinstance(result, Article):
        yield f"refused: expected {expected.refused}, but a record came out:"
        yield from (f"    {reasons.kept(one)}: {_cut(one)}" for one in paragraphs_of(result.text))
    elif expected.refused is None:
        yield f"expected a record, but the page is refused: {result.reason}: {result.detail}"
    elif expected.refused != result.reason:
        yield f"refused: expected {expected.refused}, is {result.reason}: {result.detail}"


def _of_record(
    wanted: dict[str, Any], article: Article, reasons: Reasons, *, every: bool
) -> Iterator[str]:
    before, now = paragraphs_of(wanted.get("text")), paragraphs_of(article.text)
    if before != now:
        compared = list(_compared(before, now, reasons))
        yield _headline([one for one in compared if one.sign != "="])
        yield from (f"  {line}" for line in _lines(compared, every=every))
    for path, old, new in unequal(wanted, comparable(article)):
        if path != "text" and (path not in _OF_TEXT or before == now):
            yield f"{path}: expected {old}, is {new}"


def _of_parts(expected: Expected, article: Article, reasons: Reasons) -> Iterator[str]:
    paragraphs = paragraphs_of(article.text)
    flat = [one_line(paragraph) for paragraph in paragraphs]
    for text in expected.contains:
        if not any(one_line(text) in paragraph for paragraph in flat):
            yield f'lost: "{text}"'
            yield from (f"    {line}" for line in _why_lost(text, paragraphs, reasons))
    for text in expected.lacks:
        for paragraph, words in zip(paragraphs, flat, strict=True):
            if one_line(text) in words:
                yield f'should not be there: "{text}"'
                yield f"    in: {paragraph}"
                yield f"    {reasons.kept(paragraph)}"
    record = as_json(article)
    for path, value in expected.fields.items():
        for where, old, new in unequal(value, value_at(record, path), path):
            yield f"{where}: expected {old}, is {new}"


def _why_lost(text: str, paragraphs: Sequence[str], reasons: Reasons) -> Iterator[str]:
    """Why a text is missing; or what has become of it, where it is only other words."""
    closest = max(paragraphs, key=lambda one: _likeness(text, one), default="")
    if _likeness(text, closest) >= _ALIKE:
        yield f"changed: {_marked(text, closest)}"
    else:
        yield reasons.lost(text)


def _compared(before: Sequence[str], now: Sequence[str], reasons: Reasons) -> Iterator[Paragraph]:
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            for text in before[start:end]:
                yield Paragraph("=", _cut(text), reasons.kept(text))
        else:
            yield from _replaced(before[start:end], now[new_start:new_end], reasons)


def _replaced(old: Sequence[str], new: Sequence[str], reasons: Reasons) -> Iterator[Paragraph]:
    """What stands between paragraphs that are the same: pairs that are alike, and the rest."""
    rest = list(new)
    for text in old:
        place = next((at for at, one in enumerate(rest) if _likeness(text, one) >= _ALIKE), None)
        if place is None:
            yield Paragraph("-", text, reasons.lost(text))
            continue
        yield from (Paragraph("+", one, reasons.kept(one)) for one in rest[:place])
        yield Paragraph("~", _marked(text, rest[place]), reasons.kept(rest[place]))
        rest = rest[place + 1 :]
    yield from (Paragraph("+", one, reasons.kept(one)) for one in rest)


def _headline(different: Sequence[Paragraph]) -> str:
    """What is read in a list of tests that failed: the first of the paragraphs."""
    first, others = different[0], len(different) - 1
    more = f", and {others} more" if others else ""
    return f'text: {_NAMES[first.sign]}: "{_cut(first.text)}"{more}'


_NAMES = {"-": "lost", "+": "added", "~": "changed", "=": "kept"}


def _lines(paragraphs: Sequence[Paragraph], *, every: bool) -> Iterator[str]:
    """The paragraphs, a line or two each; of those as expected only the neighbours of others."""
    passed = 0
    for at, paragraph in enumerate(paragraphs):
        around = paragraphs[max(at - 1, 0) : at + 2]
        if not every and all(one.sign == "=" for one in around):
            passed += 1
            continue
        if passed:
            yield _passed(passed)
            passed = 0
        if paragraph.sign == "=":
            yield f"= {paragraph.text}  ({paragraph.why})"
        else:
            yield f"{paragraph.sign} {_NAMES[paragraph.sign]}: {paragraph.text}"
            yield f"      {paragraph.why}"
    if passed:
        yield _passed(passed)


def _passed(count: int) -> str:
    return f"= {count} more as expected (each with its reason: -v)"


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LETTERS else f"{line[:_LETTERS].rstrip()}…"


def _likeness(one: str, other: str) -> float:
    """How much of two texts is the same, 0-1; 0 where that is too little to matter."""
    matcher = SequenceMatcher(None, one.split(), other.split(), autojunk=False)
    # The upper bounds first: they are far cheaper, and most pairs have nothing in common.
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < _ALIKE:
        return 0.0
    return matcher.ratio()


def _marked(old: str, new: str) -> str:
    """The new text with what is lost of the old one [-so-], and what is new {+so+}."""
    before, now = _WORD.findall(old), _WORD.findall(new)
    parts = []
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        lost, added = "".join(before[start:end]).strip(), "".join(now[new_start:new_end]).strip()
        if kind == "equal":
            parts.append(added)
            continue
        parts += [f"[-{lost}-]"] if lost else []
        parts += [f"{{+{added}+}}"] if added else []
    return " ".join(parts)
