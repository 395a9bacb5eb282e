"""Serves the newsroom over HTTP on the loopback interface, as an origin and as a proxy.

A client that takes the server as its proxy sends absolute-form requests
(`GET http://newsroom.example/ HTTP/1.1`, RFC 9112 section 3.2.2), so pages keep their addresses
whatever the port is. A browser that opens the server's own address sees newsroom.example, or the
folder that is served.
"""

import gzip
from collections.abc import Mapping
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple, Protocol, Self
from urllib.parse import urlsplit

from crawler.newsroom.library import Answer, Library

_LOOPBACK = "127.0.0.1"
#: How often the server looks whether it is to stop: stopping takes as long as this at most.
_POLL_SECONDS = 0.01
_SITES = Path(__file__).parent / "sites"
#: The address that the site files carry until `write_sites` puts the live one in.
_WRITTEN_PROXY = "http://127.0.0.1:8025"
#: Below this many bytes compression costs more than it saves.
_WORTH_COMPRESSING = 512


class Request(NamedTuple):
    """One request as the server saw it; header names are lower case."""

    host: str
    path: str
    status: int
    headers: dict[str, str]


class Pages(Protocol):
    """What a server answers with: the newsroom's own pages, or other ones."""

    @property
    def front(self) -> str:
        """The host that a browser sees at the server's own address."""

    def answer(self, host: str, target: str, edition: int) -> Answer:
        """The answer to a request for a path of a host."""


class Newsroom:
    """The newsroom, or other pages, served while the `with` block lasts.

    Attributes:
        edition: 1 or 2, may be set while the server runs: the site as it was, and a few days later.
        requests: what was asked so far, in the order of the answers.
    """

    def __init__(self, edition: int = 1, port: int = 0, library: Pages | None = None) -> None:
        self.edition = edition
        self.requests: list[Request] = []
        self.library = library or Library()
        self._wanted_port = port
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self._server = _Server(self, self._wanted_port)
        Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.shutdown()
        self._running.server_close()
        self._server = None

    @property
    def port(self) -> int:
        """The port that the server listens on; RuntimeError outside the `with` block."""
        return self._running.server_port

    @property
    def proxy(self) -> str:
        """The server's address, for a site's `[fetch] proxy`."""
        return f"http://{_LOOPBACK}:{self.port}"

    def write_sites(self, folder: Path) -> None:
        """Writes the two sites' TOML files with the live address; makes the folder if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for template in sorted(_SITES.glob("*.toml")):
            declared = template.read_text(encoding="utf-8").replace(_WRITTEN_PROXY, self.proxy)
            (folder / template.name).write_text(declared, encoding="utf-8")

    @property
    def _running(self) -> "_Server":
        if self._server is None:
            raise RuntimeError("the newsroom is not being served: enter its with block first")
        return self._server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A crawler opens more connections at once than the five that Python lets wait; beyond them the
    # kernel drops the call, and the client tries again a second later.
    request_queue_size = 128

    def __init__(self, newsroom: Newsroom, port: int) -> None:
        self.newsroom = newsroom
        super().__init__((_LOOPBACK, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "Newsroom/1"
    # One write for head and body: two small ones would wait for each other on the wire.
    wbufsize = 65536
    # A connection that a client keeps open must not outlive the tests.
    timeout = 10

    def do_GET(self) -> None:
        """Answers a request for a page."""
        newsroom = self.server.newsroom
        headers = {name.lower(): value for name, value in self.headers.items()}
        host, target = _asked(self.path, headers.get("host", ""), newsroom.library.front)
        answer = newsroom.library.answer(host, target, newsroom.edition)
        status, fields, body = _reply(answer, headers)
        newsroom.requests.append(Request(host, target, status, headers))
        self._send(status, fields, body)

    do_HEAD = do_GET  # noqa: N815  (the name that http.server looks up)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        """Keeps silent: `Newsroom.requests` is the log."""

    def _send(self, status: int, fields: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _asked(target: str, host_header: str, front: str) -> tuple[str, str]:
    """Host and path with query, from an absolute-form or origin-form request target."""
    if target.startswith("/"):
        host = host_header.rsplit(":", 1)[0]
        return front if host in {_LOOPBACK, "localhost", ""} else host, target
    parts = urlsplit(target)
    query = f"?{parts.query}" if parts.query else ""
    return parts.hostname or "", (parts.path or "/") + query


def _reply(answer: Answer, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    """Status, header fields and body, after the request's conditions and wishes."""
    if answer.location:
        return answer.status, {"Location": answer.location, "Content-Length": "0"}, b""
    packed = "gzip" in asked.get("accept-encoding", "") and len(answer.body) >= _WORTH_COMPRESSING
    fields = _validators(answer, packed=packed)
    if answer.status == HTTPStatus.OK and _is_known(answer, asked):
        return HTTPStatus.NOT_MODIFIED, fields, b""
    # mtime=0: the same page gives the same bytes at any time of day.
    body = gzip.compress(answer.body, mtime=0) if packed else answer.body
    fields |= {"Content-Type": answer.content_type, "Content-Length": str(len(body))}
    return answer.status, fields | ({"Content-Encoding": "gzip"} if packed else {}), body


def _validators(answer: Answer, *, packed: bool) -> dict[str, str]:
    """ETag and Last-Modified; a compressed body is other bytes, so it has another strong tag."""
    if answer.last_modified is None:
        return {}
    return {
        "ETag": f'"{answer.etag}-gzip"' if packed else f'"{answer.etag}"',
        "Last-Modified": format_datetime(answer.last_modified, usegmt=True),
        "Vary": "Accept-Encoding",
    }


def _is_known(answer: Answer, asked: Mapping[str, str]) -> bool:
    """Whether the client has this body already (RFC 9110 section 13.2.2: a tag beats a date)."""
    if "if-none-match" in asked:
        return answer.etag in asked["if-none-match"]
    return _is_no_newer(answer, asked.get("if-modified-since", ""))


def _is_no_newer(answer: Answer, since: str) -> bool:
    try:
        known = parsedate_to_datetime(since)
    except ValueError:
        return False
    # "-0000" is UTC of unknown origin (RFC 5322 section 3.3), which Python reads without a zone.
    aware = known.replace(tzinfo=known.tzinfo or UTC)
    return answer.last_modified is not None and answer.last_modified <= aware
