"""The upkeep of a ledger: its account, its faults, what it forgets, shingles made anew."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Article
from cleaning.error import LedgerError
from crawler.ledger import Ledger
from crawler.ledger_upkeep import Keep, check, compact, describe, prune, rebuild

Make = Callable[..., Any]
FOR_EVER = Keep(near=0, history=0, leads=0, memory=0)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STORY = " ".join(
    f"Ferry {name} left the quay at noon with {n} passengers and apples for the {name} islands."
    for n, name in enumerate(("Ada", "Ben", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana"))
)


@pytest.fixture
def path(tmp_path: Path, make_article: Make, make_refusal: Make) -> Path:
    """A ledger with an article in two versions, a copy of it, and a refusal; all of it final."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.begin("run", "news", "2026-03-02T08:00:00+00:00")
        ledger.decide(story(make_article), "run")
        ledger.decide(story(make_article, text=f"{STORY} The end."), "run")
        ledger.decide(copy(make_article), "run")
        ledger.refuse(make_refusal(url="https://example.com/gone", run_id="run"))
        ledger.seal("run")
    return path


def story(make_article: Make, **changes: Any) -> Article:
    made: Article = make_article(**{"url": "https://example.com/a", "text": STORY} | changes)
    return made


def copy(make_article: Make) -> Article:
    return story(make_article, url="https://other.example.org/b", text=STORY + " Reprinted here.")


def edit(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)


def test_the_account(path: Path) -> None:
    account = describe(path)
    assert account.pop("bytes") > 10_000
    assert account == {
        "articles": 2,
        "versions": 3,
        "duplicates": 1,
        "provisional": 0,
        "URLs": 3,
        "texts": 2,
        "days of shingles": 1,
        "events": 4,
        "feeds, sitemaps and sections": 0,
        "runs": 1,
        "leads waiting": 0,
        "articles to visit again": 0,
        "failed so far": 0,
        "URLs published": 2,
        "URLs refused": 1,
    }


def test_a_sound_ledger_has_no_faults(path: Path) -> None:
    assert check(path) == []


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM version WHERE version = 2", "1 texts of versions that are unknown"),
        ("UPDATE version SET version = 5 WHERE version = 2", "1 versions that do not follow"),
        ("DELETE FROM url WHERE state = 'refused'", "1 events of URLs that are unknown"),
        ("UPDATE url SET id = 'x' WHERE state = 'published'", "2 published URLs whose article"),
        ("DELETE FROM posting_day", "posting_20514: its table and the list of days do not agree"),
        ("DROP TABLE posting_20514", "posting_20514: its table and the list of days do not agree"),
    ],
)
def test_faults_are_found(path: Path, statement: str, fault: str) -> None:
    edit(path, statement)
    assert any(line.startswith(fault) for line in check(path))


@pytest.mark.parametrize(
    ("keep", "later", "left"),
    [
        (FOR_EVER, 9_999, {"versions": 3, "texts": 2, "days of shingles": 1, "events": 4}),
        (Keep(near=30, history=0, leads=0, memory=0), 29, {"texts": 2, "days of shingles": 1}),
        (
            Keep(near=30, history=0, leads=0, memory=0),
            31,
            {"texts": 0, "days of shingles": 0, "events": 4},
        ),
        (Keep(near=0, history=90, leads=0, memory=0), 91, {"versions": 3, "texts": 2, "events": 0}),
        (Keep(near=0, history=0, leads=0, memory=365), 364, {"versions": 3, "URLs": 3, "runs": 1}),
        (Keep(near=0, history=0, leads=0, memory=365), 366, {"versions": 0, "URLs": 0, "runs": 0}),
    ],
)
def test_what_is_old_is_forgotten(path: Path, keep: Keep, later: int, left: dict[str, int]) -> None:
    prune(path, keep, NOW + timedelta(days=later))
    compact(path)
    assert describe(path).items() >= left.items()
    assert check(path) == []


def test_what_is_provisional_is_not_forgotten(path: Path, make_article: Make) -> None:
    with Ledger(path) as ledger:
        ledger.decide(story(make_article, url="https://example.com/new"), "another")
    prune(path, Keep(near=0, history=0, leads=0, memory=1), NOW + timedelta(days=400))
    assert describe(path).items() >= {"versions": 1, "provisional": 1}.items()


def test_an_update_after_its_text_is_forgotten(path: Path, make_article: Make) -> None:
    """It is an update all the same; only what it changed is not known."""
    prune(path, Keep(near=30, history=0, leads=0, memory=0), NOW + timedelta(days=31))
    with Ledger(path) as ledger:
        decided = ledger.decide(story(make_article, text="All is new."), "next").article
    assert decided is not None
    assert (decided.version, decided.op) == (3, "update")
    assert decided.change is not None
    assert (decided.change.of, decided.change.words_added) == (2, None)


def test_shingles_of_another_version_are_made_anew(path: Path, make_article: Make) -> None:
    edit(path, "UPDATE algorithm SET version = 99")
    edit(path, "DELETE FROM posting_20514")
    with pytest.raises(LedgerError, match="anew with scrapy ledger rebuild"):
        Ledger(path)
    assert rebuild(path) == 2
    assert check(path) == []
    with Ledger(path) as ledger:
        third = story(make_article, url="https://third.example.net/c", text=f"Read on. {STORY}")
        decided = ledger.decide(third, "next").article
    assert decided is not None
    assert decided.duplicate is not None
    assert decided.duplicate.kind == "near"
