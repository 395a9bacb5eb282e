"""Tells the name of a site or publisher from a headline and from an author's name."""

from collections.abc import Iterable

from cleaning.characters import folded_words
from cleaning.identity import site_of

#: Words that the same name has at one place and lacks at another: `The Courier`, `Courier Online`.
_BEFORE = frozenset({"the", "der", "die", "das", "la", "le", "el", "il"})
_AFTER = frozenset({"online", "com", "de", "net", "org"})


def site_names(url: str, stated: Iterable[str | None]) -> frozenset[str]:
    """The names of the site at `url`, comparable: as stated, its domain, and that without suffix.

    Args:
        url: the page's URL.
        stated: what the page and the site's rules call the site or its publisher.
    """
    domain = site_of(url).removeprefix("www.")
    said = (*stated, domain, domain.partition(".")[0])
    return frozenset(spelling for name in said if name for spelling in _spellings(name))


def is_site_name(text: str, names: frozenset[str]) -> bool:
    """Whether a text is one of the names, however it is spaced, cased and punctuated."""
    return not names.isdisjoint(_spellings(text))


def _spellings(text: str) -> set[str]:
    """A name squashed, as it is and without the words that come and go; none of nothing."""
    words = folded_words(text)
    bare = words[1:] if words[:1] and words[0] in _BEFORE else words
    bare = bare[:-1] if bare[-1:] and bare[-1] in _AFTER else bare
    return {_squashed(words), _squashed(bare)} - {""}


def _squashed(words: tuple[str, ...]) -> str:
    return "".join(words).replace("_", "")
