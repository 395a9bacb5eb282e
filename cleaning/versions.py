"""Tells a new article from a new version of a known one, and both from nothing new."""

from dataclasses import dataclass
from typing import Literal

from cleaning.article import Article
from cleaning.dedup import fingerprint
from cleaning.identity import identity_url, page_url

Outcome = Literal["new", "update", "unchanged"]


@dataclass(frozen=True, slots=True)
class Known:
    """The latest version of an article that is known."""

    version: int
    #: The page that it was taken from, as `page_url` spells it.
    url: str
    #: Of its text, see `cleaning.settled`.
    fingerprint: str
    title: str | None


def outcome_of(article: Article, words: str, known: Known | None) -> Outcome:
    """What an article is beside the latest version of the same id, if there is one.

    Args:
        article: the article as cleaned.
        words: fingerprint of its text, made as the known one was.
        known: the latest known version of the article of this id.
    """
    if known is None:
        return "new"
    if _is_twin(article, known):
        return "unchanged"
    same = known.fingerprint == words and is_same_title(known.title, article.title)
    return "unchanged" if same else "update"


def is_same_title(old: str | None, new: str | None) -> bool:
    """Whether two titles are of the same words; their case, quotes and punctuation may differ."""
    if old is None or new is None:
        return old == new
    return fingerprint(old) == fingerprint(new)


def _is_twin(article: Article, known: Known) -> bool:
    """Whether this is another presentation (AMP, print) of an article known from elsewhere.

    Its text differs in small ways, so taking turns with the original it would make versions without
    end. A twin that is itself the known source is the article's only page, and may change it.
    """
    original = article.canonical_url or identity_url(article.url)
    return page_url(article.url) not in (page_url(original), known.url)
