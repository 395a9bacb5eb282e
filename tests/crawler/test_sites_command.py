"""`scrapy sites`: real processes look at the newsroom, and at a small site of our own."""

import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread
from typing import Any

import pytest

from crawler.newsroom.server import Newsroom
from crawler.site import load_site

Scrapy = Callable[..., CompletedProcess[str]]
HOST = "http://www.gazette.example"
LINKS = "".join(f'<a href="/2026/03/0{day}/harbour-story">x</a>' for day in range(1, 8))
RSS = "<rss version='2.0'><channel><item><link>/2026/03/01/a-b-c</link></item></channel></rss>"
SITEMAP = f"<urlset><url><loc>{HOST}/2026/03/01/a-b-c</loc></url></urlset>"


def index(*paths: str) -> str:
    named = "".join(f"<sitemap><loc>{HOST}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{named}</sitemapindex>"


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        """As a proxy is asked: the whole URL is the target."""
        self.server.asked.append(self.path.removeprefix(HOST))
        body = self.server.pages.get(self.path.removeprefix(HOST))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@pytest.fixture
def gazette() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked, server.pages = [], {}
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def add(scrapy: Scrapy, server: Any, sites: Path, *more: str) -> CompletedProcess[str]:
    proxy = f"http://127.0.0.1:{server.server_port}"
    return scrapy(
        *("sites", "add", f"{HOST}/", "--sites", sites, "--proxy", proxy),
        *("-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0", *more),
    )


def test_the_newsroom_is_declared_and_crawled(scrapy: Scrapy, tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    with Newsroom() as newsroom:
        process = scrapy(
            *("sites", "add", "http://newsroom.example/", "--sites", sites),
            *("--proxy", newsroom.proxy, "-s", "DOWNLOAD_DELAY=0"),
            *("-s", f"COPYDESK_OUTPUT={tmp_path / 'none'}"),
        )
        crawl = scrapy(
            *("crawl", "news", "-a", f"sites={sites}", "-s", f"COPYDESK_OUTPUT={tmp_path / 'out'}"),
            *("-s", "DOWNLOAD_DELAY=0", "-s", "COPYDESK_WORKERS=0"),
        )
    assert (process.returncode, process.stdout) == (0, "")
    site = load_site(sites / "newsroom.example.toml")
    assert len(site.discover.feeds) == 3
    assert site.discover.sitemaps == ("http://newsroom.example/sitemap-index.xml",)
    assert site.languages == ("en",)
    assert "main.xml (home page, link rel=alternate: 11 leads, 10 with a date)" in process.stderr
    assert "robots.txt: 2 sitemaps, 2 of them read: 21 leads, 12 with a date" in process.stderr
    assert f"{site.file} is written; crawl it: scrapy crawl news -a site=" in process.stderr
    assert not (tmp_path / "none").exists()
    assert crawl.returncode == 0
    assert "published: new" in crawl.stderr


FOUND = {
    "usual places, until one is there": (
        {
            "/": "<p>x</p>",
            "/rss.xml": RSS,
            "/sitemap_index.xml": index("/1.xml"),
            "/1.xml": SITEMAP,
        },
        {"feeds": [f"{HOST}/rss.xml"], "sitemaps": [f"{HOST}/sitemap_index.xml"]},
    ),
    "an index of an index, one of whose sitemaps is none": (
        {
            "/": "<p>x</p>",
            "/robots.txt": f"Sitemap: {HOST}/i.xml\nSitemap: {HOST}/1.xml\nSitemap: {HOST}/2.xml",
            "/i.xml": index("/no.xml", "/2.xml", "/1.xml"),
            "/no.xml": "<html>",
            "/2.xml": index("/1.xml"),
            "/1.xml": SITEMAP,
        },
        {"sitemaps": [f"{HOST}/i.xml"]},
    ),
    "feeds of other sites, pages and nothing are left out": (
        {
            "/": """<a href="/page/feed/">x</a><a href="/none/feed/">x</a>
            <a href="/theirs/feed/">x</a><a href="/ours/feed/">x</a>""",
            "/page/feed/": "<html><p>Our feeds</p></html>",
            "/theirs/feed/": RSS.replace("/2026", "https://other.example/2026"),
            "/ours/feed/": RSS,
        },
        {"feeds": [f"{HOST}/ours/feed/"]},
    ),
    "the home page, where there is nothing else": (
        {"/": f"{LINKS}<a href='/about'>x</a>"},
        {"sections": [f"{HOST}/"]},
    ),
    "what robots.txt forbids is not asked for": (
        {
            "/": '<a href="/secret/feed/">x</a>',
            "/robots.txt": "User-agent: *\nDisallow: /secret/",
            "/secret/feed/": RSS,
            "/sitemap.xml": SITEMAP,
        },
        {"sitemaps": [f"{HOST}/sitemap.xml"]},
    ),
}


@pytest.mark.parametrize(("pages", "discover"), FOUND.values(), ids=FOUND)
def test_declares_what_gives_articles(
    scrapy: Scrapy, gazette: Any, tmp_path: Path, pages: dict[str, str], discover: dict[str, Any]
) -> None:
    gazette.pages = pages
    process = add(scrapy, gazette, tmp_path, "--dry-run")
    assert process.returncode == 0, process.stderr
    declared = tomllib.loads(process.stdout)
    assert (declared["domain"], declared["discover"]) == ("gazette.example", discover)
    assert not list(tmp_path.glob("*.toml"))
    assert not [path for path in gazette.asked if path.startswith("/secret")]
    assert "Traceback" not in process.stderr
    asked = [path for path in gazette.asked if path != "/robots.txt"]
    assert len(asked) == len(set(asked))


def test_a_site_that_is_declared_is_left_alone(
    scrapy: Scrapy, gazette: Any, tmp_path: Path
) -> None:
    gazette.pages = {"/": "<p>x</p>", "/feed/": RSS}
    path = tmp_path / "gazette.example.toml"
    assert add(scrapy, gazette, tmp_path).returncode == 0
    written = path.read_text()
    gazette.asked.clear()
    again = add(scrapy, gazette, tmp_path)
    assert (again.returncode, gazette.asked) == (1, [])
    assert f"{path}: is there already; add --overwrite to replace it" in again.stderr
    path.write_text('domain = "gazette.example"\n[clean]\ndrop = ["b"]\n')
    assert add(scrapy, gazette, tmp_path, "--overwrite").returncode == 0
    assert path.read_text() == written
    path.rename(tmp_path / "ours.toml")
    other = add(scrapy, gazette, tmp_path, "--overwrite")
    assert other.returncode == 1
    assert f"{tmp_path / 'ours.toml'}: declares gazette.example already" in other.stderr


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({}, "the server answered 404; check the address"),
        ({"/": "<p>Soon</p>"}, "no feed, sitemap or page of articles was found; check the address"),
        ({"/": ""}, "no page is here"),
    ],
)
def test_says_where_nothing_is_found(
    scrapy: Scrapy, gazette: Any, tmp_path: Path, pages: dict[str, str], said: str
) -> None:
    gazette.pages = pages
    process = add(scrapy, gazette, tmp_path)
    assert process.returncode == 1
    assert f"scrapy sites: {HOST}/: " in process.stderr
    assert said in process.stderr
    assert "Traceback" not in process.stderr
    assert not list(tmp_path.glob("*.toml"))


USAGE = [
    (["add"], "name one site to add"),
    (["add", "a.example", "b.example"], "name one site to add"),
    (["drop", "a.example"], "name one site to add"),
    (["add", "ftp://a.example"], "is no http or https URL"),
    (["add", "a.example", "--proxy", "nowhere"], "--proxy: 'nowhere' is no http or https URL"),
    (["add", "a.example", "--dryrun"], "name one site to add"),
]


@pytest.mark.parametrize(("arguments", "said"), USAGE)
def test_wrong_usage(scrapy: Scrapy, arguments: list[str], said: str) -> None:
    process = scrapy("sites", *arguments)
    assert process.returncode == 2
    assert said in process.stdout + process.stderr


def test_lists_what_is_declared(scrapy: Scrapy, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        'domain = "a.example"\n[discover]\nfeeds = ["https://a.example/1", "https://a.example/2"]\n'
    )
    (tmp_path / "b.toml").write_text('domain = "b.example"\n[clean]\ndrop = ["b"]\n')
    process = scrapy("sites", "--sites", tmp_path)
    header, *rows = (line.split() for line in process.stdout.splitlines())
    assert header == ["domain", "feeds", "sitemaps", "sections", "articles", "clean"]
    assert rows == [["a.example", "2", "-", "-", "-", "-"], ["b.example", "-", "-", "-", "-", "1"]]
    assert process.stderr == f"2 sites in {tmp_path}, 1 of them crawled\n"


def test_says_where_nothing_is_declared(scrapy: Scrapy, tmp_path: Path) -> None:
    process = scrapy("sites", "--sites", tmp_path)
    assert process.returncode == 1
    assert f"scrapy sites: {tmp_path}: no site is declared here" in process.stderr
