"""Decides the headline among what the page, its data and its lead call it."""

import re
from collections.abc import Iterable, Sequence

from cleaning.characters import folded_words

_MAX_TITLE = 500
# In words: what a repeated title must keep, and what a label before it may add.
_MIN_PART = 6
_MIN_TITLE = 3
_MAX_LABEL = 2
# What stands between a headline and a site's name; a plain hyphen or colon only between blanks.
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:]\s+|\s*[|»]\s*")
_PAGE_NUMBER = re.compile(
    r"\s*[|\-–—(]\s*(?:page|seite|página|pagina|strona)\s+\d+\)?$", re.IGNORECASE
)


def choose_title(
    *,
    stated: Sequence[str | None],
    headings: Sequence[str],
    document: str | None,
    names: Iterable[str],
) -> str | None:
    """The headline, without the site's name and page number.

    Args:
        stated: what data says, best source first: JSON-LD headline, og:title, lead.
        headings: the page's h1 texts.
        document: the text of `<title>`, which mostly has the headline and the site's name.
        names: the site's and publisher's names, as far as known.

    Returns:
        An h1 that data or `<title>` confirms; else the best stated title; else `<title>`.
    """
    known = {folded_words(name) for name in names if name}
    stated_clean = [_without_site(title, known) for title in stated if title]
    document_clean = _without_site(document, known) if document else ""
    for heading in headings:
        if _confirmed(heading, [*stated_clean, document_clean]):
            return _cut(heading)
    candidates = [*stated_clean, *headings[:1], document_clean]
    return next((_cut(title) for title in candidates if title), None)


def _confirmed(heading: str, others: Iterable[str]) -> bool:
    words = folded_words(heading)
    return any(words == folded_words(other) for other in others)


def _without_site(title: str, names: set[tuple[str, ...]]) -> str:
    """The title without parts at either end that are one of the names."""
    title = _PAGE_NUMBER.sub("", title)
    cuts = list(_SEPARATOR.finditer(title))
    if cuts and folded_words(title[cuts[-1].end() :]) in names:
        return _without_site(title[: cuts[-1].start()], names)
    if cuts and folded_words(title[: cuts[0].start()]) in names:
        return _without_site(title[cuts[0].end() :], names)
    return title.strip()


def _cut(title: str) -> str:
    return title[:_MAX_TITLE].strip()


def repeats_title(text: str, title: str) -> bool:
    """Whether a block is the headline again: whole, most of it, or with a label glued before.

    `NewsHarbour bridge closes` and `News Harbour bridge closes` repeat `Harbour bridge closes`.
    """
    words, wanted = folded_words(text), folded_words(title)
    if not words or not wanted:
        return False
    return words == wanted or _is_part(words, wanted) or _ends_with(words, wanted)


def _is_part(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Whether the words are more than half of the title, in a row, and enough to be no chance."""
    enough = len(words) * 2 > len(title) and len(words) >= _MIN_PART
    return enough and f" {' '.join(words)} " in f" {' '.join(title)} "


def _ends_with(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Whether the words are the title with a label of a word or two before it."""
    label = len(words) - len(title)
    if len(title) < _MIN_TITLE or not 0 <= label <= _MAX_LABEL:
        return False
    return words[label + 1 :] == title[1:] and words[label].endswith(title[0])
