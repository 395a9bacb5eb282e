"""What the benchmark of copies makes of figures, and the articles that it makes up."""

import json
from pathlib import Path

from benchmarks.answer import label_copies
from benchmarks.compare import Comparison, comparison_figures, comparison_section
from benchmarks.corpus import ROOT
from benchmarks.ledger_load import Probe, fill, probed, size_of
from benchmarks.synthetic import Newswire
from benchmarks.target import load_targets

_PROBE = Probe(
    lookup_p50=0.3,
    lookup_p95=0.9,
    lookup_cpu=0.4,
    decide_cpu=2.0,
    resident_mb=90.0,
    peak_mb=95.0,
)
_COMPARISON = Comparison(
    copies={"recall": 0.93, "reorder": 1.0},
    documents=1_000,
    fill_cpu=2.1,
    bytes_each=3_950.0,
    probe=_PROBE,
    streams={2_000: 120.0, 8_000: 121.0},
)


def test_figures_are_those_that_have_targets() -> None:
    figures = comparison_figures(_COMPARISON)
    assert figures["dedup"]["recall"] == 0.93
    asked = {one.figure for one in load_targets(ROOT / "benchmarks/targets.toml")}
    assert figures["ledger"].keys() <= asked
    assert figures["ledger"]["resident_mb"] == 95.0


def test_the_section_shows_the_ledger_and_the_streams() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in comparison_section(_COMPARISON).splitlines()
    ]
    assert ["on disk a document", "3,950 bytes"] in rows
    assert ["8,000", "121 MB"] in rows


def test_made_up_articles_are_the_same_each_time_and_some_are_copies() -> None:
    one, same, other = (list(Newswire(300, seed).articles()) for seed in (1, 1, 2))
    assert one == same
    assert not {article.id for article in one} & {article.id for article in other}
    assert {article.word_count for article in one} == {800}
    assert [article.date_published for article in one] == sorted(
        str(article.date_published) for article in one
    )
    paragraphs = [part for article in one for part in article.text.split("\n\n")]
    assert 0 < len(paragraphs) - len(set(paragraphs)) < 300


def test_a_ledger_is_filled_and_probed(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    assert fill(ledger, 40) > 0
    assert size_of(ledger) > 40 * 2_000
    probe = probed(ledger, 40)
    assert 0 < probe.lookup_p50 <= probe.lookup_p95
    assert 0 < probe.resident_mb <= probe.peak_mb


def test_the_real_command_labels(tmp_path: Path) -> None:
    stream, labelled = tmp_path / "stream.jsonl", tmp_path / "labelled.jsonl"
    text = " ".join(f"word{number}" for number in range(60))
    rows = [
        {"url": f"https://{name}.example/", "text": text, "date_published": "2026-03-02T08:00:00Z"}
        for name in "ab"
    ]
    stream.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    label_copies(stream, labelled)
    made = [json.loads(line)["duplicate"] for line in labelled.read_text("utf-8").splitlines()]
    assert [label and label["kind"] for label in made] == [None, "exact"]
