"""One spelling per article: the URL that tells whether two links lead to the same article.

RFC 3986 section 6 says which spellings are equal by syntax; w3lib does that part. What is equal
only by the custom of the web (scheme, `www.`, index pages) is decided here, and by the table of
`cleaning.url_mark`: tracking, sessions, and other presentations (AMP, mobile, print). A spelling
is for comparing, never for fetching.
"""

import re
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit, urlunsplit

from tldextract import TLDExtract
from w3lib.url import canonicalize_url

from cleaning.url_mark import (
    cached_url,
    without_host_marks,
    without_parameters,
    without_path_marks,
)

#: What a server shows for a folder: the same page with and without.
_INDEX_PAGES = frozenset({"", "index.html", "index.htm", "index.php"})
_WEB = frozenset({"http", "https"})
_DEFAULT_PORTS = frozenset({None, 80, 443})
_DOUBLED = re.compile(r"(?<!:)/{2,}")
#: Servers need not take more (RFC 9110, section 4.1, asks for 8,000 octets).
_MAX_LENGTH = 8000
#: One round spells a sound URL; broken ones (`http://a;b@@/`) settle in a few.
_ROUNDS = 8
_UNKNOWN_SITE = "unknown"

# The bundled list only: no network, no cache files. Private suffixes count, since blogs at one
# host (a.blogspot.com, b.blogspot.com) are different publishers.
_domains = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def identity_url(url: str) -> str:
    """The one spelling of all URLs that lead to the same article as `url`.

    As `page_url`, and besides without the marks of AMP, mobile and print pages. So is the URL of
    which an AMP cache's is a copy.
    """
    return _settled(page_url(url), views=True)


def page_url(url: str) -> str:
    """The one spelling of all URLs that lead to the same page as `url`, to the byte or nearly.

    Takes anything, raises nothing, and is idempotent. Web URLs come out as https without `www.`,
    user, default port, fragment, tracking, session, index page, trailing slash and doubled
    slashes, their parameters sorted; other URLs as w3lib writes them; what is no URL, or longer
    than any article's (8,000 characters), as it is, trimmed.
    """
    return _settled(_readable(url), views=False)


def article_id(url: str) -> str:
    """The `id` of the article at `url`: 32 hex digits, the same for all spellings of the URL."""
    return sha256(identity_url(url).encode()).hexdigest()[:32]


def site_of(url: str) -> str:
    """The registrable domain of `url` (Public Suffix List), in lower case and punycode.

    Hosts without one (IP addresses, localhost) stand for themselves; a URL without a host gives
    its scheme, as `file`, and what is no URL "unknown".
    """
    try:
        parts = urlsplit(canonicalize_url(_readable(url)))
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return _UNKNOWN_SITE
    if not host or parts.scheme == "file":
        return parts.scheme or _UNKNOWN_SITE
    return _domain_of(host)


def same_site(a: str, b: str) -> bool:
    """Whether two URLs belong to one site; never for what is no URL."""
    return site_of(a) == site_of(b) != _UNKNOWN_SITE


def _domain_of(host: str) -> str:
    return _domains.extract_str(host).top_domain_under_public_suffix or host


def _settled(url: str, *, views: bool) -> str:
    """The spelling that is its own; a URL that finds none in a few rounds stays as it is."""
    spelled = url
    for _ in range(_ROUNDS):
        before, spelled = spelled, _readable(_spelled(spelled, views=views))
        if spelled == before:
            return spelled
    return url


def _spelled(url: str, *, views: bool) -> str:
    if len(url) > _MAX_LENGTH:
        return url
    try:
        canonical = canonicalize_url(url)
        parts = urlsplit(canonical)
        host, port = _host(parts), _port(parts)
    except ValueError:
        return url
    if parts.scheme not in _WEB or not host:
        return canonical
    path = _path(parts.path)
    if views and (cached := cached_url(urlunsplit(("", "", host + path, parts.query, "")))):
        return f"https://{cached}"
    path = without_path_marks(path, views=views)
    query = without_parameters(parts.query, path, views=views)
    if views:
        # At a home page, hosts may differ: `m.example.com/?p=5` can be another site's fifth post.
        host = host if path == "/" else without_host_marks(host, _domain_of(host))
    return urlunsplit(("https", host + port, path, query, ""))


def _readable(url: str) -> str:
    """Without the spaces around it, and without halves of surrogates, which no hash can take."""
    return url.strip().encode("utf-8", "replace").decode()


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    bare = host.removeprefix("www.")
    host = bare if "." in bare else host
    return f"[{host}]" if ":" in host else host


def _port(parts: SplitResult) -> str:
    """As it stands behind a host.

    Raises:
        ValueError: if the port is no port.
    """
    # http and https are one here, so both default ports go, whichever scheme they came with.
    return "" if parts.port in _DEFAULT_PORTS else f":{parts.port}"


def _path(path: str) -> str:
    """Without index page, trailing slash and doubled slashes, but for those of a URL in a path."""
    segments = _DOUBLED.sub("/", path).split("/")
    while segments and segments[-1].lower() in _INDEX_PAGES:
        segments.pop()
    return "/".join(segments) or "/"
