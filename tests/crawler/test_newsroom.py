"""The newsroom's server over real HTTP, used as a proxy and as an origin."""

import gzip
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from crawler.newsroom.server import Newsroom

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "crawler.newsroom"]
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
COUNTED = "http://newsroom.example/blog/2025/10/why-the-parish-newsletter-refuses-to-die/"
LAST_MODIFIED = "Thu, 20 Nov 2025 06:00:00 GMT"
ROUTES = [
    ("/", 200, None),
    ("/news.php?id=2231", 301, "/culture/obituary-ines-calder-ballad-collector.html"),
    ("/harbour/pier-cafe-reopens.html", 302, "/archive/story-1066.html"),
    ("/archive/story-1066.html", 301, "/archive/2025/story-1066.html"),
    ("/news/?utm_source=rss", 301, "/news/"),
    ("/harbour/no-such-page.html", 404, None),
    ("/harbour/fog-delays-morning-sailings.html", 404, None),
    ("/archive/2025/story-0998.html", 410, None),
    ("/harbour/summer-ferry-timetable.html", 200, None),
    ("/culture/the-lamplighters-of-anvil-lane.html?page=2", 200, None),
    ("/fr/?page=2", 200, None),
    # no page has two addresses
    ("/culture/the-lamplighters-of-anvil-lane.page-2.html", 404, None),
    ("/culture//the-lamplighters-of-anvil-lane.html", 404, None),
    ("/culture/./the-lamplighters-of-anvil-lane.html", 404, None),
    ("//culture/the-lamplighters-of-anvil-lane.html", 404, None),
    ("/culture/the%2Dlamplighters-of-anvil-lane.html", 404, None),
    ("/news/index.html", 404, None),
    ("/news/%69ndex.html", 404, None),
    # sidecars and what lies outside are never served
    ("/harbour/tidal-bridge-closes-for-winter.expected.json", 404, None),
    ("/harbour/tidal-bridge-closes-for-winter%2Eexpected%2Ejson", 404, None),
    ("/../../routes.toml", 404, None),
    ("/%2e%2e/%2e%2e/routes.toml", 404, None),
    ("//etc/passwd", 404, None),
    ("/%00", 404, None),
    ("/harbour", 404, None),
]


class Client:
    """A client that takes the newsroom as its proxy."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.connection = HTTPConnection("127.0.0.1", newsroom.port, timeout=10)

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        """The response and its body as sent; a header's `_` stands for `-`."""
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, target, headers=fields)
        response = self.connection.getresponse()
        return response, response.read()


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    """A newsroom that is being served."""
    with Newsroom() as running:
        yield running


@pytest.fixture
def client(newsroom: Newsroom) -> Iterator[Client]:
    """A client of that newsroom."""
    client = Client(newsroom)
    yield client
    client.connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"If_None_Match": "{tag}"}, 304),
        ({"If_None_Match": '"other", {tag}'}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": LAST_MODIFIED}, 200),
        ({"If_Modified_Since": LAST_MODIFIED}, 304),
        ({"If_Modified_Since": "Fri, 21 Nov 2025 06:00:00 GMT"}, 304),
        ({"If_Modified_Since": "Thu, 01 Jan 2015 00:00:00 GMT"}, 200),
        ({"If_Modified_Since": "Thu, 01 Jan 2015 00:00:00 -0000"}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ],
)
def test_conditions(client: Client, headers: dict[str, str], status: int) -> None:
    """A page that the client has, by tag or by date, is not sent again."""
    plain, whole = client.ask(BRIDGE)
    asked = {name: value.format(tag=plain.headers["ETag"]) for name, value in headers.items()}
    response, body = client.ask(BRIDGE, **asked)
    assert plain.headers["Last-Modified"] == LAST_MODIFIED
    assert response.status == status
    assert body == (b"" if status == 304 else whole)
    assert response.headers["ETag"] == plain.headers["ETag"]


def test_gzip(client: Client) -> None:
    """A compressed page has a strong tag of its own, and the same bytes every time."""
    plain, body = client.ask(BRIDGE)
    packed, first = client.ask(BRIDGE, Accept_Encoding="gzip, deflate")
    _, second = client.ask(BRIDGE, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first) == body
    assert first == second
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert client.ask(BRIDGE, If_None_Match=packed.headers["ETag"])[0].status == 304


def test_head(client: Client) -> None:
    """HEAD is GET without the body, and the connection goes on."""
    response, body = client.ask(BRIDGE, "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) == len(client.ask(BRIDGE)[1])


@pytest.mark.parametrize("host", ["127.0.0.1:8025", "localhost", "newsroom.example"])
def test_origin_form(client: Client, host: str) -> None:
    """A browser that opens the server's own address sees the Courier."""
    assert client.ask("/news/", Host=host)[1] == client.ask("http://newsroom.example/news/")[1]


def test_hosts(client: Client) -> None:
    """Each host has its own pages; a host that is not kept gets a proxy's answer."""
    assert b"Northern Wire" in client.ask("http://wire.example")[1]
    assert client.ask("/rss.xml", Host="wire.example")[0].status == 200
    assert client.ask("http://newsroom.example/rss.xml")[0].status == 404
    assert client.ask("http://elsewhere.example/")[0].status == 502


@pytest.mark.parametrize(("target", "status", "location"), ROUTES)
def test_routes(client: Client, target: str, status: int, location: str | None) -> None:
    """Status and redirect of every special path."""
    response, _ = client.ask(f"http://newsroom.example{target}")
    assert (response.status, response.headers["Location"]) == (status, location)


def test_utf_8_declared_as_latin_1(client: Client) -> None:
    """Header and meta claim ISO-8859-1, the bytes are UTF-8."""
    response, body = client.ask("http://newsroom.example/fr/archives/article-512.html")
    assert response.headers["Content-Type"] == "text/html; charset=ISO-8859-1"
    assert b"charset=iso-8859-1" in body
    assert "Le marché aux poissons" in body.decode("utf-8")


def test_windows_1252_declared_as_utf_8(client: Client) -> None:
    """Header and meta claim UTF-8, the bytes are windows-1252."""
    response, body = client.ask("http://newsroom.example/archive/2025/story-1066.html")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"charset=utf-8" in body
    assert "“a large breakfast,” he stressed" in body.decode("windows-1252")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_second_edition(newsroom: Newsroom, client: Client) -> None:
    """It shows itself while the server runs, and leaves what it does not change as it was."""
    before, first = client.ask(BRIDGE)
    atom = client.ask("http://newsroom.example/de/atom.xml")[0].headers["ETag"]
    newsroom.edition = 2
    after, second = client.ask(BRIDGE, If_None_Match=before.headers["ETag"])
    assert after.status == 200
    assert b"forged 31 years ago" in first
    assert b"forged 41 years ago" in second
    assert after.headers["Last-Modified"] == "Fri, 21 Nov 2025 06:00:00 GMT"
    unchanged, _ = client.ask("http://newsroom.example/de/atom.xml", If_None_Match=atom)
    assert unchanged.status == 304
    newsroom.edition = 1
    assert client.ask(BRIDGE)[1] == first


def test_second_edition_of_a_counter(newsroom: Newsroom, client: Client) -> None:
    """A visitor counter moves, and nothing else of its page."""
    first = client.ask(COUNTED)[1].decode().splitlines()
    newsroom.edition = 2
    second = client.ask(COUNTED)[1].decode().splitlines()
    changed = [old for old, new in zip(first, second, strict=True) if old != new]
    assert changed == ["<p>today : 147</p>", "<p>total : 40358</p></div>"]


def test_requests_are_recorded(newsroom: Newsroom, client: Client) -> None:
    """In their order, with what the client said of itself."""
    client.ask("http://wire.example/rss.xml", User_Agent="copydesk")
    client.ask("http://newsroom.example/none?x=1")
    wire, none = newsroom.requests
    assert wire[:3] == ("wire.example", "/rss.xml", 200)
    assert wire.headers["user-agent"] == "copydesk"
    assert none[:3] == ("newsroom.example", "/none?x=1", 301)


def test_port() -> None:
    """It is known while the server runs, and asked for before it is an error that says so."""
    newsroom = Newsroom()
    with pytest.raises(RuntimeError, match="enter its with block"):
        _ = newsroom.port
    with newsroom:
        assert newsroom.proxy == f"http://127.0.0.1:{newsroom.port}"


def test_write_sites(newsroom: Newsroom, tmp_path: Path) -> None:
    """The two sites' files are written with the live address."""
    newsroom.write_sites(tmp_path / "sites")
    written = {
        path.name: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (tmp_path / "sites").iterdir()
    }
    assert sorted(written) == ["newsroom.example.toml", "wire.example.toml"]
    assert {site["fetch"]["proxy"] for site in written.values()} == {newsroom.proxy}


def test_command() -> None:
    """It says where to browse, serves there, and Ctrl-C ends it in peace."""
    command = [*COMMAND, "--port", "0", "--edition", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        greeting = process.stdout.readline()
        port = int(greeting.partition("127.0.0.1:")[2].partition("/")[0])
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/harbour/tidal-bridge-closes-for-winter.html")
        body = connection.getresponse().read()
        connection.close()
        process.send_signal(signal.SIGINT)
    assert b"forged 41 years ago" in body
    assert process.returncode == 0


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_command_with_a_port_that_cannot_be_used(newsroom: Newsroom, port: str) -> None:
    """One line says so, and what to do."""
    command = [*COMMAND, "--port", str(newsroom.port) if port == "taken" else port]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "choose another with --port" in run.stderr
    assert "Traceback" not in run.stderr
