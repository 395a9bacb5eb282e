"""Features of what a block says: its wording, its links, and what the page's metadata says too."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from cleaning.characters import ends_sentence, folded_words, phrase
from cleaning.phrase import residue_heading, residue_line
from cleaning.scene import Columns, Scene
from cleaning.sheet import Column, Sheet, Words, column, share_in

_UNKNOWN = math.nan
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b")
_TAGS = {
    tag: number
    for number, tag in enumerate(
        "p div li h1 h2 h3 h4 h5 h6 td tr blockquote figcaption section article header footer"
        " dd dt pre ul body center aside address form button".split()
    )
}
_KINDS = {"paragraph": 0, "heading": 1, "list-item": 2, "quote": 3, "table-row": 4, "caption": 5}
_TO_PERSON = re.compile(r"author|autor|/people/|mailto:|profile|/by/|staff")
_TO_SUBSCRIBE = re.compile(r"newsletter|subscri|sign-?up|register|login|/abo")
# Fewer words than this are found in other texts by chance.
_CHANCE = 3
_TITLE_WORD = 3


def wording(scene: Scene) -> Columns:
    """How a block is written, and what the table of residue says of it."""
    return _writing(scene) | _phrases(scene)


def _writing(scene: Scene) -> Columns:
    blocks, words = scene.blocks, scene.words
    count = Counter(scene.sheet.words)
    frequent, vocabulary = _words_of_text(scene.sheet)
    texts = [block.text for block in blocks]
    starts = [text[:_START].split() for text in texts]
    prose = phrase(
        word
        for all_words, is_prose in zip(scene.sheet.words, scene.sheet.prose, strict=True)
        if is_prose
        for word in all_words
    )
    return {
        "words": np.log1p(column(map(len, words))),
        "word_length": column(len(t) / max(1, len(w)) for t, w in zip(texts, words, strict=True)),
        "capitalised": column(_share(start, _is_capitalised) for start in starts),
        "capitals": column(_share(start, _is_in_capitals) for start in starts),
        "digits": column(_share(text[:_START], str.isdigit) for text in texts),
        "starts_with_digit": column(text[0].isdigit() for text in texts),
        "starts_quoted": column(text[0] in "\"“„«‘'" for text in texts),
        "ends_sentence": column(ends_sentence(text) for text in texts),
        "exclaims": column("!" in text for text in texts),
        "divided": column(any(sign in text for sign in "|·•»›") for text in texts),
        "names_date": column(bool(_DATE.search(text)) for text in texts),
        "bold": column(block.style.bold for block in blocks),
        "italics": column(block.style.italics for block in blocks),
        "kind": column(_KINDS[block.kind] for block in blocks),
        "tag": column(_TAGS.get(block.place.tag, len(_TAGS)) for block in blocks),
        "times_on_page": column(min(count[w], 5) for w in words),
        "times_in_prose": column(
            min(prose.count(phrase(w)), 3) if len(w) > _CHANCE else 0 for w in words
        ),
        "frequent_words": column(_share(w, frequent.__contains__) for w in words),
        "shared_words": column(
            _share([x for x in w if len(x) >= _LONG_WORD], vocabulary.__contains__) for w in words
        ),
    }


# How a block is written shows in its first characters.
_START = 200
_LONG_WORD = 5
_FREQUENT = 3


def _words_of_text(sheet: Sheet) -> tuple[set[str], set[str]]:
    """The frequent words of what was surely taken, and all of its long ones."""
    counts = Counter(word for at in sheet.sure for word in sheet.words[at])
    frequent = {word for word, count in counts.items() if count >= _FREQUENT}
    return frequent, {word for word in counts if len(word) >= _LONG_WORD}


def _share(values: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, values)) / len(values) if values else 0.0


def _is_capitalised(word: str) -> bool:
    return word[:1].isupper()


def _is_in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _phrases(scene: Scene) -> Columns:
    """What the table of residue says of the rows."""
    texts = [block.text for block in scene.blocks]
    return {
        "residue_phrase": column(residue_line(text) is not None for text in texts),
        "since_residue_heading": _since([residue_heading(text) is not None for text in texts]),
    }


def _since(marks: Sequence[bool], most: int = 30) -> Column:
    """How many rows ago the last mark was."""
    since, found = most, []
    for mark in marks:
        since = 0 if mark else min(most, since + 1)
        found.append(since)
    return column(found)


def links(scene: Scene) -> Columns:
    """How much of a block is links, and where they lead."""
    targets = [block.style.targets for block in scene.blocks]
    return {
        "links": column(block.style.links for block in scene.blocks),
        "link_count": column(min(target.count(" "), 20) for target in targets),
        "to_person": column(bool(_TO_PERSON.search(target)) for target in targets),
        "to_subscribe": column(bool(_TO_SUBSCRIBE.search(target)) for target in targets),
    }


def metadata(scene: Scene) -> Columns:
    """How much of a block the page says of itself: in title, description, authors and name."""
    said = scene.metadata
    titles = [folded_words(title) for title in said.titles]
    title = {word for word in (titles[0] if titles else ()) if len(word) >= _TITLE_WORD}
    description = folded_words(said.description or "")
    described, phrased = set(description), phrase(description)
    authors = {word for author in said.authors for word in folded_words(author.name)}
    publisher = set(folded_words(said.publisher or ""))
    in_titles = [phrase(one) for one in titles]
    words = scene.words
    return {
        "title_covered": column(_covered(title, w) for w in words),
        "is_title": column(any(w == one for one in titles) for w in words),
        "in_title": column(
            len(w) >= _CHANCE and any(phrase(w) in one for one in in_titles) for w in words
        ),
        "description_covered": column(
            _covered(described, w) if described else _UNKNOWN for w in words
        ),
        "in_description": column(share_in(w, phrased) if len(w) > _CHANCE else 0.0 for w in words),
        "names_author": column(
            _share(w, authors.__contains__) if authors else _UNKNOWN for w in words
        ),
        "names_publisher": column(_share(w, publisher.__contains__) for w in words),
        "in_body_data": column(share_in(w, scene.body) if scene.body else _UNKNOWN for w in words),
    }


def _covered(wanted: set[str], words: Words) -> float:
    return len(wanted.intersection(words)) / len(wanted) if wanted else 0.0
