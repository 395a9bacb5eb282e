"""Reads JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from cleaning.page import Lead
from crawler.discovery.link import absolute
from crawler.discovery.text import line

JsonObject = dict[str, Any]
#: An item that breaks off is taken to hold no more whole objects (authors, attachments) than this.
_MAX_INNER_OBJECTS = 20


def read_json_feed(text: str, url: str, at: datetime) -> Iterator[Lead] | None:
    """The entries of a JSON Feed that have an http or https link, in order.

    A feed that breaks off gives its whole entries.

    Args:
        text: the feed.
        url: where it was; relative links are resolved against it.
        at: when it was fetched; aware.

    Returns:
        None if the text is no JSON Feed.
    """
    feed = next(filter(_is_feed, map(_parse, chain((text,), _mended(text)))), None)
    return None if feed is None else _leads(feed, url, at)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _mended(text: str) -> Iterator[str]:
    """A text that breaks off, closed after one of its last objects: an item, or one inside it."""
    for _ in range(_MAX_INNER_OBJECTS):
        text = text[: text.rfind("}", 0, -1) + 1]
        yield f"{text}]}}"


def _is_feed(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("items"), list)


def _leads(feed: JsonObject, url: str, at: datetime) -> Iterator[Lead]:
    for item in filter(_is_object, feed["items"]):
        link = absolute(url, line(item.get("url")) or _address(item.get("id")))
        if link is not None:
            yield _lead(feed, item, link, url, at)


def _lead(feed: JsonObject, item: JsonObject, link: str, url: str, at: datetime) -> Lead:
    return Lead(
        url=link,
        via="feed",
        at=at,
        source_url=url,
        title=line(item.get("title")),
        summary=line(item.get("summary")),
        published=line(item.get("date_published")),
        modified=line(item.get("date_modified")),
        # The specification: an item without authors has the feed's.
        authors=_authors(item) or _authors(feed),
        language=line(item.get("language")) or line(feed.get("language")),
        tags=tuple(dict.fromkeys(filter(None, map(line, _list(item.get("tags")))))),
    )


def _address(identifier: Any) -> str | None:
    """An item's id, where it is the full URL that the specification wishes it to be."""
    text = line(identifier)
    return text if text and text.startswith(("http://", "https://")) else None


def _authors(thing: JsonObject) -> tuple[str, ...]:
    """The names of `authors` (1.1) or of the one `author` (1.0)."""
    authors = filter(_is_object, (*_list(thing.get("authors")), thing.get("author")))
    return tuple(dict.fromkeys(filter(None, (line(author.get("name")) for author in authors))))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)
