"""What the benchmark makes of figures: tables, verdicts, totals. It times nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.answer import clean_files, unanswered
from benchmarks.corpus import ALL_SETS, ROOT, find_corpus
from benchmarks.dates import Count
from benchmarks.explain import Start, starts_section
from benchmarks.language import (
    DOZENS,
    Text,
    Way,
    answer_all,
    dozen_of,
    figures_of,
    load_texts,
    written,
    wrong_for,
)
from benchmarks.language import target_table as language_table
from benchmarks.quality import overall, target_table
from benchmarks.speed import Speed, Timing, speed_figures, speed_section, spread
from benchmarks.stage import METADATA, stage_times
from benchmarks.table import markdown_table
from benchmarks.target import Target, load_figures, load_targets, verdict
from cleaning import clean as chain
from cleaning.error import InputError
from cleaning.page import Page

_NEWSROOM = ROOT / "crawler" / "newsroom" / "www" / "newsroom.example"
_ARTICLE = _NEWSROOM / "harbour" / "tidal-bridge-closes-for-winter.html"
_F1 = Target(set="extract-aeb", figure="f1", at_least=0.975, aim=0.986)
_OTHERS = ("all", "seeds", "speed", "dedup", "ledger", "fetch", "sites", "kills", "publishing")
_SPEED = Target(set="speed", figure="ratio", at_most=1.0, aim=0.7)
_REFUSALS = Target(set="all", figure="false_refusals", at_most=0.005)


@pytest.mark.parametrize(
    ("target", "value", "said"),
    [
        (_F1, 0.9749, "missed"),
        (_F1, 0.975, "met"),
        (_F1, 0.986, "aim met"),
        (_F1, None, "not measured"),
        (_SPEED, 1.01, "missed"),
        (_SPEED, 1.0, "met"),
        (_SPEED, 0.7, "aim met"),
        (_REFUSALS, 0.0, "met"),
        (_REFUSALS, 0.0051, "missed"),
    ],
)
def test_verdicts(target: Target, value: float | None, said: str) -> None:
    assert verdict(target, value) == said


def test_a_table_shows_all_figures_and_what_they_reach() -> None:
    ours = {"extract-aeb": {"pages": 80, "answered": 78, "refused": 1, "f1": 0.98}}
    theirs = {"extract-aeb": {"pages": 80, "answered": 80, "f1": 0.96}}
    table = target_table([_F1, _SPEED], ours, theirs, {"extract-aeb": {"f1": 0.97}})
    head, _, measured, missing = map(_cells, table.splitlines())
    assert dict(zip(head[:8], measured[:8], strict=True)) == {
        "set": "extract-aeb",
        "pages": "80",
        "answered": "78",
        "refused": "1",
        "figure": "f1",
        "must": "≥ 0.975",
        "aim": "0.9860",
        "trafilatura": "0.9600",
    }
    assert head[8:] == ["copydesk, seen", "reached", "cross-validated", "reached"]
    assert measured[8:] == ["0.9800", "met", "0.9700", "missed"]
    assert missing[8:] == ["–", "not measured", "–", "–"]


@pytest.mark.parametrize(
    ("found", "counted"),
    [
        (date(2025, 10, 14), Count(pages=1, right=1, near=1)),
        (date(2025, 10, 13), Count(pages=1, right=0, near=1)),
        (date(2025, 10, 16), Count(pages=1, right=0, near=0)),
        (None, Count(pages=1, right=0, near=0)),
    ],
)
def test_a_date_is_right_or_near_or_neither(found: date | None, counted: Count) -> None:
    count = Count()
    count.add(date(2025, 10, 14), found)
    assert count == counted


def test_tables_are_padded_and_unknown_is_a_dash() -> None:
    assert markdown_table(("set", "f1"), [("snippets", None), ("all", 0.5), ("seeds", 5)]) == (
        "| set      |     f1 |\n"
        "| -------- | -----: |\n"
        "| snippets |      – |\n"
        "| all      | 0.5000 |\n"
        "| seeds    |      5 |"
    )


def test_false_refusals_are_a_share_of_all_pages() -> None:
    counts = {"pages": 100, "answered": 97, "false_refusals": 1}
    assert overall({"a": counts, "b": counts})["false_refusals"] == 0.01


def test_only_a_page_with_text_is_refused_falsely(tmp_path: Path) -> None:
    """Nor one whose URL has a blank in gold alone, as six of the corpus have."""
    gold, records = tmp_path / "gold.jsonl", tmp_path / "records.jsonl"
    lines = (
        '{"url": "a ", "text": "Ships."}',
        '{"url": "b", "text": ""}',
        '{"url": "c", "with": ["Sea."]}',
        '{"url": "d", "text": "Gulls."}',
    )
    gold.write_text("\n".join(lines), encoding="utf-8")
    answers = (
        '{"url": "x", "requested_url": "a", "text": "Ships."}',
        '{"url": "d", "requested_url": "d", "text": ""}',
    )
    records.write_text("\n".join(answers), encoding="utf-8")
    assert unanswered(gold, records) == 2


def test_the_real_command_cleans_and_its_refusals_are_counted(tmp_path: Path) -> None:
    empty, cleaned, refused = (tmp_path / name for name in ("empty.html", "a.jsonl", "b.jsonl"))
    empty.touch()
    assert clean_files([_ARTICLE], cleaned) == {}
    assert clean_files([empty], refused) == {"empty-page": 1}
    assert [len(file.read_bytes().splitlines()) for file in (cleaned, refused)] == [1, 0]


def test_the_ratio_is_of_the_fastest_rounds() -> None:
    timings = [Timing("snippets", (30.0, 20.0), (10.0, 99.0)), Timing("snippets", (20.0,), (20.0,))]
    speed = Speed(timings=timings, shares={"parse.parse": 0.25}, metadata=[3.0, 5.0, 10.0])
    assert speed_figures(speed) == {"ratio": 0.75, "metadata_ms": 5.0}
    section = speed_section(speed)
    assert "| parse.parse | 25.0% |" in section
    assert ["5.0", "6.0", "9.5", "10.0"] in map(_cells, section.splitlines())
    assert sum("0.75" in line for line in section.splitlines()) == 2


def test_stages_are_metered_and_left_as_they_were() -> None:
    before = [getattr(chain, name) for name in METADATA]
    page = Page(
        url="https://courier.example/a",
        requested_url="https://courier.example/a",
        body=_ARTICLE.read_bytes(),
        fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
    )
    (spent,) = stage_times([page], METADATA, rounds=1)
    assert spent > 0
    assert [getattr(chain, name) for name in METADATA] == before


@pytest.mark.parametrize(
    ("total", "count", "indexes"), [(10, 3, [0, 3, 6]), (2, 5, [0, 1]), (0, 5, [])]
)
def test_pages_are_spread_evenly(total: int, count: int, indexes: list[int]) -> None:
    assert spread(total, count) == indexes


def test_the_project_has_targets_for_all_sets() -> None:
    targets = load_targets(ROOT / "benchmarks" / "targets.toml")
    assert {target.set for target in targets} == {*ALL_SETS, *_OTHERS}


@pytest.mark.parametrize(
    "declared",
    [
        'set = "a"\nfigure = "f1"',
        'set = "a"\nfigure = "f1"\nat_least = 1\nat_most = 2',
        'set = "a"\nfigure = "f1"\nleast = 1.0',
    ],
)
def test_a_target_must_have_one_bound(declared: str, tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(f"[[target]]\n{declared}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"targets\.toml: no targets"):
        load_targets(path)


def test_figures_that_nobody_has_left_are_none(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    assert load_figures(path) == {}
    path.write_text('{"snippets": "good"}', encoding="utf-8")
    with pytest.raises(InputError, match=r"figures\.json: no figures"):
        load_figures(path)


def test_a_corpus_that_is_not_there_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"extract-aeb\.warc\.gz: is not there; .* --corpus"):
        find_corpus(tmp_path)


def test_the_site_s_dozens_hold_every_language_once_or_more_and_never_alone() -> None:
    languages = {language for dozen in DOZENS for language in dozen}
    assert len(languages) == 51
    assert all(8 < len(set(dozen)) == len(dozen) <= 12 for dozen in DOZENS)
    assert all(language in dozen_of(language) for language in languages)
    assert all(wrong_for(language)[0] != language for language in languages)


def test_answers_are_the_same_in_any_order_and_counted_by_base_language() -> None:
    texts = [
        Text("a", "title", "zh", "议会星期二开会讨论这个问题"),
        Text("b", "title", "no", "Ordføreren sier nei til flere biler på kaia"),
        Text("c", "title", "en", "12:30"),
        Text("d", "title", "fr", "The council keeps the old market hall"),
    ]
    ways = [Way("nothing", lambda _: ()), Way("two", lambda language: ("en", language))]
    answers = answer_all(texts, ways)
    assert written(answers) == written(answer_all(texts, ways, backwards=True))
    untold = figures_of([one for one in answers if one.way.told == "nothing"])
    told = figures_of([one for one in answers if one.way.told == "two"])
    counts = ("texts", "right", "published", "wrong", "und")
    assert [untold[name] for name in counts] == [4, 0.5, 0.25, 0.0, 0.75]
    assert [told[name] for name in counts] == [4, 0.5, 0.5, 0.25, 0.25]


def test_the_targets_of_language_are_figures_that_are_measured() -> None:
    targets = load_targets(ROOT / "benchmarks" / "language.toml")
    measured = {"right": 1.0, "told": 0.97, "wrong": 0.0}
    table = language_table(targets, {"article": measured, "title": measured, "runs": {"agree": 1}})
    assert [_cells(line)[-1] for line in table.splitlines()[2:]] == (
        ["aim met", "aim met", "missed", "met", "met", "met"]
    )


def test_texts_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"language\.jsonl: no texts"):
        load_texts(tmp_path / "language.jsonl")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_starts_are_told_by_the_fastest_and_the_median() -> None:
    table = starts_section({"scrapy version": [Start(2.0, 1.5), Start(1.0, 1.0), Start(4.0, 1.2)]})
    last = table.splitlines()[-1]
    assert [cell.strip() for cell in last.strip("|").split("|")] == [
        *("scrapy version", "1.00", "2.00", "1.00")
    ]
