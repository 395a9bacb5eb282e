"""Articles as items of zyte-common-items: by their documentation, and by their own classes."""

from collections.abc import Callable
from typing import Any

import pytest
from itemadapter import ItemAdapter

from cleaning.article import Article, Author, Image
from cleaning.zyte_article import zyte_article

LATER = "2026-03-02T09:00:00+01:00"
FULL: dict[str, Any] = {
    "canonical_url": "https://example.com/bridge",
    "description": "Nine months late.",
    "authors": (
        Author(name="Ida Quayle", url="https://example.com/ida", kind="person"),
        Author(name="Newswire", url=None, kind="agency"),
    ),
    "images": (
        Image(url="https://example.com/a.jpg", caption="A bridge", credit="Wei"),
        Image(url="https://example.com/b.jpg", caption=None, credit=None),
    ),
    "date_modified": LATER,
    "language": "pt-BR",
}


def converted(article: Article) -> dict[str, Any]:
    item = zyte_article(article)
    assert item is not None
    return item


def test_a_full_article(make_article: Callable[..., Article]) -> None:
    article = make_article(**FULL)
    assert converted(article) == {
        "url": article.url,
        "canonicalUrl": "https://example.com/bridge",
        "headline": "Old bridge reopens",
        "datePublished": "2026-03-02T07:30:00+01:00",
        "dateModified": "2026-03-02T09:00:00+01:00",
        "authors": [
            {"name": "Ida Quayle", "url": "https://example.com/ida"},
            {"name": "Newswire"},
        ],
        "inLanguage": "pt",
        "mainImage": {"url": "https://example.com/a.jpg"},
        "images": [{"url": "https://example.com/a.jpg"}, {"url": "https://example.com/b.jpg"}],
        "description": "Nine months late.",
        "articleBody": article.text,
        "metadata": {"dateDownloaded": "2026-03-02T08:00:00Z"},
    }


def test_what_is_not_known_is_left_out(make_article: Callable[..., Article]) -> None:
    item = converted(make_article(title=None, date_published=None, language="und"))
    assert list(item) == ["url", "articleBody", "metadata"]


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"date_published": None, "date_modified": LATER}, "datePublished", LATER),
        ({"language": "zh-Hant"}, "inLanguage", "zh"),
        ({"language": "fil"}, "inLanguage", None),
    ],
)
def test_their_rules(
    make_article: Callable[..., Article], given: dict[str, Any], name: str, expected: str | None
) -> None:
    assert converted(make_article(**given)).get(name) == expected


def test_the_download_is_in_utc(
    make_article: Callable[..., Article], make_provenance: Callable[..., Any]
) -> None:
    provenance = make_provenance(fetched_at="2026-03-02T01:30:00.25+05:30")
    item = converted(make_article(provenance=provenance))
    assert item["metadata"] == {"dateDownloaded": "2026-03-01T20:00:00Z"}


def test_a_tombstone_is_none(make_article: Callable[..., Article]) -> None:
    assert zyte_article(make_article(op="tombstone", version=2)) is None


@pytest.mark.parametrize("given", [FULL, {}, {"title": None, "language": "und"}])
def test_their_classes_take_it_as_it_is(
    make_article: Callable[..., Article], given: dict[str, Any]
) -> None:
    zyte = pytest.importorskip("zyte_common_items")
    item = converted(make_article(**given))
    parsed = zyte.Article.from_dict(item)
    adapter = type("Adapter", (ItemAdapter,), {"ADAPTER_CLASSES": [zyte.ZyteItemAdapter]})
    assert type(parsed.metadata) is zyte.ArticleMetadata
    assert all(type(author) is zyte.Author for author in parsed.authors or ())
    assert set(item) <= {field.name for field in zyte.Article.__attrs_attrs__}
    # What it is probable to be is for them to say, where nothing is said it is certain.
    item["metadata"] |= {"probability": 1.0}
    assert adapter(parsed).asdict() == item
