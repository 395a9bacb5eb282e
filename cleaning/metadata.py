"""Everything that a page, its data and its lead say of the article, but for text and dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from cleaning.article import Author, ContentType, Image, Rights
from cleaning.author import read_authors
from cleaning.author_data import read_stated_authors
from cleaning.characters import one_line
from cleaning.content_type import read_content_type
from cleaning.identity import same_site
from cleaning.image import read_images
from cleaning.jsonld import (
    JsonObject,
    are_of_others,
    of_page,
    texts_of,
    types_of,
    with_references,
)
from cleaning.meta import Head, read_head
from cleaning.page import Lead, Page
from cleaning.rights import NO_RIGHTS, read_rights
from cleaning.rules import Rules
from cleaning.site_name import site_names
from cleaning.sourced import Considered, Sourced, first_said, sources_of
from cleaning.tag import read_tags
from cleaning.title import Titles, choose_title

_ARTICLE_TYPES = frozenset({
    "AdvertiserContentArticle", "AnalysisNewsArticle", "Article", "AskPublicNewsArticle",
    "BackgroundNewsArticle", "BlogPosting", "LiveBlogPosting", "NewsArticle", "OpinionNewsArticle",
    "Report", "ReportageNewsArticle", "Review", "ReviewNewsArticle", "SatiricalArticle",
    "ScholarlyArticle", "SocialMediaPosting", "TechArticle",
})  # fmt: skip
#: Open Graph's types of pages about one thing with a text.
_SINGLE = frozenset({"article", "video", "video.other", "video.episode", "video.movie"})
# No ItemList: round-ups call themselves so.
_LISTS = frozenset({"CollectionPage", "ProfilePage", "SearchResultsPage"})
_MAX_LABEL = 200
_MAX_CRUMBS = 20
#: Home, section, article.
_MIN_CRUMBS = 3
_MAX_DESCRIPTION = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is said of the article; None and empty where nothing is said.

    `titles` are all texts under which the headline may appear again in the body.
    """

    title: str | None = None
    titles: tuple[str, ...] = ()
    description: str | None = None
    authors: tuple[Author, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    publisher: str | None = None
    canonical_url: str | None = None
    content_type: ContentType = "article"
    free: bool | None = None
    language: str | None = None
    rights: Rights = NO_RIGHTS
    #: Which kind of place each field that is known was taken from.
    sources: Mapping[str, str] = field(default_factory=dict)
    #: What title and authors were chosen from.
    considered_titles: tuple[Considered[str | None], ...] = ()
    considered_authors: tuple[Considered[tuple[Author, ...]], ...] = ()
    #: Whether the page calls itself an article, or the page of one video, in its data.
    is_article: bool = False
    #: Whether it calls itself a list of pages, and no article.
    is_listing: bool = False


def read_metadata(
    tree: HtmlElement, jsonld: Sequence[JsonObject], page: Page, rules: Rules
) -> Metadata:
    """Reconcile JSON-LD, meta tags, markup and the lead; each believed in that order."""
    head = read_head(tree, page.url)
    lead = page.lead
    articles = _articles(jsonld, [page.url, head.canonical or ""])
    publisher = _publisher(articles, head, rules)
    titles = _titles(articles, head, lead)
    names = site_names(page.url, [publisher.value, rules.name, *head.all("og:site_name")])
    title = choose_title(titles, names)
    stated = read_stated_authors(articles, jsonld, head, lead.authors if lead else ())
    named = read_authors(tree, stated, names)
    description = _description(articles, head, lead)
    section = _section(articles, jsonld, head, lead)
    tags = read_tags(tree, articles, head, lead.tags if lead else (), names)
    images = read_images(tree, articles, head, page.url)
    content_type = read_content_type(
        articles or jsonld, head, page.url, section.value, [*titles.stated, titles.lead or ""]
    )
    is_article = _is_article(jsonld, head, page)
    return Metadata(
        title=title.value,
        titles=titles.every(),
        description=description.value,
        authors=named.value,
        section=section.value,
        tags=tags.value,
        images=images.value,
        publisher=publisher.value,
        canonical_url=_believed_canonical(head.canonical, page.url),
        content_type=content_type.value,
        free=_free(articles, head),
        language=head.language,
        rights=read_rights(tree, articles, head, page.headers, page.url),
        sources=sources_of(
            title=title,
            authors=named,
            description=description,
            section=section,
            tags=tags,
            images=images,
            publisher=publisher,
            content_type=content_type,
        ),
        considered_titles=title.considered,
        considered_authors=named.considered,
        is_article=is_article,
        is_listing=not is_article and any(_LISTS.intersection(types_of(one)) for one in jsonld),
    )


def _articles(jsonld: Sequence[JsonObject], urls: Sequence[str]) -> tuple[JsonObject, ...]:
    """The page's own article objects, references followed; not those of entries and lists."""
    found = [thing for thing in jsonld if _ARTICLE_TYPES.intersection(types_of(thing))]
    return tuple(with_references(thing, jsonld) for thing in of_page(found, filter(None, urls)))


def _is_article(jsonld: Sequence[JsonObject], head: Head, page: Page) -> bool:
    """Whether the page calls itself an article, or the page of one video.

    A list may describe the articles that it leads to.
    """
    found = [thing for thing in jsonld if _ARTICLE_TYPES.intersection(types_of(thing))]
    described = bool(found) and not are_of_others(found, [page.url, head.canonical or ""])
    return described or head.first("og:type") in _SINGLE


def _titles(things: Iterable[JsonObject], head: Head, lead: Lead | None) -> Titles:
    return Titles(
        headlines=tuple(texts_of(things, "headline")),
        stated=head.all("og:title", "twitter:title"),
        headings=head.headings,
        subheadings=head.subheadings,
        document=head.title,
        lead=one_line(lead.title) if lead and lead.title else None,
    )


def _description(
    things: Iterable[JsonObject], head: Head, lead: Lead | None
) -> Sourced[str | None]:
    summary = lead.summary if lead and lead.summary and "<" not in lead.summary else ""
    said = (
        ("meta", head.first("og:description")),
        ("meta", head.first("description", "twitter:description")),
        *(("json-ld", text) for text in texts_of(things, "description")),
        ("lead", one_line(summary)),
    )
    return first_said(
        ((source, text and text[:_MAX_DESCRIPTION].strip()) for source, text in said), None
    )


def _section(
    things: Iterable[JsonObject], jsonld: Sequence[JsonObject], head: Head, lead: Lead | None
) -> Sourced[str | None]:
    said = (
        *(("json-ld", text) for text in texts_of(things, "articleSection")),
        ("meta", head.first("article:section", "og:article:section", "section", "parsely-section")),
        ("json-ld", _breadcrumb(jsonld)),
        ("lead", lead.section if lead else None),
    )
    return first_said(((source, _label(text)) for source, text in said), None)


def _breadcrumb(jsonld: Sequence[JsonObject]) -> str | None:
    """The last crumb but the article's own, where the way from the home page is given."""
    trails = (one.get("itemListElement") for one in jsonld if "BreadcrumbList" in types_of(one))
    crumbs = next((trail for trail in trails if isinstance(trail, list)), [])
    names = [_crumb_name(crumb) for crumb in crumbs[:_MAX_CRUMBS] if isinstance(crumb, dict)]
    return names[-2] if len(names) >= _MIN_CRUMBS else None


def _crumb_name(crumb: JsonObject) -> str | None:
    item = crumb.get("item")
    return next(texts_of([crumb, *([item] if isinstance(item, dict) else [])], "name"), None)


def _label(text: str | None) -> str | None:
    return text[:_MAX_LABEL].strip() or None if text else None


def _publisher(things: Iterable[JsonObject], head: Head, rules: Rules) -> Sourced[str | None]:
    publishers = (thing.get("publisher") for thing in things)
    names = texts_of((one for one in publishers if isinstance(one, dict)), "name")
    said = (
        *(("json-ld", name) for name in names),
        ("meta", head.first("og:site_name", "application-name")),
        ("site", rules.name),
    )
    return first_said(((source, _label(name)) for source, name in said), None)


def _free(things: Iterable[JsonObject], head: Head) -> bool | None:
    """Whether the article is free: by schema.org, else by the content tier of Open Graph."""
    said = (thing.get("isAccessibleForFree") for thing in things)
    answers = {str(value).strip().lower() for value in said if value is not None}
    answers = answers or {tier.lower() for tier in head.all("article:content_tier")}
    if answers & {"false", "0", "no", "locked"}:
        return False
    return True if answers & {"true", "1", "yes", "free"} else None


def _believed_canonical(canonical: str | None, url: str) -> str | None:
    """The canonical URL, unless it names another site or only the home page."""
    if canonical is None or not same_site(canonical, url):
        return None
    parts = urlsplit(canonical)
    return canonical if parts.path.strip("/") or parts.query else None
