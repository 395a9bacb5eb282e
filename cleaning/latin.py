"""Tells the encodings of Latin letters apart, which resemble each other too much for a detector.

It takes `naïve` for `naďve` and `på` for `pĺ`. The text's language decides: each language is
written in one or two of these encodings, and in its own letters.
"""

import re
from collections.abc import Iterator

from cleaning.language import guess_language

#: Windows-1252, as browsers have it.
LAST_RESORT = "cp1252"
#: The encodings, by Python's names, in the order in which they are believed.
LATIN = ("cp1252", "cp1250", "iso8859-2", "cp1254", "cp1257", "cp1258", "iso8859-15")

#: Languages that are not written in Windows-1252: their encodings, and their letters beside ASCII.
_CENTRAL = ("cp1250", "iso8859-2")
_WRITTEN = {
    "bs": (_CENTRAL, "čćđšž"),
    "cs": (_CENTRAL, "áčďéěíňóřšťúůýž"),
    "hr": (_CENTRAL, "čćđšž"),
    "hu": (_CENTRAL, "áéíóöőúüű"),
    "pl": (_CENTRAL, "ąćęłńóśźż"),
    "ro": (_CENTRAL, "ăâîşţ"),
    "sk": (_CENTRAL, "áäčďéíĺľňóôŕšťúýž"),
    "sl": (_CENTRAL, "čšž"),
    "tr": (("cp1254",), "çğıöşüâîû"),
    "et": (("cp1257",), "äõöüšž"),
    "lt": (("cp1257",), "ąčęėįšųūž"),
    "lv": (("cp1257",), "āčēģīķļņšūž"),
    "vi": (("cp1258",), ""),
}
#: Texts between tags that hold a letter beside ASCII.
_TEXTS = re.compile(rb"(?:^|>)([^<>]*[\x80-\xff][^<>]*)")
_SAMPLE = 4_000
#: Of less text, in bytes, no language can be told.
_MIN_TEXT = 20
_HTML_LANGUAGE = re.compile(
    rb"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE
)
_HEAD = 4_096


def html_language(body: bytes) -> str | None:
    """The language that the page's `<html lang>` states."""
    match = _HTML_LANGUAGE.search(body[:_HEAD])
    return match[1].decode("ascii") if match else None


def latin_encoding(sample: bytes, language: str | None) -> str:
    """The encoding of a page in Latin letters.

    Args:
        sample: a part of the page that has bytes beside ASCII.
        language: BCP-47 tag that the page states, if any; believed where the text agrees.

    Returns:
        One of `LATIN`: of those whose text is of a language that is written in it, the one that
        gives most of that language's letters; Windows-1252 where there is none.
    """
    text = b" ".join(_TEXTS.findall(sample))[:_SAMPLE]
    if len(text) < _MIN_TEXT:
        return LAST_RESORT
    found = dict(_letters_by_encoding(text, language))
    return max(found, key=lambda encoding: found[encoding], default=LAST_RESORT)


def _letters_by_encoding(text: bytes, language: str | None) -> Iterator[tuple[str, int]]:
    for encoding in LATIN[1:]:
        read = text.decode(encoding, "replace")
        guess = guess_language(read, [language] if language else [])
        encodings, letters = _WRITTEN.get(guess.tag.split("-")[0], ((), ""))
        if encoding in encodings:
            yield encoding, sum(map(read.lower().count, letters))
