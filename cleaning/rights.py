"""Reads what a page says of its rights: whom it keeps out, and under which licence it stands.

Recorded, not obeyed: what follows from a signal is for who runs the crawl to decide. Sources: the
robots meta tag and `X-Robots-Tag` (as search engines document them, and the later `noai`), the TDM
Reservation Protocol of the W3C community group, links with `rel=license` (HTML), and `license` of
schema.org and Dublin Core.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from lxml.html import HtmlElement

from cleaning.article import Rights
from cleaning.characters import one_line
from cleaning.jsonld import JsonObject, texts_of
from cleaning.meta import Head, absolute_url

NO_RIGHTS = Rights(robots=(), tdm_reserved=None, tdm_policy=None, licenses=())
_ROBOTS_META = ("robots", "googlebot", "googlebot-news", "bingbot", "gptbot", "ccbot")
_LICENSE_META = ("dcterms.license", "dc.rights", "dcterms.rights", "license", "cc:license")
#: Directives with a value whose colon is none after a crawler's name.
_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
_AGENT = re.compile(r"\s*([\w-]+)\s*:\s*(.+)")
_LINK = re.compile(r'<([^<>]{1,2083})>\s*;[^,<]{0,200}?\brel="?license\b', re.IGNORECASE)
_MAX_SIGNALS = 50
_MAX_SIGNAL = 100


def read_rights(
    tree: HtmlElement,
    things: Iterable[JsonObject],
    head: Head,
    headers: Mapping[str, str],
    url: str,
) -> Rights:
    """The rights signals of a page.

    Args:
        tree: the parsed page.
        things: the page's article objects of JSON-LD.
        head: the page's head.
        headers: of the response, lower-case names; repeated ones joined by commas.
        url: the page's URL, against which links are resolved.

    Returns:
        Robots directives in lower case, those for one crawler as `googlebot: noindex`; whether text
        and data mining is reserved, None where nothing is said; the policy's URL; licences' URLs.
    """
    robots = [*_header_directives(headers.get("x-robots-tag", "")), *_meta_directives(head)]
    policy = headers.get("tdm-policy") or head.first("tdm-policy")
    return Rights(
        robots=tuple(dict.fromkeys(robots))[:_MAX_SIGNALS],
        tdm_reserved=_reserved(headers.get("tdm-reservation") or head.first("tdm-reservation")),
        tdm_policy=absolute_url(url, policy) if policy else None,
        licenses=_licenses(tree, things, head, headers, url),
    )


def _meta_directives(head: Head) -> Iterator[str]:
    for name in _ROBOTS_META:
        agent = "" if name == "robots" else f"{name}: "
        for value in head.all(name):
            yield from (f"{agent}{directive}" for directive in _directives(value))


def _header_directives(value: str) -> Iterator[str]:
    """`noai, googlebot: noindex, nofollow`: a crawler's name holds for what follows it."""
    agent = ""
    for directive in _directives(value):
        named = _AGENT.fullmatch(directive)
        if named and named[1] not in _VALUED:
            agent, directive = f"{named[1]}: ", named[2]  # noqa: PLW2901  (the rest of it)
        yield f"{agent}{directive}"


def _directives(value: str) -> Iterator[str]:
    for part in value.split(","):
        if directive := one_line(part).lower()[:_MAX_SIGNAL]:
            yield directive


def _reserved(value: str | None) -> bool | None:
    return {"1": True, "0": False}.get((value or "").strip())


def _licenses(
    tree: HtmlElement,
    things: Iterable[JsonObject],
    head: Head,
    headers: Mapping[str, str],
    url: str,
) -> tuple[str, ...]:
    links = islice(_license_links(tree), _MAX_SIGNALS)
    stated = (
        *_LINK.findall(headers.get("link", "")),
        *links,
        *texts_of(things, "license"),
        # Rights are mostly stated in words, and only a URL can be told from a copyright line.
        *(value for value in head.all(*_LICENSE_META) if "://" in value),
    )
    urls = (absolute_url(url, link) for link in stated)
    return tuple(dict.fromkeys(filter(None, urls)))[:_MAX_SIGNALS]


def _license_links(tree: HtmlElement) -> Iterator[str]:
    """Links with `rel=license`, but for those below pictures: they are of the picture."""
    for link in tree.iter("link", "a"):
        named = "license" in link.get("rel", "").lower().split()
        if named and next(link.iterancestors("figure"), None) is None:
            yield link.get("href", "")
