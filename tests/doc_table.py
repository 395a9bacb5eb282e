"""`tests/docs/exceptions.toml`: what of the docs is run otherwise than as it stands."""

import re
from functools import cache
from pathlib import Path

import msgspec
from doc_pages import ROOT, Block, all_blocks


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command that is run otherwise; the table itself says what each key is."""

    line: str
    reason: str
    instead: str = "{line}"
    before: str = ""
    exit: int = 0
    until: str = ""
    needs: str = ""
    options: bool = False

    def script(self, line: str) -> str:
        """What is run in place of the line."""
        program = re.split(r" -(?!m )", line)[0]
        return self.instead.replace("{line}", line).replace("{program}", program)


class Python(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Snippets that are run by another test."""

    has: tuple[str, ...]
    reason: str


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A block that shows what a command says; without one it is looked at elsewhere, or nowhere."""

    has: str
    reason: str = ""
    command: str = ""
    exit: int = 0


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    words: dict[str, str]
    names: dict[str, str]
    line: tuple[Line, ...] = ()
    python: tuple[Python, ...] = ()
    shown: tuple[Shown, ...] = ()


@cache
def table() -> Table:
    """The table, read once."""
    path: Path = ROOT / "tests" / "docs" / "exceptions.toml"
    return msgspec.toml.decode(path.read_bytes(), type=Table)


def exception_of(command: str) -> Line | None:
    """The entry of a command, if it has one."""
    return next((one for one in table().line if re.fullmatch(one.line, command)), None)


def in_world(text: str, facts: dict[str, str]) -> str:
    """A command or a snippet, with what stands for something replaced by what that is here."""
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in table().words)
    text = re.sub(words, lambda found: table().words[found[0]], text)
    for name, fact in facts.items():
        text = text.replace(f"{{{name}}}", fact)
    return text


def entry_of(block: Block) -> Shown | None:
    """The entry of a block that shows something, if it has one."""
    return next((one for one in table().shown if one.has in block.text), None)


def without_entry(language: str) -> list[Block]:
    """All blocks of a language that have no such entry."""
    return [block for block in all_blocks(language) if not entry_of(block)]
