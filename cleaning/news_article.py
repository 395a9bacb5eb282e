"""An article as JSON-LD: a `NewsArticle` of schema.org (https://schema.org/NewsArticle)."""

from typing import Any

from cleaning.article import Article, Author, Image

_DAY = len("2026-11-24")
#: A news agency is an organisation there too; who cannot be told to be either has no type.
_AUTHOR_TYPES = {"person": "Person", "organization": "Organization", "agency": "Organization"}


def news_article(article: Article) -> dict[str, Any] | None:
    """The JSON-LD of an article; what is not known is left out.

    The headline is whole (Google shows some 110 characters of it), a date of which only the day
    was stated is a `Date`, `inLanguage` is a BCP-47 tag. Of a copy nothing is said: that it came
    later does not show that it is based on (`isBasedOn`) the other.

    Returns:
        None for a tombstone, as there is nothing left to be described.
    """
    if article.op == "tombstone":
        return None
    url = article.canonical_url or article.url
    found = {
        "@context": "https://schema.org",
        "@type": "OpinionNewsArticle" if article.content_type == "opinion" else "NewsArticle",
        "identifier": article.id,
        "version": article.version,
        "url": url,
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": article.title,
        "description": article.description,
        "datePublished": _date(article.date_published, article.date_precision),
        "dateModified": article.date_modified,
        "author": list(map(_author, article.authors)),
        "publisher": _organization(article.publisher),
        "inLanguage": article.language if article.language != "und" else None,
        "articleSection": article.section,
        "keywords": list(article.tags),
        "image": list(map(_image, article.images)),
        "isAccessibleForFree": article.access.free,
        "license": list(article.provenance.rights.licenses),
        "wordCount": article.word_count,
        "articleBody": article.text,
    }
    return _known(found)


def _known(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None and value != []}


def _date(date: str | None, precision: str | None) -> str | None:
    return date[:_DAY] if date and precision == "day" else date


def _author(author: Author) -> dict[str, Any]:
    kind = _AUTHOR_TYPES.get(author.kind or "")
    return _known({"@type": kind, "name": author.name, "url": author.url})


def _image(image: Image) -> dict[str, Any]:
    about = {"url": image.url, "caption": image.caption, "creditText": image.credit}
    return {"@type": "ImageObject", **_known(about)}


def _organization(name: str | None) -> dict[str, Any] | None:
    return {"@type": "Organization", "name": name} if name else None
