"""Tells how far a visible date may be believed, by where it stands on its page.

What counts is how far a date is from the headline. On pages whose own date is known, 98 of 100
dates that stand up to 400 characters below it are the article's, two of three up to 1,000, and one
of six beyond 3,000.
"""

import re
from itertools import islice

from lxml.html import HtmlElement

from cleaning.date_source import TABLE
from cleaning.date_words import last_label
from cleaning.meta import Head
from cleaning.surrounding import stands_in

#: Elements whose texts no reader sees, or has written.
UNSEEN = frozenset({"script", "style", "noscript", "template", "option", "textarea"})
_VISIBLE = TABLE["visible"]
#: Where dates are those of other articles, of comments, or of the page's makers.
_ELSEWHERE_TAGS = frozenset({"aside", "footer", "nav", "script", "style", "noscript", "form"})
_ELSEWHERE = re.compile("|".join(_VISIBLE["elsewhere"] + _VISIBLE["comments"]), re.IGNORECASE)
_NEVER = re.compile("|".join(_VISIBLE["today"] + _VISIBLE["comments"]), re.IGNORECASE)
_PAGE_HEAD = re.compile("|".join(_VISIBLE["head"]), re.IGNORECASE)
#: Characters of text between the headline and a date.
_NEAR_ABOVE, _NEAR, _FAR = -150, 400, 3_000
_MIN_HEADLINE = 8
_MAX_HEADINGS = 50
_MAX_HEADLINE = 300
_MAX_PARTS = 50
_WORD = re.compile(r"\w+")


def is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element stands where dates are those of other articles or of comments."""
    return stands_in(element, _ELSEWHERE_TAGS, _ELSEWHERE)


class Layout:
    """Where the headline of a page is, and how much text stands between it and other elements."""

    def __init__(self, tree: HtmlElement, head: Head) -> None:
        self._offsets: dict[HtmlElement, int] = {}
        offset = 0
        for element in tree.iter("*"):
            self._offsets[element] = offset
            if element.tag not in UNSEEN:
                offset += len((element.text or "").strip())
            offset += len((element.tail or "").strip())
        self._headline = _headline(tree, head)
        self._around: frozenset[HtmlElement] = frozenset(
            () if self._headline is None else self._headline.iterancestors()
        )

    def distance(self, element: HtmlElement) -> int:
        """How many characters below the headline; negative above it."""
        start = 0 if self._headline is None else self._offsets[self._headline]
        return self._offsets[element] - start

    def place_of(self, element: HtmlElement, text: str) -> str | None:
        """How far a text may be believed: a key below `byline`; None where it is no evidence."""
        distance = self.distance(element)
        if element.tag in UNSEEN or stands_in(element, (), _NEVER):
            return None
        if distance < 0 and self._is_in_page_head(element):
            return "page-head" if distance >= _NEAR_ABOVE else None
        if not _NEAR_ABOVE <= distance <= _NEAR and is_elsewhere(element):
            return None
        place = _place_at(distance, labelled=bool(last_label(text)))
        return "far-within" if place == "near" and self._is_in_headline(element) else place

    def _is_in_headline(self, element: HtmlElement) -> bool:
        return self._headline in (element, *element.iterancestors())

    def _is_in_page_head(self, element: HtmlElement) -> bool:
        return any(
            place.tag == "header"
            or _PAGE_HEAD.search(f"{place.get('class', '')} {place.get('id', '')}")
            for place in (element, *element.iterancestors())
            if place not in self._around
        )


def _place_at(distance: int, *, labelled: bool) -> str | None:
    if distance > _FAR:
        return "far" if labelled else None
    if labelled:
        return "labelled"
    if distance < _NEAR_ABOVE:
        return "above"
    return "near" if distance <= _NEAR else "far"


def _headline(tree: HtmlElement, head: Head) -> HtmlElement | None:
    """The heading that has most words of the page's title, and little else; else the first h1."""
    title = " ".join(filter(None, (head.title, head.first("og:title")))).lower()
    for tags in (("h1",), ("h2", "h3")):
        headings = [*islice(tree.iter(*tags), _MAX_HEADINGS)]
        shared = [
            _shared(" ".join(islice(one.itertext(), _MAX_PARTS))[:_MAX_HEADLINE], title)
            for one in headings
        ]
        if max(shared, default=0) >= _MIN_HEADLINE:
            return headings[shared.index(max(shared))]
    return next(tree.iter("h1"), None)


def _shared(heading: str, title: str) -> int:
    """How many characters of a heading's words are in a title; 0 if that is not most of them."""
    words = _WORD.findall(heading.lower())
    shared = sum(len(word) for word in words if word in title)
    return shared if 2 * shared > sum(map(len, words)) else 0
