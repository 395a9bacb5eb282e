"""Decides the language of a text: by its script where that decides, else by langdetect.

langdetect (Shuyo 2010, n-grams of 55 languages) is right on long text and sure of itself on any:
`OK` is Portuguese with p = .99999. So short text needs a hint that agrees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from cleaning.script import count_scripts, language_of_script

_UNKNOWN = "und"

#: From this length on, p is believed without a hint: right on .997 of random windows.
_LONG = 200
_SURE = 0.9
#: Share of right answers over random windows of a text, by their length in characters.
_RIGHT_BY_LENGTH = ((_LONG, 1.0), (120, 0.99), (80, 0.98), (60, 0.97), (40, 0.94), (20, 0.85))
_RIGHT_BELOW = 0.7
#: What is said of a language that only a hint names.
_HINT_ALONE = 0.5

_SAMPLE = 1_000
#: So much of a sample is enough to confirm a hint; who contradicts it must have seen all.
_CONFIRMED = 400
_WINDOWS = 4
_TRIALS = 2
#: How much likelier a hinted language of a short text is than another, before the text is seen.
#: More than 100,000 would pass langdetect's threshold of convergence with no look at the text.
_HINT_WEIGHT = 50_000.0

#: Other names of a language: macrolanguages and withdrawn codes (IANA language subtag registry).
_SAME = {"nb": "no", "nn": "no", "fil": "tl", "iw": "he", "in": "id", "ji": "yi", "cmn": "zh"}
#: Languages that langdetect has no profile of, and what it takes them for.
_TAKEN_FOR = {
    "sr": ("hr", "mk", "sl"),
    "bs": ("hr", "sl"),
    "be": ("uk", "ru", "bg"),
    "gl": ("pt", "es"),
    "ms": ("id",),
    "is": ("da", "no", "sv"),
    "lb": ("de", "nl"),
    "eu": ("es", "et", "fi", "tl"),
    "ga": ("en", "fr", "cy"),
    "mt": ("it", "so", "sq", "en"),
    "kk": ("ru", "bg", "mk"),
    "ky": ("ru", "bg", "mk"),
    "mn": ("ru", "bg", "mk"),
    "tg": ("ru", "bg", "mk"),
    "az": ("tr",),
    "uz": ("tr", "so", "id"),
    "ps": ("ar", "fa", "ur"),
    "ckb": ("ar", "fa", "ur"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A BCP-47 tag (`und` where unknown), the confidence in it (0-1), and what decided.

    `method` is `script`, `langdetect`, `langdetect+hint`, `hint` or `none`.
    """

    tag: str
    confidence: float
    method: str


def detect_language(text: str, hints: Sequence[str]) -> Language:
    """The language of a text, or `und` where the text is too short to tell and no hint agrees.

    Args:
        text: the cleaned body, or whatever there is.
        hints: BCP-47 tags of the page and its site, most trusted first. A hint is only believed
            where the text agrees; its region or script is then kept (`pt-BR`).
    """
    guess = guess_language(text, hints)
    long_enough = len(_sample(text)) >= _LONG and guess.confidence >= _SURE
    if long_enough or guess.method in {"script", "langdetect+hint", "hint"}:
        return guess
    return Language(tag=_UNKNOWN, confidence=0.0, method="none")


def guess_language(text: str, hints: Sequence[str]) -> Language:
    """The likeliest language of a text however short it is, `und` only where it has no letters.

    Args and hints are those of `detect_language`, which passes on what can be believed.
    """
    sample = _sample(text)
    hinted = tuple(_base(hint) for hint in hints)
    if decided := language_of_script(sample, hinted):
        tag, share = decided
        return Language(tag=_regional(tag, hints), confidence=round(share, 4), method="script")
    if count_scripts(sample):
        return _by_langdetect(sample, hints, hinted)
    return Language(tag=_UNKNOWN, confidence=0.0, method="none")


def _by_langdetect(sample: str, hints: Sequence[str], hinted: tuple[str, ...]) -> Language:
    part = sample[:_CONFIRMED]
    found, probability = _most_probable(part, hinted)
    if len(part) < len(sample) and (found not in hinted or probability < _SURE):
        found, probability = _most_probable(sample, hinted)
    confidence = round(min(probability, _right_at(len(sample))), 4)
    if found in hinted:
        tag = _regional(found, hints)
        return Language(tag=tag, confidence=confidence, method="langdetect+hint")
    for hint, base in zip(hints, hinted, strict=True):
        if found in _TAKEN_FOR.get(base, ()):
            return Language(tag=_written(hint), confidence=_HINT_ALONE, method="hint")
    return Language(tag=found, confidence=confidence, method="langdetect")


def _most_probable(sample: str, hinted: tuple[str, ...]) -> tuple[str, float]:
    """The first answer of langdetect and its p; the same for one text, whatever came before."""
    factory = _factory()
    detector = factory.create()
    # Two rounds of its random sampling are as right as its seven, on every text measured.
    detector.n_trial = _TRIALS
    if len(sample) < _LONG:
        detector.set_prior_map(
            {name: _HINT_WEIGHT if _base(name) in hinted else 1.0 for name in factory.langlist}
        )
    detector.append(sample)
    try:
        answers = detector.get_probabilities()
    except LangDetectException:
        return _UNKNOWN, 0.0
    return (_base(answers[0].lang), float(answers[0].prob)) if answers else (_UNKNOWN, 0.0)


@cache
def _factory() -> DetectorFactory:
    """The profiles of langdetect, read once a process in one order, apart from its global state."""
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])
    return factory


def _sample(text: str) -> str:
    """Windows from all over a long text, so that no banner in front of it decides."""
    text = " ".join(text.split())
    if len(text) <= _SAMPLE:
        return text
    return " ".join(_windows(text))


def _windows(text: str) -> Iterator[str]:
    width, step = _SAMPLE // _WINDOWS, len(text) // _WINDOWS
    for start in range((step - width) // 2, len(text) - width, step):
        yield text[start : start + width]


def _right_at(length: int) -> float:
    return next((right for least, right in _RIGHT_BY_LENGTH if length >= least), _RIGHT_BELOW)


def _base(tag: str) -> str:
    language = tag.replace("_", "-").split("-")[0].lower()
    return _SAME.get(language, language)


def _regional(tag: str, hints: Sequence[str]) -> str:
    """The first hint of the same language and, for Chinese, the same orthography."""
    agreeing = (hint for hint in hints if _base(hint) == _base(tag) and _fits(hint, tag))
    return _written(next(agreeing, tag))


def _written(tag: str) -> str:
    """The tag as RFC 5646, section 2.1.1, has it written: `pt-BR`, `zh-Hans`."""
    language, *others = tag.replace("_", "-").split("-")
    cases = {len("BR"): str.upper, len("Hans"): str.title}
    return "-".join([language.lower(), *(cases.get(len(one), str.lower)(one) for one in others)])


def _fits(hint: str, tag: str) -> bool:
    if not tag.startswith("zh-"):
        return True
    return _is_traditional(hint) == _is_traditional(tag) and "-" in hint


def _is_traditional(tag: str) -> bool:
    return any(part in tag.lower() for part in ("-tw", "-hk", "-mo", "-hant"))
