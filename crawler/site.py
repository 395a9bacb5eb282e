r"""Reads and checks what a site's TOML declares: where to look, what to allow, how to clean.

domain = "example.org"                                # required: the host, without scheme
name = "The Example"
languages = ["en", "pt-BR"]                           # BCP-47
second_opinion = true                                 # ask py3langid too; needs copydesk[langid]
timezone = "Europe/Lisbon"                            # IANA
date_order = "DMY"                                    # how 03/04/2026 is meant; or MDY, YMD

[discover]                                            # a feed, sitemap or section; or [clean] alone
feeds = ["https://example.org/rss.xml"]
sitemaps = ["https://example.org/news-sitemap.xml"]
sections = ["https://example.org/world"]
articles = ['/20\d\d/']                               # searched in an article's path and query
ignore = ['/video/']                                  # the same; outweighs `articles`
max_section_pages = 5
traps = false                                         # follow what looks like a crawler trap

[fetch]
proxy = "http://localhost:3128"
allow = ["127.0.0.1", "10.1.0.0/16"]                  # the site's or its proxy's, not public
delay = 2.5                                           # seconds
max_mb = 20                                           # of a body, sent or decompressed
verify_tls = false                                    # take any certificate
max_pages = 500                                       # of a run; 0: no limit
max_depth = 3
max_minutes = 20
render = true                                         # by a browser; needs copydesk[render]

[clean]
body = ["article .story"]                             # CSS or XPath; the first match wins
drop = ["//aside", ".newsletter"]
keep = [".candidates"]
valid_until = 2027-03-01                              # the last day, UTC, on which these hold
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from cleaning.date_region import Order
from cleaning.error import MissingError, SiteError
from cleaning.rules import Rules
from cleaning.second_opinion import require_second_opinion
from crawler.discovery.link import absolute
from crawler.selector import as_xpath
from crawler.site_check import EXAMPLES, host_of, unknown_key, wrong_value

# Where msgspec found a wrong type: "... - at `$.discover.feeds[0]`".
_PLACE = re.compile(r" - at `\$\.([a-z_.]+).*`$")
_TYPE = re.compile(r"`(\w+)(?: \| null)?`")
_TOML_NAMES = {
    "array": "a list",
    "object": "a table",
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "datetime": "a date with a time",
    "date": "a date",
    "time": "a time of day",
}
# Not what msgspec would make of a string: TOML has dates of its own.
_TOML_TIMES = (date, datetime, time)


class Discover(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a site's articles are found, and which of its URLs are articles."""

    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    #: Regular expressions, searched in path and query; without any, every URL of the site that is
    #: not listed above and not the home page may be an article.
    articles: tuple[str, ...] = ()
    #: Regular expressions of what is never an article.
    ignore: tuple[str, ...] = ()
    #: How many pages of a section are read in one run.
    max_section_pages: int = 5
    #: Whether URLs that look like crawler traps are cut off.
    traps: bool = True


class Fetch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a site is fetched; None stands for the project's setting."""

    proxy: str | None = None
    #: Addresses and networks that are not public, at which the site or its proxy may be.
    allow: tuple[str, ...] = ()
    #: Seconds between two requests.
    delay: float | None = None
    #: Megabytes (2**20 bytes) that a body may have, as sent and decompressed.
    max_mb: int | None = None
    #: Whether a certificate must be the host's own, from an authority that is known.
    verify_tls: bool = True
    #: What a run takes of the site at most; 0 for no limit.
    max_pages: int | None = None
    max_depth: int | None = None
    max_minutes: float | None = None
    #: Whether article pages are built by a browser.
    render: bool = False


class Clean(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site's exceptions for cleaning: XPath once loaded, CSS or XPath in the file."""

    body: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    #: The last day, in UTC, on which the exceptions hold.
    valid_until: date | None = None


class Site(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One site, as declared and found to be in order."""

    #: Host, lower case, as it stands in URLs; its subdomains belong to the site.
    domain: str
    name: str | None = None
    languages: tuple[str, ...] = ()
    #: Whether py3langid is asked too what language a short text is in.
    second_opinion: bool = False
    timezone: str | None = None
    #: One of `ORDERS`.
    date_order: str | None = None
    discover: Discover = Discover()
    fetch: Fetch = Fetch()
    clean: Clean = Clean()
    #: Where it is declared; no key of the TOML.
    file: Path | None = None

    @property
    def is_crawled(self) -> bool:
        """Whether the site says where to look; one that does not is only cleaned."""
        return bool(self.discover.feeds or self.discover.sitemaps or self.discover.sections)

    @property
    def rules(self) -> Rules:
        """What cleaning needs to know of the site."""
        return Rules(
            site=self.domain,
            languages=self.languages,
            second_opinion=self.second_opinion,
            timezone=self.timezone,
            date_order=cast("Order | None", self.date_order),
            name=self.name,
            body=self.clean.body,
            drop=self.clean.drop,
            keep=self.clean.keep,
            valid_until=self.clean.valid_until,
        )

    def has(self, url: str) -> bool:
        """Whether a URL is the site's: http or https, on its domain or a subdomain of it."""
        address = absolute("", url)
        return address is not None and _is_on(self.domain, address)

    def is_article(self, url: str) -> bool:
        """Whether a URL of the site may be an article's, by `articles` and `ignore`.

        The expressions are searched in path and query, percent-encoded as well as not.
        """
        address = absolute("", url)
        if address is None or not _is_on(self.domain, address):
            return False
        place = _path_and_query(address)
        if _found(self.discover.ignore, place):
            return False
        if self.discover.articles:
            return _found(self.discover.articles, place)
        return place != "/" and address.rstrip("/") not in _sources(self.discover)


_KEYS = {
    "": tuple(name for name in Site.__struct_fields__ if name != "file"),
    "discover": Discover.__struct_fields__,
    "fetch": Fetch.__struct_fields__,
    "clean": Clean.__struct_fields__,
}


def load_site(path: Path) -> Site:
    """Read and check a site's TOML.

    Raises:
        SiteError: the file is missing or broken; the message names file, key, fault and cure.
    """
    declared = _read(path)
    if fault := unknown_key(declared, _KEYS):
        raise SiteError(f"{path}: {fault}")
    try:
        site = msgspec.convert(declared, Site, builtin_types=_TOML_TIMES)
    except msgspec.ValidationError as error:
        raise SiteError(f"{path}: {_wrong_type(str(error))}") from error
    if fault := wrong_value(declared):
        raise SiteError(f"{path}: {fault}")
    if site.second_opinion:
        _require_second_opinion(path)
    return _ready(site, path)


def load_sites(folder: Path) -> list[Site]:
    """Read and check all `*.toml` files of a folder, sorted by domain.

    Raises:
        SiteError: a file is broken, two declare the same domain, or there is none.
    """
    declared: dict[str, tuple[Path, Site]] = {}
    for path in sorted(folder.glob("*.toml")):
        site = load_site(path)
        if site.domain in declared:
            raise SiteError(
                f"{path}: domain: {site.domain!r} is declared by {declared[site.domain][0]} too;"
                " keep one of the files"
            )
        declared[site.domain] = path, site
    if not declared:
        raise SiteError(f"{folder}: no site is declared here; add a file <domain>.toml")
    return [site for _, (_, site) in sorted(declared.items())]


def _require_second_opinion(path: Path) -> None:
    try:
        require_second_opinion()
    except MissingError as error:
        raise SiteError(f"{path}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise SiteError(f"{path}: no such file; name a site that is declared, or add it") from error
    except OSError as error:
        raise SiteError(
            f"{path}: cannot be read ({error.strerror}); mend its permissions"
        ) from error
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: is not UTF-8; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SiteError(f"{path}: is no TOML: {error}; mend that line") from error


def _wrong_type(error: str) -> str:
    """A type error of msgspec in the words of TOML, with the cure."""
    place = _PLACE.search(error)
    if place is None:
        return f"domain: is missing; add it, like {EXAMPLES['domain']}"
    key = place[1]
    what = _TYPE.sub(lambda type_: _TOML_NAMES.get(type_[1], type_[1]), _PLACE.sub("", error))
    return f"{key}: {what.lower()}; write it like {EXAMPLES[key]}"


def _ready(site: Site, path: Path) -> Site:
    """The site with its domain as in URLs and its selectors as XPath."""
    selectors = {name: getattr(site.clean, name) for name in ("body", "drop", "keep")}
    xpaths = {name: tuple(map(as_xpath, given)) for name, given in selectors.items()}
    clean = msgspec.structs.replace(site.clean, **xpaths)
    return msgspec.structs.replace(site, domain=host_of(site.domain), clean=clean, file=path)


def _is_on(domain: str, address: str) -> bool:
    host = (urlsplit(address).hostname or "").rstrip(".")
    return host == domain or host.endswith(f".{domain}")


def _path_and_query(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _found(patterns: Iterable[str], place: str) -> bool:
    """Whether any pattern is found; `re` keeps what it has compiled."""
    readable = unquote(place)
    return any(re.search(each, place) or re.search(each, readable) for each in patterns)


@lru_cache(maxsize=1_024)
def _sources(discover: Discover) -> frozenset[str]:
    sources = (*discover.feeds, *discover.sitemaps, *discover.sections)
    return frozenset((absolute("", url) or "").rstrip("/") for url in sources)
