"""Every other block of the docs loads, or is what a command really says; each is looked at."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from doc_pages import Block, all_blocks, blocks_of, commands_of
from doc_table import Shown, exception_of, in_world, table
from doc_world import World
from jsonschema import Draft202012Validator

from cleaning.schema import generate_schema
from crawler.golden.expectation import Expected
from crawler.site import load_site

#: What is run by test_snippets.py, and what is loaded here.
_RUN, _LOADED = ("sh", "cron", "python"), ("toml", "json")
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


def _shown(block: Block) -> Shown | None:
    return next((one for one in table().shown if one.has in block.text), None)


def test_fences_are_found_as_markdown_has_them() -> None:
    page = "a\n```sh\nls\n```\n- b:\n  ~~~text\n  c\n    d\n  ~~~\n"
    page += "```{toctree}\nx\n```\n```\nbare\n```\n"
    found = [(one.line, one.language, one.text) for one in blocks_of("p.md", page)]
    assert found == [(2, "sh", "ls\n"), (6, "text", "c\n  d\n"), (13, "", "bare\n")]


def test_comments_and_continued_lines_are_told_from_commands() -> None:
    text = "# all\nscrapy a \\\n  -b   # c\nscrapy d '#e'\n\n"
    assert commands_of(Block("p.md", 1, "sh", text)) == ["scrapy a    -b", "scrapy d '#e'"]
    cron = Block("p.md", 1, "cron", "MAILTO=a@b.c\n5 3 * * 0  cd x && y\n")
    assert commands_of(cron) == ["cd x && y"]


@pytest.mark.parametrize("block", all_blocks(), ids=str)
def test_every_block_is_looked_at(block: Block) -> None:
    assert block.language, "name its language: sh, python, toml, json, text, ..."
    looked_at = block.language in (*_RUN, *_LOADED) or _shown(block)
    assert looked_at, "say in tests/docs/exceptions.toml which command says this"


@pytest.mark.parametrize("block", all_blocks("toml"), ids=str)
def test_toml_is_a_site_or_a_rule(block: Block, tmp_path: Path) -> None:
    declared = tomllib.loads(block.text)
    if "domain" not in declared:
        # tests/test_readme.py has the rule catch and leave what it says
        assert set(declared) == {"line"}
        return
    path = tmp_path / f"{declared['domain']}.toml"
    path.write_text(block.text, "utf-8")
    assert load_site(path).domain == declared["domain"]


@pytest.mark.parametrize("block", all_blocks("json"), ids=str)
def test_json_is_what_it_is_shown_as(block: Block, first_world: tuple[World, object]) -> None:
    """A record as the newsroom gives it, a line of the audit, or what a golden page expects."""
    shown = json.loads(block.text)
    world = first_world[0].folder / "output"
    if "schema" in shown:
        Draft202012Validator(generate_schema()).validate(shown)
        assert _stable(shown) == _stable(_line(world, "articles", shown["id"]))
    elif "version" in shown:
        assert shown == _line(world, "removed", shown["id"])
    else:
        assert msgspec.convert(shown, Expected)


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
    "block", [one for one in all_blocks() if (entry := _shown(one)) and entry.command], ids=str
)
def test_what_is_shown_is_said(block: Block, make_world: Callable[[], World]) -> None:
    entry, world = _shown(block), make_world()
    assert entry
    ran = world.run(in_world(entry.command, world.facts))
    said = (ran.out + ran.err).replace(f"{world.folder}/", "").splitlines()
    assert ran.code == entry.exit, said
    real = iter(map(_plain, said))
    for line in filter(str.strip, block.text.splitlines()):
        pattern = ".*".join(map(re.escape, re.split(r"\.\.\.|…", _plain(line))))
        found = any(re.fullmatch(pattern, one) for one in real)
        assert found, "\n".join([line, "is not said, or not there:", *said])


def _plain(line: str) -> str:
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line.strip()


def test_every_exception_is_needed() -> None:
    blocks = all_blocks()
    commands = [one for block in blocks if block.language in _RUN for one in commands_of(block)]
    texts = "".join(block.text for block in blocks)
    python = "".join(block.text for block in blocks if block.language == "python")
    used = set(map(exception_of, commands))
    assert [one.line for one in table().line if one not in used] == []
    assert [one.has for one in table().shown if one.has not in texts] == []
    assert [text for one in table().python for text in one.has if text not in python] == []
    words = table().words
    assert [
        word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", texts)
    ] == []
    assert [name for name in table().names if not re.search(rf"\b{name}\b", python)] == []
