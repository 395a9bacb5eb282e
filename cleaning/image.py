"""Reads the pictures of an article, with what is written below them and whose they are.

The words by which credits and strange pictures are known are in `image.toml`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import islice
from typing import Any
from urllib.parse import unquote

from lxml.html import HtmlElement

from cleaning.article import Image
from cleaning.characters import one_line
from cleaning.class_name import class_names, named
from cleaning.jsonld import JsonObject, path_of, texts_of
from cleaning.meta import Head, absolute_url
from cleaning.sourced import Sourced

_TABLE: dict[str, dict[str, list[str]]] = tomllib.loads(
    files("cleaning").joinpath("image.toml").read_text("utf-8")
)
_CREDITED = class_names(_TABLE["credit"]["names"])
_ELSEWHERE = class_names(_TABLE["elsewhere"]["names"])
_REFUSED = re.compile("|".join(_TABLE["refuse"]["urls"]), re.IGNORECASE)
_LABELS = "|".join(_TABLE["credit"]["labels"])
#: `... at the pier. (Photo: Ada Wong)`, `... at the pier. Photo: Ada Wong`, `... © Ada Wong`.
_CREDIT = re.compile(
    rf"\s*(?:[(\[](?:(?:{_LABELS})\s?[:：/-]?\s|©\s?)(?P<inside>[^()\[\]]{{2,100}})[)\]]\.?"
    # A label within a sentence is a word like any other, but for one with a capital.
    r"|(?:^|(?<=[.!?。|”])\s*|\s+(?=(?-i:[A-Z])|©))"
    rf"(?:(?:{_LABELS})\s?[:：]\s?|©\s?)(?P<after>[^:：©]{{2,100}}))$",
    re.IGNORECASE,
)
_LABEL = re.compile(rf"^(?:(?:{_LABELS})\s?[:：]?\s|©\s?)+", re.IGNORECASE)
#: What is left of a file's name without its size: `pier-1200x675.jpg`, `pier_w640`.
_SIZE = re.compile(
    r"[-_@](?:\d{2,4}x\d{2,4}|w?\d{3,4}|\dx|scaled|large|medium|small|thumb)$", re.IGNORECASE
)
_SOURCES = ("src", "data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)$|^#|^$", re.IGNORECASE)
_MAX_IMAGES = 50
_MAX_FIGURES = 200
_MAX_CAPTION = 2_000
_MAX_CREDIT = 200
_MIN_NAME = 6
#: Below this width or height in pixels, a picture is an icon.
_MIN_SIZE = 80


def read_images(
    tree: HtmlElement, things: Iterable[JsonObject], head: Head, url: str
) -> Sourced[tuple[Image, ...]]:
    """The article's pictures: those that its data and meta tags name, then those in its text.

    What the page prints below a picture completes what the data says of it.

    Args:
        tree: the parsed page.
        things: the page's article objects of JSON-LD.
        head: the page's head.
        url: the page's URL, against which links are resolved.
    """
    stated = [image for image in _stated(things, head, url) if image.url != url]
    shown = list(islice(_figures(tree, url), _MAX_IMAGES))
    merged: dict[str, Image] = {}
    for image in (*stated, *shown):
        key = _name_of(image.url)
        merged[key] = _completed(merged[key], image) if key in merged else image
    source = "json-ld" if any(thing.get("image") for thing in things) else "meta"
    return Sourced(
        tuple(islice(merged.values(), _MAX_IMAGES)),
        (source if stated else "page") if merged else None,
    )


def split_credit(caption: str) -> tuple[str, str | None]:
    """A caption without the credit at its end, and the credit; `None` where it has none."""
    found = _CREDIT.search(caption)
    if found is None:
        return caption, None
    credit = (found["inside"] or found["after"]).strip(" .|")
    return caption[: found.start()].strip(" |–—-"), credit or None


def _completed(image: Image, other: Image) -> Image:
    return Image(
        url=image.url,
        caption=image.caption or other.caption,
        credit=image.credit or other.credit,
    )


def _name_of(url: str) -> str:
    """What two renderings of one picture have in common: the file's name without its size."""
    name = unquote(path_of(url)).rsplit("/", 1)[-1].rsplit(".", 1)[0].lower()
    while (shorter := _SIZE.sub("", name)) != name:
        name = shorter
    return name if len(name) >= _MIN_NAME else url


def _stated(things: Iterable[JsonObject], head: Head, url: str) -> Iterator[Image]:
    for thing in things:
        for image in _objects(thing.get("image")):
            link = image.get("url") or image.get("contentUrl")
            if isinstance(link, str):
                yield from _image(url, link, _first(image, "caption"), _first(image, "creditText"))
    for link in head.all("og:image", "og:image:url"):
        yield from _image(url, link, None, None)


def _objects(value: Any) -> Iterator[JsonObject]:
    """The pictures in JSON-LD's `image`: a URL, an object, or a list of either."""
    for one in value[:_MAX_IMAGES] if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield {"url": one}
        elif isinstance(one, dict):
            yield one


def _first(thing: JsonObject, key: str) -> str | None:
    return next(texts_of([thing], key), None)


def _image(url: str, link: str, caption: str | None, credit: str | None) -> Iterator[Image]:
    """The picture, where its link leads somewhere and not to the page's furniture."""
    absolute = absolute_url(url, link)
    if absolute is None or _REFUSED.search(link):
        return
    caption, found = split_credit((caption or "")[:_MAX_CAPTION].strip())
    credit = _LABEL.sub("", credit or "")[:_MAX_CREDIT].strip() or found
    yield Image(url=absolute, caption=caption or None, credit=credit)


def _figures(tree: HtmlElement, url: str) -> Iterator[Image]:
    """The figures that stand in the article, and are not the links of teasers."""
    for figure in islice(tree.iter("figure"), _MAX_FIGURES):
        link = next(filter(None, map(_link_of, figure.iter("img"))), None)
        if link and _is_own(figure) and (_has_caption(figure) or not _is_bare(figure, link)):
            yield from _image(url, link, *_below(figure))


def _is_own(figure: HtmlElement) -> bool:
    """Whether a figure is no icon, leads nowhere else, and stands with no other article."""
    sizes = (
        figure.get(side) or image.get(side)
        for image in figure.iter("img")
        for side in ("width", "height")
    )
    if any(size.isdigit() and int(size) < _MIN_SIZE for size in sizes if size):
        return False
    return not any(
        place.tag in ("aside", "nav", "footer", "a") or named(_ELSEWHERE, place)
        for place in (figure, *figure.iterancestors())
        if place.tag not in ("body", "html")
    )


def _has_caption(figure: HtmlElement) -> bool:
    return next(figure.iter("figcaption"), None) is not None


def _is_bare(figure: HtmlElement, link: str) -> bool:
    """Whether a figure without caption is an icon, or leads to another page as a teaser does."""
    links = (link.get("href", "") for link in figure.iter("a"))
    pages = (link for link in links if not _PICTURE.search(link.partition("?")[0]))
    return _is_drawing(link) or any(pages)


def _link_of(image: HtmlElement) -> str | None:
    """Where the picture itself is, not the blank that stands for it until it is loaded."""
    links = (image.get(name, "").strip().split(" ")[0].rstrip(",") for name in _SOURCES)
    own = [link for link in links if link and not _REFUSED.search(link)]
    # A drawing may be a blank, too, where another link follows.
    return min(own, key=_is_drawing, default=None)


def _is_drawing(link: str) -> bool:
    return link.partition("?")[0].lower().endswith(".svg")


def _below(figure: HtmlElement) -> tuple[str | None, str | None]:
    """The caption and the credit that are printed with a figure."""
    captions = list(islice(figure.iter("figcaption"), 1))
    credits_ = [
        place
        for place in figure.iter("span", "small", "cite", "p", "div", "figcaption", "em", "i")
        if named(_CREDITED, place)
    ]
    inner = [place for place in credits_ if place.tag != "figcaption"][:1]
    credit = _text(inner[0]) if inner else None
    caption = _text(captions[0]) if captions else None
    if caption and credit and caption.endswith(credit):
        caption = caption.removesuffix(credit).strip(" |–—-")
    return caption or None, credit


def _text(element: HtmlElement) -> str:
    return one_line(" ".join(element.itertext())[:_MAX_CAPTION])
