"""Tells what a new version of an article changed, and how much it matters to a reader."""

from collections import Counter
from difflib import SequenceMatcher
from typing import Final

from cleaning.article import Change, Significance
from cleaning.dedup import normalised
from cleaning.versions import is_same_title

#: Up to so many words are put in the place of others where a slip of the pen is mended.
_TYPO_WORDS: Final = 3
#: A word that is nearly as it was, as `difflib` measures it.
_TYPO_RATIO: Final = 0.7
#: A text has grown where it has so many words more, for each that is gone.
_GROWTH_WORDS: Final = 20
_GROWTH_FACTOR: Final = 5


def change_between(
    version: int, old: tuple[str | None, str | None], new: tuple[str | None, str]
) -> Change:
    """What a version of an article changed of the one before.

    Args:
        version: the number of the version before.
        old: its title and text; the text is None where it is no longer remembered.
        new: the title and text now.
    """
    titled = not is_same_title(old[0], new[0])
    title = old[0] if titled else None
    if old[1] is None:
        return Change(
            of=version, title=title, words_added=None, words_removed=None, significance=None
        )
    before, now = (Counter(normalised(text).split()) for text in (old[1], new[1]))
    added, removed = now - before, before - now
    return Change(
        of=version,
        title=title,
        words_added=added.total(),
        words_removed=removed.total(),
        significance=_significance(added, removed, titled=titled),
    )


def _significance(added: Counter[str], removed: Counter[str], *, titled: bool) -> Significance:
    if added.total() >= max(_GROWTH_WORDS, _GROWTH_FACTOR * removed.total()):
        return "growth"
    mended = not titled and _are_slips(added, removed)
    return "typo" if mended else "correction"


def _are_slips(added: Counter[str], removed: Counter[str]) -> bool:
    """Whether each new word is nearly the one that it replaces; another figure never is."""
    if not 0 < added.total() == removed.total() <= _TYPO_WORDS:
        return False
    words = sorted(removed.elements())
    return all(any(_is_slip(word, other) for other in words) for word in added)


def _is_slip(word: str, other: str) -> bool:
    figures = any(map(str.isdigit, word + other))
    return not figures and SequenceMatcher(None, word, other).ratio() >= _TYPO_RATIO
