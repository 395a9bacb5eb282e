"""Links as sources write them, made into URLs that can be fetched."""

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

from w3lib.url import safe_url_string

from cleaning.page import Lead

#: Longer URLs are traps; servers and browsers agree to no more.
_MAX_URL = 2_083
# Nothing to resolve or escape, as with nearly all of a sitemap: spares two thirds of its time.
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+(?:/[\w~-][\w.~-]*)+/?", re.ASCII)


def absolute(base: str, link: str | None) -> str | None:
    """The URL that a link stands for, escaped as browsers do and without its fragment.

    Args:
        base: the URL against which the link is resolved.
        link: as written in the source.

    Returns:
        None for whatever is no http or https URL, or is longer than 2083 characters.
    """
    if not link or len(link) > _MAX_URL:
        return None
    if _PLAIN_URL.fullmatch(link):
        return link
    try:
        url = safe_url_string(urldefrag(urljoin(base, link.strip())).url)
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


def _can_be_fetched(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= _MAX_URL
