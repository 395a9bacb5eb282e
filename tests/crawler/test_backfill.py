"""Back-fills, leads of several places and learnt URLs, in crawls of a small site of our own."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

Scrapy = Callable[..., CompletedProcess[str]]
HOST = "http://gazette.example"
PROSE = "<p>The ferry {name} left the quay at noon with forty passengers, the master said.</p>"
ARTICLE = "<html lang=en><title>{name}</title><main><h1>On {name}</h1>" + PROSE * 8 + "</main>"


def urls(*entries: str) -> str:
    return f"<urlset xmlns:news='n'>{''.join(entries)}</urlset>"


def entry(path: str, lastmod: str = "", news: str = "") -> str:
    modified = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    date = f"<news:news><news:publication_date>{news}</news:publication_date></news:news>"
    return f"<url><loc>{HOST}{path}</loc>{modified}{date if news else ''}</url>"


def named(path: str, lastmod: str) -> str:
    return f"<sitemap><loc>{HOST}{path}</loc><lastmod>{lastmod}</lastmod></sitemap>"


ITEM = "<item><link>{}/2026/03/{:02}/harbour-story-of-today</link><title>Day {}</title></item>"
PAGES = {
    "/index.xml": "<sitemapindex>"
    + named("/old.xml", "2025-06-01")
    + named("/new.xml", "2026-03-01")
    + named("/index.xml", "2026-03-01")
    + "</sitemapindex>",
    "/old.xml": urls(entry("/never")),
    "/new.xml": urls(
        entry("/news-of-january", news="2026-01-15T10:00:00Z"),
        entry("/news-of-march", news="2026-03-15T10:00:00Z"),
        entry("/2026/01/20/dated-by-its-url"),
        entry("/2025/01/20/dated-by-its-url", lastmod="2026-02-01"),
        entry("/changed-later", lastmod="2026-02-20"),
        entry("/changed-before", lastmod="2025-02-20"),
        entry("/undated"),
    ),
    "/rss": "<rss version='2.0'><channel>"
    + "".join(ITEM.format(HOST, day, day) for day in range(1, 13))
    + "</channel></rss>",
    "/world": f"""<a href="/2026/03/01/harbour-story-of-today">What the harbour says today</a>
        <a href="/2026/02/01/another-harbour-story-here">Another story of the harbour</a>
        <a href="/world/europe">Europe</a> <a href="/tag/quay">Quay</a> <a href="/missing/x">X</a>
        <a rel="next" href="{HOST}/world?page=2">Next</a>""",
    "/world?page=2": '<a href="/world">First</a> <a href="/about">About us</a>',
    # indexes that name each other, and one below the other
    "/a.xml": "<sitemapindex>" + named("/b.xml", "") + named("/1.xml", "") + "</sitemapindex>",
    "/b.xml": "<sitemapindex>" + named("/a.xml", "") + "</sitemapindex>",
    **{
        f"/{number}.xml": f"<sitemapindex>{named(f'/{number + 1}.xml', '')}</sitemapindex>"
        for number in range(1, 9)
    },
    **{
        f"/pages?page={number}": f"""<a href="/2026/03/0{number}/a-story-of-{number}">Story</a>
        <a rel="next" href="{HOST}/pages?page={number + 1}">Next</a>"""
        for number in range(1, 9)
    },
    "/robots.txt": "",
}


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        """As a proxy is asked: the whole URL is the target."""
        path = self.path.removeprefix(HOST)
        self.server.asked.append(path)
        body = PAGES.get(path) or ARTICLE.format(name=path.strip("/").replace("/", " "))
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if path not in PAGES else "text/xml")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@pytest.fixture
def gazette() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def crawl(
    scrapy: Scrapy, server: Any, folder: Path, discover: str, *more: str
) -> tuple[CompletedProcess[str], list[dict[str, Any]]]:
    sites = folder / "sites"
    sites.mkdir()
    (sites / "gazette.toml").write_text(
        f'domain = "gazette.example"\n[discover]\n{discover}\n[fetch]\ndelay = 0\n'
        f'allow = ["127.0.0.1"]\nproxy = "http://127.0.0.1:{server.server_port}"\n'
    )
    process = scrapy(
        *("crawl", "news", "-a", f"sites={sites}", "-s", f"COPYDESK_OUTPUT={folder / 'out'}"),
        *("-s", "COPYDESK_WORKERS=0", *more),
    )
    records = [
        json.loads(line)
        for path in (folder / "out" / "articles").rglob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    return process, records


def test_a_back_fill_takes_what_can_be_of_its_days(
    scrapy: Scrapy, gazette: Any, tmp_path: Path
) -> None:
    discover = f'feeds = ["{HOST}/rss"]\nsitemaps = ["{HOST}/index.xml"]'
    process, _ = crawl(
        *(scrapy, gazette, tmp_path, discover),
        *("-a", "since=2026-01-01", "-a", "until=2026-01-31"),
    )
    assert process.returncode == 0
    assert sorted(set(gazette.asked)) == [
        "/2026/01/20/dated-by-its-url",
        "/changed-later",
        "/index.xml",
        "/new.xml",
        "/news-of-january",
        "/robots.txt",
    ]
    assert "3  leads passed over: out of range" in process.stderr
    assert "1  leads passed over: undated" in process.stderr
    assert "1  leads passed over: sitemap out of range" in process.stderr


def test_leads_of_several_places_keep_all_and_what_is_unlike_is_passed_over(
    scrapy: Scrapy, gazette: Any, tmp_path: Path
) -> None:
    discover = f'feeds = ["{HOST}/rss"]\nsections = ["{HOST}/world"]'
    process, records = crawl(scrapy, gazette, tmp_path, discover)
    assert process.returncode == 0
    first = next(one for one in records if "/2026/03/01/" in one["url"])
    found = first["provenance"]["discovered"]
    assert (found["via"], found["title"]) == ("feed", "Day 1")
    assert [(each["via"], each["source_url"], each["title"]) for each in found["also"]] == [
        ("section", f"{HOST}/world", "What the harbour says today")
    ]
    stories = [path for path in gazette.asked if path.startswith("/2026/")]
    assert len(stories) == len(set(stories)) == 13
    others = {"/rss", "/robots.txt", "/world", "/world?page=2"}
    assert set(gazette.asked) - set(stories) == others
    assert "4  leads passed over: unlike an article" in process.stderr


def test_what_a_site_declares_outweighs_what_is_learnt(
    scrapy: Scrapy, gazette: Any, tmp_path: Path
) -> None:
    discover = f"""feeds = ["{HOST}/rss"]\nsections = ["{HOST}/world"]\narticles = ['^/world/']"""
    process, _ = crawl(scrapy, gazette, tmp_path, discover)
    assert process.returncode == 0
    assert "/world/europe" in gazette.asked


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["since=soon"], "news: since=soon: is no date; write a date (2026-01-31) or a time"),
        (["since=2026-02-01", "until=2026-01-01"], "swap them"),
        (["until=2026-02-01T10:00"], "has no offset from UTC"),
    ],
)
def test_wrong_days_are_wrong_usage(scrapy: Scrapy, arguments: list[str], said: str) -> None:
    process = scrapy("crawl", "news", *(part for each in arguments for part in ("-a", each)))
    assert process.returncode == 2
    assert said in process.stderr
    assert "Traceback" not in process.stderr


def test_a_back_fill_needs_a_sitemap(scrapy: Scrapy, gazette: Any, tmp_path: Path) -> None:
    process, _ = crawl(
        scrapy, gazette, tmp_path, f'feeds = ["{HOST}/rss"]', "-a", "since=2026-01-01"
    )
    assert (process.returncode, gazette.asked) == (1, [])
    assert "since and until need a sitemap, and none is declared; add sitemaps =" in process.stderr


def test_indexes_in_circles_and_without_end(scrapy: Scrapy, gazette: Any, tmp_path: Path) -> None:
    discover = f'feeds = ["{HOST}/rss"]\nsitemaps = ["{HOST}/a.xml"]'
    process, records = crawl(scrapy, gazette, tmp_path, discover)
    assert (process.returncode, len(records)) == (0, 12)
    sitemaps = sorted(path for path in gazette.asked if path.endswith(".xml"))
    assert sitemaps == ["/1.xml", "/2.xml", "/3.xml", "/a.xml", "/b.xml"]


@pytest.mark.parametrize("limit", [3, 20])
def test_articles_are_followed_though_a_source_is_not(
    scrapy: Scrapy, gazette: Any, tmp_path: Path, limit: int
) -> None:
    """Scrapy drops pages of a section that are too deep without a word: nothing waits for them."""
    discover = f'sections = ["{HOST}/pages?page=1"]\nmax_section_pages = 6'
    process, _ = crawl(scrapy, gazette, tmp_path, discover, "-s", f"DEPTH_LIMIT={limit}")
    assert process.returncode == 0
    pages = [path for path in gazette.asked if path.startswith("/pages")]
    stories = [path for path in gazette.asked if path.startswith("/2026")]
    assert len(pages) == len(stories) == min(limit + 1, 6)
