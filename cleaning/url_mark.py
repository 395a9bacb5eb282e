"""Takes out of a URL what does not say which article it leads to: tracking, sessions, views.

A view is another presentation of an article (AMP, mobile, print): a page of its own, with a text
that differs a little. The marks of all of these are in `identity.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote_plus

#: Paths hold few marks; hostile ones hold thousands, and each costs a search.
_MAX_MARKS: Final = 16


@dataclass(frozen=True, slots=True)
class _Parameter:
    """Parameters by name and value; `needs` is the company without which they are no marks."""

    name: re.Pattern[str]
    value: re.Pattern[str]
    view: bool
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class _PathMark:
    """A mark in a path; `needs_article`: what is left must be an article's path."""

    pattern: re.Pattern[str]
    view: bool
    needs_article: bool


def load_table() -> dict[str, Any]:
    """The table of marks as written, with the examples that they are tested by."""
    return tomllib.loads(files("cleaning").joinpath("identity.toml").read_text("utf-8"))


def without_parameters(query: str, path: str, *, views: bool) -> str:
    """A query without the parameters that are marks, and without repeats of the same pair.

    Args:
        query: name=value pairs, `&` between, as w3lib writes them.
        path: of the same URL, without its marks.
        views: whether the marks of other presentations go too.
    """
    pairs = list(dict.fromkeys(query.split("&")))
    company = {"article"} if is_article_path(path) else set()
    choosing = _unmarked(pairs, _PARAMETERS, {"article", "others", "alone"})
    # Where nothing else chooses the article, what looks like a session may.
    company.add("others" if any(choosing) else "alone")
    rules = [rule for rule in _PARAMETERS if views or not rule.view]
    return "&".join(_unmarked(pairs, rules, company))


def without_path_marks(path: str, *, views: bool) -> str:
    """A path without sessions and, if `views`, without the marks of other presentations."""
    rules = [rule for rule in _PATH_MARKS if views or not rule.view]
    for _ in range(_MAX_MARKS):
        shorter = next(filter(None, (_cut(path, rule) for rule in rules)), path)
        if shorter == path:
            break
        path = shorter
    return path


def without_host_marks(host: str, domain: str) -> str:
    """A host without the labels of AMP and mobile hosts.

    Args:
        host: in lower case.
        domain: its registrable domain, which stays whole whatever it is called.
    """
    while host != domain:
        label, _, rest = host.partition(".")
        if "." not in rest or not _LABEL.fullmatch(label):
            break
        host = rest
    return host


def cached_url(url: str) -> str | None:
    """The URL of which a cache of AMP pages holds a copy at `url`; None if that is no cache's.

    Both without scheme; `url` without `www.` too.
    """
    found = next(filter(None, (cache.fullmatch(url) for cache in _CACHES)), None)
    return found["url"] if found and _HOST.match(found["url"]) else None


def is_article_path(path: str) -> bool:
    """Whether a path is an article's by itself, and none of a section or page of the site."""
    folder, _, slug = path.rpartition("/")
    return bool(_SLUG.search(slug)) or (
        bool(slug) and not slug.isdigit() and bool(_FOLDER.search(folder))
    )


def _unmarked(
    pairs: Iterable[str], rules: Sequence[_Parameter], company: AbstractSet[str]
) -> list[str]:
    return [pair for pair in pairs if not _is_mark(pair, rules, company)]


def _is_mark(pair: str, rules: Sequence[_Parameter], company: AbstractSet[str]) -> bool:
    name, _, value = pair.partition("=")
    # Links that were escaped twice carry `&amp;` for `&`.
    name, value = unquote_plus(name).removeprefix("amp;"), unquote_plus(value)
    return any(
        rule.name.fullmatch(name) and rule.value.fullmatch(value) and rule.needs <= company
        for rule in rules
    )


def _cut(path: str, rule: _PathMark) -> str | None:
    """A path without the mark; None if it has none, or would not be an article's then."""
    match = rule.pattern.fullmatch(path)
    if match is None:
        return None
    rest = match["rest"] + (match.groupdict().get("end") or "")
    return rest if is_article_path(rest) or not rule.needs_article else None


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined, re.IGNORECASE | re.DOTALL)


_TABLE = load_table()
_PARAMETERS = tuple(
    _Parameter(
        name=_any_of(entry["names"]),
        value=_any_of(entry.get("values", [".*"])),
        view=entry.get("view", False),
        needs=frozenset(entry.get("needs", ())),
    )
    for entry in _TABLE["parameter"]
)
_PATH_MARKS = tuple(
    _PathMark(
        pattern=_any_of([pattern]),
        view=entry.get("view", False),
        needs_article="article" in entry.get("needs", ()),
    )
    for entry in _TABLE["path"]
    for pattern in entry["patterns"]
)
_LABEL = _any_of(label for entry in _TABLE["host"] for label in entry["labels"])
_CACHES = tuple(_any_of([pattern]) for entry in _TABLE["cache"] for pattern in entry["patterns"])
_SLUG = _any_of(_TABLE["article"]["slugs"])
_FOLDER = _any_of(_TABLE["article"]["folders"])
#: The beginning of a URL without its scheme.
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?]|$)")
