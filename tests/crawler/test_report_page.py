"""The report in a real browser: it opens without a word, and is usable by eye, keys and phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import COLOURS, SIZES, Opened, with_axe, with_chromium

from cleaning.article import Article, Duplicate, Refusal
from cleaning.cleaned import Removal
from cleaning.identity import article_id
from crawler.report.facts import Audit, Facts, Run
from crawler.report.page import About, Explanations, render

pytestmark = with_chromium
ATTACK = '</script><script>document.title = "broken"</script><img src=x onerror=alert(1)>'
TITLES = ("Quay to be dredged", "جسر الميناء يغلق في الشتاء", "漁港の橋が閉まる", ATTACK)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page is."""
    return tmp_path_factory.mktemp("report") / "runs" / "run-1.html"


@pytest.fixture
def report(
    saved: Path, make_article: Callable[..., Article], make_refusal: Callable[..., Refusal]
) -> Path:
    """120 articles, with refusals and all that there is to draw; made once."""
    if saved.exists():
        return saved
    facts = Facts()
    for number in range(120):
        url = f"https://example.com/{number}"
        day = f"2026-03-{1 + number % 28:02}T08:00:00+00:00"
        title = f"{TITLES[number % 4]} {number}"
        copy = Duplicate(of=article_id(url), kind="near", score=0.9) if number % 9 == 0 else None
        language = ("en", "ar", "ja", "en")[number % 4]
        more = {"duplicate": copy, "language": language, "word_count": number * 10}
        facts.add_article(make_article(url=url, title=title, date_published=day, **more))
        facts.add_audit(Audit((Removal(f"rule-{number % 15}", "x" * number, 0),)))
        reason = f"reason-{number % 5}"
        facts.add_refusal(make_refusal(url=f"{url}/{ATTACK}", reason=reason, detail=ATTACK))
    slow = {"copydesk/slowest": [[1.5, "https://example.com/slow"]]}
    for name in ("run-1", "run-2"):
        facts.add_run(Run(run_id=name, ended=name, pages=240, leads={"feed": 300}, stats=slow))
    explanations = Explanations("../explanations/", {article_id("https://example.com/119")})
    saved.parent.mkdir()
    saved.write_text(render(facts, About("Run 1", "news"), explanations), "utf-8")
    return saved


def titles(opened: Opened) -> list[str]:
    """The listed articles."""
    found: list[str] = opened.page.locator("#articles-table tbody a[href^=http]").all_inner_texts()
    return found


@pytest.fixture
def open_page(open_file: Callable[..., Opened], report: Path) -> Callable[..., Opened]:
    """Opens the report in a fresh window."""
    return lambda size="desktop", **given: open_file(report, size, **given)


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_in_silence_and_asks_for_nothing(
    open_page: Callable[..., Opened], report: Path, size: str
) -> None:
    opened = open_page(size)
    assert titles(opened)[:2] == [f"{ATTACK} 119", f"{TITLES[2]} 118"]
    assert opened.page.title() == "Run 1"
    assert (opened.said, opened.requests) == ([], [report.as_uri()])
    # Nothing is wider than the window.
    assert opened.width <= SIZES[size][0]


def test_the_list_is_searched_chosen_and_turned(open_page: Callable[..., Opened]) -> None:
    opened = open_page()
    page = opened.page
    told = page.locator("#told")
    assert told.inner_text() == "1 to 50 of 120"
    page.get_by_role("button", name="Next").last.click()
    page.get_by_role("button", name="Next").first.click()
    assert told.inner_text() == "101 to 120 of 120"
    assert page.get_by_role("button", name="Next").first.is_disabled()
    page.get_by_label("Search").fill("QUAY example.com/1")
    assert told.inner_text() == "1 to 7 of 7"
    page.get_by_label("Search").fill("<script> 119")
    assert titles(opened) == [f"{ATTACK} 119"]
    page.get_by_label("Search").fill("")
    page.get_by_label("Which").select_option("copy")
    assert told.inner_text() == "1 to 14 of 14"
    page.get_by_label("Search").fill("nowhere")
    assert told.inner_text() == "none found"
    assert opened.said == []


def test_articles_lead_to_their_explanation_or_name_the_command(
    open_page: Callable[..., Opened],
) -> None:
    rows = open_page().page.locator("#articles-table tbody tr")
    name = article_id("https://example.com/119")
    link = rows.first.get_by_role("link", name="explanation")
    assert link.get_attribute("href") == f"../explanations/{name}.html"
    command = rows.nth(1).locator("code").inner_text()
    assert command == f"scrapy explain {article_id('https://example.com/118')}"


def test_tables_sort_by_key_and_say_so(open_page: Callable[..., Opened]) -> None:
    page = open_page().page
    heading = page.locator("#articles-table th", has_text="Words")
    heading.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    first = page.locator("#articles-table tbody tr").first
    assert first.locator("td.number").first.inner_text() == "1,190"
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert first.locator("td.number").first.inner_text() == "0"
    table = page.locator("#removed table")
    table.locator("th", has_text="Characters").get_by_role("button").click()
    figures = table.locator("tbody td:nth-child(3)").all_inner_texts()
    assert figures == sorted(figures, key=lambda text: -int(text.replace(",", "")))


def test_a_phone_has_an_order_to_choose(open_page: Callable[..., Opened]) -> None:
    opened = open_page("phone")
    opened.page.get_by_label("Order").select_option(label="Words, falling")
    assert titles(opened)[0] == f"{ATTACK} 119"
    assert not opened.page.locator("#articles-table thead").is_visible()
    opened.page.get_by_label("Order").select_option(label="Words, rising")
    assert titles(opened)[0] == f"{TITLES[0]} 0"


def test_colours_are_the_systems_until_they_are_chosen(open_page: Callable[..., Opened]) -> None:
    page = open_page(color_scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    button = page.locator("#theme")
    assert button.inner_text() == "Colours: as the system"
    button.focus()
    page.keyboard.press("Enter")
    assert button.inner_text() == "Colours: light"
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == light, "the choice is remembered"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


@with_axe
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", COLOURS)
def test_axe_finds_nothing_serious(
    open_page: Callable[..., Opened], size: str, colours: str
) -> None:
    opened = open_page(size, color_scheme=colours, bypass_csp=True)
    opened.page.locator("details").first.evaluate("details => { details.open = true; }")
    assert opened.violations() == []
