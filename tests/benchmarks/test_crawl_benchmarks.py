"""The benchmarks that crawl: that they run, on a few pages, and what they make of what they saw."""

from pathlib import Path
from urllib.request import urlopen

import pytest

from benchmarks import fetch
from benchmarks.corpus import ROOT
from benchmarks.crawl_kills import Kills, _refetched, kill_and_rerun, kill_figures, kills_section
from benchmarks.fetch_run import KINDS, Run
from benchmarks.made_page import (
    LARGE,
    article_url,
    feed,
    large_page,
    number_of,
    path_of,
    small_page,
)
from benchmarks.many_sites import Crawl, Sample, crawl_sites, site_figures, sites_section
from benchmarks.page_server import serving
from benchmarks.target import load_targets

_HOST = "paper.example"
_KILLS = Kills(
    pages=100,
    concurrency=4,
    points=[30, 60],
    refetched=[3, 8],
    exit_code=0,
    records=99,
    twice=1,
    torn=2,
    left_over=0,
)


def _sample(records: int, resident_mb: float) -> Sample:
    seconds = records / 100
    return Sample(records=records, seconds=seconds, resident_mb=resident_mb, files=40, sockets=20)


_CRAWL = Crawl(
    samples=[_sample(0, 90.0), _sample(1_001, 100.0), _sample(2_000, 115.0), _sample(2_500, 110.0)],
    exit_code=0,
    asked=2_500,
    summary={
        "published": 2_000,
        "duplicates": 1,
        "refused": {"timeout": 500},
        "finish_reason": "finished",
    },
)


def test_made_up_pages_are_the_same_each_time_and_none_is_another_s() -> None:
    pages = [make(_HOST, number) for make in (small_page, large_page) for number in range(20)]
    assert len(set(pages)) == 40
    assert pages[:20] == [small_page(_HOST, number) for number in range(20)]
    assert {len(page) for page in pages[20:]} == {LARGE}
    assert article_url(_HOST, 7).encode() in feed(_HOST, 8)
    assert [number_of(path) for path in (path_of(7), "/", "/a-number-x.html")] == [7, None, None]


def test_the_server_answers_as_an_origin_and_writes_down_what_it_was_asked(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(3, large=True, log=log) as server:
        with urlopen(f"{server.address}{path_of(2)}") as answer:  # noqa: S310  (our own server)
            assert len(answer.read()) == LARGE
        with urlopen(f"{server.address}/robots.txt") as answer:  # noqa: S310  (as above)
            assert answer.headers["Content-Type"] == "text/plain"
        assert server.cpu() > 0
        assert log.read_text("ascii") == f"{server.address}{path_of(2)}\n"


def test_fetching_is_measured_beside_a_bare_spider(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["fetch", "--pages", "20", "--rounds", "1"])
    assert fetch.main() == 0
    out = capsys.readouterr().out
    assert all(f"| {kind} " in out for kind in KINDS)
    assert "| fetch | " in out


def test_the_ratio_is_of_medians() -> None:
    def runs(*seconds: float) -> list[Run]:
        return [Run(pages=100, seconds=one, cpu=one / 2) for one in seconds]

    measured = {"scrapy": runs(1.0, 1.0, 9.0), "copydesk": runs(2.0, 0.1, 2.0)}
    assert fetch.fetch_figures(measured) == {"ratio": 0.5, "cpu_ratio": 0.5}
    assert "| copydesk |    3 |      50 |      50 |    1000 |" in fetch.fetch_section(measured)


def test_many_sites_are_crawled_and_watched() -> None:
    crawl = crawl_sites(3, 4)
    assert crawl.exit_code == 0
    assert site_figures(crawl)["published"] == 1.0
    assert max(one.resident_mb for one in crawl.samples) > 0


def test_growth_is_of_the_most_memory_after_the_first_thousand_pages() -> None:
    assert site_figures(_CRAWL) == {"published": 0.8, "growth": pytest.approx(15.0)}
    section = sites_section(_CRAWL)
    assert "2500 pages asked for, 2000 published (1 of them as duplicates), 500 refused" in section
    assert "| 1001    |      10 |         100 |         40 |      20 |" in section


def test_a_crawl_is_killed_and_ends_whole() -> None:
    kills = kill_and_rerun(sites=2, pages=10, kills=1, seed=3)
    assert (kills.exit_code, kills.pages, kills.concurrency) == (0, 20, 4)
    assert (kills.records, kills.twice, kills.torn, kills.left_over) == (20, 0, 0, 0)


def test_what_kills_left_is_counted_by_run() -> None:
    assert kill_figures(_KILLS) == {"records": 0.99, "twice": 1, "torn": 2, "refetched": 2.0}
    assert "| 60           |                   8 |" in kills_section(_KILLS)


def test_what_a_kill_costs_is_what_its_run_asked_for_in_vain() -> None:
    """`b` twice: by the first run and by the second; `c` once. The last run is not killed."""
    asked = ["a", "b", "b", "c", "b", "c", "d"]
    assert _refetched(asked, [0, 2, 4, 7]) == [1, 2]


def test_figures_are_those_that_have_targets() -> None:
    asked = {(one.set, one.figure) for one in load_targets(ROOT / "benchmarks/targets.toml")}
    measured = {"scrapy": [Run(pages=1, seconds=1.0, cpu=1.0)]}
    figures = fetch.fetch_figures(measured | {"copydesk": measured["scrapy"]})
    assert {("fetch", name) for name in figures} <= asked
    assert {("sites", name) for name in site_figures(_CRAWL)} <= asked
    assert {("kills", name) for name in kill_figures(_KILLS)} <= asked
