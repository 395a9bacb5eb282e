"""Extension: when a run ends, says what came of it, and keeps that in `runs/RUN.json`."""

import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from scrapy import Spider, signals
from scrapy.crawler import Crawler

from cleaning.error import OutputError
from cleaning.manifest import Kind
from cleaning.timestamp import format_timestamp
from crawler.command_line import say
from crawler.disk import explained, publish
from crawler.extensions.tally import Tally
from crawler.outcome import UNBALANCED, Outcome, has_nothing_to_do, outcome_of
from crawler.sealing import segments_of
from crawler.spiders.article import require_article_spider
from crawler.stopping import has_failed, stop_crawl

logger = logging.getLogger(__name__)

#: What a run leaves, and in which segments it is.
_KINDS: Final[dict[str, Kind]] = {
    "records": "articles",
    "refusals": "rejected",
    "removals": "removed",
}
#: So many broken sites are named on the terminal.
_NAMED = 5
_BECAME = ("published", "unchanged", "duplicates", "refused", "failed", "lost")


class Summary:
    """Prints to stderr, since stdout may be somebody's feed (`-O -:jsonl`)."""

    def __init__(self, crawler: Crawler, output: Path, run_id: str) -> None:
        """Take the crawler, whose stats tell the outcome, and where the run's files are."""
        self._crawler = crawler
        self._output = output
        self._run_id = run_id
        self._started = datetime.now(UTC)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy from COPYDESK_OUTPUT."""
        require_article_spider(crawler)
        settings = crawler.settings
        summary = cls(crawler, Path(settings["COPYDESK_OUTPUT"]), settings["COPYDESK_RUN_ID"])
        crawler.signals.connect(summary.spider_closed, signals.spider_closed)
        return summary

    def spider_closed(self, spider: Spider, reason: str) -> None:
        """Say and keep it."""
        stats = self._crawler.stats.get_stats()
        outcome = outcome_of(stats)
        balanced = self._is_balanced(stats.get("copydesk/fetched", 0), outcome.pages)
        told = {"spider": spider.name, "finish_reason": reason, "balanced": balanced}
        try:
            self._keep(told, outcome, stats)
        except OutputError as error:
            stop_crawl(self._crawler, error)
        lines = report(outcome, self._output, self._run_id)
        lines[1:1] = broken_sites(self._sites)
        for line in lines:
            say(line)

    @property
    def _sites(self) -> Mapping[str, Mapping[str, int]]:
        tally = self._crawler.get_extension(Tally)
        return tally.sites if tally else {}

    def _is_balanced(self, fetched: int, pages: int) -> bool:
        """Whether as many pages have come to an end as have an outcome; else a page is lost."""
        if fetched == pages:
            return True
        self._crawler.stats.set_value(UNBALANCED, 1)
        if not has_failed(self._crawler):
            logger.error(
                "%d pages were fetched and %d have an outcome: a mistake of copydesk or of a"
                " pipeline of yours; scrapy why URL tells of each",
                fetched,
                pages,
            )
        return False

    def _keep(self, told: dict[str, Any], outcome: Outcome, stats: dict[str, Any]) -> None:
        path = self._output / "runs" / f"{self._run_id}.json"
        ended = datetime.now(UTC)
        kept = {
            "run_id": self._run_id,
            "started": format_timestamp(self._started),
            "ended": format_timestamp(ended),
            "seconds": round((ended - self._started).total_seconds(), 1),
            **told,
            "pages": outcome.pages,
            "published": outcome.published,
            **msgspec.to_builtins(outcome),
            "sites": {site: _site(counts) for site, counts in sorted(self._sites.items())},
            "stats": dict(sorted(stats.items())),
        }
        part = path.with_name(f"{path.name}.part")
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(msgspec.json.format(msgspec.json.encode(kept, enc_hook=str), indent=2))
        publish(part, path)


def report(outcome: Outcome, output: Path, run_id: str) -> list[str]:
    """What came of a run, a line each: counts by reason, and where the files are."""
    counts = [
        (outcome.new, "published: new"),
        (outcome.updated, "published: new version of a known article"),
        (outcome.labelled, "published: labelled as a duplicate"),
        (outcome.tombstones, "published: an article is gone"),
        (outcome.unchanged, "unchanged since an earlier run"),
        (outcome.duplicates, "left out: duplicates"),
        *((count, f"refused: {reason}") for reason, count in outcome.refused.items()),
        *((count, f"failed: {reason}") for reason, count in outcome.failed.items()),
        *((count, f"leads passed over: {why}") for why, count in outcome.passed_over.items()),
        (outcome.sources_unchanged, "feeds, sitemaps or sections are unchanged"),
        (outcome.sources_not_due, "feeds, sitemaps or sections are asked later"),
        (outcome.sources_failed, "feeds, sitemaps or sections could not be read"),
        (outcome.sites_busy, "sites left out: another run is crawling them"),
        *(
            (count, f"left to the next run: budget of {part} spent")
            for part, count in outcome.over_budget.items()
        ),
        (outcome.left_alone, "left to the next run: the site is to be left alone"),
        *((count, f"not followed: {kind} trap") for kind, count in outcome.traps.items()),
    ]
    lines = [f"{outcome.pages} pages dealt with in run {run_id}"]
    lines += [f"{count:8}  {what}" for count, what in counts if count]
    if not outcome.published and (outcome.pages or has_nothing_to_do(outcome)):
        lines.append("nothing is new")
    lines += [f"{name:>10}: {where}" for name, where in _files(output, run_id)]
    return lines


def broken_sites(sites: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """A line for each site of which nothing came but failures, and for what is too much to name."""
    broken = sorted(filter(lambda site: _is_broken(sites[site]), sites))
    for site in broken[:_NAMED]:
        pages, sources = (sites[site].get(name, 0) for name in ("failed", "sources_failed"))
        yield f"  {site}: nothing but failures: {pages} pages, {sources} feeds or the like"
    if len(broken) > _NAMED:
        yield f"  and {len(broken) - _NAMED} more such sites: see `sites` in the run's file"


def _is_broken(counts: Mapping[str, int]) -> bool:
    pages, sources = counts.get("fetched", 0), counts.get("sources_asked", 0)
    if pages:
        return counts.get("failed", 0) == pages
    return counts.get("sources_failed", 0) >= sources > 0


def _site(counts: Mapping[str, int]) -> dict[str, int]:
    """A site's counts as they are kept; `lost` only where there is a mistake."""
    names = (name for name in _BECAME if name != "lost" or name in counts)
    sources = (name for name in ("sources_asked", "sources_failed") if name in counts)
    kept = (*names, *sources)
    return {"pages": counts.get("fetched", 0)} | {name: counts.get(name, 0) for name in kept}


def _files(output: Path, run_id: str) -> Iterator[tuple[str, str]]:
    """What to look at: the first file of each kind, and how many more there are."""
    found = segments_of(output, run_id)
    for what, kind in _KINDS.items():
        segments = [segment for segment in found if segment.kind == kind]
        if segments:
            more = f" and {len(segments) - 1} more" if len(segments) > 1 else ""
            yield what, f"{output / segments[0].path}{more}"
    yield "run", str(output / "runs" / f"{run_id}.json")
