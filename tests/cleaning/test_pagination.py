"""Pagination: which page goes on, and which `rel=next` leads elsewhere."""

import pytest

from cleaning.pagination import next_part, previous_part

_BASE = "https://courier.example/harbour/bridge"


@pytest.mark.parametrize(
    ("url", "markup", "expected"),
    [
        (f"{_BASE}.html", f'<link rel="next" href="{_BASE}-2.html">', f"{_BASE}-2.html"),
        (f"{_BASE}", '<a rel="next" href="?page=2">', f"{_BASE}?page=2"),
        (f"{_BASE}/", '<a href="2/" rel="next nofollow">', f"{_BASE}/2/"),
        (f"{_BASE}/2/", '<a href="/harbour/bridge/3/" rel=next>', f"{_BASE}/3/"),
        (f"{_BASE}/page/2", "<a href='../page/3' rel='next'>", f"{_BASE}/page/3"),
        (f"{_BASE}?id=7", '<link rel="next" href="?id=7&amp;page=2">', f"{_BASE}?id=7&page=2"),
        # the word elsewhere, before and in the tag
        (
            f"{_BASE}.html",
            f'next <b>next</b><a class="next" data-next href="{_BASE}-2.html" rel="next">next</a>',
            f"{_BASE}-2.html",
        ),
        (
            f"{_BASE}.html",
            f'<!-- next --> <LINK REL="next"\n HREF="{_BASE}-2.html">',
            f"{_BASE}-2.html",
        ),
        (f"{_BASE}.html", f'<article rel="next" href="{_BASE}-2.html">', None),
        # other articles, other numbers, other relations
        (f"{_BASE}.html", '<link rel="next" href="/harbour/ferry.html">', None),
        (f"{_BASE}.html", f'<link rel="next" href="{_BASE}-3.html">', None),
        (f"{_BASE}-2.html", f'<link rel="next" href="{_BASE}.html">', None),
        (f"{_BASE}.html", f'<link rel="prev" href="{_BASE}-2.html">', None),
        (f"{_BASE}.html", f'<link rel="nextpage" href="{_BASE}-2.html">', None),
        (f"{_BASE}.html", '<link rel="next">', None),
        (f"{_BASE}.html", "", None),
    ],
)
def test_next_part(url: str, markup: str, expected: str | None) -> None:
    assert next_part(f"<html><head>{markup}</head></html>", url) == expected


@pytest.mark.parametrize(
    "piece", ["next", "<a next", "<next", "<a rel=" * 300 + "next>", '<a rel="next" href="/y">']
)
def test_a_page_full_of_it_is_read_through(piece: str) -> None:
    assert next_part(piece * (1_000_000 // len(piece)), f"{_BASE}.html") is None


@pytest.mark.parametrize(
    ("url", "markup", "expected"),
    [
        (f"{_BASE}-2.html", f'<link rel="prev" href="{_BASE}.html">', f"{_BASE}.html"),
        (f"{_BASE}?page=3", '<a rel="prev" href="?page=2">', f"{_BASE}?page=2"),
        (f"{_BASE}.html", '<link rel="prev" href="/harbour/ferry.html">', None),
        # years and figures in addresses are no page numbers
        ("https://courier.example/2025/", '<a rel="prev" href="/2024/">', None),
    ],
)
def test_previous_part(url: str, markup: str, expected: str | None) -> None:
    assert previous_part(f"<html><head>{markup}</head></html>", url) == expected


@pytest.mark.parametrize("href", ["http://[broken", "http://[::1", "//[x"])
def test_broken_links_are_passed_over(href: str) -> None:
    assert next_part(f'<a rel="next" href="{href}">', _BASE) is None


def test_is_fast_on_hostile_markup() -> None:
    assert next_part("<a " + "rel=" * 100_000, _BASE) is None
    assert next_part("<a rel=" * 50_000, _BASE) is None
