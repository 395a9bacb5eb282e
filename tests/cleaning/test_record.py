"""The record: put together from what the stages found, with where it comes from."""

from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest

from cleaning.article import Access, Quality
from cleaning.dates import Dates
from cleaning.error import Refused
from cleaning.identity import article_id
from cleaning.language import Language
from cleaning.metadata import Metadata
from cleaning.page import Lead, Page, WarcPlace
from cleaning.record import Findings, compose_article, compose_refusal
from cleaning.rules import Rules

_URL = "https://courier.example/harbour/bridge.html"
_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _page(**changes: Any) -> Page:
    plain: dict[str, Any] = {
        "url": _URL,
        "requested_url": f"{_URL}?from=feed",
        "body": b"<p>x</p>",
        "fetched_at": _AT,
    }
    return Page(**plain | changes)


def _found(text: str = "The bridge closes.", **changes: Any) -> Findings:
    said: dict[str, Any] = {"title": "Bridge", "titles": ("Bridge",), "is_article": True}
    return Findings(
        metadata=Metadata(**said | changes.pop("said", {})),
        text=text,
        dates=changes.pop("dates", Dates()),
        language=Language(tag="en", confidence=0.987654321, method="langdetect"),
        access=Access(free=None, truncated=False, evidence=()),
        quality=Quality(score=1.0, flags=()),
        removed={},
        encoding="utf-8",
    )


def test_what_follows_from_the_page_and_the_text() -> None:
    article = compose_article(_page(), Rules(), _found())
    assert (article.schema, article.version, article.op) == ("article/1", 1, "new")
    assert (article.url, article.requested_url) == (_URL, f"{_URL}?from=feed")
    assert article.site == "courier.example"
    assert article.word_count == 3
    assert article.content_hash == sha256(b"The bridge closes.").hexdigest()
    assert article.language_confidence == 0.9877
    assert article.duplicate is None
    assert article.provenance.raw_sha256 == sha256(b"<p>x</p>").hexdigest()


def test_the_id_is_of_the_canonical_url_where_there_is_one() -> None:
    canonical = "https://courier.example/bridge"
    plain = compose_article(_page(), Rules(), _found())
    twin = compose_article(_page(), Rules(), _found(said={"canonical_url": canonical}))
    assert plain.id == article_id(_URL)
    assert twin.id == article_id(canonical) != plain.id


def test_dates_keep_their_offset() -> None:
    published = datetime(2026, 3, 1, 7, 30, tzinfo=timezone(timedelta(hours=1)))
    dates = Dates(published=published, precision="minute", source="json-ld")
    article = compose_article(_page(), Rules(), _found(dates=dates))
    assert article.date_published == "2026-03-01T07:30:00+01:00"
    assert (article.date_modified, article.date_precision) == (None, "minute")


def test_provenance_tells_where_it_comes_from() -> None:
    lead = Lead(
        url=_URL, via="feed", at=_AT, source_url="https://courier.example/rss", title=" A\ud800 "
    )
    page = _page(
        lead=lead,
        headers={"etag": '"7"', "last-modified": ""},
        warc=WarcPlace(file="a.warc.gz", offset=42),
        run_id="run-1",
    )
    told = compose_article(page, Rules(), _found()).provenance
    assert told.fetched_at == "2026-03-02T08:00:00+00:00"
    assert (told.etag, told.last_modified, told.run_id) == ('"7"', None, "run-1")
    assert told.warc is not None
    assert (told.warc.file, told.warc.offset) == ("a.warc.gz", 42)
    assert told.discovered is not None
    assert (told.discovered.via, told.discovered.title) == ("feed", "A")
    assert list(told.engines) == [
        *("trafilatura", "htmldate", "dateparser", "langdetect", "justext", "lxml")
    ]


def test_provenance_names_the_second_opinion_where_it_is_asked() -> None:
    told = compose_article(_page(), Rules(second_opinion=True), _found()).provenance
    assert list(told.engines)[-1] == "py3langid"


@pytest.mark.parametrize(
    "rules",
    [
        Rules(site="a.example"),
        Rules(drop=("//aside",)),
        Rules(keep=("//aside",)),
        Rules(timezone="Europe/Rome"),
        Rules(valid_until=date(2027, 3, 1)),
    ],
)
def test_the_rules_that_cleaned_are_named(rules: Rules) -> None:
    plain = compose_article(_page(), Rules(), _found()).provenance.rules
    assert compose_article(_page(), rules, _found()).provenance.rules != plain
    assert compose_article(_page(), Rules(), _found()).provenance.rules == plain


def test_refusal() -> None:
    page = _page(status=404, warc=WarcPlace(file="a.warc.gz", offset=0))
    refusal = compose_refusal(page, Refused("too-short", "3 words"))
    assert (refusal.reason, refusal.detail, refusal.stage) == ("too-short", "3 words", "clean")
    assert (refusal.url, refusal.status, refusal.at) == (_URL, 404, "2026-03-02T08:00:00+00:00")
    assert refusal.warc is not None
