"""Tells whether a text breaks off, by how its last paragraph ends."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from cleaning.block import Block
from cleaning.characters import words_of
from cleaning.refusal import joined, load_table

_TABLE = load_table()
_STOPS: Final = r"[.!?…。！？؟।۔]"
_QUOTES: Final = r"[\"'”’“»«›」』)\]]*"
# A stop after a word of three letters ends a sentence; after fewer it ends an abbreviation.
_SENTENCE = re.compile(rf"(?<=\w\w\w){_STOPS}+{_QUOTES}\s+|[。！？]+{_QUOTES}")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.|[\[(] ?(?:…|\.\.\.) ?[\])])$")
_WHOLE = re.compile(r"[.!?。！？؟।۔։።၊။:;)\]}\"'”’“‘«»›」』】》*#%§†|]$|\d$|[\u0e00-\u0eff]$")
_ADDRESS = re.compile(r"(?:https?://|www\.|@)\S+$|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}(?:/\S*)?$")
# Signs: emoji, ©, €, →, ~ and the like. Modifiers of emoji may stand after them.
_SIGNS: Final = ("So", "Sk", "Sm", "Sc")
_MODIFIERS: Final = "\ufe0f\u200d "
_MAX_ADDRESS: Final = 200
_COMMAS: Final = ",،、，"
_DASHES: Final = " -–—"
# Fewer words after the last stop are a signature, a credit or a button.
_MIN_FRAGMENT: Final = 6
# A paragraph without a stop is running text from so many words, or where it has one inside.
_RUNNING: Final = 25
_MIN_RUNNING: Final = 10
_MIN_OPEN: Final = 8
_MIN_ELLIPSIS: Final = 4
# One paragraph in so many without a stop is this text's way to write.
_WITHOUT: Final = 4


def _endings(*, breaks_off: bool) -> str:
    entries = (one for one in _TABLE["ending"] if one["breaks_off"] is breaks_off)
    return joined([pattern for entry in entries for pattern in entry["patterns"]])


_CALL = re.compile(rf"(?:{_endings(breaks_off=True)})[\s.…:>»→›▶]*", re.IGNORECASE)
_CALL_AFTER = re.compile(rf"(?:…|\.\.\.|[.!?。]{_QUOTES})\]?\s*(?:{_CALL.pattern})$", re.IGNORECASE)
_FOLLOWS = re.compile(rf"(?:{_endings(breaks_off=False)})\s*{_STOPS}*", re.IGNORECASE)
_OPEN_WORDS = frozenset(" ".join(_TABLE["ending_words"]["open_words"]).split())


def broken_end(blocks: Sequence[Block]) -> str | None:
    """How the last block shows that the text goes on elsewhere; None where it does not.

    Only a paragraph can break off: headings, list items, verses and captions end without a stop.
    """
    last = blocks[-1]
    text = last.text
    if last.kind != "paragraph" or last.linked or "\n" in text:
        return None
    if is_call(text) or _CALL_AFTER.search(text):
        return "leads on"
    fragment = _fragment(text)
    if _FOLLOWS.fullmatch(text) or _FOLLOWS.fullmatch(fragment):
        return None
    if ends_in_ellipsis(text):
        return "ends with an ellipsis" if _is_cut_by_ellipsis(text) else None
    open_end = _ends_openly(text)
    stopless = not open_end and _lacks_stop(text) and not _does_without(blocks[:-1])
    return "breaks off" if open_end or stopless else None


def is_call(text: str) -> bool:
    """Whether a text is nothing but a call to read the rest: `Continue reading`."""
    return bool(_CALL.fullmatch(text))


def ends_in_ellipsis(text: str) -> bool:
    """Whether an ellipsis stands at the very end, bracketed or not; within quotes it is speech."""
    return bool(_ELLIPSIS.search(text))


def _is_cut_by_ellipsis(text: str) -> bool:
    """An ellipsis alone, or after words; `Loading...` is neither."""
    count = len(words_of(text))
    return count == 0 or count >= _MIN_ELLIPSIS


def _fragment(text: str) -> str:
    """What stands after the last stop inside a text."""
    return _SENTENCE.split(text)[-1]


def _ends_openly(text: str) -> bool:
    """Whether a text ends with a word that no sentence ends with, or with a comma."""
    words = words_of(text)
    if len(words) < _MIN_OPEN or _ends_whole(text):
        return False
    return words[-1] in _OPEN_WORDS or text[-1] in _COMMAS


def _lacks_stop(text: str) -> bool:
    """Whether running text ends without a stop, in more than a signature or a button."""
    count, left = len(words_of(text)), _fragment(text)
    running = count >= _RUNNING or (left != text and count >= _MIN_RUNNING)
    return running and len(words_of(left)) >= _MIN_FRAGMENT and not _ends_whole(text)


def _does_without(blocks: Sequence[Block]) -> bool:
    """Whether the paragraphs before do without a stop as well: some writers do, in Arabic many."""
    running = [block.text for block in blocks if len(words_of(block.text)) >= _RUNNING]
    return sum(map(_lacks_stop, running)) * _WITHOUT > len(running)


def _ends_whole(text: str) -> bool:
    bare = text.rstrip(_MODIFIERS)
    if not bare or unicodedata.category(bare[-1]) in _SIGNS:
        return True
    undashed = bare.rstrip(_DASHES)
    return bool(_WHOLE.search(undashed) or _ADDRESS.search(undashed[-_MAX_ADDRESS:]))
