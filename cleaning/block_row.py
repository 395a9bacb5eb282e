"""Lists the blocks of a page in its order, each with what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cleaning.block import Block
from cleaning.explanation import BlockOrigin, Row
from cleaning.removal_reason import Stage, reason_of
from cleaning.trace import Extraction, Part

#: Blocks before and after the site's rules have cut are the same if these are: element, text, and
#: which of the element's texts of these words it is.
_Key = tuple[int, str, int]


class _Cut(NamedTuple):
    """Where and by which rule a block was removed."""

    stage: Stage
    rule: str


def rows_of(part: Part, number: int, origin: BlockOrigin) -> Iterator[Row]:
    """The rows of one page of an article; those of a text that is only in its data come first.

    Args:
        part: the page.
        number: which of the article's pages it is, from 1.
        origin: where its blocks were read.
    """
    if part.stripped is None:
        return
    extraction = part.extraction
    cuts = _residue_cuts(part)
    if extraction.from_data:
        for position, block in enumerate(extraction.candidates):
            yield _row(block, number, "data", cuts.get(position))
    for block, index in _in_page_order(extraction):
        if index is None:
            yield _row(block, number, origin, _cut_before(block, extraction))
        else:
            chosen, cut = _decided(block, index, extraction, cuts)
            row = _row(chosen, number, origin, cut)
            belief, taken = _judged(chosen, index, extraction)
            yield replace(row, belief=belief, taken=taken)


def _decided(
    block: Block, index: int, extraction: Extraction, cuts: Mapping[int, _Cut]
) -> tuple[Block, _Cut | None]:
    """A block as it went on from extraction, and how it ended."""
    position = extraction.position_of.get(index)
    if position is None:
        return block, _left_out(index, extraction)
    if extraction.from_data:
        return block, _Cut("extract", "text-in-data")
    return extraction.candidates[position], cuts.get(position)


def _judged(block: Block, index: int, extraction: Extraction) -> tuple[float | None, float | None]:
    """What judge and trafilatura say of a block, as far as they were asked."""
    belief = extraction.beliefs.get(index) if block.belief is None else block.belief
    taken = extraction.taken[index] if extraction.taken else None
    return _rounded(belief), _rounded(taken)


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _row(block: Block, number: int, origin: BlockOrigin, cut: _Cut | None) -> Row:
    return Row(
        part=number,
        origin=origin,
        kind=block.kind,
        text=block.text,
        kept=cut is None,
        stage=cut.stage if cut else None,
        rule=cut.rule if cut else None,
        reason=reason_of(cut.stage, cut.rule) if cut else None,
    )


def _residue_cuts(part: Part) -> dict[int, _Cut]:
    """What was stripped as residue, by its place among the candidates."""
    removed = part.stripped.removed if part.stripped else ()
    cuts = {one.position: _Cut("residue", one.rule) for one in removed}
    kept = [at for at in range(len(part.extraction.candidates)) if at not in cuts]
    return cuts | {kept[at]: _Cut("residue", "repeated-block") for at in part.again}


def _left_out(index: int, extraction: Extraction) -> _Cut:
    """Why extraction did not take a block."""
    doubt = extraction.doubts.get(index)
    rule = extraction.unjudged.get(index) or (f"unlike-{doubt}" if doubt else "not-believed")
    return _Cut("extract", rule)


def _cut_before(block: Block, extraction: Extraction) -> _Cut:
    """Why a block that readers see did not so much as come to extraction."""
    for place in block.place.upward():
        if place.element in extraction.dropped:
            return _Cut("site", "site-drop")
        if place.tag in ("footer", "noscript"):
            return _Cut("read", f"unread-{place.tag}")
    return _Cut("site", "site-body")


def _in_page_order(extraction: Extraction) -> Iterator[tuple[Block, int | None]]:
    """All that readers see, with its index among the blocks that were decided on, if it has one.

    A block that the cutting has put together from two goes where the next one that was left alone
    stands.
    """
    blocks = extraction.blocks
    index_of = {key: index for index, key in enumerate(_keys(blocks))}
    given = 0
    for shown, key in zip(extraction.shown, _keys(extraction.shown), strict=True):
        index = index_of.get(key)
        if index is None:
            yield shown, None
        elif index >= given:
            yield from ((blocks[at], at) for at in range(given, index + 1))
            given = index + 1
    yield from ((blocks[at], at) for at in range(given, len(blocks)))


def _keys(blocks: Sequence[Block]) -> Iterator[_Key]:
    counted: dict[tuple[int, str], int] = {}
    for block in blocks:
        key = (id(block.place.element), block.text)
        counted[key] = counted.get(key, -1) + 1
        yield *key, counted[key]
