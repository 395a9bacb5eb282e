"""The web that the docs speak of: `example.org` and others, behind a proxy on loopback.

It is the newsroom's server, which answers for more hosts, and for `https` too: a client that asks
it to CONNECT to one finds a certificate of that host, by an authority of the test's own.
"""

import html
import json
import ssl
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.golden.folder_site import FolderSite
from crawler.newsroom.library import Answer, Library
from crawler.newsroom.server import Newsroom, _Handler

STORIES = Path(__file__).parent / "docs" / "stories.toml"
_CHANGED = datetime(2026, 3, 1, tzinfo=UTC)
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - The Example</title>
<link rel="canonical" href="{url}"><link rel="alternate" type="application/rss+xml" href="/rss.xml">
<meta property="og:site_name" content="The Example">
<script type="application/ld+json">{data}</script></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>{title}</h1><p class="byline">By {author}</p>{paragraphs}</article>
<footer>The Example, since 1911</footer></body></html>
"""
_HOME = """<!DOCTYPE html><html lang="en"><head><title>The Example</title>
<link rel="alternate" type="application/rss+xml" href="/rss.xml">
<link rel="alternate" type="application/atom+xml" href="/atom.xml">
<meta property="og:site_name" content="The Example"></head><body><h1>The Example</h1></body></html>
"""
_MAPS = 12


@dataclass(frozen=True, kw_only=True)
class Story:
    """An article of the docs' sites; `text` has an empty line between its paragraphs."""

    url: str
    title: str
    author: str
    at: datetime
    text: str

    def page(self) -> str:
        """Its page, as it is sent."""
        paragraphs = self.text.strip().split("\n\n")
        data = {
            "@type": "NewsArticle",
            "headline": self.title,
            "datePublished": self.at.isoformat(),
            "author": {"@type": "Person", "name": self.author},
        }
        return _PAGE.format(
            url=self.url,
            title=html.escape(self.title),
            author=self.author,
            data=json.dumps(data),
            paragraphs="".join(f"<p>{html.escape(one)}</p>" for one in paragraphs),
        )


def stories() -> list[Story]:
    """What the docs' sites publish."""
    return [Story(**each) for each in tomllib.loads(STORIES.read_text("utf-8"))["story"]]


class Web:
    """Answers for the newsroom, for the hosts of the stories, and for `my.example`."""

    front = "example.org"

    def __init__(self, my_pages: Path) -> None:
        self._newsroom = Library()
        self.show(my_pages)

    def show(self, my_pages: Path) -> None:
        """Serve this folder as `my.example` from now on."""
        self._mine = FolderSite(my_pages, "my.example")

    @cached_property
    def _pages(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Type and body by host and path."""
        pages = {}
        for story in stories():
            parts = urlsplit(story.url)
            pages[parts.netloc, parts.path] = ("text/html; charset=utf-8", story.page())
        for host in sorted({host for host, _ in pages}):
            pages |= {(host, path): page for path, page in _sources(host).items()}
        return pages

    def answer(self, host: str, target: str, edition: int) -> Answer:
        """The answer to a request."""
        if host in self._newsroom.hosts:
            return self._newsroom.answer(host, target, edition)
        if host == self._mine.host:
            return self._mine.answer(host, target, edition)
        if (host, target) not in self._pages:
            return Answer(status=404, body=b"There is no such page.\n")
        kind, body = self._pages[host, target]
        return Answer(status=200, content_type=kind, body=body.encode(), last_modified=_CHANGED)


def _sources(host: str) -> dict[str, tuple[str, str]]:
    """Home page, robots.txt, a feed, and an index of sitemaps; all name all articles."""
    own = [story for story in stories() if urlsplit(story.url).netloc == host]
    items = "".join(
        f"<item><title>{html.escape(story.title)}</title><link>{story.url}</link>"
        f"<pubDate>{format_datetime(story.at)}</pubDate></item>"
        for story in own
    )
    urls = "".join(
        f"<url><loc>{story.url}</loc><lastmod>{story.at.isoformat()}</lastmod></url>"
        for story in own
    )
    maps = "".join(
        f"<sitemap><loc>https://{host}/sitemap-{number}.xml</loc></sitemap>"
        for number in range(1, _MAPS + 1)
    )
    xml, text = "application/xml", "text/plain"
    return {
        "/": ("text/html; charset=utf-8", _HOME),
        "/robots.txt": (text, f"Sitemap: https://{host}/sitemap.xml\n"),
        "/rss.xml": (xml, f'<rss version="2.0"><channel>{items}</channel></rss>'),
        "/sitemap.xml": (xml, f"<sitemapindex>{maps}</sitemapindex>"),
        **{
            f"/sitemap-{number}.xml": (xml, f"<urlset>{urls}</urlset>")
            for number in range(1, _MAPS + 1)
        },
    }


class WebServer(Newsroom):
    """A proxy that all hosts of the docs can be reached by, while the `with` block lasts."""

    def __init__(self, my_pages: Path, keys: Path) -> None:
        """Made of the folder that `my.example` serves, and one to keep certificates in."""
        self.web = Web(my_pages)
        super().__init__(library=self.web)
        hosts = {urlsplit(story.url).netloc for story in stories()}
        self.authority = keys / "authority.pem"
        self.tls = _certified(sorted(hosts), keys)

    def __enter__(self) -> Self:
        super().__enter__()
        self._running.RequestHandlerClass = _TlsHandler
        return self


class _TlsHandler(_Handler):
    def do_CONNECT(self) -> None:  # noqa: N802  (the name that http.server looks up)
        """Speaks TLS from here on, and answers as the host that was asked for."""
        self.send_response_only(200)
        self.end_headers()
        self.wfile.flush()
        tls: ssl.SSLContext = self.server.newsroom.tls  # type: ignore[attr-defined]
        self.connection = tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.close_connection = False

    def finish(self) -> None:
        """Closes what TLS was spoken over, too."""
        super().finish()
        self.connection.close()


def _certified(hosts: list[str], keys: Path) -> ssl.SSLContext:
    """An authority, in `authority.pem`, and what a server of these hosts shows."""
    keys.mkdir()
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the docs' own authority")])
    authority = _certificate(name, name, authority_key.public_key(), [])
    server = _certificate(x509.Name([]), name, server_key.public_key(), hosts)
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    signed = {
        keys / "authority.pem": authority.sign(authority_key, hashes.SHA256()),
        keys / "server.pem": server.sign(authority_key, hashes.SHA256()),
    }
    for path, certificate in signed.items():
        path.write_bytes(certificate.public_bytes(encoding))
    key_file = keys / "server.key"
    key_file.write_bytes(server_key.private_bytes(encoding, private, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys / "server.pem", key_file)
    return context


def _certificate(subject: x509.Name, issuer: x509.Name, key: Any, hosts: list[str]) -> Any:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if not hosts:
        return builder
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    return builder.add_extension(names, critical=False)
