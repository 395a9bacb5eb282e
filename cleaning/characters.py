"""Characters: what a text may hold, and how its words are counted."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Zero-width space, joiner marks used as padding, word joiner, BOM and soft hyphen. The zero-width
# joiner and non-joiner stay: Persian, Hindi and emoji are written with them.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u200e\u200f\u202a\u202c]")
_BLANKS = re.compile(r"[^\S\n]+")
# Control characters, lone surrogates and non-characters: XML 1.0 section 2.2 forbids them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔][\"'”’»«)\]」』›]*$")
# A word, or one character of a script that is written without spaces.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff]+"
)


def without_forbidden(text: str) -> str:
    """The text without characters that neither XML nor valid UTF-8 can carry."""
    return _FORBIDDEN.sub("", text)


def tidy(text: str) -> str:
    """The text with plain blanks, no invisible padding, in NFC; single line breaks are kept."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    if "\n" not in text:
        return " ".join(text.split())
    return "\n".join(filter(None, (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))))


def one_line(text: str) -> str:
    """The text on one line, tidied: what a title, name or label is kept as."""
    return tidy(without_forbidden(text)).replace("\n", " ")


def words_of(text: str) -> list[str]:
    """The words of a text; in scripts without spaces every character counts as one."""
    return _WORD.findall(text)


@lru_cache(maxsize=4_096)
def count_words(text: str) -> int:
    """The number of `words_of` a text; many stages ask it of the same blocks."""
    return len(_WORD.findall(text))


@lru_cache(maxsize=4_096)
def folded_words(text: str) -> tuple[str, ...]:
    """The words of a text, comparable: NFKC, case folded, no punctuation."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return tuple(words_of(plain.casefold()))


def phrase(words: Iterable[str]) -> str:
    """The words as text in which whole words can be looked for: a blank around each."""
    return f" {' '.join(words)} "


def ends_sentence(text: str) -> bool:
    """Whether a text ends as a sentence does, closing quotes and brackets aside."""
    return bool(_SENTENCE_END.search(text))
