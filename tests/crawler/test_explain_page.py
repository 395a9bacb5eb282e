"""An explained page in a real browser: what was removed is seen, and nothing in it stirs."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browsing import COLOURS, SIZES, Opened, with_axe, with_chromium

from cleaning.explain import explain
from cleaning.page import Page
from crawler.explain_page import page_of

pytestmark = with_chromium
NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom" / "www" / "newsroom.example"
PAGES = {
    "alloys": NEWSROOM / "blog/2025/10/why-the-parish-newsletter-refuses-to-die/index.html",
    "arabic": NEWSROOM / "ar/news/new-ferry-line-7101.html",
    "refused": NEWSROOM / "404.html",
    "hostile": Path(__file__).with_name("cases") / "hostile.html",
}
LONG = f"http://newsroom.example/{'harbour-' * 60}bridge.html"


@pytest.fixture(scope="session")
def explained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of `scrapy explain --html`, by name."""
    folder = tmp_path_factory.mktemp("explained")
    made = {}
    for name, path in PAGES.items():
        at = datetime(2026, 3, 3, tzinfo=UTC)
        page = Page(url=LONG, requested_url=LONG, body=path.read_bytes(), fetched_at=at)
        made[name] = folder / f"{name}.html"
        made[name].write_text(page_of(explain(page), page), "utf-8")
    return made


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_it_opens_in_silence_and_asks_for_nothing(
    open_file: Callable[..., Opened], explained: dict[str, Path], name: str, size: str
) -> None:
    opened = open_file(explained[name], size)
    assert (opened.said, opened.requests) == ([], [explained[name].as_uri()])
    assert opened.width <= SIZES[size][0], "nothing is wider than the window"
    original = opened.page.locator("iframe").bounding_box()
    article = opened.page.locator("#article").bounding_box()
    assert (original["x"] > article["x"] + article["width"]) == (size == "desktop")
    assert (original["y"] >= article["y"] + article["height"]) == (size == "phone")


def test_what_was_removed_is_dimmed_with_its_reason_and_can_be_hidden(
    open_file: Callable[..., Opened], explained: dict[str, Path]
) -> None:
    page = open_file(explained["alloys"]).page
    alloys = page.locator(".block.removed", has_text="Ti Gr.19(Ti-Al-V-Cr-Mo-Zr)")
    kept = page.locator(".block.kept", has_text="Everybody told Osric Bellweather to stop.")
    why = "after-related: stands below a block that opens a list of other articles"
    assert alloys.locator(".why").inner_text() == alloys.get_attribute("title") == why
    ink = "element => getComputedStyle(element).color"
    assert alloys.evaluate(ink) != kept.evaluate(ink)
    assert kept.locator(".judged").is_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_label("how the judge saw it").focus()
    page.keyboard.press("Space")
    assert kept.locator(".judged").inner_text() == "belief 1.00, taken by trafilatura"
    page.get_by_label("what was removed").focus()
    page.keyboard.press("Space")
    assert (alloys.is_visible(), kept.is_visible()) == (False, True)


def test_arabic_runs_from_right_to_left_beside_english_reasons(
    open_file: Callable[..., Opened], explained: dict[str, Path]
) -> None:
    page = open_file(explained["arabic"]).page

    def direction(place: Any) -> str:
        found: str = place.first.evaluate("element => getComputedStyle(element).direction")
        return found

    assert direction(page.locator(".block.kept")) == "rtl"
    assert direction(page.locator(".block.removed")) == "rtl"
    assert direction(page.locator(".why bdi")) == "ltr"
    original = page.frame_locator("iframe").locator("h1")
    assert direction(original) == "rtl"
    assert original.evaluate("element => element.closest('[lang]').lang") == "ar"


@with_axe
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(
    open_file: Callable[..., Opened], explained: dict[str, Path], name: str, colours: str, size: str
) -> None:
    opened = open_file(explained[name], size, color_scheme=colours, bypass_csp=True)
    opened.page.get_by_label("how the judge saw it").check()
    opened.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert opened.violations() == []
