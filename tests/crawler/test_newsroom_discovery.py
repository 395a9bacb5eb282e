"""What the newsroom's feeds, sitemaps, sections and links promise: all of them lead somewhere."""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest
from lxml import html

from crawler.newsroom.library import Answer, Library

NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom"
LIBRARY = Library()
COURIER = "http://newsroom.example"
HOSTS = ("newsroom.example", "wire.example")
SITES = {
    host: tomllib.loads((NEWSROOM / "sites" / f"{host}.toml").read_text(encoding="utf-8"))
    for host in HOSTS
}
EXPECTED = {
    expected["url"]: expected
    for path in (NEWSROOM / "www").rglob("*.expected.json")
    for expected in [json.loads(path.read_text(encoding="utf-8"))]
}
DEAD = {url for url, each in EXPECTED.items() if each["reason"] in {"http-404", "http-410"}}
FEEDS = [
    (f"{COURIER}/feeds/main.xml", "application/rss+xml; charset=utf-8", 11),
    (f"{COURIER}/de/atom.xml", "application/atom+xml", 3),
    (f"{COURIER}/fr/feed.json", "application/feed+json", 3),
    ("http://wire.example/rss.xml", "text/xml; charset=utf-8", 3),
    (f"{COURIER}/sitemap-index.xml", "application/xml", 2),
    (f"{COURIER}/sitemap-news.xml", "application/xml", 8),
    (f"{COURIER}/sitemap-pages.xml", "application/xml", 13),
]
PAGES_OF_SECTIONS = {
    "/news/": ["/news/page/2/", "/news/page/3/"],
    "/blog/": ["/blog/page/2/"],
    "/de/": ["/de/seite-2/"],
    "/fr/": ["/fr/?page=2"],
    "/ar/": ["/ar/page/2/"],
    "/zh/": ["/zh/index_2.html"],
    "/el/": ["/el/page/2/"],
}
# One article is found in one kind of place only, another in several.
FOUND_IN = {
    "/business/foundry-bets-on-titanium-and-nickel.html": {"feed"},
    "/fr/sciences/entretien-avec-une-ecouteuse-de-glace.html": {"feed"},
    "/news.php?id=2231": {"feed"},
    "/archive/2025/story-1058.html": {"sitemap"},
    "/de/live/sturmflut-ticker.html": {"sitemap"},
    "/stories/whale-bones-under-car-park-48402.html": {"sitemap"},
    "/archive/2025/story-1043.html": {"section"},
    "/de/blog/2025/11/das-letzte-fundbuero-an-der-kueste/": {"section"},
    "/harbour/pier-cafe-reopens.html": {"section"},
    "/harbour/summer-ferry-timetable.html": {"section"},
    "/preview/harbour-budget-draft.html": {"section"},
    "/zh/2025/10/20/1043.html": {"section", "sitemap"},
    "/harbour/tidal-bridge-closes-for-winter.html": {"feed", "section", "sitemap"},
}


def get(url: str, edition: int = 1) -> Answer:
    """What the server says."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return LIBRARY.answer(parts.hostname or "", target or "/", edition)


def final(url: str) -> str:
    """Where a URL leads in the end."""
    location = get(url).location
    return final(urljoin(url, location)) if location else url


def leads_somewhere(url: str) -> bool:
    """Whether there is a page in the end, or is meant to be none."""
    return url in DEAD or get(final(url)).status == 200


def entries(url: str, edition: int = 1) -> list[str]:
    """The URLs that a feed or sitemap names, in their order."""
    body = get(url, edition).body
    if url.endswith(".json"):
        return [item["url"] for item in json.loads(body)["items"]]
    tree = ET.fromstring(body)  # noqa: S314  (of our own writing)
    for path in (".//{*}item/{*}link", ".//{*}entry/{*}link", ".//{*}loc"):
        if found := tree.findall(path):
            return [(node.get("href") or node.text or "").strip() for node in found]
    return []


def links(url: str) -> list[str]:
    """The URLs that a page links to."""
    return [urljoin(url, href) for href in html.fromstring(get(url).body).xpath("//a/@href")]


def section_pages(url: str) -> list[str]:
    """A section's pages, as `rel=next` names them, in the head and in the link for people."""
    tree = html.fromstring(get(url).body)
    following = tree.xpath("//head/link[@rel='next']/@href")
    assert following == tree.xpath("//a[@rel='next']/@href")
    return [url, *(page for href in following for page in section_pages(urljoin(url, href)))]


def found_by_kind() -> dict[str, set[str]]:
    """What the sites' feeds, sitemaps and sections lead to, as they name it."""
    sections = [page for url in PAGES_OF_SECTIONS for page in section_pages(COURIER + url)]
    sitemaps = entries(f"{COURIER}/sitemap-index.xml")
    feeds = [url for site in SITES.values() for url in site["discover"]["feeds"]]
    return {
        "feed": {link for url in feeds for link in entries(url)},
        "sitemap": {link for url in sitemaps for link in entries(url)},
        "section": {link for url in sections for link in links(url)},
    }


def is_article(url: str) -> bool:
    """Whether a site's own TOML takes a URL for an article's."""
    parts = urlsplit(url)
    place = f"{parts.path}?{parts.query}" if parts.query else parts.path
    declared = SITES.get(parts.hostname or "", {"discover": {"articles": [], "ignore": []}})
    wanted, ignored = declared["discover"]["articles"], declared["discover"]["ignore"]
    return any(re.search(each, place) for each in wanted) and not any(
        re.search(each, place) for each in ignored
    )


@pytest.mark.parametrize(("url", "content_type", "count"), FEEDS)
def test_feeds_and_sitemaps(url: str, content_type: str, count: int) -> None:
    """Well-formed, of the right type, and every entry leads somewhere; in both editions."""
    assert get(url).content_type == content_type
    assert len(entries(url)) == count
    assert entries(url) == entries(url, edition=2)
    assert all(leads_somewhere(link) for link in entries(url))


def test_news_sitemap() -> None:
    """It names title, date and language as the articles have them."""
    tree = ET.fromstring(get(f"{COURIER}/sitemap-news.xml").body)  # noqa: S314  (our own)
    for url in tree:
        expected = EXPECTED[url.findtext("{*}loc") or ""]
        assert url.findtext(".//{*}title") == expected["title"]
        assert url.findtext(".//{*}publication_date") == expected["date_published"]
        assert url.findtext(".//{*}language") == expected["language"].lower()


@pytest.mark.parametrize(("start", "following"), PAGES_OF_SECTIONS.items())
def test_sections(start: str, following: list[str]) -> None:
    """Each is declared, has the pages named here, and no more than are to be read."""
    discover = SITES["newsroom.example"]["discover"]
    pages = section_pages(COURIER + start)
    assert COURIER + start in discover["sections"]
    assert pages == [COURIER + path for path in (start, *following)]
    assert len(pages) <= discover["max_section_pages"]


def test_each_article_is_found() -> None:
    """Only a continuation may be unknown to feeds, sitemaps and sections."""
    named = {url for found in found_by_kind().values() for url in found if is_article(url)}
    assert set(EXPECTED) - {final(url) for url in named} == {
        f"{COURIER}/culture/the-lamplighters-of-anvil-lane.html?page=2"
    }


@pytest.mark.parametrize(("path", "kinds"), FOUND_IN.items())
def test_where_an_article_is_found(path: str, kinds: set[str]) -> None:
    """Some in one kind of place only, some in several; all pass for articles by their URL."""
    url = COURIER + path
    assert {kind for kind, found in found_by_kind().items() if url in found} == kinds
    assert is_article(url)


def test_what_is_no_article_by_its_url() -> None:
    """Sections, lists and print versions, although sections link to them."""
    for path in ("/", "/news/", "/news/page/2/", "/de/seite-2/", "/fr/?page=2", "/topics.html"):
        assert not is_article(COURIER + path)
    print_version = f"{COURIER}/harbour/tidal-bridge-closes-for-winter.html?print=1"
    assert print_version in links(f"{COURIER}/news/page/2/")
    assert not is_article(print_version)


def test_every_link_and_picture_leads_somewhere() -> None:
    """From the two front pages on, as far as links go."""
    waiting = [f"http://{host}/" for host in HOSTS]
    seen = set(waiting)
    while waiting:
        url = waiting.pop()
        assert leads_somewhere(url), url
        fresh = linked_from(url) - seen
        seen |= fresh
        waiting += fresh
    assert len(seen) > 90


def linked_from(url: str) -> set[str]:
    """The URLs of our hosts that a page links to or shows; none for what is not HTML."""
    answer = get(url)
    if not answer.content_type.startswith("text/html") or not answer.body:
        return {urljoin(url, answer.location)} if answer.location else set()
    hrefs = html.fromstring(answer.body).xpath("//a/@href | //link/@href | //img/@src")
    absolute = {urljoin(url, href).partition("#")[0] for href in hrefs}
    return {link for link in absolute if urlsplit(link).hostname in HOSTS}


def test_robots_txt() -> None:
    """It names the sitemap and forbids a path that a section links to."""
    robots = get(f"{COURIER}/robots.txt").body.decode().splitlines()
    assert "Disallow: /preview/" in robots
    assert f"Sitemap: {COURIER}/sitemap-index.xml" in robots
    assert not any(line.lower().startswith("crawl-delay") for line in robots)
