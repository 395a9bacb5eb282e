"""Sites that are only cleaned, and rules that have had their day."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from scrapy.settings import Settings

from crawler.known_sites import load_known_sites, outdated
from crawler.spiders.news import NewsSpider

Scrapy = Callable[..., CompletedProcess[str]]
FERRY = 'domain = "ferry.example"\n[discover]\nfeeds = ["https://ferry.example/rss"]\n'
BUS = 'domain = "bus.ferry.example"\n[clean]\nbody = ["main"]\nvalid_until = 2025-06-30\n'
PROSE = "<p>The bus left the quay at noon with forty passengers, the harbour master said.</p>"
PAGE = f"""<html lang=en><title>The bus runs again</title>
<link rel=canonical href="https://bus.ferry.example/runs"><main>{PROSE * 6}</main></html>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sites: one that is crawled, and one that is only cleaned, by old rules."""
    sites = tmp_path / "sites"
    sites.mkdir()
    (sites / "ferry.toml").write_text(FERRY)
    (sites / "bus.toml").write_text(BUS)
    return sites


def test_news_passes_over_a_site_that_is_only_cleaned_and_knows_its_rules(
    folder: Path, tmp_path: Path
) -> None:
    async def requests() -> list[str]:
        return [request.url async for request in spider.start()]

    spider = NewsSpider(sites=str(folder))
    spider.settings = Settings({"COPYDESK_OUTPUT": str(tmp_path)})
    spider.prepare(spider.settings)
    assert asyncio.run(requests()) == ["https://ferry.example/rss"]
    spider.closed("finished")
    assert spider.rules_for("https://bus.ferry.example/a").body


@pytest.mark.parametrize(("today", "warned"), [("2025-06-30", False), ("2025-07-01", True)])
def test_rules_are_outdated_the_day_after_their_last(
    folder: Path, today: str, *, warned: bool
) -> None:
    said = list(outdated(load_known_sites(folder), date.fromisoformat(today)))
    assert len(said) == warned
    for line in said:
        assert line.startswith(f"{folder / 'bus.toml'}: clean.valid_until: 2025-06-30 has passed")
        assert line.endswith("mend it and set a later day")


def test_clean_warns_of_outdated_rules(folder: Path, scrapy: Scrapy, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    process = scrapy("clean", page, "--sites", folder, "-s", "COPYDESK_WORKERS=0")
    warning, summary = process.stderr.splitlines()
    assert warning.startswith(f"scrapy clean: {folder / 'bus.toml'}: clean.valid_until: ")
    assert (summary, process.returncode) == ("1 cleaned", 0)
    assert json.loads(process.stdout)["url"] == "https://bus.ferry.example/runs"


def test_a_crawl_warns_of_outdated_rules(folder: Path, scrapy: Scrapy, tmp_path: Path) -> None:
    """Once; the list holds nothing that would be fetched."""
    urls = tmp_path / "list.txt"
    urls.write_text("no URL\n")
    process = scrapy(
        *("crawl", "urls", "-a", f"file={urls}", "-a", f"sites={folder}"),
        *("-s", f"COPYDESK_OUTPUT={tmp_path}", "-s", "COPYDESK_WORKERS=0"),
    )
    warnings = [line for line in process.stderr.splitlines() if "WARNING" in line]
    assert process.returncode == 0
    assert len(warnings) == 1
    assert f"{folder / 'bus.toml'}: clean.valid_until: 2025-06-30 has passed" in warnings[0]
