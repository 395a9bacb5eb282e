"""Cleans the files that `scrapy clean` is told of."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scrapy.settings import BaseSettings

from cleaning.article import Article, Refusal
from crawler.command_line import say
from crawler.known_sites import declared_sites, outdated, rules_for
from crawler.output_file import OutputFile
from crawler.reading import Reading
from crawler.segments import encode
from crawler.site import Site
from crawler.source import read_source
from crawler.workers import Workers


def clean_files(
    paths: Sequence[Path], target: Path | None, sites_folder: Path | None, settings: BaseSettings
) -> int:
    """The exit code: 1 if a file could not be read; the others are cleaned all the same.

    Args:
        paths: what to clean.
        target: where records go, and refusals beside it; None: to stdout, and to stderr.
        sites_folder: of the sites by whose rules; None: COPYDESK_SITES.
        settings: the project's.

    Raises:
        CopydeskError: the sites or a setting cannot be used, or nothing be written.
    """
    sites = _declared(sites_folder, Path(settings["COPYDESK_SITES"]))
    reading = Reading(paths, read_source)
    with (
        Workers.from_settings(settings) as workers,
        OutputFile(target, sys.stdout.buffer) as records,
        OutputFile(_rejected_path(target), sys.stderr.buffer) as rejected,
        reading,
    ):
        results = workers.clean_all(reading, lambda url: rules_for(url, sites))
        counts = _write(results, records, rejected)
    for fault in reading.unreadable:
        say(f"scrapy clean: {fault}")
    say(_summary(counts, len(reading.unreadable)))
    return 1 if reading.unreadable else 0


def _declared(folder: Path | None, default: Path) -> list[Site]:
    """The sites of the folder that was asked for, else of the default one; warns of old rules."""
    sites = declared_sites(folder, default)
    for warning in outdated(sites, datetime.now(UTC).date()):
        say(f"scrapy clean: {warning}")
    return sites


def _write(
    results: Iterable[Article | Refusal], records: OutputFile, rejected: OutputFile
) -> Counter[str]:
    """Write each result where it belongs; count them, refusals by reason."""
    counts: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Article):
            records.write(encode(result))
            counts["cleaned"] += 1
        else:
            rejected.write(encode(result))
            counts[f"refused: {result.reason}"] += 1
    return counts


def _rejected_path(target: Path | None) -> Path | None:
    return target.with_name(f"{target.stem}.rejected.jsonl") if target else None


def _summary(counts: Counter[str], unreadable: int) -> str:
    parts = [f"{counts.pop('cleaned', 0)} cleaned"]
    parts += [f"{count} {what}" for what, count in sorted(counts.items())]
    parts += [f"{unreadable} input(s) could not be read"] if unreadable else []
    return ", ".join(parts)
