"""Asks py3langid, an optional package, for a second opinion on the language of a text.

It was trained on other text and with other features than langdetect (bytes of 139 languages), so
what one of them takes for another language the other mostly does not. Never asked because it
happens to be installed: a site's `second_opinion` or the caller says so, or the same configuration
would give other records on another machine.
"""

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec

from cleaning.error import MissingError

_PACKAGE = "py3langid"
_CURE = "pip install 'copydesk[langid]'"
#: What py3langid calls a language apart that langdetect does not.
_SAME = {"nn": "no"}

_Rank = Callable[[str], list[tuple[str, float]]]


def require_second_opinion() -> None:
    """Make sure that py3langid can be asked.

    Raises:
        MissingError: it is not installed; the message names the cure.
    """
    if find_spec(_PACKAGE) is None:
        raise MissingError(f"second_opinion: {_PACKAGE} is not installed; {_CURE}, or leave it out")


def opinions(text: str) -> dict[str, float]:
    """The p of each base language that py3langid knows, langdetect or not, summing up to 1.

    Args:
        text: some hundred characters.

    Raises:
        MissingError: py3langid is not installed.
    """
    said: dict[str, float] = {}
    for language, p in _ranker()(text):
        base = _SAME.get(language, language)
        said[base] = said.get(base, 0.0) + p
    return said


@cache
def _ranker() -> _Rank:
    """The model, loaded once a process."""
    require_second_opinion()
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  (optional)

    rank: _Rank = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True).rank
    return rank
