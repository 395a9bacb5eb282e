"""The newsroom crawled by real processes: twice, then its second edition, then from the archive."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

Scrapy = Callable[..., CompletedProcess[str]]
NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom"
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
COUNTED = "http://newsroom.example/blog/2025/10/why-the-parish-newsletter-refuses-to-die/"
TWO_PAGES = "http://newsroom.example/culture/the-lamplighters-of-anvil-lane.html"
#: Of the run, not of the article.
RUN_FACTS = {"run_id": None, "spider": None}


def sidecars() -> list[dict[str, Any]]:
    paths = sorted((NEWSROOM / "www").rglob("*.expected.json"))
    return [json.loads(path.read_text("utf-8")) for path in paths]


def pairs(key: str) -> list[tuple[str, str]]:
    return [(one["url"], one[key]) for one in sidecars() if one[key]]


@pytest.fixture(scope="module")
def replay(editions: Any, scrapy: Scrapy, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `archive` makes of the first crawl's WARC files: the folder it writes to."""
    folder = tmp_path_factory.mktemp("replayed")
    process = scrapy(
        *("crawl", "archive", "-a", f"sites={editions.courier.sites}"),
        *("-a", f"warc={editions.first.output / 'archive'}/{editions.first.summary['run_id']}*"),
        *("-s", f"COPYDESK_OUTPUT={folder}", "-s", "COPYDESK_WORKERS=0"),
        *("-s", "FEEDS=" + json.dumps({str(folder / "feed.jsonl"): {"format": "jsonlines"}})),
    )
    assert process.returncode == 0
    assert "Traceback" not in process.stderr
    return folder


@pytest.fixture(scope="module")
def replayed(replay: Path) -> Any:
    """The records of it, read from a feed of FEEDS."""
    return [json.loads(line) for line in (replay / "feed.jsonl").read_bytes().splitlines()]


def test_every_crawl_ends_well(editions: Any) -> None:
    for crawl in (editions.first, editions.second, editions.third):
        assert crawl.process.returncode == 0
        assert "Traceback" not in crawl.process.stderr
        assert "WARNING" not in crawl.process.stderr
        assert "ERROR" not in crawl.process.stderr
        assert crawl.process.stdout == ""


def test_each_page_is_counted_once(editions: Any) -> None:
    """What the run says of itself agrees with its files."""
    for crawl in (editions.first, editions.second, editions.third):
        said = crawl.summary
        refused = Counter(one["reason"] for one in crawl.lines("rejected"))
        assert said["refused"] == dict(refused)
        assert said["published"] == len(crawl.lines("articles"))
        assert said["pages"] == said["published"] + said["unchanged"] + sum(refused.values())
        assert f"{said['pages']} pages dealt with" in crawl.process.stderr
        assert not list((crawl.output / "open").iterdir())


def test_each_page_comes_to_what_its_sidecar_says(editions: Any) -> None:
    """Every page that the sites name is published or refused, for the reason in its sidecar."""
    published = {one["url"] for one in editions.first.lines("articles")}
    refused = {one["url"]: one["reason"] for one in editions.first.lines("rejected")}
    for one in sidecars():
        if one["outcome"] == "refused":
            assert refused.get(one["url"], one["reason"]) == one["reason"]
            assert one["url"] not in published
        elif not one["twin_of"]:
            twins = {url for url, twin_of in pairs("twin_of") if twin_of == one["url"]}
            assert published & {one["url"], *twins}, one["url"]


def test_a_second_crawl_asks_for_no_article(editions: Any) -> None:
    """None is due, and the feeds, sitemaps and sections say that they have not changed."""
    asked = {f"http://{one.host}{one.path}": one.status for one in editions.quiet.requests}
    assert not {one["url"] for one in sidecars()} & set(asked)
    statuses = {status for url, status in asked.items() if not url.endswith("/robots.txt")}
    assert statuses == {304}
    assert editions.quiet.summary["pages"] == 0


def test_all_asked_for_again_publishes_nothing(editions: Any) -> None:
    """Servers are asked with the validators that they gave, and answer that nothing has changed."""
    published = {one["url"] for one in editions.first.lines("articles")}
    answers = {f"http://{one.host}{one.path}": one.status for one in editions.second.requests}
    assert editions.second.summary["published"] == 0
    assert {answers.get(url) for url in published} == {304}
    assert "nothing is new" in editions.second.process.stderr


def test_the_second_edition_publishes_what_changed(editions: Any) -> None:
    """A visitor counter is no change; a changed article is its next version."""
    (changed,) = editions.third.lines("articles")
    (before,) = (one for one in editions.first.lines("articles") if one["id"] == changed["id"])
    answers = {f"http://{one.host}{one.path}": one.status for one in editions.third.requests}
    assert (changed["url"], changed["version"], changed["op"]) == (BRIDGE, 2, "update")
    assert (before["version"], before["op"]) == (1, "new")
    assert before["text"] != changed["text"]
    assert answers[COUNTED] == 200


@pytest.mark.parametrize(("copy", "original"), pairs("copy_of"))
def test_a_syndicated_copy_is_labelled(editions: Any, copy: str, original: str) -> None:
    """Whichever of the two came second points to the first."""
    found = {one["url"]: one for one in editions.first.lines("articles")}
    labels = [one["duplicate"] for one in (found[copy], found[original]) if one["duplicate"]]
    ids = {found[copy]["id"], found[original]["id"]}
    assert [(one["kind"], one["of"] in ids) for one in labels] == [("exact", True)]


@pytest.mark.parametrize(("twin", "main"), pairs("twin_of"))
def test_an_amp_twin_is_not_published_beside_its_article(
    editions: Any, twin: str, main: str
) -> None:
    published = [one["url"] for one in editions.first.lines("articles")]
    assert published.count(twin) + published.count(main) == 1


def test_what_robots_txt_forbids_is_not_asked_for(editions: Any) -> None:
    for crawl in (editions.first, editions.second, editions.third):
        assert not [one.path for one in crawl.requests if one.path.startswith("/preview/")]
        assert crawl.summary["refused"]["robots"] == 1
        assert {one.headers["user-agent"] for one in crawl.requests} == {"copydesk/0.1"}


def test_feeds_hold_the_published_records(editions: Any) -> None:
    """`-O` gives the same records, keys in the same order, as the run's own files."""
    lines, array, table = (feed.read_text("utf-8") for feed in editions.feeds)
    records = editions.first.lines("articles")
    exported = [json.loads(line) for line in lines.splitlines()]
    assert sorted(map(json.dumps, exported)) == sorted(map(json.dumps, records))
    assert sorted(map(json.dumps, json.loads(array))) == sorted(map(json.dumps, records))
    rows = list(csv.DictReader(table.splitlines(keepends=True)))
    assert {(row["id"], row["text"]) for row in rows} == {
        (one["id"], one["text"].replace("\r\n", "\n")) for one in records
    }


def without_the_run(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"provenance": record["provenance"] | RUN_FACTS}


def test_the_archive_replays_to_the_same_records(editions: Any, replayed: Any) -> None:
    """Field by field, in the same order: leads, places and labels too, but for the run's name."""
    crawled = [without_the_run(one) for one in editions.first.lines("articles")]
    again = [without_the_run(one) for one in replayed]
    assert [one["url"] for one in again] == [one["url"] for one in crawled]
    assert again == crawled


def test_the_archive_replays_to_the_same_refusals(editions: Any, replay: Path) -> None:
    """Of all that was archived: pages that were not there at all, or forbidden, were not."""
    (path,) = (replay / "rejected").rglob("*.jsonl")
    refused = [json.loads(line) | RUN_FACTS for line in path.read_bytes().splitlines()]
    archived = [one | RUN_FACTS for one in editions.first.lines("rejected") if one["warc"]]
    assert archived
    assert sorted(refused, key=json.dumps) == sorted(archived, key=json.dumps)


def test_cleaning_the_archive_gives_the_same_records(
    editions: Any, scrapy: Scrapy, tmp_path: Path
) -> None:
    """Articles over several pages too; without what comparing adds."""
    paths = sorted((editions.first.output / "archive").glob(f"{editions.first.summary['run_id']}*"))
    process = scrapy(
        *("clean", *paths, "-o", tmp_path / "clean.jsonl", "--sites", editions.courier.sites)
    )
    assert process.returncode == 0
    compared = {"version": None, "op": None, "duplicate": None, "change": None}
    lines = (tmp_path / "clean.jsonl").read_bytes().splitlines()
    cleaned = {one["url"]: without_the_run(one) | compared for one in map(json.loads, lines)}
    for one in editions.first.lines("articles"):
        assert cleaned[one["url"]] == without_the_run(one) | compared


def test_an_article_over_two_pages_is_one_record(editions: Any, replayed: Any) -> None:
    """Crawled and replayed; the second page is no article of its own."""
    (sidecar,) = (one for one in sidecars() if one["url"] == TWO_PAGES)
    for records in (editions.first.lines("articles"), replayed):
        found = [one for one in records if one["url"].startswith(TWO_PAGES)]
        assert [one["url"] for one in found] == [TWO_PAGES]
        assert sidecar["text"][-1] in found[0]["text"]


def test_urls_of_a_list(editions: Any, scrapy: Scrapy, tmp_path: Path) -> None:
    """Good, redirected and repeated URLs are published, the others refused; each once."""
    host = "http://newsroom.example"
    wanted = [
        "# the morning's list",
        BRIDGE,
        f"{BRIDGE}#comments",
        f"{host}/harbour/pier-cafe-reopens.html",
        f"{host}/archive/2025/story-0998.html",
        f"{host}/harbour/no-such-page.html",
        f"{host}/preview/harbour-budget-draft.html",
        "http://127.0.0.1:9/nobody-listens",
        "ftp://newsroom.example/file",
        "not a url",
        "",
    ]
    (tmp_path / "list.txt").write_text("\n".join(wanted), "utf-8")
    process = scrapy(
        *("crawl", "urls", "-a", f"file={tmp_path / 'list.txt'}"),
        *("-a", f"sites={editions.courier.sites}", "-s", f"COPYDESK_OUTPUT={tmp_path}"),
        *("-s", f"COPYDESK_ARCHIVE={tmp_path / 'archive'}", "-s", "RETRY_TIMES=0"),
        *("-s", "COPYDESK_WORKERS=0"),
    )
    (records,), (refusals,) = (
        (tmp_path / name).rglob("*.jsonl") for name in ("articles", "rejected")
    )
    published = [json.loads(line) for line in records.read_bytes().splitlines()]
    refused = [json.loads(line) for line in refusals.read_bytes().splitlines()]
    assert process.returncode == 0
    assert "Traceback" not in process.stderr
    assert sorted((one["url"], one["requested_url"]) for one in published) == [
        (f"{host}/archive/2025/story-1066.html", f"{host}/harbour/pier-cafe-reopens.html"),
        (BRIDGE, BRIDGE),
    ]
    assert sorted((one["requested_url"], one["reason"]) for one in refused) == [
        ("ftp://newsroom.example/file", "bad-url"),
        ("http://127.0.0.1:9/nobody-listens", "forbidden-address"),
        (f"{host}/archive/2025/story-0998.html", "http-410"),
        (f"{host}/harbour/no-such-page.html", "http-404"),
        (f"{host}/preview/harbour-budget-draft.html", "robots"),
        ("not a url", "bad-url"),
    ]


def test_scrapys_own_commands_still_work(editions: Any, scrapy: Scrapy) -> None:
    """They neither show nor keep anything of a run."""
    fetched = scrapy("fetch", "-L", "WARNING", f"{editions.courier.newsroom.proxy}/robots.txt")
    assert (fetched.returncode, fetched.stderr) == (0, "")
    assert "Disallow: /preview/" in fetched.stdout
