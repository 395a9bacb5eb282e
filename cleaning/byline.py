"""Finds the bylines that a page shows: elements named for authors, and labelled lines.

The names of the elements are in `author.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from lxml.html import HtmlElement

from cleaning.byline_words import TABLE, has_colon_label, split_names, without_label
from cleaning.characters import one_line
from cleaning.surrounding import stands_in

_NAMES = re.compile("|".join(TABLE["element"]["names"]))
_ELSEWHERE = re.compile("|".join(TABLE["element"]["elsewhere"]), re.IGNORECASE)
_ELSEWHERE_TAGS = frozenset({"nav", "form", "script", "style", "noscript", "h1"})
_MARKED = '//*[@rel="author" or @itemprop="author"]'
_CLASSED = "//body//*[@class]"
_TEXTS = "//h1/following::text()[normalize-space()]"
_ALL_TEXTS = "//body//text()[normalize-space()]"
_MAX_BYLINE = 120
_MAX_LINE = 80
#: Below the headline, so many texts are looked at for a labelled byline.
_MAX_TEXTS = 80
#: Co-authors stand beside each other; so far up their elements meet.
_NEIGHBOURS = 2
_PERSON = re.compile(
    r"[^\W\d_a-zß-ÿ][\w.'’-]+(?:\s(?:de|del|da|di|la|le|van|von|der|den|al|bin|[^\W\d_a-z][\w.'’-]*))"
    r"{1,4}[,.]?|[A-Z]{2,6}[,.]?"
)


def element_bylines(tree: HtmlElement) -> Iterator[Sequence[str]]:
    """The texts of elements marked as the author's, then of those named for it.

    Each is the first element that names somebody, with its neighbours.
    """
    yield _neighbours(element for element in tree.xpath(_MARKED))
    yield _neighbours(element for element in tree.xpath(_CLASSED) if _is_named(element))


def labelled_bylines(tree: HtmlElement) -> Iterator[Sequence[str]]:
    """The first line below the headline that a label makes a byline.

    `Author: Wei` needs no more; without colon, what follows must be built like a person's name.
    """
    texts = tree.xpath(_TEXTS) or tree.xpath(_ALL_TEXTS)
    lines = [one_line(text).strip("()（） ") for text in texts[:_MAX_TEXTS]]
    # A label may stand alone, its name in an element of its own.
    found = (_labelled(line, following) for line, following in pairwise([*lines, ""]))
    yield from islice(([byline] for byline in found if byline), 1)


def _labelled(line: str, following: str) -> str | None:
    alone = not without_label(f"{line} ").strip()
    whole = f"{line} {following}" if alone else line
    if len(whole) > _MAX_LINE or not (name := without_label(whole)) or name == whole:
        return None
    return whole if has_colon_label(whole) or _PERSON.fullmatch(name) else None


def _neighbours(elements: Iterable[HtmlElement]) -> list[str]:
    """The text of the first element that names somebody, and of those beside it."""
    found: list[str] = []
    place: HtmlElement | None = None
    for element in elements:
        if _is_elsewhere(element):
            continue
        if place is not None and place not in element.iterancestors():
            break
        text = _text_of(element)
        if text and any(split_names(text)):
            found.append(text)
            place = place if place is not None else _above(element)
    return found


def _above(element: HtmlElement) -> HtmlElement:
    return [element, *islice(element.iterancestors(), _NEIGHBOURS)][-1]


def _text_of(element: HtmlElement) -> str:
    """What an element says, if that is short; only the name where that is marked."""
    names = element.xpath('.//*[@itemprop="name"]')
    marked = names[0] if names else element
    text = one_line(marked.get("content") or " ".join(islice(marked.itertext(), _MAX_BYLINE)))
    return text if len(text) <= _MAX_BYLINE else ""


def _is_named(element: HtmlElement) -> bool:
    return any(map(_NAMES.search, element.get("class", "").split()))


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element belongs to comments, other articles or the page's furniture."""
    return stands_in(element, _ELSEWHERE_TAGS, _ELSEWHERE)
