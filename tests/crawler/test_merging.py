"""One lead of all that name a URL: the best stays, and what the others said is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from w3lib.url import canonicalize_url

from cleaning.page import Lead, Sighting
from crawler.discovery.gathering import Gathering
from crawler.discovery.merging import key_of, merged

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
URL = "https://gazette.example/a"


def lead(via: Any, source: str, minutes: int = 0, url: str = URL, **said: Any) -> Lead:
    return Lead(url=url, via=via, at=AT + timedelta(minutes=minutes), source_url=source, **said)


def test_the_best_stays_whatever_came_first() -> None:
    (one,) = merged(
        [
            lead("section", "front", 0, title="Read this story now"),
            lead("sitemap", "plain", 1, modified="2026-03-04"),
            lead("sitemap", "news", 2, title="Lock gates renewed", published="2026-03-03"),
            lead("feed", "rss", 3, title="Gates renewed", published="Tue, 03 Mar 2026"),
        ]
    )
    assert (one.via, one.source_url, one.title) == ("sitemap", "news", "Lock gates renewed")
    assert one.also == (
        Sighting(via="section", at=AT, source_url="front", title="Read this story now"),
        Sighting(via="sitemap", at=AT + timedelta(minutes=1), source_url="plain"),
        Sighting(
            via="feed",
            at=AT + timedelta(minutes=3),
            source_url="rss",
            title="Gates renewed",
            published="Tue, 03 Mar 2026",
        ),
    )


def test_spellings_of_one_url_are_one() -> None:
    leads = [lead("feed", "a", url=f"{URL}?x=1&y=2"), lead("feed", "b", url=f"{URL}?y=2&x=1")]
    (one,) = merged(leads)
    assert (one.url, len(one.also)) == (f"{URL}?x=1&y=2", 1)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        f"{URL}/",
        f"{URL}/~ana/B.html",
        f"{URL}?b=2&a=1",
        "https://gazette.example/",
        "https://gazette.example/%d0%bc",
        "https://gazette.example/a//b",
    ],
)
def test_the_key_is_that_of_scrapys_filter(url: str) -> None:
    assert key_of(url) == canonicalize_url(url)


def test_a_place_is_told_once() -> None:
    leads = [lead("feed", "a"), lead("section", "b"), lead("section", "b", 1), lead("feed", "a", 2)]
    (one,) = merged(leads)
    assert [each.source_url for each in one.also] == ["b"]


def test_the_best_come_first_and_others_keep_their_order() -> None:
    leads = [lead("section", "s", url=f"{URL}1"), lead("sitemap", "m", url=f"{URL}2")]
    leads += [lead("feed", "f", url=f"{URL}{number}") for number in (4, 3)]
    assert [one.url[-1] for one in merged(leads)] == ["4", "3", "2", "1"]


def test_a_lead_named_everywhere_keeps_twenty_places() -> None:
    (one,) = merged(lead("section", f"page {number}") for number in range(100))
    assert [each.source_url for each in one.also] == [f"page {number}" for number in range(1, 21)]


def test_a_gathering_waits_for_all_sources_and_asks_each_once() -> None:
    gathering = Gathering()
    assert [gathering.ask(url) for url in (f"{URL}.rss", f"{URL}.xml", f"{URL}.rss")] == [
        True,
        True,
        False,
    ]
    gathering.add(lead("feed", "rss"))
    assert [gathering.answer(), gathering.answer()] == [False, True]
    assert [one.url for one in gathering.take(None, gathering.shapes())] == [URL]
    assert gathering.take(None, gathering.shapes()) == ()


def test_a_source_is_no_article() -> None:
    gathering = Gathering()
    gathering.ask("https://gazette.example/world")
    gathering.add(lead("section", "front", url="https://gazette.example/world"))
    assert gathering.take(None) == ()
