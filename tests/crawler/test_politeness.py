"""Crawls of servers in trouble, each a host of its own in one run; waits by the server's log."""

import json
import signal
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from threading import Event, Thread
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

import pytest

_LOOPBACK = "127.0.0.1"


class Answer(NamedTuple):
    """What is sent, and how: `whole`, `slow`, `hang` (never), `close` (nothing) or `endless`."""

    status: int = 404
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    kind: str = "whole"


class Asked(NamedTuple):
    """A request, and when it came, in seconds."""

    at: float
    host: str
    path: str
    status: int


Script = dict[str, list[Answer | Callable[[], Answer]]]


class PoliteServer:
    """Serves scripts while the `with` block lasts.

    A host's script has answers by path: one after the other, the last again and again; `*` is
    for all paths that have none.
    """

    def __init__(self, scripts: dict[str, Script]) -> None:
        self.scripts = scripts
        self.log: list[Asked] = []
        self.over = Event()
        self._server = _Server((_LOOPBACK, 0), _Handler)
        self._server.owner = self

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def proxy(self) -> str:
        return f"http://{_LOOPBACK}:{self._server.server_port}"

    def answer(self, host: str, path: str) -> Answer:
        script = self.scripts[host]
        answers = script.get(path) or script["*"]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer() if callable(answer) else answer

    def paths(self, host: str) -> list[str]:
        """What was asked of a host, but robots.txt."""
        return [one.path for one in self.of(host) if one.path != "/robots.txt"]

    def of(self, host: str) -> list[Asked]:
        return [one for one in self.log if one.host == host]

    def gaps(self, host: str) -> list[float]:
        """Seconds between the requests to a host."""
        times = [one.at for one in self.of(host)]
        return [later - at for at, later in pairwise(times)]

    def write_site(self, folder: Path, host: str, fetch: str, discover: str = "") -> None:
        """Declare a host as a site with one feed."""
        folder.mkdir(parents=True, exist_ok=True)
        discover = discover or f'feeds = ["http://{host}/feed.xml"]'
        (folder / f"{host}.toml").write_text(
            f'domain = "{host}"\n[discover]\n{discover}\n[fetch]\n'
            f'proxy = "{self.proxy}"\nallow = ["127.0.0.1"]\n{fetch}\n'
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: Any

    def handle_error(self, *_: object) -> None:
        """Keep silent when a client has had enough."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    timeout = 30

    def do_GET(self) -> None:
        """Log and answer."""
        at, owner = time.monotonic(), self.server.owner
        parts = urlsplit(self.path)
        host = parts.hostname or ""
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        answer = owner.answer(host, path)
        owner.log.append(Asked(at, host, path, answer.status))
        if answer.kind == "hang":
            owner.over.wait(30)
        if answer.kind == "slow":
            owner.over.wait(0.6)
        if answer.kind in {"hang", "close"}:
            self.close_connection = True
            return
        self._send(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        """Keep silent."""

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.kind == "endless":
            self.send_header("Connection", "close")
            self.end_headers()
            self._send_without_end(answer.body)
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _send_without_end(self, body: bytes) -> None:
        self.close_connection = True
        try:
            self.wfile.write(body)
            while not self.server.owner.over.is_set():
                self.wfile.write(b"# padding without end\n" * 1_000)
        except OSError:
            return


def feed(host: str, count: int) -> Answer:
    """A feed of so many articles."""
    items = "".join(
        f"<item><title>Story {n}</title><link>http://{host}/story-{n}</link></item>"
        for n in range(1, count + 1)
    )
    body = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'
    return Answer(200, (("Content-Type", "application/rss+xml"),), body.encode())


def page(body: str) -> Answer:
    """A page of HTML."""
    return Answer(200, (("Content-Type", "text/html"),), body.encode())


def text(body: str, status: int = 200) -> Answer:
    """A robots.txt, mostly."""
    return Answer(status, (("Content-Type", "text/plain"),), body.encode())


ALLOWED = text("User-agent: *\nDisallow:\n")
#: Slack of a loaded machine, in seconds, on top of the tenth that a wait may be too long. When a
#: request comes is the server's time, and a thread of it may be late: single gaps tell less.
SLACK = 0.5


def site(host: str, robots: list[Any], count: int = 3, **pages: list[Any]) -> Script:
    """A host with a feed of so many articles, which are missing unless they are given."""
    return {
        "/robots.txt": robots,
        "/feed.xml": [feed(host, count)],
        "*": [Answer(404)],
        **{f"/{name.replace('_', '-')}": answers for name, answers in pages.items()},
    }


def trouble(status: int, retry_after: str | None = None) -> Answer:
    return Answer(status, (("Retry-After", retry_after),) if retry_after else ())


def until_date() -> Answer:
    """A 503 until three seconds after its own date."""
    return trouble(503, formatdate(int(time.time()) + 3, usegmt=True))


def redirects(count: int) -> Script:
    """A robots.txt that is moved so often."""
    places = ["/robots.txt", *(f"/robots-{n}.txt" for n in range(1, count + 1))]
    moved = {here: [Answer(301, (("Location", there),))] for here, there in pairwise(places)}
    return {**moved, places[-1]: [text("User-agent: *\nDisallow: /story-2\n")]}


LINKS = ["/news/story-1", "/2031/13/", "/2031/05/02/gala", "/a/b/a/b/a/b", "/list?sort=old"]
SECTION = "".join(f'<a href="{link}">a headline of five words</a>' for link in LINKS)
#: Scripts by host, and the `[fetch]` of each; `discover` where it is not one feed.
SITES: dict[str, tuple[Script, str]] = {
    "robots-503.example": (site("robots-503.example", [text("", 503)]), "delay = 0"),
    "robots-hangs.example": (
        site("robots-hangs.example", [Answer(kind="hang")]),
        "delay = 0",
    ),
    "robots-closes.example": (
        site("robots-closes.example", [Answer(kind="close")]),
        "delay = 0",
    ),
    "robots-404.example": (site("robots-404.example", [text("", 404)]), "delay = 0"),
    "robots-403.example": (site("robots-403.example", [text("", 403)]), "delay = 0"),
    "robots-endless.example": (
        site(
            "robots-endless.example",
            [Answer(200, (), b"User-agent: *\nDisallow: /story-2\n", "endless")],
        ),
        "delay = 0",
    ),
    "robots-5-redirects.example": (
        site("robots-5-redirects.example", []) | redirects(5),
        "delay = 0",
    ),
    "robots-6-redirects.example": (
        site("robots-6-redirects.example", []) | redirects(6),
        "delay = 0",
    ),
    "robots-429.example": (
        site("robots-429.example", [trouble(429, "2"), ALLOWED]),
        "delay = 0",
    ),
    "crawl-delay.example": (
        site("crawl-delay.example", [text("User-agent: copydesk\nCrawl-delay: 1.5\n")]),
        "delay = 0.1",
    ),
    "own-delay.example": (
        site("own-delay.example", [text("User-agent: *\nCrawl-delay: 0.1\n")]),
        "delay = 1.2",
    ),
    "seconds.example": (
        site("seconds.example", [ALLOWED], story_1=[trouble(429, "2"), Answer(404)]),
        "delay = 0.2",
    ),
    "date.example": (
        site("date.example", [ALLOWED], story_2=[until_date, Answer(404)]),
        "delay = 0.2",
    ),
    "backoff.example": (
        site("backoff.example", [ALLOWED], 1, story_1=[trouble(503), trouble(503), Answer(404)]),
        "delay = 0",
    ),
    "slow.example": (
        {**site("slow.example", [ALLOWED], 8), "*": [Answer(404, kind="slow")]},
        "delay = 0.1",
    ),
    "long-rest.example": (
        site("long-rest.example", [ALLOWED], 50, story_3=[trouble(429, "86400")]),
        "delay = 0.05",
    ),
    "max-pages.example": (
        site("max-pages.example", [text("User-agent: *\nDisallow: /story-1$\n")], 20),
        "delay = 0\nmax_pages = 4",
    ),
    "max-minutes.example": (
        site("max-minutes.example", [ALLOWED], 60),
        "delay = 0.5\nmax_minutes = 0.05",
    ),
    "max-depth.example": (
        {
            "/robots.txt": [ALLOWED],
            "/news/": [page('<a href="/news/one">x</a><a rel="next" href="/news/2">2</a>')],
            "/news/2": [page('<a href="/news/two">x</a><a rel="next" href="/news/3">3</a>')],
            "*": [Answer(404)],
        },
        "delay = 0\nmax_depth = 1",
    ),
    "traps.example": (
        {
            "/robots.txt": [ALLOWED],
            "/news/": [page(f'{SECTION}<a rel="next" href="/news/?month=2026-12">2</a>')],
            "*": [Answer(404)],
        },
        "delay = 0",
    ),
}
SECTIONS = ("max-depth.example", "traps.example")
OPTIONS = ("COPYDESK_BACKOFF=0.5", "DOWNLOAD_TIMEOUT=2", "COPYDESK_MAX_WAIT=60")


class Crawled(NamedTuple):
    """The one run of them all."""

    server: PoliteServer
    said: str
    summary: dict[str, Any]
    refused: list[dict[str, Any]]


@pytest.fixture(scope="module")
def crawled(scrapy: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All sites crawled at once."""
    folder = tmp_path_factory.mktemp("polite")
    with PoliteServer({host: script for host, (script, _) in SITES.items()}) as server:
        for host, (_, fetch) in SITES.items():
            discover = f'sections = ["http://{host}/news/"]' if host in SECTIONS else ""
            server.write_site(folder / "sites", host, fetch, discover)
        process = scrapy(*command(folder))
    (summary,) = (folder / "output" / "runs").glob("*.json")
    (rejected,) = (folder / "output" / "rejected").rglob("*.jsonl")
    assert "Traceback" not in process.stderr
    return Crawled(
        server,
        process.stderr,
        json.loads(summary.read_bytes()),
        [json.loads(line) for line in rejected.read_bytes().splitlines()],
    )


def command(folder: Path) -> list[str]:
    settings = (*OPTIONS, f"COPYDESK_OUTPUT={folder / 'output'}", "COPYDESK_WORKERS=1")
    options = [part for setting in settings for part in ("-s", setting)]
    return ["crawl", "news", "-a", f"sites={folder / 'sites'}", *options]


def is_about(wait: float, wanted: float) -> bool:
    """Within a tenth."""
    return wanted * 0.9 <= wait <= wanted * 1.1 + SLACK


def stories(*numbers: int) -> set[str]:
    return {f"/story-{number}" for number in numbers}


@pytest.mark.parametrize("what", ["503", "hangs", "closes"])
def test_without_robots_txt_nothing_is_fetched(crawled: Crawled, what: str) -> None:
    """RFC 9309, 2.3.1.4; the sources count as failed, and it is said once."""
    host = f"robots-{what}.example"
    assert crawled.server.paths(host) == []
    assert len(crawled.server.of(host)) >= 3
    assert crawled.said.count(f"{host}/robots.txt: cannot be had") == 1
    assert f"{host}/feed.xml" not in crawled.said
    assert crawled.summary["stats"]["copydesk/robots_unreachable"] == 3
    assert crawled.summary["sources_failed"] == 3


@pytest.mark.parametrize("status", [404, 403])
def test_no_robots_txt_allows_everything(crawled: Crawled, status: int) -> None:
    """RFC 9309, 2.3.1.3."""
    host = f"robots-{status}.example"
    assert set(crawled.server.paths(host)) == {"/feed.xml", *stories(1, 2, 3)}


def test_an_endless_robots_txt_is_read_up_to_500_kib(crawled: Crawled) -> None:
    """RFC 9309, 2.5."""
    assert set(crawled.server.paths("robots-endless.example")) == {"/feed.xml", *stories(1, 3)}


def test_five_redirects_are_followed(crawled: Crawled) -> None:
    """RFC 9309, 2.3.1.2."""
    asked = set(crawled.server.paths("robots-5-redirects.example"))
    assert asked & stories(1, 2, 3) == stories(1, 3)


def test_after_six_redirects_there_is_no_robots_txt(crawled: Crawled) -> None:
    asked = set(crawled.server.paths("robots-6-redirects.example"))
    assert asked & stories(1, 2, 3) == stories(1, 2, 3)


def test_robots_txt_is_asked_for_once(crawled: Crawled) -> None:
    asked = [one.path for one in crawled.server.of("robots-404.example")]
    assert asked.count("/robots.txt") == 1


def test_robots_txt_is_waited_for(crawled: Crawled) -> None:
    host = "robots-429.example"
    assert is_about(crawled.server.gaps(host)[0], 2)
    assert stories(1, 2, 3) < set(crawled.server.paths(host))


def test_crawl_delay_is_kept(crawled: Crawled) -> None:
    gaps = crawled.server.gaps("crawl-delay.example")
    assert len(gaps) == 4
    assert is_about(fmean(gaps[1:]), 1.5)


def test_crawl_delay_makes_no_site_faster(crawled: Crawled) -> None:
    assert is_about(fmean(crawled.server.gaps("own-delay.example")[1:]), 1.2)


def wait_after(crawled: Crawled, host: str, status: int) -> float:
    """Seconds from the answer with that status to the next request, which is the same again."""
    asked = crawled.server.of(host)
    (at,) = (number for number, one in enumerate(asked) if one.status == status)
    assert asked[at].path in [one.path for one in asked[at + 1 :]]
    return asked[at + 1].at - asked[at].at


def test_retry_after_in_seconds(crawled: Crawled) -> None:
    assert is_about(wait_after(crawled, "seconds.example", 429), 2)


def test_retry_after_as_a_date(crawled: Crawled) -> None:
    """The date counts whole seconds, and is compared with the answer's own."""
    assert is_about(wait_after(crawled, "date.example", 503), 3)


def test_waits_double_without_retry_after(crawled: Crawled) -> None:
    first, second = crawled.server.gaps("backoff.example")[-2:]
    assert is_about(first, 0.5)
    assert is_about(second, 1)


def test_who_answers_slowly_is_asked_slowly(crawled: Crawled) -> None:
    """Two at a time would take 0.3 s for each of them."""
    times = [one.at for one in crawled.server.of("slow.example")]
    assert times[-1] - times[1] > 3


def test_who_wants_a_long_rest_is_left_alone(crawled: Crawled) -> None:
    asked = [one.path for one in crawled.server.of("long-rest.example")]
    assert asked.index("/story-3") >= len(asked) - 2
    assert crawled.summary["left_alone"] > 40
    assert crawled.said.count("long-rest.example answered 429 and asks to wait 86400 s") == 1
    assert "the site is to be left alone" in crawled.said


def test_budget_of_pages(crawled: Crawled) -> None:
    """The feed, and three of its articles; what is forbidden costs nothing."""
    paths = crawled.server.paths("max-pages.example")
    assert sorted(paths) == ["/feed.xml", "/story-2", "/story-3", "/story-4"]
    assert crawled.summary["over_budget"]["pages"] == 16
    assert "left to the next run: budget of pages spent" in crawled.said


def test_budget_of_minutes(crawled: Crawled) -> None:
    times = [one.at for one in crawled.server.of("max-minutes.example")]
    assert 3 <= len(times) < 20
    assert times[-1] - times[0] < 5
    assert crawled.summary["over_budget"]["minutes"] > 40


def test_budget_of_depth(crawled: Crawled) -> None:
    """Section 0 and its next page 1, with their articles; the page after that is too far away."""
    asked = ["/news/", "/news/2", "/news/one", "/news/two"]
    assert sorted(crawled.server.paths("max-depth.example")) == asked
    assert crawled.summary["over_budget"]["depth"] == 1


def test_traps_are_cut_off_and_counted(crawled: Crawled) -> None:
    assert sorted(crawled.server.paths("traps.example")) == ["/news/", "/news/story-1"]
    assert crawled.summary["traps"] == {"calendar": 3, "facet": 1, "repetition": 1}
    assert "3  not followed: calendar trap" in crawled.said


def test_what_is_left_to_the_next_run_is_no_refusal(crawled: Crawled) -> None:
    """Refused is only what servers answered, and what robots.txt forbids."""
    reasons = {one["reason"] for one in crawled.refused}
    assert reasons == {"http-404", "http-429", "robots"}


def test_articles_of_a_host_without_robots_txt_are_refused(
    scrapy: Callable[..., Any], tmp_path: Path
) -> None:
    script = site("list.example", [text("", 500)])
    with PoliteServer({"list.example": script}) as server:
        server.write_site(tmp_path / "sites", "list.example", "delay = 0")
        (tmp_path / "list.txt").write_text("http://list.example/1\nhttp://list.example/2\n")
        scrapy(
            *("crawl", "urls", "-a", f"file={tmp_path / 'list.txt'}", *command(tmp_path)[2:]),
            *("-s", "RETRY_TIMES=0"),
        )
    (rejected,) = (tmp_path / "output" / "rejected").rglob("*.jsonl")
    refused = [json.loads(line) for line in rejected.read_bytes().splitlines()]
    assert server.paths("list.example") == []
    assert {(one["reason"], one["detail"]) for one in refused} == {
        ("robots-unreachable", "robots.txt cannot be had: the server answered 500")
    }


def test_a_slow_site_makes_no_other_wait(scrapy: Callable[..., Any], tmp_path: Path) -> None:
    """Its articles could fill the downloader; a page leads to the next one of the other."""
    slow, quick = "slow.example", "quick.example"
    chain = {
        f"/news/{n}": [page(f'<a rel="next" href="/news/{n + 1}">next</a>')] for n in range(40)
    }
    scripts = {
        f"www.{slow}": site(f"www.{slow}", [text("User-agent: *\nCrawl-delay: 0.5\n")], 16),
        quick: {**chain, "*": [Answer(404)]},
    }
    with PoliteServer(scripts) as server:
        sources = f'feeds = ["http://www.{slow}/feed.xml"]'
        server.write_site(tmp_path / "sites", slow, "delay = 0", sources)
        sources = f'sections = ["http://{quick}/news/0"]\nmax_section_pages = 40'
        server.write_site(tmp_path / "sites", quick, "delay = 0.1\nmax_depth = 0", sources)
        scrapy(*command(tmp_path), "-s", "CONCURRENT_REQUESTS=8")
    order = [one.host for one in server.log if one.path != "/robots.txt"]
    assert order.count(quick) == 40
    assert order.count(f"www.{slow}") == 17
    assert quick not in order[-3:]


def test_a_run_that_is_told_to_end_waits_for_no_site(
    start_scrapy: Callable[..., Any], tmp_path: Path
) -> None:
    script = site("later.example", [ALLOWED], story_1=[trouble(503, "3000")])
    with PoliteServer({"later.example": script}) as server:
        server.write_site(tmp_path / "sites", "later.example", "delay = 0.2")
        process = start_scrapy(*command(tmp_path), "-s", "COPYDESK_MAX_WAIT=4000")
        while not [one for one in server.log if one.status == 503]:
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 1
    (summary,) = (tmp_path / "output" / "runs").glob("*.json")
    assert json.loads(summary.read_bytes())["finish_reason"] == "shutdown"
