"""Kinds of content: every table, with what it catches and what it leaves."""

import pytest

from cleaning.content_type import read_content_type
from cleaning.meta import read_head
from cleaning.parse import parse

_HOST = "https://courier.example"


def _read(
    *,
    types: tuple[str, ...] = (),
    head: str = "",
    path: str = "/harbour/bridge.html",
    section: str | None = None,
    title: str = "Bridge closes",
) -> tuple[str, str | None]:
    things = [{"@type": name} for name in types]
    url = f"{_HOST}{path}"
    found = read_content_type(
        things,
        read_head(parse(f"<head>{head}</head><body><p>The text.</p></body>"), url),
        url,
        section,
        [title],
    )
    return found.value, found.source


def test_what_says_nothing_is_an_article() -> None:
    assert _read() == ("article", None)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (("NewsArticle",), ("article", None)),
        (("NewsArticle", "LiveBlogPosting"), ("live-blog", "json-ld")),
        (("OpinionNewsArticle",), ("opinion", "json-ld")),
        (("ImageGallery",), ("gallery", "json-ld")),
        (("VideoObject",), ("article", None)),
    ],
)
def test_types_of_data(types: tuple[str, ...], expected: tuple[str, str | None]) -> None:
    assert _read(types=types) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta property="og:type" content="video.other">', ("video", "meta")),
        ('<meta property="og:type" content="article">', ("article", None)),
        ('<meta property="article:opinion" content="true">', ("opinion", "meta")),
        ('<meta property="article:opinion" content="false">', ("article", None)),
    ],
)
def test_meta_tags(head: str, expected: tuple[str, str | None]) -> None:
    assert _read(head=head) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/opinion/2026/bridge.html", "opinion"),
        ("/meinung/bruecke", "opinion"),
        ("/de/Videos/bridge-1", "video"),
        ("/fotostrecke/bridge-1", "gallery"),
        ("/news/live/bridge-1", "live-blog"),
        # The last segment is the article's own name, and longer words are others.
        ("/harbour/opinion", "article"),
        ("/opinion-polls/bridge", "article"),
        ("/live-music/bridge", "article"),
        ("", "article"),
    ],
)
def test_paths(path: str, expected: str) -> None:
    assert _read(path=path)[0] == expected


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("Opinion", "opinion"),
        ("KOMMENTAR", "opinion"),
        ("社説", "opinion"),
        ("Opinion polls", "article"),
    ],
)
def test_sections(section: str, expected: str) -> None:
    assert _read(section=section)[0] == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Opinion: Let the bridge go", "opinion"),
        ("Kommentar | Lasst die Brücke", "opinion"),
        ("Leitartikel – Lasst die Brücke", "opinion"),
        ("Live: The bridge falls", "live-blog"),
        ("Live music returns: the pier is full", "article"),
        ("Opinion", "article"),
        ("Column of smoke over the pier", "article"),
    ],
)
def test_labels_of_headlines(title: str, expected: str) -> None:
    assert _read(title=title)[0] == expected


def test_data_is_believed_before_the_path() -> None:
    assert _read(types=("OpinionNewsArticle",), path="/videos/1") == ("opinion", "json-ld")
