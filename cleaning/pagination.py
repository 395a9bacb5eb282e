"""Articles spread over several pages: which page follows, and which only continues another."""

import html
import re

from cleaning.meta import absolute_url

_TAG = re.compile(r"<(?:link|a)\b[^>]{0,2000}>", re.IGNORECASE)
_REL = {
    rel: re.compile(rf"\brel\s*=\s*[\"']?[^\"'>]*\b{rel}\b", re.IGNORECASE)
    for rel in ("next", "prev")
}
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
# The page number of an article's further pages: ?page=2, /2/, -2.html, /page/2/.
_PART = re.compile(
    r"[?&](?:page|p|pg|seite|pagina)=(\d{1,2})\b|/(?:page/|seite/)?(\d{1,2})/?$"
    r"|-(?:page-|seite-|part-|teil-)?(\d{1,2})(?=\.html?$)",
    re.IGNORECASE,
)


def next_part(text: str, url: str) -> str | None:
    """The URL of the page on which the article at `url` goes on, if its markup says so.

    Only a `rel=next` that leads to the same URL with the next page number is believed: many sites
    use it to lead to another article.
    """
    return _neighbour(text, url, "next", 1)


def previous_part(text: str, url: str) -> str | None:
    """The URL of the page that the page at `url` continues, if its markup says so."""
    return _neighbour(text, url, "prev", -1)


def _neighbour(text: str, url: str, rel: str, step: int) -> str | None:
    base, number = _split(url)
    # Most pages are a first page and name no neighbour: they are spared the search.
    if number + step < 1 or rel not in text:
        return None
    tags = (tag[0] for tag in _TAG.finditer(text))
    links = (_link(tag, url) for tag in tags if _REL[rel].search(tag))
    return next((link for link in links if link and _split(link) == (base, number + step)), None)


def _link(tag: str, url: str) -> str | None:
    """Where a tag leads, if it leads anywhere."""
    href = _HREF.search(tag)
    target = next(filter(None, href.groups()), "") if href else ""
    return absolute_url(url, html.unescape(target)) if target else None


def _split(url: str) -> tuple[str, int]:
    """The URL without its page number, and the number: 1 where it has none."""
    url = url.partition("#")[0]
    match = _PART.search(url)
    if match is None:
        return url.rstrip("/"), 1
    number = next(group for group in match.groups() if group)
    return (url[: match.start()] + url[match.end() :]).rstrip("/"), int(number)
