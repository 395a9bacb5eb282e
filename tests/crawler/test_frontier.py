"""What waits in the ledger to be asked for: before its fetch, after it, and after a crash."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cleaning.identity import article_id
from cleaning.page import Lead
from crawler.ledger import Gathered, Ledger
from crawler.ledger_upkeep import Keep, check, prune
from crawler.revisit import Plan
from crawler.source_state import Answer

Make = Callable[..., Any]
SITE = "gazette.example"
A, B, C = (f"https://gazette.example/news/{name}" for name in "abc")
FEED = "https://gazette.example/rss"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = Plan(ages=(3_600, 6 * 3_600), silence=86_400)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[Ledger]:
    with Ledger(path, plan=PLAN) as opened:
        yield opened


@pytest.fixture
def fetched(make_article: Make, make_provenance: Make) -> Make:
    """Makes the article of a URL, fetched at a time."""

    def make(url: str, at: datetime = NOW, **changes: Any) -> Any:
        provenance = make_provenance(fetched_at=at.isoformat())
        text = changes.pop("text", f"The story of {url} is told here.")
        return make_article(url=url, text=text, provenance=provenance, **changes)

    return make


def lead(url: str, **changes: Any) -> Lead:
    given = {"via": "feed", "at": NOW, "source_url": FEED, "title": "A story"}
    return Lead(url=url, **given | changes)


def discover(ledger: Ledger, *leads: Lead, at: datetime = NOW, again: bool = False) -> int:
    return ledger.discover([(SITE, one) for one in leads], at, again=again)


def due(ledger: Ledger, at: datetime = NOW, run_id: str = "run-9") -> list[str]:
    return [one.url for one in ledger.due(SITE, at, run_id)]


def test_a_lead_waits_until_its_record_is_sealed(ledger: Ledger, fetched: Make) -> None:
    assert discover(ledger, lead(A), lead(B)) == 0
    assert due(ledger) == [A, B]
    ledger.decide(fetched(A), "run-1")
    # this run has dealt with it, for all others it still waits
    assert due(ledger, run_id="run-1") == [B]
    assert due(ledger) == [A, B]
    ledger.seal("run-1")
    assert due(ledger) == [B]


def test_evidence_survives(ledger: Ledger) -> None:
    """Everything that a source said, in whichever run it is fetched."""
    told = lead(
        A,
        summary="Half a pair: \ud83d",
        published="Mon, 02 Mar 2026",
        authors=("Ann",),
        tags=("x",),
    )
    discover(ledger, told)
    assert ledger.due(SITE, NOW, "run-9") == [told]


def test_what_a_later_run_says_is_added(ledger: Ledger) -> None:
    linked = lead(A, via="section", source_url="https://gazette.example/news", title=None)
    discover(ledger, linked)
    discover(ledger, lead(A), lead(f"{A}?utm_source=x"))
    (found,) = ledger.due(SITE, NOW, "run-9")
    assert (found.url, found.via, found.title) == (A, "feed", "A story")
    assert [one.source_url for one in found.also] == [linked.source_url]


def test_the_best_and_newest_come_first(ledger: Ledger) -> None:
    plain = {"via": "sitemap", "title": None}
    discover(ledger, lead(f"{A}/plain", **plain), lead(f"{A}/old"))
    discover(ledger, lead(f"{A}/new"), lead(f"{A}/next"), at=NOW + HOUR)
    expected = [f"{A}/new", f"{A}/next", f"{A}/old", f"{A}/plain"]
    assert due(ledger, NOW + HOUR) == expected


def test_what_is_known_is_not_asked_for_before_its_time(ledger: Ledger, fetched: Make) -> None:
    discover(ledger, lead(A))
    ledger.decide(fetched(A), "run-1")
    ledger.seal("run-1")
    assert discover(ledger, lead(A)) == 1
    assert due(ledger, NOW + 0.9 * HOUR) == []
    assert due(ledger, NOW + HOUR) == [A]


def test_visits_end(ledger: Ledger, fetched: Make) -> None:
    discover(ledger, lead(A))
    visits = []
    at = NOW
    for number in range(9):
        if due(ledger, at):
            visits.append(at - NOW)
            ledger.decide(fetched(A, at), f"run-{number}")
            ledger.seal(f"run-{number}")
        at += HOUR
    assert visits == [timedelta(0), HOUR, 6 * HOUR]
    assert ledger.waiting(A) is None
    assert discover(ledger, lead(A), at=NOW + 90 * HOUR) == 1


def test_an_edit_begins_the_visits_anew(ledger: Ledger, fetched: Make) -> None:
    discover(ledger, lead(A))
    ledger.decide(fetched(A), "run-1")
    ledger.decide(fetched(A, NOW + 6 * HOUR, text="It ends otherwise now."), "run-2")
    ledger.seal("run-1")
    ledger.seal("run-2")
    assert due(ledger, NOW + 6.9 * HOUR) == []
    assert due(ledger, NOW + 7 * HOUR) == [A]


def test_not_modified_is_a_visit(ledger: Ledger, fetched: Make) -> None:
    discover(ledger, lead(A))
    ledger.decide(fetched(A), "run-1")
    ledger.seal("run-1")
    ledger.touch(A, (NOW + HOUR).isoformat(), "run-2")
    ledger.seal("run-2")
    assert due(ledger, NOW + 5 * HOUR) == []
    assert due(ledger, NOW + 6 * HOUR) == [A]


@pytest.mark.parametrize(
    ("modified", "hours"),
    [
        ((NOW + 3 * HOUR).isoformat(), 2),
        # before it was fetched; not to be read; a day that may be either
        ((NOW - HOUR).isoformat(), 7),
        ("soon", 7),
        ("2026-03-02", 7),
        (None, 7),
    ],
)
def test_a_source_that_says_so_brings_a_visit_forward(
    ledger: Ledger, fetched: Make, modified: str | None, hours: int
) -> None:
    discover(ledger, lead(A))
    for run, at in (("run-1", NOW), ("run-2", NOW + HOUR)):
        ledger.decide(fetched(A, at), run)
        ledger.seal(run)
    discover(ledger, lead(A, modified=modified), at=NOW + 2 * HOUR)
    first = next(hour for hour in range(99) if due(ledger, NOW + hour * HOUR))
    # never sooner after a fetch than the first visit
    assert first == (2 if hours == 2 else 6)


def test_all_can_be_asked_for_again(ledger: Ledger, fetched: Make) -> None:
    for url in (A, B):
        discover(ledger, lead(url))
        ledger.decide(fetched(url), "run-1")
    ledger.seal("run-1")
    assert discover(ledger, lead(A), lead(B), again=True) == 0
    assert sorted(due(ledger)) == [A, B]


def test_a_failure_waits_longer_each_time_and_is_given_up(
    ledger: Ledger, make_refusal: Make
) -> None:
    discover(ledger, lead(A))
    tries = []
    at = NOW
    for number in range(800):
        if due(ledger, at):
            tries.append(at - NOW)
            failed = make_refusal(
                url=A, reason="timeout", stage="fetch", at=at.isoformat(), run_id=f"run-{number}"
            )
            ledger.refuse(failed)
            ledger.seal(f"run-{number}")
        at += timedelta(minutes=15)
    hours = [one / HOUR for one in tries]
    assert hours == [0, 0.25, 1.25, 5.25, 21.25, 85.25]
    assert ledger.waiting(A) is None
    known = ledger.known(A)
    assert known is not None
    assert known.state == "refused"


def test_success_forgets_failures(ledger: Ledger, make_refusal: Make, fetched: Make) -> None:
    discover(ledger, lead(A))
    ledger.refuse(make_refusal(url=A, reason="http-503", stage="fetch", run_id="run-1"))
    ledger.seal("run-1")
    waiting = ledger.waiting(A)
    assert waiting is not None
    assert (waiting.failures, waiting.fetched) == (1, False)
    ledger.decide(fetched(A), "run-2")
    ledger.seal("run-2")
    waiting = ledger.waiting(A)
    assert waiting is not None
    assert (waiting.failures, waiting.fetched) == (0, True)


@pytest.mark.parametrize(
    ("reason", "stage", "is_asked_again"),
    [
        ("too-short", "clean", True),
        ("no-text", "clean", True),
        ("index-page", "clean", False),
        ("robots", "fetch", False),
        ("forbidden-address", "fetch", False),
    ],
)
def test_what_may_grow_is_visited_again(
    ledger: Ledger, make_refusal: Make, reason: str, stage: str, is_asked_again: bool
) -> None:
    discover(ledger, lead(A))
    ledger.refuse(make_refusal(url=A, reason=reason, stage=stage, run_id="run-1"))
    ledger.seal("run-1")
    assert bool(due(ledger, NOW + HOUR)) is is_asked_again
    assert discover(ledger, lead(A)) == 1


def test_of_two_urls_that_are_one_page_one_is_visited(ledger: Ledger, fetched: Make) -> None:
    discover(ledger, lead(A), lead(B))
    ledger.decide(fetched(B, requested_url=A), "run-1")
    ledger.seal("run-1")
    assert due(ledger, NOW + HOUR) == [B]


class TestCrash:
    """A run dies; `keep` tells which of its records are on a line of its segment."""

    def test_what_was_not_written_is_asked_for_again(self, ledger: Ledger, fetched: Make) -> None:
        discover(ledger, lead(A), lead(B), lead(C))
        for url in (A, B):
            ledger.decide(fetched(url), "dead")
        ledger.forget_unsealed("dead", {(article_id(A), 1)})
        assert due(ledger) == [B, C]
        assert due(ledger, NOW + HOUR) == [A, B, C]

    def test_refusals_are_not_asked_for_again(self, ledger: Ledger, make_refusal: Make) -> None:
        discover(ledger, lead(A))
        ledger.refuse(make_refusal(url=A, reason="index-page", run_id="dead"))
        ledger.forget_unsealed("dead", set())
        assert due(ledger) == []

    def test_what_is_like_another_runs_lost_record_is_asked_for_again(
        self, ledger: Ledger, fetched: Make
    ) -> None:
        """`unchanged` is only true as long as what it is like stays."""
        discover(ledger, lead(A))
        ledger.decide(fetched(A), "dead")
        assert ledger.decide(fetched(A), "alive").outcome == "unchanged"
        ledger.seal("alive")
        ledger.forget_unsealed("dead", set())
        assert due(ledger) == [A]
        assert ledger.decide(fetched(A), "next").outcome == "new"

    def test_a_tombstone_that_was_lost_is_set_again(
        self, ledger: Ledger, fetched: Make, make_refusal: Make
    ) -> None:
        gone = make_refusal(url=A, reason="http-410", stage="fetch", status=410, run_id="dead")
        discover(ledger, lead(A))
        ledger.decide(fetched(A), "run-1")
        ledger.seal("run-1")
        assert ledger.bury(gone) is not None
        ledger.forget_unsealed("dead", set())
        assert due(ledger) == [A]
        stone = ledger.bury(replace(gone, run_id="run-3"))
        assert stone is not None
        assert stone.version == 2


class TestGone:
    """404 and 410, of what was published and of what was not."""

    @pytest.fixture
    def gone(self, make_refusal: Make) -> Any:
        return make_refusal(url=A, reason="http-404", stage="fetch", status=404, run_id="run-2")

    def test_a_published_article_gets_a_tombstone(
        self, ledger: Ledger, path: Path, fetched: Make, gone: Any
    ) -> None:
        discover(ledger, lead(A))
        ledger.decide(fetched(A), "run-1")
        ledger.seal("run-1")
        stone = ledger.bury(gone)
        assert stone is not None
        assert (stone.id, stone.version, stone.op) == (article_id(A), 2, "tombstone")
        assert (stone.text, stone.title, stone.word_count) == (None, "Old bridge reopens", 0)
        assert (stone.access.evidence, stone.provenance.status) == (("http-404",), 404)
        ledger.seal("run-2")
        assert due(ledger, NOW + 900 * HOUR) == []
        assert ledger.bury(gone) is None
        assert check(path) == []

    def test_it_may_come_back(self, ledger: Ledger, fetched: Make, gone: Any) -> None:
        """After a week, when a source names it again; its text is the next version."""
        discover(ledger, lead(A))
        ledger.decide(fetched(A), "run-1")
        ledger.bury(gone)
        ledger.seal("run-1")
        ledger.seal("run-2")
        assert discover(ledger, lead(A), at=NOW + timedelta(days=6)) == 1
        assert discover(ledger, lead(A), at=NOW + timedelta(days=8)) == 0
        back = ledger.decide(fetched(A), "run-3")
        assert back.outcome == "update"
        assert back.article is not None
        assert back.article.version == 3

    def test_what_was_never_published_gets_none(self, ledger: Ledger, gone: Any) -> None:
        discover(ledger, lead(A))
        assert ledger.bury(gone) is None
        ledger.refuse(gone)
        ledger.seal("run-2")
        known = ledger.known(A)
        assert known is not None
        assert known.state == "gone"
        assert due(ledger, NOW + 900 * HOUR) == []

    def test_a_lost_presentation_is_no_lost_article(
        self, ledger: Ledger, fetched: Make, gone: Any
    ) -> None:
        amp = f"{A}/amp"
        ledger.decide(fetched(A), "run-1")
        ledger.decide(fetched(amp, canonical_url=A), "run-1")
        ledger.seal("run-1")
        assert ledger.bury(replace(gone, url=amp, requested_url=amp)) is None
        assert ledger.bury(gone) is not None

    @pytest.mark.parametrize("other", [{"status": 403}, {"stage": "clean"}, {"run_id": None}])
    def test_other_refusals_bury_nothing(
        self, ledger: Ledger, fetched: Make, gone: Any, other: dict[str, Any]
    ) -> None:
        ledger.decide(fetched(A), "run-1")
        ledger.seal("run-1")
        assert ledger.bury(replace(gone, **other)) is None


class TestSources:
    """Feeds, sitemaps and sections are remembered with what they named."""

    ANSWER = Answer(url=FEED, etag='"1"', last_modified="Mon", digest="one", names=("x", "y"))

    def learn(self, ledger: Ledger, answer: Answer, at: datetime, declared: str = "d") -> None:
        found = Gathered(site=SITE, leads=[lead(A)], answers=[answer], declared=declared)
        ledger.learn(found, at)

    def test_an_answer_is_remembered(self, ledger: Ledger) -> None:
        self.learn(ledger, self.ANSWER, NOW)
        state = ledger.source(FEED, "d")
        assert state is not None
        assert (state.etag, state.last_modified, state.names) == ('"1"', "Mon", ("x", "y"))
        assert state.due == NOW.timestamp()
        assert due(ledger) == [A]

    @pytest.mark.parametrize("answer", [Answer(url=FEED), ANSWER])
    def test_nothing_new_makes_it_due_later(self, ledger: Ledger, answer: Answer) -> None:
        """304 or the same again; what a 304 does not repeat still holds."""
        self.learn(ledger, self.ANSWER, NOW)
        self.learn(ledger, answer, NOW + 8 * HOUR)
        state = ledger.source(FEED, "d")
        assert state is not None
        assert state.due == (NOW + 9 * HOUR).timestamp()
        assert (state.etag, state.names) == ('"1"', ("x", "y"))

    def test_something_new_makes_it_due_at_once(self, ledger: Ledger) -> None:
        self.learn(ledger, self.ANSWER, NOW)
        self.learn(ledger, replace(self.ANSWER, digest="two"), NOW + 8 * HOUR)
        state = ledger.source(FEED, "d")
        assert state is not None
        assert state.due == (NOW + 8 * HOUR).timestamp()

    def test_another_declaration_forgets_it(self, ledger: Ledger) -> None:
        """What the old one passed over may be an article by the new one."""
        self.learn(ledger, self.ANSWER, NOW)
        assert ledger.source(FEED, "other") is None
        # a 304 to somebody else's question is no news
        self.learn(ledger, Answer(url=FEED), NOW, declared="other")
        assert ledger.source(FEED, "other") is None


@pytest.mark.parametrize(("days", "left"), [(29, [A]), (31, [])])
def test_leads_that_nobody_gets_round_to_are_given_up(
    ledger: Ledger, path: Path, days: int, left: list[str]
) -> None:
    discover(ledger, lead(A))
    keep = Keep(near=0, history=0, leads=30, memory=0)
    pruned = prune(path, keep, NOW + timedelta(days=days))
    assert due(ledger) == left
    assert pruned.leads == 1 - len(left)
