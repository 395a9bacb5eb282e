"""`scrapy report --explain`: pages of the listed articles, from the archive, that it links to."""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from desk import OTHER, START, STORY, URL, Desk, forget
from lxml import html
from scrapy.settings import Settings

from cleaning.article import Article
from cleaning.error import OutputError
from cleaning.identity import article_id
from cleaning.page import Lead, Page
from crawler.commands.report import how_many
from crawler.explain_place import place_of_id
from crawler.explain_source import take_from_archive
from crawler.explaining import explain_taken, html_of, with_duplicates
from crawler.ledger_view import view_of
from crawler.report.explaining import Explaining
from crawler.report.gathering import Scope
from crawler.report.writing import explanations_of, write_report

Scrapy = Callable[..., CompletedProcess[str]]


def explaining(output: Path, most: int) -> Explaining:
    """As the command makes it, with the project's own settings."""
    settings = Settings(
        {
            "COPYDESK_OUTPUT": str(output),
            "COPYDESK_ARCHIVE": "archive",
            "COPYDESK_SITES": str(output),
            "COPYDESK_CLEAN_TIMEOUT": 10,
            "COPYDESK_WORKERS": 0,
        }
    )
    return Explaining.from_settings(settings, most, None)


def report(output: Path, most: int) -> dict[str, bool]:
    """Of each article of a report about everything, by URL: whether it links to a page."""
    target = output / "report.html"
    write_report(output, Scope(), target, explaining(output, most).write)
    (data,) = html.parse(str(target)).xpath("//script[@id='articles-data']")
    return {row[2]: bool(row[-1]) for row in json.loads(data.text)["rows"]}


def names(output: Path) -> list[str]:
    """The files that are there."""
    return sorted(path.name for path in explanations_of(output).iterdir())


def test_all_listed_articles_have_a_page(
    desk_output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    linked = report(desk_output, 99)
    assert linked
    assert all(linked.values())
    assert names(desk_output) == sorted(f"{article_id(url)}.html" for url in linked)
    folder = explanations_of(desk_output)
    assert capsys.readouterr().err.endswith(f"{len(linked)} articles are explained in {folder}\n")


def test_the_last_ones_are_explained_by_the_code_of_the_command(desk_output: Path) -> None:
    linked = report(desk_output, 1)
    newest = OTHER.format(4)
    assert [url for url, is_linked in linked.items() if is_linked] == [newest]
    with view_of(desk_output / "ledger.sqlite") as view:
        place = place_of_id(article_id(newest), view)
        taken = take_from_archive(place, desk_output / "archive")
        told = with_duplicates(explain_taken(taken, (), 10), view)
    assert isinstance(taken.page, Page)
    page = (explanations_of(desk_output) / f"{article_id(newest)}.html").read_bytes()
    assert page.strip() == html_of(told, taken).strip()
    assert "The market moves to the square" in page.decode()


def test_what_is_archived_no_more_is_said_and_names_the_command(
    desk_output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (desk_output / "archive").glob("run-2-*"):
        path.unlink()
    linked = report(desk_output, 99)
    gone = [url for url, is_linked in linked.items() if not is_linked]
    assert gone == ["https://wire.example/copy"]
    told = capsys.readouterr().err
    assert "1 could not be, the first of them: " in told
    assert "is not there any more" in told


def test_an_old_page_is_replaced(desk_output: Path) -> None:
    report(desk_output, 99)
    old = names(desk_output)
    for path in explanations_of(desk_output).iterdir():
        path.write_text("old")
    report(desk_output, 99)
    assert names(desk_output) == old
    assert b"old" not in {path.read_bytes() for path in explanations_of(desk_output).iterdir()}


def test_a_folder_that_cannot_be_written_is_said(desk_output: Path) -> None:
    explanations_of(desk_output).write_text("in the way")
    with pytest.raises(OutputError, match="explanations"):
        report(desk_output, 99)
    assert not (desk_output / "report.html").exists()


def test_what_is_forgotten_has_no_page(desk_output: Path) -> None:
    report(desk_output, 99)
    id_ = article_id(URL)
    assert f"{id_}.html" in names(desk_output)
    forget(desk_output, URL)
    assert names(desk_output) == []
    report(desk_output, 99)
    assert names(desk_output)
    assert f"{id_}.html" not in names(desk_output)


def test_copies_do_not_name_what_is_forgotten(
    tmp_path: Path, make_article: Callable[..., Article]
) -> None:
    urls = [OTHER.format(number) for number in (1, 2)]

    def both(desk: Desk) -> Iterator[Article]:
        for url in urls:
            place = desk.page(url, STORY, lead=Lead(url=url, via="feed", at=START))
            made = make_article(url=url, text=STORY)
            yield replace(made, provenance=replace(made.provenance, warc=place))

    desk = Desk(tmp_path / "output")
    desk.publish(both)
    ids = [article_id(url) for url in urls]

    def duplicates(number: int) -> Any:
        with view_of(desk.output / "ledger.sqlite") as view:
            return view.duplicates_of(urls[number], make_article(url=urls[number], text=STORY))

    assert duplicates(1).original_url == urls[0]
    assert [copy.id for copy in duplicates(0).copies] == [ids[1]]
    forget(desk.output, urls[0], purge=False)
    assert (duplicates(1).duplicate.of, duplicates(1).original_url) == (ids[0], None)
    forget(desk.output, urls[1], purge=False)
    assert duplicates(0).copies == ()


def test_the_command_explains_in_workers_by_the_rules_of_sites(
    scrapy: Scrapy, desk_output: Path, tmp_path: Path
) -> None:
    sites = tmp_path / "sites"
    sites.mkdir()
    rules = '[clean]\ndrop = ["p"]\nvalid_until = 2099-01-01\n'
    site = 'domain = "courier.example"\nname = "Courier"\n[discover]\nfeeds = ["https://courier.example/rss"]\n'
    (sites / "courier.example.toml").write_text(site + rules)
    given = ("-s", f"COPYDESK_OUTPUT={desk_output}", "-s", "COPYDESK_WORKERS=2")
    made = scrapy("report", "run-3", "--explain", "all", "--sites", sites, *given)
    assert made.returncode == 0, made.stderr
    page = (explanations_of(desk_output) / f"{article_id(OTHER.format(4))}.html").read_text()
    assert "site-drop" in page
    assert made.stdout == f"{desk_output / 'runs' / 'run-3.html'}\n"


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", "²", ""])
def test_how_many_is_a_number_or_all(text: str) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--explain", type=how_many)
    assert parser.parse_args(["--explain=7"]).explain == 7
    assert parser.parse_args(["--explain=all"]).explain > 10_000
    with pytest.raises(SystemExit):
        parser.parse_args([f"--explain={text}"])
