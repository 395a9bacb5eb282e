"""What two texts have in common: hashes of a text as published, and of its words alone."""

import unicodedata
from hashlib import sha256

#: Kept in words: letters, marks (without them, words of Hindi or Thai fall together) and numbers.
_WORD_CATEGORIES = frozenset("LMN")
#: Invisible characters that choose how another one looks: soft hyphen and joiners are category
#: Cf; these, the variation selectors, are marks.
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))


def fingerprint(text: str) -> str:
    """The same 64 hex digits for all texts of the same words in the same order.

    Case, punctuation, quotes, layout and compatibility forms (UAX #15, NFKC) do not count. A text
    that has no words at all is told apart by its signs.
    """
    return content_hash(normalised(text))


def normalised(text: str) -> str:
    """The words of a text, one space apart, without case, punctuation and compatibility forms.

    Of a text without words: its signs.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(text.translate(_separators(text)).split() or text.split())


def content_hash(text: str) -> str:
    """SHA-256 of the text exactly as published (UTF-8), in hex."""
    return sha256(text.encode()).hexdigest()


def _separators(text: str) -> dict[int, str | None]:
    """What becomes of each character of `text` that is not part of a word: a space, or nothing."""
    return {
        ord(char): None if _is_invisible(char) else " "
        for char in set(text)
        if _is_invisible(char) or unicodedata.category(char)[0] not in _WORD_CATEGORIES
    }


def _is_invisible(char: str) -> bool:
    return char in _SELECTORS or unicodedata.category(char) == "Cf"
