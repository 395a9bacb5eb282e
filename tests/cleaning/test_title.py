"""Titles: the headline among all that a page is called, and the headline again in the text."""

from typing import Any

import pytest

from cleaning.site_name import is_site_name, site_names
from cleaning.title import Titles, choose_title, repeats_title

_NAMES = site_names("https://www.courier.example/a", ["The Harbour Courier"])
_LONG = "The council of Port Ellery voted " + "and voted " * 8
_CASES: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"document": "Bridge closes"}, "Bridge closes"),
    # the site's name goes, at either end, however it is written
    ({"document": "Bridge closes | The Harbour Courier"}, "Bridge closes"),
    ({"document": "THE HARBOUR COURIER - Bridge closes"}, "Bridge closes"),
    ({"document": "Bridge closes – courier.example"}, "Bridge closes"),
    ({"document": "Bridge closes » Courier"}, "Bridge closes"),
    ({"stated": ("Bridge closes - The Harbour Courier",)}, "Bridge closes"),
    ({"document": "Bridge closes | Page 2"}, "Bridge closes"),
    ({"document": "Bridge closes (Seite 3)"}, "Bridge closes"),
    ({"document": "Bridge closes, page 2 of 3"}, "Bridge closes"),
    ({"document": "Bridge closes - Страница 2 - The Harbour Courier"}, "Bridge closes"),
    ({"document": "大桥冬季关闭（第2页）"}, "大桥冬季关闭（第2页）"),
    ({"document": "大桥冬季关闭 - 第2页"}, "大桥冬季关闭"),
    # with what follows it, in other spellings, behind other signs
    ({"document": "Bridge closes | courier.example | Your paper by the sea"}, "Bridge closes"),
    ({"document": "Bridge closes - Harbour Courier Online"}, "Bridge closes"),
    ({"document": "courier.example: Bridge closes"}, "Bridge closes"),
    ({"document": "Bridge closes│The Harbour Courier"}, "Bridge closes"),
    ({"document": "Bridge closes--Courier"}, "Bridge closes"),
    ({"document": "大桥冬季关闭_Courier"}, "大桥冬季关闭"),
    ({"document": "大桥冬季关闭｜Courier"}, "大桥冬季关闭"),
    # escaped twice
    ({"stated": ("Bridge &quot;closes&quot; &amp; opens",)}, 'Bridge "closes" & opens'),
    ({"stated": ("Bread &amp; butter; bridges",)}, "Bread & butter; bridges"),
    ({"stated": ("&lt;b&gt;Bridge&lt;/b&gt;",), "document": "Bridge closes"}, "Bridge closes"),
    # what is no site's name stays
    ({"document": "Courier: a history of the post"}, "Courier: a history of the post"),
    ({"document": "Bridge closes_again"}, "Bridge closes_again"),
    ({"document": "Turning to page 2"}, "Turning to page 2"),
    ({"document": "Bridge closes - again"}, "Bridge closes - again"),
    ({"document": "Courier rides again"}, "Courier rides again"),
    ({"stated": ("»We never saw the ferry again«",)}, "»We never saw the ferry again«"),
    # JSON-LD's headline, then a heading that somebody confirms, then what is stated
    ({"headlines": ("A",), "headings": ("B",), "stated": ("B",), "document": "B"}, "A"),
    ({"headings": ("X", "Bridge closes"), "document": "Bridge closes"}, "Bridge closes"),
    ({"headings": ("Sections",), "stated": ("Bridge closes",)}, "Bridge closes"),
    # one h1 stands against what is written for search engines: a title, twice
    (
        {"headings": ("Is the old bridge closed?",), "stated": ("Bridge: all dates",) * 2},
        "Is the old bridge closed?",
    ),
    (
        {"headings": ("Sections of the Courier", "B"), "stated": ("Bridge: all dates",)},
        "Bridge: all dates",
    ),
    (
        {"headings": ("Is the bridge closed?",), "stated": ("Bridge: dates", "No way over")},
        "Bridge: dates",
    ),
    (
        {
            "headings": ("Subscribers only The old bridge closes",),
            "stated": ("The old bridge closes | Ellery",),
        },
        "The old bridge closes | Ellery",
    ),
    ({"headings": ("Bridge closes",)}, "Bridge closes"),
    ({"headings": ("The Harbour Courier",), "document": "Bridge closes"}, "Bridge closes"),
    ({"headings": ("The Harbour Courier",)}, "The Harbour Courier"),
    # the page's own typography, the data's spacing
    ({"headings": ("The ‘old’ bridge",), "stated": ("The 'old' bridge",)}, "The ‘old’ bridge"),
    (
        {"headings": ("Port : bridge closes",), "stated": ("Port: bridge closes",)},
        "Port: bridge closes",
    ),
    # a heading that is the better part of the title
    (
        {"headings": ("Potato and leek pie",), "document": "Potato and leek pie by ida | Pies"},
        "Potato and leek pie",
    ),
    (
        {"headings": ("Old pie",), "document": "A story about boats | Old pie shop of Callow"},
        "Old pie",
    ),
    # old blogs: the site in h1, the headline in h2
    (
        {"subheadings": ("Search", "What is a bridge?"), "document": "Notes » What is a bridge?"},
        "What is a bridge?",
    ),
    # kickers that others leave out; those that nobody does stay
    (
        {"headlines": ("Traffic: The old bridge closes",), "stated": ("The old bridge closes",)},
        "The old bridge closes",
    ),
    (
        {"headlines": ("Traffic – The old bridge closes",), "headings": ("The old bridge closes",)},
        "The old bridge closes",
    ),
    ({"headlines": ("Traffic: The old bridge closes",)}, "Traffic: The old bridge closes"),
    # headlines cut for search engines
    (
        {"headlines": ("The bridge closes for...",), "headings": ("The bridge closes for winter",)},
        "The bridge closes for winter",
    ),
    (
        {"headlines": (_LONG[:95],), "headings": (f"{_LONG}once more",)},
        f"{_LONG}once more",
    ),
    ({"headlines": ("And then silence...",), "headings": ("Other",)}, "And then silence..."),
    # markup in data is no text
    (
        {"headlines": ("The <i>Ellery</i> closes",), "headings": ("The Ellery closes",)},
        "The Ellery closes",
    ),
    ({"document": "x" * 9_000}, "x" * 500),
    ({"document": "| " * 5_000}, "| " * 249 + "|"),
    ({"headlines": ("Bridge - " * 1_000,)}, ("Bridge - " * 100)[:500]),
]


@pytest.mark.parametrize(("titles", "expected"), _CASES)
def test_choose_title(titles: dict[str, Any], expected: str | None) -> None:
    assert choose_title(Titles(**titles), _NAMES).value == expected


@pytest.mark.parametrize(
    ("titles", "source"),
    [
        ({"headlines": ("A",), "headings": ("B",)}, "json-ld"),
        ({"headings": ("Bridge closes",), "document": "Bridge closes"}, "heading"),
        ({"stated": ("Bridge closes",)}, "meta"),
        ({"lead": "Bridge closes", "document": "Bridge"}, "lead"),
        ({"document": "Bridge closes"}, "title-tag"),
        ({"headings": ("The Harbour Courier",)}, "heading"),
        ({}, None),
    ],
)
def test_where_the_title_stands(titles: dict[str, Any], source: str | None) -> None:
    assert choose_title(Titles(**titles), _NAMES).source == source


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("The Harbour Courier", True),
        ("the harbour-courier", True),
        ("Courier", True),
        ("courier.example", True),
        ("Harbour Courier", True),
        ("The Harbour Courier Online", True),
        ("Harbour", False),
        ("Online", False),
        ("The Harbour Courier on Sunday", False),
        ("", False),
        ("—", False),
    ],
)
def test_site_names(text: str, is_name: bool) -> None:
    assert is_site_name(text, _NAMES) is is_name


_TITLE = "Harbour bridge closes for the winter"


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        (_TITLE, _TITLE, True),
        (_TITLE.upper() + "!", _TITLE, True),
        ("News" + _TITLE, _TITLE, True),
        ("City Hall " + _TITLE, _TITLE, True),
        (
            "bridge closes for the winter months",
            "Old harbour bridge closes for the winter months",
            True,
        ),
        ("The very long label of " + _TITLE, _TITLE, False),
        (_TITLE + " and the spring", _TITLE, False),
        ("bridge closes", _TITLE, False),
        ("Ferry", "Ferry", True),
        ("News Ferry", "Ferry", False),
        ("", _TITLE, False),
        (_TITLE, "", False),
        ("新闻港口早市恢复营业", "港口早市恢复营业", True),
    ],
)
def test_repeats_title(text: str, title: str, expected: bool) -> None:
    assert repeats_title(text, title) is expected
