"""Tells what part of a page an element stands in."""

import re
from collections.abc import Container

from lxml.html import HtmlElement

#: WordPress names an article's element by its topics, too, and one may be `category-comment`.
_TOPIC = re.compile(r"(?<!\S)(?:category|tag|topic)-\S+")


def stands_in(element: HtmlElement, tags: Container[object], names: re.Pattern[str]) -> bool:
    """Whether an element, or one around it below the body, is of certain tags or so named.

    Args:
        element: where to look from.
        tags: the tags.
        names: searched in class and id, a blank between them.
    """
    return any(
        place.tag in tags or names.search(_names_of(place))
        for place in (element, *element.iterancestors())
        if place.tag not in ("body", "html")
    )


def _names_of(place: HtmlElement) -> str:
    names = f"{place.get('class', '')} {place.get('id', '')}"
    return _TOPIC.sub("", names) if "hentry" in names or "post" in names else names
