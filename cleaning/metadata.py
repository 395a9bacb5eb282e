"""Everything that a page, its data and its lead say of the article, but for text and dates."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaning.article import Author, ContentType, Image
from cleaning.author import AuthorSource, read_authors
from cleaning.author_data import read_stated_authors
from cleaning.characters import one_line
from cleaning.identity import same_site
from cleaning.jsonld import JsonObject, are_of_others, of_page, types_of, with_references
from cleaning.meta import Head, absolute_url, read_head
from cleaning.page import Lead, Page
from cleaning.rules import Rules
from cleaning.site_name import site_names
from cleaning.title import Titles, TitleSource, choose_title

_ARTICLE_TYPES = frozenset({
    "AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle",
    "BackgroundNewsArticle", "BlogPosting", "LiveBlogPosting", "NewsArticle", "OpinionNewsArticle",
    "Report", "ReportageNewsArticle", "Review", "ReviewNewsArticle", "SatiricalArticle",
    "ScholarlyArticle", "SocialMediaPosting", "TechArticle",
})  # fmt: skip
_CONTENT_TYPES: dict[str, ContentType] = {
    "LiveBlogPosting": "live-blog",
    "OpinionNewsArticle": "opinion",
    "ImageGallery": "gallery",
    "MediaGallery": "gallery",
}
# No ItemList: round-ups call themselves so.
_LISTS = frozenset({"CollectionPage", "ProfilePage", "SearchResultsPage"})
_MAX_TAGS = 100
_MAX_LABEL = 200
_MAX_DESCRIPTION = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is said of the article; None and empty where nothing is said.

    `titles` are all texts under which the headline may appear again in the body.
    """

    title: str | None = None
    title_source: TitleSource | None = None
    titles: tuple[str, ...] = ()
    description: str | None = None
    authors: tuple[Author, ...] = ()
    author_source: AuthorSource | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    publisher: str | None = None
    canonical_url: str | None = None
    content_type: ContentType = "article"
    free: bool | None = None
    language: str | None = None
    #: Whether the page calls itself an article in its data.
    is_article: bool = False
    #: Whether it calls itself a list of pages, and no article.
    is_listing: bool = False


def read_metadata(
    tree: HtmlElement, jsonld: Sequence[JsonObject], page: Page, rules: Rules
) -> Metadata:
    """Reconcile JSON-LD, meta tags, markup and the lead; each believed in that order."""
    head = read_head(tree, page.url)
    articles = _articles(jsonld, [page.url, head.canonical or ""])
    publisher = _publisher(articles, head, rules)
    titles = _titles(articles, head, page.lead)
    names = site_names(page.url, [publisher, rules.name, *head.all("og:site_name")])
    title = choose_title(titles, names)
    said = read_stated_authors(articles, jsonld, head, page.lead.authors if page.lead else ())
    named = read_authors(tree, said, names)
    is_article = _is_article(jsonld, head, page)
    return Metadata(
        title=title.text,
        title_source=title.source,
        titles=tuple(
            dict.fromkeys(
                (
                    *titles.headlines,
                    *titles.stated,
                    *filter(None, [titles.lead]),
                    *titles.headings,
                    *filter(None, [head.title]),
                )
            )
        ),
        description=_description(articles, head, page.lead),
        authors=named.authors,
        author_source=named.source,
        section=_section(articles, head, page.lead),
        tags=_tags(articles, head, page.lead),
        images=_images(articles, head, page.url),
        publisher=publisher,
        canonical_url=_believed_canonical(head.canonical, page.url),
        content_type=_content_type(articles or jsonld, head),
        free=_free(articles),
        language=head.language,
        is_article=is_article,
        is_listing=not is_article and any(_LISTS.intersection(types_of(one)) for one in jsonld),
    )


def _articles(jsonld: Sequence[JsonObject], urls: Sequence[str]) -> tuple[JsonObject, ...]:
    """The page's own article objects, references followed; not those of entries and lists."""
    found = [thing for thing in jsonld if _ARTICLE_TYPES.intersection(types_of(thing))]
    return tuple(with_references(thing, jsonld) for thing in of_page(found, filter(None, urls)))


def _is_article(jsonld: Sequence[JsonObject], head: Head, page: Page) -> bool:
    """Whether the page calls itself an article; a list may describe those that it leads to."""
    found = [thing for thing in jsonld if _ARTICLE_TYPES.intersection(types_of(thing))]
    described = bool(found) and not are_of_others(found, [page.url, head.canonical or ""])
    return described or head.first("og:type") == "article"


def _titles(things: Iterable[JsonObject], head: Head, lead: Lead | None) -> Titles:
    return Titles(
        headlines=tuple(_strings(things, "headline")),
        stated=head.all("og:title", "twitter:title"),
        headings=head.headings,
        subheadings=head.subheadings,
        document=head.title,
        lead=one_line(lead.title) if lead and lead.title else None,
    )


def _description(things: Iterable[JsonObject], head: Head, lead: Lead | None) -> str | None:
    said = [
        head.first("og:description"),
        head.first("description", "twitter:description"),
        *_strings(things, "description"),
        one_line(lead.summary) if lead and lead.summary and "<" not in lead.summary else None,
    ]
    return next((text[:_MAX_DESCRIPTION] for text in said if text), None)


def _section(things: Iterable[JsonObject], head: Head, lead: Lead | None) -> str | None:
    said = [
        *_strings(things, "articleSection"),
        head.first("article:section", "section"),
        lead.section if lead else None,
    ]
    return next((text[:_MAX_LABEL] for text in said if text), None)


def _tags(things: Iterable[JsonObject], head: Head, lead: Lead | None) -> tuple[str, ...]:
    sources = (
        list(_keywords(_strings(things, "keywords"))),
        list(head.all("article:tag")),
        list(_keywords(head.all("news_keywords", "keywords"))),
        list(lead.tags) if lead else [],
    )
    tags = next(filter(None, sources), [])
    return tuple(dict.fromkeys(tag[:_MAX_LABEL] for tag in tags))[:_MAX_TAGS]


def _keywords(values: Iterable[str]) -> Iterator[str]:
    """The single keywords of comma-separated lists."""
    parts = (part.strip() for value in values for part in value.replace(";", ",").split(","))
    return (part for part in parts if part)


def _publisher(things: Iterable[JsonObject], head: Head, rules: Rules) -> str | None:
    publishers = (thing.get("publisher") for thing in things)
    names = _strings((one for one in publishers if isinstance(one, dict)), "name")
    said = [*names, head.first("og:site_name", "application-name"), rules.name]
    return next((name[:_MAX_LABEL] for name in said if name), None)


def _images(things: Iterable[JsonObject], head: Head, url: str) -> tuple[Image, ...]:
    objects = (image for thing in things for image in _image_objects(thing.get("image")))
    everything = [*objects, *({"url": link} for link in head.all("og:image", "og:image:url"))]
    found: dict[str, Image] = {}
    for image in everything:
        stated = image.get("url") or image.get("contentUrl")
        link = absolute_url(url, stated) if isinstance(stated, str) else None
        if link and link != url:
            caption = next(_strings([image], "caption"), None)
            credit = next(_strings([image], "creditText"), None)
            found.setdefault(link, Image(url=link, caption=caption, credit=credit))
    return tuple(found.values())


def _image_objects(value: Any) -> Iterator[JsonObject]:
    if isinstance(value, str):
        yield {"url": value}
    elif isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for inner in value[:50]:
            yield from _image_objects(inner) if not isinstance(inner, list) else ()


def _content_type(things: Iterable[JsonObject], head: Head) -> ContentType:
    names = (name for thing in things for name in types_of(thing))
    stated = (_CONTENT_TYPES[name] for name in names if name in _CONTENT_TYPES)
    return next(stated, "video" if head.first("og:type") in ("video", "video.other") else "article")


def _free(things: Iterable[JsonObject]) -> bool | None:
    said = (thing.get("isAccessibleForFree") for thing in things)
    answers = {str(value).strip().lower() for value in said if value is not None}
    if answers & {"false", "0", "no"}:
        return False
    return True if answers & {"true", "1", "yes"} else None


def _believed_canonical(canonical: str | None, url: str) -> str | None:
    """The canonical URL, unless it names another site or only the home page."""
    if canonical is None or not same_site(canonical, url):
        return None
    parts = urlsplit(canonical)
    return canonical if parts.path.strip("/") or parts.query else None


def _strings(things: Iterable[JsonObject], key: str) -> Iterator[str]:
    """The texts that the objects hold under a key, tidied; a list gives each of its texts."""
    for thing in things:
        value = thing.get(key)
        for text in value if isinstance(value, list) else (value,):
            # Many sites escape their JSON as if it were HTML.
            if isinstance(text, str) and (tidied := one_line(html.unescape(text))):
                yield tidied
