"""Builds the report of made-up articles, and opens it in Chromium.

    python -m benchmarks.report_page [--articles N] [--keep FILE]

makes 10,000 articles with refusals and removals, seals them as a crawl does, writes their report,
and prints how large it is, how long that took, and how long a headless Chromium takes to load it.
Needs copydesk[render]; no request leaves the machine.
"""

import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

import msgspec

from benchmarks.command import run_alone
from benchmarks.synthetic import Newswire
from benchmarks.table import markdown_table
from cleaning.article import Article, Duplicate, Quality, Refusal
from cleaning.manifest import MANIFEST, Kind, Ops, Segment, encode_segment
from crawler.browser import chromium_path
from crawler.report.gathering import Scope
from crawler.report.writing import write_report

_RUN = "20260401T060000Z-4f2a00"
_AT = "2026-04-01T06:00:00+00:00"
_ROUNDS = 5
#: So many articles are copies, and so many doubtful.
_SOME = 0.1
_LANGUAGES = ("en", "en", "en", "de", "fr", "es", "pt-BR", "ar", "zh-CN", "el")
_RULES = ("read-more", "caption", "newsletter", "byline", "share", "counter", "unlike-place")
_REASONS = ("http-404", "too-short", "index-page", "robots", "timeout", "paywall", "soft-404")


class Load(NamedTuple):
    """One opening of the page, in seconds: from `goto` to its load event, and to first paint."""

    load: float
    paint: float
    #: From the start of the browser to the list of articles being there.
    cold: float


def main() -> int:
    """Measure, and print a table; the exit code."""
    parser = ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=10_000, metavar="N", help="(10000)")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the page")
    return run_alone(parser, _measure)


def _measure(options: Namespace) -> str:
    chromium = chromium_path("")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _seal_all(folder, options.articles)
        page = options.keep.absolute() if options.keep else folder / "report.html"
        started = time.perf_counter()
        write_report(folder, Scope(run=_RUN), page)
        took = time.perf_counter() - started
        loads = [_load(page, chromium) for _ in range(_ROUNDS)]
        rows = [
            ("articles", f"{options.articles:,}"),
            ("size of the page, MB", f"{page.stat().st_size / 1e6:.2f}"),
            ("seconds to make it", f"{took:.2f}"),
            ("seconds to its load event, median", f"{median(one.load for one in loads):.2f}"),
            ("seconds to first paint, median", f"{median(one.paint for one in loads):.2f}"),
            ("the same from the start of the browser", f"{median(one.cold for one in loads):.2f}"),
            ("the longest of these", f"{max(one.cold for one in loads):.2f}"),
        ]
    return markdown_table(("what", f"of {_ROUNDS} browsers"), rows)


def articles(count: int) -> Iterator[Article]:
    """Articles that differ in what a report counts; always the same."""
    chance = Random(1)  # noqa: S311 - it has to be the same each time
    known: list[str] = []
    for article in Newswire(count).articles():
        copied = bool(known) and chance.random() < _SOME
        of = Duplicate(of=chance.choice(known[-200:]), kind="near", score=0.8) if copied else None
        known.append(article.id)
        words = int(chance.lognormvariate(5.8, 0.7))
        flagged = Quality(score=0.7, flags=("many-removals",))
        yield replace(
            article,
            language=chance.choice(_LANGUAGES),
            text=(article.text or "")[: words * 6],
            word_count=words,
            duplicate=of,
            quality=flagged if chance.random() < _SOME else article.quality,
            provenance=replace(article.provenance, run_id=_RUN),
        )


def _seal_all(folder: Path, count: int) -> None:
    chance = Random(2)  # noqa: S311 - it has to be the same each time
    made = list(articles(count))
    refusals = [_refusal(number, chance) for number in range(count // 10)]
    audits = [_audit(article, chance) for article in made]
    ops = Ops(new=count, update=0, tombstone=0)
    _seal(folder, "articles", made, ops)
    _seal(folder, "rejected", refusals, None)
    _seal(folder, "removed", audits, None)
    runs = folder / "runs"
    runs.mkdir()
    told = {"run_id": _RUN, "spider": "news", "started": _AT, "ended": _AT, "seconds": 3600.0}
    told |= {"finish_reason": "finished", "pages": count + len(refusals), "published": count}
    told |= {"leads": {"feed": count * 2, "sitemap": count}, "passed_over": {"known": count}}
    told |= {"refused": {"too-short": len(refusals)}}
    (runs / f"{_RUN}.json").write_bytes(msgspec.json.encode(told))


def _seal(folder: Path, kind: Kind, records: list[Any], ops: Ops | None) -> None:
    data = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
    path = f"{kind}/2026-04-01/00000001.jsonl"
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_bytes(data)
    segment = Segment(
        kind=kind,
        sequence=1,
        path=path,
        records=len(records),
        bytes=len(data),
        sha256=sha256(data).hexdigest(),
        first=_AT,
        last=_AT,
        schema="article/1" if kind == "articles" else None,
        run=_RUN,
        ops=ops,
        sealed_at=_AT,
    )
    with (folder / MANIFEST).open("ab") as manifest:
        manifest.write(encode_segment(segment) + b"\n")


def _refusal(number: int, chance: Random) -> Refusal:
    url = f"https://outlet{chance.randrange(400)}.example/refused/{number}.html"
    reason = chance.choice(_REASONS)
    return Refusal(
        url=url,
        requested_url=url,
        reason=reason,
        detail="as made up",
        stage="fetch" if reason in ("http-404", "robots", "timeout") else "clean",
        at=_AT,
        status=None,
        warc=None,
        run_id=_RUN,
        spider="news",
    )


def _audit(article: Article, chance: Random) -> dict[str, Any]:
    removed = [
        {"rule": chance.choice(_RULES), "text": "x" * chance.randrange(10, 200), "position": place}
        for place in range(chance.randrange(4))
    ]
    return {"id": article.id, "version": 1, "url": article.url, "removed": removed}


def _load(page: Path, chromium: str) -> Load:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (optional)

    with sync_playwright() as playwright:
        started = time.perf_counter()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.goto(page.as_uri())
        opened.wait_for_selector("#articles-table tbody tr")
        cold = time.perf_counter() - started
        timing = opened.evaluate(
            "() => [performance.getEntriesByType('navigation')[0].loadEventEnd,"
            " performance.getEntriesByName('first-contentful-paint')[0].startTime]"
        )
        browser.close()
    return Load(timing[0] / 1000, timing[1] / 1000, cold)


if __name__ == "__main__":
    raise SystemExit(main())
