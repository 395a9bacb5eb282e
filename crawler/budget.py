"""What a run may take of one site: pure."""

from dataclasses import dataclass
from typing import Final, Self

from scrapy.settings import BaseSettings

from crawler.setting import number_of
from crawler.site import Fetch

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most that a run takes of a site; 0 stands for no limit."""

    #: Pages, feeds and sitemaps, each once however often it is tried.
    max_pages: float
    #: Steps from a feed, sitemap, section or list.
    max_depth: float
    #: From the first request on.
    max_minutes: float

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """What holds for sites that say nothing of their own.

        Raises:
            InputError: a setting is no number.
        """
        return cls(
            max_pages=number_of(settings, "COPYDESK_MAX_PAGES", 0),
            max_depth=number_of(settings, "COPYDESK_MAX_DEPTH", 0),
            max_minutes=number_of(settings, "COPYDESK_MAX_MINUTES", 0),
        )

    def of(self, fetch: Fetch) -> "Budget":
        """The budget of a site, which may set each part of it."""
        return Budget(
            max_pages=self.max_pages if fetch.max_pages is None else fetch.max_pages,
            max_depth=self.max_depth if fetch.max_depth is None else fetch.max_depth,
            max_minutes=self.max_minutes if fetch.max_minutes is None else fetch.max_minutes,
        )

    def exceeded_by(self, *, pages: int, depth: int, seconds: float) -> str | None:
        """What a request would exceed: `pages`, `depth` or `minutes`.

        Args:
            pages: asked for so far, this one too.
            depth: of the request.
            seconds: from the site's first request until this one would be sent.
        """
        if self.max_depth and depth > self.max_depth:
            return "depth"
        if self.max_pages and pages > self.max_pages:
            return "pages"
        if self.max_minutes and seconds > self.max_minutes * _MINUTE:
            return "minutes"
        return None
