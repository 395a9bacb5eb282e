"""Pages that need a browser get one: a real Chromium, which reaches nothing by itself."""

import json
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from cleaning.error import MissingError
from crawler.archive import read_archive
from crawler.browser import chromium_path
from crawler.newsroom.server import Newsroom

try:
    CHROMIUM = chromium_path("")
    MISSING = ""
except MissingError as error:
    CHROMIUM, MISSING = "", str(error)

with_chromium = pytest.mark.skipif(not CHROMIUM, reason=f"needs a browser: {MISSING}")

_STORY = "http://app.example/stories/cranes-painted-at-last.html"
_OF_THE_PAGE = ("url", "text", "title", "authors", "date_published", "language", "removed")
_SITE = """
domain = "{domain}"

[discover]
feeds = ["http://{domain}/feed.xml"]

[fetch]
proxy = "{proxy}"
allow = ["127.0.0.1"]
delay = 0
render = {render}
"""


def declare(folder: Path, proxy: str, *, render: bool, domain: str = "app.example") -> Path:
    folder.mkdir(exist_ok=True)
    declared = _SITE.format(domain=domain, proxy=proxy, render=str(render).lower())
    (folder / f"{domain}.toml").write_text(declared, encoding="utf-8")
    return folder


class Ended:
    """A crawl that has ended, and what it left."""

    def __init__(self, process: Any, output: Path) -> None:
        self.process = process
        self.output = output

    def lines(self, folder: str) -> list[dict[str, Any]]:
        paths = sorted((self.output / folder).rglob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]

    @property
    def stats(self) -> dict[str, Any]:
        (summary,) = (self.output / "runs").glob("*.json")
        return dict(json.loads(summary.read_bytes())["stats"])


@pytest.fixture
def crawl(scrapy: Callable[..., Any], tmp_path: Path) -> Callable[..., Ended]:
    """Crawls the sites of a folder."""

    def run(sites: Path, *more: str) -> Ended:
        output = tmp_path / "output"
        into = ["-s", f"COPYDESK_OUTPUT={output}", *more]
        return Ended(scrapy("crawl", "news", "-a", f"sites={sites}", *into), output)

    return run


def test_without_a_browser_the_page_is_refused(crawl: Callable[..., Ended], tmp_path: Path) -> None:
    with Newsroom() as newsroom:
        ended = crawl(declare(tmp_path / "sites", newsroom.proxy, render=False))
    assert [(one["url"], one["reason"]) for one in ended.lines("rejected")] == [
        (_STORY, "javascript-needed")
    ]
    assert ended.lines("articles") == []


@pytest.mark.parametrize("named", ["/no/such/chromium", ""])
def test_says_what_is_missing_before_anything_is_fetched(
    named: str, crawl: Callable[..., Ended], tmp_path: Path
) -> None:
    if CHROMIUM and not named:
        pytest.skip("there is a browser")
    with Newsroom() as newsroom:
        sites = declare(tmp_path / "sites", newsroom.proxy, render=True)
        ended = crawl(sites, "-s", f"COPYDESK_CHROMIUM={named}")
        assert newsroom.requests == []
    assert ended.process.returncode == 1
    assert "app.example.toml: fetch.render: " in ended.process.stderr
    assert "pip install 'copydesk[render]' && playwright install chromium" in ended.process.stderr
    assert len(ended.process.stderr.splitlines()) == 1


@with_chromium
def test_a_page_is_built_by_a_browser_and_published_whole(
    crawl: Callable[..., Ended], tmp_path: Path
) -> None:
    with Newsroom() as newsroom:
        ended = crawl(declare(tmp_path / "sites", newsroom.proxy, render=True))
        asked = {one.path: one.headers for one in newsroom.requests}
    story = json.loads(
        (Path("crawler/newsroom/www/app.example/api") / "cranes-painted-at-last.json").read_text()
    )
    (record,) = ended.lines("articles")
    assert record["text"].split("\n\n") == story["text"]
    assert record["title"] == story["title"]
    assert record["url"] == _STORY
    assert ended.stats["copydesk/rendered"] == 1
    # by the site's proxy, by one name, and no more than the text needs
    assert set(asked) == {
        "/robots.txt",
        "/feed.xml",
        "/stories/cranes-painted-at-last.html",
        "/app.js",
        "/app.css",
        "/api/cranes-painted-at-last.json",
    }
    assert {headers["user-agent"] for headers in asked.values()} == {"copydesk/0.1"}
    (archive,) = (ended.output / "archive").glob("*.warc.gz")
    (archived,) = read_archive(archive)
    assert "x-copydesk-rendered" in archived.headers
    assert story["text"][0] in archived.body.decode()


@with_chromium
def test_a_replay_needs_no_browser(
    crawl: Callable[..., Ended], scrapy: Callable[..., Any], tmp_path: Path
) -> None:
    with Newsroom() as newsroom:
        sites = declare(tmp_path / "sites", newsroom.proxy, render=True)
        (live,) = crawl(sites).lines("articles")
    output = tmp_path / "again"
    arguments = [f"warc={tmp_path / 'output' / 'archive' / '*'}", f"sites={sites}"]
    given = [part for one in arguments for part in ("-a", one)]
    settings = ["-s", f"COPYDESK_OUTPUT={output}", "-s", "COPYDESK_CHROMIUM=/no/such/chromium"]
    process = scrapy("crawl", "archive", *given, *settings)
    (replayed,) = Ended(process, output).lines("articles")
    # What the feed said is not in the archive.
    assert [name for name in _OF_THE_PAGE if live[name] != replayed[name]] == []


class Trap(BaseHTTPRequestHandler):
    """A site whose page tries all ways out of the browser; and the stub that it must not reach."""

    server: "TrapServer"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = self.path.removeprefix("http://trap.example")
        location = self.server.stub + "/by-redirect" if path == "/redirect.js" else ""
        kind, body = self.server.pages.get(path, ("text/plain", ""))
        status = 302 if location else 200 if body else 404
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET  # noqa: N815  (the name that http.server looks up)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        pass


class TrapServer(ThreadingHTTPServer):
    """Serves pages by path, as a proxy, and keeps what was asked."""

    def __init__(self, stub: str, pages: dict[str, tuple[str, str]]) -> None:
        super().__init__(("127.0.0.1", 0), Trap)
        self.stub, self.pages, self.asked = stub, pages, list[str]()


@contextmanager
def serving(stub: str, pages: dict[str, tuple[str, str]]) -> Iterator[TrapServer]:
    server = TrapServer(stub, pages)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


_FEED = """<rss version="2.0"><channel><title>t</title>
<item><title>s</title><link>http://trap.example/story.html</link></item></channel></rss>"""
_WAYS_OUT = """<!doctype html><html lang="en"><head><title>The quay opens</title>
<link rel="preconnect" href="STUB"><link rel="prefetch" href="STUB/prefetch">
<link rel="preload" as="script" href="STUB/preload">
<script src="STUB/script.js"></script><script src="/redirect.js"></script>
<script src="http://0x7f000001:PORT/hex.js"></script>
<script src="http://localhost:PORT/name.js"></script>
<script type="speculationrules">{"prerender": [{"urls": ["STUB/prerender"]}]}</script>
</head><body><iframe src="STUB/frame"></iframe><img src="STUB/picture">
<object data="STUB/object"></object><video src="STUB/film"></video>
<article><h1>The quay opens</h1><p id="p"></p></article><script>
const attempt = (what) => { try { what(); } catch (error) {} };
attempt(() => fetch("STUB/fetch").catch(() => 0));
attempt(() => fetch("STUB/post", {method: "POST", body: "x"}).catch(() => 0));
attempt(() => navigator.sendBeacon("STUB/beacon", "x"));
attempt(() => new WebSocket("STUB/socket".replace("http", "ws")));
attempt(() => new EventSource("STUB/events"));
attempt(() => window.open("STUB/window"));
attempt(() => new Worker("STUB/worker.js"));
attempt(() => new Worker(URL.createObjectURL(new Blob(["fetch('STUB/in-worker')"]))));
attempt(() => navigator.serviceWorker.register("/sw.js"));
attempt(() => new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"}]}).createOffer());
attempt(() => { const link = document.createElement("a"); link.href = "STUB/download";
  link.download = "x"; link.click(); });
document.getElementById("p").textContent = "TEXT";
setTimeout(() => attempt(() => { location.href = "STUB/location"; }), 200);
</script></body></html>"""
_TEXT = "The new quay was opened on Monday after nine years of work, in the rain, to much music."


@with_chromium
def test_a_page_reaches_nothing_that_the_guard_refuses(
    crawl: Callable[..., Ended], tmp_path: Path
) -> None:
    """The stub counts connections; the site itself is reached by its proxy, as declared."""
    with socket.create_server(("127.0.0.1", 0)) as stub:
        port = stub.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        page = _WAYS_OUT.replace("STUB", address).replace("PORT", str(port)).replace("TEXT", _TEXT)
        pages = {
            "/feed.xml": ("application/rss+xml", _FEED),
            "/story.html": ("text/html", page),
            "/sw.js": ("text/javascript", f"fetch('{address}/by-service-worker')"),
        }
        with serving(address, pages) as server:
            proxy = f"http://127.0.0.1:{server.server_port}"
            # The proxy is allowed for this site alone, and by no other host's name.
            sites = declare(tmp_path / "sites", proxy, render=True, domain="trap.example")
            ended = crawl(sites)
        stub.settimeout(0.2)
        with pytest.raises(TimeoutError):
            stub.accept()
    assert [record["text"] for record in ended.lines("articles")] == [_TEXT]
    assert "http://trap.example/redirect.js" in server.asked
    assert all(path.startswith("http://trap.example/") for path in server.asked)


_ENDLESS = """<!doctype html><html><head><title>t</title></head><body><div id="app"></div>
<script>SCRIPT</script></body></html>"""


@with_chromium
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("for (;;) {}", "timeout"),
        ("document.body.append(document.createComment('x'.repeat(6000000)))", "render-failed"),
        ("setTimeout(() => document.location = 'about:blank', 100)", "render-failed"),
    ],
)
def test_a_page_without_end_is_given_up(
    script: str, reason: str, crawl: Callable[..., Ended], tmp_path: Path
) -> None:
    pages = {
        "/feed.xml": ("application/rss+xml", _FEED),
        "/story.html": ("text/html", _ENDLESS.replace("SCRIPT", script)),
    }
    with serving("", pages) as server:
        proxy = f"http://127.0.0.1:{server.server_port}"
        sites = declare(tmp_path / "sites", proxy, render=True, domain="trap.example")
        began = time.monotonic()
        ended = crawl(sites, "-s", "DOWNLOAD_TIMEOUT=12")
    assert [one["reason"] for one in ended.lines("rejected")] == [reason]
    assert time.monotonic() - began < 60


def test_a_browser_that_is_named_is_taken() -> None:
    if MISSING and "is not installed" in MISSING:
        pytest.skip(MISSING)
    shell = shutil.which("sh") or ""
    assert chromium_path(shell) == shell
