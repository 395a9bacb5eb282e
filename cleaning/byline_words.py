"""Takes the names out of a byline: `By Jane Doe and John Roe, staff writers` names two people.

The words that stand around names are in `author.toml`.
"""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from cleaning.author_kind import is_agency, is_common_word, is_full_name

TABLE: dict[str, Any] = tomllib.loads(files("cleaning").joinpath("author.toml").read_text("utf-8"))


def _any(key: str) -> str:
    return "(?:{})".format("|".join(TABLE[key]))


_COLON = r"\s*[:：/／|｜]\s*"
_PLAIN_COLON = r"\s*[:：]\s*"
_BY = f"(?:{_any('posted')}|{_any('box')}|{_any('by')})"
_LABEL = re.compile(
    rf"^(?:{_BY}(?:{_PLAIN_COLON}|\s+)|{_any('by_colon')}{_PLAIN_COLON}"
    rf"|{_any('by_unspaced')}(?:{_COLON}|\s*)|{_any('by_marked')}{_COLON}"
    rf"|{_any('by_or_name')}(?:{_PLAIN_COLON}|\s+(?=\S+\s+\S)))",
    re.IGNORECASE,
)
_COLON_LABEL = re.compile(
    rf"^(?:{_BY}|{_any('by_colon')}|{_any('by_unspaced')}|{_any('by_marked')}|{_any('by_or_name')})\s*[:：]",
    re.IGNORECASE,
)
_POSTED_LABEL = re.compile(rf"^{_any('posted')}(?:{_PLAIN_COLON}|\s+)", re.IGNORECASE)
_BOX_LABEL = re.compile(rf"^{_any('box')}\s", re.IGNORECASE)
_CREDIT = re.compile(rf"^\W*{_any('credit')}", re.IGNORECASE)
_MARK = re.compile(r"\s*[;/|•·、，؛،]\s*|\s*,(?!\s*[js]r\b)\s*|\s[-–—]\s", re.IGNORECASE)
_AND = re.compile(
    rf"\s{_any('and')}\s|\s{_any('and_or_name')}\s(?=\S+\s\S)",
    re.IGNORECASE,
)
_OPENING_AND = re.compile(rf"^{_any('and')}\s+", re.IGNORECASE)
_ORGANIZATION_AND = re.compile(rf"\s{_any('of')}\s.*\s{_any('and')}\s", re.IGNORECASE)
#: A date, a place or a remark after the name: `Jane Doe on 5 May`, `Jane Doe (London)`.
_DAY = f"(?:{_any('calendar')}|{_any('calendar_or_name')})"
_AFTER = re.compile(
    r"\s+(?:(?:on|am|le|el|il|op|den|at|um|@)\s+)?(?<!\w)\d.*|\s*[(\[（].*|\s+@\w+.*"
    rf"|\s+(?:on|am|at)\s+{_DAY}\b.*|\s+{_DAY}\.?,?\s\d.*"
    r"|\s+(?:in|from|aus)\s+(?-i:[A-Z]).*|\s+(?:under|unter)(?:\s.*)?$"
    rf"|\s+(?:on|am|at|in|le|el|il|um)$|\s+{_any('weekday')}\.?$|\s+{_any('credit')}.*",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile("|".join(TABLE["not_a_name"]), re.IGNORECASE)
_ROLE = re.compile("|".join(TABLE["role"]), re.IGNORECASE)
_BESIDES = re.compile("|".join([*TABLE["office"], *TABLE["affiliation"]]), re.IGNORECASE)
_CALENDAR = re.compile(rf"{_any('calendar')}\.?", re.IGNORECASE)
#: What is no name behind a name.
_BEHIND = re.compile(rf"{_any('calendar_or_name')}\.?|{_any('degree')}", re.IGNORECASE)
_EDGES = " .,:;~*-–—·\"'„“”‚‘’"
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


def is_label(text: str) -> bool:
    """Whether a text is a byline's label and nothing else."""
    return bool(text) and not without_label(f"{text} ").strip()


def has_colon_label(text: str) -> bool:
    """Whether a text begins with a byline's label and a colon."""
    return bool(_COLON_LABEL.match(text))


def has_posted_label(text: str) -> bool:
    """Whether a text begins with a label that handles follow as well as names: `Posted by`."""
    return bool(_POSTED_LABEL.match(text))


def has_box_label(text: str) -> bool:
    """Whether a text begins like the title of a box that tells of an author, without a colon."""
    return bool(_BOX_LABEL.match(text))


def split_names(text: str) -> Iterator[str]:
    """The names in a byline, without labels, roles, dates and remarks, in its order."""
    if "://" in text or len(text) > _MAX_STATED or _CREDIT.match(text):
        return
    named = after_role = False
    for part in _parts(without_label(text)):
        name = _trimmed(_AFTER.sub("", without_label(_OPENING_AND.sub("", part))))
        is_role = bool(_ROLE.search(name))
        name = _beside_role(name) if is_role else name
        # A role may go on: `Ida Quayle, expert for ships, harbours and law`.
        sure = is_full_name(name) or is_agency(name)
        if _is_name(name) and (sure or not (after_role or (named and _BEHIND.fullmatch(name)))):
            named = True
            yield name
        after_role = after_role or is_role


def _parts(text: str) -> Iterator[str]:
    for part in _MARK.split(text):
        yield from [part] if _ORGANIZATION_AND.search(part) else _AND.split(part)


def _beside_role(text: str) -> str:
    """The name before or after a role, where that is a whole one."""
    role = _ROLE.search(text)
    sides = (text[role.end() :], text[: role.start()]) if role else ()
    return next(filter(is_full_name, map(_trimmed, sides)), "")


def _trimmed(name: str) -> str:
    """Without marks at its edges, but for the point of an initial."""
    name = name.strip(_EDGES.replace(".", ""))
    return name if _INITIAL.search(name) else name.strip(_EDGES)


def _is_name(name: str) -> bool:
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and not is_label(name)
        and not is_common_word(name)
        and not _CALENDAR.fullmatch(name)
        and not _NOT_A_NAME.search(name)
        and not _BESIDES.search(name)
    )
