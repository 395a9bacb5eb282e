"""A crawl of an awkward server, and the replay of its archive: the same records and refusals."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from subprocess import CompletedProcess
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest

Scrapy = Callable[..., CompletedProcess[str]]
#: Of the run, not of the article.
RUN_FACTS = {"run_id": None, "spider": None}
MB = 1024 * 1024


WORDS = (
    "harbour master ferry council winter umbrella storm quay captain museum bridge anchor school"
    " market engine painter island concert village budget fisherman rescue tide library workshop"
).split()


def _story(subject: str, count: int = 6) -> list[str]:
    """Paragraphs that are the same for the same subject, and for no other."""
    chance = Random(subject)  # noqa: S311  (it has to be the same each time)

    def sentence() -> str:
        first, second, third, fourth = chance.sample(WORDS, 4)
        return (
            f"The {first} of the {subject} was asked why the {second} had gone to the {third}"
            f" {chance.randint(2, 99)} times, and said that it was all about the {fourth}."
        )

    return [" ".join(sentence() for _ in range(4)) for _ in range(count)]


def _page(title: str, paragraphs: list[str], head: str = "", filler: int = 0) -> bytes:
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    # as hard to compress as pages are not, so that a small archive file is full
    noise = Random(1).randbytes(filler // 2).hex()  # noqa: S311  (as above)
    return (
        f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
        f"{text}</article><!--{noise}--></body></html>"
    ).encode()


def _link(rel: str, path: str) -> str:
    return f'<link rel="{rel}" href="{path}">'


TALE = _story("lighthouse", 10)
PACKED = {"Content-Encoding": "gzip"}
#: What the server answers: status, headers, body.
ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    # of two copies, the one that takes longer to clean is asked for first
    "/large": (200, {}, _page("The crane", _story("crane"), filler=7 * MB)),
    "/copy": (200, {}, _page("The crane", _story("crane"))),
    "/third": (200, PACKED, gzip.compress(_page("A crane", _story("crane")))),
    # its second page comes after what copies it
    "/tale.html": (200, {}, _page("The lighthouse", TALE[:5], _link("next", "/tale-2.html"))),
    "/tale-2.html": (200, {}, _page("The lighthouse", TALE[5:], _link("prev", "/tale.html"))),
    "/told": (200, {}, _page("The lighthouse", TALE)),
    "/lost.html": (200, {}, _page("The buoy", _story("buoy"), _link("next", "/lost-2.html"))),
    "/torn.html": (200, {}, _page("The pier", _story("pier"), _link("next", "/torn-2.html"))),
    "/torn-2.html": (200, PACKED, gzip.compress(_page("The pier", TALE))[:-20]),
    "/old": (301, {"Location": "/older"}, b""),
    "/older": (302, {"Location": "/new"}, b""),
    "/new": (200, {}, _page("The bell", _story("bell"))),
    "/refresh": (200, {}, b'<html><meta http-equiv=refresh content="0; url=/fresh"></html>'),
    "/fresh": (200, {}, _page("The crate", _story("crate"))),
    # refused
    "/huge": (200, PACKED, gzip.compress(_page("The dock", _story("dock"), filler=9 * MB))),
    "/cut": (200, PACKED, gzip.compress(_page("The mast", _story("mast")))[:-20]),
    "/empty": (200, {}, b""),
    "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + bytes(99)),
    "/blocked": (200, {}, b"<html><p>Please enable JavaScript to view this page.</html>"),
    "/gone": (404, {}, b""),
}
ASKED = [path for path in ANSWERS if path not in {"/older", "/new", "/fresh"} and "-2" not in path]


class _Server(BaseHTTPRequestHandler):
    told = Event()

    def do_GET(self) -> None:
        if self.path == "/tale-2.html":
            self.told.wait(60)
        status, headers, body = ANSWERS.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if self.path == "/told":
            self.told.set()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the base's)
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the site's declaration and a list of its pages, while its server runs."""
    folder = tmp_path_factory.mktemp("awkward")
    (folder / "sites").mkdir()
    (folder / "sites" / "awkward.toml").write_text(
        'domain = "127.0.0.1"\n[fetch]\nallow = ["127.0.0.1"]\nmax_mb = 8\n'
        '[clean]\ndrop = [".advertisement"]\n'
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        Thread(target=server.serve_forever).start()
        urls = (f"http://127.0.0.1:{server.server_port}{path}" for path in ASKED)
        (folder / "list.txt").write_text("\n".join(urls))
        yield folder
        server.shutdown()


@pytest.fixture(scope="module")
def crawled(folder: Path, scrapy: Scrapy) -> Path:
    """What a crawl of it gives, archived in several files."""
    return _run(
        *(scrapy, folder, "crawled", "urls", "-a", f"file={folder / 'list.txt'}"),
        *("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS_PER_DOMAIN=8"),
        *("-s", "AUTOTHROTTLE_ENABLED=False", "-s", "COPYDESK_ARCHIVE_MAX_MB=1"),
    )


@pytest.fixture(scope="module")
def replayed(folder: Path, crawled: Path, scrapy: Scrapy) -> Path:
    """What the replay of all its files gives."""
    archive = crawled / "archive" / "*.warc.gz"
    return _run(scrapy, folder, "replayed", "archive", "-a", f"warc={archive}")


def _run(scrapy: Scrapy, folder: Path, name: str, spider: str, *more: str) -> Path:
    output = folder / name
    process = scrapy(
        *("crawl", spider, "-a", f"sites={folder / 'sites'}", "-s", f"COPYDESK_OUTPUT={output}"),
        *("-s", "COPYDESK_WORKERS=2", "-s", "ROBOTSTXT_OBEY=False", *more),
    )
    assert "Traceback" not in process.stderr
    return output


def _lines(output: Path, folder: str) -> list[dict[str, Any]]:
    (path,) = (output / folder).rglob("*.jsonl")
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def _path(url: str) -> str:
    return urlsplit(url).path


def test_the_crawl_meets_what_is_awkward(crawled: Path) -> None:
    """Otherwise the comparison below would show little."""
    records = {_path(one["url"]): one for one in _lines(crawled, "articles")}
    assert set(records) == {
        *("/large", "/copy", "/third", "/tale.html", "/told", "/lost.html", "/torn.html"),
        *("/new", "/fresh"),
    }
    assert TALE[-1] in records["/tale.html"]["text"]
    assert sum(one["duplicate"] is not None for one in records.values()) == 3
    assert _path(records["/new"]["requested_url"]) == "/old"
    assert _path(records["/fresh"]["requested_url"]) == "/refresh"
    reasons = {_path(one["url"]): one["reason"] for one in _lines(crawled, "rejected")}
    assert set(reasons) == {"/huge", "/cut", "/empty", "/picture", "/blocked", "/gone"}
    assert (reasons["/huge"], reasons["/cut"]) == ("too-large", "cut-short")
    assert len(list((crawled / "archive").glob("*.warc.gz"))) > 1


def test_the_replay_gives_the_same_records(crawled: Path, replayed: Path) -> None:
    """Field by field, and in the same order.

    But for the article that waited for a page which was not there: when that came is not archived.
    """
    before, after = (
        {
            _path(one["url"]): one | {"provenance": one["provenance"] | RUN_FACTS}
            for one in _lines(output, "articles")
        }
        for output in (crawled, replayed)
    )
    assert after == before
    orders = ([path for path in one if path != "/lost.html"] for one in (before, after))
    assert next(orders) == next(orders)


def test_the_replay_gives_the_same_refusals(crawled: Path, replayed: Path) -> None:
    """But for what was not archived: pages that were not there."""
    before, after = (
        sorted((one | RUN_FACTS for one in _lines(output, "rejected")), key=json.dumps)
        for output in (crawled, replayed)
    )
    assert after == [one for one in before if one["warc"]]
    assert [_path(one["url"]) for one in before if not one["warc"]] == ["/gone"]


def test_an_archive_without_evidence_is_replayed_too(
    folder: Path, crawled: Path, scrapy: Scrapy
) -> None:
    """As other crawlers write it: the archive is the lead, URLs tell what continues an article."""
    plain = folder / "plain"
    plain.mkdir()
    for path in (crawled / "archive").glob("*.warc.gz"):
        members = _members(path.read_bytes())
        kept = (one for one in members if b"WARC-Type: metadata\r\n" not in one[:200])
        (plain / path.name).write_bytes(b"".join(map(gzip.compress, kept)))
    output = _run(scrapy, folder, "foreign", "archive", "-a", f"warc={plain / '*.warc.gz'}")
    before = {one["url"]: one for one in _lines(crawled, "articles")}
    after = {one["url"]: one for one in _lines(output, "articles")}
    assert after.keys() == before.keys()
    for url, one in after.items():
        assert one["text"] == before[url]["text"]
        assert one["provenance"]["discovered"]["via"] == "archive"
        assert one["requested_url"] == url


def _members(data: bytes) -> Iterator[bytes]:
    while data:
        inflator = zlib.decompressobj(31)
        yield inflator.decompress(data)
        data = inflator.unused_data
