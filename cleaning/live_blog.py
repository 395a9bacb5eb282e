"""Live blogs: their entries whole, each with its time.

An entry is short and its heading shorter; judged block by block, half of a live blog looks like a
list of links. So what stands in one of its entries is the article's by where it stands.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cleaning.block import Block, Place
from cleaning.dates import is_date_line
from cleaning.datetime_text import cut_clock
from cleaning.place_name import purposes_of

Make = tuple[Place | None, str, str]

# So many places side by side, of one make and with believed text in some, are entries.
_ENTRIES: Final = 3
_LEVELS: Final = 6
_MAX_TIME: Final = 40
_STRANGE: Final = frozenset(("comment", "share", "related", "newsletter", "advert", "byline"))
_TEXT_TAGS: Final = frozenset(("p", "li", "blockquote", "h2", "h3", "h4", "body", "html"))


def with_entries(blocks: Sequence[Block], chosen: Mapping[int, Block]) -> dict[int, Block]:
    """What was chosen of a live blog, and whatever else its entries hold, by index.

    Args:
        blocks: all of the page, in document order.
        chosen: those that the judge or trafilatura take for the article.
    """
    entries = _entries(blocks, [block for block in chosen.values() if block.doubt is None])
    inside = {
        at: _timed(replace(block, belief=1.0))
        for at, block in enumerate(blocks)
        if _belongs(block, entries)
    }
    return dict(sorted({**chosen, **inside}.items()))


def _entries(blocks: Sequence[Block], believed: Sequence[Block]) -> frozenset[Place]:
    """The places that stand side by side, alike, with believed text in some of them.

    Where most of them have a time, as the entries of a live blog do, they need not have one name,
    and one that is believed is enough.
    """
    every, held = _places(blocks), _places(believed)
    timed = _places([block for block in blocks if _is_time(block)])
    return _alike(every, held, _make_of, 2) | _alike(
        every,
        held,
        _tag_of,
        1,
        timed,
    )


def _alike(
    every: Collection[Place],
    held: Collection[Place],
    make_of: Callable[[Place], Make],
    least: int,
    timed: Collection[Place] | None = None,
) -> frozenset[Place]:
    """The places of those makes of which enough stand, are held, and (if asked) have a time."""
    stand, believed = (Counter(map(make_of, places)) for places in (every, held))
    clocks = stand if timed is None else Counter(map(make_of, timed))
    makes = {
        make
        for make, count in believed.items()
        if stand[make] >= _ENTRIES and count >= least and clocks[make] * 2 > stand[make]
    }
    return frozenset(place for place in every if make_of(place) in makes)


def _places(blocks: Sequence[Block]) -> dict[Place, None]:
    """The places not far around the blocks, each once, but for those of single texts."""
    return dict.fromkeys(
        place
        for block in blocks
        for place in list(block.place.upward())[:_LEVELS]
        if place.tag not in _TEXT_TAGS
    )


def _make_of(place: Place) -> Make:
    return place.parent, place.tag, place.names


def _tag_of(place: Place) -> Make:
    return place.parent, place.tag, ""


def _belongs(block: Block, entries: Collection[Place]) -> bool:
    """Whether a block stands in an entry, and in no box of it that is strange to the story."""
    if block.kind == "caption" or (block.linked and not _is_time(block)):
        return False
    for place in block.place.upward():
        if place in entries:
            return True
        if _STRANGE & purposes_of(place.names):
            return False
    return False


def _timed(block: Block) -> Block:
    """The block, told as an entry's time if it is one."""
    short = len(block.text) <= _MAX_TIME
    return replace(block, kind="time") if short and _is_time(block) else block


def _is_time(block: Block) -> bool:
    clock, rest = cut_clock(block.text)
    return block.style.has_time or (bool(clock) and not rest) or is_date_line(block.text, ())
