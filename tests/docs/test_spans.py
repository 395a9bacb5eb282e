"""Commands that stand as code within the text are known, and take the options that are given."""

import re

import pytest
from doc_pages import ROOT, spans
from doc_world import World

#: Commands whose first word says what is to be done.
_OF_TWO_WORDS = ("scrapy golden", "scrapy ledger", "scrapy sites")
_PROGRAM = re.compile(r"scrapy [a-z-]+|make [a-z-]+|python -m [\w.]+|pytest")
_PROGRAMS = sorted({found[0] for _, span in spans() if (found := _PROGRAM.match(span))})


@pytest.mark.parametrize("program", _PROGRAMS)
def test_commands_take_what_the_text_gives_them(
    program: str, first_world: tuple[World, object]
) -> None:
    target = program.startswith("make ")
    help_of = f"cd {ROOT} && {program} --dry-run" if target else f"{program} --help"
    ran = first_world[0].run(help_of)
    assert ran.code == 0, ran
    given = [
        (page, span, word)
        for page, span in spans()
        if span.startswith(f"{program} ") and not target
        for word in _to_be_known(program, span)
    ]
    known = set(re.findall(r"(?<![\w-])[\w-]+", ran.out))
    assert [one for one in given if one[-1] not in known] == []


def _to_be_known(program: str, span: str) -> list[str]:
    """The options of a command, and what it is to do."""
    rest = span.removeprefix(program).split()
    actions = rest[:1] if program in _OF_TWO_WORDS else []
    options = [word.partition("=")[0] for word in rest if word.startswith("-")]
    return options + [word for word in actions if re.fullmatch("[a-z]+", word)]


def test_an_option_that_is_not_there_is_found() -> None:
    assert _to_be_known("scrapy ledger", "scrapy ledger prune --deep=1") == ["--deep", "prune"]
