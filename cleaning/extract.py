"""Takes the article out of the page, as typed blocks.

Every block of the page is a candidate. trafilatura (Barbaresi, 2021) says which texts it takes for
the article; a trained judge weighs that with where the block stands, how it is set and what the
page says of itself. So residue that trafilatura lets in can be told, and what it misses comes back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from lxml.etree import strip_elements
from lxml.html import Element, HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from cleaning.block import Block, Place
from cleaning.characters import count_words, folded_words, phrase
from cleaning.data_body import blocks_of_body, embedded_body, stated_body
from cleaning.feature import features, flat
from cleaning.jsonld import JsonObject
from cleaning.judge import BELIEVED, Forest, strongest_doubts, trained_forest
from cleaning.layout import read_blocks
from cleaning.live_blog import with_entries
from cleaning.metadata import Metadata
from cleaning.rules import Rules
from cleaning.scene import Columns, Scene
from cleaning.sheet import PROSE_LINKS, PROSE_WORDS, TAKEN, TEXT_TAGS, Sheet, Total, ancestors
from cleaning.trace import Extraction

# What is mostly links and no longer is a menu or a headline, unless trafilatura takes it.
_LINKED: Final = 0.6
_LINK_WORDS: Final = 12
# So surely believed is the text below the linked headings of a round-up, not that of teasers.
_SURE: Final = 0.9
# Fewer words are in a caption by chance.
_CAPTION_WORDS: Final = 3
# The rest of the prose may be teasers.
_NEARLY_ALL: Final = 0.9
# What is spared trafilatura, which would only carry it along.
_NEVER_TEXT: Final = ("script", "style", "noscript", "svg", "iframe", "select", "footer")
# A block of fewer words is only the article's where some of that is near.
_FEW_WORDS: Final = 8
# What extraction passes over and a reader of the page sees.
_UNREAD: Final = ("footer", "noscript")
# So many of the blocks that are not taken are told what speaks most against them, if asked.
_MAX_TRACED: Final = 2_000
# Of readers' comments none is the article, however well it is written.
_COMMENTS: Final = "apart_comment"
# The page's data is believed where it holds so many times the words of the markup, and enough.
_MUCH_MORE: Final = 1.5
_ENOUGH_WORDS: Final = 60


def extract_blocks(
    tree: HtmlElement,
    jsonld: Sequence[JsonObject],
    metadata: Metadata,
    rules: Rules,
    trace: Extraction | None = None,
) -> tuple[Block, ...]:
    """What may be the article, in document order.

    Args:
        tree: the parsed page; it is not changed.
        jsonld: the page's data, which may hold the text too.
        metadata: what the page says of the article.
        rules: the site's exceptions: where the body is, what to cut before, what to keep.
        trace: is filled with what is considered, and how it is decided.

    Returns:
        The blocks that trafilatura or the judge take for the article, each with the judge's
        belief; those with a `doubt` are residue in the judge's eyes. None where there is no text.
    """
    prepared = _prepared(tree, rules, trace)
    body = stated_body(jsonld)
    blocks = read_blocks(prepared, frozenset(_found(prepared, rules.keep)))
    chosen = _chosen(blocks, prepared, metadata, body, trace) if blocks else {}
    of_markup = _with_captions(chosen.values(), blocks, prepared)
    candidates = _fuller(of_markup, tree, body)
    if trace is not None:
        trace.blocks, trace.chosen, trace.candidates = blocks, tuple(chosen), candidates
        trace.from_data = candidates is not of_markup
    return candidates


def scene_of(blocks: Sequence[Block], tree: HtmlElement, metadata: Metadata, body: str) -> Scene:
    """What the judge looks at: the page's blocks with trafilatura's word on each.

    Args:
        blocks: all of the page, at least one.
        tree: the page that they are of.
        metadata: what the page says of the article.
        body: the text that its data holds, or nothing.
    """
    sheet = Sheet(blocks, phrase(folded_words(_text_of(blocks, tree))))
    rows = [
        at
        for at, block in enumerate(blocks)
        if sheet.taken[at] or _is_possible(block, sheet.totals[ancestors(block.place, 2)[-1]])
    ]
    return Scene(sheet, rows, metadata, phrase(folded_words(body)) if body else "")


def _chosen(
    blocks: Sequence[Block],
    tree: HtmlElement,
    metadata: Metadata,
    body: str,
    trace: Extraction | None,
) -> dict[int, Block]:
    """The candidates of the page's markup, by their index among its blocks."""
    scene = scene_of(blocks, tree, metadata, body)
    if trace is not None:
        trace.taken = scene.sheet.taken.tolist()
        trace.unjudged = _unjudged(scene)
    if not scene.rows:
        return {}
    chosen = judged(scene, features(scene), trained_forest(), trace)
    is_live = metadata.content_type == "live-blog"
    return with_entries(blocks, chosen) if is_live else chosen


def judged(
    scene: Scene, groups: dict[str, Columns], forest: Forest, trace: Extraction | None = None
) -> dict[int, Block]:
    """The blocks that trafilatura or the judge take, with what the judge says, by their index."""
    taken, table = scene.sheet.taken, forest.table(flat(groups))
    beliefs = forest.of_table(table)
    beliefs[groups["place"][_COMMENTS] > 0] = 0.0
    beliefs[[block.place.kept for block in scene.blocks]] = 1.0
    if beliefs.max() < BELIEVED:
        beliefs[_surely_taken(scene)] = BELIEVED
    believed = (beliefs >= BELIEVED).tolist()
    doubted = [row for row, at in enumerate(scene.rows) if not believed[row] and taken[at] >= TAKEN]
    doubts = dict(
        zip(doubted, strongest_doubts(forest, table, beliefs, doubted, groups), strict=True)
    )
    chosen = {
        at: replace(block, belief=round(belief, 4), doubt=doubts.get(row))
        for row, (at, block, belief) in enumerate(
            zip(scene.rows, scene.blocks, beliefs.tolist(), strict=True)
        )
        if believed[row] or row in doubts
    }
    if trace is not None:
        others = [row for row in range(len(scene.rows)) if not believed[row]][:_MAX_TRACED]
        why = strongest_doubts(forest, table, beliefs, others, groups)
        trace.doubts = {scene.rows[row]: doubt for row, doubt in zip(others, why, strict=True)}
        trace.beliefs = dict(zip(scene.rows, beliefs.tolist(), strict=True))
    return _with_subheadings(scene.sheet.blocks, chosen)


def _unjudged(scene: Scene) -> dict[int, str]:
    """Why the blocks that are no rows are none, by their index."""
    rows, sheet = set(scene.rows), scene.sheet
    return {
        at: "mostly-links" if _is_link(block) else "few-words"
        for at, block in enumerate(sheet.blocks)
        if at not in rows
    }


def _surely_taken(scene: Scene) -> list[int]:
    """The rows that trafilatura takes: its word holds where the judge would leave nothing."""
    sheet, sure = scene.sheet, set(scene.sheet.sure)
    rows = [row for row, at in enumerate(scene.rows) if at in sure]
    words = sum(sheet.size[scene.rows[row]] for row in rows)
    return rows if words >= _ENOUGH_WORDS else []


def _with_subheadings(blocks: Sequence[Block], chosen: dict[int, Block]) -> dict[int, Block]:
    """What was chosen, and the headings right above one of its later paragraphs.

    A heading is short and says little of itself; whose it is shows in the text around it.
    """
    believed = {at for at, block in chosen.items() if block.doubt is None}
    first = min(believed, default=len(blocks))
    headings = {
        at: replace(block, belief=BELIEVED, doubt=None)
        for at, block in enumerate(blocks)
        if block.kind == "heading"
        and at > first
        and at not in believed
        and at + 1 in believed
        and (not block.linked or (chosen[at + 1].belief or 0.0) >= _SURE)
        and blocks[at + 1].place.parent is block.place.parent
    }
    return dict(sorted({**chosen, **headings}.items()))


def _text_of(blocks: Sequence[Block], tree: HtmlElement) -> str:
    """What trafilatura takes for the article, without its slower second opinions.

    It is given the part of the page that holds the prose, and its recall mode: the judge strips
    what is too much, and cannot bring back what it does not see.
    """
    part = deepcopy(_prose_element(blocks, tree))
    part.tail = None
    page = part if part.tag in ("html", "body") else _page_of([part])
    strip_elements(page, *_NEVER_TEXT, with_tail=False)
    document = bare_extraction(page, fast=True, favor_recall=True, include_comments=False)
    if not isinstance(document, Document) or document.body is None:
        return ""
    return "\n".join(" ".join(block.itertext()) for block in document.body)


def _prose_element(blocks: Sequence[Block], tree: HtmlElement) -> Any:
    """The innermost element that holds nearly all of the page's prose."""
    held: Counter[Place] = Counter()
    total = 0
    for block in blocks:
        words = count_words(block.text)
        if words >= PROSE_WORDS and block.style.links < PROSE_LINKS:
            total += words
            for place in block.place.upward():
                held[place] += words
    holding = [
        place
        for place, words in held.items()
        if words >= _NEARLY_ALL * total and place.tag not in TEXT_TAGS
    ]
    inmost = min(holding, key=held.__getitem__, default=None)
    around = inmost.parent or inmost if inmost else None
    return tree if around is None or around.element is None else around.element


def _is_possible(block: Block, near: Total) -> bool:
    """Whether a block that trafilatura leaves out can be the article's all the same.

    Args:
        block: the block.
        near: what is held by the place around the block's own.
    """
    if block.place.kept:
        return True
    if _is_link(block):
        return False
    return count_words(block.text) >= _FEW_WORDS or bool(near.taken)


def _is_link(block: Block) -> bool:
    """Whether a block is short and mostly links."""
    return block.style.links > _LINKED and count_words(block.text) < _LINK_WORDS


def _prepared(tree: HtmlElement, rules: Rules, trace: Extraction | None) -> HtmlElement:
    """The page as the site's rules have it: cut, or only its body."""
    if rules.drop or rules.body:
        tree = deepcopy(tree)
    dropped = _found(tree, rules.drop)
    if trace is not None:
        trace.shown = read_blocks(tree, frozenset(tree.iter(*_UNREAD)))
        trace.dropped = frozenset(dropped)
    for element in dropped:
        element.drop_tree()
    found = next(filter(None, (_found(tree, [path]) for path in rules.body)), [])
    return _page_of(_outermost(found)) if found else tree


def _found(tree: HtmlElement, paths: Iterable[str]) -> list[HtmlElement]:
    found = (one for path in paths for one in tree.xpath(path))
    return [one for one in found if isinstance(one, HtmlElement)]


def _outermost(elements: Collection[HtmlElement]) -> list[HtmlElement]:
    inside = set(elements)
    return [one for one in elements if inside.isdisjoint(one.iterancestors())]


def _page_of(elements: Iterable[HtmlElement]) -> HtmlElement:
    page, body = Element("html"), Element("body")
    page.append(body)
    body.extend(elements)
    return page


def _with_captions(
    candidates: Iterable[Block], blocks: Iterable[Block], tree: HtmlElement
) -> tuple[Block, ...]:
    """The candidates, with captions told as such where they are printed again as paragraphs."""
    captions = [phrase(folded_words(block.text)) for block in blocks if block.kind == "caption"]
    alternatives = {folded_words(image.get("alt", "")) for image in tree.iter("img")}
    return tuple(
        replace(block, kind="caption")
        if block.kind == "paragraph" and _is_caption(block, captions, alternatives)
        else block
        for block in candidates
    )


def _is_caption(
    block: Block, captions: Sequence[str], alternatives: Collection[tuple[str, ...]]
) -> bool:
    words = folded_words(block.text)
    if len(words) < _CAPTION_WORDS:
        return False
    said = phrase(words)
    return words in alternatives or any(said in caption for caption in captions)


def _fuller(blocks: tuple[Block, ...], tree: HtmlElement, body: str) -> tuple[Block, ...]:
    """The blocks, or those of the page's data where they are far more of the article."""
    words = _count(block for block in blocks if block.doubt is None)
    stated = blocks_of_body(body) if body else ()
    if not _is_fuller(stated, words) and words < _ENOUGH_WORDS:
        stated = embedded_body(tree)
    return stated if _is_fuller(stated, words) else blocks


def _is_fuller(stated: Sequence[Block], words: int) -> bool:
    """Whether data holds the article; as one lump it is taken only for want of anything else."""
    enough = _count(stated) >= max(_ENOUGH_WORDS, _MUCH_MORE * words)
    return enough and (len(stated) > 1 or words < _ENOUGH_WORDS)


def _count(blocks: Iterable[Block]) -> int:
    return sum(count_words(block.text) for block in blocks)
