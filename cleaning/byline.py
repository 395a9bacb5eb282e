"""Finds the bylines that a page shows: elements named for authors, links to them, labelled lines.

The names of the elements are in `author.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, pairwise

from lxml.html import HtmlElement

from cleaning.author_kind import is_agency, is_collective, is_full_name
from cleaning.byline_words import (
    TABLE,
    has_box_label,
    has_colon_label,
    has_posted_label,
    is_label,
    split_names,
    without_label,
)
from cleaning.characters import one_line
from cleaning.surrounding import stands_in

_NAMES = re.compile("|".join(TABLE["element"]["names"]))
_LINKS = re.compile("|".join(TABLE["element"]["links"]), re.IGNORECASE)
_PEOPLE = re.compile("|".join(TABLE["element"]["people"]), re.IGNORECASE)
_FACTS = re.compile(TABLE["element"]["facts"], re.IGNORECASE)
_STRANGERS = re.compile(TABLE["element"]["strangers"], re.IGNORECASE)
_ELSEWHERE = re.compile("|".join(TABLE["element"]["elsewhere"]), re.IGNORECASE)
_ELSEWHERE_TAGS = frozenset({"nav", "form", "script", "style", "noscript", "h1"})
_MARKED = '//*[@rel="author" or @itemprop="author"]'
_CLASSED = "//body//*[@class]"
#: Below the headline, so many texts are looked at for a labelled byline, and so many links.
_MAX_TEXTS = 80
_MAX_LINKS = 25
_LINKS_BELOW = f"/following::a[@href][position() <= {_MAX_LINKS}]"
_TEXTS_BELOW = (
    f"[normalize-space() and not(parent::script or parent::style)][position() <= {_MAX_TEXTS}]"
)
_MAX_BYLINE = 120
_MAX_LINE = 80
#: Bylines and boxes that tell of their authors are shorter, in characters with blanks of markup.
_MAX_BOX = 1_000
#: In words: names of anybody and any desk, where a label leaves no doubt.
_SHORT = 4
#: Below the headline, so many texts are looked at for names beside dates; then come events.
_MAX_DATED = 12
#: Co-authors stand beside each other; so far up their elements meet.
_NEIGHBOURS = 2
#: So far up an element may say that it holds the facts of a byline.
_FACTS_ABOVE = 4
_EDGES = "()（）|·•–—- "
#: Names of one word, in small letters or large ones: `dpa`, `TPN`, `jdoe`.
_ABBREVIATION = re.compile(r"[A-Z]{2,6}")
_DATE = r"\d{1,4}[./-]\s?(?:\d{1,2}|[^\W\d]{3,9})[./-]\s?\d{2,4}|\d{1,2}\.?\s\w{3,10}\.?,?\s\d{4}"
_TIME = r"(?:[\s,|·–-]*(?:um\s|at\s)?\d{1,2}[:.]\d{2}(?:\s?(?:uhr|h|[ap]m))?)?"
_DATE_BEFORE = re.compile(rf"^(?:\w+,?\s)?(?:{_DATE}){_TIME}\s*[-–—|·,/]?\s*", re.IGNORECASE)
_AFTER_BAR = re.compile(r"\s*[|·•]\s*(?:\w+,?\s)?(?:" + _DATE + r").*$|\s*[|·•]$", re.IGNORECASE)
_DATED = re.compile(
    r"\S\s+(?:on|am|le|el|il|op|den|at|um|@)\s+\w+\.?,?(?:\s\d{1,2},)?\s\d|\S\s+(?:on|am|le|el|il|op|den|at|um|@)\s+\d|\s+(?:am|on|@|under|unter)$"
)


def element_bylines(tree: HtmlElement) -> Iterator[Sequence[str]]:
    """The texts of elements marked as the author's, then of those named for it, then of links.

    Each is the first element that names somebody, with its neighbours.
    """
    yield _neighbours(tree.xpath(_MARKED))
    yield _neighbours(element for element in tree.xpath(_CLASSED) if _is_named(element))
    links = tree.xpath(f"(//h1)[1]{_LINKS_BELOW}") or tree.xpath(f"(//h2)[1]{_LINKS_BELOW}")
    yield _neighbours(link for link in links if _leads_to_author(link))


def labelled_bylines(tree: HtmlElement) -> Iterator[Sequence[str]]:
    """The first line below the headline that a label or a date makes a byline.

    `Author: Wei` needs no more; without colon, what follows must be built like a person's name.
    """
    below = tree.xpath(f"(//h1)[1]/following::text(){_TEXTS_BELOW}")
    texts = below or tree.xpath(f"(//body)[1]/descendant::text(){_TEXTS_BELOW}")
    lines = [one_line(text[:_MAX_BYLINE]).strip(_EDGES) for text in texts]
    # A label may stand alone, its name in an element of its own.
    pairs = list(pairwise([*lines, ""]))
    labelled = (_labelled(line, following) for line, following in pairs)
    dated = (_dated(line, following) for line, following in pairs[:_MAX_DATED])
    found = next(filter(None, chain(labelled, dated)), None)
    yield [found] if found else []


def is_byline(line: str) -> bool:
    """Whether a line is a byline by its label: one with a colon, or before whole names."""
    return bool(_labelled(line, ""))


def _labelled(line: str, following: str) -> str | None:
    bare = _DATE_BEFORE.sub("", line)
    whole = f"{bare} {following}" if is_label(bare) else bare
    if len(whole) > _MAX_LINE:
        return None
    if without_label(whole) == whole or has_box_label(whole):
        return None
    names = list(split_names(whole))
    sure = has_colon_label(whole) or has_posted_label(whole) or bare != line or _DATED.search(whole)
    known = _is_short if sure else _is_known
    shown = bool(names) and without_label(whole).startswith(names[0]) and all(map(known, names))
    return whole if shown else None


def _dated(line: str, following: str) -> str | None:
    """A whole name beside a date: `3 November 2025 - Ida Quayle`, `Ida Quayle | 3.11.2025`."""
    bare = _DATE_BEFORE.sub("", line)
    name = _AFTER_BAR.sub("", bare)
    beside = name != line or _DATE_BEFORE.match(following)
    return name if beside and is_full_name(name) else None


def _is_known(name: str) -> bool:
    """Whether a text is a name without any doubt: a whole one, an agency's, an abbreviation."""
    return is_full_name(name) or is_agency(name) or bool(_ABBREVIATION.fullmatch(name))


def _is_short(name: str) -> bool:
    return len(name.split()) <= _SHORT or _is_known(name)


def _neighbours(elements: Iterable[HtmlElement]) -> list[str]:
    """The texts of the first element that names somebody, and of those beside it."""
    found: list[str] = []
    place: HtmlElement | None = None
    for element in elements:
        if place is not None and place not in element.iterancestors():
            break
        texts = _texts_of(element)
        if texts and not _is_elsewhere(element):
            found += texts
            place = place if place is not None else _above(element)
    return found


def _above(element: HtmlElement) -> HtmlElement:
    """The place that co-authors share: a few elements up, but none that holds whole articles."""
    place = element
    for above in islice(element.iterancestors(), _NEIGHBOURS):
        if sum(map(len, islice(above.itertext(), _MAX_BYLINE))) > _MAX_BOX:
            break
        place = above
    return place


def _texts_of(element: HtmlElement) -> list[str]:
    """What an element says that names somebody, if that is short; links' names for themselves."""
    names = element.xpath('.//*[@itemprop="name"]')
    marked = names[0] if names else element
    text = one_line(marked.get("content") or " ".join(islice(marked.itertext(), _MAX_BYLINE)))
    if len(text) > _MAX_BYLINE:
        return []
    links = [one_line(" ".join(link.itertext())) for link in marked.iter("a")]
    linked = [link for link in links if link != text and is_full_name(link)]
    return _between_links(text, linked) if linked else [text] * (_names_somebody(text))


def _between_links(text: str, linked: Sequence[str]) -> list[str]:
    """The names of links, and whole names between them, in their order."""
    pattern = "({})".format("|".join(map(re.escape, linked)))
    parts = [part for part in re.split(pattern, text) if part.strip()]
    return [part for part in parts if part in linked or all(map(is_full_name, split_names(part)))]


def _names_somebody(text: str) -> bool:
    return any(split_names(text)) or is_collective(without_label(text).strip(" ,.|"))


def _leads_to_author(link: HtmlElement) -> bool:
    """Whether a link leads to an author's page, or to a person's beside other facts of a byline."""
    address = link.get("href", "")
    if _STRANGERS.search(address):
        return False
    places = islice(link.iterancestors(), _FACTS_ABOVE)
    return bool(_LINKS.search(address)) or (
        bool(_PEOPLE.search(address)) and any(_FACTS.search(p.get("class", "")) for p in places)
    )


def _is_named(element: HtmlElement) -> bool:
    return _is_name_of_byline(element.get("class"))


@lru_cache(maxsize=4_096)
def _is_name_of_byline(classes: str) -> bool:
    return any(map(_NAMES.search, classes.split()))


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element belongs to comments, other articles or the page's furniture."""
    return stands_in(element, _ELSEWHERE_TAGS, _ELSEWHERE)
