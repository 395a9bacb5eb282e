"""Runs as schedules start them: side by side, stopped, killed, unheard; by real processes."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 100
WORDS = ("anchor", "barrel", "candle", "dredger", "engine", "ferry", "gravel", "harbour", "island")


class Desk:
    """The proxy of every host, while the `with` block lasts: a feed and its articles."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        #: (status, body) by URL without its scheme; all else is 404.
        self.answers: dict[str, tuple[int, str]] = {}
        #: URLs of which the next request waits for `let_go`.
        self.held: set[str] = set()
        self.is_held, self.let_go = Event(), Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.desk = self

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def add_site(self, host: str, articles: list[tuple[int, str]], feed: int = 200) -> None:
        """Declare a site whose feed names articles, and say how each is answered."""
        items = "".join(
            f"<item><link>http://{host}/{n}</link></item>" for n in range(len(articles))
        )
        self.answers[f"{host}/feed"] = (
            feed,
            f'<rss version="2.0"><channel>{items}</channel></rss>',
        )
        self.answers |= {f"{host}/{n}": answer for n, answer in enumerate(articles)}
        (self.folder / "sites").mkdir(parents=True, exist_ok=True)
        (self.folder / "sites" / f"{host}.toml").write_text(
            f'domain = "{host}"\n[discover]\nfeeds = ["http://{host}/feed"]\n[fetch]\ndelay = 0\n'
            f'proxy = "http://127.0.0.1:{self._server.server_port}"\nallow = ["127.0.0.1"]\n'
        )

    def command(self, *more: str, spider: str = "news") -> list[str]:
        """`scrapy crawl`, fast: no retries, cleaning in its own process."""
        settings = {
            "COPYDESK_OUTPUT": self.output,
            "COPYDESK_ARCHIVE": "",
            "COPYDESK_WORKERS": 0,
            "RETRY_ENABLED": "False",
            "DOWNLOAD_DELAY": 0,
        }
        given = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        scrapy = [sys.executable, "-m", "scrapy", "crawl", spider]
        return [*scrapy, "-a", f"sites={self.folder / 'sites'}", *given, *more]

    def crawl(self, *more: str, spider: str = "news") -> "subprocess.CompletedProcess[str]":
        """Crawl to the end."""
        return subprocess.run(
            self.command(*more, spider=spider),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *more: str, **given: Any) -> "subprocess.Popen[str]":
        """Begin to crawl, and wait until the server holds a request."""
        self.is_held.clear()
        given = {"stderr": subprocess.PIPE, "text": True, "cwd": ROOT} | given
        process = subprocess.Popen(self.command(*more), **given)
        assert self.is_held.wait(PATIENCE)
        return process

    def summaries(self) -> list[dict[str, Any]]:
        """Of all runs, in the order in which they began."""
        return [json.loads(path.read_bytes()) for path in sorted((self.output / "runs").glob("*"))]

    def urls(self) -> list[str]:
        """Of all records that were published."""
        lines = [
            line
            for path in (self.output / "articles").rglob("*.jsonl")
            for line in path.read_bytes().splitlines()
        ]
        return sorted(json.loads(line)["url"] for line in lines)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    desk: Desk

    def handle_error(self, *_: object) -> None:
        """Keep silent when a client has gone."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer, at once or when told to."""
        desk, place = self.server.desk, self.path.removeprefix("http://")
        if place in desk.held:
            desk.held.discard(place)
            desk.is_held.set()
            desk.let_go.wait()
        status, body = desk.answers.get(place, (404, ""))
        self.send_response(status)
        kind = "text/xml" if urlsplit(self.path).path == "/feed" else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep silent."""


def good(seed: int) -> tuple[int, str]:
    """An article whose text no other one has."""
    words = [WORDS[(seed * 7 + n * (seed % 5 + 1)) % len(WORDS)] + str(seed) for n in range(60)]
    lines = [" ".join(words[n : n + 20]).capitalize() + "." for n in (0, 20, 40)]
    text = "".join(f"<p>The harbour master of quay {seed} said: {line}</p>" for line in lines)
    return 200, f"<html lang=en><title>Story {seed}</title><article><h1>Story {seed}</h1>{text}"


def broken(_: int) -> tuple[int, str]:
    return 500, ""


def gone(_: int) -> tuple[int, str]:
    return 404, ""


def short(_: int) -> tuple[int, str]:
    return 200, "<html lang=en><title>A</title><p>Nothing."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as serving:
        yield serving


#: What the feed's articles are, the feed's status, options, the exit code, sums in RUN.json.
ENDS: dict[str, tuple[list[Any], int, list[str], int, dict[str, Any]]] = {
    "fine": ([good] * 3, 200, [], 0, {"published": 3}),
    "a feed of nothing": ([], 200, [], 3, {"pages": 0}),
    "no feed": ([good] * 3, 500, [], 3, {"pages": 0, "sources_failed": 1}),
    "too many failures": ([good] * 5 + [broken] * 6, 200, [], 3, {"failed": {"http-500": 6}}),
    "as many as allowed": (
        [good] * 5 + [broken] * 6,
        200,
        ["-s", "COPYDESK_MAX_FAILURES=0.6"],
        0,
        {"published": 5, "failed": {"http-500": 6}, "refused": {}},
    ),
    "few pages": ([broken] * 9, 200, [], 0, {"failed": {"http-500": 9}}),
    "gone pages": ([good] + [gone] * 11, 200, [], 0, {"refused": {"http-404": 11}, "failed": {}}),
    "all refused": ([short] * 10, 200, [], 3, {"refused": {"no-text": 10}}),
    "no share": ([good], 200, ["-s", "COPYDESK_MAX_FAILURES=2"], 1, {}),
    "no such site": ([good], 200, ["-a", "site=b.example"], 1, {}),
    # Scrapyd's number of the job
    "an argument for nobody": ([good], 200, ["-a", "_job=1"], 0, {"published": 1}),
    "usage": ([good], 200, ["-a", "sit=a.example"], 2, {}),
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, list[Any]]]:
    """Each end: the process, and its summary in a list if it has one."""

    def result(name: str) -> tuple[Any, list[Any]]:
        articles, feed, options, _, _ = ENDS[name]
        with Desk(tmp_path_factory.mktemp("ends")) as desk:
            made = [make(seed) for seed, make in enumerate(articles)]
            desk.add_site("a.example", made, feed)
            return desk.crawl(*options), desk.summaries()

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ENDS, pool.map(result, ENDS), strict=True))


@pytest.mark.parametrize("name", ENDS)
def test_exit_codes(ended: dict[str, tuple[Any, list[Any]]], name: str) -> None:
    process, summaries = ended[name]
    *_, code, sums = ENDS[name]
    assert process.returncode == code, process.stderr
    assert "Traceback" not in process.stderr
    for said in summaries:
        assert {key: said[key] for key in sums} == sums
        assert said["balanced"] is True
        check_sums(said)
    assert bool(summaries) == (code in {0, 3})


def check_sums(said: dict[str, Any]) -> None:
    """Each page is in one sum, of the run as of its site."""
    refused, failed = sum(said["refused"].values()), sum(said["failed"].values())
    in_one = said["published"] + said["unchanged"] + said["duplicates"] + refused + failed
    assert said["stats"].get("copydesk/fetched", 0) == said["pages"] == in_one
    sites = said["sites"].values()
    for name, whole in (("pages", in_one), ("refused", refused), ("failed", failed)):
        assert sum(site[name] for site in sites) == whole
    assert said["started"] <= said["ended"]
    assert said["seconds"] >= 0


def test_a_broken_site_is_named(ended: dict[str, tuple[Any, list[Any]]]) -> None:
    for name, counts in (("no feed", (0, 1)), ("few pages", (9, 0))):
        pages, sources = counts
        line = f"  a.example: nothing but failures: {pages} pages, {sources} feeds or the like\n"
        assert line in ended[name][0].stderr
    assert "nothing but failures" not in ended["too many failures"][0].stderr


def test_one_run_a_site(desk: Desk) -> None:
    """The second run of a site goes away; one of several sites leaves that one out."""
    desk.add_site("a.example", [good(1)])
    desk.add_site("b.example", [good(2)])
    desk.held = {"a.example/feed"}
    with desk.start("-a", "site=a.example", stderr=subprocess.DEVNULL) as first:
        second = desk.crawl("-a", "site=a.example")
        third = desk.crawl()
        desk.held = {"b.example/feed"}
        with desk.start("-a", "site=b.example", stderr=subprocess.DEVNULL) as fourth:
            fifth = desk.crawl()
            desk.let_go.set()
    (line,) = second.stderr.splitlines()
    held, other, _ = sorted(desk.summaries(), key=lambda said: said["started"])
    assert line.startswith("scrapy crawl: already being crawled: a.example (by run ")
    assert f"by run {held['run_id']}, process {first.pid}, since {held['started'][:16]}" in line
    assert (first.returncode, second.returncode, third.returncode) == (0, 4, 0)
    assert (fourth.returncode, fifth.returncode) == (0, 4)
    assert "b.example" in fifth.stderr
    assert (other["sites_busy"], list(other["sites"])) == (1, ["b.example"])
    assert "1  sites left out: another run is crawling them" in third.stderr
    assert desk.urls() == ["http://a.example/0", "http://b.example/0"]
    assert not list(desk.output.rglob("*.lock"))


def test_a_killed_run_keeps_no_site(desk: Desk) -> None:
    """Nor do its workers, which may outlive it."""
    desk.add_site("a.example", [good(1), good(2)])
    desk.held = {"a.example/1"}
    # The other article is at a worker, or has been.
    with desk.start("-s", "COPYDESK_WORKERS=1", stderr=subprocess.DEVNULL) as killed:
        killed.kill()
    assert desk.crawl("-a", "site=a.example").returncode == 0
    assert desk.urls() == ["http://a.example/0", "http://a.example/1"]
    assert not list(desk.output.rglob("*.lock"))


def test_lists_and_other_outputs_are_not_kept_out(desk: Desk) -> None:
    desk.add_site("a.example", [good(1)])
    desk.held = {"a.example/feed"}
    (desk.folder / "list.txt").write_text("http://a.example/0\n")
    with desk.start(stderr=subprocess.DEVNULL) as first:
        listed = desk.crawl("-a", f"file={desk.folder / 'list.txt'}", spider="urls")
        elsewhere = desk.crawl("-s", f"COPYDESK_OUTPUT={desk.folder / 'elsewhere'}")
        desk.let_go.set()
    assert (first.returncode, listed.returncode, elsewhere.returncode) == (0, 0, 0)
    assert desk.urls() == ["http://a.example/0"]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_run_ends_in_order(desk: Desk, sent: signal.Signals) -> None:
    """What is fetched is published, what is under way too; the next run has the rest."""
    desk.add_site("a.example", [good(n) for n in range(60)])
    desk.held = {"a.example/3"}
    with desk.start("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1") as stopped:
        stopped.send_signal(sent)
        wait_for_line(stopped, f"Received {sent.name}, shutting down")
        desk.let_go.set()
        stopped.communicate(timeout=PATIENCE)
    (said,) = desk.summaries()
    assert stopped.returncode == 1
    assert (said["finish_reason"], said["balanced"]) == ("shutdown", True)
    assert 4 <= said["published"] == len(desk.urls()) < 60
    assert not list((desk.output / "open").iterdir())
    assert not list(desk.output.rglob("*.lock"))
    assert desk.crawl().returncode == 0
    assert desk.urls() == sorted(f"http://a.example/{n}" for n in range(60))


def test_a_signal_to_the_whole_group_spares_the_workers(desk: Desk) -> None:
    """`timeout` and supervisors signal all; pages that are fetched are still cleaned."""
    desk.add_site("a.example", [good(n) for n in range(60)])
    desk.held = {"a.example/3"}
    options = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1", "-s", "COPYDESK_WORKERS=1")
    with desk.start(*options, start_new_session=True) as stopped:
        os.killpg(stopped.pid, signal.SIGTERM)
        wait_for_line(stopped, "Received SIGTERM, shutting down")
        desk.let_go.set()
        stopped.communicate(timeout=PATIENCE)
    (said,) = desk.summaries()
    assert (stopped.returncode, said["refused"]) == (1, {})
    assert said["published"] == said["pages"] >= 4


def test_a_second_signal_ends_it_at_once(desk: Desk) -> None:
    """Without waiting for the server; the next run mends what is left."""
    desk.add_site("a.example", [good(n) for n in range(6)])
    desk.held = {"a.example/3"}
    with desk.start("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=1") as stopped:
        for words in ("Received SIGTERM, shutting down", "Received SIGTERM twice"):
            stopped.terminate()
            wait_for_line(stopped, words)
        stopped.communicate(timeout=PATIENCE)
    assert stopped.returncode == 1
    assert not desk.let_go.is_set()
    assert desk.crawl().returncode == 0
    assert desk.urls() == sorted(f"http://a.example/{n}" for n in range(6))
    assert not list((desk.output / "open").iterdir())
    assert not list(desk.output.rglob("*.lock"))


def wait_for_line(process: Any, words: str) -> None:
    """Read what a process says until it says this."""
    assert any(words in line for line in iter(process.stderr.readline, ""))


#: How a shell ends what a run writes to, and the options of that run.
UNHEARD = {
    "stderr into a pipe that is closed": ('exec "$@" 2>&1 | head -n 1', ["-L", "INFO"]),
    "stderr closed": ('exec "$@" 2>&-', []),
    "all closed": ('exec "$@" <&- >&- 2>&-', []),
}


@pytest.mark.parametrize("name", UNHEARD)
def test_a_run_that_nobody_hears_ends_well(desk: Desk, name: str) -> None:
    """`2>&1 | head`, `2>&-`: it publishes, keeps its summary, and ends with its exit code."""
    desk.add_site("a.example", [good(1), good(2)])
    shell, options = UNHEARD[name]
    code = desk.folder / "code"
    script = shell.replace('exec "$@"', f'{{ "$@"; echo $? >{code}; }}')
    subprocess.run(
        ["/bin/sh", "-c", script, "sh", *desk.command(*options)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=True,
    )
    (said,) = desk.summaries()
    assert code.read_text() == "0\n"
    assert said["published"] == len(desk.urls()) == 2
    assert not list((desk.output / "open").iterdir())
