"""Extension: when a run ends, says what came of it, and keeps that in `runs/RUN.json`."""

import sys
from pathlib import Path
from typing import Any, Self

import msgspec
from rich.console import Console
from scrapy import Spider, signals
from scrapy.crawler import Crawler

from cleaning.error import OutputError
from crawler.disk import explained, publish
from crawler.outcome import Outcome, outcome_of
from crawler.spiders.article import require_article_spider
from crawler.stopping import stop_crawl


class Summary:
    """Prints to stderr, since stdout may be somebody's feed (`-O -:jsonl`)."""

    def __init__(self, crawler: Crawler, output: Path, run_id: str) -> None:
        """Take the crawler, whose stats tell the outcome, and where the run's files are."""
        self._crawler = crawler
        self._output = output
        self._run_id = run_id

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
        try:
            self._keep(spider.name, reason, outcome, stats)
        except OutputError as error:
            stop_crawl(self._crawler, error)
        console = Console(file=sys.stderr, highlight=False, soft_wrap=True)
        for line in report(outcome, self._output, self._run_id):
            console.print(line, markup=False)

    def _keep(self, spider: str, reason: str, outcome: Outcome, stats: dict[str, Any]) -> None:
        path = self._output / "runs" / f"{self._run_id}.json"
        kept = {
            "run_id": self._run_id,
            "spider": spider,
            "finish_reason": reason,
            "pages": outcome.pages,
            "published": outcome.published,
            **msgspec.to_builtins(outcome),
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
        (outcome.duplicates, "published: labelled as a duplicate"),
        (outcome.unchanged, "unchanged since an earlier run"),
        *((count, f"refused: {reason}") for reason, count in outcome.refused.items()),
        *((count, f"leads passed over: {why}") for why, count in outcome.passed_over.items()),
        (outcome.sources_failed, "feeds, sitemaps or sections could not be read"),
        *(
            (count, f"left to the next run: budget of {part} spent")
            for part, count in outcome.over_budget.items()
        ),
        (outcome.left_alone, "left to the next run: the site is to be left alone"),
        *((count, f"not followed: {kind} trap") for kind, count in outcome.traps.items()),
    ]
    lines = [f"{outcome.pages} pages dealt with in run {run_id}"]
    lines += [f"{count:8}  {what}" for count, what in counts if count]
    if outcome.pages and not outcome.published:
        lines.append("nothing is new")
    lines += [f"{name:>10}: {path}" for name, path in _files(output, run_id) if path.exists()]
    return lines


def _files(output: Path, run_id: str) -> list[tuple[str, Path]]:
    folders = {"records": "articles", "refusals": "rejected", "removals": "removed"}
    files = [(what, output / folder / f"{run_id}.jsonl") for what, folder in folders.items()]
    return [*files, ("run", output / "runs" / f"{run_id}.json")]
