"""One spelling per article: the URL that tells whether two links lead to the same article.

RFC 3986 section 6 says which spellings are equal by syntax; w3lib does that part. What is equal
only by the custom of news sites (scheme, `www.`, tracking, index pages) is decided here. An
identity is for comparing, never for fetching.
"""

from hashlib import sha256
from urllib.parse import SplitResult, urlsplit, urlunsplit

from tldextract import TLDExtract
from w3lib.url import canonicalize_url

#: Parameters that say how a reader came to an article, never which article it is. Names that some
#: sites also use to choose the article (`id`, `ref`, `source`, `cid`) are left out: a lost merge
#: costs a duplicate, a wrong one costs an article.
_TRACKING = frozenset(
    {
        "_ga", "_gl", "at_xt", "cmp", "cmpid", "cvid", "dclid", "fbclid", "gad_source", "gbraid",
        "gclid", "gclsrc", "guccounter", "guce_referrer", "guce_referrer_sig", "icid", "igsh",
        "igshid", "ito", "mc_cid", "mc_eid", "mkt_tok", "msclkid", "ncid", "ns_campaign",
        "ns_fee", "ns_linkname", "ns_mchannel", "ns_source", "ocid", "s_cid", "smid", "smtyp",
        "sr_share", "srsltid", "ttclid", "twclid", "wbraid", "wt_mc", "wt_zmc", "xtor", "yclid",
        "ysclid",
    }
)  # fmt: skip
_TRACKING_PREFIXES = (
    "utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "_hs", "oly_", "vero_", "itm_",
    "at_campaign", "at_custom", "at_medium", "at_link", "fb_action_", "wt.",
)  # fmt: skip
#: What a server shows for a folder: the same page with and without.
_INDEX_PAGES = frozenset({"", "index.html", "index.htm", "index.php"})
_WEB = frozenset({"http", "https"})
_DEFAULT_PORTS = frozenset({None, 80, 443})
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

    Takes anything, raises nothing, and is idempotent. Web URLs come out as https without `www.`,
    user, default port, fragment, tracking parameters, index page and trailing slash, their
    parameters sorted; other URLs as w3lib writes them; what is no URL, or longer than any article's
    (8,000 characters), as it is, trimmed.
    """
    url = _readable(url)
    for _ in range(_ROUNDS):
        spelled = _spelled(url)
        if spelled == url:
            break
        url = spelled
    return url


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
    return _domains.extract_str(host).top_domain_under_public_suffix or host


def same_site(a: str, b: str) -> bool:
    """Whether two URLs belong to one site; never for what is no URL."""
    return site_of(a) == site_of(b) != _UNKNOWN_SITE


def _spelled(url: str) -> str:
    if len(url) > _MAX_LENGTH:
        return url
    try:
        canonical = canonicalize_url(url)
        parts = urlsplit(canonical)
        host = _host(parts)
    except ValueError:
        return url
    if parts.scheme not in _WEB or not host:
        return canonical
    return urlunsplit(("https", host, _path(parts.path), _query(parts.query), ""))


def _readable(url: str) -> str:
    """Without the spaces around it, and without halves of surrogates, which no hash can take."""
    return url.strip().encode("utf-8", "replace").decode()


def _host(parts: SplitResult) -> str:
    """Host and port; IPv6 in brackets.

    Raises:
        ValueError: if the port is no port.
    """
    host = (parts.hostname or "").rstrip(".")
    bare = host.removeprefix("www.")
    host = bare if "." in bare else host
    host = f"[{host}]" if ":" in host else host
    # http and https are one here, so both default ports go, whichever scheme they came with.
    return host if parts.port in _DEFAULT_PORTS else f"{host}:{parts.port}"


def _path(path: str) -> str:
    segments = path.split("/")
    while segments and segments[-1].lower() in _INDEX_PAGES:
        segments.pop()
    return "/".join(segments) or "/"


def _query(query: str) -> str:
    """The parameters that choose the article, in the order that w3lib has sorted them into."""
    return "&".join(pair for pair in query.split("&") if not _is_tracking(pair))


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
