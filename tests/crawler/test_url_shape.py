"""What looks like an article by its URL: rules for all sites, and what a site's own URLs teach."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from crawler.discovery.url_shape import (
    is_never_article,
    learn_shapes,
    load_table,
    looks_like_article,
)

_CASES = Path(__file__).parent / "cases" / "url_shapes.toml"
_SITES = tomllib.loads(_CASES.read_text("utf-8"))["site"]
_RULES = load_table()


@pytest.mark.parametrize("site", [pytest.param(one, id=one["name"]) for one in _SITES])
def test_a_site_s_articles_teach_what_they_look_like(site: dict[str, Any]) -> None:
    known = [url.replace("#", str(day)) for url in site["known"] for day in range(11, 31)]
    shapes = learn_shapes(known)
    urls = site["articles"] + site["others"]
    assert [url for url in urls if looks_like_article(url, shapes)] == site["articles"]
    assert all(looks_like_article(url, shapes) for url in known if "subscribe" not in url)


@pytest.mark.parametrize("kind", _RULES)
def test_rules_catch_and_leave_what_they_say(kind: str) -> None:
    rule = _RULES[kind]
    assert all(is_never_article(f"https://g.example{path}") for path in rule["catches"])
    assert not any(is_never_article(f"https://g.example{path}") for path in rule["leaves"])


HOSTILE = [
    "https://g.example/" + "a-" * 1_000,
    "https://g.example/" + "/" * 2_000,
    "https://g.example/?" + "a=1&" * 500,
    "https://g.example/%FF%FE%00",
    "https://g.example/" + "1/" * 1_000,
]


@pytest.mark.parametrize("url", HOSTILE)
def test_no_url_breaks_it(url: str) -> None:
    shapes = learn_shapes(f"https://g.example/2026/03/{day}/harbour-is-closed" for day in range(9))
    assert isinstance(looks_like_article(url, shapes), bool)
