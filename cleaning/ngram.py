"""Asks langdetect's profiles what language a text's n-grams are of (Shuyo 2010, 55 languages).

Its detector draws n-grams at random until it is sure. That is fast and right on long text; of a
short one it passes over much, so there all n-grams are weighed.
"""

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException
from langdetect.utils.ngram import NGram

#: Two rounds of its random drawing are as right as its seven, on every text measured.
_TRIALS = 2
#: What langdetect adds to each frequency, so that an unseen n-gram does not refute a language.
_SMOOTHING = Detector.ALPHA_DEFAULT / Detector.BASE_FREQ
#: So many factors of at least `_SMOOTHING` do not vanish in a float.
_FACTORS = 64


def most_probable(text: str) -> tuple[str, float] | None:
    """The base language that langdetect finds likeliest, and its p; None of a text without letters.

    The same for one text, whatever came before it.
    """
    detector = _detector(text)
    detector.n_trial = _TRIALS
    try:
        answers = detector.get_probabilities()
    except LangDetectException:
        return None
    return (_base(answers[0].lang), float(answers[0].prob)) if answers else None


def ngram_evidence(text: str) -> dict[str, float]:
    """The logarithm of a text's likelihood in each base language, by all of its n-grams.

    Args:
        text: some hundred characters; the cost grows with them.

    Returns:
        Nothing for a text without letters.
    """
    factory = _factory()
    rows = [factory.word_lang_prob_map[gram] for gram in _ngrams(text)]
    if not rows:
        return {}
    factors = np.array(rows) + _SMOOTHING
    # Products and `math.log`, for numpy's own logarithm differs by processor in the last digit.
    products = [
        factors[start : start + _FACTORS].prod(axis=0).tolist()
        for start in range(0, len(rows), _FACTORS)
    ]
    sums = (sum(map(math.log, column)) for column in zip(*products, strict=True))
    return dict(zip(map(_base, factory.langlist), sums, strict=True))


def _ngrams(text: str) -> Iterator[str]:
    """The n-grams of a text that any profile knows; words in capitals have none, as there."""
    detector = _detector(text)
    detector.cleaning_text()
    known, grams = detector.word_lang_prob_map, NGram()
    for character in detector.text:
        grams.add_char(character)
        found = (grams.get(length) for length in range(1, NGram.N_GRAM + 1))
        yield from (gram for gram in found if gram in known)


def _detector(text: str) -> Any:
    detector = _factory().create()
    detector.append(text)
    return detector


@cache
def _factory() -> DetectorFactory:
    """The profiles of langdetect, read once a process in one order, apart from its global state."""
    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])
    return factory


def _base(name: str) -> str:
    return name.partition("-")[0]
