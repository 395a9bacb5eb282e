"""Articles as JSON-LD of schema.org."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cleaning.article import Access, Article, Author, Image, Rights
from cleaning.news_article import news_article

#: Of https://schema.org/NewsArticle and the types it inherits from.
PROPERTIES = frozenset(
    """identifier version url mainEntityOfPage headline description datePublished dateModified
    author publisher inLanguage articleSection keywords image isAccessibleForFree license wordCount
    articleBody""".split()
)


def converted(article: Article) -> dict[str, Any]:
    found = news_article(article)
    assert found is not None
    return found


def test_a_full_article(
    make_article: Callable[..., Article], make_provenance: Callable[..., Any]
) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    rights = Rights(robots=(), tdm_reserved=None, tdm_policy=None, licenses=(licence,))
    article = make_article(
        canonical_url="https://example.com/bridge",
        title="Old bridge reopens " * 8,
        description="Nine months late.",
        authors=(
            Author(name="Ida Quayle", url="https://example.com/ida", kind="person"),
            Author(name="Newswire", url=None, kind="agency"),
            Author(name="The desk", url=None, kind="organization"),
            Author(name="Sam", url=None),
        ),
        section="Harbour",
        tags=("bridge", "Lenne"),
        images=(Image(url="https://example.com/a.jpg", caption="A bridge", credit="Wei"),),
        date_modified="2026-03-02T09:00:00+01:00",
        publisher="The Courier",
        access=Access(free=True, truncated=False, evidence=()),
        provenance=make_provenance(rights=rights),
    )
    found = converted(article)
    assert set(found) - {"@context", "@type"} == PROPERTIES
    assert found == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": article.id,
        "version": 1,
        "url": "https://example.com/bridge",
        "mainEntityOfPage": {"@type": "WebPage", "@id": "https://example.com/bridge"},
        "headline": article.title,
        "description": "Nine months late.",
        "datePublished": "2026-03-02T07:30:00+01:00",
        "dateModified": "2026-03-02T09:00:00+01:00",
        "author": [
            {"@type": "Person", "name": "Ida Quayle", "url": "https://example.com/ida"},
            {"@type": "Organization", "name": "Newswire"},
            {"@type": "Organization", "name": "The desk"},
            {"name": "Sam"},
        ],
        "publisher": {"@type": "Organization", "name": "The Courier"},
        "inLanguage": "en",
        "articleSection": "Harbour",
        "keywords": ["bridge", "Lenne"],
        "image": [
            {
                "@type": "ImageObject",
                "url": "https://example.com/a.jpg",
                "caption": "A bridge",
                "creditText": "Wei",
            }
        ],
        "isAccessibleForFree": True,
        "license": [licence],
        "wordCount": article.word_count,
        "articleBody": article.text,
    }
    assert json.loads(json.dumps(found)) == found


def test_what_is_not_known_is_left_out(make_article: Callable[..., Article]) -> None:
    found = converted(make_article(title=None, date_published=None, language="und"))
    known = "@context @type identifier version url mainEntityOfPage wordCount articleBody"
    assert list(found) == known.split()


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"content_type": "opinion"}, "@type", "OpinionNewsArticle"),
        ({"content_type": "live-blog"}, "@type", "NewsArticle"),
        ({"date_precision": "day"}, "datePublished", "2026-03-02"),
        ({"language": "zh-Hant"}, "inLanguage", "zh-Hant"),
        ({"access": Access(free=False, truncated=True, evidence=())}, "isAccessibleForFree", False),
    ],
)
def test_rules(
    make_article: Callable[..., Article], given: dict[str, Any], name: str, expected: object
) -> None:
    assert converted(make_article(**given))[name] == expected


def test_a_tombstone_is_none(make_article: Callable[..., Article]) -> None:
    assert news_article(make_article(op="tombstone", version=2)) is None
