"""Takes the names out of a byline: `By Jane Doe and John Roe, staff writers` names two people.

The words that stand around names are in `author.toml`.
"""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

TABLE: dict[str, Any] = tomllib.loads(files("cleaning").joinpath("author.toml").read_text("utf-8"))


def _any(key: str) -> str:
    return "(?:{})".format("|".join(TABLE[key]))


_COLON = r"\s*[:：/／|｜]\s*"
_LABEL = re.compile(
    rf"^(?:{_any('by')}(?:\s*[:：]\s*|\s+)|{_any('by_unspaced')}(?:{_COLON}|\s*)"
    rf"|{_any('by_marked')}{_COLON}|{_any('by_or_name')}(?:\s*[:：]\s*|\s+(?=\S+\s+\S)))",
    re.IGNORECASE,
)
_COLON_LABEL = re.compile(
    rf"^(?:{_any('by')}|{_any('by_unspaced')}|{_any('by_marked')}|{_any('by_or_name')})\s*[:：]",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*[;/|•·、，؛،]\s*|\s*,(?!\s*[js]r\b)\s*|\s[-–—]\s"
    rf"|\s{_any('and')}\s|\s{_any('and_or_name')}\s(?=\S+\s\S)",
    re.IGNORECASE,
)
#: A date, a place or a remark after the name: `Jane Doe on 5 May`, `Jane Doe (London)`.
_AFTER = re.compile(
    r"\s+(?:(?:on|am|le|el|il|op|den|at|um)\s+)?(?<!\w)\d.*|\s*[(\[（].*"
    r"|\s+in\s+(?-i:[A-Z]).*",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile("|".join(TABLE["not_a_name"]), re.IGNORECASE)
_ROLE = re.compile("|".join(TABLE["role"]), re.IGNORECASE)
_EDGES = " .,:;~*-–—·"
_INITIAL = re.compile(r"(?:^|[\s.])[^\W\d_]\.$|\b[JS]r\.$")
_MAX_NAME = 80
_MAX_NAME_WORDS = 7
_MAX_STATED = 1_000
#: `Posted by: By Jane` has two labels.
_MAX_LABELS = 3


def without_label(text: str) -> str:
    """The text without the label of a byline before it; unchanged where it has none."""
    for _ in range(_MAX_LABELS):
        text, cut = _LABEL.subn("", text, count=1)
        if not cut:
            break
    return text


def has_colon_label(text: str) -> bool:
    """Whether a text begins with a byline's label and a colon."""
    return bool(_COLON_LABEL.match(text))


def split_names(text: str) -> Iterator[str]:
    """The names in a byline, without labels, roles, dates and remarks, in its order."""
    if "://" in text or len(text) > _MAX_STATED:
        return
    for part in _AND.split(without_label(text)):
        name = _trimmed(_AFTER.sub("", without_label(part)))
        if _is_name(name):
            yield name


def _trimmed(name: str) -> str:
    """Without marks at its edges, but for the point of an initial."""
    name = name.strip(_EDGES.replace(".", ""))
    return name if _INITIAL.search(name) else name.strip(_EDGES)


def _is_name(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and not _NOT_A_NAME.search(name)
        and not _ROLE.search(name)
    )
