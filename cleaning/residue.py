"""Strips what is not the article from its blocks, and says of each removal why it was made.

What the rules by words look for stands in `residue.toml`; the rules by structure stand here.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import accumulate
from typing import Any

from cleaning.author import looks_like_name
from cleaning.block import Block
from cleaning.characters import folded_words, words_of
from cleaning.dates import is_date_line
from cleaning.metadata import Metadata
from cleaning.title import repeats_title

# The headline and the standfirst stand above the text: they are looked for so far down.
_TOP = 6
_PROSE_WORDS = 20
_CAPITALISED = r"(?-i:[A-Z\u00c0-\u00de])[\w.'’-]*"
_NAME = rf"{_CAPITALISED}(?: (?:de|del|da|di|la|le|van|von|der|den|al|bin|{_CAPITALISED})){{0,4}}"
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔][\"'”’»«)\]」』›]*$")


@dataclass(frozen=True, slots=True)
class Removal:
    """A removed block: by which rule, its text, and its index among the extracted blocks."""

    rule: str
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Stripped:
    """The blocks that are the article, and what was removed from among them."""

    kept: tuple[Block, ...]
    removed: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """A rule of `residue.toml`: a block of at most `max_words` that a pattern matches whole."""

    rule: str
    max_words: int
    pattern: re.Pattern[str]
    final: bool

    def matches(self, text: str) -> bool:
        """Whether the rule takes the text of a block for residue."""
        return len(words_of(text)) <= self.max_words and bool(self.pattern.fullmatch(text))


def load_table() -> dict[str, Any]:
    """The table of phrases as written, with the examples that its rules are tested by."""
    return tomllib.loads(files("cleaning").joinpath("residue.toml").read_text("utf-8"))


def phrase_rules(kind: str) -> tuple[PhraseRule, ...]:
    """The rules of a kind, `line` or `tail`, in the table's order."""
    return tuple(
        PhraseRule(
            rule=entry["rule"],
            max_words=entry["max_words"],
            pattern=_compiled(entry["patterns"]),
            final=entry.get("final", False),
        )
        for entry in load_table()[kind]
    )


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    """The patterns as one, `{name}` filled in."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined.replace("{name}", _NAME), re.IGNORECASE)


_LINES = phrase_rules("line")
_TAILS = phrase_rules("tail")


def strip_residue(blocks: Sequence[Block], metadata: Metadata) -> Stripped:
    """Part the article from its residue.

    Args:
        blocks: what extraction took for the article, in order.
        metadata: what the page says of the article: what stands there need not stand in the text.

    Returns:
        The blocks kept, in order and unchanged, and the removals, each with its rule.
    """
    verdicts: list[str | None] = [None] * len(blocks)
    for find in _FINDERS:
        for position, rule in find(blocks, metadata, tuple(verdicts)):
            verdicts[position] = verdicts[position] or rule
    pairs = list(zip(blocks, verdicts, strict=True))
    return Stripped(
        kept=tuple(block for block, rule in pairs if rule is None),
        removed=tuple(
            Removal(rule, block.text, position)
            for position, (block, rule) in enumerate(pairs)
            if rule is not None
        ),
    )


Verdicts = Sequence[str | None]
Found = Sequence[tuple[int, str]]


def _repeated_titles(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    return [
        (position, "repeated-title")
        for position, block in enumerate(blocks[:_TOP])
        if any(repeats_title(block.text, title) for title in metadata.titles)
    ]


def _phrases(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    return [
        (position, rule.rule)
        for position, block in enumerate(blocks)
        for rule in _LINES
        if rule.matches(block.text)
    ]


def _tails(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """Blocks that open residue, each with what follows up to the next prose, or to the end."""
    sizes = [len(words_of(block.text)) for block in blocks]
    before = [0, *accumulate(sizes)]
    found: list[tuple[int, str]] = []
    for position, block in enumerate(blocks):
        rule = next((rule for rule in _TAILS if rule.matches(block.text)), None)
        if rule:
            final = rule.final and before[position] * 2 > before[-1]
            end = len(blocks) if final else _next_prose(blocks, position + 1)
            found.append((position, rule.rule))
            found += ((inside, f"after-{rule.rule}") for inside in range(position + 1, end))
    return found


def _next_prose(blocks: Sequence[Block], start: int) -> int:
    later = range(start, len(blocks))
    return next((position for position in later if is_prose(blocks[position])), len(blocks))


def is_prose(block: Block) -> bool:
    """A paragraph of whole sentences, as an article's text is made of."""
    return (
        block.kind in ("paragraph", "quote")
        and len(words_of(block.text)) >= _PROSE_WORDS
        and bool(_SENTENCE_END.search(block.text))
    )


def _date_lines(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    languages = [metadata.language] if metadata.language else []
    return [
        (position, "date-line")
        for position, block in enumerate(blocks)
        if is_date_line(block.text, languages)
    ]


def _author_names(blocks: Sequence[Block], metadata: Metadata, verdicts: Verdicts) -> Found:
    """Lines that hold only an author's name, or a name right after other residue of the top."""
    known = {folded_words(author.name) for author in metadata.authors}
    return [
        (position, "byline")
        for position, block in enumerate(blocks)
        if folded_words(block.text) in known
        or (position > 0 and _is_name_after_residue(block, verdicts[position - 1]))
    ]


def _is_name_after_residue(block: Block, before: str | None) -> bool:
    return (
        before in ("credit", "date-line", "byline")
        and block.kind == "paragraph"
        and looks_like_name(block.text)
    )


def _standfirsts(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    """The description repeated word for word above a text that says it again."""
    description = folded_words(metadata.description or "")
    return [
        (position, "standfirst")
        for position, block in enumerate(blocks[:3])
        if description and block.kind == "heading" and folded_words(block.text) == description
    ]


def _repeats_of_neighbours(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """A caption printed twice, a heading said twice: the same words as the block before."""
    return [
        (position, "repeated-block")
        for position in range(1, len(blocks))
        if blocks[position].kind != "table-row"
        and folded_words(blocks[position].text) == folded_words(blocks[position - 1].text)
    ]


_FINDERS: tuple[Callable[[Sequence[Block], Metadata, Verdicts], Found], ...] = (
    _repeated_titles,
    _tails,
    _phrases,
    _date_lines,
    _standfirsts,
    _author_names,
    _repeats_of_neighbours,
)
