"""Tells the name of a site or publisher from a headline and from an author's name."""

from collections.abc import Iterable

from cleaning.characters import folded_words
from cleaning.identity import site_of


def site_names(url: str, stated: Iterable[str | None]) -> frozenset[str]:
    """The names of the site at `url`, comparable: as stated, its domain, and that without suffix.

    Args:
        url: the page's URL.
        stated: what the page and the site's rules call the site or its publisher.
    """
    domain = site_of(url).removeprefix("www.")
    said = (*stated, domain, domain.partition(".")[0])
    return frozenset(filter(None, (_squashed(name) for name in said if name)))


def is_site_name(text: str, names: frozenset[str]) -> bool:
    """Whether a text is one of the names, however it is spaced, cased and punctuated."""
    return _squashed(text) in names


def _squashed(text: str) -> str:
    return "".join(folded_words(text)).replace("_", "")
