"""Says why a paragraph is in a record or not: by which rule it was removed, or what speaks for it.

Asked only where a golden page differs, so it may take the time to read the page a second time.
"""

from functools import cached_property

from lxml.html import HtmlElement

from cleaning.article import Refusal
from cleaning.block import Block
from cleaning.characters import one_line
from cleaning.cleaned import Cleaned
from cleaning.decode import decode
from cleaning.error import Refused
from cleaning.extract import extract_blocks
from cleaning.jsonld import read_jsonld
from cleaning.metadata import read_metadata
from cleaning.page import Page
from cleaning.parse import parse
from cleaning.removal_reason import reason_of
from cleaning.rules import Rules

#: Of a paragraph that was removed in parts: shorter ones say nothing of it.
_MIN_PART = 12


class Reasons:
    """The reasons of one page."""

    def __init__(self, page: Page, rules: Rules, cleaned: Cleaned) -> None:
        """Take the page, its site's rules, and what came of it."""
        self._page = page
        self._rules = rules.at(page.fetched_at)
        self._cleaned = cleaned

    def lost(self, text: str) -> str:
        """Why a text is not in the record."""
        result = self._cleaned.result
        if isinstance(result, Refusal):
            return f"the page is refused: {result.reason}: {result.detail}"
        if rule := self._removed_by(_bare(text)):
            return f"removed by rule {rule}: {reason_of('residue', rule)}"
        if path := self._dropped_by(_bare(text)):
            return f"cut before extraction by the site's clean.drop: {path}"
        if _bare(text) in self._shown:
            return "not extracted: it stands on the page, outside of what is taken for the article"
        return "not on the page: its words are not there in this order"

    def kept(self, text: str) -> str:
        """What speaks for a text that is in the record."""
        block = self._blocks.get(_bare(text))
        if block is None:
            return "kept: no rule removes it"
        if block.place.kept:
            return "kept by the site's clean.keep"
        if block.belief is None:
            return "kept: no rule removes it"
        return f"kept: no rule removes it, and the judge believes it by {block.belief:.2f} of 1"

    def _removed_by(self, text: str) -> str | None:
        removed = [(one_line(one.text), one.rule) for one in self._cleaned.removed]
        same = (rule for block, rule in removed if block == text)
        around = (rule for block, rule in removed if text in block)
        inside = (rule for block, rule in removed if len(block) >= _MIN_PART and block in text)
        return next(same, None) or next(around, None) or next(inside, None)

    def _dropped_by(self, text: str) -> str | None:
        """The XPath of `clean.drop` that takes a text away."""
        tree = self._tree
        if tree is None:
            return None
        for path in self._rules.drop:
            texts = (one_line("".join(element.itertext())) for element in tree.xpath(path))
            if any(text in dropped for dropped in texts):
                return path
        return None

    @cached_property
    def _tree(self) -> HtmlElement | None:
        if self._page.kind == "text":
            return None
        try:
            return parse(decode(self._page.body, self._page.headers.get("content-type")).text)
        except Refused:
            return None

    @cached_property
    def _shown(self) -> str:
        """All words of the page, with and without a blank where an element ends."""
        if self._tree is None:
            return one_line(self._page.body.decode(errors="replace"))
        texts = list(self._tree.itertext())
        return "\n".join((one_line(" ".join(texts)), one_line("".join(texts))))

    @cached_property
    def _blocks(self) -> dict[str, Block]:
        """What extraction took for the article, by its words."""
        if self._tree is None:
            return {}
        jsonld = read_jsonld(self._tree)
        try:
            metadata = read_metadata(self._tree, jsonld, self._page, self._rules)
            blocks = extract_blocks(self._tree, jsonld, metadata, self._rules)
        except Refused:
            return {}
        return {one_line(block.text): block for block in blocks}


def _bare(text: str) -> str:
    """A paragraph as its block has it: on one line, without the dash of a list."""
    return one_line(text.removeprefix("- "))
