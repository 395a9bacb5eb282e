"""Responses made to exhaust a crawler: the run ends, stays small, and counts each by its reason."""

import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_WR, create_server, socket
from threading import Event, Thread
from typing import Any, NamedTuple

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024
#: Megabytes that no process of a run may come to.
MEMORY_MB = 250
TIMEOUT = 4
ZEROS = bytes(MB)
PAGE = b"<html><body><p>" + b"The ferry leaves at noon, and the harbour is closed. " * 60
Send = Callable[[socket, Event], None]


def deflated(megabytes: int, window: int) -> bytes:
    """So many megabytes of nothing, packed without being held."""
    deflator = zlib.compressobj(9, zlib.DEFLATED, window)
    return b"".join([*(deflator.compress(ZEROS) for _ in range(megabytes)), deflator.flush()])


def head(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: text/html", *headers, "", ""]).encode()


def packed(coding: str, body: bytes) -> Send:
    """A compressed body, all of it."""
    whole = head(f"Content-Encoding: {coding}", f"Content-Length: {len(body)}") + body
    return lambda connection, _: connection.sendall(whole)


def for_ever(start: bytes, more: bytes) -> Send:
    """Without an end, as fast as may be."""

    def send(connection: socket, over: Event) -> None:
        connection.sendall(start)
        while not over.is_set():
            connection.sendall(more)

    return send


def slowly(start: bytes, more: bytes) -> Send:
    """Without an end, a little at a time; the crawler hangs up, or the test is over."""

    def send(connection: socket, over: Event) -> None:
        connection.sendall(start)
        while not over.wait(0.2):
            connection.sendall(more)

    return send


def once(data: bytes) -> Send:
    """And no more."""

    def send(connection: socket, _: Event) -> None:
        connection.sendall(data)
        connection.shutdown(SHUT_WR)

    return send


GZIPPED = gzip.compress(PAGE, mtime=0)
CHUNK = b"10000\r\n" + bytes(65_536) + b"\r\n"
LINE = b"X-Filler: " + b"x" * 16_000 + b"\r\n"
#: What is sent, and the reason that it must be counted by.
BOMBS: dict[str, tuple[Send, str]] = {
    "gzip": (packed("gzip", deflated(200, 31)), "too-large"),
    "gzip-members": (packed("gzip", deflated(1, 31) * 200), "too-large"),
    "deflate": (packed("deflate", deflated(200, 15)), "too-large"),
    "raw-deflate": (packed("deflate", deflated(200, -15)), "too-large"),
    "br": (packed("br", brotli.compress(bytes(200 * MB), quality=5)), "too-large"),
    "zstd": (packed("zstd", zstd.compress(bytes(200 * MB))), "too-large"),
    "nested": (packed("gzip, gzip", gzip.compress(deflated(200, 31), mtime=0)), "too-large"),
    "nested-thrice": (
        packed("gzip, br, gzip", gzip.compress(brotli.compress(deflated(200, 31)), mtime=0)),
        "too-large",
    ),
    "announced": (for_ever(head(f"Content-Length: {200 * MB}"), ZEROS), "too-large"),
    "endless": (for_ever(head("Connection: close"), ZEROS), "too-large"),
    "endless-chunks": (for_ever(head("Transfer-Encoding: chunked"), CHUNK), "too-large"),
    "headers": (once(b"HTTP/1.1 200 OK\r\n" + LINE * 2_000 + b"\r\nnews"), "too-large"),
    "endless-headers": (for_ever(b"HTTP/1.1 200 OK\r\n", LINE), "too-large"),
    "endless-interim": (for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), "too-large"),
    "endless-line": (for_ever(b"HTTP/1.1 200 OK\r\nX-Filler: ", b"x" * 65_536), "connection-lost"),
    "silence": (slowly(b"", b""), "timeout"),
    "slow-headers": (slowly(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), "timeout"),
    "slow-body": (slowly(head("Content-Length: 5000"), b"x"), "timeout"),
    "slow-chunks": (slowly(head("Transfer-Encoding: chunked"), b"1\r\nx\r\n"), "timeout"),
    "short": (once(head("Content-Length: 9999") + PAGE), "cut-short"),
    "short-chunks": (
        once(head("Transfer-Encoding: chunked") + b"c\r\n<html><body>\r\n"),
        "cut-short",
    ),
    "half-gzip": (packed("gzip", GZIPPED[: len(GZIPPED) // 2]), "cut-short"),
    "half-br": (packed("br", brotli.compress(PAGE)[:-4]), "cut-short"),
    "half-zstd": (packed("zstd", zstd.compress(PAGE)[:-4]), "cut-short"),
    "gone": (
        once(head("Content-Encoding: gzip").replace(b"200 OK", b"410 Gone") + GZIPPED[:20]),
        "http-410",
    ),
    "corrupt-gzip": (packed("gzip", GZIPPED[:-6] + b"\x00" + GZIPPED[-5:]), "corrupt"),
}


class Run(NamedTuple):
    """What came of the run."""

    code: int
    memory_mb: int
    said: str
    summary: dict[str, Any]
    reasons: dict[str, str]


class Bomber:
    """Sends each path's bomb, by raw sockets; a good page for what is none."""

    def __init__(self) -> None:
        self._listening = create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listening.getsockname()[1]
        self.over = Event()
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket) -> None:
        with connection, suppress(OSError):
            asked = re.match(rb"GET /([\w.-]*)", connection.recv(65_536))
            name = asked[1].decode() if asked else ""
            good = once(head(f"Content-Length: {len(PAGE)}") + PAGE)
            send, _ = BOMBS.get(name, (good, ""))
            send(connection, self.over)
            # What is sent must not be lost to a reset: the crawler hangs up when it has it.
            connection.settimeout(TIMEOUT)
            connection.recv(1)


# Gives the memory of the largest of its processes, in kilobytes, on its last line.
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def bombed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All bombs at once, after one good page."""
    folder = tmp_path_factory.mktemp("bombed")
    bomber = Bomber()
    (folder / "127.0.0.1.toml").write_text(
        'domain = "127.0.0.1"\n[fetch]\nallow = ["127.0.0.1"]\n[clean]\ndrop = [".ad"]\n', "utf-8"
    )
    names = ["good", *BOMBS]
    urls = [f"http://127.0.0.1:{bomber.port}/{name}" for name in names]
    (folder / "list.txt").write_text("\n".join(urls), "utf-8")
    given = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "COPYDESK_OUTPUT": folder / "output",
        "COPYDESK_WORKERS": 1,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_TIMEOUT": TIMEOUT,
        "RETRY_TIMES": 0,
        "ROBOTSTXT_OBEY": False,
    }
    settings = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    arguments = ["-a", f"sites={folder}", "-a", f"file={folder / 'list.txt'}"]
    crawl = [sys.executable, "-m", "scrapy", "crawl", "urls", *arguments, *settings]
    process = subprocess.run(
        [sys.executable, "-c", MEASURED, *crawl],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    bomber.over.set()
    (summary,) = (folder / "output" / "runs").glob("*.json")
    (rejected,) = (folder / "output" / "rejected").rglob("*.jsonl")
    refused = [json.loads(line) for line in rejected.read_bytes().splitlines()]
    return Run(
        code=process.returncode,
        memory_mb=int(process.stderr.split()[-1]) // 1024,
        said=process.stderr,
        summary=json.loads(summary.read_bytes()),
        reasons={one["requested_url"].rpartition("/")[2]: one["reason"] for one in refused},
    )


@pytest.mark.parametrize("name", BOMBS)
def test_each_is_counted_by_its_reason(bombed: Run, name: str) -> None:
    assert bombed.reasons.get(name) == BOMBS[name][1]


def test_the_run_ends_well_and_stays_small(bombed: Run) -> None:
    """The good page was published, all others refused."""
    assert bombed.code == 0
    assert bombed.summary["published"] == 1
    assert bombed.summary["pages"] == len(BOMBS) + 1
    assert "Traceback" not in bombed.said
    assert bombed.memory_mb <= MEMORY_MB
