"""Reads who wrote an article: people and organisations, without roles, dates and labels."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from lxml.html import HtmlElement

from cleaning.article import Author
from cleaning.author_data import Stated, StatedAuthors
from cleaning.author_kind import is_agency, is_collective, is_full_name, kind_of
from cleaning.byline import element_bylines, labelled_bylines
from cleaning.byline_words import split_names, without_label
from cleaning.characters import folded_words, one_line
from cleaning.site_name import is_site_name
from cleaning.sourced import Considered, Sourced

#: Where authors are named: the page's data, elements marked for authors, lines of text, the feed.
AuthorSource = Literal["json-ld", "meta", "markup", "byline", "lead"]

_MAX_AUTHORS = 50
_MAX_NAME = 200
#: Handles (`jane-doe`, `j.doe`, `jane_doe`) are addresses, not names.
_HANDLE = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)+")
_CAPITALISED = re.compile(r"[^\W\d_a-z][\w.'’-]*")
_INVERTED = re.compile(r"([^\W\d_][\w'’-]+), ([^\W\d_][\w'’.-]+(?: [^\W\d_]\.)?)")
#: How good a claim is, by the best name in it.
_SITE, _ORGANIZATION, _WORD, WHOLE_NAME = range(4)
#: Single words beside each other are topics rather than authors.
_MAX_WORDS = 2
#: So many texts that name a first name are looked at for the last.
_MAX_TEXTS = 200
_TEXT_TAGS = ("p", "div", "span", "a", "strong", "b", "em", "h2", "h3", "h4", "li")
_FIRST_NAME = re.compile(r"[^\W\d_a-z][a-zß-ÿ]+")
#: One or two names that end the text, or go before a remark or `is`.
_LAST_NAME = r"(?: [^\W\d_a-z][\w.'’-]*){1,2}(?=$|\s*[-–,|]\s| (?:ist|is|est|es|è)\s)"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one place says: who the authors are, of what rank the best is, in how many texts."""

    source: AuthorSource
    authors: tuple[Author, ...]
    rank: int
    texts: int


def read_authors(
    tree: HtmlElement, stated: StatedAuthors, names: frozenset[str]
) -> Sourced[tuple[Author, ...]]:
    """The authors by the first place of those that name them best.

    A person's whole name or an agency is better than a single word, that than an organisation, and
    that than the site itself or its newsroom. Names that another place knows whole are completed.

    Args:
        tree: the parsed page.
        stated: what its data and its lead state.
        names: the site's own, see `cleaning.site_name`.
    """
    claims = list(_claims(_data_and_markup(tree, stated), names))
    if not any(claim.rank == WHOLE_NAME for claim in claims):
        claims += _claims(_lines_and_lead(tree, stated), names)
    if not claims:
        return Sourced((), None)
    best = _best(claims)
    fuller = next((claim for claim in claims if _is_fuller(claim, best)), best)
    known = [author for claim in claims for author in claim.authors]
    authors = _merged(_completed(author, known) for author in fuller.authors)
    if fuller.source != "markup" and not any(_is_of_site(author, names) for author in authors):
        authors = _merged(_found_whole(author, tree) for author in authors)
    considered = tuple(
        Considered(one.source, one.authors, one.rank, won=one is fuller) for one in claims
    )
    return Sourced(authors, fuller.source, considered)


def are_named(authors: Iterable[Author]) -> bool:
    """Whether one of the authors at least is a person by whole name, or an agency."""
    return any(map(_is_whole, authors))


def read_line(line: str) -> tuple[Author, ...]:
    """The authors that a line names, with label or without."""
    return _merged(_authors([Stated(line)], frozenset()))


def read_byline(line: str) -> tuple[Author, ...]:
    """The authors named by a byline such as `by Andrea` or `Author: Wei`; none without label."""
    name = without_label(line)
    return () if name == line else read_line(name)


def looks_like_name(line: str) -> bool:
    """Whether a line is built like a person's name: two to four capitalised words, no more."""
    words = line.split()
    return 2 <= len(words) <= 4 and all(map(_CAPITALISED.fullmatch, words))  # noqa: PLR2004  (the docstring says them)


_Places = Iterator[tuple[AuthorSource, Iterable[Stated]]]


def _data_and_markup(tree: HtmlElement, stated: StatedAuthors) -> _Places:
    yield from (("json-ld", one) for one in stated.jsonld)
    yield from (("meta", one) for one in stated.own_meta)
    yield from (("markup", map(Stated, texts)) for texts in element_bylines(tree))
    yield from (("meta", one) for one in stated.any_meta)


def _lines_and_lead(tree: HtmlElement, stated: StatedAuthors) -> _Places:
    yield from (("byline", map(Stated, texts)) for texts in labelled_bylines(tree))
    yield "lead", stated.lead


def _claims(places: _Places, names: frozenset[str]) -> Iterator[_Claim]:
    claims = (_claim(source, stated, names) for source, stated in places)
    return (claim for claim in claims if claim)


def _claim(source: AuthorSource, stated: Iterable[Stated], names: frozenset[str]) -> _Claim | None:
    stated = list(islice(stated, _MAX_AUTHORS))
    authors = _merged(_authors(stated, names))
    people = tuple(author for author in authors if not _is_of_site(author, names))
    rank = max(map(_rank, people), default=_SITE)
    if rank == _WORD and source == "markup" and len(people) > _MAX_WORDS:
        return None
    texts = len({one.text for one in stated})
    return _Claim(source, people or authors, rank, texts) if authors else None


def _best(claims: Sequence[_Claim]) -> _Claim:
    """The first claim of the highest rank; a single word that is marked stands against later ones.

    Those are meta tags that a template may fill, and lines.
    """
    best = max(claims, key=lambda claim: claim.rank)
    marked = next((one for one in claims if one.source == "markup" and one.rank == _WORD), None)
    return marked if marked and claims.index(marked) < claims.index(best) else best


def _rank(author: Author) -> int:
    if is_collective(author.name):
        return _SITE
    if _is_whole(author):
        return WHOLE_NAME
    return _ORGANIZATION if author.kind == "organization" else _WORD


def _is_whole(author: Author) -> bool:
    return author.kind == "agency" or (author.kind != "organization" and is_full_name(author.name))


def _is_of_site(author: Author, names: frozenset[str]) -> bool:
    """Whether a name is the site's own or, alone, its newsroom's: `Redaktion`."""
    bare = author.name.isalpha() and is_collective(author.name)
    return bare or is_site_name(author.name, names)


def _is_fuller(claim: _Claim, best: _Claim) -> bool:
    """Whether a claim names everybody whom the best one names, all of them whole, and more."""
    mine, others = set(map(_key, claim.authors)), set(map(_key, best.authors))
    return (
        best.rank == WHOLE_NAME
        and claim.texts == 1
        and mine > others
        and all(map(_is_whole, claim.authors))
    )


def _authors(stated: Iterable[Stated], names: frozenset[str]) -> Iterator[Author]:
    """Split and cleaned, in the order in which they are named."""
    for one in stated:
        # Many sites escape their data as if it were HTML.
        text = one_line(html.unescape(one.text[: _MAX_NAME * _MAX_AUTHORS]))
        for name in islice(_names(text, names), _MAX_AUTHORS):
            kind = kind_of(name, one.kind)
            if kind == "person" and is_site_name(name, names):
                kind = None  # CMSs call the site a person; the site may bear a person's name
            yield Author(name=name[:_MAX_NAME], url=one.url, kind=kind)


def _names(text: str, names: frozenset[str]) -> Iterator[str]:
    bare = without_label(text).strip(" ,.|")
    if is_collective(bare):
        yield bare
        return
    inverted = _INVERTED.fullmatch(text)
    if inverted and not any(map(is_agency, inverted.groups())):
        yield f"{inverted[2]} {inverted[1]}"
        return
    for name in split_names(text):
        if not _HANDLE.fullmatch(name) or is_site_name(name, names):
            yield _without_publisher(name, names)


def _without_publisher(name: str, names: frozenset[str]) -> str:
    """A whole name without the site's behind it: `Ida Quayle Harbour Courier`."""
    words = name.split()
    for cut in range(2, len(words)):
        first, rest = " ".join(words[:cut]), " ".join(words[cut:])
        if is_full_name(first) and (is_site_name(rest, names) or is_collective(rest)):
            return first
    return name


def _merged(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Without repeats, each as it is named best."""
    found: dict[frozenset[str], Author] = {}
    for author in islice(authors, _MAX_AUTHORS):
        key = _key(author)
        same = found.get(key)
        found[key] = _better(same, author) if same else author
    keys = list(found)
    return tuple(author for key, author in found.items() if not any(key < other for other in keys))


def _better(one: Author, other: Author) -> Author:
    """One name of two that are the same: not in capitals, if either is so; with a URL."""
    name = other.name if one.name.isupper() and not other.name.isupper() else one.name
    return Author(name=name, url=one.url or other.url, kind=one.kind or other.kind)


def _completed(author: Author, known: Sequence[Author]) -> Author:
    """An author as all sources together name it: whole, with its URL."""
    for other in known:
        if _key(other) == _key(author):
            author = _better(author, other)
    whole = next((other for other in known if _is_completion(other, author)), None)
    return replace(whole, url=whole.url or author.url) if whole else author


def _is_completion(whole: Author, author: Author) -> bool:
    return _is_whole(whole) and folded_words(whole.name)[:1] == folded_words(author.name)


def _found_whole(author: Author, tree: HtmlElement) -> Author:
    """An author of one name, by the one whole name with it that the page's texts are or begin."""
    first = author.name
    if author.kind in ("organization", "agency") or not _FIRST_NAME.fullmatch(first):
        return author
    texts = (one_line(text[:_MAX_NAME]) for text in tree.itertext(*_TEXT_TAGS) if first in text)
    begun = (re.match(rf"{first}{_LAST_NAME}", without_label(t)) for t in islice(texts, _MAX_TEXTS))
    found = {match[0] for match in begun if match and is_full_name(match[0])}
    return replace(author, name=found.pop(), kind="person") if len(found) == 1 else author


def _key(author: Author) -> frozenset[str]:
    """What is the same for all spellings of a name: its words without accents, in any order."""
    plain = unicodedata.normalize("NFKD", author.name)
    return frozenset(folded_words("".join(c for c in plain if not unicodedata.combining(c))))
