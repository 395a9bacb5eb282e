"""The report: what is counted, what is listed, and that whatever was crawled stays text."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import html
from sealing import Sealer

from cleaning.article import Access, Article, Duplicate, Quality, Refusal
from cleaning.cleaned import Removal
from cleaning.error import InputError, OutputError
from crawler.discovery.date_range import date_range
from crawler.report.chart import Bar, bars, columns
from crawler.report.facts import Audit, Facts, Run
from crawler.report.gathering import Scope, gather, last_run
from crawler.report.listing import Listing, row_of
from crawler.report.page import About, Explanations, render
from crawler.report.tally import Sample, Tally
from crawler.report.writing import write_report
from crawler.slowest import Slowest

Make = Callable[..., Article]
MakeRefusal = Callable[..., Refusal]
Scrapy = Callable[..., "subprocess.CompletedProcess[str]"]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</script><script>alert(1)</script>",
    "</title></style><!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "\u2028\u2029\u202etxet\x00\x1b[31m",
    "javascript:alert(1)",
)


def page_of(facts: Facts, title: str = "Run 1") -> Any:
    return html.document_fromstring(render(facts, About(title, "a line")).encode())


def listed(page: Any) -> list[list[Any]]:
    (data,) = page.xpath("//script[@id='articles-data']")
    rows: list[list[Any]] = json.loads(data.text)["rows"]
    return rows


# --- counts --------------------------------------------------------------------------------------


def test_a_full_tally_counts_the_rest_as_one() -> None:
    tally = Tally(2)
    tally.count_all([("a", 1), ("b", 5), ("c", 9), ("a", 1), ("d", 1)])
    assert tally.ranked() == [("b", 5), ("a", 2), ("*", 10)]


def test_a_sample_is_bounded_and_takes_of_all() -> None:
    sample: Sample[int] = Sample(5)
    for number in range(1_000):
        sample.offer(number)
    assert len(sample.taken) == 5
    assert max(sample.taken) >= 100


def test_facts_count_each_record_once(make_article: Make, make_refusal: MakeRefusal) -> None:
    copy = Duplicate(of="c" * 32, kind="near", score=0.9)
    doubt = Quality(score=0.5, flags=("ends-early",))
    cut = Access(free=False, truncated=True, evidence=("teaser",))
    facts = Facts()
    for article in (
        make_article(date_published=None, date_precision=None, date_source=None),
        make_article(op="update", quality=doubt, language="de", access=cut, word_count=99),
        make_article(op="update", duplicate=copy, word_count=100),
        make_article(op="tombstone", language="xx"),
    ):
        facts.add_article(article)
    facts.add_refusal(make_refusal(reason="http-404", stage="fetch"))
    facts.add_refusal(make_refusal(reason="timeout", stage="fetch"))
    facts.add_audit(Audit((Removal("share", "abc", 0), Removal("share", "d", 1))))
    assert facts.kinds == {"new": 1, "update": 1, "copy": 1, "gone": 1}
    assert (facts.records, facts.articles, facts.truncated) == (4, 3, 1)
    assert facts.languages == {"en": 2, "de": 1}
    assert facts.precisions == {"none": 1, "minute": 2}
    assert facts.days == {"2026-03-02": 2}
    assert facts.fetched == {"2026-03-02": 3}
    assert facts.flags == {"ends-early": 1}
    assert facts.lengths == {0: 1, 1: 1, 2: 1}
    assert facts.clusters["c" * 32].copies == 1
    counts = facts.sites["example.com"].counts
    assert counts == {"new": 1, "update": 1, "copy": 1, "gone": 1, "refused": 1, "failed": 1}
    texts = facts.texts
    assert (texts.removed["share"], texts.blocks["share"], texts.records["share"]) == (4, 2, 1)


@pytest.mark.parametrize("stamp", ["2026-02-31T00:00:00Z", "0000-01-01T00:00:00Z"])
def test_days_that_the_calendar_lacks_are_passed_over(make_article: Make, stamp: str) -> None:
    facts = Facts()
    facts.add_article(make_article(date_published=stamp))
    assert not facts.days
    assert page_of(facts).xpath("//h1")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_time(
    make_article: Make, make_provenance: Callable[..., Any], day: str
) -> None:
    facts = Facts()
    stamp = f"{day}T00:00:00+00:00"
    provenance = make_provenance(fetched_at=stamp)
    facts.add_article(make_article(date_published=stamp, provenance=provenance))
    assert day in page_of(facts).text_content()


def test_a_date_of_the_future_does_not_stretch_the_picture(make_article: Make) -> None:
    facts = Facts()
    for day in ("2026-03-01", "2026-03-02", "2099-01-01"):
        facts.add_article(make_article(date_published=f"{day}T08:00:00+00:00"))
    (part,) = page_of(facts).xpath("//section[@id='days']")
    rows = [[cell.text_content() for cell in row] for row in part.xpath(".//tbody/tr")]
    assert rows == [["2026-03-02", "1"], ["2026-03-01", "1"]]
    assert "Not shown: 1 of other days" in part.text_content()


def test_runs_are_summed_up() -> None:
    facts = Facts()
    slow = {"copydesk/slowest": [[0.5, "https://example.com/a"], [0.1, "https://example.com/b"]]}
    sites = {"news.example.com": {"unchanged": 3}}
    facts.add_run(
        Run(run_id="1", ended="2026-03-02", pages=5, leads={"feed": 7}, stats=slow, sites=sites)
    )
    odd = {"copydesk/slowest": "another version's"}
    facts.add_run(Run(run_id="2", ended="2026-03-01", pages=6, leads={"feed": 1}, stats=odd))
    assert [run.run_id for run in facts.runs.runs] == ["2", "1"]
    assert (facts.runs.sums["pages"], facts.runs.leads["feed"]) == (11, 8)
    assert [slow.seconds for slow in facts.runs.slowest] == [0.5, 0.1]
    assert facts.sites["example.com"].told["unchanged"] == 3


def test_memory_is_bounded(make_article: Make) -> None:
    facts = Facts()
    article = make_article()
    for number in range(6_000):
        of = Duplicate(of=f"{number:032x}", kind="exact", score=1)
        quality = Quality(score=1, flags=(f"flag-{number}",))
        facts.add_article(replace(article, site=f"s{number}", duplicate=of, quality=quality))
    assert len(facts.sites) <= 5_001
    assert len(facts.flags) <= 501
    assert facts.sites["*"].counts["copy"] == 1_000
    assert facts.copies.total() == 6_000


# --- the list ------------------------------------------------------------------------------------


def test_the_list_keeps_the_last_that_fit(make_article: Make) -> None:
    listing = Listing(most=3)
    for number in range(5):
        listing.add(make_article(title=f"{number}"))
    assert [row.title for row in listing.rows] == ["2", "3", "4"]
    assert listing.added == 5


@pytest.mark.parametrize("letter", ["a", "é", "<", "漢"])
def test_the_list_is_bounded_in_bytes(make_article: Make, letter: str) -> None:
    facts = Facts(listing=Listing(size=50_000))
    url = f"https://example.com/{letter * 900}"
    article = make_article(title=letter * 500, url=url, site=letter * 253)
    for _ in range(200):
        facts.add_article(article)
    page = render(facts, About("Run", ""))
    (data,) = re.findall(r'id="articles-data">(.*?)</script>', page, re.DOTALL)
    assert len(data.encode()) < 60_000
    assert "scrapy read has all" in page


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("HTTP://example.com/a", "HTTP://example.com/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (" https://example.com/a", ""),
        ("file:///srv/a.html", ""),
        (f"https://example.com/{'a' * 1_000}", ""),
    ],
)
def test_only_web_addresses_are_linked(make_article: Make, url: str, shown: str) -> None:
    assert row_of(make_article(url=url)).url == shown


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[0, 0], [1, 10**9], [3], [0.0001, 7]])
def test_bars_stay_in_their_picture(values: list[float]) -> None:
    drawn = html.fromstring(bars("A & B", [Bar("x" * 40, value, f"{value:,}") for value in values]))
    widths = [float(rect.get("width")) for rect in drawn.xpath("//rect")]
    assert all(0 <= width <= 360 - 122 for width in widths)
    assert [width > 0 for width in widths] == [value > 0 for value in values]
    assert drawn.get("aria-label") == "A & B"


@pytest.mark.parametrize("count", [1, 2, 62])
def test_columns_stay_in_their_picture(count: int) -> None:
    drawn = html.fromstring(columns("Days", [(f"day {n}", n) for n in range(1, count + 1)]))
    rects = drawn.xpath("//rect")
    assert len(rects) == count
    assert all(float(rect.get("x")) + float(rect.get("width")) <= 360.1 for rect in rects)
    assert f"{count}: day {count}" in drawn.text_content()


def test_nothing_gives_no_picture() -> None:
    assert bars("Nothing", []) == columns("Nothing", []) == ""


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def hostile(make_article: Make, make_refusal: MakeRefusal) -> Facts:
    """Facts of which every text is an attack."""
    facts = Facts()
    for text in HOSTILE:
        made: dict[str, Any] = {"title": text, "site": text, "url": f"https://example.com/{text}"}
        of = Duplicate(of=text, kind="near", score=0.5)
        doubt = Quality(score=0.5, flags=(text,))
        more = {"language": text, "date_source": text, "duplicate": of, "quality": doubt}
        facts.add_article(make_article(**made, **more))
        facts.add_article(make_article(title=text, url=text))
        for url in (f"https://example.com/{text}", text):
            facts.add_refusal(make_refusal(url=url, reason=text, detail=text))
        facts.add_audit(Audit((Removal(text, text, 0),)))
        run = {"run_id": text, "spider": text, "finish_reason": text, "ended": text}
        counts = {text: 1}
        told: dict[str, Any] = {"leads": counts, "passed_over": counts, "traps": counts}
        told |= {"sites": {text: counts}, "balanced": False}
        told["stats"] = {"copydesk/slowest": [[1.0, text], [1.0, f"https://example.com/{text}"]]}
        facts.add_run(Run(**run, **told))
    return facts


def test_what_was_crawled_stays_text(hostile: Facts) -> None:
    page = page_of(hostile, title=HOSTILE[0])
    assert len(page.xpath("//script")) == 2
    assert not page.xpath("//img | //iframe | //object | //embed | //base | //form | //comment()")
    assert not page.xpath("//@*[starts-with(name(), 'on')] | //@style")
    assert all(href.startswith(("https://", "#")) for href in page.xpath("//@href"))
    assert page.xpath("string(//h1)") == page.xpath("string(//title)") == HOSTILE[0]
    assert {row[1] for row in listed(page)} == set(HOSTILE)


def test_the_list_is_json_in_which_no_tag_begins(hostile: Facts) -> None:
    page = render(hostile, About("Run", ""))
    (data,) = re.findall(r'id="articles-data">(.*?)</script>', page)
    assert not set(data) & set("<>&\u2028\u2029")


def test_commands_are_quoted_for_the_shell(make_refusal: MakeRefusal) -> None:
    facts = Facts()
    url = "https://example.com/a?b=1&c='; rm -rf ~ #$(id)"
    facts.add_refusal(make_refusal(url=url))
    (command,) = page_of(facts).xpath("//code/text()")
    assert shlex.split(command) == ["scrapy", "why", url]


def test_the_policy_forbids_all_but_its_own() -> None:
    page = page_of(Facts())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not page.xpath("//@src | //link")


def test_articles_link_to_explanations_that_are_there(make_article: Make) -> None:
    facts = Facts()
    first, second = make_article(), make_article(url="https://example.com/b")
    facts.add_article(first)
    facts.add_article(second)
    page = render(facts, About("", ""), Explanations("../explanations/", {first.id}))
    data = json.loads(re.findall(r'id="articles-data">(.*?)</script>', page)[0])
    assert data["explanations"] == "../explanations/"
    assert [row[-1] for row in data["rows"]] == [1, 0]


def test_a_server_of_many_statuses_does_not_swell_the_page(make_refusal: MakeRefusal) -> None:
    facts = Facts()
    url = f"https://example.com/{'<' * 900}"
    for status in range(600):
        for _ in range(6):
            facts.add_refusal(make_refusal(url=url, reason=f"http-{status}", detail="<" * 900))
    assert len(render(facts, About("Run", ""))) < 4_000_000


def test_a_run_that_went_wrong_is_told_first() -> None:
    facts = Facts()
    facts.add_run(
        Run(
            run_id="1",
            finish_reason=None,
            balanced=False,
            published=5,
            sources_asked=4,
            sources_failed=3,
        )
    )
    told = page_of(facts).xpath("//*[@class='warnings']/li/text()")
    assert told == [
        "Run 1 lost pages: its sums do not agree.",
        "Run 1 ended before it was done: by force.",
        "The run says that it published 5 records; the manifest has 0 of them.",
        "3 of 4 feeds, sitemaps and sections could not be read.",
    ]


def test_of_many_runs_that_went_wrong_a_few_are_named() -> None:
    facts = Facts()
    for number in range(9):
        facts.add_run(Run(run_id=f"{number}", ended=f"{number}", finish_reason="shutdown"))
    told = page_of(facts).xpath("//*[@class='warnings']/li/text()")
    assert told[-2:] == ["Run 8 ended before it was done: shutdown.", "So did 4 more, see Runs."]
    assert len(told) == 6


def test_the_slowest_are_kept() -> None:
    slowest = Slowest(2)
    for seconds in (0.2, 0.3, 0.1, 0.40049):
        slowest.see(f"https://example.com/{seconds}", seconds)
    assert slowest.ranked() == [
        (0.4, "https://example.com/0.40049"),
        (0.3, "https://example.com/0.3"),
    ]


# --- folders -------------------------------------------------------------------------------------


@pytest.fixture
def output(
    tmp_path: Path, make_article: Make, make_refusal: MakeRefusal, make_provenance: Any
) -> Path:
    """Segments of run-1, run-2 and of both, sealed on two days; the summary of run-1."""
    sealer = Sealer(tmp_path / "output")
    first = make_article(title="First")
    by_1, by_2 = (make_provenance(run_id=f"run-{number}") for number in (1, 2))
    both = [make_article(title=f"Of {p.run_id}", provenance=p) for p in (by_1, by_2)]
    second = make_article(title="Second", provenance=by_2)
    sealer.seal([first])
    sealer.seal(both, ".gz", run=None)
    sealer.seal([second], ".zst", run="run-2", sealed_at="2026-11-25T08:00:00+00:00")
    refusals = [msgspec.json.encode(make_refusal(reason="no-text"))]
    sealer.append(sealer.place(refusals, kind="rejected"))
    removed = {"id": first.id, "removed": [{"rule": "share", "text": "abc", "position": 1}]}
    sealer.append(sealer.place([msgspec.json.encode(removed)], kind="removed"))
    runs = sealer.folder / "runs"
    runs.mkdir()
    told = {"run_id": "run-1", "ended": "2026-11-24T08:00:00+00:00", "published": 2}
    told |= {"finish_reason": "finished", "unknown": {"of": "a newer copydesk"}}
    (runs / "run-1.json").write_bytes(msgspec.json.encode(told))
    return sealer.folder


@pytest.mark.parametrize(
    ("scope", "titles", "refused", "runs"),
    [
        (Scope(run="run-1"), ["First", "Of run-1"], ["no-text"], 1),
        (Scope(run="run-2"), ["Of run-2", "Second"], [], 0),
        (Scope(), ["First", "Of run-1", "Of run-2", "Second"], ["no-text"], 1),
        (Scope(period=date_range("2026-11-25", None)), ["Second"], [], 0),
        (
            Scope(period=date_range("2026-11-24", "2026-11-24")),
            ["First", "Of run-1", "Of run-2"],
            ["no-text"],
            1,
        ),
    ],
)
def test_a_run_or_a_period(
    output: Path, scope: Scope, titles: list[str], refused: list[str], runs: int
) -> None:
    facts = gather(output, scope)
    assert [row.title for row in facts.listing.rows] == titles
    assert list(facts.reasons) == refused
    assert facts.runs.count == runs
    assert facts.texts.removed.total() == (3 if refused else 0)


def test_what_cannot_be_reported_names_the_cure(output: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no run run-3"):
        gather(output, Scope(run="run-3"))
    with pytest.raises(InputError, match="no run has ended yet"):
        last_run(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="is a folder"):
        write_report(output, Scope(run="run-1"), tmp_path)
    (output / "runs" / "run-1.json").write_bytes(b"{")
    with pytest.raises(InputError, match=r"run-1\.json: is no summary"):
        last_run(output)


def test_the_command(scrapy: Scrapy, output: Path, tmp_path: Path) -> None:
    settings = ("-s", f"COPYDESK_OUTPUT={output}")
    told = scrapy("report", *settings)
    made = output / "runs" / "run-1.html"
    assert (told.returncode, told.stdout) == (0, f"{made}\n"), told.stderr
    assert "Of run-1" in made.read_text("utf-8")
    target = tmp_path / "period.html"
    told = scrapy("report", *settings, "--since", "2026-11-25", "-o", target)
    assert (told.returncode, told.stdout) == (0, f"{target}\n"), told.stderr
    assert "Published since 2026-11-25 00:00 UTC" in unescape(target.read_text("utf-8"))
    assert [path.name for path in output.rglob("*.part")] == []


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["run-3"], 1, "scrapy report: "),
        (["--since", "yesterday"], 2, "--since=yesterday: is no date"),
    ],
)
def test_the_command_says_what_is_wrong(
    scrapy: Scrapy, output: Path, args: list[str], code: int, says: str
) -> None:
    told = scrapy("report", "-s", f"COPYDESK_OUTPUT={output}", *args)
    assert (told.returncode, told.stdout) == (code, "")
    assert says in told.stderr


# --- at the end of a run -------------------------------------------------------------------------


@pytest.fixture
def crawl(courier: Any) -> Iterator[Callable[..., Any]]:
    """Crawls a small site under a name, with its report."""

    def run(name: str) -> Any:
        given = ("-s", "COPYDESK_REPORT=1", "-s", f"COPYDESK_RUN_ID={name}")
        return courier.crawl("-a", "site=wire.example", *given)

    return run


def test_a_run_ends_with_its_report(crawl: Callable[..., Any]) -> None:
    ended = crawl("run-1")
    page = ended.output / "runs" / "run-1.html"
    assert ended.process.returncode == 0
    assert f"report: {page}" in ended.process.stderr
    text = page.read_text("utf-8")
    assert "Slowest pages" in text
    assert 'class="warnings"' not in text
    told = [row[:2] for row in listed(html.fromstring(text.encode()))]
    assert told == [[record["id"], record["title"]] for record in ended.lines("articles")]
    assert told
    slowest = ended.summary["stats"]["copydesk/slowest"]
    assert slowest == sorted(slowest, reverse=True)
    assert 0 < len(slowest) <= 20
    # Another one, whose page cannot be put in its place.
    (ended.output / "runs" / "run-2.html").mkdir()
    failed = crawl("run-2")
    assert failed.process.returncode == 0
    assert "no report was made; scrapy report makes it later: " in failed.process.stderr
