"""Labels the copies in the files that `scrapy dedup` is told of."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from cleaning.article import Refusal
from cleaning.error import LedgerError
from crawler.article_lines import ArticleLine, read_articles
from crawler.command_line import say
from crawler.labelling import Labelling
from crawler.output_file import OutputFile
from crawler.reading import Reading
from crawler.segments import encode

_KINDS = {"exact": "exact copies", "near": "near copies", "contained": "contained in others"}


def label_files(paths: Sequence[Path], target: Path | None, ledger: Path | None) -> int:
    """The exit code: 1 if a file could not be read; the others are labelled all the same.

    Args:
        paths: files of articles, a JSON object a line.
        target: where lines go, and what is no article beside it; None: to stdout, and to stderr.
        ledger: of what a crawl has published, to be compared with too.

    Raises:
        CopydeskError: the ledger cannot be used, or nothing be written.
    """
    if ledger and not ledger.exists():
        raise LedgerError(f"{ledger}: there is no ledger; name the one of a crawl's output")
    rejected = target.with_name(f"{target.stem}.rejected.jsonl") if target else None
    with (
        Labelling(ledger) as labelling,
        OutputFile(target, sys.stdout.buffer) as lines,
        OutputFile(rejected, sys.stderr.buffer) as refusals,
        Reading(paths, read_articles) as reading,
    ):
        counts = _write(reading, labelling, lines, refusals)
    for fault in reading.unreadable:
        say(f"scrapy dedup: {fault}")
    say(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if reading.unreadable else 0


def _write(
    articles: Iterable[ArticleLine | Refusal],
    labelling: Labelling,
    lines: OutputFile,
    refusals: OutputFile,
) -> Counter[str]:
    """Label each article, write it and the refusals where they belong, and count them by kind."""
    counts: Counter[str] = Counter({"articles": 0})
    for article in articles:
        if isinstance(article, Refusal):
            refusals.write(encode(article))
            counts["lines refused"] += 1
            continue
        label = labelling.label(article.compared)
        lines.write(article.labelled(label))
        counts["articles"] += 1
        counts[_KINDS[label.kind] if label else "no copies"] += 1
    return counts
