"""`scrapy dedup`, `scrapy ledger` and `scrapy why`, as real processes."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from cleaning.identity import article_id

Scrapy = Callable[..., CompletedProcess[str]]
STORY, OTHER, THIRD = (
    " ".join(f"{word}{n} left the quay{n} at noon." for n in range(60))
    for word in ("ferry", "goat", "lamp")
)
A, B, C, D = (f"https://outlet-{name}.example/story" for name in "abcd")


def line(url: str, text: str, hour: int = 8, **more: Any) -> dict[str, Any]:
    return {"url": url, "text": text, "date_published": f"2026-03-02T{hour:02}:00:00Z", **more}


LINES: list[dict[str, Any]] = [
    line(A, STORY, 8, section="Harbour"),
    line(B, f"{STORY} Reprinted by kind permission.", 9),
    line(C, STORY.upper(), 10),
    line(D, f"{OTHER} {THIRD}", 11, duplicate={"of": "somebody else's label"}),
    line("https://outlet-e.example/x", STORY[:330], 12),
    line("https://outlet-f.example/x", OTHER[:1200], 12, id="an id of theirs"),
]
#: What `duplicate` must be: of which line, and of what kind.
LABELS = [None, (A, "near"), (A, "exact"), None, (A, "contained"), (D, "contained")]


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("articles") / "articles.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in LINES), "utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(one) for one in path.read_text("utf-8").splitlines()]


def labels(rows: list[dict[str, Any]]) -> list[tuple[str, str] | None]:
    url_of = {row["id"]: row["url"] for row in rows}
    found = (row["duplicate"] for row in rows)
    return [(url_of[one["of"]], one["kind"]) if one else None for one in found]


def test_copies_are_labelled_and_all_else_is_kept(
    scrapy: Scrapy, articles: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labelled.jsonl"
    process = scrapy("dedup", articles, "-o", out)
    assert process.returncode == 0
    rows = read(out)
    assert labels(rows) == LABELS
    assert rows[0] == LINES[0] | {"id": article_id(A), "duplicate": None}
    assert rows[5]["id"] == "an id of theirs"
    assert process.stderr.splitlines()[-1] == (
        "6 articles, 2 no copies, 1 near copies, 1 exact copies, 2 contained in others"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["labelled.jsonl"]


def test_it_reads_what_it_writes(scrapy: Scrapy, articles: Path, tmp_path: Path) -> None:
    """The same again, gzipped, to stdout."""
    first = scrapy("dedup", articles).stdout
    packed = tmp_path / "labelled.jsonl.gz"
    packed.write_bytes(gzip.compress(first.encode()))
    assert scrapy("dedup", packed).stdout == first


def test_lines_that_are_no_articles_are_refused_and_the_rest_goes_on(
    scrapy: Scrapy, tmp_path: Path
) -> None:
    bad = [
        "{",
        "[]",
        '{"url": "https://a.example/1"}',
        '{"url": "https://a.example/2", "text": "x"}',
        '{"url": "https://a.example/3", "text": "x", "fetched_at": "yesterday"}',
        '{"url": "", "text": "x", "fetched_at": "2026-03-02T08:00:00Z"}',
        '{"url": "https://a.example/4", "text": "\\ud800", "fetched_at": "2026-03-02T08:00:00Z"}',
    ]
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text("\n".join([*bad, json.dumps(LINES[0])]), "utf-8")
    process = scrapy("dedup", path, "-o", out)
    assert process.returncode == 0
    assert [row["url"] for row in read(out)] == [A]
    refused = read(tmp_path / "out.rejected.jsonl")
    assert [one["reason"] for one in refused] == ["bad-line"] * len(bad)
    assert all("give an object a line with url, text" in one["detail"] for one in refused)
    assert "line 4: neither date_published nor fetched_at" in refused[3]["detail"]


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ((), 2, "name a file of articles"),
        (("missing.jsonl",), 1, "missing.jsonl: No such file or directory"),
        (("missing.jsonl", "--ledger", "missing.sqlite"), 1, "missing.sqlite: there is no ledger"),
    ],
)
def test_called_wrongly(scrapy: Scrapy, given: tuple[str, ...], code: int, said: str) -> None:
    process = scrapy("dedup", *given)
    assert process.returncode == code
    assert said in process.stderr
    assert "Traceback" not in process.stderr


class TestOfACrawl:
    """The ledger of the newsroom's crawls."""

    def test_articles_are_compared_with_what_was_published(
        self, editions: Any, scrapy: Scrapy, tmp_path: Path
    ) -> None:
        record = max(editions.first.lines("articles"), key=lambda one: one["word_count"])
        path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        text = f"By our own reporter. {record['text']}"
        reprint = line(A, text) | {"date_published": record["date_published"]}
        path.write_text(json.dumps(reprint), "utf-8")
        ledger = editions.first.output / "ledger.sqlite"
        assert scrapy("dedup", path, "-o", out, "--ledger", ledger).returncode == 0
        (row,) = read(out)
        assert (row["duplicate"]["of"], row["duplicate"]["kind"]) == (record["id"], "near")
        # Nothing of it is left there.
        assert scrapy("why", A, "--ledger", ledger).returncode == 1

    def test_what_is_remembered_is_shown_and_sound(self, editions: Any, scrapy: Scrapy) -> None:
        output = f"COPYDESK_OUTPUT={editions.first.output}"
        shown = scrapy("ledger", "-s", output)
        published = len(editions.courier.records())
        assert shown.returncode == 0
        assert f"{published}  versions" in shown.stdout
        checked = scrapy("ledger", "check", "-s", output)
        assert (checked.returncode, checked.stderr.split(": ")[-1].strip()) == (0, "sound")

    def test_why_an_article_was_published(self, editions: Any, scrapy: Scrapy) -> None:
        (changed,) = editions.third.lines("articles")
        told = scrapy("why", changed["url"], "-s", f"COPYDESK_OUTPUT={editions.first.output}")
        assert told.returncode == 0
        runs = [one.summary["run_id"] for one in (editions.first, editions.third)]
        published = [
            f"published as version {number} by run {run_id}"
            for number, run_id in enumerate(runs, 1)
        ]
        steps = [step.partition("  ")[2] for step in told.stdout.splitlines()[1:]]
        assert [step for step in steps if step.startswith("published")] == published
        assert steps[0].startswith("seen in the ")
        assert steps[1] == "robots.txt allows it"
        assert steps[2].startswith("fetched: 200, archived in ")

    def test_why_a_page_was_not(self, editions: Any, scrapy: Scrapy) -> None:
        refused = next(one for one in editions.first.lines("rejected") if one["reason"] == "robots")
        told = scrapy("why", refused["url"], "-s", f"COPYDESK_OUTPUT={editions.first.output}")
        assert told.returncode == 0
        assert "is not in the output: it was refused" in told.stdout
        assert "refused, fetch: robots: " in told.stdout

    def test_an_update_says_what_it_changed(self, editions: Any) -> None:
        (changed,) = editions.third.lines("articles")
        change = changed["change"]
        assert change["of"] == 1
        assert change["words_added"] > 0
        assert change["significance"] in {"correction", "growth"}


def test_ledger_without_a_ledger(scrapy: Scrapy, tmp_path: Path) -> None:
    for command in (("ledger",), ("ledger", "prune"), ("why", A)):
        process = scrapy(*command, "-s", f"COPYDESK_OUTPUT={tmp_path}")
        assert process.returncode == 1
        assert "there is no ledger" in process.stderr
    assert scrapy("ledger", "mend").returncode == 2
    assert not list(tmp_path.iterdir())


def test_copies_can_be_dropped(courier: Any) -> None:
    """And are counted, not published, and not fetched into being published by the next run."""
    first = courier.crawl("-s", "COPYDESK_DUPLICATES=drop")
    second = courier.crawl("-s", "COPYDESK_DUPLICATES=drop", "-a", "revisit=all")
    assert first.summary["duplicates"] == 1
    assert not [one for one in first.lines("articles") if one["duplicate"]]
    assert second.summary["published"] == 0
    assert second.summary["pages"] == first.summary["pages"]
