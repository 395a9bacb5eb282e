"""Gets the answers of copydesk's real commands and of trafilatura alone, and has them scored."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction
from trafilatura.settings import Document

from benchmarks.corpus import ROOT
from cleaning.error import CopydeskError
from cleaning.page import Page


def clean_files(files: Sequence[Path], records: Path) -> Counter[str]:
    """Run `scrapy clean` on files, as users do; how many pages it refused, by reason.

    Raises:
        CopydeskError: it did not end well.
    """
    command = ("-m", "scrapy", "clean", *map(str, files), "-o", str(records))
    _checked(_python(*command), f"scrapy clean {files[0].name}")
    # The command makes neither file where it has nothing to write.
    refusals = records.with_name(f"{records.stem}.rejected.jsonl")
    for file in (records, refusals):
        file.touch()
    return Counter(str(one["reason"]) for one in read_rows(refusals))


def write_trafilatura(pages: Iterable[Page], records: Path) -> None:
    """Write what trafilatura makes of pages by default, without comments, for `score.py`."""
    with records.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in map(trafilatura_row, pages) if row)


def trafilatura_row(page: Page) -> dict[str, Any] | None:
    """What trafilatura makes of a page by default, without comments; None for no text."""
    found = bare_extraction(page.body, url=page.url, with_metadata=True, include_comments=False)
    if not isinstance(found, Document) or not found.text:
        return None
    return {
        "url": page.url,
        "requested_url": page.requested_url,
        "text": "\n\n".join(line for line in found.text.splitlines() if line.strip()),
        "title": found.title,
        "authors": found.author,
        "date_published": found.date,
    }


def score(corpus: Path, gold: Path, records: Path) -> dict[str, float]:
    """The figures that the corpus' own `score.py` gives.

    Raises:
        CopydeskError: it did not end well.
    """
    tool = corpus.parent / "tools" / "score.py"
    done = _checked(_python(str(tool), str(gold), str(records), "--json"), tool.name)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def unanswered(gold: Path, records: Path) -> int:
    """How many pages gave no record, or an empty one, though gold has a text for them.

    Some URLs of the corpus' gold end in a blank, which `score.py` never finds an answer for; here
    the page's own URL counts.
    """
    answered = {
        row[key]
        for row in read_rows(records)
        if row.get("text")
        for key in ("url", "requested_url")
    }
    wanted = {row["url"].strip() for row in read_rows(gold) if _has_text(row)}
    return len(wanted - answered)


def check_seeds(seeds: Path, records: Path) -> tuple[str, bool]:
    """Clean the seeds and have `.ci/seeds.py` check them: what it says, whether all is well.

    Raises:
        CopydeskError: cleaning did not end well.
    """
    clean_files(sorted(seeds.glob("*.txt")), records)
    done = _python(str(ROOT / ".ci" / "seeds.py"), str(seeds), str(records))
    return done.stdout + done.stderr, done.returncode == 0


def label_copies(articles: Path, labelled: Path) -> None:
    """Run `scrapy dedup` on a file, as users do.

    Raises:
        CopydeskError: it did not end well.
    """
    command = ("-m", "scrapy", "dedup", str(articles), "-o", str(labelled))
    _checked(_python(*command), f"scrapy dedup {articles.name}")


def score_copies(corpus: Path, labelled: Path) -> dict[str, float]:
    """The figures that the corpus' own `score_dedup.py` gives, those of each rule by its name.

    Raises:
        CopydeskError: it did not end well.
    """
    tool, gold = corpus.parent / "tools" / "score_dedup.py", corpus / "dedup.gold.jsonl"
    done = _checked(_python(str(tool), str(gold), str(labelled), "--json"), tool.name)
    figures: dict[str, Any] = json.loads(done.stdout)
    return {**figures.pop("rules"), **figures}


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _has_text(gold: dict[str, Any]) -> bool:
    return any(gold.get(key) for key in ("text", "paragraphs", "with"))


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a Python command from the project's root, in the interpreter that runs this one."""
    return subprocess.run(
        (sys.executable, *arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


def _checked(done: subprocess.CompletedProcess[str], name: str) -> subprocess.CompletedProcess[str]:
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise CopydeskError(f"{name} ended with code {done.returncode}: {last}")
    return done
