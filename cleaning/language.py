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

from cleaning.common_word import common_share, word_evidence, words_of
from cleaning.language_tag import base_language, tag_by_hints, written_tag
from cleaning.ngram import most_probable, ngram_evidence
from cleaning.script import language_of_script
from cleaning.second_opinion import opinions

#: By base language, the logarithm of how likely it is.
Evidence = Mapping[str, float]

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

#: One language's words outweigh another's where they make it e ** 5 times likelier, and by a tenth
#: of all that speaks for the other, since much does in long text.
_MARGIN, _RATIO = 5.0, 1.1
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
    """A base language, its p, whether py3langid agrees, and whether the words do not."""

    language: str
    probability: float
    agreed: bool = False
    contradicted: bool = False


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
    words = words_of(sample)
    evidence = word_evidence(words)
    if len(sample) < _LONG:
        found = _weighed(sample, evidence, hinted, second_opinion=second_opinion)
    else:
        found = _found_in_long(sample, words, evidence, hinted)
        if second_opinion and _is_unsure(found):
            again = _weighed(sample, evidence, hinted, second_opinion=True)
            found = again if again and again.agreed else found
    if found is None:
        return Language(tag=_UNKNOWN, confidence=0.0, method="none")
    return _named(found, evidence, hints, len(sample))


def _weighed(
    sample: str, words: Evidence, hinted: Sequence[str], *, second_opinion: bool
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
    said = opinions(sample) if second_opinion else {}
    # Of languages that are not weighed here it only says that it does not agree.
    known = sum(said.get(language, 0.0) for language in grams)
    if known:
        for language in evidence:
            p = said.get(language, 0.0) / known + _RULED_OUT
            evidence[language] += _OPINION_WEIGHT * math.log(p)
    best = max(evidence, key=lambda language: evidence[language])
    total = sum(math.exp(of_one - evidence[best]) for of_one in evidence.values())
    return _Found(best, 1 / total, agreed=said.get(best, 0.0) >= _AGREED)


def _found_in_long(
    sample: str, words: Sequence[str], evidence: Evidence, hinted: Sequence[str]
) -> _Found | None:
    """What langdetect says, doubted where the words are another language's."""
    answer = most_probable(sample[:_CONFIRMED])
    if len(sample) > _CONFIRMED and not _is_confirmed(answer, evidence, hinted):
        answer = most_probable(sample)
    if answer is None:
        return None
    language, probability = answer
    if _speaks_against(language, words, evidence):
        return _Found(language, min(probability, _DOUBTED), contradicted=True)
    return _Found(language, probability)


def _is_unsure(found: _Found | None) -> bool:
    return found is not None and not found.contradicted and found.probability < _SURE


def _is_confirmed(
    answer: tuple[str, float] | None, evidence: Evidence, hinted: Sequence[str]
) -> bool:
    """Whether the words of the whole sample, and hints if any, agree with a part of it."""
    if answer is None or answer[1] < _SURE:
        return False
    own = evidence.get(answer[0], 0.0)
    best_other = max((evidence[one] for one in evidence if one != answer[0]), default=0.0)
    if hinted:
        return answer[0] in hinted and not _is_clearly_more(best_other, own)
    return _is_clearly_more(own, best_other)


def _speaks_against(language: str, words: Sequence[str], evidence: Evidence) -> bool:
    """Whether words are not this language's, or those of one that langdetect does not know.

    Languages that it knows it has weighed itself: of text in two of them, its word counts.
    """
    share = common_share(words, language)
    if share is None:
        return False
    unknown = max((evidence.get(one, 0.0) for one in _TAKEN_FOR), default=0.0)
    return share < _LEAST_COMMON or _is_clearly_more(unknown, evidence.get(language, 0.0))


def _is_clearly_more(evidence: float, other: float) -> bool:
    return evidence > _RATIO * other + _MARGIN


def _named(found: _Found, evidence: Evidence, hints: Sequence[str], length: int) -> Language:
    """The answer with the tag that the first hint which agrees gives it."""
    confidence = round(min(found.probability, _right_at(length)), 4)
    for hint in hints:
        base = base_language(hint)
        if base == found.language and not found.contradicted:
            tag = tag_by_hints(found.language, hints)
            return Language(tag=tag, confidence=confidence, method="langdetect+hint")
        if _is_taken_for(base, found.language, evidence):
            own, other = evidence.get(base, 0.0), evidence.get(found.language, 0.0)
            sure = _SURE if _is_clearly_more(own, other) else _DOUBTED
            return Language(tag=written_tag(hint), confidence=sure, method="hint")
    method = "langdetect+langid" if found.agreed else "langdetect"
    return Language(tag=found.language, confidence=confidence, method=method)


def _is_taken_for(base: str, found: str, evidence: Evidence) -> bool:
    """Whether a text of a language without a profile may have been taken for another's."""
    if found in _ALIKE.get(base, ()):
        return True
    own, other = evidence.get(base, 0.0), evidence.get(found, 0.0)
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
