"""`make crawl`: what a newcomer sees, the first time and the second."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from cleaning.article import Article
from crawler.newsroom.demo import choose, lay_out, shorten


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", "short"),
        ("x" * 180, "x" * 180),
        ("x" * 181, "x" * 180 + "…"),
        ("x" * 179 + " yz", "x" * 179 + "…"),
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3, 4, 5], [1, 2, 3, "… 2 more"]),
        ({"a": ["x" * 200], "b": None}, {"a": ["x" * 180 + "…"], "b": None}),
        (0.5, 0.5),
        (None, None),
    ],
)
def test_shorten(value: Any, shown: Any) -> None:
    assert shorten(value) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"a": [1, "ü"], "b": None}, '{"a": [1, "ü"], "b": null}'),
        (
            {"a": "x" * 100, "b": []},
            '{\n  "a": "' + "x" * 100 + '",\n  "b": []\n}',
        ),
        (
            {"a": ["x" * 60, {"b": "y" * 60}]},
            '{\n  "a": [\n    "' + "x" * 60 + '",\n    {"b": "' + "y" * 60 + '"}\n  ]\n}',
        ),
    ],
)
def test_lay_out(value: Any, text: str) -> None:
    assert lay_out(value) == text
    assert json.loads(text) == value


def test_choose_prefers_english_then_what_shows_more() -> None:
    plain: dict[str, Any] = {"language": "en", "title": "A", "tags": [], "removed": {}}
    records = [
        plain,
        plain | {"tags": ["b"], "removed": {"credit": 1}},
        plain | {"language": "fr", "tags": ["c"], "removed": {"credit": 1, "byline": 1}},
    ]
    assert choose(records) == records[1]


def _crawl(output: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.newsroom.demo", "--output", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_two_crawls(tmp_path: Path) -> None:
    first = _crawl(tmp_path / "output")
    assert first.returncode == 0, first.stderr
    assert "published: new" in first.stderr
    begin, end = first.stdout.index("\n{\n"), first.stdout.index("\n}\n")
    shown = json.loads(first.stdout[begin : end + 2])
    assert list(shown) == [field.name for field in fields(Article)]

    articles = tmp_path / "output" / "articles"
    (segment,) = articles.rglob("*.jsonl")
    count = len(segment.read_text("utf-8").splitlines())
    assert count >= 25
    assert f"All {count} are in {segment}" in first.stdout

    second = _crawl(tmp_path / "output")
    assert second.returncode == 0, second.stderr
    assert "nothing is new" in second.stderr
    assert f"What earlier crawls have published is in {articles}/" in second.stdout
    assert "{" not in second.stdout
    assert list(segment.parent.iterdir()) == [segment]


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file", encoding="utf-8")
    crawl = _crawl(tmp_path / "output")
    assert crawl.returncode == 1
    assert crawl.stderr.startswith("newsroom: ")
    assert len(crawl.stderr.splitlines()) == 1
