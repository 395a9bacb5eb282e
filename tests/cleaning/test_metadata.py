"""Metadata: data, meta tags, markup and lead reconciled into one account of the article."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from cleaning.jsonld import read_jsonld
from cleaning.metadata import Metadata, read_metadata
from cleaning.page import Lead, Page
from cleaning.parse import parse
from cleaning.rights import NO_RIGHTS
from cleaning.rules import Rules

_URL = "https://courier.example/harbour/bridge.html"
_AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _read(*things: dict[str, Any], head: str = "", lead: dict[str, Any] | None = None) -> Metadata:
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(thing)}</script>' for thing in things
    )
    tree = parse(f"<html><head>{head}{scripts}</head><body><p>The text.</p></body></html>")
    found = Lead(url=_URL, via="feed", at=_AT, **lead) if lead else None
    page = Page(url=_URL, requested_url=_URL, body=b"", fetched_at=_AT, lead=found)
    return read_metadata(tree, read_jsonld(tree), page, Rules())


def _article(**said: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", **said}


def _crumbs(*names: str) -> dict[str, Any]:
    """The way from the home page; the last crumb has its name in its item, as some sites do."""
    crumbs: list[Any] = [{"@type": "ListItem", "name": name} for name in names[:-1]]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [*crumbs, {"@type": "ListItem", "item": {"name": names[-1]}}],
    }


def _meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_nothing_is_said() -> None:
    assert _read() == Metadata(
        title=None,
        titles=(),
        description=None,
        authors=(),
        section=None,
        tags=(),
        images=(),
        publisher=None,
        canonical_url=None,
        content_type="article",
        free=None,
        language=None,
        rights=NO_RIGHTS,
        sources={},
        is_article=False,
        is_listing=False,
    )


@pytest.mark.parametrize(
    ("things", "head", "lead", "expected"),
    [
        ([_article(description="In data.")], _meta("og:description", "In meta."), {}, "In meta."),
        ([_article(description="In data.")], "", {}, "In data."),
        ([], '<meta name="description" content="In meta.">', {}, "In meta."),
        ([], "", {"summary": "In the\n feed."}, "In the feed."),
        ([], "", {"summary": "<p>In the feed.</p>"}, None),
    ],
)
def test_description(things: list[Any], head: str, lead: Any, expected: str | None) -> None:
    assert _read(*things, head=head, lead=lead).description == expected


@pytest.mark.parametrize(
    ("things", "head", "lead", "expected"),
    [
        ([_article(articleSection="Harbour")], _meta("article:section", "News"), {}, "Harbour"),
        ([_article(articleSection=["Harbour", "News"])], "", {}, "Harbour"),
        ([], _meta("article:section", "News"), {}, "News"),
        ([], "", {"section": "Feed"}, "Feed"),
        ([_article(articleSection=7)], "", {}, None),
        ([_crumbs("Home", "Harbour", "Bridge closes")], "", {"section": "Feed"}, "Harbour"),
        ([_crumbs("Home", "Bridge closes")], "", {}, None),
        ([{"@type": "BreadcrumbList", "itemListElement": [7, None, "x"]}], "", {}, None),
        ([_article(articleSection="x" * 900)], "", {}, "x" * 200),
    ],
)
def test_section(things: list[Any], head: str, lead: Any, expected: str | None) -> None:
    assert _read(*things, head=head, lead=lead).section == expected


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("/harbour/bridge", "https://courier.example/harbour/bridge"),
        ("/", None),
        ("https://courier.example", None),
        ("https://courier.example/?p=7", "https://courier.example/?p=7"),
        ("https://elsewhere.example/harbour/bridge", None),
        ("javascript:alert(1)", None),
    ],
)
def test_canonical_is_believed_on_the_same_site_only(canonical: str, expected: str | None) -> None:
    head = f'<link rel="canonical" href="{canonical}">'
    assert _read(head=head).canonical_url == expected


@pytest.mark.parametrize(
    ("thing", "head", "expected"),
    [
        ({"@type": "NewsArticle"}, "", "article"),
        ({"@type": ["NewsArticle", "LiveBlogPosting"]}, "", "live-blog"),
        ({"@type": "OpinionNewsArticle"}, "", "opinion"),
        ({"@type": "Person"}, _meta("og:type", "video.other"), "video"),
        ({"@type": "ImageGallery"}, _meta("og:type", "article"), "gallery"),
        ({"@type": "NewsArticle", "hasPart": {"@type": "ImageGallery"}}, "", "article"),
    ],
)
def test_content_type(thing: dict[str, Any], head: str, expected: str) -> None:
    assert _read(thing, head=head).content_type == expected


@pytest.mark.parametrize(
    ("said", "free"),
    [
        (True, True),
        ("True", True),
        (False, False),
        ("false", False),
        ("no", False),
        (None, None),
        ("perhaps", None),
        ({}, None),
    ],
)
def test_free(said: Any, free: bool | None) -> None:
    assert _read(_article(isAccessibleForFree=said)).free is free


@pytest.mark.parametrize(
    ("things", "head", "expected"),
    [
        ([_article()], "", True),
        ([], _meta("og:type", "article"), True),
        ([{"@type": "WebPage"}], _meta("og:type", "website"), False),
        ([{"@type": "VideoObject"}], _meta("og:type", "video.other"), True),
        ([{"@type": "VideoObject"}], "", False),
        ([_article(url=f"/{n}") for n in range(3)], "", False),
        ([_article(url=f"/{n}") for n in range(3)], _meta("og:type", "article"), True),
        # a page that has moved names itself by its old URL
        ([_article(url="/1")], "", True),
    ],
)
def test_is_article(things: list[Any], head: str, expected: bool) -> None:
    assert _read(*things, head=head).is_article is expected


@pytest.mark.parametrize(
    ("things", "expected"),
    [
        ([{"@type": "CollectionPage"}], True),
        ([{"@type": ["WebPage", "SearchResultsPage"]}], True),
        ([{"@type": "ItemList"}], False),
        ([{"@type": "CollectionPage"}, _article()], False),
        ([], False),
    ],
)
def test_is_listing(things: list[Any], expected: bool) -> None:
    assert _read(*things).is_listing is expected


class TestSeveralArticles:
    """A live blog's entries and a list of related stories are not the page's article."""

    _OWN = _article(
        headline="Live: the bridge",
        url=_URL,
        author={"@id": "#ida"},
        articleSection="Harbour",
        keywords="bridge",
        image="/own.jpg",
        publisher={"@id": "#paper"},
    )
    _OTHER = _article(
        headline="Goats sold",
        url="https://courier.example/goats",
        author="Max Tal",
        articleSection="Farm",
        keywords="goats",
        image="/goat.jpg",
    )
    _IDA: Final = {"@type": "Person", "@id": "#ida", "name": "Ida Quayle"}
    _PAPER: Final = {"@type": "Organization", "@id": "#paper", "name": "The Harbour Courier"}

    @pytest.mark.parametrize(
        "things",
        [
            (_OWN, _OTHER, _IDA, _PAPER),
            (_OTHER, _OWN, _IDA, _PAPER),
            ({"@graph": [_IDA, _OTHER, _PAPER, _OWN]},),
            (
                {
                    **_OWN,
                    "@type": "LiveBlogPosting",
                    "liveBlogUpdate": [{**_OTHER, "url": f"{_URL}#1"}],
                },
                _IDA,
                _PAPER,
            ),
        ],
    )
    def test_only_its_own_counts(self, things: tuple[dict[str, Any], ...]) -> None:
        said = _read(*things)
        assert said.title == "Live: the bridge"
        assert said.titles == ("Live: the bridge",)
        assert [author.name for author in said.authors] == ["Ida Quayle"]
        assert (said.section, said.tags) == ("Harbour", ("bridge",))
        assert [image.url for image in said.images] == ["https://courier.example/own.jpg"]
        assert said.publisher == "The Harbour Courier"


def test_titles_are_all_that_may_stand_in_the_text_again() -> None:
    head = f"<title>Bridge - Courier</title>{_meta('og:title', 'The bridge')}"
    said = _read(_article(headline="Bridge"), head=head, lead={"title": "Bridge!"})
    assert said.titles == ("Bridge", "The bridge", "Bridge!", "Bridge - Courier")


def test_is_bounded() -> None:
    long = "word " * 5_000
    said = _read(
        _article(headline=long, articleSection=long, keywords=[f"{long}{n}" for n in range(300)])
    )
    assert len(said.title or "") <= 500
    assert len(said.section or "") <= 200
    assert len(said.tags) <= 100
    assert all(len(tag) <= 200 for tag in said.tags)
