"""Every block of the docs is looked at, by test_snippets.py or here; so is every exception."""

import re
import tomllib
from pathlib import Path

import pytest
from doc_pages import Block, all_blocks, blocks_of, commands_of
from doc_table import entry_of, exception_of, table, without_entry

from crawler.site import load_site

#: What is run by test_snippets.py, and what is loaded.
_RUN, _LOADED = ("sh", "cron", "python"), ("toml", "json")


def test_fences_are_found_as_markdown_has_them() -> None:
    page = "a\n```sh\nls\n```\n- b:\n  ~~~text\n  c\n    d\n  ~~~\n"
    page += "```{toctree}\nx\n```\n```\nbare\n```\n"
    found = [(one.line, one.language, one.text) for one in blocks_of("p.md", page)]
    assert found == [(2, "sh", "ls\n"), (6, "text", "c\n  d\n"), (13, "", "bare\n")]


def test_a_block_below_the_name_of_a_file_is_that_file() -> None:
    page = "Save it as `a/b.toml`:\n\n```toml\nx = 1\n```\nAs in `a/b.toml`:\n```sh\nls\n```\n"
    assert [one.file for one in blocks_of("p.md", page)] == ["a/b.toml", ""]


def test_comments_and_continued_lines_are_told_from_commands() -> None:
    text = "# all\nscrapy a \\\n  -b   # c\nscrapy d '#e'\n\ncat <<'END'\n# f\nEND\n"
    found = commands_of(Block("p.md", 1, "sh", text))
    assert found == ["scrapy a    -b", "scrapy d '#e'", "cat <<'END'\n# f\nEND"]
    cron = Block("p.md", 1, "cron", "MAILTO=a@b.c\n5 3 * * 0  cd x && y\n")
    assert commands_of(cron) == ["cd x && y"]


@pytest.mark.parametrize("block", all_blocks(), ids=str)
def test_every_block_is_looked_at(block: Block) -> None:
    assert block.language, "name its language: sh, python, toml, json, text, ..."
    looked_at = block.language in (*_RUN, *_LOADED) or block.file or block.is_output
    looked_at = looked_at or entry_of(block) is not None
    assert looked_at, "say in tests/docs/exceptions.toml which command says this, or why none does"


@pytest.mark.parametrize("block", without_entry("toml"), ids=str)
def test_toml_is_a_site_or_a_rule(block: Block, tmp_path: Path) -> None:
    declared = tomllib.loads(block.text)
    if "domain" not in declared:
        # tests/test_readme.py has the rule catch and leave what it says
        assert set(declared) == {"line"}
        return
    path = tmp_path / f"{declared['domain']}.toml"
    path.write_text(block.text, "utf-8")
    assert load_site(path).domain == declared["domain"]


def test_every_exception_is_needed() -> None:
    blocks = all_blocks()
    commands = [one for block in blocks if block.language in _RUN for one in commands_of(block)]
    texts = "".join(block.text for block in blocks)
    python = "".join(block.text for block in blocks if block.language == "python")
    used = set(map(exception_of, commands))
    assert [one.line for one in table().line if one not in used] == []
    assert [one.has for one in table().shown if one.has not in texts] == []
    assert [one.has for one in table().shown if not (one.command or one.reason)] == []
    assert [text for one in table().python for text in one.has if text not in python] == []
    words = table().words
    assert [
        word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", texts)
    ] == []
    assert [name for name in table().names if not re.search(rf"\b{name}\b", python)] == []
