"""`assert_clean`, `clean_page` and `crawl`, on pages of our own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cleaning.article import Article, Refusal
from cleaning.error import ArgumentError, SiteError
from crawler.golden.fixture import assert_clean
from crawler.golden.folder_site import FolderSite
from crawler.golden.toml_text import toml_of
from crawler.site import load_site

Make = Callable[..., Article]
_STORY = (
    "The clock on the fish market has been right since Tuesday, for the first time in nine years,"
    " and the traders who had learned to add forty minutes now come too early for everything."
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": f"{_STORY}\n\n0 comments"}, 'paragraph 2 is residue by rule comment-counter: "0'),
        ({"text": f"{_STORY}\n\n- Leave a reply"}, 'residue by rule comment-form: "Leave a reply"'),
        ({"date_published": "2026-03-05T08:00:00+00:00"}, "is after fetched_at"),
        ({"date_modified": "2026-03-01T08:00:00+00:00"}, "is after date_modified"),
        ({"date_published": "1970-01-01T00:00:00+00:00"}, "is before 1990"),
        ({"date_published": "yesterday"}, "does not fit the schema article/1: "),
        ({"text": None}, "text is missing, and op new"),
        ({"op": "tombstone"}, "text is there, and op tombstone"),
    ],
)
def test_a_record_that_is_not_clean(make_article: Make, changes: dict[str, Any], said: str) -> None:
    # Words are counted of a text, which a tombstone lacks.
    given = changes | {"word_count": 0, "content_hash": "0" * 64}
    article = make_article(**given | {"text": changes.get("text", _STORY) or ""})
    record = json.loads(msgspec.json.encode(article)) | changes
    with pytest.raises(AssertionError) as caught:
        assert_clean(record)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"date_published": None},
        # A day is a moment of some zone, and may seem to be tomorrow's.
        {"date_published": "2026-03-02T23:00:00-01:00", "date_precision": "day"},
        # Prose may begin as a call does.
        {"text": f"Follow us on the long way round the bay: that is what {_STORY.lower()}"},
    ],
)
def test_a_record_that_is_clean(make_article: Make, changes: dict[str, Any]) -> None:
    assert_clean(make_article(**changes))


def test_how_old_may_be_said(make_article: Make) -> None:
    old = make_article(date_published="1987-05-01T00:00:00+00:00")
    assert_clean(old, earliest_year=1980)


@pytest.mark.parametrize("name", ["example.org", "path"])
def test_a_page_is_cleaned_by_the_rules_of_a_site(
    clean_page: Any, name: str, tmp_path: Path
) -> None:
    declared = tmp_path / "example.org.toml"
    declared.write_text('domain = "example.org"\n[clean]\ndrop = ["h3"]\n', encoding="utf-8")
    html = page("Clock", _STORY).replace("</p><p>", "</p><h3>Kicker here</h3><p>")
    if name == "path":
        assert "Kicker" not in clean_page(html, site=declared).text
        assert "Kicker" in clean_page(html.encode(), headers={"Content-Type": "text/html"}).text
    else:
        with pytest.raises(SiteError, match=r"no such file"):
            clean_page(html, site=name)


def page(title: str, text: str) -> str:
    return (
        f"<html lang=en><head><title>{title}</title></head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1><p>{text}</p><p>{text[:95]}.</p></article></body></html>"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site of two articles and a list."""
    site = tmp_path / "pages"
    (site / "town").mkdir(parents=True)
    (site / "index.html").write_text("<html><title>Home</title>", encoding="utf-8")
    (site / "town" / "clock.html").write_text(page("Clock", _STORY), encoding="utf-8")
    (site / "town" / "short.html").write_text("<html><p>Soon.", encoding="utf-8")
    return site


def test_a_folder_of_pages_is_crawled(crawl: Any, folder: Path) -> None:
    crawled = crawl(folder, "market.example", settings={"COPYDESK_MAX_FAILURES": 1})
    assert crawled.exit_code == 0, crawled.log
    article = crawled.record("/town/clock.html")
    assert article.url == "http://market.example/town/clock.html"
    assert_clean(article)
    assert [(one.reason, type(one)) for one in crawled.refusals] == [("no-text", Refusal)]
    assert crawled.summary["published"] == 1
    assert "/town/short.html" in crawled.asked
    with pytest.raises(AssertionError, match="no-text: "):
        crawled.record("/town/short.html")
    (folder / "town" / "clock.html").write_text(page("Clock", f"No more. {_STORY}"), "utf-8")
    again = crawl(folder, "market.example", output=crawled.output)
    assert [(one.op, one.version) for one in again.records] == [("update", 2)]


def test_a_folder_is_declared_by_what_is_in_it(folder: Path, tmp_path: Path) -> None:
    site = FolderSite(folder, "market.example")
    made = site.declaration("http://127.0.0.1:1", None)
    assert made["discover"]["sitemaps"] == ["http://market.example/sitemap-of-all-pages.xml"]
    (folder / "feed.xml").write_text("<rss/>", encoding="utf-8")
    made = site.declaration("http://127.0.0.1:1", None)
    assert made["discover"]["feeds"] == ["http://market.example/feed.xml"]
    given = tmp_path / "given.toml"
    given.write_text(
        'domain = "market.example"\nlanguages = ["en"]\n[discover]\n'
        'feeds = ["https://market.example/rss"]\n[fetch]\ndelay = 9\n[clean]\ndrop = ["h3"]\n'
        "valid_until = 2027-03-01\n",
        encoding="utf-8",
    )
    written = tmp_path / "market.example.toml"
    written.write_text(toml_of(site.declaration("http://127.0.0.1:1", given)), encoding="utf-8")
    loaded = load_site(written)
    assert loaded.discover.feeds == ("http://market.example/rss",)
    assert (loaded.fetch.proxy, loaded.fetch.delay) == ("http://127.0.0.1:1", 0)
    assert (loaded.clean.drop, str(loaded.clean.valid_until)) == (
        load_site(given).clean.drop,
        "2027-03-01",
    )


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/town/clock.html", 200),
        ("/town/clock.html?from=feed", 200),
        ("/", 200),
        ("/sitemap-of-all-pages.xml", 200),
        ("/robots.txt", 200),
        ("/town/", 404),
        ("/site.toml", 404),
        ("/ein%20Gru%C3%9F.html", 200),
        ("/../secret.html", 404),
        ("/%2e%2e/secret.html", 404),
        ("/a%00b", 404),
        ("//etc/hostname", 404),
        ("/town/nothing.html", 404),
    ],
)
def test_what_is_served_of_a_folder(folder: Path, target: str, status: int) -> None:
    (folder / "site.toml").write_text("", encoding="utf-8")
    (folder.parent / "secret.html").write_text("x", encoding="utf-8")
    (folder / "ein Gruß.html").write_text("x", encoding="utf-8")
    assert FolderSite(folder, "market.example").answer("market.example", target, 1).status == status


def test_a_folder_without_a_home_page_has_one_made(folder: Path) -> None:
    (folder / "index.html").unlink()
    answer = FolderSite(folder, "market.example").answer("market.example", "/", 1)
    assert b'<a href="http://market.example/town/clock.html">' in answer.body


def test_addresses_in_feeds_can_be_asked_for(folder: Path) -> None:
    (folder / "feed.xml").write_text("<link>https://market.example/a</link>", encoding="utf-8")
    answer = FolderSite(folder, "market.example").answer("market.example", "/feed.xml", 1)
    assert answer.body == b"<link>http://market.example/a</link>"


def test_what_is_no_site_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="is no folder"):
        FolderSite(tmp_path / "nothing", "market.example")
    (tmp_path / "site.toml").write_text("domain =", encoding="utf-8")
    with pytest.raises(SiteError, match="is no TOML"):
        FolderSite(tmp_path, "market.example").declaration("http://127.0.0.1:1", None)
