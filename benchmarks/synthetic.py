"""Makes articles that nobody wrote, to fill a ledger with: seeded, so the same in each run.

Words follow Zipf's law, the frequent ones being short; some entries of the vocabulary are turns of
phrase. So texts have sequences of words in common, as real ones do, and compress to as many bytes a
word as the English news of the corpus.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleaning.article import Access, Article, Provenance, Quality
from cleaning.dedup import content_hash
from cleaning.identity import article_id, site_of
from cleaning.rights import NO_RIGHTS

#: Days over which articles are spread.
DAYS: Final = 30
_WORDS: Final = 800
_PARAGRAPH: Final = 80
#: One article in so many is an altered copy of an earlier one.
_COPY: Final = 20
#: A copy is of one of so many before it.
_RECENT: Final = 500
_SITES: Final = 400
_VOCABULARY: Final = 60_000
_PHRASES: Final = 0.2
_FIRST: Final = datetime(2026, 3, 1, tzinfo=UTC)
_SYLLABLES: Final = tuple(
    a + b + c for a in "bcdfghklmnprstvwz" for b in "aeiou" for c in ("", "n", "r", "s")
)
_PROVENANCE: Final = Provenance(
    fetched_at="2026-03-01T00:00:00+00:00",
    status=200,
    etag='"65f1c2-1a2b3"',
    last_modified="Sun, 01 Mar 2026 08:00:00 GMT",
    raw_sha256="0" * 64,
    encoding="utf-8",
    warc=None,
    discovered=None,
    sources={},
    rights=NO_RIGHTS,
    run_id=None,
    spider=None,
    copydesk="0",
    rules="0" * 64,
    engines={},
)


@dataclass(slots=True)
class Newswire:
    """Articles in the order of their publication, over `DAYS` days.

    Args:
        total: how many there are in all, for their times.
        seed: of texts; another one gives texts that have nothing in common with these.
    """

    total: int
    seed: int = 1
    _rng: np.random.Generator = field(init=False)
    _entries: list[str] = field(init=False)
    _chances: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        # The vocabulary is that of all seeds: it is the language.
        self._entries = _vocabulary(np.random.default_rng(0))
        shares = 1 / (np.arange(len(self._entries)) + 2.7)
        self._chances = np.cumsum(shares / shares.sum())
        self._rng = np.random.default_rng(self.seed)

    def articles(self, first: int = 0, last: int | None = None) -> Iterator[Article]:
        """Those from one number up to another; of the same numbers twice, the texts differ."""
        recent: deque[str] = deque(maxlen=_RECENT)
        for number in range(first, self.total if last is None else last):
            copied = bool(recent) and self._rng.random() < 1 / _COPY
            text = self._altered(recent) if copied else self.text()
            recent.append(text)
            at = _FIRST + timedelta(days=DAYS) * number / self.total
            yield _article(f"{number}-{self.seed}", number % _SITES, text, at)

    def text(self, words: int = _WORDS) -> str:
        """A text of about so many words, in paragraphs."""
        places = np.searchsorted(self._chances, self._rng.random(words))
        drawn = " ".join(self._entries[place] for place in places).split()[:words]
        return "\n\n".join(
            f"{' '.join(drawn[start : start + _PARAGRAPH]).capitalize()}."
            for start in range(0, words, _PARAGRAPH)
        )

    def _altered(self, recent: Sequence[str]) -> str:
        """An earlier text without its last paragraph, and with a lead of its own."""
        paragraphs = recent[int(self._rng.integers(len(recent)))].split("\n\n")
        return "\n\n".join((self.text(_PARAGRAPH), *paragraphs[:-1]))


def _vocabulary(rng: np.random.Generator) -> list[str]:
    """Words, the most frequent first and so the shorter ones, and phrases of two or three."""
    lengths = 1 + np.arange(_VOCABULARY) ** 0.12 * rng.uniform(0.2, 1.0, _VOCABULARY)
    words = ["".join(rng.choice(_SYLLABLES, int(length))) for length in lengths]
    for place in np.flatnonzero(rng.random(_VOCABULARY) < _PHRASES):
        # Of words that are more frequent than the phrase.
        parts = rng.integers(0, place + 1, int(rng.integers(2, 4)))
        words[place] = " ".join(words[part].split()[0] for part in parts)
    return words


def _article(name: str, site: int, text: str, at: datetime) -> Article:
    url = f"https://outlet{site}.example/{at:%Y/%m/%d}/{name}-as-the-title-says.html"
    stamp = at.isoformat(timespec="seconds")
    return Article(
        schema="article/1",
        id=article_id(url),
        version=1,
        op="new",
        url=url,
        requested_url=url,
        canonical_url=None,
        site=site_of(url),
        title=" ".join(text.split()[:9]),
        description=None,
        authors=(),
        section=None,
        tags=(),
        text=text,
        word_count=len(text.split()),
        content_hash=content_hash(text),
        language="en",
        language_confidence=0.99,
        date_published=stamp,
        date_modified=None,
        date_precision="second",
        date_source="json-ld",
        date_confidence=0.98,
        images=(),
        publisher=None,
        content_type="article",
        access=Access(free=None, truncated=False, evidence=()),
        duplicate=None,
        change=None,
        quality=Quality(score=1.0, flags=()),
        removed={},
        provenance=replace(_PROVENANCE, fetched_at=stamp),
    )
