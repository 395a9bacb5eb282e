"""Every command and every Python snippet of the docs is run, page by page, in the page's order.

Commands that stand as code within the text are known, and take the options that are given there.
"""

import re
import shutil
from collections.abc import Callable

import pytest
from doc_pages import ROOT, Block, all_blocks, commands_of, spans
from doc_table import exception_of, in_world, table
from doc_world import Ran, World

#: Blocks that are run.
RUN = ("sh", "cron", "python")
_PAGES = sorted({block.page for block in all_blocks(*RUN)})

#: Commands whose first word says what is to be done.
_OF_TWO_WORDS = ("scrapy golden", "scrapy ledger", "scrapy sites")
_PROGRAM = re.compile(r"scrapy [a-z-]+|make [a-z-]+|python -m [\w.]+|pytest")
_PROGRAMS = sorted({found[0] for _, span in spans() if (found := _PROGRAM.match(span))})


@pytest.mark.parametrize("page", _PAGES)
def test_what_a_page_shows_runs(page: str, make_world: Callable[[], World]) -> None:
    world = make_world()
    faults = [
        fault
        for block in all_blocks(*RUN)
        if block.page == page
        for fault in (_python(block, world) if block.language == "python" else _shell(block, world))
    ]
    assert not faults, "\n\n".join(faults)


def _shell(block: Block, world: World) -> list[str]:
    return list(filter(None, (_command(one, block, world) for one in commands_of(block))))


def _command(command: str, block: Block, world: World) -> str:
    """What is wrong with a command; empty where nothing is."""
    exception = exception_of(command)
    script, until, code = command, "", 0
    if exception:
        if exception.needs and not shutil.which(exception.needs):
            return ""
        if exception.before:
            world.run(in_world(exception.before, world.facts))
        script, until, code = exception.script(command), exception.until, exception.exit
    script = in_world(script, world.facts)
    if script.startswith("#!"):
        (world.folder / "script.sh").write_text(script, "utf-8")
        script = "chmod +x script.sh && ./script.sh"
    ran = world.run(script, until)
    if exception and exception.options and ran.code == 0:
        unknown = [one for one in re.findall(r" (--[a-z-]+)", command) if one not in ran.out]
        if unknown:
            return f"{block}: {command}: --help does not know {unknown}"
    return _verdict(f"{block}: {command}", ran, code)


def _python(block: Block, world: World) -> list[str]:
    if any(text in block.text for one in table().python for text in one.has):
        return []
    snippet = in_world(block.text, world.facts)
    if "def test_" in snippet:
        name, run = "test_snippet.py", "pytest -p no:cacheprovider test_snippet.py"
    else:
        name, run = "snippet.py", "python snippet.py"
        given = [f"{name} = {value}\n" for name, value in table().names.items()]
        snippet = "".join(given) + snippet
    (world.folder / name).write_text(snippet, "utf-8")
    return list(filter(None, [_verdict(str(block), world.run(run), 0)]))


def _verdict(what: str, ran: Ran, code: int) -> str:
    return "" if ran.code == code else f"{what}\nexit code {ran.code}\n{ran.out}{ran.err}"


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
