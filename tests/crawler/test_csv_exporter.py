"""What Scrapy's exporters make of records: a line or row each, tombstones too."""

import csv
import io
from collections.abc import Callable
from dataclasses import fields, replace

import msgspec
import pytest
from scrapy.exporters import JsonLinesItemExporter

from cleaning.article import Article, Author
from crawler.csv_exporter import JsonCellExporter


@pytest.fixture(params=["an article", "a tombstone"])
def article(request: pytest.FixtureRequest, make_article: Callable[..., Article]) -> Article:
    if request.param == "an article":
        authors = (Author(name="Maren Oldcastle", url=None, kind="person"),)
        return make_article(authors=authors, tags=("Häfen", "a, b"), removed={"caption": 2})
    gone = make_article(op="tombstone", version=2, title="Café “Zum Anker”")
    return replace(gone, text=None, word_count=0)


def test_a_line_is_the_record(article: Article) -> None:
    file = io.BytesIO()
    JsonLinesItemExporter(file, encoding="utf-8").export_item(article)
    line = file.getvalue()
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert msgspec.json.decode(line, type=Article) == article


def test_a_row_has_json_where_values_are_nested(article: Article) -> None:
    file = io.BytesIO()
    exporter = JsonCellExporter(file, encoding="utf-8")
    exporter.export_item(article)
    exporter.finish_exporting()
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    assert list(row) == [field.name for field in fields(Article)]
    for name, value in msgspec.json.decode(msgspec.json.encode(article)).items():
        cell = row[name]
        if isinstance(value, (list, dict)):
            assert msgspec.json.decode(cell) == value
        else:
            assert cell == ("" if value is None else str(value))
