"""Collects the dates that a page shows its readers: short texts, those nearest to its headline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from cleaning.date_place import UNSEEN, Layout
from cleaning.date_source import MODIFIED_TOKENS, TABLE, Claim
from cleaning.date_words import Role, last_label
from cleaning.meta import Head

_MAX_TEXTS = 400
_MAX_SHOWN = 8
_MAX_LENGTH = 80
_DIGIT = re.compile(r"\d")
#: What only machines are told, in elements that are not shown.
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d")
#: A date of full length somewhere in a text, with its time if that follows.
_DATED = re.compile(
    r"(?<![\d.])(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{4}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}\.?(?:st|nd|rd|th)?\s(?:de\s)?[^\W\d_]{3,}[.,]?\s(?:de\s)?\d{4}"
    r"|(?<![^\W\d_])[^\W\d_]{3,}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}|\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일])"
    r"(?!\d)(?:[\s,|•·–-]*(?:[^\W\d_]{1,3}\s)?\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?|\s?uhr)?(?:\s[A-Z]{2,4}\b)?)?",
    re.IGNORECASE,
)
#: The same, with no more around it than a label.
_DATE_ALONE = re.compile(rf"[^\d.,]{{0,40}}{_DATED.pattern}\D{{0,8}}", re.IGNORECASE)
#: How reports of agencies and press offices begin: `Port Ellery, 14 October 2025 -`.
_DATELINE = re.compile(rf"\W{{0,3}}[^\W\d][^\d.]{{1,40}}[,(]\s?\(?{_DATED.pattern}", re.IGNORECASE)
_VISIBLE = TABLE["visible"]
_ELEMENTS = " or ".join(f"self::{tag}" for tag in _VISIBLE["elements"])
_NAMED = " or ".join(
    f'contains(@class, "{name}") or contains(@id, "{name}")' for name in _VISIBLE["names"]
)
_BYLINES = f"//body//*[{_ELEMENTS}][{_NAMED}]"
#: Any short text that may have a year, of this calendar or another.
_YEARS = " or ".join(f'contains(., "{years}")' for years in _VISIBLE["years"])
_TEXTS = f"//body//text()[string-length() < 120 and ({_YEARS})]"
_LONG_TEXTS = "//body//text()[string-length() >= 120]"
_INLINE = frozenset({"a", "abbr", "b", "em", "i", "mark", "small", "span", "strong", "u"})
_MAX_LABEL = 40
#: The place of a date within a longer text, by that of the text.
_WITHIN = {"near": "near-within", "far": "far-within"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A short text of the page, its place (a key below `byline`), and how far off it stands."""

    element: HtmlElement
    text: str
    place: str
    distance: int


def short_text(element: HtmlElement, *, figure: bool = True) -> str:
    """The element's text where it is short and, if asked for, has a figure; else nothing."""
    text = ""
    for part in element.itertext():
        text += f"{part} "
        if len(text) > 2 * _MAX_LENGTH:
            return ""
    text = " ".join(text.split())
    fits = len(text) <= _MAX_LENGTH and (not figure or _DIGIT.search(text))
    return text if fits else ""


def visible_claims(tree: HtmlElement, head: Head) -> Iterator[Claim]:
    """The dates in short visible texts, those nearest to the headline first."""
    shown = sorted(_shown(tree, head), key=lambda one: abs(one.distance))
    for one in shown[:_MAX_SHOWN]:
        role = _role_of(one.element)
        yield Claim(role=role, place=one.place, raw=one.text)
        within = _WITHIN.get(one.place, one.place)
        for part in _parts_of(one.text):
            yield Claim(role=role, place=within, raw=part)


def _role_of(element: HtmlElement) -> Role:
    tokens = set(element.get("class", "").lower().split())
    return "modified" if tokens & MODIFIED_TOKENS else "published"


def _shown(tree: HtmlElement, head: Head) -> Iterator[_Shown]:
    layout = Layout(tree, head)
    seen = set()
    for element, line in _texts(tree):
        text = f"{_label_before(element)} {line}".strip()
        place = None if _is_in_sentence(element) else layout.place_of(element, text)
        if place and (place, text) not in seen and not _STAMP.search(text):
            seen.add((place, text))
            distance = layout.distance(element)
            yield _Shown(element=element, text=text, place=place, distance=distance)


def _texts(tree: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Short texts that may be dates: of elements that are named for dates, and any with a year."""
    for element in tree.xpath(_BYLINES)[:_MAX_TEXTS]:
        if text := short_text(element):
            yield element, text
    for found in tree.xpath(_TEXTS)[:_MAX_TEXTS]:
        element = found.getparent()
        if element is not None and (text := _line(element, str(found))):
            yield element, text
    for found in tree.xpath(_LONG_TEXTS)[:_MAX_TEXTS]:
        element = found.getparent()
        dateline = _DATELINE.match(" ".join(str(found)[: 2 * _MAX_LENGTH].split()))
        if element is not None and dateline:
            yield element, dateline.group()


def _label_before(element: HtmlElement) -> str:
    """The label that stands in the element before, as in tables and lists of terms."""
    before = element.getprevious()
    if before is None or before.tag in UNSEEN:
        return ""
    text = f"{short_text(before, figure=False)} {(before.tail or '')[:_MAX_LABEL]}".strip(" :")
    label = last_label(text[-_MAX_LABEL:])
    return label if label and text.endswith(label) else ""


def _line(element: HtmlElement, text: str) -> str:
    """The text if it is a date (old tables), else all that its element says if that is short."""
    line = " ".join(text.split())
    return line if _DATE_ALONE.fullmatch(line) else short_text(element)


def _is_in_sentence(element: HtmlElement) -> bool:
    """Whether an element is part of a longer text, as a link in a paragraph is."""
    parent = element.getparent()
    if parent is None or element.tag not in _INLINE:
        return False
    before = element.getprevious()
    text = (parent.text if before is None else before.tail) or ""
    beside = f"{text}{element.tail or ''}".strip()
    return bool(beside) and not short_text(parent)


def _parts_of(text: str) -> Iterator[str]:
    """The dates within a text that also names an author or a section, with their labels."""
    for dated in _DATED.finditer(text):
        part = f"{last_label(text[: dated.start()])} {dated.group()}".strip()
        if part != text:
            yield part
