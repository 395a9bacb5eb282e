"""Links between the project's Markdown files lead somewhere, as a git host reads them.

`make docs` checks the same of the built site, where MyST names the anchors.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

_ROOT = Path(__file__).parent.parent
_PAGES = sorted(
    path
    for pattern in ("*.md", "*/*.md", "crawler/**/*.md")
    for path in _ROOT.glob(pattern)
    if not path.relative_to(_ROOT).parts[0].startswith(".")
)
_MARKDOWN = MarkdownIt().enable("table")
_TEXTS = {"text", "code_inline"}


def _inner(token: Token) -> list[Token]:
    return token.children or []


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings by GitHub's rule; a repeated one is numbered."""
    tokens = _MARKDOWN.parse(markdown)
    seen: Counter[str] = Counter()
    found = set()
    for before, token in pairwise(tokens):
        if before.type == "heading_open":
            title = "".join(child.content for child in _inner(token) if child.type in _TEXTS)
            slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
            seen[slug] += 1
    return found


def links(markdown: str) -> Iterator[str]:
    """Where links and pictures of a page lead, but for those to other hosts."""
    for token in _MARKDOWN.parse(markdown):
        for child in _inner(token):
            target = child.attrGet("href") or child.attrGet("src")
            if target and not re.match(r"[a-z]+:", str(target)):
                yield str(target)


@cache
def _anchors_of(page: Path) -> set[str]:
    return anchors(page.read_text("utf-8"))


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / unquote(path)).resolve() if path else page
    return target.exists() and (not anchor or anchor in _anchors_of(target))


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(_ROOT)))
def test_links_lead_to_files_and_headings(page: Path) -> None:
    found = sorted(links(page.read_text("utf-8")))
    assert [link for link in found if not _leads_somewhere(page, link)] == []


def test_all_pages_are_looked_at() -> None:
    names = {str(page.relative_to(_ROOT)) for page in _PAGES}
    assert names >= {"README.md", "docs/sites.md", "benchmarks/RESULTS.md", "output/README.md"}
    assert sum(len(list(links(page.read_text("utf-8")))) for page in _PAGES) > 100


@pytest.mark.parametrize(
    ("markdown", "anchor"),
    [
        ("## The record `article/1`", "the-record-article1"),
        ("## `scrapy import-rules`", "scrapy-import-rules"),
        ("## What *you* see: [here](there.md)!", "what-you-see-here"),
        ("## `import_rules`, again", "import_rules-again"),
        ("# Same\n\n## Same", "same-1"),
        ("# 为什么", "为什么"),
    ],
)
def test_anchors_are_those_of_github(markdown: str, anchor: str) -> None:
    assert anchor in anchors(markdown)


def test_what_is_code_is_neither_heading_nor_link() -> None:
    markdown = "```sh\n# no heading, and [no link](nowhere.md)\n```\n`[no](link.md)`"
    assert not anchors(markdown)
    assert not list(links(markdown))
