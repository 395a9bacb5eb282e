"""What the newsroom's pages promise: sidecars that agree with them, and that nothing is missing."""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from crawler.newsroom.library import Answer, Library

NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom"
LIBRARY = Library()
CP1252 = "http://newsroom.example/archive/2025/story-1066.html"
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
KEYS = (
    *("url", "outcome", "reason", "title", "authors", "date_published", "date_modified"),
    *("date_precision", "language", "section", "content_type", "truncated", "canonical_url"),
    *("twin_of", "copy_of", "text"),
)
# What a sidecar calls a refusal, and how the server answers there.
REFUSALS = {
    "http-404": 404,
    "http-410": 410,
    "soft-404": 200,
    "index-page": 200,
    "continuation": 200,
    "robots": 200,
}
# A piece of markup that only one template writes, and how many pages of it there are at least.
TEMPLATES = {
    '"@graph"': 8,
    "bgcolor=": 5,
    "type-post hentry": 6,
    'id="__app"': 5,
    '"LiveBlogPosting"': 2,
    'class="copy"': 3,
    "<html amp": 2,
}
# Mess that each occurs on two pages at least.
MESS = [
    *("today : ", "heute : ", "0 comments", "You may also like", "Leave a Reply", "Most read"),
    *("Required fields are marked *", "Ti Gr.5(Ti-Al-V)", "1. Introduce - ", "Pocket Mattress"),
    *("Sign up for our newsletter", "Melden Sie sich für unseren Newsletter an", "We use cookies"),
    *("min read", "Updated:", "Photo: ", "Author: ", "By ", "Von ", "Par ", "بقلم: ", "记者 "),
    *("Read more:", "Lesen Sie auch:", "Lire aussi :", "اقرأ أيضًا:", "延伸阅读：", ">source<"),
    *("All rights reserved.", "جميع الحقوق محفوظة", "版权所有", "Advertisement", "إعلان", "广告"),
    *("in our app", "About the author", "isAccessibleForFree", "© Northern Wire |", "Tags:"),
    *("اشترك في نشرتنا", "订阅我们的电子报", "<span>News</span>", "Share this article"),
]
SINGLE = {
    *("<span>News</span>", "© Northern Wire |", "heute : ", "Lesen Sie auch:", "记者 "),
    *("اقرأ أيضًا:", "اشترك في نشرتنا", "延伸阅读：", "订阅我们的电子报"),
}
# What looks like residue and is the article: a part of a paragraph, and where it stands.
MUST_STAY = [
    ("why-the-parish-newsletter", "“Sign up for our newsletter, they say"),
    ("why-the-parish-newsletter", "Subscribe, and nothing happens"),
    ("foundry-bets-on-titanium", "- Ti Gr.5 (Ti-6Al-4V), for propeller shafts"),
    ("foundry-bets-on-titanium", "- 50Ni50CrNb, for burner parts"),
    ("sheet-music-library", "Copyright 1911 by the Ellery Theatre Company. All rights reserved."),
    ("obituary-ines-calder", "Related: that was her favourite word."),
    ("obituary-ines-calder", "The tide went out and took the day,\nthe tide came in with none,"),
    ("storm-agna-live", "Thank you for your messages and your photographs"),
]


def sidecars(folder: str = "www") -> dict[Path, dict]:
    """The sidecars of a folder, by the page that each stands beside."""
    return {
        path.with_name(path.name.replace(".expected.json", ".html")): json.loads(
            path.read_text(encoding="utf-8")
        )
        for path in sorted((NEWSROOM / folder).rglob("*.expected.json"))
    }


EXPECTED = {expected["url"]: expected for expected in sidecars().values()}
PUBLISHED = {url: each for url, each in EXPECTED.items() if each["outcome"] == "published"}
REFUSED = {url: each for url, each in EXPECTED.items() if each["outcome"] == "refused"}


def get(url: str, edition: int = 1) -> Answer:
    """What the server says."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return LIBRARY.answer(parts.hostname or "", target, edition)


def source(url: str, edition: int = 1) -> str:
    """A page's source, read as what it is in truth."""
    return get(url, edition).body.decode("windows-1252" if url == CP1252 else "utf-8")


def words(url: str, edition: int = 1) -> str:
    """The letters and digits that a page and those that continue it show."""
    tree = html.fromstring(source(url, edition).encode("ascii", "xmlcharrefreplace"))
    shown = "".join(tree.xpath("//body//text()[not(ancestor::script)]"))
    following = tree.xpath("//head/link[@rel='next']/@href")
    return letters(shown) + "".join(words(urljoin(url, href), edition) for href in following)


def letters(text: str) -> str:
    """Without the blanks, bars and dashes that stand between and before paragraphs."""
    return re.sub(r"\W+", "", text)


def assert_in_order(expected: dict, edition: int = 1) -> None:
    """Fails unless each paragraph stands in the page, after the one before it."""
    shown, place = words(expected["url"], edition), 0
    for paragraph in map(letters, expected["text"]):
        found = shown.find(paragraph, place)
        assert found >= 0, paragraph
        place = found + len(paragraph)


def is_article(url: str) -> bool:
    """Whether the site's own TOML takes a URL for an article's."""
    parts = urlsplit(url)
    declared = (NEWSROOM / "sites" / f"{parts.hostname}.toml").read_text(encoding="utf-8")
    place = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return any(re.search(each, place) for each in tomllib.loads(declared)["discover"]["articles"])


def test_each_article_page_has_a_sidecar_and_each_sidecar_its_page() -> None:
    """And nothing else looks like an article to the sites' own rules."""
    assert all(page.is_file() for folder in ("www", "www-2") for page in sidecars(folder))
    declared = [path.stem for path in (NEWSROOM / "sites").glob("*.toml")]
    for page in (page for host in declared for page in (NEWSROOM / "www" / host).rglob("*.html")):
        url = f"http://{page.relative_to(NEWSROOM / 'www').as_posix()}".removesuffix("index.html")
        assert (page in sidecars()) == (is_article(url) or url.endswith("lane.page-2.html")), url


@pytest.mark.parametrize("expected", PUBLISHED.values(), ids=PUBLISHED)
def test_published(expected: dict) -> None:
    """The sidecar is complete, and its text stands in the page paragraph by paragraph."""
    assert tuple(expected) == KEYS
    assert get(expected["url"]).status == 200
    assert expected["reason"] is None
    assert expected["authors"]
    assert len(expected["text"]) >= 4
    assert (expected["date_published"] is None) == (expected["date_precision"] is None)
    assert letters(expected["title"]) in words(expected["url"])
    assert_in_order(expected)


@pytest.mark.parametrize("expected", REFUSED.values(), ids=REFUSED)
def test_refused(expected: dict) -> None:
    """The sidecar is complete, gives a known reason, and the server answers in its sense."""
    assert tuple(expected) == KEYS
    assert get(expected["url"]).status == REFUSALS[expected["reason"]]
    assert expected["text"] == []


def test_second_edition() -> None:
    """It corrects one article and its twin, and makes both longer."""
    second = {expected["url"]: expected for expected in sidecars("www-2").values()}
    assert set(second) == {BRIDGE, BRIDGE.replace("/harbour/", "/amp/harbour/")}
    for url, expected in second.items():
        first = EXPECTED[url]
        assert tuple(expected) == KEYS
        assert len(expected["text"]) > len(first["text"])
        assert expected["date_modified"] > first["date_modified"]
        assert expected["date_published"] == first["date_published"]
        assert_in_order(expected, edition=2)


def test_languages() -> None:
    """Six, each on three pages or more, English on fourteen or more."""
    written = [expected["language"] for expected in PUBLISHED.values()]
    counted = {language: written.count(language) for language in written}
    assert len(written) >= 34
    assert set(counted) == {"en", "de", "fr", "ar", "zh-CN", "el"}
    assert min(counted.values()) >= 3
    assert counted["en"] >= 14


def test_templates() -> None:
    """Each on several pages."""
    pages = [source(url) for url in PUBLISHED]
    counted = {mark: sum(mark in page for page in pages) for mark in TEMPLATES}
    assert {mark for mark, least in TEMPLATES.items() if counted[mark] < least} == set()


@pytest.mark.parametrize("mess", MESS)
def test_mess(mess: str) -> None:
    """Every kind of mess is there, all but a few kinds twice in the same words."""
    pages = sum(mess in source(url) for url in PUBLISHED)
    assert pages >= (1 if mess in SINGLE else 2)


@pytest.mark.parametrize(("page", "part"), MUST_STAY)
def test_what_looks_like_residue_and_is_not(page: str, part: str) -> None:
    """It is in the text that must come out."""
    text = next(
        each["text"] for url, each in EXPECTED.items() if page in url and "/amp/" not in url
    )
    assert any(part in paragraph for paragraph in text)


def test_special_pages() -> None:
    """Teasers and broken-off texts, live blogs, an undated page, days without a time."""
    pages = PUBLISHED.values()
    broken_off = [each for each in pages if each["truncated"]]
    assert {expected["reason"] for expected in EXPECTED.values()} == {None, *REFUSALS}
    assert len(broken_off) == 4
    assert sum(each["text"][-1][-1] not in ".”»" for each in broken_off) == 2
    assert sum(each["content_type"] == "live-blog" for each in pages) == 2
    assert sum(each["content_type"] == "opinion" for each in pages) == 1
    assert sum(each["date_published"] is None for each in pages) == 1
    assert {each["date_precision"] for each in pages} == {None, "day", "minute", "second"}


def test_twins_and_copies() -> None:
    """They have the text of their article; no other two pages have a text in common."""
    twins = [each for each in PUBLISHED.values() if each["twin_of"]]
    copies = [each for each in PUBLISHED.values() if each["copy_of"]]
    texts = {"\n".join(each["text"]) for each in PUBLISHED.values()}
    assert (len(twins), len(copies)) == (2, 1)
    assert all(twin["text"] == EXPECTED[twin["twin_of"]]["text"] for twin in twins)
    assert all(copy["text"] == EXPECTED[copy["copy_of"]]["text"] for copy in copies)
    assert len(texts) == len(PUBLISHED) - len(twins) - len(copies)
