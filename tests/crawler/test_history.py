"""What `scrapy why` tells: every step of a URL's way, and why one is not in the output."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Discovered, Warc
from crawler.ledger import Ledger
from crawler.site import load_sites
from crawler.why import explain

Make = Callable[..., Any]
URL = "https://example.com/news/a"
STORY = " ".join(f"Ferry number {n} left the quay at noon with apples, it said." for n in range(9))
SITE = """
domain = "example.com"

[discover]
feeds = ["https://example.com/rss"]
articles = ['/news/']
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.sqlite") as opened:
        opened.begin("run", "news", "2026-03-02T08:00:00+00:00", obeys_robots=True)
        yield opened


def told(ledger: Ledger, url: str = URL) -> list[str]:
    """The lines, without their times."""
    first, *steps = explain(url, ledger, [])
    return [first, *(step.partition("  ")[2] for step in steps)]


@pytest.fixture
def fetched(make_provenance: Make) -> Any:
    found = Discovered(
        via="feed",
        source_url="https://example.com/rss",
        at="2026-03-02T07:59:00+00:00",
        title=None,
        published=None,
    )
    return make_provenance(discovered=found, warc=Warc(file="run-00001.warc.gz", offset=711))


def test_a_published_article(ledger: Ledger, make_article: Make, fetched: Any) -> None:
    ledger.decide(make_article(url=URL, provenance=fetched), "run")
    assert told(ledger)[0].startswith(f"{URL} is published; provisionally: its run")
    ledger.seal("run")
    assert told(ledger) == [
        f"{URL} is published",
        "seen in the feed https://example.com/rss at 2026-03-02T07:59:00+00:00",
        "robots.txt allows it",
        "fetched: 200, archived in run-00001.warc.gz at byte 711",
        "cleaned",
        "published as version 1 by run run",
    ]


def test_what_came_after(ledger: Ledger, make_article: Make, make_refusal: Make) -> None:
    """In order; what repeats itself is told once."""
    ledger.decide(make_article(url=URL, text="one two"), "run")
    for hour in (9, 10, 11):
        ledger.touch(URL, f"2026-03-02T{hour:02}:00:00+00:00", "run")
    ledger.decide(make_article(url=URL, text="one three"), "later")
    ledger.decide(make_article(url=URL, text="one three"), "later")
    ledger.refuse(make_refusal(url=URL, reason="paywall", detail="no text", run_id="last"))
    for run_id in ("run", "later", "last"):
        ledger.seal(run_id)
    first, *steps = told(ledger)
    assert first == f"{URL} is not in the output: it was refused when it was fetched last"
    assert [step for step in steps if "cleaned" not in step and "fetched:" not in step] == [
        "robots.txt allows it",
        "published as version 1 by run run",
        "asked for again: the server says it has not changed, 3 times, this being the last",
        "an update: correction",
        "published as version 2 by run later",
        "refused, clean: paywall: no text",
    ]


def test_copies(ledger: Ledger, make_article: Make) -> None:
    original = make_article(url="https://other.example.org/b", text=STORY)
    ledger.decide(original, "run")
    ledger.decide(make_article(url=URL, text=f"{STORY} Reprinted."), "run")
    label = next(line for line in told(ledger) if line.startswith("labelled"))
    assert label.startswith(f"labelled: a near copy of {original.id} (0.9")
    assert label.endswith(", https://other.example.org/b")


def test_a_copy_that_is_dropped(tmp_path: Path, make_article: Make) -> None:
    with Ledger(tmp_path / "drop.sqlite", drop_duplicates=True) as ledger:
        ledger.decide(make_article(url="https://other.example.org/b", text=STORY), "run")
        decision = ledger.decide(make_article(url=URL, text=STORY), "run")
        assert (decision.article, decision.dropped) == (None, True)
        again = ledger.decide(make_article(url=URL, text=STORY), "run")
        assert (again.outcome, again.dropped) == ("unchanged", False)
        lines = told(ledger)
        assert "dropped as a copy" in lines


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.com/news/b", "would take it for an article: no feed, sitemap or section"),
        ("https://example.com/about", "says that it is no article: see articles and ignore there"),
        ("https://elsewhere.example/a", "no site is declared that it belongs to"),
    ],
)
def test_what_no_run_has_fetched(ledger: Ledger, tmp_path: Path, url: str, why: str) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    (folder / "example.com.toml").write_text(SITE, encoding="utf-8")
    first, second = explain(url, ledger, load_sites(folder))
    assert first == f"{url} is not in the ledger: no run has fetched it, or that is forgotten"
    assert why in second


def test_any_spelling_of_the_url(ledger: Ledger, make_article: Make, fetched: Any) -> None:
    ledger.decide(make_article(url=URL, provenance=replace(fetched, warc=None)), "run")
    spelled = "http://www.example.com/news/a/?utm_source=x#top"
    assert told(ledger, spelled) == told(ledger)
