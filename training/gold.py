"""Reads the corpus: pages with gold answers, and which blocks of a page its gold holds."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from cleaning.page import Page
from cleaning.sheet import Column
from crawler.source import read_source

SETS = ("extract-aeb", "extract-fundus", "extract-world", "extract-blogs", "snippets")
_WORD = re.compile(r"\w+")
# A shorter run of words in common is chance, unless it is a whole block.
_RUN = 3


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page of a set, and what its gold says: the whole text, or sentences in and out."""

    set: str
    page: Page
    gold: dict[str, Any]

    @property
    def text(self) -> str | None:
        """The whole text, where gold has it."""
        if "paragraphs" in self.gold:
            return "\n".join(_paragraphs(self.gold["paragraphs"]))
        return self.gold.get("text")


def read_gold_pages(corpus: Path) -> Iterator[GoldPage]:
    """All pages of all sets that have gold; a folder without them ends the program."""
    for name in SETS:
        gold_file = corpus / f"{name}.gold.jsonl"
        if not gold_file.exists():
            sys.exit(f"{gold_file}: is not there; name the corpus' folder with --corpus")
        lines = gold_file.read_text("utf-8").rstrip("\n").split("\n")
        gold = {one["url"]: one for one in map(json.loads, lines)}
        for page in read_source(corpus / f"{name}.warc.gz"):
            if isinstance(page, Page) and page.url in gold:
                yield GoldPage(name, page, gold.pop(page.url))


def labels(gold: GoldPage, texts: Sequence[str]) -> Column:
    """For each text of a page the share of it that is the article's, 0-1; NaN where unknown."""
    if gold.text is not None:
        return _aligned(texts, gold.text)
    wanted, unwanted = (list(map(_flat, gold.gold.get(key, []))) for key in ("with", "without"))
    flat = [_flat(text) for text in texts]
    return np.array([_by_sentences(text, wanted, unwanted) for text in flat], dtype=np.float64)


def _by_sentences(text: str, wanted: Sequence[str], unwanted: Sequence[str]) -> float:
    if any(sentence in text for sentence in unwanted):
        return 0.0
    return 1.0 if any(sentence in text for sentence in wanted) else float("nan")


def _aligned(texts: Sequence[str], gold: str) -> Column:
    """The page's words laid beside gold's, in order: what matches in runs is the article's."""
    per_text = [_words(text) for text in texts]
    owner = [at for at, words in enumerate(per_text) for _ in words]
    said = [word for words in per_text for word in words]
    hits = np.zeros(len(texts))
    sizes = np.array([max(1, len(words)) for words in per_text])
    matcher = SequenceMatcher(None, said, _words(gold), autojunk=False)
    for match in matcher.get_matching_blocks():
        found = np.bincount(owner[match.a : match.a + match.size], minlength=len(texts))
        hits += found if match.size >= _RUN else np.where(found == sizes, found, 0)
    return hits / sizes


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(body: Any) -> list[str]:
    """The paragraphs of a list, or of {summary, sections: [{headline, paragraphs}]}."""
    if isinstance(body, list):
        return [text for text in body if text]
    texts = list(body.get("summary", []))
    for section in body.get("sections", []):
        texts += [*section.get("headline", []), *section.get("paragraphs", [])]
    return [text for text in texts if text]
