"""What the guard lets pass and what it refuses, in each way of writing an address."""

from ipaddress import ip_address

import pytest

from crawler.fetch_failure import Declined
from crawler.gate import Gate
from crawler.guard import forbidden_answer, forbidden_url, has_web_scheme, is_public, networks
from crawler.site import Fetch, Site

PUBLIC = [
    "8.8.8.8",
    "93.184.215.14",
    "1.1.1.1",
    "172.15.0.1",
    "172.32.0.1",
    "192.167.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "169.253.1.1",
    "223.255.255.254",
    "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
NOT_PUBLIC = {
    "loopback": ["127.0.0.1", "127.8.9.10", "127.255.255.254", "::1"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1"],
    "carrier": ["100.64.0.1", "100.127.255.255"],
    "link-local": ["169.254.0.1", "169.254.1.1", "fe80::1", "fec0::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "broadcast": ["255.255.255.255", "240.0.0.1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1"],
    "benchmark": ["198.18.0.1", "198.19.255.255"],
    "metadata": [
        "169.254.169.254",  # AWS, Azure, GCP and others
        "169.254.170.2",  # AWS, of containers
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure
        "192.0.0.192",  # Oracle
        "fd00:ec2::254",  # AWS
        "fd20:ce::254",  # GCP
    ],
    "carries an IPv4 address": [
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2002:c0a8:101::",
        "2001:0:7f00:1::1",
    ],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(ip_address(address))
    assert forbidden_answer(address) is None


@pytest.mark.parametrize(
    ("kind", "address"), [(kind, one) for kind, ones in NOT_PUBLIC.items() for one in ones]
)
def test_other_addresses_are_refused(kind: str, address: str) -> None:
    assert not is_public(ip_address(address)), kind
    assert "no public address" in (forbidden_answer(address) or "")


#: Ways of writing loopback (or metadata) as a URL's authority.
WRITTEN = [
    "127.0.0.1",
    "127.0.0.1:8080",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0X7F000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "127.0.0x0.01",
    "0",
    "0.0.0.0",  # noqa: S104
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1%25eth0]",
    "user:secret@127.0.0.1",
    "example.com@127.0.0.1",
    "example.com:80@127.0.0.1:80",
    "127%2e0%2e0%2e1",
    "%31%32%37.0.0.1",
    "127。0。0。1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "a.b.localhost",
    "localhost.localdomain",
    "printer.local",
    "metadata.google.internal",
    "nas.home.arpa",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "100.100.100.200",
]
NAMES = [
    "example.org",
    "www.example.org:8080",
    "127.0.0.1.example.org",
    "localhost.example.org",
    "xn--bcher-kva.example",
    "127.0.0.1@example.org",
    "news.internally.example",
    "8.8.8.8",
    "134744072",
    "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]",
    "300.300.300.300",
    "09.1.2.3",
    "",
]


@pytest.mark.parametrize("authority", WRITTEN)
def test_an_address_is_known_however_it_is_written(authority: str) -> None:
    assert forbidden_url(f"http://{authority}/latest/meta-data")
    assert forbidden_url(f"https://{authority}")


@pytest.mark.parametrize("authority", NAMES)
def test_names_and_public_addresses_pass(authority: str) -> None:
    """What a name is at is seen when it is looked up."""
    assert forbidden_url(f"http://{authority}/") is None


@pytest.mark.parametrize(
    ("allow", "authority", "passes"),
    [
        ("127.0.0.1", "127.0.0.1:80", True),
        ("127.0.0.1", "2130706433", True),
        ("127.0.0.1", "[::ffff:127.0.0.1]", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.0/8", "127.0.0.2", True),
        ("127.0.0.0/8", "[::1]", False),
        ("::1", "[::1]", True),
        ("10.1.0.0/16", "10.1.2.3", True),
        ("10.1.0.0/16", "10.2.0.1", False),
        ("10.1.0.0/16", "169.254.169.254", False),
        ("10.1.0.0/16", "news.internal", True),
        ("10.1.0.0/16", "localhost", True),
    ],
)
def test_what_is_allowed_passes(allow: str, authority: str, passes: bool) -> None:
    """Names of the house wait for DNS then."""
    assert (forbidden_url(f"http://{authority}/", networks([allow])) is None) is passes


@pytest.mark.parametrize(
    ("url", "is_web"),
    [
        ("http://example.org/", True),
        ("HTTPS://example.org/", True),
        ("file:///etc/hostname", False),
        ("FILE:/etc/hostname", False),
        ("ftp://example.org/", False),
        ("data:text/html,<p>news", False),
        ("s3://bucket/key", False),
        ("gopher://example.org/", False),
        ("javascript:alert(1)", False),
        ("//example.org/", False),
        ("", False),
    ],
)
def test_schemes(url: str, is_web: bool) -> None:
    assert has_web_scheme(url) is is_web


SITES = [
    Site(domain="example.org", fetch=Fetch(allow=("127.0.0.1", "10.0.0.0/8"))),
    Site(domain="open.example.org"),
    Site(domain="127.0.0.2", fetch=Fetch(allow=("127.0.0.2",))),
]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.org/", None),
        ("http://127.0.0.2:8080/", None),
        ("http://8.8.8.8/", None),
        ("http://127.0.0.1/", "forbidden-address"),
        ("http://2130706434/", "forbidden-address"),
        ("http://localhost/", "forbidden-address"),
        ("file:///etc/hostname", "bad-scheme"),
        ("data:,x", "bad-scheme"),
        ("http://[::1/", "bad-url"),
        ("http://[banana]/", "bad-url"),
    ],
)
def test_the_gate_gives_a_reason(url: str, reason: str | None) -> None:
    """What one site allows holds for its own hosts alone."""
    gate = Gate(SITES)
    if reason is None:
        gate.check(url)
        return
    with pytest.raises(Declined) as caught:
        gate.check(url)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("example.org", 2),
        ("www.example.org", 2),
        ("open.example.org", 0),
        ("a.open.example.org.", 0),
        ("example.com", 0),
        ("badexample.org", 0),
        ("", 0),
    ],
)
def test_the_most_specific_site_decides(host: str, allowed: int) -> None:
    assert len(Gate(SITES).allowed(f"http://{host}/")) == allowed
