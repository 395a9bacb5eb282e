"""Decides which addresses may be fetched: pure, nothing is looked up.

What is not public is refused, however it is written. Sources: the IANA special-purpose address
registries by way of `ipaddress`; RFC 4291 (IPv6), RFC 6052 (NAT64), RFC 3056 (6to4); the WHATWG
URL standard's IPv4 parser, which is the C library's `inet_aton` (decimal, octal, hex, short forms).
"""

import socket
import unicodedata
from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final
from urllib.parse import unquote, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SCHEMES: Final = frozenset({"http", "https"})
#: Public by their numbers, and yet no place for news.
_OURS: Final = (
    IPv4Network("168.63.129.16/32"),  # Azure's metadata and DNS
    IPv4Network("192.0.0.0/24"),  # IETF protocol assignments; Oracle's metadata
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, retired by RFC 7526
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
#: Top-level names that never lead out of the house: RFC 6761, 6762 and 8375, ICANN's `internal`.
_HOUSE_NAMES: Final = frozenset({"localhost", "localdomain", "local", "internal", "home.arpa"})
_DOTS: Final = str.maketrans("。．｡", "...")  # as IDNA has them


def networks(allowed: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks as a site's TOML writes them.

    Raises:
        ValueError: one is neither.
    """
    return tuple(map(ip_network, allowed))


def has_web_scheme(url: str) -> bool:
    """Whether a URL is http or https."""
    return urlsplit(url).scheme in _SCHEMES


def forbidden_url(url: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why the host that a URL names must not be asked, as far as it can be told without DNS.

    Args:
        url: absolute.
        allowed: networks that need not be public. With any, names of the house wait for their DNS
            answer, which tells more.

    Returns:
        None where nothing speaks against it.

    Raises:
        ValueError: the URL cannot be taken apart.
    """
    host = _plain_host(urlsplit(url).hostname or "")
    address = _address_of(host)
    if address is not None:
        return _forbidden(address, allowed)
    if not allowed and _is_of_the_house(host):
        return f"{host} is a name of the local machine or network"
    return None


def forbidden_answer(answer: str, allowed: Sequence[Network] = ()) -> str | None:
    """Why an address that DNS gave must not be connected to; None where it may."""
    return _forbidden(ip_address(answer), allowed)


def is_public(address: Address) -> bool:
    """Whether an address is anybody's on the internet; those that carry an IPv4 one, as that is."""
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    ours = any(address in network for network in _OURS)
    return address.is_global and not address.is_multicast and not ours


def _forbidden(address: Address, allowed: Sequence[Network]) -> str | None:
    forms = (address, _carried(address) or address)
    if is_public(address) or any(form in network for form in forms for network in allowed):
        return None
    return f"{address} is no public address"


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that packets to an IPv6 one come to in the end."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _plain_host(host: str) -> str:
    """The host as a connection reads it: unescaped, digits and dots of other scripts as ASCII."""
    folded = unicodedata.normalize("NFKC", unquote(host)).translate(_DOTS)
    return folded.lower().strip().rstrip(".")


def _address_of(host: str) -> Address | None:
    """The address that a host writes out; None for a name."""
    try:
        if ":" in host:
            return IPv6Address(host.partition("%")[0])
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_of_the_house(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _HOUSE_NAMES)
