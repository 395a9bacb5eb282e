"""Links as sources write them, made into URLs that can be fetched."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from cleaning.page import Lead

#: Longer URLs are traps; servers and browsers agree to no more.
_MAX_URL = 2_083
#: Nothing to resolve, escape or reorder, as with nearly all of a sitemap: spares most of its time.
PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~-][\w.~-]*)+/?", re.ASCII)

# WHATWG URL Standard, 4.4: tabs and line breaks are taken out, wherever they stand.
_DROPPED = str.maketrans("", "", "\t\r\n")
_PORTS = {"http": 80, "https": 443}
# The same, 3.5: forbidden host code points, and `%`, which no name in news has any use for.
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20\x7f#%/<>?@\\^|]")


def absolute(base: str, link: str | None) -> str | None:
    """The URL that a link stands for, written as browsers do (WHATWG URL Standard).

    It has no fragment, user, password or default port.

    Args:
        base: the URL against which the link is resolved.
        link: as written in the source.

    Returns:
        None for whatever is no http or https URL, or is longer than 2083 characters.
    """
    if not link or len(link) > _MAX_URL or link.isspace():
        return None
    if PLAIN_URL.fullmatch(link):
        return link
    try:
        resolved = urljoin(base, _slashed(link.strip().translate(_DROPPED)))
        url = safe_url_string(_with_plain_host(urlsplit(urldefrag(resolved).url)))
        return url if _can_be_fetched(url) else None
    except ValueError:
        # Unbalanced brackets, impossible ports, host names that IDNA does not know.
        return None


def first_of_each(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """The leads in their order, each URL once: what a source says first is kept."""
    found: dict[str, Lead] = {}
    for lead in leads:
        found.setdefault(lead.url, lead)
    return tuple(found.values())


def _slashed(link: str) -> str:
    """Backslashes before the query are slashes."""
    if "\\" not in link:
        return link
    before, mark, after = link.partition("?")
    return before.replace("\\", "/") + mark + after


def _with_plain_host(parts: SplitResult) -> str:
    """The URL with its host in lower case, without user and without a port that is the default.

    Raises:
        ValueError: no such host or port can be.
    """
    host, port = parts.hostname or "", parts.port
    if _FORBIDDEN_IN_HOST.search(host):
        raise ValueError(host)
    host = f"[{host}]" if ":" in host else host
    default = port is None or port == _PORTS.get(parts.scheme)
    return parts._replace(
        netloc=host if default else f"{host}:{port}", path=parts.path or "/"
    ).geturl()


def _can_be_fetched(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= _MAX_URL
