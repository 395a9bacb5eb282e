"""Forgetting what a real crawl has published and archived, by real commands."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from desk import contents_below

from cleaning.read import read
from crawler.verifying import verify

PATH = "/harbour/tidal-bridge-closes-for-winter.html"
URL = f"http://newsroom.example{PATH}"
SENTENCE = b"their policy does not cover chains"


def test_an_article_is_gone_and_stays_so(
    editions: Any, tmp_path: Path, scrapy: Callable[..., Any]
) -> None:
    courier = type(editions.courier)(editions.courier.newsroom, tmp_path)
    shutil.copytree(editions.courier.output, courier.output)
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
    faults: list[str] = []
    verify(courier.output, faults.append, id)
    assert faults == []
    stones = [one for one in read(courier.output) if "forgotten" in one.access.evidence]
    assert {one.access.evidence for one in stones} == {("forgotten", "asked for")}
