"""Dates: every place a page may say them, what beats what, and what is no date."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from lxml import html
from lxml.html import HtmlElement

from cleaning.date_region import Order
from cleaning.date_tier import TIERS, confidence_of
from cleaning.dates import (
    Dates,
    is_date_line,
    resolve_dates,
    resolve_text_dates,
)
from cleaning.jsonld import read_jsonld
from cleaning.page import Lead, Page
from cleaning.rules import Rules
from cleaning.timestamp import format_timestamp

_FETCHED = datetime(2025, 11, 1, 12, tzinfo=UTC)
_URL = "https://example.com/news/harbour"
_PROSE = "Nobody who saw the ferry go could say which of them had paid for it, or when. " * 3


def _tree(head: str = "", body: str = "", lang: str = "en-GB") -> HtmlElement:
    filler = "<h1>The old harbour</h1><p>The council met to settle the plan.</p>"
    text = f'<html lang="{lang}"><head>{head}</head><body>{body}{filler}</body></html>'
    return html.document_fromstring(text)


def _page(url: str = _URL, lead: Lead | None = None) -> Page:
    return Page(url=url, requested_url=url, body=b"", fetched_at=_FETCHED, lead=lead)


def _resolve(tree: HtmlElement, page: Page | None = None, rules: Rules | None = None) -> Dates:
    return resolve_dates(tree, read_jsonld(tree), page or _page(), rules or Rules())


def _written(dates: Dates) -> tuple[str | None, str | None]:
    return (
        dates.published and format_timestamp(dates.published),
        dates.modified and format_timestamp(dates.modified),
    )


def _ld(**stated: str) -> str:
    pairs = ", ".join(
        f'"{key.replace("type", "@type")}": "{value}"' for key, value in stated.items()
    )
    return f'<script type="application/ld+json">{{{pairs}}}</script>'


def _meta(name: str, value: str) -> str:
    return f'<meta property="{name}" content="{value}">'


_STAMP = "2025-10-14T08:30:00+01:00"


@pytest.mark.parametrize(
    ("head", "body", "published", "precision", "source"),
    [
        (_ld(type="NewsArticle", datePublished=_STAMP), "", _STAMP, "second", "json-ld"),
        (_ld(type="WebPage", datePublished=_STAMP), "", _STAMP, "second", "json-ld"),
        (_meta("article:published_time", _STAMP), "", _STAMP, "second", "meta"),
        (_meta("DC.date.issued", _STAMP), "", _STAMP, "second", "meta"),
        (
            "",
            f'<time class="entry-date" datetime="{_STAMP}">then</time>',
            _STAMP,
            "second",
            "time-tag",
        ),
        ("", f'<i itemprop="datePublished" content="{_STAMP}"></i>', _STAMP, "second", "microdata"),
        (
            "",
            '<p class="byline">By Jane Doe | 14 October 2025, 8.30pm</p>',
            "2025-10-14T20:30:00+00:00",
            "minute",
            "byline",
        ),
        ("", "<p>Posted on 14/10/2025</p>", "2025-10-14T00:00:00+00:00", "day", "byline"),
        (
            "",
            f"<p>{_PROSE} Its report of 14 October 2025 does.</p>",
            "2025-10-14T00:00:00+00:00",
            "day",
            "htmldate",
        ),
        (_ld(type="NewsArticle", dateCreated=_STAMP), "", _STAMP, "second", "json-ld"),
        (_ld(type="VideoObject", uploadDate=_STAMP), "", _STAMP, "second", "json-ld"),
        (_meta("pubdate", "Tue, 14 Oct 2025 08:30:00 +0100"), "", _STAMP, "second", "meta"),
        (_meta("pubdate", "2025-10-14T07:30Z"), "", "2025-10-14T07:30:00+00:00", "minute", "meta"),
        (_meta("pubdate", "20251014T083000+0100"), "", _STAMP, "second", "meta"),
        (_meta("pubdate", "1760427000"), "", "2025-10-14T07:30:00+00:00", "second", "meta"),
        (_meta("pubdate", "2025-10-14"), "", "2025-10-14T00:00:00+00:00", "day", "meta"),
        # broken JSON-LD still says its dates
        (
            f'<script type="application/ld+json">{{"datePublished": "{_STAMP}",,}}</script>',
            "",
            _STAMP,
            "second",
            "json-ld",
        ),
    ],
)
def test_reads_each_place(
    head: str, body: str, published: str, precision: str, source: str
) -> None:
    dates = _resolve(_tree(head, body))
    assert _written(dates)[0] == published
    assert (dates.precision, dates.source) == (precision, source)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", ""),
        (_ld(type="NewsArticle", dateModified=_STAMP), ""),
        (_meta("article:modified_time", _STAMP), ""),
        (_meta("article:published_time", "2026-02-03T09:00:00Z"), ""),
        (_meta("article:published_time", "1970-01-01T00:00:00Z"), ""),
        (_meta("article:published_time", "soon"), ""),
        ("", f'<aside><time datetime="{_STAMP}">then</time></aside>'),
        ("", '<div class="comments"><p class="date">14 October 2025</p></div>'),
        ("", '<p class="date">Updated: 14 October 2025</p>'),
        ("", "<dl><dt>Last updated</dt><dd>14 October 2025</dd></dl>"),
        ("", "<p>Current time: 14 October 2025, 12:18</p>"),
        ("", '<div class="today">Tuesday, 14 October 2025</div>'),
        (_ld(type="NewsArticle", datePublished="2025"), ""),
        (_ld(type="NewsArticle", datePublished="2025-10"), ""),
        (_ld(type="Organization", dateCreated=_STAMP), ""),
        ("", '<p class="byline">Chapter 3, by Jane Doe, 12</p>'),
        (_ld(type="VideoObject", datePublished=_STAMP), ""),
    ],
)
def test_takes_nothing_else_for_published(head: str, body: str) -> None:
    dates = _resolve(_tree(head, body))
    assert dates.published is None or dates.source == "htmldate"


def test_structured_places_outvote_one_that_differs() -> None:
    head = _ld(type="NewsArticle", datePublished=_STAMP) + _meta("date", "2025-10-20")
    dates = _resolve(_tree(head), _page("https://example.com/2025/10/14/harbour"))
    assert (_written(dates)[0], dates.flags) == (_STAMP, ("date-conflict",))


def test_the_object_of_this_page_goes_before_its_neighbours() -> None:
    other = _ld(type="NewsArticle", url="https://example.com/x", datePublished="2025-01-02T10:00Z")
    own = _ld(type="NewsArticle", url=_URL, datePublished=_STAMP)
    assert _written(_resolve(_tree(other + own)))[0] == _STAMP


def test_modified_is_kept_apart_and_is_never_before_published() -> None:
    later, earlier = "2025-10-15T09:00:00+01:00", "2025-10-13T09:00:00+01:00"
    for stated, expected in ((later, later), (earlier, None)):
        tree = _tree(_ld(type="NewsArticle", datePublished=_STAMP, dateModified=stated))
        assert _written(_resolve(tree)) == (_STAMP, expected)


def test_a_byline_gives_utc_its_local_clock() -> None:
    head = _meta("article:published_time", "2025-10-15T01:49:09Z")
    body = '<time class="published" datetime="2025-10-14 18:49:09">14 October</time>'
    assert _written(_resolve(_tree(head, body)))[0] == "2025-10-14T18:49:09-07:00"


@pytest.mark.parametrize(
    ("zone", "published", "flags"),
    [
        (None, "2025-07-14T08:30:00+00:00", ("zone-assumed",)),
        ("Europe/Berlin", "2025-07-14T08:30:00+02:00", ()),
        ("Asia/Kolkata", "2025-07-14T08:30:00+05:30", ()),
    ],
)
def test_a_time_without_offset_is_the_sites(
    zone: str | None, published: str, flags: tuple[str, ...]
) -> None:
    tree = _tree(_ld(type="NewsArticle", datePublished="2025-07-14 08:30"))
    dates = _resolve(tree, rules=Rules(timezone=zone))
    assert (_written(dates)[0], dates.flags) == (published, flags)


@pytest.mark.parametrize(
    ("lang", "body", "day"),
    [
        ("en-US", "03/04/2025", "2025-03-04"),
        ("en-GB", "03/04/2025", "2025-04-03"),
        ("fr", "3 avril 2025", "2025-04-03"),
        ("de-DE", "Donnerstag, 3. April 2025", "2025-04-03"),
        ("es", "3 de abril de 2025", "2025-04-03"),
        ("ru", "3 апреля 2025 г.", "2025-04-03"),
        ("ja", "2025年4月3日（木）", "2025-04-03"),
        ("ko", "2025. 4. 3.", "2025-04-03"),
        ("th", "3 เมษายน 2568", "2025-04-03"),
    ],
)
def test_days_are_read_as_the_pages_language_writes_them(lang: str, body: str, day: str) -> None:
    dates = _resolve(_tree(body=f'<p class="date">{body}</p>', lang=lang))
    assert (_written(dates)[0] or "")[:10] == day


@pytest.mark.parametrize("via", ["feed", "sitemap"])
def test_the_lead_knows_what_the_page_does_not_say(via: str) -> None:
    lead = Lead(url=_URL, via=via, at=_FETCHED, published=_STAMP)  # type: ignore[arg-type]  # both are Via
    dates = _resolve(_tree(), _page(lead=lead))
    assert (_written(dates)[0], dates.source) == (_STAMP, via)


@pytest.mark.parametrize(
    ("url", "published"),
    [
        ("https://example.com/2025/10/14/harbour", "2025-10-14T00:00:00+00:00"),
        ("https://example.com/news/20251014-harbour", "2025-10-14T00:00:00+00:00"),
        ("https://example.com/2025/13/14/harbour", None),
        ("https://example.com/item-120251014", None),
    ],
)
def test_the_url_may_hold_a_day(url: str, published: str | None) -> None:
    assert _written(_resolve(_tree(), _page(url)))[0] == published


@pytest.mark.parametrize(
    ("lines", "published", "modified"),
    [
        (["Title", "2024-12-19", "Text."], "2024-12-19T00:00:00+00:00", None),
        (["Published: 12 March 2025"], "2025-03-12T00:00:00+00:00", None),
        (["19 décembre 2024 à 14h05"], "2024-12-19T14:05:00+00:00", None),
        (
            ["Published: 12 March 2025 | Updated: 13 March 2025 10:15"],
            "2025-03-12T00:00:00+00:00",
            "2025-03-13T10:15:00+00:00",
        ),
        (["Stand: 12.03.2025 10:05 Uhr"], None, "2025-03-12T10:05:00+00:00"),
        (["The council met on 12 March 2025."], None, None),
        (["a", "b", "c", "d", "e", "f", "2024-12-19"], None, None),
        ([], None, None),
    ],
)
def test_plain_text_is_dated_by_its_first_lines(
    lines: list[str], published: str | None, modified: str | None
) -> None:
    rules = Rules(languages=("en", "fr", "de"))
    assert _written(resolve_text_dates(lines, _page(), rules)) == (published, modified)


def test_plain_text_knows_its_lead() -> None:
    lead = Lead(url=_URL, via="feed", at=_FETCHED, published=_STAMP)
    assert _written(resolve_text_dates([], _page(lead=lead), Rules()))[0] == _STAMP


_DATE_LINES = [
    "2024-12-19",
    "19.12.2024, 14:05 Uhr",
    "May 5",
    "Updated 2:05 PM ET, Thu November 19, 2026",
    "Published: 12 March 2025 | Updated: 13 March 2025",
    "First published on 12 March 2025 at 8.30am",
    "Updated: 14:05",
    "Publié le 19 décembre 2024 à 14h05",
    "Mis à jour le 3 mai 2025",
    "Stand: 3. Mai 2025",
    "Veröffentlicht am 12. März 2025 um 14 Uhr",
    "Publicado el 12 de marzo de 2025",
    "公開日：2025年3月12日 10時05分",
]
_OTHER_LINES = [
    "",
    "By Jane Doe",
    "By Jane Doe, 12 March 2025",
    "Chapter 3",
    "May 5 people come?",
    "May I come in?",
    "March on the capital",
    "1 of 3",
    "22:18",
    "2:1",
    "Updated",
    "5 min read",
    "Room 101",
    "In 2024 the council met 12 times.",
    "On 12 March 2025 the council met.",
    "The harbour, 1912-1950",
    "+44 20 7946 0000",
    "€ 12.50",
    "Version 1.2.3",
    "12 March 2025 " * 8,
]


@pytest.mark.parametrize("line", _DATE_LINES)
def test_is_a_date_line(line: str) -> None:
    assert is_date_line(line, ["en", "fr", "de", "es", "ja"])


@pytest.mark.parametrize("line", _OTHER_LINES)
def test_is_no_date_line(line: str) -> None:
    assert not is_date_line(line, ["en", "fr", "de", "es", "ja"])


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2025-10-14T25:61:00Z",
        "2025-10-14T08:30:00+99:99",
        "Tue, 14 Oct 2025 08:30:00 +99999999999999999",
        "99999999999999999999",
        "1" * 80,
        "12 " * 26,
        "abcdefg " * 10,
        "a1 " * 26,
        "\N{SUPERSCRIPT TWO}" * 8,
    ],
)
def test_hostile_dates_give_none_or_what_is_sound_in_them(raw: str) -> None:
    tree = _tree(_meta("article:published_time", raw), f'<p class="date">{raw}</p>')
    published, _ = _written(_resolve(tree))
    assert (published or "2025-10-14").startswith("2025-10-14")


def test_the_tree_is_left_as_it_was() -> None:
    for body in ("", '<form><p class="date">Posted</p></form><p>On 14/10/2025</p>'):
        tree = _tree(body=body)
        before = html.tostring(tree)
        _resolve(tree)
        assert html.tostring(tree) == before


def test_the_order_of_pages_changes_no_answer() -> None:
    bodies = [f'<p class="date">{line}</p>' for line in _DATE_LINES + _OTHER_LINES]
    pages = [(body, lang) for body in bodies for lang in ("en-US", "en-GB", "fr")]
    expected = {page: _resolve(_tree(body=page[0], lang=page[1])) for page in pages}
    random.Random(5).shuffle(pages)  # noqa: S311  (no secret)
    assert all(_resolve(_tree(body=p[0], lang=p[1])) == expected[p] for p in pages)


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2025, 10, 14, 8, 30, tzinfo=timezone(timedelta(hours=1))), _STAMP),
        (datetime(2025, 10, 14, 7, 30, 5, 999_999, tzinfo=UTC), "2025-10-14T07:30:05+00:00"),
    ],
)
def test_formats_rfc_3339(moment: datetime, written: str) -> None:
    assert format_timestamp(moment) == written


class TestLinesOfOldTables:
    """Dates that stand as bare text beside the article, as table layouts have them."""

    @pytest.mark.parametrize(
        ("line", "published", "modified"),
        [
            ("Posted: 22 September 2025, 18:40", "2025-09-22T18:40:00+01:00", None),
            ("Tuesday, 9 September 2025", "2025-09-09T00:00:00+01:00", None),
            ("Last updated: 3 October 2025", None, "2025-10-03T00:00:00+01:00"),
            ("Updated: 3 October 2025, 9.15 am", None, "2025-10-03T09:15:00+01:00"),
        ],
    )
    def test_are_read(self, line: str, published: str | None, modified: str | None) -> None:
        story = "Nobody who saw the ferry go could say which of them had paid. " * 5
        body = f"<div><h1>The ferry</h1>Author: Wei<br>{line}<br><br>{story}</div>"
        dates = _resolve(
            html.document_fromstring(f"<html lang='en'><body>{body}</body></html>"),
            rules=Rules(timezone="Europe/London"),
        )
        assert (dates.published and format_timestamp(dates.published)) == published
        assert (dates.modified and format_timestamp(dates.modified)) == modified

    @pytest.mark.parametrize(
        "line",
        ["On 22 September 2025 the ferry sank, he said.", "It was 18:40 in Port Ellery, 2025."],
    )
    def test_sentences_are_no_dates(self, line: str) -> None:
        story = "Nobody who saw the ferry go could say which of them had paid. " * 5
        body = f"<div><h1>The ferry</h1>{line}<br><br>{story}</div>"
        dates = _resolve(html.document_fromstring(f"<html lang='en'><body>{body}</body></html>"))
        assert dates.source in (None, "htmldate")


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        ("2025-10-14T08:30:00+01:00", None),
        ("2025-10-14T07:30:00Z", None),
        ("2025-10-14T07:00:00+01:00", None),
        ("2025-10-14T08:30:01+01:00", "2025-10-14T08:30:01+01:00"),
    ],
)
def test_modified_is_told_only_where_it_is_later(modified: str, expected: str | None) -> None:
    data = (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        f'"datePublished": "2025-10-14T08:30:00+01:00", "dateModified": "{modified}"}}</script>'
    )
    dates = _resolve(_tree(data))
    assert (dates.modified and format_timestamp(dates.modified)) == expected


def _story(
    above: str = "", below: str = "", after: str = "", title: str = "The ferry"
) -> HtmlElement:
    """A page with its own head, something above and below its headline, and after its text."""
    text = _PROSE * 8
    return html.document_fromstring(
        f"<html lang='en-GB'><head><title>{title} | The Gazette</title></head><body>{above}"
        f"<h1>{title}</h1>{below}<p>{text}</p>{after}<p>{text}</p></body></html>"
    )


def _day(dates: Dates) -> str | None:
    return dates.published and dates.published.date().isoformat()


class TestVisibleDates:
    """Dates that readers see, by where they stand."""

    @pytest.mark.parametrize(
        ("above", "below", "after", "day"),
        [
            # near the headline goes before elsewhere, whatever the boxes are called
            ("", "<p>14 October 2025</p>", '<p class="date">1 May 2020</p>', "2025-10-14"),
            ("<p>14 October 2025</p>", "", '<p class="date">1 May 2020</p>', "2025-10-14"),
            ("", '<aside class="widget">14 October 2025</aside>', "", "2025-10-14"),
            # a date by itself goes before one within other words
            ("", "<p>Sale of 1 May 2020, lot 7</p><p>14 October 2025</p>", "", "2025-10-14"),
            # a label goes before none
            ("", "<p>1 May 2020</p><p>Published: 14 October 2025</p>", "", "2025-10-14"),
            ("", "<table><tr><th>Published:</th><td>14 October 2025</td></tr></table>", "",
             "2025-10-14"),
            # a press office's report
            ("", f"<p><b>Port Ellery (14 October 2025).</b> {_PROSE}</p>", "", "2025-10-14"),
            ("", f"<p>Port Ellery, 14 October 2025 - {_PROSE}</p>", "", "2025-10-14"),
            # the page's own head says what day it is
            (
                '<header class="site-header"><h2>The Gazette</h2><span>1 May 2020</span></header>',
                "<p>14 October 2025</p>",
                "",
                "2025-10-14",
            ),
        ],
    )  # fmt: skip
    def test_are_weighed_by_their_place(self, above: str, below: str, after: str, day: str) -> None:
        assert _day(_resolve(_story(above, below, after))) == day

    @pytest.mark.parametrize(
        ("above", "below", "after"),
        [
            # today's, in the page's head
            ('<div class="topbar"><span class="date">1 November 2025</span></div>', "", ""),
            # a list of other articles, or a timeline
            ("", "", "".join(f"<p>{day} May 2020</p>" for day in range(1, 5))),
            ("", "", "<ul><li>2020 July 2020 June 2020 May 2020</li></ul>"),
            # part of a sentence
            ("", "", f"<p>Look, says the report of <a href='/r'>1 May 2020</a>. {_PROSE}</p>"),
            ("", '<p class="comment-date">1 May 2020</p>', ""),
            ("", "<p>Event date: 1 May 2020</p>", ""),
            ("", f"<p>{_PROSE} Port Ellery, 14 October 2025 - {_PROSE}</p>", ""),
        ],
    )  # fmt: skip
    def test_may_be_no_evidence(self, above: str, below: str, after: str) -> None:
        dates = _resolve(_story(above, below, after))
        assert dates.source in (None, "htmldate")

    def test_of_the_pages_head_do_not_outvote_a_plain_meta_tag(self) -> None:
        head = '<div id="masthead"><b class="date">Tuesday, 14.10.2025</b></div>'
        tree = _story(head)
        tree.find("head").insert(0, html.fromstring(_meta("date", "2025-05-01T17:05:00+02:00")))
        assert _day(_resolve(tree)) == "2025-05-01"


class TestOrderOfFigures:
    """Which of two figures is the month, by the page's own evidence."""

    @pytest.mark.parametrize(
        ("lang", "head", "below", "day"),
        [
            # agrees with what is certain
            ("de", _meta("date", "11/01/2025 12:43:42"), "Erstellt am: 1. November 2025",
             "2025-11-01"),
            ("en-US", "", "11/10/2025 <time datetime='2025-10-11'>then</time>", "2025-10-11"),
            # is shown by another date
            ("en-GB", _meta("article:modified_time", "10/14/2025"), "Posted: 10/03/2025",
             "2025-10-03"),
            ("en-US", _meta("article:modified_time", "14/10/2025"), "Posted: 03/10/2025",
             "2025-10-03"),
            # the other order would be in the future
            ("en-GB", "", "Posted: 03/12/2025", "2025-03-12"),
            ("en-GB", "", "Posted: 03/10/2025", "2025-10-03"),
        ],
    )  # fmt: skip
    def test_is_that_of_the_page(self, lang: str, head: str, below: str, day: str) -> None:
        assert _day(_resolve(_tree(head, f"<p>{below}</p>", lang))) == day

    @pytest.mark.parametrize(
        ("order", "day"), [("DMY", "2025-10-03"), ("MDY", "2025-03-10"), (None, "2025-10-03")]
    )
    def test_may_be_declared(self, order: Order | None, day: str) -> None:
        tree = _tree(body='<p class="date">03/10/2025</p>')
        assert _day(_resolve(tree, rules=Rules(date_order=order))) == day


class TestDatesThatCountFromNow:
    """`3 hours ago`, where nothing else says when."""

    @pytest.mark.parametrize(
        ("below", "published", "precision"),
        [
            ('<span class="timestamp">5 minutes ago</span>', "2025-11-01T11:55:00+00:00", "minute"),
            ("<time>3 hours ago</time>", "2025-11-01T00:00:00+00:00", "day"),
            ('<p class="date">yesterday, 14:05</p>', "2025-10-31T14:05:00+00:00", "minute"),
        ],
    )
    def test_are_read(self, below: str, published: str, precision: str) -> None:
        body = b"<footer>The Gazette, 2025</footer>"
        page = replace(_page(), body=body)
        dates = _resolve(_story(below=below), page)
        assert (_written(dates)[0], dates.precision) == (published, precision)

    def test_are_not_believed_of_a_page_that_knows_nothing_of_the_year(self) -> None:
        page = replace(_page(), body=b"<footer>The Gazette, 2019</footer>")
        assert _resolve(_story(below="<time>3 hours ago</time>"), page).published is None

    def test_go_behind_any_other_date(self) -> None:
        below = "<p>14 October 2025</p><time>3 hours ago</time>"
        page = replace(_page(), body=b"2025")
        assert _day(_resolve(_story(below=below), page)) == "2025-10-14"


class TestLastModified:
    """The header supports what the page says, and says nothing alone."""

    @pytest.mark.parametrize(
        ("header", "stated", "modified"),
        [
            ("Wed, 15 Oct 2025 08:00:00 GMT", "2025-10-15T07:59:00Z", "2025-10-15T07:59:00+00:00"),
            ("Wed, 15 Oct 2025 08:00:00 GMT", "2025-10-15", "2025-10-15T00:00:00+00:00"),
            ("Wed, 15 Oct 2025 08:00:00 GMT", "", None),
            ("Mon, 20 Oct 2025 08:00:00 GMT", "2025-10-15", "2025-10-15T00:00:00+00:00"),
            ("Sat, 01 Nov 2025 11:59:58 GMT", "", None),
            ("yesterday", "2025-10-15", "2025-10-15T00:00:00+00:00"),
        ],
    )
    def test_decides_nothing(self, header: str, stated: str, modified: str | None) -> None:
        head = _ld(type="NewsArticle", datePublished=_STAMP)
        head += _meta("article:modified_time", stated) if stated else ""
        page = replace(_page(), headers={"last-modified": header})
        assert _written(_resolve(_tree(head), page)) == (_STAMP, modified)

    def test_votes_between_what_is_stated(self) -> None:
        head = _ld(type="NewsArticle", datePublished=_STAMP, dateModified="2025-10-16")
        head += _meta("article:modified_time", "2025-10-15")
        page = replace(_page(), headers={"last-modified": "Wed, 15 Oct 2025 08:00:00 GMT"})
        places = [one.place for one in _resolve(_tree(head), page).candidates]
        assert "http-header" in places


def test_a_place_that_was_modified_before_it_was_published_is_doubted() -> None:
    head = _meta("article:published_time", "2025-10-20T10:33:13Z")
    head += _meta("article:modified_time", "2025-10-20T10:32:18Z")
    assert _day(_resolve(_tree(head))) == "2025-10-20"
    body = "<p>3 May 2025</p>"
    assert _day(_resolve(_tree(head + _meta("pubdate", "2025-05-03"), body))) == "2025-05-03"


class TestSearch:
    """What htmldate finds is taken only if the page names that day."""

    @pytest.mark.parametrize(
        "after",
        [
            "<p>© 2019 The Gazette</p>",
            '<img src="/uploads/2019/06/19/ferry.jpg">',
            '<img src="/uploads/20190619-ferry.jpg">',
        ],
    )
    def test_years_and_addresses_are_no_days(self, after: str) -> None:
        assert _resolve(_story(after=after)).published is None

    @pytest.mark.parametrize(
        ("url", "day"),
        [
            ("https://example.com/2025/10/ferry", "2025-10-14"),
            ("https://example.com/2025/09/ferry", None),
            ("https://example.com/ferry", "2025-10-14"),
        ],
    )
    def test_the_month_of_the_url_is_heeded(self, url: str, day: str | None) -> None:
        after = f"<p>{_PROSE} Its report of 14 October 2025 does.</p>"
        assert _day(_resolve(_story(after=after), _page(url))) == day


class TestConfidence:
    """How sure a date is, by what speaks for it."""

    @pytest.mark.parametrize(
        ("head", "body", "tier"),
        [
            (_ld(type="NewsArticle", datePublished=_STAMP) + _meta("pubdate", _STAMP), "", "A"),
            (_ld(type="NewsArticle", datePublished=_STAMP), "", "B"),
            (_ld(type="NewsArticle", datePublished=_STAMP), "<p>14 October 2025</p>", "B"),
            (
                _ld(type="NewsArticle", datePublished=_STAMP) + _meta("pubdate", "2025-10-20"),
                "",
                "C",
            ),
            (_meta("date", _STAMP), "", "D1"),
            ("", "<p>14 October 2025</p>", "D1"),
            (_ld(type="NewsArticle", dateCreated=_STAMP), "", "D2"),
        ],
    )
    def test_is_that_of_the_evidence(self, head: str, body: str, tier: str) -> None:
        dates = _resolve(_tree(head, body))
        assert (dates.tier, dates.confidence) == (tier, confidence_of(tier))

    def test_there_is_none_without_a_date(self) -> None:
        dates = _resolve(_tree())
        assert (dates.tier, dates.confidence, dates.candidates) == (None, None, ())

    @pytest.mark.parametrize("tier", TIERS)
    def test_is_a_share(self, tier: str) -> None:
        assert 0.5 < confidence_of(tier) <= 1


def test_all_that_could_be_read_is_kept() -> None:
    head = _meta("pubdate", _STAMP) + _meta("date", "soon") + _meta("modified", "2025-10-15")
    kept = [
        (one.role, one.place, one.source, one.raw, format_timestamp(one.value), one.precision)
        for one in _resolve(_tree(head)).candidates
    ]
    assert kept == [
        ("published", "meta-known", "meta", _STAMP, _STAMP, "second"),
        ("modified", "meta-known", "meta", "2025-10-15", "2025-10-15T00:00:00+00:00", "day"),
    ]
    assert [one.has_offset for one in _resolve(_tree(head)).candidates] == [True, False]
