"""Crawls of one site, one after the other, while the site changes and time passes."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

Scrapy = Callable[..., CompletedProcess[str]]
HOST = "gazette.example"
FEED, INDEX, SITEMAP = "/rss.xml", "/sitemap.xml", "/sitemap-1.xml"
#: Told of by the feed, and only in the sitemap.
TOLD = [f"/news/ferry-{n}-runs-again" for n in range(12)]
PLAIN = "/news/the-old-lighthouse-opens"
HOUR = 3_600


def article(path: str, edition: str = "first") -> str:
    """An article of a few paragraphs, unlike those of other paths."""
    said = " ".join(
        f"{path} was seen by witness {n} at the {edition} quay, as harbour log {n} tells."
        for n in range(9)
    )
    title = path.rpartition("/")[2].replace("-", " ").capitalize()
    return f"<html lang=en><title>{title}</title><h1>{title}</h1><article><p>{said}</p></article>"


class Gazette:
    """A site whose pages can be set while it is served; it keeps a log of paths and statuses."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str]] = {}
        self.log: list[tuple[str, int]] = []
        for path in (*TOLD, PLAIN):
            self.pages[path] = 200, article(path)
        self.name_in_feed(*TOLD)
        named = "".join(f"<url><loc>http://{HOST}{path}</loc></url>" for path in (PLAIN, "/about"))
        self.pages[SITEMAP] = 200, f"<urlset>{named}</urlset>"
        sitemap = f"<sitemap><loc>http://{HOST}{SITEMAP}</loc></sitemap>"
        self.pages[INDEX] = 200, f"<sitemapindex>{sitemap}</sitemapindex>"

    def name_in_feed(self, *paths: str) -> None:
        items = "".join(
            f"<item><title>{path}</title><link>http://{HOST}{path}</link></item>" for path in paths
        )
        self.pages[FEED] = 200, f'<rss version="2.0"><channel>{items}</channel></rss>'

    def answers(self, path: str) -> list[int]:
        """The statuses with which a path was answered."""
        return [status for asked, status in self.log if asked == path]

    def articles(self) -> list[str]:
        """The articles that were asked for, sorted."""
        return sorted(path for path, _ in self.log if path.startswith("/news/"))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    gazette: Gazette


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    timeout = 10

    def do_GET(self) -> None:
        """Answer what is there, or that it has not changed."""
        gazette = self.server.gazette
        path = urlsplit(self.path).path
        status, text = gazette.pages.get(path, (404, ""))
        body = text.encode()
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        gazette.log.append((path, status))
        self.send_response(status)
        self.send_header("ETag", etag)
        kind = "text/html" if path.startswith("/news/") else "application/xml"
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        """Keep silent: there is a log."""


class Crawler:
    """Crawls the site into one folder; lets time pass there."""

    def __init__(self, scrapy: Scrapy, folder: Path, gazette: Gazette, proxy: str) -> None:
        self.scrapy, self.gazette, self.proxy = scrapy, gazette, proxy
        self.output, self.sites = folder / "output", folder / "sites"
        self.declare()

    def declare(self, discover: str = "") -> None:
        self.sites.mkdir(exist_ok=True)
        (self.sites / f"{HOST}.toml").write_text(
            f'domain = "{HOST}"\n[discover]\nfeeds = ["http://{HOST}{FEED}"]\n'
            f'sitemaps = ["http://{HOST}{INDEX}"]\n{discover}\n'
            f'[fetch]\nproxy = "{self.proxy}"\nallow = ["127.0.0.1"]\ndelay = 0\n'
        )

    def crawl(self, *more: str, spider: str = "news") -> dict[str, Any]:
        """Crawl once, in one process; what the run says of itself."""
        self.gazette.log.clear()
        options = ("-a", f"sites={self.sites}", "-s", f"COPYDESK_OUTPUT={self.output}")
        alone = ("-s", "COPYDESK_WORKERS=0")
        process = self.scrapy("crawl", spider, *options, *alone, *more)
        assert "Traceback" not in process.stderr
        self.stderr = process.stderr
        said: dict[str, Any] = json.loads(max((self.output / "runs").glob("*.json")).read_bytes())
        return said | {"exit": process.returncode}

    def records(self) -> list[dict[str, Any]]:
        paths = sorted((self.output / "articles").rglob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]

    def pass_time(self, hours: float) -> None:
        """Make everything in the ledger so much older."""
        seconds = int(hours * HOUR)
        with closing(sqlite3.connect(self.output / "ledger.sqlite")) as db, db:
            db.execute("UPDATE frontier SET due = due - ?1, changed = changed - ?1", (seconds,))
            db.execute(
                "UPDATE source SET due = due - ?1, changed = changed - ?1, asked = asked - ?1",
                (seconds,),
            )


@pytest.fixture
def gazette() -> Gazette:
    return Gazette()


@pytest.fixture
def crawler(gazette: Gazette, scrapy: Scrapy, tmp_path: Path) -> Iterator[Crawler]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.gazette = gazette
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Crawler(scrapy, tmp_path, gazette, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_an_article_is_watched_and_then_left_alone(crawler: Crawler, gazette: Gazette) -> None:
    first = crawler.crawl()
    assert (first["published"], gazette.articles()) == (13, sorted([*TOLD, PLAIN]))

    assert crawler.crawl()["pages"] == 0
    assert gazette.articles() == []
    assert [gazette.answers(path) for path in (FEED, INDEX, SITEMAP)] == [[304]] * 3

    gazette.pages[TOLD[3]] = 200, article(TOLD[3], "second")
    crawler.pass_time(1.1)
    third = crawler.crawl()
    assert gazette.articles() == sorted([*TOLD, PLAIN])
    assert (third["updated"], third["unchanged"]) == (1, 12)
    assert [(one["url"], one["version"]) for one in crawler.records() if one["op"] == "update"] == [
        (f"http://{HOST}{TOLD[3]}", 2)
    ]

    # The last visit, whichever ones no run was there for; and then no more.
    for asked in ([*TOLD, PLAIN], []):
        crawler.pass_time(200)
        crawler.crawl()
        assert gazette.articles() == sorted(asked)


def test_what_is_gone_becomes_a_tombstone(crawler: Crawler, gazette: Gazette) -> None:
    crawler.crawl()
    gazette.pages[TOLD[0]] = 404, ""
    gazette.pages[TOLD[1]] = 410, ""
    crawler.pass_time(1.1)
    said = crawler.crawl()
    assert said["refused"] == {}
    stones = [one for one in crawler.records() if one["op"] == "tombstone"]
    assert sorted((one["url"], one["version"], one["text"]) for one in stones) == [
        (f"http://{HOST}{path}", 2, None) for path in TOLD[:2]
    ]
    assert {one["run_id"] for one in (stone["provenance"] for stone in stones)} == {said["run_id"]}
    crawler.pass_time(90)
    crawler.crawl()
    assert not set(TOLD[:2]) & set(gazette.articles())


def test_what_failed_is_tried_again(crawler: Crawler, gazette: Gazette) -> None:
    """Although the feed has not changed, and names it no more."""
    gazette.pages[TOLD[0]] = 500, ""
    crawler.crawl("-s", "RETRY_ENABLED=False")
    assert len(crawler.records()) == 12
    gazette.pages[TOLD[0]] = 200, article(TOLD[0])
    crawler.crawl()
    assert gazette.articles() == []
    crawler.pass_time(0.3)
    crawler.crawl()
    assert gazette.articles() == [TOLD[0]]
    assert len(crawler.records()) == 13


def test_what_the_budget_left_is_fetched_by_later_runs(crawler: Crawler, gazette: Gazette) -> None:
    """Each time the feed and both sitemaps, and two articles."""
    found: list[str] = []
    for _ in range(3):
        crawler.crawl("-s", "COPYDESK_MAX_PAGES=5")
        assert len(gazette.articles()) == 2
        found += gazette.articles()
    assert len(set(found)) == 6
    assert len(crawler.records()) == 6


def test_a_silent_source_is_asked_less_often(crawler: Crawler, gazette: Gazette) -> None:
    crawler.crawl()
    crawler.pass_time(80)
    crawler.crawl()
    assert [gazette.answers(path) for path in (FEED, INDEX, SITEMAP)] == [[304]] * 3
    # ten hours of patience
    crawler.pass_time(9)
    said = crawler.crawl()
    assert [gazette.answers(path) for path in (FEED, INDEX, SITEMAP)] == [[]] * 3
    assert said["stats"]["copydesk/source_not_due"] == 3
    gazette.name_in_feed("/news/a-ferry-is-late-today", *TOLD)
    gazette.pages["/news/a-ferry-is-late-today"] = 200, article("/news/a-ferry-is-late-today")
    crawler.pass_time(2)
    crawler.crawl()
    assert gazette.answers(FEED) == [200]
    assert gazette.answers("/news/a-ferry-is-late-today") == [200]
    # it has spoken: it is asked at once
    crawler.crawl()
    assert gazette.answers(FEED) == [304]


def test_a_sitemap_that_changes_is_found_below_an_index_that_does_not(
    crawler: Crawler, gazette: Gazette
) -> None:
    crawler.crawl()
    named = f"<url><loc>http://{HOST}/news/pier-seven-is-painted-red</loc></url>"
    gazette.pages[SITEMAP] = 200, f"<urlset>{named}</urlset>"
    gazette.pages["/news/pier-seven-is-painted-red"] = 200, article("/news/pier-seven-is-painted")
    crawler.crawl()
    assert gazette.answers(INDEX) == [304]
    assert gazette.articles() == ["/news/pier-seven-is-painted-red"]


def test_what_articles_look_like_is_remembered(crawler: Crawler, gazette: Gazette) -> None:
    """The feed taught it in the first run; in the second it has nothing new to say."""
    crawler.crawl()
    named = f"<url><loc>http://{HOST}/imprintpage</loc></url>"
    gazette.pages[SITEMAP] = 200, f"<urlset>{named}</urlset>"
    said = crawler.crawl()
    assert gazette.answers("/imprintpage") == []
    assert said["passed_over"]["unlike an article"] == 1


def test_another_declaration_reads_sources_anew(crawler: Crawler, gazette: Gazette) -> None:
    """They have not changed, but what is an article has."""
    crawler.declare("articles = ['/nothing/']")
    gazette.name_in_feed()
    crawler.crawl()
    assert gazette.articles() == []
    crawler.declare("articles = ['/news/']")
    crawler.crawl()
    assert gazette.answers(SITEMAP) == [200]
    assert gazette.articles() == [PLAIN]


def test_all_is_asked_for_again_on_request(crawler: Crawler, gazette: Gazette) -> None:
    crawler.crawl()
    said = crawler.crawl("-a", "revisit=all")
    assert gazette.articles() == sorted([*TOLD, PLAIN])
    assert (said["pages"], said["unchanged"]) == (13, 13)


def test_a_list_asks_for_what_is_due(crawler: Crawler, gazette: Gazette, tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("".join(f"http://{HOST}{path}\n" for path in TOLD[:3]))
    assert crawler.crawl("-a", f"file={listed}", spider="urls")["published"] == 3
    listed.write_text("".join(f"http://{HOST}{path}\n" for path in TOLD[:4]))
    said = crawler.crawl("-a", f"file={listed}", spider="urls")
    assert gazette.articles() == [TOLD[3]]
    assert said["passed_over"] == {"known": 3}
    crawler.crawl("-a", f"file={listed}", "-a", "revisit=all", spider="urls")
    assert gazette.articles() == TOLD[:4]


@pytest.mark.parametrize("spider", ["news", "urls"])
def test_another_revisit_is_a_mistake(scrapy: Scrapy, spider: str) -> None:
    process = scrapy("crawl", spider, "-a", "revisit=some")
    assert process.returncode == 2
    assert "revisit=some: is not known; write revisit=all" in process.stderr


def test_why_tells_of_what_waits(crawler: Crawler, gazette: Gazette, scrapy: Scrapy) -> None:
    crawler.crawl("-s", "COPYDESK_MAX_PAGES=3")
    url = f"http://{HOST}{TOLD[0]}"
    options = ("-s", f"COPYDESK_OUTPUT={crawler.output}")
    told = scrapy("why", url, *options)
    assert told.returncode == 0
    lines = told.stdout.splitlines()
    assert lines[0] == f"{url} waits to be fetched"
    assert lines[1].endswith(f"seen in the feed http://{HOST}{FEED}")
    assert lines[2].endswith("is when it may be fetched")
    crawler.crawl()
    gazette.pages[TOLD[0]] = 410, ""
    crawler.pass_time(1.1)
    crawler.crawl()
    told = scrapy("why", url, *options)
    assert f"{url.replace('http:', 'https:')} is gone" in told.stdout
    assert "asked for again: 410; its tombstone is version 2, published by run " in told.stdout
