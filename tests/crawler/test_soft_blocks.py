"""Sites that answer with something else in an article's place, in one run."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

_STORIES = 60
_PAGES = {
    "article": "<html><body><article><h1>The quay opens</h1><p>The new quay was opened on Monday,"
    " after nine years of work, in the rain and to much music.</p></article></body></html>",
    "captcha": '<html><title>one moment</title><body><div id="px-captcha"></div></body></html>',
    "consent-page": '<html><body><div id="onetrust-consent-sdk"></div></body></html>',
    "javascript-needed": '<html><body><div id="root"></div><script src="/a.js"></script></body>',
}
#: What each host answers, by the number of the story.
_SITES: dict[str, Callable[[int], str]] = {
    "captcha.example": lambda _: "captcha",
    "consent.example": lambda _: "consent-page",
    "application.example": lambda _: "javascript-needed",
    "now-and-then.example": lambda number: "captcha" if number % 5 else "article",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer as a proxy."""
        parts = urlsplit(self.path)
        host, path = parts.hostname or "", parts.path
        self.server.asked.append((host, path))  # type: ignore[attr-defined]  # see the fixture
        if path == "/robots.txt":
            self._send(404, "text/plain", "")
        elif path == "/feed.xml":
            self._send(200, "application/rss+xml", _feed(host))
        else:
            kind = _SITES[host](int(path.rpartition("-")[2]))
            self._send(200, "text/html", _PAGES[kind])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        """Keep silent."""

    def _send(self, status: int, kind: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def _feed(host: str) -> str:
    count = 12 if host == "now-and-then.example" else _STORIES
    items = "".join(
        f"<item><title>{n}</title><link>http://{host}/story-{n}</link></item>"
        for n in range(1, count + 1)
    )
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'


class Crawled(NamedTuple):
    """The run of them all."""

    asked: list[tuple[str, str]]
    said: str
    summary: dict[str, Any]
    output: Path

    def stories(self, host: str) -> list[str]:
        return [path for name, path in self.asked if name == host and "story" in path]


@pytest.fixture(scope="module")
def crawl(
    scrapy: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Crawled]:
    """Crawls all sites."""

    def run(*more: str, delay: float) -> Crawled:
        folder = tmp_path_factory.mktemp("soft")
        (folder / "sites").mkdir()
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        server.asked = []  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for host in _SITES:
            (folder / "sites" / f"{host}.toml").write_text(
                f'domain = "{host}"\n[discover]\nfeeds = ["http://{host}/feed.xml"]\n[fetch]\n'
                f'proxy = "http://127.0.0.1:{server.server_port}"\nallow = ["127.0.0.1"]\n'
                f"delay = {delay}\n"
            )
        output = folder / "output"
        given = ["-a", f"sites={folder / 'sites'}", "-s", f"COPYDESK_OUTPUT={output}"]
        try:
            process = scrapy("crawl", "news", *given, "-s", "COPYDESK_WORKERS=0", *more)
        finally:
            server.shutdown()
            server.server_close()
        assert "Traceback" not in process.stderr
        (summary,) = (output / "runs").glob("*.json")
        asked = list(server.asked)  # type: ignore[attr-defined]
        return Crawled(asked, process.stderr, json.loads(summary.read_bytes()), output)

    return run


@pytest.fixture(scope="module")
def crawled(crawl: Callable[..., Crawled]) -> Crawled:
    """With the settings as they are; slowly enough for cleaning to keep up."""
    return crawl(delay=0.3)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("captcha.example", "captcha"),
        ("consent.example", "consent-page"),
        ("application.example", "javascript-needed"),
    ],
)
def test_who_gives_nothing_else_is_left_alone(crawled: Crawled, host: str, reason: str) -> None:
    """What was under way before the fifth was cleaned has been asked for too."""
    stats, asked = crawled.summary["stats"], len(crawled.stories(host))
    assert 5 <= asked < _STORIES
    assert stats[f"copydesk/soft_block_site/{host}"] == asked
    assert stats[f"copydesk/soft_block/{reason}"] >= asked
    told = f"{host} answered 5 times in a row with no article but {reason}"
    assert crawled.said.count(told) == 1


def test_who_lets_one_pass_now_and_then_is_asked_on(crawled: Crawled) -> None:
    host = "now-and-then.example"
    assert len(set(crawled.stories(host))) == 12
    assert crawled.summary["stats"][f"copydesk/soft_block_site/{host}"] == 10


def test_they_are_counted_and_never_published(crawled: Crawled) -> None:
    stats, summary = crawled.summary["stats"], crawled.summary
    by_site = sum(stats[name] for name in stats if name.startswith("copydesk/soft_block_site/"))
    assert by_site == sum(summary["refused"].values())
    assert summary["left_alone"] == 3 * _STORIES + 12 - by_site - 2
    texts = [path.read_text("utf-8") for path in (crawled.output / "articles").rglob("*.jsonl")]
    assert sum(text.count("\n") for text in texts) == summary["published"] <= 2


def test_no_limit(crawl: Callable[..., Crawled]) -> None:
    crawled = crawl("-s", "COPYDESK_MAX_SOFT_BLOCKS=0", delay=0)
    assert crawled.summary["left_alone"] == 0
    assert len(set(crawled.asked)) == 2 * len(_SITES) + 3 * _STORIES + 12
