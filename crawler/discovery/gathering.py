"""What a run has found of one site so far, until all of the site's sources have answered."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from cleaning.page import Lead
from crawler.discovery.date_range import DateRange
from crawler.discovery.merging import is_told, key_of, merged
from crawler.discovery.url_shape import Shape, learn_shapes, looks_like_article
from crawler.source_state import Answer

#: Sitemaps may name sitemaps for ever; those of the largest archives are fewer.
_MAX_SOURCES = 5_000
#: An index of an index of sitemaps is the most that is met.
MAX_SITEMAP_DEPTH = 3


class Gathering:
    """Collects the leads of a site; what they come to is decided when all are there.

    Then a lead that several places name can keep all of them, and what feeds say are articles
    teaches what their URLs look like.
    """

    def __init__(self) -> None:
        self._leads: list[Lead] = []
        self._sources: set[str] = set()
        self._open = 0
        self.answers: list[Answer] = []
        #: Leads that were passed over, by why.
        self.passed_over: Counter[str] = Counter()

    def ask(self, url: str) -> bool:
        """Note that a source is asked for; false if it was before, or is one too many."""
        key = key_of(url)
        if key in self._sources or len(self._sources) >= _MAX_SOURCES:
            return False
        self._sources.add(key)
        self._open += 1
        return True

    def skip(self, url: str) -> bool:
        """Note a source that is not asked for this time; false if it is known already."""
        key = key_of(url)
        fresh = key not in self._sources
        self._sources.add(key)
        return fresh

    def add(self, lead: Lead) -> None:
        """Take a lead."""
        self._leads.append(lead)

    def answer(self) -> bool:
        """Note that a source has answered, or cannot; true if none is left to wait for."""
        self._open -= 1
        return self.is_complete

    def note(self, answer: Answer) -> None:
        """Take what a source has answered, to be remembered with its leads."""
        self.answers.append(answer)

    @property
    def is_complete(self) -> bool:
        """Whether no source is left to wait for."""
        return self._open <= 0

    def shapes(self) -> dict[str, Shape]:
        """What the URLs of the articles look like that feeds and news sitemaps have told of."""
        return learn_shapes(lead.url for lead in self._leads if is_told(lead))

    def hosts(self) -> set[str]:
        """The hosts of what was found, with their ports."""
        return {urlsplit(lead.url).netloc for lead in self._leads}

    def take(
        self, days: DateRange | None, shapes: Mapping[str, Shape] | None = None
    ) -> tuple[Lead, ...]:
        """The leads to follow, once; what was found is forgotten, what was asked for is not.

        Args:
            days: the days of a back-fill, None for all.
            shapes: what the URLs of sections and plain sitemaps must look like, by host; None where
                the site declares what its articles are.
        """
        leads, self._leads = merged(self._leads), []
        wanted = [lead for lead in leads if key_of(lead.url) not in self._sources]
        if days is not None:
            wanted = self._kept(wanted, days.verdict, "can be")
        if shapes is not None:
            wanted = self._kept(
                wanted,
                lambda lead: (
                    "like an article"
                    if is_told(lead) or looks_like_article(lead.url, shapes)
                    else "unlike an article"
                ),
                "like an article",
            )
        return tuple(wanted)

    def _kept(
        self, leads: Iterable[Lead], verdict: Callable[[Lead], str], wanted: str
    ) -> list[Lead]:
        kept = []
        for lead in leads:
            said = verdict(lead)
            if said == wanted:
                kept.append(lead)
            else:
                self.passed_over[said] += 1
        return kept
