"""What stands in an article's place though all seems well, by its markup, from `soft_block.toml`.

Challenges against bots, consent walls and empty applications mostly have no words to be known by.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from cleaning.characters import count_words
from cleaning.refusal import joined

#: What such pages are refused as, by their words too. They may well be let go another time.
REASONS: Final = frozenset({"captcha", "consent-page", "javascript-needed"})
#: Where the signs of a page with hardly a word in it are looked for, in characters.
_SEARCHED: Final = 500_000
# What a reader with a browser does not see.
_UNSEEN: Final = frozenset("script style noscript template head".split())


@dataclass(frozen=True, slots=True)
class Sign:
    """An entry of `soft_block.toml`."""

    reason: str
    why: str
    #: Of all that the page shows.
    max_words: int
    #: Whether pages that call themselves articles may be such, too.
    articles: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Surface:
    """A page as it was sent, and as it was parsed."""

    html: str
    tree: HtmlElement

    def words_seen(self, most: int) -> int:
        """The words that a reader would see; the look ends where there are more than `most`."""
        seen = 0
        walk = iterwalk(self.tree, events=("start",))
        for _, element in walk:
            seen += count_words(element.tail or "")
            if element.tag in _UNSEEN:
                walk.skip_subtree()
            else:
                seen += count_words(element.text or "")
            if seen > most:
                break
        return seen

    def sign(self, signs: Iterable[Sign], *, is_article: bool) -> tuple[Sign, str] | None:
        """The first sign that the page bears, and the markup that shows it."""
        apt = [sign for sign in signs if sign.articles or not is_article]
        if not apt:
            return None
        seen = self.words_seen(max(sign.max_words for sign in apt))
        head = self.html[:_SEARCHED]
        for sign in apt:
            if seen <= sign.max_words and (found := sign.pattern.search(head)):
                return sign, " ".join(found[0].split())
        return None


def load_signs() -> dict[str, list[dict[str, Any]]]:
    """The table as written, with the examples that test its signs."""
    return tomllib.loads(files("cleaning").joinpath("soft_block.toml").read_text("utf-8"))


@cache
def signs_of(kind: str) -> tuple[Sign, ...]:
    """The entries of one kind, `wall` or `shell`, in the table's order."""
    return tuple(
        Sign(
            reason=entry["reason"],
            why=entry["why"],
            max_words=entry["max_words"],
            articles=entry.get("articles", False),
            pattern=re.compile(joined(entry["signs"]), re.IGNORECASE),
        )
        for entry in load_signs()[kind]
    )
