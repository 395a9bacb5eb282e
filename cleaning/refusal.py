"""Refusals by words: what pages that are no article say of themselves, from `quality.toml`."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

# Sites put their name beside a page's title: `Page not found | The Courier`.
_SITE_BEFORE: Final = r"(?:.{1,60}\s[|–—·»:-]\s|[^:]{1,60}:\s)?"
_SITE_AFTER: Final = r"[\s.!?…]*(?:\s[|–—·«-]\s.{1,60})?"


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """A rule of `quality.toml`: how a page of at most `max_words` says that it is no article."""

    reason: str
    max_words: int
    #: A whole title, the site's name beside it or not.
    title: re.Pattern[str]
    #: How a title or the first block begins.
    begins: re.Pattern[str]

    def said(self, titles: Sequence[str], first: str) -> str | None:
        """What says so, of the page's titles and the first block of its text."""
        whole = (title for title in titles if self.title.fullmatch(title))
        begun = (match[0] for text in (*titles, first) if (match := self.begins.match(text)))
        return next(whole, None) or next(begun, None)


def load_table() -> dict[str, Any]:
    """The table of refusals and endings as written, with the examples that test its rules."""
    return tomllib.loads(files("cleaning").joinpath("quality.toml").read_text("utf-8"))


def joined(patterns: Sequence[str]) -> str:
    """The patterns as one; none of them gives one that matches nothing."""
    return "|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)"


def refusal_rules() -> tuple[RefusalRule, ...]:
    """The rules of the table, in its order."""
    return tuple(
        RefusalRule(
            reason=entry["reason"],
            max_words=entry["max_words"],
            title=re.compile(
                f"{_SITE_BEFORE}(?:{joined(entry['titles'])}){_SITE_AFTER}", re.IGNORECASE
            ),
            begins=re.compile(joined(entry["begins"]), re.IGNORECASE),
        )
        for entry in load_table()["refuse"]
    )
