"""The report in a real browser: it opens without a word, and is usable by eye, keys and phone.

Needs copydesk[render] and a Chromium. What axe-core finds is looked at where AXE_CORE names its
`axe.min.js`, as `npm pack axe-core` has it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Article, Duplicate, Refusal
from cleaning.cleaned import Removal
from cleaning.error import MissingError
from cleaning.identity import article_id
from crawler.browser import chromium_path
from crawler.report.facts import Audit, Facts, Run
from crawler.report.page import About, Explanations, render

try:
    CHROMIUM = chromium_path("")
    MISSING = ""
except MissingError as error:
    CHROMIUM, MISSING = "", str(error)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason=f"needs a browser: {MISSING}")
AXE = os.environ.get("AXE_CORE", "")
ATTACK = '</script><script>document.title = "broken"</script><img src=x onerror=alert(1)>'
TITLES = ("Quay to be dredged", "جسر الميناء يغلق في الشتاء", "漁港の橋が閉まる", ATTACK)
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
#: Violations by which somebody is kept from reading.
SERIOUS = {"serious", "critical"}


# Not of the session: while it is open, a loop runs that other tests cannot have their own beside.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (optional)

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


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


class Opened:
    """The page in a window, and what the browser said and asked for."""

    def __init__(self, browser: Any, report: Path, size: str = "desktop", **given: Any) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, **given)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(report.as_uri())

    def titles(self) -> list[str]:
        """The listed articles."""
        found: list[str] = self.page.locator(
            "#articles-table tbody a[href^=http]"
        ).all_inner_texts()
        return found


@pytest.fixture
def open_page(browser: Any, report: Path) -> Iterator[Callable[..., Opened]]:
    """Opens the report in a fresh window."""
    opened: list[Opened] = []

    def make(size: str = "desktop", **given: Any) -> Opened:
        opened.append(Opened(browser, report, size, **given))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_it_opens_in_silence_and_asks_for_nothing(
    open_page: Callable[..., Opened], report: Path, size: str
) -> None:
    opened = open_page(size)
    assert opened.titles()[:2] == [f"{ATTACK} 119", f"{TITLES[2]} 118"]
    assert opened.page.title() == "Run 1"
    assert (opened.said, opened.requests) == ([], [report.as_uri()])
    # Nothing is wider than the window.
    width = opened.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SIZES[size][0]


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
    assert opened.titles() == [f"{ATTACK} 119"]
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
    assert opened.titles()[0] == f"{ATTACK} 119"
    assert not opened.page.locator("#articles-table thead").is_visible()
    opened.page.get_by_label("Order").select_option(label="Words, rising")
    assert opened.titles()[0] == f"{TITLES[0]} 0"


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


@pytest.mark.skipif(not AXE, reason="AXE_CORE does not name an axe.min.js")
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_serious(
    open_page: Callable[..., Opened], size: str, colours: str
) -> None:
    page = open_page(size, color_scheme=colours, bypass_csp=True).page
    page.locator("details").first.evaluate("details => { details.open = true; }")
    page.evaluate(Path(AXE).read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], one["nodes"]) for one in found if one["impact"] in SERIOUS] == []
