"""Strips what is not the article from its blocks, and says of each removal why it was made.

The rules by words are read by `cleaning.phrase`; the rules by structure stand here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cleaning.author import looks_like_name
from cleaning.block import Block
from cleaning.characters import count_words, ends_sentence, folded_words, phrase
from cleaning.cleaned import Removal
from cleaning.dates import is_date_line
from cleaning.metadata import Metadata
from cleaning.phrase import residue_heading, residue_line
from cleaning.title import repeats_title

# The headline and the standfirst stand above the text: they are looked for so far down.
_TOP = 6
# Biographies stand below it: among so many last blocks, and no longer than this, in words.
_BOTTOM = 4
_MAX_BIOGRAPHY = 60
_PROSE_WORDS = 20
# Prose may begin like a call. Where the judge is as sure as this, a line of so many words is prose.
_CALLS = frozenset(("newsletter", "read-more", "follow-call", "comment-prompt", "contact-call"))
_SURE, _SENTENCE_WORDS = 0.9, 15
_MENU_SIGN = re.compile(r"\s*[>|›»·•]\s*")
_MENU_LINKS, _MENU_WORDS = 0.3, 4
# A pull quote is of so many words, and stands in a paragraph that is this much longer.
_MIN_QUOTE, _MAX_QUOTE = 6, 60
_TIMES_LONGER = 1.2
_MIN_LENGTH = 25
# A kicker such as `Obituary` or `City Hall`: one or two words that begin with a capital.
_BARE_LABEL = re.compile(r"[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*)?")


@dataclass(frozen=True, slots=True)
class Stripped:
    """The blocks that are the article, and what was removed from among them."""

    kept: tuple[Block, ...]
    removed: tuple[Removal, ...]


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
    pairs = [(b, None if _is_safe(b) else v) for b, v in zip(blocks, verdicts, strict=True)]
    return Stripped(
        kept=tuple(block for block, rule in pairs if rule is None),
        removed=tuple(
            Removal(rule, block.text, position)
            for position, (block, rule) in enumerate(pairs)
            if rule is not None
        ),
    )


def _is_safe(block: Block) -> bool:
    """What the site's rules keep, and the times of a live blog's entries, are no residue."""
    return block.place.kept or block.kind == "time"


Verdicts = Sequence[str | None]
Found = Sequence[tuple[int, str]]


def _repeated_titles(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    prose = next((at for at, block in enumerate(blocks) if is_prose(block)), 0)
    return [
        (position, "repeated-title")
        for position, block in enumerate(blocks[: max(_TOP, prose)])
        if any(repeats_title(block.text, title) for title in metadata.titles)
    ]


def _captions(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """The captions of pictures: in place, and printed again as plain paragraphs."""
    return [(at, "caption") for at, block in enumerate(blocks) if block.kind == "caption"]


def _doubted(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """What the judge does not believe to be the article's, by what speaks most against it."""
    return [(at, f"unlike-{block.doubt}") for at, block in enumerate(blocks) if block.doubt]


def _phrases(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    """Blocks that a rule of the table knows; what is marked as a quotation is the article's."""
    languages = _languages(metadata)
    return [
        (position, rule)
        for position, block in enumerate(blocks)
        if block.kind != "quote"
        and (rule := _line_rule(block.text, languages))
        and not (rule in _CALLS and _is_sentence_of_text(block))
    ]


def _is_sentence_of_text(block: Block) -> bool:
    """Whether the judge is sure of a block that is no short line."""
    sure = block.belief is not None and block.belief >= _SURE
    return sure and count_words(block.text) >= _SENTENCE_WORDS


def _menu_lines(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """Breadcrumbs and menus in a line: a few short words each, parted by signs, and links."""
    return [
        (position, "menu-line")
        for position, block in enumerate(blocks)
        if block.style.links >= _MENU_LINKS and _is_menu(block.text)
    ]


def _is_menu(text: str) -> bool:
    parts = _MENU_SIGN.split(text)
    return len(parts) > 1 and all(0 < len(part.split()) <= _MENU_WORDS for part in parts)


def _line_rule(text: str, languages: Sequence[str]) -> str | None:
    """The rule of a block; of one with line breaks, that of its first line if all are residue."""
    lines = text.split("\n")
    if len(lines) == 1:
        return residue_line(text)
    rules = [
        residue_line(line) or ("date-line" if is_date_line(line, languages) else None)
        for line in lines
    ]
    return residue_line(text) or (rules[0] if all(rules) else None)


def _tails(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """Blocks that open residue, each with what follows up to the next prose, or to the end."""
    sizes = [count_words(block.text) for block in blocks]
    before = [0, *accumulate(sizes)]
    found: list[tuple[int, str]] = []
    for position, block in enumerate(blocks):
        rule = residue_heading(block.text)
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
        and count_words(block.text) >= _PROSE_WORDS
        and ends_sentence(block.text)
    )


def _languages(metadata: Metadata) -> list[str]:
    return [metadata.language] if metadata.language else []


def _date_lines(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    languages = _languages(metadata)
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


def _labels(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    """The name of the section or of a tag, or any bare word or two, printed above the text."""
    labels = {folded_words(label) for label in (metadata.section or "", *metadata.tags)}
    prose = next((at for at, block in enumerate(blocks) if is_prose(block)), 0)
    return [
        (position, "section-label")
        for position, block in enumerate(blocks[: min(prose, _TOP)])
        if folded_words(block.text) in labels or _is_bare_label(block)
    ]


def _is_bare_label(block: Block) -> bool:
    return block.kind == "paragraph" and bool(_BARE_LABEL.fullmatch(block.text))


def _biographies(blocks: Sequence[Block], metadata: Metadata, _: Verdicts) -> Found:
    """A short last paragraph that begins with an author's name tells of the author."""
    names = [folded_words(author.name) for author in metadata.authors]
    start = max(len(blocks) - _BOTTOM, 1)
    return [
        (position, "author-bio")
        for position, block in enumerate(blocks[start:], start)
        if any(_tells_of(folded_words(block.text), name) for name in names)
    ]


def _tells_of(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    whole_name = len(name) > 1 and words[: len(name)] == name
    return whole_name and len(name) < len(words) <= _MAX_BIOGRAPHY


def _repeats_of_neighbours(blocks: Sequence[Block], _: Metadata, __: Verdicts) -> Found:
    """A caption printed twice, a heading said twice: the same words as the block before."""
    return [
        (position, "repeated-block")
        for position in range(1, len(blocks))
        if blocks[position].kind != "table-row"
        and folded_words(blocks[position].text) == folded_words(blocks[position - 1].text)
    ]


def _pull_quotes(blocks: Sequence[Block], _: Metadata, verdicts: Verdicts) -> Found:
    """Sentences of the text set apart again: short blocks that a longer one holds word for word."""
    texts = [phrase(folded_words(block.text)) for block in blocks]
    return [
        (position, "pull-quote")
        for position, block in enumerate(blocks)
        if block.kind in ("paragraph", "quote")
        and _MIN_QUOTE <= count_words(block.text) <= _MAX_QUOTE
        and len(block.text) >= _MIN_LENGTH
        and any(
            texts[position] in text and len(text) > _TIMES_LONGER * len(texts[position])
            for at, text in enumerate(texts)
            if verdicts[at] is None
        )
    ]


_FINDERS: tuple[Callable[[Sequence[Block], Metadata, Verdicts], Found], ...] = (
    _repeated_titles,
    _captions,
    _tails,
    _phrases,
    _menu_lines,
    _date_lines,
    _labels,
    _author_names,
    _biographies,
    _repeats_of_neighbours,
    _pull_quotes,
    _doubted,
)
