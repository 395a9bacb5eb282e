"""Judges what was cleaned: is it an article, is it whole, how far can it be trusted."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from cleaning.article import Access, Quality
from cleaning.block import Block
from cleaning.characters import count_words, folded_words, phrase
from cleaning.cleaned import Removal
from cleaning.ending import broken_end, ends_in_ellipsis, is_call
from cleaning.error import Refused
from cleaning.markup import Markup
from cleaning.metadata import Metadata
from cleaning.refusal import RefusalRule, refusal_rules
from cleaning.soft_block import Surface, signs_of

#: Fewer words than this are a caption, a stub or a widget, not an article.
MIN_WORDS: Final = 12

#: How much each flag takes off the score of 1. A date or title that is missing hurts users most.
FLAG_WEIGHTS: Final = {
    "no-title": 0.2,
    "no-date": 0.2,
    "truncated": 0.3,
    "short": 0.2,
    "language-uncertain": 0.1,
    "date-conflict": 0.1,
    "zone-assumed": 0.05,
    "encoding-mended": 0.05,
    "deep-nesting": 0.05,
    "many-removals": 0.1,
}
_SHORT = 60
# A page that calls itself an article is refused by its words only where it has this few.
_MAX_STUB = 60
# Where no text was found, so many of the page's blocks may say why.
_BEGINNINGS = 30
# An index page leads to so many articles at least, by more than half of its words. A teaser is no
# longer than this, and a paragraph that is the page's own no shorter; an index has few of them.
_INDEX_LEADS = 3
_MAX_TEASER = 60
_MIN_OWN = 25
_MAX_OWN = 120
# A gallery shows so many captions at least, and says no more than this beside them, in words.
_GALLERY_CAPTIONS = 3
_MAX_BESIDE = 20
# Captions of more words than this are a text of their own, where the page calls itself an article.
_MAX_CAPTIONS = 400
# What a page that is not free shows of an article is a teaser up to so many words.
_TEASER_WORDS = 200
# A notice below a text of more words than this offers something else than its rest.
_LONG = 1_000

_REFUSALS = refusal_rules()


def refuse_other_pages(
    blocks: Sequence[Block],
    metadata: Metadata,
    shown: Sequence[Block] = (),
    read_markup: Callable[[], Markup] | None = None,
    surface: Surface | None = None,
) -> None:
    """Decline what is no article.

    Args:
        blocks: the blocks that residue left.
        metadata: what the page says of itself.
        shown: what may have been the article, whatever became of it; for a page that seems to
            have none, all of its blocks.
        read_markup: gives what the page's markup says of its texts; None where there is none.
        surface: the page as sent; None where it has no markup.

    Raises:
        Refused: `index-page`, `gallery-without-text`, `paywall`, `no-text`, `too-short`, or
            another reason of `quality.toml`.
    """
    count = _count(blocks)
    if count == 0 and metadata.free is False:
        raise Refused("paywall", "the page is not free, and shows no text")
    if surface:
        _refuse_by_sign("wall", surface, count, metadata)
    beginnings = [block.text for block in blocks[:1] or shown[:_BEGINNINGS]]
    for rule in _REFUSALS:
        _refuse_by_phrase(rule, beginnings, count, metadata)
    if read_markup and (count <= _MAX_CAPTIONS or not metadata.is_article):
        markup = read_markup()
        _refuse_index(blocks, shown or blocks, metadata, markup)
        _refuse_gallery(blocks, metadata, markup)
    if count < MIN_WORDS and metadata.free is False:
        raise Refused("paywall", f"the page is not free, and shows {count} words of its text")
    if surface and count < MIN_WORDS:
        _refuse_by_sign("shell", surface, count, metadata)
    if count == 0:
        raise Refused("no-text", "no article text was found in the page")
    if count < MIN_WORDS:
        raise Refused("too-short", f"{count} words, at least {MIN_WORDS} are needed")


def _count(blocks: Sequence[Block]) -> int:
    return sum(count_words(block.text) for block in blocks)


def _refuse_by_phrase(
    rule: RefusalRule, beginnings: Sequence[str], count: int, metadata: Metadata
) -> None:
    """By a title, where the page does not call itself an article, or by how the text begins."""
    article = metadata.is_article
    if count > (min(rule.max_words, _MAX_STUB) if article else rule.max_words):
        return
    titles = () if article else metadata.titles
    for text in beginnings or [""]:
        if said := rule.said(titles, text):
            raise Refused(rule.reason, f"the page says “{said[:80]}”")


def _refuse_by_sign(kind: str, surface: Surface, count: int, metadata: Metadata) -> None:
    """By markup that only such pages have, or that explains why a page has no text."""
    signs = [sign for sign in signs_of(kind) if count <= sign.max_words]
    if found := surface.sign(signs, is_article=metadata.is_article):
        sign, markup = found
        raise Refused(sign.reason, f"{sign.why}: {markup[:80]}")


def _refuse_index(
    kept: Sequence[Block], shown: Sequence[Block], metadata: Metadata, markup: Markup
) -> None:
    """Pages that lead to articles and are none: by what is shown, and how little is their own."""
    if metadata.is_article:
        return
    leads = [lead for lead in markup.leads(shown) if len(lead) <= _MAX_TEASER]
    led = _led_blocks(shown, leads, metadata)
    count, number = _count(shown), max(len(leads), sum(block.linked for block in led))
    share = max(sum(map(len, leads)), _count(led))
    if number < _INDEX_LEADS or share * 2 <= count:
        return
    known = {block.text for block in led}
    if _own_words([block for block in kept if block.text not in known], leads) <= _MAX_OWN:
        what = f"most of its {count} words lead to {number} other articles"
        raise Refused("index-page", what)


def _led_blocks(
    blocks: Sequence[Block], leads: Sequence[tuple[str, ...]], metadata: Metadata
) -> list[Block]:
    """Linked headlines, teasers, and the excerpt below each headline.

    Below the linked headings of a round-up stands prose: only what breaks off is an excerpt, unless
    the page calls itself a list.
    """
    texts = set(leads)
    return [
        block
        for at, block in enumerate(blocks)
        if block.linked
        or folded_words(block.text) in texts
        or (at > 0 and blocks[at - 1].linked and ends_in_ellipsis(block.text))
        or (metadata.is_listing and any(above.linked for above in blocks[max(0, at - 2) : at]))
    ]


def _own_words(blocks: Sequence[Block], leads: Sequence[tuple[str, ...]]) -> int:
    """The words of the page's own paragraphs, without the headlines within them."""
    texts = (phrase(folded_words(block.text)) for block in blocks if block.kind == "paragraph")
    own = (len(_without(text, map(phrase, leads)).split()) for text in texts)
    return sum(words for words in own if words >= _MIN_OWN)


def _refuse_gallery(blocks: Sequence[Block], metadata: Metadata, markup: Markup) -> None:
    """Pictures with captions, and next to nothing beside them but the title."""
    said = phrase(word for block in blocks for word in folded_words(block.text))
    bare = len(said.split()) < MIN_WORDS
    captions = [caption for caption in markup.captions if bare or caption in said]
    if metadata.content_type != "gallery" and len(captions) < _GALLERY_CAPTIONS:
        return
    titles = (phrase(folded_words(title)) for title in metadata.titles)
    if len(_without(said, [*captions, *titles]).split()) <= _MAX_BESIDE:
        raise Refused("gallery-without-text", f"{len(captions)} captions, and no text beside them")


def _without(text: str, phrases: Iterable[str]) -> str:
    for part in phrases:
        text = text.replace(part, "  ")
    return text


def judge_access(blocks: Sequence[Block], removed: Sequence[Removal], metadata: Metadata) -> Access:
    """Whether the text is the whole article, with the evidence where it is not.

    A page that says it is not free may still hold the whole text: it takes a second sign. A page
    that says it is free may still offer subscriptions.
    """
    evidence = [*_broken(blocks), *_below_text(blocks, removed, metadata)]
    if metadata.free is False and (evidence or _count(blocks) < _TEASER_WORDS):
        evidence.insert(0, "isAccessibleForFree: false")
    return Access(free=metadata.free, truncated=bool(evidence), evidence=tuple(evidence))


def _broken(blocks: Sequence[Block]) -> list[str]:
    how = broken_end(blocks)
    return [f"{how}: “{blocks[-1].text[-40:]}”"] if how else []


def _below_text(
    blocks: Sequence[Block], removed: Sequence[Removal], metadata: Metadata
) -> list[str]:
    """What stood below the text and says that it goes on: a paywall's notice, or a mere call."""
    if metadata.free is True:
        return []
    count, last = _count(blocks), _last_place(blocks, removed)
    notices = (
        f"paywall notice: “{one.text[:60]}”"
        for one in removed
        if one.rule == "paywall-notice"
        and (metadata.free is False or (one.position > last and count <= _LONG))
    )
    calls = (
        f"leads on: “{one.text[:40]}”"
        for one in removed
        if one.position == last + 1 and count < _TEASER_WORDS and is_call(one.text)
    )
    return [*islice(notices, 1), *islice(calls, 1)]


def _last_place(blocks: Sequence[Block], removed: Sequence[Removal]) -> int:
    """Where the last block that was kept stood among all."""
    taken = {one.position for one in removed}
    return max(place for place in range(len(blocks) + len(removed)) if place not in taken)


def judge_quality(
    metadata: Metadata,
    access: Access,
    kept: Sequence[Block],
    removed: Sequence[Removal],
    flags: Sequence[str],
) -> Quality:
    """The score, 1 less what its flags weigh.

    Args:
        metadata: for what is missing.
        access: for what is cut.
        kept: the blocks of the text.
        removed: what residue was.
        flags: what other stages raised.
    """
    own = {
        "no-title": metadata.title is None,
        "truncated": access.truncated,
        "short": _count(kept) < _SHORT,
        "many-removals": len(removed) > len(kept),
    }
    raised = (*flags, *(flag for flag, holds in own.items() if holds))
    penalty = sum(FLAG_WEIGHTS.get(flag, 0.0) for flag in raised)
    return Quality(score=round(max(0.0, 1.0 - penalty), 2), flags=tuple(dict.fromkeys(raised)))
