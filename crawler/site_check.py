"""Checks what a site's TOML declares, beyond what its types say: the first fault, in words."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from cleaning.date_region import ORDERS
from crawler.discovery.link import absolute
from crawler.guard import forbidden_url, networks
from crawler.http_message import MAX_BODY
from crawler.selector import as_xpath

Declared = Mapping[str, Any]
Check = Callable[[Any], str | None]

#: How each key is written; the cure in every message about its type or value.
EXAMPLES = {
    "domain": 'domain = "example.org"',
    "name": 'name = "The Example"',
    "languages": 'languages = ["en", "pt-BR", "zh-Hant"]',
    "second_opinion": "second_opinion = true",
    "timezone": 'timezone = "Europe/Lisbon"',
    "date_order": 'date_order = "DMY"',
    "discover": '[discover] and below it feeds = ["https://example.org/rss.xml"]',
    "discover.feeds": 'feeds = ["https://example.org/rss.xml"]',
    "discover.sitemaps": 'sitemaps = ["https://example.org/sitemap.xml"]',
    "discover.sections": 'sections = ["https://example.org/world"]',
    "discover.articles": r"articles = ['/20\d\d/']",
    "discover.ignore": "ignore = ['/video/']",
    "discover.max_section_pages": "max_section_pages = 5",
    "discover.traps": "traps = false",
    "fetch": "[fetch] and below it delay = 2.5",
    "fetch.proxy": 'proxy = "http://localhost:3128"',
    "fetch.allow": 'allow = ["127.0.0.1", "10.1.0.0/16"]',
    "fetch.delay": "delay = 2.5",
    "fetch.max_mb": "max_mb = 20",
    "fetch.verify_tls": "verify_tls = false",
    "fetch.max_pages": "max_pages = 500",
    "fetch.max_depth": "max_depth = 3",
    "fetch.max_minutes": "max_minutes = 20",
    "fetch.render": "render = true",
    "clean": '[clean] and below it drop = [".newsletter"]',
    "clean.body": 'body = ["article .story", "//main"]',
    "clean.drop": 'drop = [".newsletter", "//aside"]',
    "clean.keep": 'keep = [".candidates", "//table"]',
    "clean.valid_until": "valid_until = 2027-03-01",
}
_SOURCES = ("feeds", "sitemaps", "sections")
#: 50: what a sitemap may have by sitemaps.org, and what is read back from archives; more would not
#: fit into memory with a few at once.
_MAX_MB = MAX_BODY // (1024 * 1024)
_EXCEPTIONS = ("body", "drop", "keep")
# RFC 5646, 2.1: language, script and region, in the usual case.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
# RFC 1123, 2.1.
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)


def unknown_key(declared: Declared, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """The first key that is not known, which it may be meant to be, and all known ones.

    Args:
        declared: the TOML.
        known: the keys of each table; of the top level under `""`.
    """
    for table, keys in known.items():
        for key in _table(declared, table):
            if key not in keys:
                return f"{_joined(table, key)}: unknown key;{_nearest(key, keys)} known here: " + (
                    ", ".join(keys)
                )
    return None


def wrong_value(declared: Declared) -> str | None:
    """The first value that cannot be used, why, and how it is written; types must be right."""
    for key, check in _CHECKS.items():
        for value in _values(declared, key):
            if what := check(value):
                return f"{key}: {what}; write it like {EXAMPLES[key]}"
    return _proxy_not_allowed(declared) or _nothing_said(declared)


def _proxy_not_allowed(declared: Declared) -> str | None:
    """A proxy at an address that is not public, as written, must be allowed by its address."""
    fetch = _table(declared, "fetch")
    why = forbidden_url(fetch.get("proxy", ""), networks(fetch.get("allow", ())))
    return f"fetch.proxy: {why}; allow its address, {EXAMPLES['fetch.allow']}" if why else None


def _nothing_said(declared: Declared) -> str | None:
    """What a declaration is for and does not say: where to look, or how to clean."""
    discover, clean = _table(declared, "discover"), _table(declared, "clean")
    exceptions = any(clean.get(name) for name in _EXCEPTIONS)
    if clean.get("valid_until") and not exceptions:
        return f"clean.valid_until: nothing holds until then; add {EXAMPLES['clean.drop']}"
    if not exceptions and not any(discover.get(source) for source in _SOURCES):
        return (
            f"discover: no feeds, sitemaps or sections; add {EXAMPLES['discover']}; or, where the"
            f" site is only cleaned, {EXAMPLES['clean']}"
        )
    return None


def host_of(domain: str) -> str:
    """A domain as it stands in URLs: lower case, and by IDNA where it has other than ASCII.

    Raises:
        ValueError: it is no host name.
    """
    host = domain.lower().encode("idna").decode("ascii") if not domain.isascii() else domain.lower()
    if not _HOST.fullmatch(host):
        raise ValueError(domain)
    return host


def _table(declared: Declared, name: str) -> Declared:
    table = declared.get(name, {}) if name else declared
    return table if isinstance(table, dict) else {}


def _joined(table: str, key: str) -> str:
    return f"{table}.{key}" if table else key


def _nearest(key: str, keys: tuple[str, ...] | set[str]) -> str:
    close = get_close_matches(key, keys, n=1)
    return f" did you mean {close[0]}?" if close else ""


def _values(declared: Declared, key: str) -> Iterator[Any]:
    table, _, name = key.rpartition(".")
    value = _table(declared, table).get(name)
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _check_domain(domain: str) -> str | None:
    try:
        host_of(domain)
    except ValueError:
        return f"{domain!r} is no host name (no scheme, port or path)"
    return None


def _check_language(tag: str) -> str | None:
    return None if _LANGUAGE.fullmatch(tag) else f"{tag!r} is no BCP-47 tag"


def _check_timezone(name: str) -> str | None:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return f"{name!r} is no IANA time zone;{_nearest(name, available_timezones())}".rstrip(";")
    return None


def _check_order(order: str) -> str | None:
    known = ", ".join(ORDERS)
    return None if order in ORDERS else f"{order!r} is no order of dates; known: {known}"


def _check_url(url: str) -> str | None:
    return None if absolute("", url) else f"{url!r} is no http or https URL"


def _check_regex(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{pattern!r} is no regular expression: {error.msg} at character {error.pos}"
    return None


def _check_selector(selector: str) -> str | None:
    try:
        as_xpath(selector)
    except ValueError as error:
        return str(error)
    return None


def _check_network(network: str) -> str | None:
    try:
        networks([network])
    except ValueError:
        # `10.1.2.3/16` is either a slip of the pen or the whole network: who wrote it knows.
        return f"{network!r} is no address or network"
    return None


def _check_size(megabytes: int) -> str | None:
    return None if 1 <= megabytes <= _MAX_MB else f"{megabytes} is not from 1 to {_MAX_MB}"


def _check_pages(pages: int) -> str | None:
    return None if pages >= 1 else f"{pages} is less than 1"


def _check_delay(delay: float) -> str | None:
    seconds = math.isfinite(delay) and delay >= 0
    return None if seconds else f"{delay} is no number of seconds"


def _check_budget(most: float) -> str | None:
    return None if math.isfinite(most) and most >= 0 else f"{most} is no number from 0 on"


_CHECKS: dict[str, Check] = {
    "domain": _check_domain,
    "languages": _check_language,
    "timezone": _check_timezone,
    "date_order": _check_order,
    "discover.feeds": _check_url,
    "discover.sitemaps": _check_url,
    "discover.sections": _check_url,
    "discover.articles": _check_regex,
    "discover.ignore": _check_regex,
    "discover.max_section_pages": _check_pages,
    "fetch.proxy": _check_url,
    "fetch.allow": _check_network,
    "fetch.delay": _check_delay,
    "fetch.max_mb": _check_size,
    "fetch.max_pages": _check_budget,
    "fetch.max_depth": _check_budget,
    "fetch.max_minutes": _check_budget,
    "clean.body": _check_selector,
    "clean.drop": _check_selector,
    "clean.keep": _check_selector,
}
