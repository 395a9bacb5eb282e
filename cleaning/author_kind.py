"""Tells people, organisations and news agencies apart by their names.

The words are in `author_kind.toml`.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from cleaning.article import AuthorKind

_TABLE: dict[str, Any] = tomllib.loads(
    files("cleaning").joinpath("author_kind.toml").read_text("utf-8")
)


def _any_of(patterns: Iterable[str]) -> str:
    return "(?:{})".format("|".join(patterns))


def _words(patterns: Iterable[str]) -> str:
    """Whole words; those with a star before them also end longer ones."""
    stems = (rf"\w*{p[1:]}" if p.startswith("*") else p for p in patterns)
    return rf"(?<!\w){_any_of(stems)}(?!\w)"


_EXACT = "(?-i:{})".format("|".join(map(re.escape, _TABLE["agency_exact"])))
_AGENCY_NAME = _any_of([*_TABLE["agency"], _EXACT])
_AGENCY_WORD = _any_of(_TABLE["agency_word"])
_AGENCY = re.compile(
    rf"(?:{_AGENCY_WORD}\s+)?{_AGENCY_NAME}(?:[-/]\w+)*(?:\s+{_AGENCY_WORD})?", re.IGNORECASE
)
_ORGANIZATION = re.compile(
    f"{_words(_TABLE['organization'])}|{_any_of(_TABLE['organization_unspaced'])}", re.IGNORECASE
)
_NEVER = re.compile(_words(_TABLE["never"]), re.IGNORECASE)
_COLLECTIVE = re.compile(_any_of(_TABLE["collective"]), re.IGNORECASE)
_PARTICLES = frozenset(_TABLE["particle"])
#: A word of a name: `Ida`, `QUAYLE`, `O’Neill-Tal`, `J.R.`, `d’Ancona`; in any script.
_NAME_WORD = re.compile(r"(?:[dlDL]['’]|[aA]l-)?[^\W\d_](?:[\w.'’‘`-]*[\w.])?")
#: Chinese, Japanese and Korean names are written without blanks.
_UNSPACED = re.compile(rf"[\u4e00-\u9fff]{{2,4}}|[{_TABLE['korean_surname']}][\uac00-\ud7a3]{{2}}")
_MAX_WORDS = 6
_MAX_LENGTH = 80


def kind_of(name: str, stated: AuthorKind | None = None) -> AuthorKind | None:
    """What bears a name; None where that cannot be told.

    Args:
        name: as `cleaning.byline_words` gives it.
        stated: what the page's data says of it. The tables know better: CMSs call every author a
            person, the newsroom too.
    """
    if is_agency(name):
        return "agency"
    if is_collective(name) or _ORGANIZATION.search(name):
        return "organization"
    return stated or ("person" if is_full_name(name) else None)


def is_agency(name: str) -> bool:
    """Whether a name is that of a news agency."""
    return len(name) <= _MAX_LENGTH and bool(_AGENCY.fullmatch(name))


def is_collective(text: str) -> bool:
    """Whether a whole byline names an outlet's people as such: `Staff`, `Die Redaktion`."""
    return len(text) <= _MAX_LENGTH and bool(_COLLECTIVE.fullmatch(text))


def is_common_word(text: str) -> bool:
    """Whether a text is a single word that menus and sentences are made of: `mehr`, `Home`."""
    return text in _PARTICLES or bool(_NEVER.fullmatch(text))


@lru_cache(maxsize=4_096)
def is_full_name(text: str) -> bool:
    """Whether a text is built like a person's whole name: first and last name, nothing else."""
    if len(text) > _MAX_LENGTH or _ORGANIZATION.search(text) or is_agency(text):
        return False
    if _UNSPACED.fullmatch(text):
        return True
    words = text.replace(",", "").split()
    names = [word for word in words if word not in _PARTICLES]
    return (
        len(names) > 1
        and len(words) <= _MAX_WORDS
        and words[-1] in names
        and all(map(_is_name_word, names))
        and any(len(word.rstrip(".")) > 2 for word in names)  # noqa: PLR2004  (more than initials)
        and not _NEVER.search(" ".join(names))
    )


def _is_name_word(word: str) -> bool:
    first = word.lstrip("'’‘")[:1]
    bare = re.sub(r"^(?:[dl]['’]|al-)", "", word)[:1] or first
    return bool(_NAME_WORD.fullmatch(word)) and not bare.islower()
