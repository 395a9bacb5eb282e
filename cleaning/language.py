"""Decides the language of a text: by its script where that decides, else by n-grams and words.

langdetect (n-grams of 55 languages) is right on long text and sure of itself on any: `OK` is
Portuguese with p = .99999, Hausa is Swahili. So the most frequent words of the language must not
speak against it, and short text needs a hint that agrees.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaning.common_word import common_share, word_evidence
from cleaning.language_tag import base_language, tag_by_hints, written_tag
from cleaning.ngram import most_probable, ngram_evidence
from cleaning.script import language_of_script
from cleaning.second_opinion import opinions

_UNKNOWN = "und"
_DECLARED = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
#: Languages without a profile, and those that langdetect takes them for.
_TAKEN_FOR: Mapping[str, list[str]] = _DECLARED["taken_for"]
_ALIKE: Mapping[str, list[str]] = _DECLARED["alike"]

#: From this length on, p is believed without a hint: right on .997 of random windows.
_LONG = 200
_SURE = 0.9
#: Share of right answers over random windows of a text, by their length in characters.
_RIGHT_BY_LENGTH = ((_LONG, 1.0), (120, 0.99), (80, 0.98), (60, 0.97), (40, 0.94), (20, 0.85))
_RIGHT_BELOW = 0.7
#: What is said of a language whose words are those of another, or that only a hint names.
_DOUBTED = 0.5

_SAMPLE = 1_000
#: So much of a sample is enough where a hint or the words agree; else all of it is looked at.
_CONFIRMED = 400
_WINDOWS = 4

#: Beside words, n-grams weigh this much: they overlap, so each repeats what others say.
_NGRAM_WEIGHT = 0.3
#: How much likelier a hinted language of a short text is than another (e ** 6 times), before the
#: text is seen. More would let a wrong hint win, less would not help confusable languages.
_HINT_WEIGHT = 6.0
#: What py3langid's p weighs beside that, and what stands for its p of a language it rules out.
_OPINION_WEIGHT, _RULED_OUT = 3.0, 1e-4
#: From this p on its agreement counts as a hint's: right on .998 of headlines.
_AGREED = 0.7

#: So much likelier (e ** 5 times) another language's words make it, where they contradict.
_MARGIN = 5.0
#: Less of a long text is frequent words in no language; the least measured is .08.
_LEAST_COMMON = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A BCP-47 tag (`und` where unknown), the confidence in it (0-1), and what decided.

    `method` is one of

    - `script`: the letters, which (nearly) no other language is written in
    - `langdetect`: a text long enough to be believed alone
    - `langdetect+hint`: a text in which the page or its site agrees
    - `langdetect+langid`: a short text on which py3langid agrees, where it is asked
    - `hint`: a language that langdetect does not know, named by the page or its site
    - `none`: nothing that can be believed; the tag is `und`
    """

    tag: str
    confidence: float
    method: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A base language, its p, and whether py3langid agrees."""

    language: str
    probability: float
    agreed: bool = False


def detect_language(text: str, hints: Sequence[str], *, second_opinion: bool = False) -> Language:
    """The language of a text, or `und` where the text is too short to tell and no hint agrees.

    Args:
        text: the cleaned body, or whatever there is.
        hints: BCP-47 tags of the page and its site, most trusted first. A hint is only believed
            where the text agrees; its region or script is then kept (`pt-BR`).
        second_opinion: whether py3langid is asked about short text.

    Raises:
        MissingError: py3langid is to be asked and is not installed.
    """
    guess = guess_language(text, hints, second_opinion=second_opinion)
    alone = guess.method == "langdetect"
    if not alone or (len(_sample(text)) >= _LONG and guess.confidence >= _SURE):
        return guess
    return Language(tag=_UNKNOWN, confidence=0.0, method="none")


def guess_language(text: str, hints: Sequence[str], *, second_opinion: bool = False) -> Language:
    """The likeliest language of a text however short it is, `und` only where it has no letters.

    Arguments and errors are those of `detect_language`, which passes on what can be believed.
    """
    sample = _sample(text)
    hinted = tuple(base_language(hint) for hint in hints)
    if decided := language_of_script(sample, hinted):
        tag, share = decided
        return Language(tag=tag_by_hints(tag, hints), confidence=round(share, 4), method="script")
    words = word_evidence(sample)
    if len(sample) < _LONG:
        found = _found_in_short(sample, words, hinted, second_opinion=second_opinion)
    else:
        found = _found_in_long(sample, words, hinted)
    if found is None:
        return Language(tag=_UNKNOWN, confidence=0.0, method="none")
    return _named(found, words, hints, len(sample))


def _found_in_short(
    sample: str, words: Mapping[str, float], hinted: Sequence[str], *, second_opinion: bool
) -> _Found | None:
    """The likeliest by all n-grams, words, hints and, if asked, py3langid, weighed together."""
    grams = ngram_evidence(sample)
    if not grams:
        return None
    evidence = {
        language: _NGRAM_WEIGHT * of_grams
        + words.get(language, 0.0)
        + (_HINT_WEIGHT if language in hinted else 0.0)
        for language, of_grams in grams.items()
    }
    said = opinions(sample, list(grams)) if second_opinion else {}
    if said:
        for language in evidence:
            p = said.get(language, 0.0) + _RULED_OUT
            evidence[language] += _OPINION_WEIGHT * math.log(p)
    best = max(evidence, key=lambda language: evidence[language])
    total = sum(math.exp(of_one - evidence[best]) for of_one in evidence.values())
    return _Found(best, 1 / total, agreed=said.get(best, 0.0) >= _AGREED)


def _found_in_long(sample: str, words: Mapping[str, float], hinted: Sequence[str]) -> _Found | None:
    """What langdetect says, doubted where the words are another language's."""
    answer = most_probable(sample[:_CONFIRMED])
    if len(sample) > _CONFIRMED and not _is_confirmed(answer, words, hinted):
        answer = most_probable(sample)
    if answer is None:
        return None
    language, probability = answer
    if _speaks_against(language, words, sample):
        probability = min(probability, _DOUBTED)
    return _Found(language, probability)


def _is_confirmed(
    answer: tuple[str, float] | None, words: Mapping[str, float], hinted: Sequence[str]
) -> bool:
    """Whether a hint, or without any the words of the whole sample, agree with a part of it."""
    if answer is None or answer[1] < _SURE:
        return False
    own = words.get(answer[0], 0.0)
    best_other = max((words[one] for one in words if one != answer[0]), default=0.0)
    if hinted:
        return answer[0] in hinted and best_other <= own + _MARGIN
    return own > best_other + _MARGIN


def _speaks_against(language: str, words: Mapping[str, float], sample: str) -> bool:
    """Whether the words are those of another language, or not those of this one."""
    share = common_share(sample, language)
    if share is None:
        return False
    best = max(words.values(), default=0.0)
    return share < _LEAST_COMMON or best > words.get(language, 0.0) + _MARGIN


def _named(
    found: _Found, words: Mapping[str, float], hints: Sequence[str], length: int
) -> Language:
    """The answer with the tag that the first hint which agrees gives it."""
    confidence = round(min(found.probability, _right_at(length)), 4)
    doubted = length >= _LONG and confidence <= _DOUBTED
    for hint in hints:
        base = base_language(hint)
        if base == found.language and not doubted:
            tag = tag_by_hints(found.language, hints)
            return Language(tag=tag, confidence=confidence, method="langdetect+hint")
        if _is_taken_for(base, found.language, words):
            clear = words.get(base, 0.0) > words.get(found.language, 0.0) + _MARGIN
            sure = _SURE if clear else _DOUBTED
            return Language(tag=written_tag(hint), confidence=sure, method="hint")
    method = "langdetect+langid" if found.agreed else "langdetect"
    return Language(tag=found.language, confidence=confidence, method=method)


def _is_taken_for(base: str, found: str, words: Mapping[str, float]) -> bool:
    """Whether a text of a language without a profile may have been taken for another's."""
    if found in _ALIKE.get(base, ()):
        return True
    own, other = words.get(base, 0.0), words.get(found, 0.0)
    return base in _TAKEN_FOR and (own > other or (own == other and found in _TAKEN_FOR[base]))


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
