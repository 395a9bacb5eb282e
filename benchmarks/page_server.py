"""Serves made-up pages on the loopback interface, as an origin and as a proxy, for benchmarks.

    python -m benchmarks.page_server --pages N [--large] [--log FILE]

prints its port once it listens, and serves until it is ended. Any host is served: `/robots.txt`,
`/feed.xml` with N articles, and these. It is a process of its own and does next to nothing for an
answer, so that it is never what a crawl waits for.
"""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from benchmarks.corpus import ROOT
from benchmarks.made_page import feed, large_page, number_of, small_page

_LOOPBACK: Final = "127.0.0.1"
_ROBOTS: Final = b"User-agent: *\nDisallow: /search\nDisallow: /private/\n"
_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Serving(NamedTuple):
    """A server that runs."""

    port: int
    process: "subprocess.Popen[str]"

    @property
    def address(self) -> str:
        """For a site's `[fetch] proxy`, and as an origin."""
        return f"http://{_LOOPBACK}:{self.port}"

    def cpu(self) -> float:
        """Seconds of CPU that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / _TICKS


@contextmanager
def serving(pages: int, *, large: bool = False, log: Path | None = None) -> Iterator[Serving]:
    """A server of its own process while the `with` block lasts.

    Args:
        pages: articles of each host.
        large: pages of 170 kB, all made before the first answer; else small ones.
        log: a file to which the URL of each article that is asked for is appended, a line each.
    """
    command = [sys.executable, "-m", "benchmarks.page_server", "--pages", str(pages)]
    command += ["--large"] if large else []
    command += ["--log", str(log)] if log else []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline() if process.stdout else ""
            yield Serving(int(said), process)
        finally:
            process.terminate()


class _Answers:
    """What is sent for each URL, whole."""

    def __init__(self, pages: int, *, large: bool) -> None:
        self._pages = pages
        self._large = large

    def of(self, host: str, path: str) -> bytes:
        if path == "/robots.txt":
            return _reply(_ROBOTS, "text/plain")
        if path == "/feed.xml":
            return _reply(feed(host, self._pages), "application/rss+xml")
        number = number_of(path)
        if number is None or number >= self._pages:
            return _reply(b"Not here.\n", "text/plain", "404 Not Found")
        return self.of_article(host, number)

    def of_article(self, host: str, number: int) -> bytes:
        if self._large:
            # Large ones are alike on all hosts: the memory for them is bounded.
            return _large_reply(number)
        return _reply(small_page(host, number), "text/html; charset=utf-8")


@cache
def _large_reply(number: int) -> bytes:
    return _reply(large_page("pages.example", number), "text/html; charset=utf-8")


def _reply(body: bytes, kind: str, status: str = "200 OK") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nServer: pages\r\nDate: Mon, 02 Mar 2026 08:00:00 GMT\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nCache-Control: max-age=60\r\n\r\n"
    )
    return head.encode("ascii") + body


class _Connection(asyncio.Protocol):
    def __init__(self, answers: _Answers, log: int | None) -> None:
        self._answers = answers
        self._log = log
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]  # of TCP

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            self._answer(head.decode("latin-1"))

    def _answer(self, head: str) -> None:
        first, *fields = head.split("\r\n")
        target = first.split(" ")[1]
        if target.startswith("/"):
            names = (field.partition(":") for field in fields)
            host = next((value.strip() for name, _, value in names if name.lower() == "host"), "")
            path = target
        else:
            parts = urlsplit(target)
            host, path = parts.netloc, parts.path
        if self._log is not None and number_of(path) is not None:
            # At once: who reads the log may kill the crawler by it.
            os.write(self._log, f"http://{host}{path}\n".encode())
        self._transport.write(self._answers.of(host, path))


async def _serve(answers: _Answers, log: int | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answers, log), _LOOPBACK, 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, required=True, metavar="N", help="of each host")
    parser.add_argument("--large", action="store_true", help="pages of 170 kB")
    parser.add_argument("--log", type=Path, metavar="FILE", help="of articles asked for")
    options = parser.parse_args()
    answers = _Answers(options.pages, large=options.large)
    for number in range(options.pages if options.large else 0):
        answers.of_article("", number)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    log = os.open(options.log, flags, 0o644) if options.log else None
    asyncio.run(_serve(answers, log))


if __name__ == "__main__":
    main()
