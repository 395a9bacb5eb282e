"""An article as an item of zyte-common-items: the `Article` of Zyte API's schema."""

from datetime import UTC, datetime
from typing import Any

from cleaning.article import Article

_ISO_639_1 = 2


def zyte_article(article: Article) -> dict[str, Any] | None:
    """The JSON of a zyte-common-items `Article`; what is not known is left out, as there.

    As their documentation has it: `url` is where the page was in the end, `datePublished` falls
    back on the date of the last change, `inLanguage` is a code of two letters. `mainImage` is the
    first picture: what the page's data name comes first.

    Returns:
        None for a tombstone, as their schema has no word for an article that is gone.
    """
    if article.op == "tombstone":
        return None
    images = [{"url": image.url} for image in article.images]
    item = {
        "url": article.url,
        "canonicalUrl": article.canonical_url,
        "headline": article.title,
        "datePublished": article.date_published or article.date_modified,
        "dateModified": article.date_modified,
        "authors": [_known({"name": one.name, "url": one.url}) for one in article.authors],
        "inLanguage": _two_letters(article.language),
        "mainImage": images[0] if images else None,
        "images": images,
        "description": article.description,
        "articleBody": article.text,
        "metadata": {"dateDownloaded": _in_utc(article.provenance.fetched_at)},
    }
    return _known(item)


def _known(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value not in (None, [])}


def _two_letters(language: str) -> str | None:
    primary = language.partition("-")[0]
    return primary if len(primary) == _ISO_639_1 else None


def _in_utc(timestamp: str) -> str:
    moment = datetime.fromisoformat(timestamp).astimezone(UTC)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
