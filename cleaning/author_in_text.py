"""Finds authors whom the article's text names, above its first sentences or below its last."""

from collections.abc import Iterator, Sequence
from itertools import chain

from cleaning.article import Author
from cleaning.author import are_named, read_line
from cleaning.author_kind import is_full_name
from cleaning.block import Block
from cleaning.byline import is_byline
from cleaning.byline_words import split_names
from cleaning.residue import is_prose

#: From this belief on a block is the article's; furniture is full of what looks like names.
_BELIEVED = 0.5
#: The shortest sentence is longer.
_MAX_LINE = 90


def authors_in_text(authors: Sequence[Author], blocks: Sequence[Block]) -> tuple[Author, ...]:
    """The authors by a line of the text; none where data and markup name somebody, or nobody does.

    Args:
        authors: who is known so far.
        blocks: the candidates for the text, with the judge's belief in each.
    """
    if are_named(authors):
        return ()
    labelled = (block.text for block in blocks if is_byline(block.text))
    # A single name that the page shows stands against a line without a label.
    is_open = all(author.kind == "organization" for author in authors)
    lines = chain(labelled, _bare_names(blocks) if is_open else ())
    found = (named for line in lines if are_named(named := read_line(line)))
    return next(found, ())


def _bare_names(blocks: Sequence[Block]) -> Iterator[str]:
    """Whole names alone on the line above the first paragraph, or on the last line of all."""
    own = [block for block in blocks if block.belief is not None and block.belief >= _BELIEVED]
    start = next((at for at, block in enumerate(own) if is_prose(block)), 0)
    for block in (*own[max(start - 1, 0) : start], *own[start + 1 :][-1:]):
        if block.kind == "paragraph" and not block.style.links and _is_of_names(block.text):
            yield block.text


def _is_of_names(line: str) -> bool:
    names = list(split_names(line)) if len(line) <= _MAX_LINE else []
    whole = bool(names) and all(map(is_full_name, names))
    return whole and line.startswith(names[0]) and line.endswith(names[-1])
