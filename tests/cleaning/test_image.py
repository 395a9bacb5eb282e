"""Pictures: those of data and text as one list, with captions and credits; no furniture."""

import json
from typing import Any

import pytest

from cleaning.article import Image
from cleaning.image import read_images, split_credit
from cleaning.jsonld import read_jsonld
from cleaning.meta import read_head
from cleaning.parse import parse

_URL = "https://courier.example/harbour/bridge.html"
_SITE = "https://courier.example"


def _read(*, image: Any = None, head: str = "", body: str = "") -> tuple[list[Image], str | None]:
    data = json.dumps({"@type": "NewsArticle", "image": image})
    tree = parse(
        f'<html><head>{head}<script type="application/ld+json">{data}</script></head>'
        f"<body><h1>Bridge closes</h1>{body}</body></html>"
    )
    found = read_images(tree, read_jsonld(tree), read_head(tree, _URL), _URL)
    return list(found.value), found.source


def _image(path: str, caption: str | None = None, credit: str | None = None) -> Image:
    return Image(url=f"{_SITE}{path}", caption=caption, credit=credit)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("/a.jpg", [_image("/a.jpg")]),
        (
            {"url": "/a.jpg", "caption": "A goat.", "creditText": "Wei"},
            [_image("/a.jpg", "A goat.", "Wei")],
        ),
        (
            {"url": "/a.jpg", "caption": "A goat. (Photo: Wei/Agency)"},
            [_image("/a.jpg", "A goat.", "Wei/Agency")],
        ),
        (["/a.jpg", {"contentUrl": "/b.jpg"}, "/a.jpg"], [_image("/a.jpg"), _image("/b.jpg")]),
        # One picture in two sizes.
        (["/bridge-1200x675.jpg", "/bridge-600x400.jpg"], [_image("/bridge-1200x675.jpg")]),
        ("data:image/gif;base64,x", []),
        ("/static/logo.png", []),
        ([7, None, [["/a.jpg"]], {"url": {"x": 1}}], []),
        (None, []),
    ],
)
def test_what_data_names(image: Any, expected: list[Image]) -> None:
    found, source = _read(image=image)
    assert found == expected
    assert source == ("json-ld" if expected else None)


def test_open_graph_names_the_picture_where_no_data_does() -> None:
    head = '<meta property="og:image" content="/a.jpg">'
    assert _read(head=head) == ([_image("/a.jpg")], "meta")


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (
            '<img src="/pier.jpg"><figcaption>The old pier. Photo: Ada Wong</figcaption>',
            _image("/pier.jpg", "The old pier.", "Ada Wong"),
        ),
        (
            '<img data-src="/pier.jpg"><figcaption>The old pier <i class="credit">Ada Wong</i>',
            _image("/pier.jpg", "The old pier", "Ada Wong"),
        ),
        (
            '<img srcset="/pier.jpg 640w, /2.jpg 9w"><small class="copyright">© Agency</small>',
            _image("/pier.jpg", None, "Agency"),
        ),
        ('<a href="/full/pier.jpg"><img src="/pier.jpg"></a>', _image("/pier.jpg")),
        ('<img src="/x.svg" data-src="/pier.jpg">', _image("/pier.jpg")),
        ('<img src="/pier.svg"><figcaption>Drawn.</figcaption>', _image("/pier.svg", "Drawn.")),
    ],
)
def test_figures_of_the_text(figure: str, expected: Image) -> None:
    assert _read(body=f"<p>Text.</p><figure>{figure}</figure>") == ([expected], "page")


def test_the_page_completes_what_data_says() -> None:
    caption = "<figcaption>Closed. © Ida Quayle</figcaption>"
    body = f'<figure><img src="/i/bridge_w640.jpg">{caption}</figure>'
    assert _read(image="/i/bridge-1200x675.jpg", body=body) == (
        [_image("/i/bridge-1200x675.jpg", "Closed.", "Ida Quayle")],
        "json-ld",
    )


@pytest.mark.parametrize(
    "body",
    [
        '<div class="related-posts"><figure><img src="/goat.jpg"></figure></div>',
        '<aside><figure><img src="/goat.jpg"></figure></aside>',
        '<a href="/other.html"><figure><img src="/goat.jpg"></figure></a>',
        '<figure><a href="/other.html"><img src="/goat.jpg"></a></figure>',
        '<figure><img src="/goat.jpg" width="40" height="40"></figure>',
        '<figure><img src="/sprite/icons.png"></figure>',
        '<figure><img src="/arrow.svg"></figure>',
        "<figure><video></video></figure>",
    ],
)
def test_pictures_of_others(body: str) -> None:
    assert _read(body=body) == ([], None)


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("The pier. Photo: Ada Wong / Agency", ("The pier.", "Ada Wong / Agency")),
        ("The pier. (Bild: Ada Wong)", ("The pier.", "Ada Wong")),
        ("The pier | © Ada Wong.", ("The pier", "Ada Wong")),
        ("Foto: Ada Wong", ("", "Ada Wong")),
        ("埠頭。写真：和田", ("埠頭。", "和田")),
        # Words that only look like labels.
        ("A photo of the old pier", ("A photo of the old pier", None)),
        ("The source: a spring below it", ("The source: a spring below it", None)),
        ("Das Rathaus Foto: dpa", ("Das Rathaus", "dpa")),
        ("", ("", None)),
    ],
)
def test_credit_at_the_end_of_a_caption(caption: str, expected: tuple[str, str | None]) -> None:
    assert split_credit(caption) == expected


def test_is_bounded() -> None:
    figure = "<figure><img src='/picture-{}.jpg'><figcaption>{}</figcaption></figure>"
    body = "".join(figure.format(f"{n}-of-many", "x " * 9_000) for n in range(150))
    found, _ = _read(image=[f"/data-picture-{n}-of-many.jpg" for n in range(900)], body=body)
    assert len(found) == 50
    alone, _ = _read(body=body)
    assert {len(image.caption or "") <= 2_000 for image in alone} == {True}
