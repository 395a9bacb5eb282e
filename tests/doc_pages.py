"""What the project's Markdown holds: fenced blocks, the commands in them, and code within lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: The folders that have Markdown of ours; what crawls and builds leave has none.
_FOLDERS = ("benchmarks", "crawler", "docs", "output", "training")
_FENCE = re.compile(r"(?P<margin> *)(?P<fence>```+|~~~+) *(?P<info>\S*)")
_FILE = re.compile(r"`([^`\s]+\.\w{1,5})`[:.]$")
_COMMENT = re.compile(r"(?:^|\s+)#(?: .*)?$")
_HERE = re.compile(r"<<\s*['\"]?(\w+)")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_COMMAND = re.compile(r"(?:scrapy|make|pytest|python -m) .+")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: where it stands, seen from the project's root.
        line: of its opening fence, from 1.
        language: what stands behind that; empty where nothing does.
        text: all lines between the fences, with their ends.
        file: the file that it is, where the text before it ends with a name: "`site.toml`:".
        is_output: whether it is a `text` right below Python, so what that says.
    """

    page: str
    line: int
    language: str
    text: str
    file: str = ""
    is_output: bool = False

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def page_names() -> tuple[str, ...]:
    """All Markdown of the project, seen from its root."""
    paths = [
        *ROOT.glob("*.md"),
        *(path for name in _FOLDERS for path in ROOT.glob(f"{name}/**/*.md")),
    ]
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in paths))


def blocks_of(page: str, text: str) -> Iterator[Block]:
    """The fenced blocks of a page in their order, without MyST's directives (```{toctree})."""
    lines = enumerate(text.splitlines(keepends=True), start=1)
    before = above = ""
    for number, line in lines:
        opened = _FENCE.match(line)
        if not opened:
            before = line.strip() or before
            above = "" if line.strip() else above
            continue
        inside = []
        for _, inner in lines:
            if inner.strip() == opened["fence"]:
                break
            inside.append(inner.removeprefix(opened["margin"]))
        if not opened["info"].startswith("{"):
            block = _block(page, number, opened["info"], "".join(inside), before)
            yield replace(block, is_output=(above, block.language) == ("python", "text"))
        before, above = "", opened["info"]


def _block(page: str, line: int, language: str, text: str, before: str) -> Block:
    named = _FILE.search(before)
    # Commands are no file, but a script is.
    is_file = language not in {"sh", "cron", "text"} or text.startswith("#!")
    return Block(page, line, language, text, named[1] if named and is_file else "")


def all_blocks(*languages: str) -> list[Block]:
    """The blocks of all pages; of these languages, where any are named."""
    blocks = (
        block
        for page in page_names()
        for block in blocks_of(page, (ROOT / page).read_text("utf-8"))
    )
    return [block for block in blocks if not languages or block.language in languages]


def commands_of(block: Block) -> list[str]:
    """The commands of a block, without their comments; a script (`#!`) is one command."""
    if block.text.startswith("#!"):
        return [block.text]
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "cron":
        # What cron hands to the shell; variables are for cron itself.
        lines = [line.split(maxsplit=5)[-1] for line in lines if not re.match(r"[A-Z]+=", line)]
    commands = []
    rest = iter(lines)
    for line in rest:
        # What the shell is to read up to a word (<<'END') belongs to the line.
        if here := _HERE.search(line):
            commands.append("\n".join([line, *_up_to(here[1], rest)]))
        elif command := _COMMENT.sub("", line).strip():
            commands.append(command)
    return commands


def _up_to(word: str, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line == word:
            return


def spans() -> list[tuple[str, str]]:
    """Each command that stands in a line of text as code, with its page."""
    found = set()
    for page in page_names():
        text = (ROOT / page).read_text("utf-8")
        for block in blocks_of(page, text):
            text = text.replace(block.text, "")
        found |= {(page, span) for span in _SPAN.findall(text) if _COMMAND.fullmatch(span)}
    return sorted(found)
