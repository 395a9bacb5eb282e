"""What a report tells of records, refusals, removals and runs, gathered in one pass: pure.

Memory is bounded, whatever comes: counts by at most so many names, samples, and a list that ends.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import msgspec

from cleaning.article import Article, Refusal
from cleaning.cleaned import Removal
from cleaning.identity import site_of
from crawler.outcome import is_failure
from crawler.report.listing import Listing, kind_of, web_address
from crawler.report.tally import REST, Sample, Tally

#: Bins of the lengths: the fewest words of each.
LENGTHS = (0, 50, 100, 200, 400, 800, 1_600, 3_200)
_SITES = 5_000
_NAMES = 500
_DAYS = 20_000
_CLUSTERS = 20_000
_SAMPLES = 5
#: Runs and slowest pages that are told one by one.
_RUNS = 100
_SLOWEST = 20
_TEXT = 300


class Audit(msgspec.Struct, frozen=True):
    """A line of the audit: what was removed of a record."""

    removed: tuple[Removal, ...]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run's summary, `runs/RUN.json`; older ones lack some of it."""

    run_id: str
    spider: str = ""
    started: str = ""
    ended: str = ""
    seconds: float = 0
    finish_reason: str | None = "finished"
    balanced: bool = True
    pages: int = 0
    published: int = 0
    unchanged: int = 0
    duplicates: int = 0
    refused: dict[str, int] = {}
    failed: dict[str, int] = {}
    leads: dict[str, int] = {}
    passed_over: dict[str, int] = {}
    sources_asked: int = 0
    sources_failed: int = 0
    sources_unchanged: int = 0
    sources_not_due: int = 0
    over_budget: dict[str, int] = {}
    left_alone: int = 0
    traps: dict[str, int] = {}
    sites_busy: int = 0
    sites: dict[str, dict[str, int]] = {}
    stats: dict[str, Any] = {}


class Slow(NamedTuple):
    """A page that took long to clean."""

    seconds: float
    url: str


class Refused(NamedTuple):
    """A sample of a reason."""

    url: str
    link: str
    detail: str
    status: int | None
    at: str


@dataclass(slots=True)
class Reason:
    """What is told of one reason of refusals."""

    stage: str
    count: int = 0
    samples: Sample[Refused] = field(default_factory=lambda: Sample(_SAMPLES))


@dataclass(slots=True)
class SiteFacts:
    """Counts of a site: records by kind, `refused`, `failed`; refusals by reason."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Tally = field(default_factory=lambda: Tally(20))
    #: What the runs' summaries say besides: `unchanged`, `sources_failed`, ...
    told: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Cluster:
    """Copies of one article."""

    copies: int = 0
    sites: Tally = field(default_factory=lambda: Tally(3))
    #: Of the first copy.
    title: str = ""
    link: str = ""


@dataclass(slots=True)
class Texts:
    """How much text there is, in characters."""

    kept: int = 0
    removed: Tally = field(default_factory=lambda: Tally(_NAMES))
    blocks: Tally = field(default_factory=lambda: Tally(_NAMES))
    #: How many records each rule removed something of.
    records: Tally = field(default_factory=lambda: Tally(_NAMES))


@dataclass(slots=True)
class RunFacts:
    """The sum of what the summaries of runs say."""

    runs: list[Run] = field(default_factory=list)
    count: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    leads: Tally = field(default_factory=lambda: Tally(_NAMES))
    passed_over: Tally = field(default_factory=lambda: Tally(_NAMES))
    not_asked: Tally = field(default_factory=lambda: Tally(_NAMES))
    slowest: list[Slow] = field(default_factory=list)


def _tally() -> Tally:
    return Tally(_NAMES)


@dataclass(slots=True)
class Facts:
    """Give it all that there is, in any order, then read it."""

    kinds: Counter[str] = field(default_factory=Counter)
    sites: dict[str, SiteFacts] = field(default_factory=dict)
    days: Tally = field(default_factory=lambda: Tally(_DAYS))
    fetched: Tally = field(default_factory=lambda: Tally(_DAYS))
    languages: Tally = field(default_factory=_tally)
    types: Tally = field(default_factory=_tally)
    precisions: Tally = field(default_factory=_tally)
    date_sources: Tally = field(default_factory=_tally)
    flags: Tally = field(default_factory=_tally)
    copies: Tally = field(default_factory=_tally)
    lengths: Counter[int] = field(default_factory=Counter)
    truncated: int = 0
    texts: Texts = field(default_factory=Texts)
    clusters: dict[str, Cluster] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)
    listing: Listing = field(default_factory=Listing)
    runs: RunFacts = field(default_factory=RunFacts)

    @property
    def records(self) -> int:
        """All records, of whatever kind."""
        return self.kinds.total()

    @property
    def articles(self) -> int:
        """Records that are not about an article that is gone."""
        return self.records - self.kinds["gone"]

    def add_article(self, article: Article) -> None:
        """Count a record; of one that is gone nothing is told but that."""
        kind = kind_of(article)
        self.kinds[kind] += 1
        self._site(article.site).counts[kind] += 1
        self.listing.add(article)
        if kind == "gone":
            return
        self._add_dates(article)
        self.languages.count(article.language)
        self.types.count(article.content_type)
        self.lengths[bisect_right(LENGTHS, article.word_count) - 1] += 1
        self.flags.count_all((flag, 1) for flag in article.quality.flags)
        self.truncated += article.access.truncated
        self.texts.kept += len(article.text or "")
        self._add_copy(article)

    def add_refusal(self, refusal: Refusal) -> None:
        """Count a refusal, and keep some as samples."""
        name = refusal.reason if self._has_room(self.reasons, refusal.reason, _NAMES) else REST
        reason = self.reasons.setdefault(name, Reason(refusal.stage))
        reason.count += 1
        url = refusal.requested_url
        detail = refusal.detail[:_TEXT]
        reason.samples.offer(
            Refused(url[:_TEXT], web_address(url), detail, refusal.status, refusal.at)
        )
        site = self._site(site_of(refusal.url))
        site.counts["failed" if is_failure(refusal.reason) else "refused"] += 1
        site.reasons.count(refusal.reason)

    def add_audit(self, audit: Audit) -> None:
        """Count what was removed of a record."""
        for removal in audit.removed:
            self.texts.removed.count(removal.rule, len(removal.text))
            self.texts.blocks.count(removal.rule)
        self.texts.records.count_all((rule, 1) for rule in {one.rule for one in audit.removed})

    def add_run(self, run: Run) -> None:
        """Add up what a run says of itself."""
        told = self.runs
        told.count += 1
        told.runs = sorted([*told.runs, _without_stats(run)], key=lambda one: one.ended)[-_RUNS:]
        for name in ("pages", "published", "unchanged", "duplicates", "left_alone", "sites_busy"):
            told.sums[name] += getattr(run, name)
        for name in ("asked", "failed", "unchanged", "not_due"):
            told.sums[f"sources_{name}"] += getattr(run, f"sources_{name}")
        told.sums["refused"] += sum(run.refused.values())
        told.sums["failed"] += sum(run.failed.values())
        told.leads.count_all(run.leads.items())
        told.passed_over.count_all(run.passed_over.items())
        told.not_asked.count_all((f"budget of {part}", n) for part, n in run.over_budget.items())
        told.not_asked.count_all((f"{kind} trap", n) for kind, n in run.traps.items())
        told.slowest = sorted([*told.slowest, *_slowest(run)], reverse=True)[:_SLOWEST]
        for site, counts in run.sites.items():
            self._site(_registrable(site)).told.update(counts)

    def _add_dates(self, article: Article) -> None:
        self.fetched.count_all(_days_of(article.provenance.fetched_at))
        self.precisions.count(article.date_precision or "none")
        if article.date_published:
            self.days.count_all(_days_of(article.date_published))
            self.date_sources.count(article.date_source or "unknown")

    def _add_copy(self, article: Article) -> None:
        if not article.duplicate:
            return
        self.copies.count(article.duplicate.kind)
        of = article.duplicate.of
        if self._has_room(self.clusters, of, _CLUSTERS):
            title = (article.title or article.url)[:_TEXT]
            new = Cluster(title=title, link=web_address(article.url))
            cluster = self.clusters.setdefault(of, new)
            cluster.copies += 1
            cluster.sites.count(article.site)

    def _site(self, site: str) -> SiteFacts:
        name = site if self._has_room(self.sites, site, _SITES) else REST
        return self.sites.setdefault(name, SiteFacts())

    @staticmethod
    def _has_room(known: dict[str, Any], name: str, most: int) -> bool:
        return name in known or len(known) < most


def _days_of(stamp: str) -> list[tuple[str, int]]:
    """The day of a time, counted once; nothing where the calendar has none such."""
    try:
        return [(f"{date.fromisoformat(stamp[:10])}", 1)]
    except ValueError:
        return []


def _registrable(declared: str) -> str:
    """The name that records have for a site; a site may be declared as `news.example.org`."""
    return declared if declared == REST else site_of(f"http://{declared}/")


def _without_stats(run: Run) -> Run:
    return msgspec.structs.replace(run, stats={}, sites={})


def _slowest(run: Run) -> list[Slow]:
    try:
        told = msgspec.convert(run.stats.get("copydesk/slowest", []), list[Slow])
    except msgspec.ValidationError:
        # Another component's, or another version's.
        return []
    return [Slow(one.seconds, one.url[:_TEXT]) for one in told[:_SLOWEST]]
