"""Rules by words: what residue says of itself, in the languages of `residue.toml`."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from cleaning.characters import count_words

# Characters a word, on the average of a short text: German and Finnish stay below.
_MAX_WORD = 14
_CAPITALISED = r"(?-i:[A-Z\u00c0-\u00de])[\w.'’-]*"
_NAME = rf"{_CAPITALISED}(?: (?:de|del|da|di|la|le|van|von|der|den|al|bin|{_CAPITALISED})){{0,4}}"


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """A rule of `residue.toml`: a block of at most `max_words` that a pattern matches whole."""

    rule: str
    max_words: int
    pattern: re.Pattern[str]
    final: bool
    #: Why what it matches is no part of the text: `it ...`.
    why: str

    def matches(self, text: str) -> bool:
        """Whether the rule takes the text of a block for residue."""
        # The length first: it spares most blocks the pattern.
        short = len(text) <= self.max_words * _MAX_WORD
        return short and bool(self.pattern.fullmatch(text)) and self._few_words(text)

    def _few_words(self, text: str) -> bool:
        return count_words(text) <= self.max_words


def load_table() -> dict[str, Any]:
    """The table of phrases as written, with the examples that its rules are tested by."""
    return tomllib.loads(files("cleaning").joinpath("residue.toml").read_text("utf-8"))


@cache
def phrase_rules(kind: str) -> tuple[PhraseRule, ...]:
    """The rules of a kind, `line` or `tail`, in the table's order.

    Made when they are asked for: to compile them takes a fifth of a second.
    """
    return tuple(
        PhraseRule(
            rule=entry["rule"],
            max_words=entry["max_words"],
            pattern=_compiled(entry["patterns"]),
            final=entry.get("final", False),
            why=entry["why"],
        )
        for entry in load_table()[kind]
    )


@lru_cache(maxsize=8_192)
def residue_line(text: str) -> str | None:
    """The first rule that takes a block for residue by itself."""
    return next((rule.rule for rule in phrase_rules("line") if rule.matches(text)), None)


@lru_cache(maxsize=8_192)
def residue_heading(text: str) -> "PhraseRule | None":
    """The first rule that takes a block for one that opens residue."""
    return next((rule for rule in phrase_rules("tail") if rule.matches(text)), None)


def reason_of_phrase(rule: str) -> str | None:
    """Why a rule takes blocks for residue; None where no rule by words has that name."""
    rules = (*phrase_rules("line"), *phrase_rules("tail"))
    return next((one.why for one in rules if one.rule == rule), None)


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    """The patterns as one, `{name}` filled in."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined.replace("{name}", _NAME), re.IGNORECASE)
