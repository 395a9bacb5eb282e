"""What a purge takes out: articles by their ids, pages by their URLs."""

from dataclasses import dataclass, field
from functools import lru_cache

from cleaning.identity import article_id, page_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Articles and pages of which nothing is to stay.

    `reasons` gives for each id why, None where that was not said; `urls` are spelled as by
    `cleaning.identity.page_url`; `places` are where responses are known to be archived (file and
    offset), for those that no URL tells.
    """

    reasons: dict[str, str | None]
    urls: frozenset[str] = frozenset()
    places: frozenset[tuple[str, int]] = field(default=frozenset())

    def has_url(self, url: str) -> bool:
        """Whether a URL, in any spelling, leads to one of them."""
        page, id_ = _identified(url)
        return page in self.urls or id_ in self.reasons


@lru_cache(maxsize=4096)
def _identified(url: str) -> tuple[str, str]:
    return page_url(url), article_id(url)
