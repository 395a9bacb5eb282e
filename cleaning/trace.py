"""What the stages of a cleaning considered, for those who ask: `cleaning.explain`.

A crawl hands no trace to the chain, and pays nothing. The stages that decide fill it in, so that an
explanation can say nothing else than what was decided.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml.etree import _Element

from cleaning.article import Access, Quality
from cleaning.block import Block
from cleaning.dates import Dates
from cleaning.language import Language
from cleaning.metadata import Metadata
from cleaning.residue import Stripped


@dataclass
class Extraction:
    """How extraction decided on the blocks of one page; indices are those of `blocks`."""

    #: What readers see, footers too, before the site's rules have cut; and what these have dropped.
    shown: Sequence[Block] = ()
    dropped: Collection[_Element] = frozenset()
    #: What was decided on.
    blocks: Sequence[Block] = ()
    #: The share of each that trafilatura takes, 0-1.
    taken: Sequence[float] = ()
    #: Why some were not judged: `mostly-links` or `few-words`, which nothing around them outweighs.
    unjudged: Mapping[int, str] = field(default_factory=dict)
    #: How surely the others are the article's, 0-1; what speaks most against those not believed.
    beliefs: Mapping[int, float] = field(default_factory=dict)
    doubts: Mapping[int, str] = field(default_factory=dict)
    #: Those that were chosen, in order.
    chosen: Sequence[int] = ()
    #: What went on to the next stage: the chosen, or what the page's data hold, if that is fuller.
    candidates: Sequence[Block] = ()
    from_data: bool = False

    @cached_property
    def position_of(self) -> Mapping[int, int]:
        """Where each of the chosen stands among them."""
        return {index: position for position, index in enumerate(self.chosen)}


@dataclass(slots=True)
class Part:
    """A page of an article: its blocks, and what was kept of them.

    `again` are the indices among the kept blocks of those that an earlier page has, too.
    """

    extraction: Extraction = field(default_factory=Extraction)
    stripped: Stripped | None = None
    again: Collection[int] = ()


@dataclass(slots=True)
class Trace:
    """All that a cleaning considered, as far as it came."""

    #: The page itself, and those that continue it.
    parts: list[Part] = field(default_factory=list)
    metadata: Metadata | None = None
    dates: Dates | None = None
    language: Language | None = None
    #: Who says what language it is, and what: `page`, `lead`, `site`.
    hints: Sequence[tuple[str, str]] = ()
    access: Access | None = None
    quality: Quality | None = None
    encoding: str | None = None
