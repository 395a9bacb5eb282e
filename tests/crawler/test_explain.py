"""`scrapy explain`: every page of the newsroom, hostile pages, the archive, and real processes."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from lxml import html
from rich.console import Console

from cleaning.article import Refusal
from cleaning.clean import clean
from cleaning.error import InputError, LedgerError
from cleaning.explain import explain, explained_refusal
from cleaning.explanation import Explanation
from cleaning.identity import page_url
from cleaning.page import Page
from cleaning.rules import Rules
from crawler.explain_limit import explain_within
from crawler.explain_page import original_of, page_of
from crawler.explain_place import place_of_id, place_of_url
from crawler.explain_source import take_from_archive, take_from_file
from crawler.explain_terminal import safe, show
from crawler.ledger_view import view_of
from crawler.tasks.explain import as_json

Scrapy = Callable[..., CompletedProcess[str]]
NEWSROOM = Path(__file__).parents[2] / "crawler" / "newsroom"
HOSTILE = Path(__file__).with_name("cases") / "hostile.html"
FOUNDRY = "business/foundry-bets-on-titanium-and-nickel.html"
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
AT = datetime(2026, 3, 3, tzinfo=UTC)


def page_at(path: Path) -> Page:
    url = f"http://newsroom.example/{path.name}"
    return Page(url=url, requested_url=url, body=path.read_bytes(), fetched_at=AT)


def on_terminal(told: Explanation, **options: Any) -> str:
    stream = io.StringIO()
    show(told, Console(file=stream, width=100, highlight=False, markup=False, **options))
    return stream.getvalue()


def assert_harmless(shown: str) -> None:
    """Nothing in the page runs, loads or leads away, in the frame neither."""
    tree = html.document_fromstring(shown)
    (frame,) = tree.iter("iframe") if "<iframe" in shown else (None,)
    frames = [] if frame is None else [html.document_fromstring(frame.get("srcdoc"))]
    assert frame is None or frame.get("sandbox") == ""
    for one in (tree, *frames):
        names = {name for element in one.iter("*") for name in element.attrib}
        assert not {name for name in names if name.startswith("on")}
        assert not names & {"src", "srcset", "background", "poster", "action", "formaction", "data"}
        tags = {element.tag for element in one.iter("*")}
        assert not tags & {"script", "object", "embed", "base", "form", "svg", "math"}
        targets = {element.get("href") for element in one.iter("*")} - {None, "data:,"}
        assert all(target.startswith("#") for target in targets)
    styles = "".join(one.text or "" for each in (tree, *frames) for one in each.iter("style"))
    assert "url(" not in styles
    assert "@import" not in styles


def test_every_page_of_the_newsroom_is_explained_by_what_is_published() -> None:
    paths = sorted(NEWSROOM.glob("www*/**/*.html"))
    for path in paths:
        page = page_at(path)
        told = explain(page)
        result = clean(page)
        assert (told.record or told.refusal) == result, path
        assert on_terminal(told)
        assert_harmless(page_of(told, page))
        assert json.loads(as_json(told))["schema"] == "explanation/1"
        if told.record:
            marked = (f"- {r.text}" if r.kind == "list-item" else r.text for r in kept(told))
            assert "\n\n".join(marked) == told.record.text, path
            residue = Counter(row.rule for row in told.blocks if row.stage == "residue")
            assert told.record.removed == residue, path
            assert sum(one.won for one in told.titles) == 1, path
        assert all(row.kept or (row.reason and row.reason != row.rule) for row in told.blocks)
    assert len(paths) > 60


def kept(told: Explanation) -> list[Any]:
    return [row for row in told.blocks if row.kept]


def test_a_hostile_page_is_shown_as_text() -> None:
    page = page_at(HOSTILE)
    told = explain(page)
    shown = page_of(told, page)
    assert_harmless(shown)
    assert "&lt;script&gt;alert(10)&lt;/script&gt; storm closes the pier</h1>" in shown
    policy = html.document_fromstring(shown).xpath("//meta[@http-equiv]/@content")
    assert policy[0].startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_a_terminal_is_given_nothing_to_obey() -> None:
    shown = on_terminal(explain(page_at(HOSTILE)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert safe("\x1b]0;owned\x07 \u202eabc") == "�]0;owned� �abc"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01\x02",
        b"<" * 5_000,
        b"<div>" * 5_000 + b"deep" + b"</div>" * 5_000,
        b"<p>" + b"x" * 300_000,
        b"<table>" + b"<tr><td>fog" * 3_000,
        b"<html><head></head></html>",
        "<p>\ud800 half a pair".encode("utf-8", "surrogatepass"),
        b"""<script type="application/ld+json">{"@type": "NewsArticle", "headline": "\\ud800 fog",
        "author": "\\udc00 Ida Quayle", "datePublished": "\\ud800 2026"}</script><p>Fog.""",
        b"<!DOCTYPE html [<!ENTITY a 'b'>]><p>&a;&#0;&#x110000;</p>",
    ],
    ids=lambda body: repr(body[:16]),
)
def test_what_is_hardly_a_page_is_explained(body: bytes) -> None:
    page = Page(
        url="http://x.example/", requested_url="http://x.example/", body=body, fetched_at=AT
    )
    told = explain(page)
    assert_harmless(page_of(told, page))
    assert on_terminal(told).encode()
    assert original_of(page).encode()
    assert as_json(told).decode()


def test_what_a_crawl_would_give_up_is_given_up() -> None:
    paragraph = (
        b"<p>Fog over the bay again on Monday morning, and no ferry came in all day long.</p>"
    )
    url = "http://x.example/"
    page = Page(url=url, requested_url=url, body=paragraph * 3_000, fetched_at=AT)
    told = explain_within(page, Rules(), 0.05)
    assert told.refusal is not None
    assert (told.refusal.reason, told.refusal.detail) == (
        "clean-timeout",
        "cleaning took over 0.05 s",
    )


def test_a_text_is_shown_as_it_is() -> None:
    body = b"Storm closes the pier\n<script>alert(1)</script>\x1b and more of it."
    page = Page(
        url="file:///a.txt", requested_url="file:///a.txt", body=body, fetched_at=AT, kind="text"
    )
    assert "&lt;script&gt;" in original_of(page)
    assert_harmless(page_of(explain(page), page))


def test_colours_are_for_terminals(make_refusal: Callable[..., Refusal]) -> None:
    told = explain(page_at(NEWSROOM / "www" / "newsroom.example" / FOUNDRY))
    assert "after-about-author: stands below a block that opens the author's" in on_terminal(told)
    assert "\x1b[" in on_terminal(told, force_terminal=True)
    assert "\x1b[" not in on_terminal(told)
    assert "is refused: too-short" in on_terminal(explained_refusal(make_refusal()))


def test_what_is_archived_is_explained_as_it_was_published(editions: Any) -> None:
    output = editions.courier.output
    folder = output / "archive"
    records = editions.first.lines("articles")
    before = {path.name for path in output.iterdir()}
    with view_of(output / "ledger.sqlite") as view:
        for record in records:
            place = place_of_url(record["requested_url"], view)
            assert place == place_of_id(record["id"], view)
            assert place is not None
            taken = take_from_archive(place, folder)
            assert isinstance(taken.page, Page)
            known = view.duplicates_of(record["url"], clean_article(taken.page))
            assert known.state in {"published", "unchanged"}
        refused = place_of_url(editions.first.lines("rejected")[0]["url"], view)
    assert {path.name for path in output.iterdir()} == before
    assert refused is None or refused.offset > 0


def clean_article(page: Page) -> Any:
    return explain(page).record


def test_copies_are_told_by_what_was_decided(editions: Any) -> None:
    records = editions.first.lines("articles")
    (copy,) = [record for record in records if record["duplicate"]]
    (original,) = [one for one in records if one["id"] == copy["duplicate"]["of"]]
    output = editions.courier.output
    with view_of(output / "ledger.sqlite") as view:
        pages = [
            take_from_archive(place_of_id(one["id"], view), output / "archive").page
            for one in (copy, original)
        ]
        of_copy, of_original = (view.duplicates_of(one.url, clean_article(one)) for one in pages)
    assert of_copy.duplicate is not None
    assert of_copy.duplicate.of == original["id"]
    assert of_copy.original_url == page_url(original["url"])
    assert of_original.duplicate is None
    assert [one.id for one in of_original.copies] == [copy["id"]]


def test_what_no_crawl_has_seen_is_compared(
    editions: Any, make_article: Callable[..., Any]
) -> None:
    published = editions.first.lines("articles")[0]
    dates = {name: published[name] for name in ("text", "language", "date_published")}
    unseen = make_article(url="http://elsewhere.example/2026/a", **dates)
    with view_of(editions.courier.output / "ledger.sqlite") as view:
        known = view.duplicates_of(unseen.url, unseen)
    assert (known.state, known.version) == (None, None)
    assert known.duplicate is not None
    assert known.duplicate.of == published["id"]


def test_what_cannot_be_found_is_said(tmp_path: Path, editions: Any) -> None:
    with view_of(editions.courier.output / "ledger.sqlite") as view:
        with pytest.raises(InputError, match="no article of this id"):
            place_of_id("0" * 32, view)
        assert place_of_url("http://newsroom.example/never-seen.html", view) is None
        place = place_of_url(BRIDGE, view)
    assert place is not None
    with pytest.raises(InputError, match="--live"):
        take_from_archive(place, tmp_path)
    with pytest.raises(InputError, match="holds no page 2"):
        take_from_file(HOSTILE, 2)
    for content in (b"", b"no ledger at all, but a text of some length" * 40):
        (tmp_path / "ledger.sqlite").write_bytes(content)
        with pytest.raises(LedgerError), view_of(tmp_path / "ledger.sqlite") as view:
            view.seen(BRIDGE)


def test_a_page_of_many_is_chosen(tmp_path: Path) -> None:
    lines = [{"url": f"http://x.example/{n}", "html": f"<p>page {n}</p>"} for n in (1, 2, 3)]
    path = tmp_path / "pages.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    taken = [take_from_file(path, number) for number in (1, 3)]
    assert [(one.page.url, one.has_more) for one in taken] == [
        ("http://x.example/1", True),
        ("http://x.example/3", False),
    ]


def test_a_file_is_explained_for_programs_and_browsers(scrapy: Scrapy, tmp_path: Path) -> None:
    path = NEWSROOM / "www" / "newsroom.example" / FOUNDRY
    output = tmp_path / "none"
    told = scrapy(
        *("explain", path, "--json", "--html", tmp_path / "a.html"),
        *("-s", f"COPYDESK_OUTPUT={output}"),
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["record"]["site"] == "newsroom.example"
    assert "Ti Gr.5 (Ti-6Al-4V)" in (tmp_path / "a.html").read_text()
    assert not output.exists()


def test_a_live_page_costs_one_request_and_leaves_nothing(scrapy: Scrapy, courier: Any) -> None:
    process = scrapy(
        *("explain", BRIDGE, "--json", "--sites", courier.sites),
        *("-s", f"COPYDESK_OUTPUT={courier.output}"),
    )
    assert process.returncode == 0, process.stderr
    told = json.loads(process.stdout)
    assert told["origin"] == {"kind": "live", "path": None, "offset": None}
    assert told["duplicates"] is None
    asked = [request.path for request in courier.newsroom.requests]
    assert asked == ["/robots.txt", "/harbour/tidal-bridge-closes-for-winter.html"]
    assert not courier.output.exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["ftp://x.example/a"], 2, "is no http or https URL"),
        (["0" * 32], 1, "there is no ledger"),
        (["http://127.0.0.1:9/a"], 0, "forbidden-address"),
    ],
    ids=["usage", "unknown id", "guarded"],
)
def test_exit_codes(scrapy: Scrapy, tmp_path: Path, args: list[str], code: int, said: str) -> None:
    process = scrapy("explain", *args, "-s", f"COPYDESK_OUTPUT={tmp_path}")
    assert process.returncode == code
    assert said in process.stdout + process.stderr
