"""Whole pages, as messy as real ones: what an editor would keep of each, and what is no article.

A case is a page in `cases/pages/`, `NAME.html` or `NAME.txt`, with `NAME.toml` beside it.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cleaning.article import Article, ContentType, Refusal
from cleaning.clean import clean
from cleaning.page import Page

_FOLDER = Path(__file__).with_name("cases") / "pages"
_PAGES = {path.stem: path for path in sorted(_FOLDER.glob("*.*")) if path.suffix != ".toml"}


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is expected of a page; nothing but `shows`, the URL and the time must be said."""

    #: What the page is here for.
    shows: str
    url: str
    fetched_at: datetime
    headers: dict[str, str] = {}
    #: The whole text, paragraph by paragraph.
    text: str | None = None
    #: Parts of the text, which must stand in it in this order.
    contains: tuple[str, ...] = ()
    #: What the text must not hold.
    lacks: tuple[str, ...] = ()
    #: Flags that must be among the record's.
    flags: tuple[str, ...] = ()
    content_type: ContentType = "article"
    truncated: bool = False
    #: The reason by which the page is refused; None where it is published.
    refused: str | None = None
    #: Why the page fails today; the test then fails once it no longer does.
    known_failure: str | None = None


def _read(stem: str) -> Case:
    table = tomllib.loads((_FOLDER / f"{stem}.toml").read_text("utf-8"))
    return msgspec.convert(table, Case)


def _marked(stem: str) -> Any:
    case = _read(stem)
    reason = case.known_failure
    marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
    return pytest.param(_PAGES[stem], case, id=stem, marks=marks)


@pytest.mark.parametrize(("path", "case"), [_marked(stem) for stem in _PAGES])
def test_page(path: Path, case: Case) -> None:
    page = Page(
        url=case.url,
        requested_url=case.url,
        body=path.read_bytes(),
        fetched_at=case.fetched_at,
        headers=case.headers,
        kind="text" if path.suffix == ".txt" else "html",
    )
    if faults := list(_faults(clean(page), case)):
        pytest.fail("\n".join([case.shows, *faults]), pytrace=False)


def test_every_page_has_its_case_and_every_case_expects_something() -> None:
    assert {path.stem for path in _FOLDER.glob("*.toml")} == set(_PAGES)
    cases = {stem: _read(stem) for stem in _PAGES}
    assert [
        stem for stem, one in cases.items() if not (one.text or one.contains or one.refused)
    ] == []


def _faults(result: Article | Refusal, case: Case) -> Iterator[str]:
    """What is wrong, a line a fault."""
    if isinstance(result, Refusal):
        if result.reason != case.refused:
            yield f"refused as {result.reason}: {result.detail}"
        return
    if case.refused:
        yield f"published, not refused as {case.refused}: {result.text[:200]!r}"
        return
    yield from _faults_of_text(result.text, case)
    yield from _faults_of_record(result, case)


def _faults_of_text(text: str, case: Case) -> Iterator[str]:
    if case.text is not None:
        yield from _differences(text.split("\n\n"), case.text.split("\n\n"))
    place = 0
    for part in case.contains:
        found = text.find(part, place)
        if found < 0:
            yield f"{'out of order' if part in text else 'missing'}: {part}"
        else:
            place = found + len(part)
    yield from (f"too much: {part}" for part in case.lacks if part in text)


def _differences(found: list[str], wanted: list[str]) -> Iterator[str]:
    yield from (f"missing: {part}" for part in wanted if part not in found)
    yield from (f"too much: {part}" for part in found if part not in wanted)
    if sorted(found) == sorted(wanted) and found != wanted:
        yield f"out of order: {found}"
    elif set(found) == set(wanted) and len(found) != len(wanted):
        yield f"{len(found)} paragraphs, {len(wanted)} expected: {found}"


def _faults_of_record(result: Article, case: Case) -> Iterator[str]:
    if result.content_type != case.content_type:
        yield f"content type {result.content_type}, not {case.content_type}"
    if result.access.truncated is not case.truncated:
        yield f"truncated {result.access.truncated}: {result.access.evidence}"
    if lacking := set(case.flags) - set(result.quality.flags):
        yield f"flags {result.quality.flags} lack {lacking}"
