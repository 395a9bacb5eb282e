"""Authors whom the text itself names: labelled lines, and bare names at its edges."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cleaning.article import Author
from cleaning.author_in_text import authors_in_text
from cleaning.block import Block, Style

_PROSE = Block(
    "paragraph",
    "The old bridge of Port Ellery closes for the winter, the harbour master said on Monday, and "
    "opens again when the ice has gone from the upper river and the ferries run once more.",
    belief=0.9,
)
_SITE = Author(name="The Harbour Courier", url=None, kind="organization")


def _line(text: str, belief: float = 0.8) -> Block:
    return Block("paragraph", text, belief=belief)


@pytest.mark.parametrize(
    ("blocks", "names"),
    [
        # labelled lines, wherever they stand
        ([_line("Von Ida Quayle", 0.1), _PROSE], ["Ida Quayle"]),
        ([_PROSE, _line("Autorin: Ida Quayle, Projektleiterin des Hafens.", 0.1)], ["Ida Quayle"]),
        ([_PROSE, _line("Text: Ida Quayle"), _PROSE], ["Ida Quayle"]),
        # bare names right above the first paragraph, and at the very end
        ([_line("Ida Quayle"), _PROSE], ["Ida Quayle"]),
        ([_line("Ida Quayle/Max Tal"), _PROSE], ["Ida Quayle", "Max Tal"]),
        ([_PROSE, _PROSE, _line("Ida Quayle")], ["Ida Quayle"]),
        # furniture, headings, links and other lines
        ([_line("Ida Quayle", 0.2), _PROSE], []),
        ([Block("heading", "Ida Quayle", belief=0.9), _PROSE], []),
        ([replace(_line("Ida Quayle"), style=Style(links=1.0)), _PROSE], []),
        ([_line("Ida Quayle"), _line("A pier"), _PROSE], []),
        ([_PROSE, _line("Ida Quayle"), _PROSE], []),
        ([_line("Breaking News"), _PROSE], []),
        ([_PROSE, _line("Yours, Ida")], []),
        ([_line("By Christmas"), _PROSE], []),
        ([], []),
    ],
)
def test_lines(blocks: Sequence[Block], names: list[str]) -> None:
    assert [author.name for author in authors_in_text((), blocks)] == names


@pytest.mark.parametrize(
    ("author", "found"),
    [
        (_SITE, True),
        (Author(name="Max Tal", url=None, kind="person"), False),
        (Author(name="dpa", url=None, kind="agency"), False),
        # a handle that the page shows stands against a line without a label
        (Author(name="bridgewatcher7", url=None), False),
    ],
)
def test_who_is_known_already(author: Author, found: bool) -> None:
    assert bool(authors_in_text((author,), [_line("Ida Quayle"), _PROSE])) is found
