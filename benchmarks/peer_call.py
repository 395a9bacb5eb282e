"""Asks each peer for an article, by the call that its documentation has for a page at hand."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from typing import Any, Final

from benchmarks.peer import Peer
from cleaning.decode import decode
from cleaning.latin import html_language
from cleaning.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a peer makes of a page; fields as `score.py` names them, empty where it has none."""

    text: str
    title: str | None = None
    authors: list[str] | None = None
    #: ISO 8601, or whatever the peer says.
    date_published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Html:
    """A page as peers want it: decoded, so that none of them guesses an encoding."""

    url: str
    text: str
    #: Of `<html lang>`, without a region; English where the page states none.
    language: str


def ask(peer: Peer, page: Page) -> Answer:
    """The peer's answer; whatever it raises is raised."""
    html = _Html(
        url=page.url,
        text=decode(page.body, page.headers.get("content-type")).text,
        language=(html_language(page.body) or "en").lower().partition("-")[0],
    )
    return CALLS[peer.name](html, *map(import_module, peer.modules))


def _readability(html: _Html, readability: Any, html_text: Any) -> Answer:
    document = readability.Document(html.text, url=html.url)
    author = document.author()
    return Answer(
        text=html_text.extract_text(document.summary()),
        title=document.short_title(),
        # What it says where it finds none.
        authors=[author] if author != "[no-author]" else [],
    )


def _newspaper4k(html: _Html, newspaper: Any) -> Answer:
    found = newspaper.article(html.url, input_html=html.text, fetch_images=False)
    return Answer(
        text=found.text,
        title=found.title,
        authors=found.authors,
        date_published=_written(found.publish_date),
    )


def _news_please(html: _Html, newsplease: Any) -> Answer:
    found = newsplease.NewsPlease.from_html(html.text, url=html.url, fetch_images=False)
    return Answer(
        text=found.maintext or "",
        title=found.title,
        authors=found.authors,
        date_published=_written(found.date_publish),
    )


def _goose3(html: _Html, goose3: Any) -> Answer:
    with goose3.Goose() as goose:
        found = goose.extract(url=html.url, raw_html=html.text)
    return Answer(
        text=found.cleaned_text,
        title=found.title,
        authors=found.authors,
        date_published=_written(found.publish_date),
    )


def _resiliparse(html: _Html, html2text: Any) -> Answer:
    text = html2text.extract_plain_text(
        html.text,
        main_content=True,
        alt_texts=False,
        list_bullets=False,
        comments=False,
        post_meta=False,
    )
    return Answer(text=text)


def _boilerpy3(html: _Html, extractors: Any) -> Answer:
    document = extractors.ArticleExtractor().get_doc(html.text)
    return Answer(text=document.content, title=document.title)


def _justext(html: _Html, justext: Any) -> Answer:
    name = _stop_lists().get(html.language)
    if name:
        paragraphs = justext.justext(html.text, justext.get_stoplist(name), no_headings=True)
    else:
        # Its own way for a language that it has no list of.
        paragraphs = justext.justext(
            html.text, frozenset(), stopwords_low=0, stopwords_high=0, no_headings=True
        )
    return Answer(text="\n\n".join(one.text for one in paragraphs if not one.is_boilerplate))


#: By the peers' names in `benchmarks/peer.toml`.
CALLS: Final[Mapping[str, Callable[..., Answer]]] = {
    "resiliparse": _resiliparse,
    "boilerpy3": _boilerpy3,
    "justext": _justext,
    "readability-lxml": _readability,
    "goose3": _goose3,
    "newspaper4k": _newspaper4k,
    "news-please": _news_please,
}


def _written(date: Any) -> str | None:
    """A date as ISO 8601 where the peer gives a datetime, else as it says."""
    return date.isoformat() if hasattr(date, "isoformat") else date and str(date)


@cache
def _stop_lists() -> dict[str, str]:
    """The names of jusText's lists by language; of two, the first."""
    table = tomllib.loads((resources.files("cleaning") / "common_word.toml").read_text("utf-8"))
    return {language: names.split()[0] for language, names in table["lists"].items()}
