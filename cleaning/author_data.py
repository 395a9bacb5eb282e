"""Collects the authors that a page's data state: JSON-LD and meta tags."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaning.article import AuthorKind
from cleaning.byline_words import is_label
from cleaning.jsonld import JsonObject, types_of, with_references
from cleaning.meta import Head, absolute_url

#: Of the article alone; a template may fill the others with its own maker or the site.
_OWN_META = (
    "article:author",
    "article:author_name",
    "og:article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "shareaholic:article_author_name",
    "citation_author",
)
_ANY_META = ("author", "dc.creator", "dcterms.creator")
_LABEL, _LABELLED = "twitter:label1", "twitter:data1"
#: What a page may call itself, where it does not call itself an article.
_WORKS = frozenset({
    "AboutPage", "CreativeWork", "DiscussionForumPosting", "FAQPage", "HowTo", "ItemPage",
    "MedicalWebPage", "Recipe", "WebPage",
})  # fmt: skip
_KINDS: dict[str, AuthorKind] = {
    "Person": "person",
    "Organization": "organization",
    "NewsMediaOrganization": "organization",
    "Corporation": "organization",
}
_MAX_AUTHORS = 50


@dataclass(frozen=True, slots=True)
class Stated:
    """A name as stated, with the URL and the kind of its bearer where they are."""

    text: str
    url: str | None = None
    kind: AuthorKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAuthors:
    """What data state, place by place, best first.

    `own_meta` are meta tags that speak of the article alone; `any_meta` may also name the
    template's maker or the site; `lead` is the feed.
    """

    jsonld: Sequence[Sequence[Stated]] = ()
    own_meta: Sequence[Sequence[Stated]] = ()
    any_meta: Sequence[Sequence[Stated]] = ()
    lead: Sequence[Stated] = ()


def read_stated_authors(
    articles: Iterable[JsonObject],
    things: Sequence[JsonObject],
    head: Head,
    lead_authors: Iterable[str],
) -> StatedAuthors:
    """The authors that a page's data state.

    Args:
        articles: the page's article objects of JSON-LD, references followed.
        things: all objects of its JSON-LD.
        head: the page's head.
        lead_authors: names that the feed gave.
    """
    own = [list(map(Stated, head.all(name))) for name in _OWN_META]
    return StatedAuthors(
        jsonld=[*(list(_authors(one.get("author"))) for one in articles), _work_authors(things)],
        own_meta=[*own, _labelled_authors(head)],
        any_meta=[list(map(Stated, head.all(name))) for name in _ANY_META],
        lead=list(map(Stated, lead_authors)),
    )


def _work_authors(things: Sequence[JsonObject]) -> list[Stated]:
    """The authors of the first other object that stands for the page, references followed."""
    works = (thing for thing in things if _WORKS.intersection(types_of(thing)))
    written = (with_references(work, things) for work in works if "author" in work)
    stated = (list(_authors(work["author"])) for work in written)
    return next(filter(None, stated), [])


def _labelled_authors(head: Head) -> list[Stated]:
    """The name in the first pair of label and data that some plug-ins give to Twitter."""
    is_author = is_label(head.first(_LABEL) or "")
    return [Stated(text) for text in head.all(_LABELLED)[:1] if is_author]


def _authors(value: Any) -> Iterator[Stated]:
    """The names in JSON-LD's `author`: a string, an object, or a list of either."""
    for one in value[:_MAX_AUTHORS] if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield Stated(one)
        elif isinstance(one, dict):
            yield from _named(one)


def _named(bearer: JsonObject) -> Iterator[Stated]:
    url, name = bearer.get("url"), bearer.get("name")
    link = absolute_url("", url) if isinstance(url, str) else None
    kind = next((_KINDS[kind] for kind in types_of(bearer) if kind in _KINDS), None)
    for text in name[:_MAX_AUTHORS] if isinstance(name, list) else (name,):
        if isinstance(text, str):
            yield Stated(text, link, kind)
