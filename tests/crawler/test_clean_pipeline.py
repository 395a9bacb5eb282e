"""The pipeline that cleans: side by side, but what came first goes on first."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from cleaning.article import Refusal
from cleaning.page import Page
from crawler.pipelines.clean import CleanPipeline
from crawler.spiders.urls import UrlsSpider
from crawler.workers import Workers


def _page(number: int, size: int) -> Page:
    url = f"https://harbour.example/{number}"
    body = b"<html><body>" + b"<p>High water at noon.</p>" * size + b"</body></html>"
    return Page(url=url, requested_url=url, body=body, fetched_at=datetime(2026, 1, 2, tzinfo=UTC))


def _order_of(pages: list[Page]) -> list[str]:
    """The URLs in the order in which two workers and the pipeline let them go on."""
    crawler = get_crawler(UrlsSpider)
    crawler.spider = spider = UrlsSpider()
    spider.sites = ()
    done: list[str] = []

    async def clean(pipeline: CleanPipeline, page: Page) -> None:
        cleaned = await pipeline.process_item(page)
        done.append(cleaned.result.url)

    async def clean_all() -> None:
        pipeline = CleanPipeline(crawler, Workers(2, timeout=30, memory_mb=1536))
        try:
            await asyncio.gather(*(clean(pipeline, page) for page in pages))
        finally:
            pipeline.close_spider()

    asyncio.run(clean_all())
    return done


def test_pages_go_on_in_the_order_in_which_they_came() -> None:
    """A page that takes longer is not overtaken; one that is refused holds nothing up."""
    pages = [_page(0, 2_000), _page(1, 1), _page(2, 1_000), _page(3, 0), _page(4, 1)]
    assert _order_of(pages) == [page.url for page in pages]


def test_a_page_that_hangs_is_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs the others their patience, not its whole time limit."""
    monkeypatch.setattr("crawler.pipelines.clean._PATIENCE", 0.0)
    pages = [_page(0, 2_000), _page(1, 1)]
    assert _order_of(pages) == [pages[1].url, pages[0].url]


def test_other_items_pass_at_once() -> None:
    """A refusal has nothing to be cleaned."""
    item: Any = Refusal(
        url="https://harbour.example/",
        requested_url="https://harbour.example/",
        reason="timeout",
        detail="",
        stage="fetch",
        at="2026-01-02T00:00:00+00:00",
        status=None,
        warc=None,
        run_id=None,
        spider=None,
    )
    pipeline = CleanPipeline(get_crawler(UrlsSpider), Workers(0, timeout=1, memory_mb=1))
    assert asyncio.run(pipeline.process_item(item)) is item
