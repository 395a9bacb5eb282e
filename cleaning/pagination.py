"""Articles spread over several pages: which page follows, and which only continues another."""

import html
import re
from collections.abc import Iterator

from cleaning.meta import absolute_url

_MAX_TAG = 2000
_LINK = re.compile(r"<(?:link|a)\b", re.IGNORECASE)
_REL = {
    rel: re.compile(rf"\brel\s*=\s*[\"']?[^\"'>]{{0,99}}\b{rel}\b", re.IGNORECASE)
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
    # Most pages are a first page, and none comes before it.
    if number + step < 1:
        return None
    links = (_link(tag, url) for tag in _tags_with(rel, text) if _REL[rel].search(tag))
    return next((link for link in links if link and _split(link) == (base, number + step)), None)


def _tags_with(word: str, text: str) -> Iterator[str]:
    """The tags of links that have a word in them: looking at all tags of a page takes long."""
    place = text.find(word)
    while place >= 0:
        start = text.rfind("<", max(0, place - _MAX_TAG), place)
        end = text.find(">", start, start + _MAX_TAG) if start >= 0 else -1
        if end > place and _LINK.match(text, start):
            yield text[start : end + 1]
        # No further tag begins before the next bracket, however often the word is there.
        following = text.find("<", place)
        place = text.find(word, following) if following >= 0 else -1


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
