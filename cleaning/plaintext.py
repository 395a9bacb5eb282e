"""Reads a text that an older scraper left: a headline, lines, and residue without markup."""

import re
from collections.abc import Sequence

from cleaning.article import Author
from cleaning.author import read_byline
from cleaning.block import Block
from cleaning.characters import one_line, tidy, without_forbidden
from cleaning.error import Refused
from cleaning.metadata import Metadata
from cleaning.page import Page
from cleaning.sourced import Considered
from cleaning.title import repeats_title

_BULLET = re.compile(r"^[•‣◦▪*·–-]\s+")
_MAX_TITLE_WORDS = 40
# How far down bylines are believed, in lines.
_TOP = 12


def read_lines(body: bytes) -> tuple[str, ...]:
    """The lines of a UTF-8 text, tidied, without empty ones.

    Raises:
        Refused: `empty-page` where there are none.
    """
    text = without_forbidden(body.decode("utf-8", errors="replace"))
    lines = tuple(filter(None, (tidy(line) for line in text.splitlines())))
    if not lines:
        raise Refused("empty-page", "the text has no content")
    return lines


def text_blocks(lines: Sequence[str]) -> tuple[Block, ...]:
    """Each line as a block: list items by their bullets, the rest as paragraphs."""
    return tuple(
        Block("list-item", _BULLET.sub("", line))
        if _BULLET.match(line)
        else Block("paragraph", line)
        for line in lines
    )


def read_text_metadata(lines: Sequence[str], page: Page) -> Metadata:
    """What the first lines and the lead say: the title, and authors by their byline's label."""
    stated = page.lead.title if page.lead else None
    title = one_line(stated) if stated else _title(lines)
    authors = _authors(lines)
    source = "lead" if stated else "text"
    return Metadata(
        title=title,
        titles=(title,) if title else (),
        authors=authors,
        language=page.lead.language if page.lead else None,
        sources={
            **({"title": source} if title else {}),
            **({"authors": "byline"} if authors else {}),
        },
        considered_titles=(Considered(source, title, 1, won=True),) if title else (),
        considered_authors=(Considered("byline", authors, 1, won=True),) if authors else (),
        is_article=True,
    )


def _title(lines: Sequence[str]) -> str | None:
    """The first line, or the second where the first is it with a section label glued before."""
    first, second = (*lines[:2], "")[:2]
    title = (
        second if second and repeats_title(first, second) and len(second) < len(first) else first
    )
    return title if len(title.split()) <= _MAX_TITLE_WORDS else None


def _authors(lines: Sequence[str]) -> tuple[Author, ...]:
    labelled = (read_byline(line) for line in lines[1:_TOP] if len(line.split()) <= _TOP)
    return next(filter(None, labelled), ())
