"""Decides the headline among what the page, its data and its lead call it."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cleaning.characters import folded_words, one_line, phrase
from cleaning.site_name import is_site_name
from cleaning.sourced import Considered, Sourced

#: Where headlines stand: JSON-LD, h1 or h2, meta tags, the lead, `<title>`, the first line of text.
TitleSource = Literal["json-ld", "heading", "meta", "lead", "title-tag", "text"]

_MAX_TITLE = 500
# No more of a title is looked at: headline, section and site.
_MAX_STATED = 1_000
# From this length on, JSON-LD's headline may be cut: Google asked for no more than 110 characters.
_CUT_LENGTH = 95
# In words: what a repeated title must keep, and what a label before it may add.
_MIN_PART = 6
_MIN_TITLE = 3
_MAX_LABEL = 2
# In words: a heading so long is a headline and no label.
_MIN_HEADLINE = 4
# What stands between a headline and a site's name; a plain hyphen or colon only between blanks.
# In Chinese and Japanese no blanks are written.
_SEPARATOR = re.compile(
    r"\s+[|\-–—·•»«:]\s+|\s*[|｜│¦»]\s*|\s*(?:--+|_)\s*|(?<=[\u3040-\u9fff])-(?=[\u3040-\u9fff])"
)
# A site's domain before a headline.
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+(?=:\s)")
# The same, and what stands between a headline and the label before it.
_PART = re.compile(rf"{_SEPARATOR.pattern}|:\s+")
_KICKER = re.compile(r":\s+|\s+[-–—|]\s+")
_PAGE_NUMBER = re.compile(
    r"\s*[|\-–—(,]\s*(?:(?:page|seite|página|pagina|strona|strana|sida|side|sivu|sayfa|halaman|trang"
    r"|страница|сторінка|σελίδα)\s+\d+(?:\s*(?:of|von|de|sur|di|/)\s*\d+)?|第\s*\d+\s*[页頁])\)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """What an article is called, by who calls it so.

    `headlines` are JSON-LD's, `stated` those of meta tags, best first; `headings` are the page's
    h1, `subheadings` its h2 (old blogs keep their h1 for the site's name); `document` is `<title>`,
    which mostly has the headline and the site's name; `lead` is what led to the page.
    """

    headlines: Sequence[str] = ()
    stated: Sequence[str] = ()
    headings: Sequence[str] = ()
    subheadings: Sequence[str] = ()
    document: str | None = None
    lead: str | None = None

    def every(self) -> tuple[str, ...]:
        """All texts under which the headline may appear again in the body, each once."""
        single = filter(None, [self.document])
        lead = filter(None, [self.lead])
        said = (*self.headlines, *self.stated, *lead, *self.headings, *single)
        return tuple(dict.fromkeys(said))


def choose_title(titles: Titles, names: frozenset[str]) -> Sourced[str | None]:
    """The headline, without the site's name, page number and kicker.

    Args:
        titles: what the article is called.
        names: the site's own, see `cleaning.site_name`.

    Returns:
        JSON-LD's headline; else a heading that data or `<title>` confirms; else the page's one h1,
        where others say something else (to search engines); else the best stated title; else an
        h1; else `<title>`.
    """
    headings = [_unescaped(heading) for heading in titles.headings]
    own = [heading for heading in headings if not is_site_name(heading, names)]
    best, others = _cleaned(titles.headlines, names), _cleaned(titles.stated, names)
    lead, last = (_cleaned([one or ""], names) for one in (titles.lead, titles.document))
    said = [*best, *others, *lead, *last]
    shown = _confirmed(own, said) or _named_in(own, said) or _named_whole(titles.subheadings, said)
    candidates: list[tuple[TitleSource, Iterable[str | None]]] = [
        ("json-ld", [_whole(best[:1], [*own, *others, *lead])]),
        ("heading", [shown, _lone(own, said)]),
        ("meta", others),
        ("lead", lead),
        ("heading", own),
        ("title-tag", last),
        ("heading", headings),
    ]
    considered = tuple(_considered(candidates))
    if not considered:
        return Sourced(None, None)
    title = considered[0].value or ""
    text = _without_kicker(title, [*own, *others, *lead])[:_MAX_TITLE].strip()
    return Sourced(text, considered[0].source, considered)


def _considered(
    candidates: Sequence[tuple[TitleSource, Iterable[str | None]]],
) -> Iterator[Considered[str | None]]:
    """All titles, best first, each once as its source says it."""
    seen: set[tuple[TitleSource, str]] = set()
    for rank, (source, titles) in enumerate(candidates):
        for title in titles:
            if title and (source, title) not in seen:
                yield Considered(source, title, len(candidates) - rank, won=not seen)
                seen.add((source, title))


def _cleaned(titles: Iterable[str], names: frozenset[str]) -> list[str]:
    """The titles without the site's name; those with markup in them are left out."""
    plain = filter(_is_plain, map(_unescaped, titles))
    return [title for title in (_without_site(one, names) for one in plain) if title]


def _unescaped(title: str) -> str:
    """The title as text: some sites escape it twice (`&amp;quot;`)."""
    title = title[:_MAX_STATED]
    return one_line(html.unescape(title)) if "&" in title and ";" in title else title


def _is_plain(title: str) -> bool:
    return "<" not in title


def _lone(headings: Sequence[str], said: Sequence[str]) -> str | None:
    """The page's one h1, if it is a whole headline and all others say another one thing.

    It may also hold what is said, beside a label; two that differ were both written by editors.
    """
    heading = headings[0] if len(headings) == 1 else ""
    words = folded_words(heading)
    if len(words) < _MIN_HEADLINE or len(set(map(folded_words, said))) > 1:
        return None
    parts = [part for title in said for part in _parts(title) if len(part) >= _MIN_TITLE]
    held = (phrase(part) in phrase(words) for part in (*map(folded_words, said), *parts))
    return None if any(held) else heading


def _whole(headlines: Sequence[str], longer: Iterable[str]) -> str | None:
    """The first headline or, where it is cut to the length that search engines take, all of it."""
    for headline in headlines:
        cut = headline.removesuffix("...").removesuffix("…").rstrip()
        if cut == headline and len(headline) < _CUT_LENGTH:
            return headline
        return next((title for title in longer if title.startswith(cut)), headline)
    return None


def _without_kicker(title: str, others: Iterable[str]) -> str:
    """The title without the words before its colon or dash, where others leave them out."""
    tails = [title[cut.end() :] for cut in _KICKER.finditer(title)]
    shorter = {words for words in map(folded_words, others) if len(words) >= _MIN_TITLE}
    return next((tail for tail in tails if folded_words(tail) in shorter), title)


def _confirmed(headings: Iterable[str], said: Sequence[str]) -> str | None:
    """The first heading that somebody says word for word, in the spacing of who says it."""
    for heading in headings:
        words = folded_words(heading)
        title = next((title for title in said if folded_words(title) == words), None)
        if title:
            return title if _unspaced(title) == _unspaced(heading) else heading
    return None


def _named_in(headings: Iterable[str], said: Sequence[str]) -> str | None:
    """The first heading that makes up half, in a row, of a part of a title."""
    parts = [words for title in said for words in _parts(title)]
    for heading in headings:
        words = folded_words(heading)
        if len(words) >= _MIN_TITLE and any(_is_half(words, part) for part in parts):
            return heading
    return None


def _named_whole(headings: Iterable[str], said: Sequence[str]) -> str | None:
    """The first heading that is a whole part of a title."""
    parts = {words for title in said for words in _parts(title)}
    named = (h for h in headings if len(words := folded_words(h)) >= _MIN_TITLE and words in parts)
    return next(named, None)


def _parts(title: str) -> Iterator[tuple[str, ...]]:
    return (folded_words(part) for part in (title, *_PART.split(title)))


def _is_half(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return len(words) * 2 >= len(part) and phrase(words) in phrase(part)


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _without_site(title: str, names: frozenset[str]) -> str:
    """The title without parts at either end that are one of the names, and what follows these."""
    title = _PAGE_NUMBER.sub("", title)
    domain = _DOMAIN.match(title)
    if domain and is_site_name(domain[0], names):
        return _without_site(title[domain.end() + 1 :], names)
    cuts = list(_SEPARATOR.finditer(title))
    ends = [*(cut.start() for cut in cuts), len(title)]
    for cut, end in zip(cuts, ends[1:], strict=True):
        if is_site_name(title[cut.end() : end], names):
            return _without_site(title[: cut.start()], names)
    if cuts and is_site_name(title[: cuts[0].start()], names):
        return _without_site(title[cuts[0].end() :], names)
    return title.strip()


def repeats_title(text: str, title: str) -> bool:
    """Whether a block is the headline again: whole, most of it, or with a label glued before.

    `NewsHarbour bridge closes` and `News Harbour bridge closes` repeat `Harbour bridge closes`.
    """
    words, wanted = folded_words(text), folded_words(title)
    if not words or not wanted:
        return False
    return words == wanted or _is_part(words, wanted) or _ends_with(words, wanted)


def _is_part(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Whether the words are more than half of the title, in a row, and enough to be no chance."""
    enough = len(words) * 2 > len(title) and len(words) >= _MIN_PART
    return enough and phrase(words) in phrase(title)


def _ends_with(words: tuple[str, ...], title: tuple[str, ...]) -> bool:
    """Whether the words are the title with a label of a word or two before it."""
    label = len(words) - len(title)
    if len(title) < _MIN_TITLE or not 0 <= label <= _MAX_LABEL:
        return False
    return words[label + 1 :] == title[1:] and words[label].endswith(title[0])
