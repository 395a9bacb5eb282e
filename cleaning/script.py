"""Tells what script a text is written in, and what language that alone decides."""

import re
from collections.abc import Sequence

#: The letters of each script, as ranges for a character class (Unicode blocks; for Han, kana and
#: Hangul those of everyday text).
_RANGES = {
    "Latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff",
    "Cyrillic": "\u0400-\u052f\u1c80-\u1c8f",
    "Greek": "\u0370-\u03ff\u1f00-\u1fff",
    "Armenian": "\u0531-\u058f",
    "Hebrew": "\u05d0-\u05f2",
    "Arabic": "\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c7\ufb50-\ufdfb\ufe70-\ufefc",
    "Thaana": "\u0780-\u07b1",
    "Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Oriya": "\u0b00-\u0b7f",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Tibetan": "\u0f00-\u0fff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Ethiopic": "\u1200-\u139f",
    "Khmer": "\u1780-\u17ff",
    "Hangul": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Kana": "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d",
    "Han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
}
_LETTERS = {script: re.compile(f"[{ranges}]") for script, ranges in _RANGES.items()}

#: Languages of the scripts that (nearly) one language uses: first the one meant where nothing is
#: known, then those that a hint may name. Scripts that are not here decide nothing alone.
_LANGUAGES = {
    "Greek": ("el",),
    "Armenian": ("hy",),
    "Hebrew": ("he", "yi"),
    "Thaana": ("dv",),
    "Bengali": ("bn", "as"),
    "Gurmukhi": ("pa",),
    "Gujarati": ("gu",),
    "Oriya": ("or",),
    "Tamil": ("ta",),
    "Telugu": ("te",),
    "Kannada": ("kn",),
    "Malayalam": ("ml",),
    "Sinhala": ("si",),
    "Thai": ("th",),
    "Lao": ("lo",),
    "Tibetan": ("bo", "dz"),
    "Myanmar": ("my",),
    "Georgian": ("ka",),
    "Ethiopic": ("am", "ti"),
    "Khmer": ("km",),
    "Hangul": ("ko",),
}

#: Characters of everyday Chinese that only the one orthography has, pair by pair.
_SIMPLIFIED = frozenset(
    "们这说时为对发会学过还进开关国经动现见长问间东车马门电语书专业产亲从众优传价"
)
_TRADITIONAL = frozenset(
    "們這說時為對發會學過還進開關國經動現見長問間東車馬門電語書專業產親從眾優傳價"
)

#: The least part of Japanese that is kana, however full of kanji it is.
_KANA_SHARE = 0.05
#: Japanese of more characters than this is never without kana.
_KANJI_ONLY = 40
#: East Asian characters say about as much as this many letters of an alphabet.
_LETTERS_PER_IDEOGRAPH = 3


def count_scripts(text: str) -> dict[str, int]:
    """The number of letters of each script in a text; scripts that do not occur are left out."""
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    return {script: count for script, count in counts.items() if count}


def language_of_script(text: str, hinted: Sequence[str]) -> tuple[str, float] | None:
    """The BCP-47 tag that a text's main script decides alone, and that script's share of letters.

    Args:
        text: any text; a thousand characters are enough.
        hinted: base languages (`yi`) believed likely; they choose where a script has several.

    Returns:
        None where the main script has many languages (Latin, Cyrillic, Arabic, Devanagari) or the
        text has no letters.
    """
    counts = count_scripts(text)
    if not counts:
        return None
    ideographs = counts.pop("Han", 0), counts.pop("Kana", 0)
    letters = sum(counts.values())
    main = max(counts, key=lambda script: counts[script], default="Han")
    han_and_kana = _LETTERS_PER_IDEOGRAPH * sum(ideographs)
    if han_and_kana > counts.get(main, 0):
        share = han_and_kana / (han_and_kana + letters)
        return _east_asian(text, *ideographs, hinted), share
    if main not in _LANGUAGES:
        return None
    return _hinted_or_first(_LANGUAGES[main], hinted), counts[main] / (letters + sum(ideographs))


def _hinted_or_first(languages: tuple[str, ...], hinted: Sequence[str]) -> str:
    return next((language for language in hinted if language in languages), languages[0])


def _east_asian(text: str, han: int, kana: int, hinted: Sequence[str]) -> str:
    kanji_only = not kana and han <= _KANJI_ONLY and _hinted_or_first(("", "ja", "zh"), hinted)
    if kana > _KANA_SHARE * (han + kana) or kanji_only == "ja":
        return "ja"
    simplified = sum(character in _SIMPLIFIED for character in text)
    traditional = sum(character in _TRADITIONAL for character in text)
    if simplified == traditional:
        return "zh"
    return "zh-CN" if simplified > traditional else "zh-TW"
