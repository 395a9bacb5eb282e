"""Crawls that are led to loopback by every way there is: a listening stub hears of none."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import AF_INET6, create_connection, create_server, has_ipv6
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
#: Ways of writing the stub's address. `rebound.example` is at it by DNS.
FORMS = {
    "plain": "127.0.0.1",
    "other": "127.0.0.9",
    "decimal": "2130706433",
    "octal": "0177.0.0.01",
    "hex": "0x7f000001",
    "short": "127.1",
    "ipv6": "[::1]",
    "mapped": "[::ffff:127.0.0.1]",
    "name": "localhost",
    "trailing dot": "127.0.0.1.",
    "digits of another script": "１２７.０.０.１",
    "userinfo": "news.example@127.0.0.1",
    "this host": "0.0.0.0",  # noqa: S104
    "dns": "rebound.example",
}
WAYS = ("start", "redirect", "meta refresh", "robots", "sitemap", "feed", "canonical")
CASES = [(way, form) for way in WAYS for form in FORMS]

# Scrapy with a DNS of our own: what the test does not know is not looked up.
SCRAPY = """
import json, os, socket, sys
from scrapy.cmdline import execute
real, answers = socket.gethostbyname, json.loads(os.environ["FAKE_DNS"])
def look_up(name):
    if name.endswith(".example"):
        if not answers.get(name):
            raise socket.gaierror(-2, "Name or service not known")
        return answers[name].pop(0) if len(answers[name]) > 1 else answers[name][0]
    return real(name)
socket.gethostbyname = look_up
execute(["scrapy", *sys.argv[1:]])
"""


def scrapy(
    output: Path, dns: dict[str, list[str]], *args: str, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """`scrapy crawl ARGS`, without waits; DNS answers in turn, the last one for ever."""
    given = {
        "COPYDESK_OUTPUT": output,
        "COPYDESK_WORKERS": 0,
        "DOWNLOAD_DELAY": 0,
        "RETRY_TIMES": 0,
    }
    settings = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    return subprocess.run(
        [sys.executable, "-c", SCRAPY, "crawl", *args, *settings],
        cwd=ROOT,
        env=os.environ
        | environment
        | {"FAKE_DNS": json.dumps(dns), "SCRAPY_SETTINGS_MODULE": "crawler.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Server(ThreadingHTTPServer):
    """Answers by host and path, as an origin or a proxy, and remembers what was asked."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[str, str], tuple[int, dict[str, str], str]]) -> None:
        self.answer = answer
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = parts.hostname or self.headers["Host"].rpartition(":")[0]
        self.server.asked.append(f"{host}{parts.path}")
        status, headers, body = self.server.answer(host, parts.path)
        self.send_response_only(status)
        for name, value in headers.items():
            # Bytes as they are: `Location` may have other than ASCII.
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the base's)
        """Keep the test's output clean."""


class Stub:
    """Listens on loopback, and takes down every connection and what came of it first."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.connections: list[bytes] = []
        listening = [create_server((host, 0))]
        self.port = listening[0].getsockname()[1]
        if has_ipv6:
            listening.append(create_server(("::1", self.port), family=AF_INET6))
        for each in listening:
            Thread(target=self._accept, args=(each,), daemon=True).start()

    def _accept(self, listening: Any) -> None:
        while True:
            connection, _ = listening.accept()
            with closing(connection):
                connection.settimeout(5)
                self.connections.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")


def served(server: Server) -> Iterator[Server]:
    with server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class Led(NamedTuple):
    """What came of the crawls."""

    stub: Stub
    asked: list[str]
    refused: dict[str, str]
    said: str
    runs: list[dict[str, Any]]


PAGE = "<html><head>{}</head><body><p>The ferry leaves at noon.</p></body></html>"


def target(port: int, way: str, form: str) -> str:
    user, at, host = FORMS[form].rpartition("@")
    return f"http://{user}{at}{host}:{port}/{way}/{list(FORMS).index(form)}/".replace(" ", "-")


def place(way: str, form: str) -> str:
    """The path of the page that leads there."""
    return f"/{way}-{form}".replace(" ", "-")


def answers(port: int) -> dict[str, tuple[int, dict[str, str], str]]:
    """By host and path."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    known: dict[str, tuple[int, dict[str, str], str]] = {}
    for way, form in CASES:
        url = target(port, way, form)
        moved = (302, {"Location": url}, "")
        if way == "robots":
            host = f"{form}.news.example".replace(" ", "-")
            known[f"{host}/robots.txt"] = moved
            known[f"{host}{place(way, form)}"] = (200, html, PAGE.format(""))
            continue
        refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
        links = f'<link rel="canonical" href="{url}"><link rel="next" href="{url}">'
        known[f"news.example{place(way, form)}"] = {
            "meta refresh": (200, html, PAGE.format(refresh)),
            "canonical": (200, html, PAGE.format(links)),
        }.get(way, moved)
    items = "".join(f"<item><link>{target(port, 'feed', form)}</link></item>" for form in FORMS)
    maps = "".join(f"<sitemap><loc>{target(port, 'sitemap', f)}</loc></sitemap>" for f in FORMS)
    known["news.example/links.xml"] = (200, {}, f"<rss><channel>{items}</channel></rss>")
    known["news.example/index.xml"] = (200, {}, f"<sitemapindex>{maps}</sitemapindex>")
    return known


def site(server: Server) -> str:
    def urls(way: str, more: str) -> str:
        paths = [more, *(place(way, form) for form in FORMS)]
        return json.dumps([f"http://news.example{path}" for path in paths])

    return (
        'domain = "news.example"\n[discover]\n'
        f"feeds = {urls('feed', '/links.xml')}\nsitemaps = {urls('sitemap', '/index.xml')}\n"
        f'[fetch]\nproxy = "http://127.0.0.1:{server.server_port}"\nallow = ["127.0.0.0/8"]\n'
    )


def urls_of(port: int) -> Iterator[str]:
    for way, form in CASES:
        if way == "start":
            yield target(port, way, form)
        elif way == "robots":
            yield f"http://{form}.news.example{place(way, form)}".replace(" ", "-")
        elif way not in {"feed", "sitemap"}:
            yield f"http://news.example{place(way, form)}"


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Led]:
    """Two crawls: of sources and of a list; both of a site whose proxy is on loopback."""
    folder = tmp_path_factory.mktemp("guarded")
    stub = Stub()
    known = answers(stub.port)
    for server in served(Server(lambda host, path: known.get(f"{host}{path}", (404, {}, "")))):
        (folder / "sites").mkdir()
        (folder / "sites" / "news.example.toml").write_text(site(server), "utf-8")
        (folder / "list.txt").write_text("\n".join(urls_of(stub.port)), "utf-8")
        dns = {"rebound.example": ["127.0.0.1"]}
        sites = ("-a", f"sites={folder / 'sites'}")
        runs = [
            scrapy(folder / "a", dns, "news", *sites),
            scrapy(folder / "b", dns, "urls", *sites, "-a", f"file={folder / 'list.txt'}"),
        ]
        lines = [
            json.loads(line)
            for path in sorted(folder.glob("*/rejected/*/*.jsonl"))
            for line in path.read_bytes().splitlines()
        ]
        summaries = [json.loads(path.read_bytes()) for path in sorted(folder.glob("*/runs/*.json"))]
        refused = {one["requested_url"]: one["reason"] for one in lines}
        yield Led(stub, server.asked, refused, "".join(one.stderr for one in runs), summaries)


def test_the_stub_can_be_reached() -> None:
    """Or it would prove nothing: by IPv4 and by IPv6."""
    stub = Stub()
    for host in ("127.0.0.1", *(["::1"] if has_ipv6 else [])):
        with create_connection((host, stub.port)) as connection:
            connection.sendall(b"hello")
            assert connection.recv(99).endswith(b"secret")
    assert set(stub.connections) == {b"hello"}


@pytest.mark.parametrize(("way", "form"), CASES)
def test_nothing_reaches_the_stub(led: Led, way: str, form: str) -> None:
    """The page that leads there was asked for, the stub was not."""
    leading = (
        f"{form}.news.example/robots.txt".replace(" ", "-") if way == "robots" else place(way, form)
    )
    assert way == "start" or any(asked.endswith(leading) for asked in led.asked)
    path = urlsplit(target(led.stub.port, way, form)).path
    assert not [asked for asked in led.stub.connections if path.encode() in asked]


def test_no_connection_at_all(led: Led) -> None:
    assert led.stub.connections == []
    assert "Traceback" not in led.said


@pytest.mark.parametrize(("way", "form"), [case for case in CASES if case[0] != "canonical"])
def test_refusals_are_counted(led: Led, way: str, form: str) -> None:
    """With the URL that was asked for; sources are said and counted instead."""
    leading = f"http://news.example{place(way, form)}"
    if way in {"feed", "sitemap"}:
        assert "is no public address" in led.said or "is a name of" in led.said
    elif way == "start":
        host = FORMS[form].rpartition("@")[2]
        path = urlsplit(target(led.stub.port, way, form)).path
        (reason,) = {led.refused[url] for url in led.refused if url.endswith(path)}
        assert reason == "forbidden-address", host
    elif way != "robots":
        assert led.refused[leading] == "forbidden-address"


def test_refused_sources_are_counted_as_failed(led: Led) -> None:
    sources, listed = led.runs
    assert sources["sources_failed"] == 2 * len(FORMS)
    assert listed["refused"]["forbidden-address"] == 3 * len(FORMS)


def crawl_list(
    folder: Path, toml: str, urls: list[str], dns: dict[str, list[str]], **environment: str
) -> dict[str, Any]:
    (folder / "sites").mkdir()
    for number, each in enumerate(toml.split("\n---\n")):
        (folder / "sites" / f"{number}.toml").write_text(each, "utf-8")
    (folder / "list.txt").write_text("\n".join(urls), "utf-8")
    more = ("-s", "DNSCACHE_ENABLED=False", "-s", "ROBOTSTXT_OBEY=False")
    more += ("-s", "CONCURRENT_REQUESTS=1")
    given = ("-a", f"sites={folder / 'sites'}", "-a", f"file={folder / 'list.txt'}")
    scrapy(folder / "output", dns, "urls", *given, *more, **environment)
    lines = [
        json.loads(line)
        for path in (folder / "output" / "rejected").rglob("*.jsonl")
        for line in path.read_bytes().splitlines()
    ]
    return {urlsplit(one["requested_url"]).path: one["reason"] for one in lines}


def test_a_site_can_allow_its_own_address(tmp_path: Path) -> None:
    """By number or by name; what it allows is not allowed to others, nor by another name."""
    allowing = 'domain = "{}"\n[clean]\ndrop = [".ad"]\n[fetch]\nallow = ["127.0.0.1"]\n'
    for server in served(Server(lambda _, __: (404, {}, ""))):
        port = server.server_port
        reasons = crawl_list(
            tmp_path,
            "\n---\n".join(map(allowing.format, ("127.0.0.1", "inside.example"))),
            [
                f"http://127.0.0.1:{port}/by-number",
                "http://127.0.0.1:1/closed",
                f"http://inside.example:{port}/by-name",
                f"http://www.inside.example:{port}/below",
                f"http://elsewhere.example:{port}/elsewhere",
                f"http://2130706433:{port}/decimal",
                f"http://127.0.0.2:{port}/neighbour",
                f"http://nowhere.example:{port}/nowhere",
            ],
            {
                "inside.example": ["127.0.0.1"],
                "www.inside.example": ["127.0.0.2"],
                "elsewhere.example": ["127.0.0.1"],
            },
        )
        assert server.asked == ["127.0.0.1/by-number", "inside.example/by-name"]
    assert reasons == {
        "/by-number": "http-404",
        "/closed": "connection-refused",
        "/by-name": "http-404",
        "/below": "forbidden-address",
        "/elsewhere": "forbidden-address",
        "/decimal": "forbidden-address",
        "/neighbour": "forbidden-address",
        "/nowhere": "unknown-host",
    }


def test_a_name_that_changes_its_address_is_checked_again(tmp_path: Path) -> None:
    """DNS rebinding: the second answer is another than the first, within one crawl."""
    stub = Stub("127.0.0.9")
    toml = 'domain = "flip.example"\n[clean]\ndrop = [".ad"]\n[fetch]\nallow = ["127.0.0.1"]\n'
    for server in served(Server(lambda _, __: (404, {"Connection": "close"}, ""))):
        reasons = crawl_list(
            tmp_path,
            toml,
            [
                f"http://flip.example:{server.server_port}/first",
                f"http://flip.example:{stub.port}/second",
            ],
            {"flip.example": ["127.0.0.1", "127.0.0.9"]},
        )
    assert reasons == {"/first": "http-404", "/second": "forbidden-address"}
    assert stub.connections == []


def test_a_proxy_is_allowed_by_its_address(tmp_path: Path) -> None:
    """Whether it is asked for a page or for a tunnel."""
    toml = 'domain = "{}"\n[clean]\ndrop = [".ad"]\n[fetch]\nproxy = "http://gate.example:{}"\n{}\n'
    for server in served(Server(lambda _, __: (404, {}, ""))):
        port = server.server_port
        reasons = crawl_list(
            tmp_path,
            "\n---\n".join(
                [
                    toml.format("closed.example", port, ""),
                    toml.format("open.example", port, 'allow = ["127.0.0.1"]'),
                ]
            ),
            [
                "http://closed.example/closed",
                "https://closed.example/closed-tunnel",
                "http://open.example/open",
            ],
            {"gate.example": ["127.0.0.1"]},
        )
        assert server.asked == ["open.example/open"]
    assert reasons == {
        "/closed": "forbidden-address",
        "/closed-tunnel": "forbidden-address",
        "/open": "http-404",
    }


def test_a_proxy_of_the_environment_needs_no_permission(tmp_path: Path) -> None:
    """Whoever runs the crawl has chosen it; where it leads is guarded all the same."""
    stub = Stub()
    for server in served(Server(lambda _, __: (404, {}, ""))):
        reasons = crawl_list(
            tmp_path,
            'domain = "news.example"\n[clean]\ndrop = [".ad"]\n',
            [
                "http://news.example/page",
                f"http://127.0.0.1:{stub.port}/stub",
                f"http://localhost:{stub.port}/name",
            ],
            {"gate.example": ["127.0.0.1"]},
            http_proxy=f"http://gate.example:{server.server_port}",
            no_proxy="",
        )
        assert server.asked == ["news.example/page"]
    assert reasons == {
        "/page": "http-404",
        "/stub": "forbidden-address",
        "/name": "forbidden-address",
    }
    assert stub.connections == []


def test_no_file_is_read() -> None:
    """By `scrapy fetch` and a user's own spiders neither, which nothing else guards."""
    url = (ROOT / "pyproject.toml").as_uri()
    command = [sys.executable, "-m", "scrapy", "fetch", "-L", "ERROR", url]
    process = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert process.stdout == ""
    assert "no handler available" in process.stderr
