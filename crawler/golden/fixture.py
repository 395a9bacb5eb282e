"""What the plugin's fixtures do: clean one page, and assert that a record is clean."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cleaning.article import Article, Refusal
from cleaning.clean import clean
from cleaning.page import Page
from cleaning.phrase import residue_heading, residue_line
from cleaning.rules import Rules
from crawler.site import load_site

#: When pages of tests were fetched, unless told: one day for all, so that records are the same.
FETCHED_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
#: A zone that is only assumed, and a day for a moment, may be off by as much.
_AHEAD = timedelta(days=1)
# What begins like a call may be prose: `cleaning.residue` asks the judge, here length must do.
_CALLS = frozenset(("newsletter", "read-more", "follow-call", "comment-prompt", "contact-call"))
_SENTENCE_WORDS = 15

AssertClean = Callable[..., None]


class CleanPage:
    """Cleans pages that a test holds; see `__call__`."""

    def __init__(self, sites: Path) -> None:
        """Take the folder of declared sites."""
        self._sites = sites

    def __call__(
        self,
        html: str | bytes,
        url: str = "https://example.org/2026/01/page.html",
        *,
        site: str | Path | None = None,
        fetched_at: datetime = FETCHED_AT,
        headers: Mapping[str, str] | None = None,
    ) -> Article | Refusal:
        """The record of a page, or its refusal.

        Args:
            html: as text, or as bytes with a charset of their own.
            url: the page's address.
            site: by whose rules: the domain of a declared site, or the path of a site's file.
            fetched_at: when the page was fetched, with an offset.
            headers: of the response.

        Raises:
            SiteError: the site's declaration is missing or broken.
        """
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if isinstance(html, str):
            given["content-type"] = "text/html; charset=utf-8"
        page = Page(
            url=url,
            requested_url=url,
            body=html.encode(errors="replace") if isinstance(html, str) else html,
            fetched_at=fetched_at,
            headers=given,
        )
        return clean(page, self._rules(site))

    def _rules(self, site: str | Path | None) -> Rules:
        if site is None:
            return Rules()
        by_path = isinstance(site, Path) or site.endswith(".toml")
        return load_site(Path(site) if by_path else self._sites / f"{site}.toml").rules


def assert_clean(record: Article | Mapping[str, Any], *, earliest_year: int = 1990) -> None:
    """Assert that a record holds no residue that a rule knows, fits the schema and has sane dates.

    Args:
        record: an `Article`, or a line of output as it was read from JSON.
        earliest_year: before which nothing can have been published.

    Raises:
        AssertionError: it is not clean; the message names every paragraph with its rule, and field.
    """
    __tracebackhide__ = True  # the message says all
    try:
        article = msgspec.json.decode(msgspec.json.encode(record), type=Article)
    except msgspec.ValidationError as error:
        raise AssertionError(f"the record does not fit the schema article/1: {error}") from error
    faults = [*_residue(article.text or ""), *_contradictions(article)]
    faults += _insane(article, earliest_year)
    if faults:
        raise AssertionError("\n".join((f"{article.url} is not clean:", *faults)))


def _residue(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n"), 1):
        words = paragraph.removeprefix("- ")
        if rule := _rule_of(words):
            yield f'    paragraph {number} is residue by rule {rule}: "{words}"'


def _rule_of(words: str) -> str | None:
    heading = residue_heading(words)
    rule = heading.rule if heading else residue_line(words)
    is_sentence = len(words.split()) >= _SENTENCE_WORDS
    return None if rule in _CALLS and is_sentence else rule


def _contradictions(article: Article) -> Iterator[str]:
    if (article.text is None) != (article.op == "tombstone"):
        yield f"    text is {'missing' if article.text is None else 'there'}, and op {article.op}"


def _insane(article: Article, earliest_year: int) -> Iterator[str]:
    published, modified = map(_moment, (article.date_published, article.date_modified))
    fetched = datetime.fromisoformat(article.provenance.fetched_at)
    for name, moment in (("date_published", published), ("date_modified", modified)):
        if moment and moment > fetched + _AHEAD:
            yield f"    {name} {moment.isoformat()} is after fetched_at {fetched.isoformat()}"
        if moment and moment.year < earliest_year:
            yield f"    {name} {moment.isoformat()} is before {earliest_year}"
    if published and modified and published > modified:
        yield (
            f"    date_published {published.isoformat()} is after"
            f" date_modified {modified.isoformat()}"
        )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
