"""What a site's `[fetch]` says is done, by real crawls of servers on loopback."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = Path(__file__).parents[2]
MB = 1024 * 1024


class Server(ThreadingHTTPServer):
    """Has no page for anybody, and remembers who was let through to ask: the request targets."""

    daemon_threads = True

    def __init__(self, certificate: Path | None = None) -> None:
        self.asked: list[str] = []
        self.elsewhere = ""
        super().__init__(("127.0.0.1", 0), _Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up, as it should here, is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        path = urlsplit(self.path).path
        self.send_response(302 if path == "/moved" else 404)
        if path == "/moved":
            self.send_header("Location", self.server.elsewhere)
        self.end_headers()
        self.wfile.write(bytes(6 * MB) if path == "/large" else b"news")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the base's)
        """Keep the test's output clean."""


def served(server: Server) -> Iterator[Server]:
    with server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server() -> Iterator[Server]:
    """Plain HTTP."""
    yield from served(Server())


@pytest.fixture
def proxy() -> Iterator[Server]:
    """Another one, which is asked for absolute URLs."""
    yield from served(Server())


@pytest.fixture
def tls_server(tmp_path: Path) -> Iterator[Server]:
    """HTTPS, with a certificate that nobody vouches for."""
    yield from served(Server(_certificate(tmp_path)))


def crawl(folder: Path, toml: list[str], urls: list[str]) -> dict[str, str]:
    """The reasons of all refusals by the path asked for; what was fetched is `http-404`."""
    sites = folder / "sites"
    sites.mkdir()
    for number, declared in enumerate(toml):
        text = declared.replace("[fetch]", '[clean]\ndrop = [".ad"]\n[fetch]', 1)
        (sites / f"{number}.toml").write_text(text, "utf-8")
    (folder / "list.txt").write_text("\n".join(urls), "utf-8")
    given = {
        "COPYDESK_OUTPUT": folder / "output",
        "COPYDESK_WORKERS": 0,
        "DOWNLOAD_DELAY": 0,
        "RETRY_TIMES": 0,
        "ROBOTSTXT_OBEY": False,
    }
    settings = [part for name, value in given.items() for part in ("-s", f"{name}={value}")]
    arguments = ["-a", f"sites={sites}", "-a", f"file={folder / 'list.txt'}"]
    process = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "urls", *arguments, *settings],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in process.stderr
    (rejected,) = (folder / "output" / "rejected").rglob("*.jsonl")
    lines = [json.loads(line) for line in rejected.read_bytes().splitlines()]
    return {urlsplit(one["requested_url"]).path: one["reason"] for one in lines}


def test_certificates_are_checked_unless_the_site_says_otherwise(
    tls_server: Server, tmp_path: Path
) -> None:
    """One site's trust is not another's, on the same server."""
    toml = 'domain = "{}"\n[fetch]\nallow = ["127.0.0.1"]\n{}\n'
    port = tls_server.server_port
    reasons = crawl(
        tmp_path,
        [toml.format("127.0.0.1", "verify_tls = false"), toml.format("localhost", "")],
        [f"https://127.0.0.1:{port}/trusted", f"https://localhost:{port}/checked"],
    )
    assert reasons == {"/trusted": "http-404", "/checked": "bad-certificate"}
    assert tls_server.asked == ["/trusted"]


def test_a_site_may_have_larger_pages(server: Server, tmp_path: Path) -> None:
    """Six megabytes: not by default."""
    toml = 'domain = "{}"\n[fetch]\nallow = ["127.0.0.1"]\n{}\n'
    port = server.server_port
    urls = [f"http://127.0.0.1:{port}/large", f"http://127.0.0.1:{port}/small"]
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    default = crawl(tmp_path / "a", [toml.format("127.0.0.1", "")], urls)
    raised = crawl(tmp_path / "b", [toml.format("127.0.0.1", "max_mb = 7")], urls)
    assert default == {"/large": "too-large", "/small": "http-404"}
    assert raised == {"/large": "http-404", "/small": "http-404"}


def test_a_proxy_is_its_own_site_s(server: Server, proxy: Server, tmp_path: Path) -> None:
    """A redirect to another site leaves it."""
    toml = 'domain = "{}"\n[fetch]\nallow = ["127.0.0.1"]\n{}\n'
    proxy.elsewhere = f"http://127.0.0.1:{server.server_port}/there"
    reasons = crawl(
        tmp_path,
        [
            toml.format("news.example", f'proxy = "http://127.0.0.1:{proxy.server_port}"'),
            toml.format("127.0.0.1", ""),
        ],
        ["http://news.example/moved", "http://news.example/page"],
    )
    assert reasons == {"/moved": "http-404", "/page": "http-404"}
    assert sorted(proxy.asked) == ["http://news.example/moved", "http://news.example/page"]
    assert server.asked == ["/there"]


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "newsroom")])
    hosts = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    day = timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(pem, *plain) + certificate.public_bytes(pem))
    return path
