"""Forgetting what a real crawl has published and archived, by real commands."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from desk import contents_below

from cleaning.article import Article
from cleaning.read import read
from crawler.sealing import Contents, Sealer, contents_of
from crawler.verifying import verify

PATH = "/harbour/tidal-bridge-closes-for-winter.html"
URL = f"http://newsroom.example{PATH}"
SENTENCE = b"their policy does not cover chains"


def seal_runs(output: Path) -> None:
    """Seal the files of runs that have one file each; to go when runs seal segments themselves."""
    for kind in ("articles", "rejected", "removed"):
        for path in sorted((output / kind).glob("*.jsonl")):
            lines = path.read_bytes().splitlines()
            times = sorted(json.loads(line)["at"] for line in lines if kind == "rejected")
            told: Any = Contents(
                kind=kind,  # type: ignore[arg-type]  # one of the three
                records=len(lines),
                first=times[0] if times else None,
                last=times[-1] if times else None,
                schema=None,
                run=path.stem,
                ops=None,
            )
            if kind == "articles":
                decode = msgspec.json.Decoder(Article).decode
                told = contents_of(list(map(decode, lines)), path.stem)
            Sealer(output).seal(path, told, datetime.now(UTC))


def test_an_article_is_gone_and_stays_so(
    editions: Any, tmp_path: Path, scrapy: Callable[..., Any]
) -> None:
    courier = type(editions.courier)(editions.courier.newsroom, tmp_path)
    shutil.copytree(editions.courier.output, courier.output)
    seal_runs(courier.output)
    here = ("-s", f"COPYDESK_OUTPUT={courier.output}")
    assert any(SENTENCE in data for _, data in contents_below(courier.output))
    process = scrapy("forget", URL, "--purge", "--reason", "asked for", *here)
    assert process.returncode == 0, process.stderr
    assert not [path for path, data in contents_below(courier.output) if SENTENCE in data]
    again = courier.crawl("-a", "revisit=all")
    assert again.process.returncode == 0
    paths = {request.path for request in again.requests}
    assert PATH not in paths
    assert len(paths) > 30
    seal_runs(courier.output)
    faults: list[str] = []
    verify(courier.output, faults.append, id)
    assert faults == []
    stones = [one for one in read(courier.output) if "forgotten" in one.access.evidence]
    assert {one.access.evidence for one in stones} == {("forgotten", "asked for")}
