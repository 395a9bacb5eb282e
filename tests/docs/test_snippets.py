"""Every command and every Python snippet of the docs is run, page by page, in the page's order.

What a block shows is what a command really says. Commands that stand as code within the text are
known, and take the options that are given there.
"""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doc_pages import ROOT, Block, all_blocks, commands_of, spans
from doc_table import entry_of, exception_of, in_world, table, without_entry
from doc_world import Ran, World
from jsonschema import Draft202012Validator

from cleaning.schema import generate_schema
from crawler.golden.expectation import read_expected

#: Blocks that are run.
RUN = ("sh", "cron", "python")
_IMPORT = re.compile(r"^(?:from|import) ", re.MULTILINE)
_PAGES = sorted({block.page for block in all_blocks(*RUN)})

#: Commands whose first word says what is to be done.
_OF_TWO_WORDS = ("scrapy golden", "scrapy ledger", "scrapy sites")
_PROGRAM = re.compile(r"scrapy [a-z-]+|make [a-z-]+|python -m [\w.]+|pytest")
_PROGRAMS = sorted({found[0] for _, span in spans() if (found := _PROGRAM.match(span))})
#: What is another in every run.
_VARIES = (
    (re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}"), "RUN"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "ID"),
    (re.compile(r"[\d.,:T+-]*\d"), "0"),
    (re.compile(r"\b[kMG]B\b"), "MB"),
    (re.compile(r"\s+|_{5,}"), " "),
)
#: Of the record that is shown: other in every run or release, or cut short.
_CUT = ("text", "fetched_at", "warc", "at", "also", "run_id", "rules", "engines")


@pytest.mark.parametrize("page", _PAGES)
def test_what_a_page_shows_runs(page: str, make_world: Callable[[], World]) -> None:
    world = make_world()
    blocks = [block for block in all_blocks() if block.page == page]
    # A snippet that imports nothing goes on where the one before it has left off.
    python = said = ""
    faults = []
    for block in blocks:
        if block.file:
            world.save(in_world(block.file, world.facts), in_world(block.text, world.facts))
        if block.language in {"sh", "cron"}:
            faults += _shell(block, world)
        elif block.language == "python":
            python = block.text if _IMPORT.search(block.text) else python + block.text
            ran = _python(block, python, world)
            said = ran.out
            faults += [_verdict(str(block), ran, 0)]
        elif block.is_output and (missing := _missing(block.text, said.splitlines())):
            faults += [f"{block}: {missing}\nis not said, or not there:\n{said}"]
    faults = list(filter(None, faults))
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
            prepared = world.run(in_world(exception.before, world.facts))
            assert prepared.code == 0, prepared
        script, until, code = exception.script(command), exception.until, exception.exit
    script = in_world(script, world.facts)
    if script.startswith("#!"):
        name = in_world(block.file, world.facts) or "script.sh"
        world.save(name, script)
        script = str(world.folder / name)
    ran = world.run(script, until)
    if exception and exception.options and ran.code == 0:
        unknown = [one for one in re.findall(r" (--[a-z-]+)", command) if one not in ran.out]
        if unknown:
            return f"{block}: {command}: --help does not know {unknown}"
    return _verdict(f"{block}: {command}", ran, code)


def _python(block: Block, text: str, world: World) -> Ran:
    if any(one in block.text for entry in table().python for one in entry.has):
        return Ran(0, "", "")
    if "def test_" in block.text:
        name = block.file or "test_snippet.py"
        run, text = f"pytest -p no:cacheprovider {name}", block.text
    else:
        name = block.file or "snippet.py"
        given = [f"{one} = {value}\n" for one, value in table().names.items()]
        run, text = f"python {name}", "".join(given) + text
    world.save(name, in_world(text, world.facts))
    return world.run(run)


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


@pytest.mark.parametrize("block", without_entry("json"), ids=str)
def test_json_is_what_it_is_shown_as(
    block: Block, first_world: tuple[World, object], tmp_path: Path
) -> None:
    """A record as the newsroom gives it, a line of the audit, or what a golden page expects."""
    shown = json.loads(block.text)
    world = first_world[0].folder / "output"
    if "schema" in shown:
        Draft202012Validator(generate_schema()).validate(shown)
        assert _stable(shown) == _stable(_line(world, "articles", shown["id"]))
    elif "version" in shown:
        assert shown == _line(world, "removed", shown["id"])
    else:
        path = tmp_path / "expected.json"
        path.write_text(block.text, "utf-8")
        assert read_expected(path)


def _line(output: Path, kind: str, article: str) -> Any:
    paths = (output / kind).rglob("*.jsonl")
    lines = (line for path in paths for line in path.read_bytes().splitlines())
    return next(one for one in map(json.loads, lines) if one["id"] == article)


def _stable(value: Any) -> Any:
    """A record without what is another in every run; keys in their order."""
    if isinstance(value, dict):
        return [(key, _stable(one)) for key, one in value.items() if key not in _CUT]
    return [_stable(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "block", [one for one in all_blocks() if (entry := entry_of(one)) and entry.command], ids=str
)
def test_what_is_shown_is_said(block: Block, make_world: Callable[[], World]) -> None:
    entry, world = entry_of(block), make_world()
    assert entry
    ran = world.run(in_world(entry.command, world.facts))
    said = (ran.out + ran.err).replace(f"{world.folder}/", "").splitlines()
    assert ran.code == entry.exit, said
    missing = _missing(block.text, said)
    assert not missing, "\n".join([missing, "is not said, or not there:", *said])


def _missing(shown: str, said: list[str]) -> str:
    """The first line that is shown and not said, in this order; empty where all are."""
    real = iter(map(_plain, said))
    for line in filter(str.strip, shown.splitlines()):
        pattern = ".*".join(map(re.escape, re.split(r"\.\.\.|…", _plain(line))))
        if not any(re.fullmatch(pattern, one) for one in real):
            return line
    return ""


def _plain(line: str) -> str:
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line.strip()
