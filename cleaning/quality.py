"""Judges what was cleaned: is it an article, is it whole, how far can it be trusted."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from typing import Any, Final

from cleaning.article import Access, Quality
from cleaning.block import Block
from cleaning.characters import words_of
from cleaning.error import Refused
from cleaning.markup import Markup
from cleaning.metadata import Metadata
from cleaning.residue import Removal

#: Fewer words than this are a caption, a stub or a widget, not an article.
MIN_WORDS: Final = 12

# How much each flag takes off the score of 1. A date or title that is missing hurts users most.
_WEIGHTS: Final = {
    "no-title": 0.2,
    "no-date": 0.2,
    "truncated": 0.3,
    "short": 0.2,
    "language-uncertain": 0.1,
    "date-conflict": 0.1,
    "zone-assumed": 0.05,
    "encoding-mended": 0.05,
    "many-removals": 0.1,
}
_SHORT = 60
# An index page leads to so many articles at least, by more than half of its words.
_INDEX_LEADS = 3

_ENDS_WHOLE = re.compile(r"[.!?。！？؟।۔։።၊။:;)\]}\"'”’“‘«»›」』】》*©®™|]$|[\d%€$£]$")
_BREAKS_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])[\"'”’»]*$")
# A paragraph without a stop at its end is running text from so many words, or with a stop inside.
_RUNNING_WORDS = 25
_INNER_STOP = re.compile(r"\w[.!?。！？؟۔][\"'”’»]*(?:\s|(?<=[。！？]))\S")
# What a page that is not free shows of an article is a teaser up to so many words.
_TEASER_WORDS = 200


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """A rule of `quality.toml`: what a page that is no article says of itself."""

    reason: str
    max_words: int
    in_text: bool
    pattern: re.Pattern[str]


def load_table() -> dict[str, Any]:
    """The table of refusals as written, with the examples that its rules are tested by."""
    return tomllib.loads(files("cleaning").joinpath("quality.toml").read_text("utf-8"))


def refusal_rules() -> tuple[RefusalRule, ...]:
    """The rules of the table, in its order."""
    return tuple(
        RefusalRule(
            entry["reason"],
            entry["max_words"],
            entry["in_text"],
            re.compile("|".join(f"(?:{p})" for p in entry["patterns"]), re.IGNORECASE),
        )
        for entry in load_table()["refuse"]
    )


_REFUSALS = refusal_rules()


def refuse_other_pages(
    blocks: Sequence[Block], metadata: Metadata, markup: Markup | None = None
) -> None:
    """Decline what is no article.

    Args:
        blocks: the blocks that residue left.
        metadata: what the page says of itself.
        markup: what the page's markup says of its texts; None where there is none.

    Raises:
        Refused: `no-text`, `too-short`, `index-page`, or a reason of `quality.toml`.
    """
    text = " ".join(block.text for block in blocks)
    count = len(words_of(text))
    for rule in _REFUSALS:
        _refuse_by_phrase(rule, text, count, metadata)
    if count == 0:
        raise Refused("no-text", "no article text was found in the page")
    if count < MIN_WORDS:
        raise Refused("too-short", f"{count} words, at least {MIN_WORDS} are needed")
    if markup and not metadata.is_article:
        _refuse_index(markup.leads(blocks), count)


def _refuse_by_phrase(rule: RefusalRule, text: str, count: int, metadata: Metadata) -> None:
    if count > rule.max_words:
        return
    said = (*metadata.titles, text) if rule.in_text else metadata.titles
    seen = next((match for one in said if (match := rule.pattern.search(one))), None)
    if seen:
        raise Refused(rule.reason, f"the page says “{seen[0][:80]}”")


def _refuse_index(leads: Sequence[tuple[str, ...]], count: int) -> None:
    if len(leads) >= _INDEX_LEADS and sum(map(len, leads)) * 2 > count:
        what = f"most of its {count} words lead to {len(leads)} other articles"
        raise Refused("index-page", what)


def judge_access(blocks: Sequence[Block], removed: Sequence[Removal], metadata: Metadata) -> Access:
    """Whether the text is the whole article, with the evidence where it is not.

    A page that says it is not free may still hold the whole text: it takes a second sign.
    """
    evidence = [*_broken_end(blocks[-1]), *_paywall_notice(removed)]
    if metadata.free is False and (evidence or _is_teaser(blocks)):
        evidence.insert(0, "isAccessibleForFree: false")
    return Access(free=metadata.free, truncated=bool(evidence), evidence=tuple(evidence))


def _is_teaser(blocks: Sequence[Block]) -> bool:
    return sum(len(words_of(block.text)) for block in blocks) < _TEASER_WORDS


def _broken_end(last: Block) -> list[str]:
    """How a last paragraph breaks off; captions, credits and headings end without a stop too."""
    if last.kind != "paragraph" or last.linked:
        return []
    end = last.text[-40:]
    if _BREAKS_OFF.search(last.text):
        return [f"ends with an ellipsis: “{end}”"]
    broken = _is_running_text(last.text) and not _ENDS_WHOLE.search(last.text)
    return [f"breaks off: “{end}”"] if broken else []


def _is_running_text(text: str) -> bool:
    return "\n" not in text and (
        len(words_of(text)) >= _RUNNING_WORDS or bool(_INNER_STOP.search(text))
    )


def _paywall_notice(removed: Sequence[Removal]) -> list[str]:
    notices = (one.text for one in removed if one.rule == "paywall-notice")
    return [f"paywall notice: “{notice[:60]}”" for notice in islice(notices, 1)]


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
        "short": sum(len(words_of(block.text)) for block in kept) < _SHORT,
        "many-removals": len(removed) > len(kept),
    }
    raised = (*flags, *(flag for flag, holds in own.items() if holds))
    penalty = sum(_WEIGHTS.get(flag, 0.0) for flag in raised)
    return Quality(score=round(max(0.0, 1.0 - penalty), 2), flags=tuple(dict.fromkeys(raised)))
