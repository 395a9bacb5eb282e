"""The examples of docs/reading.md, run on segments that mislead whoever guesses types."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from sealing import Sealer

from cleaning.article import Article, Author, Change, Discovered, Duplicate, Image, Quality, Warc
from cleaning.read import read

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "reading.md").read_text("utf-8")
#: More than any reader looks at before it decides on types: DuckDB takes 20,480 lines.
EMPTY = 21_000
URL = "https://example.com/2026/03/bridge-reopens"
AT = "2026-03-02T08:00:00+00:00"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be filled once."""
    return tmp_path_factory.mktemp("reading") / "output"


@pytest.fixture
def output(folder: Path, make_article: Callable[..., Article]) -> Path:
    """Nothing but nulls first, then everything; names that look like numbers; tombstones."""
    if folder.exists():
        return folder
    sealer = Sealer(folder)
    line = msgspec.json.encode(bare(make_article(id="f" * 32)))
    empty = [line.replace(b"f" * 32, b"%032x" % number) for number in range(EMPTY)]
    full = whole(make_article(id="a" * 32, version=2, op="update"))
    sealer.append(sealer.place([*empty, msgspec.json.encode(full)]))
    digits = make_article(id="1" * 32, title="1984", section="2026", publisher="7", tags=("1e5",))
    sealer.seal([digits, replace(full, op="tombstone", text=None, version=3)], ".zst")
    sealer.seal([bare(make_article(id="b" * 32))], ".gz")
    return folder


def bare(article: Article) -> Article:
    """Of which as little is known as may be."""
    return replace(article, title=None, date_published=None, date_precision=None, date_source=None)


def whole(article: Article) -> Article:
    """Of which everything is known."""
    image = Image(url="https://courier.example/a.jpg", caption="A bridge", credit="Wei")
    seen = Discovered(
        via="feed",
        source_url="https://courier.example/feed",
        at=AT,
        title="Old bridge",
        published=AT,
    )
    return replace(
        article,
        canonical_url=article.url,
        description="Nine months late.",
        authors=(Author(name="Ida Quayle", url="https://courier.example/ida", kind="person"),),
        section="Harbour",
        tags=("bridge",),
        date_modified="2026-03-02T09:00:00.5+01:00",
        images=(image,),
        publisher="The Courier",
        duplicate=Duplicate(of="c" * 32, kind="near", score=0.5),
        change=Change(of=1, title="Bridge", words_added=5, words_removed=0, significance="typo"),
        quality=Quality(score=0.5, flags=("deep-nesting",)),
        removed={"caption": 3},
        provenance=replace(
            article.provenance,
            discovered=seen,
            warc=Warc(file="a.warc.gz", offset=7),
            sources={"title": "meta"},
        ),
    )


def blocks(language: str) -> list[str]:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


#: For each library what is asked of the table that its example made, and the answer.
PROBES = {
    "pandas": (
        """
        last = articles[articles["version"] == 2].iloc[0]
        print(len(articles), articles["title"].notna().sum(), articles["text"].isna().sum())
        print({name: str(kind) for name, kind in articles.dtypes.items()} == types)
        print(last["date_modified"], last["removed"]["caption"], "1" * 32 in set(articles["id"]))
        """,
        "21004 3 1 True 2026-03-02T09:00:00.5+01:00 3 True",
    ),
    "duckdb": (
        """
        counts = articles.aggregate("count(*), count(title), count(*) - count(text)")
        print(*counts.fetchall()[0])
        row = articles.filter("version = 2").select(
            "epoch(date_modified), removed['caption'], authors[1].name, duplicate.score, tags"
        )
        print(*row.fetchall()[0], dict(zip(articles.columns, map(str, articles.types)))["tags"])
        """,
        "21004 3 1 1772438400.5 3 Ida Quayle 0.5 ['bridge'] VARCHAR[]",
    ),
    "polars": (
        """
        table = articles.collect()
        nulls = table.null_count()
        print(len(table), len(table) - nulls["title"][0], nulls["text"][0])
        last = table.row(by_predicate=polars.col("version") == 2, named=True)
        print(last["date_modified"], last["removed"], last["authors"][0]["name"], last["tags"])
        print(table.schema == polars.Schema(polars_schema()))
        """,
        "21004 3 1 2026-03-02T09:00:00.5+01:00 {\"caption\": 3} Ida Quayle ['bridge'] True",
    ),
    "datasets": (
        """
        titles, texts = (list(articles[name]) for name in ("title", "text"))
        print(len(articles), sum(map(bool, titles)), texts.count(None))
        last = articles[list(articles["version"]).index(2)]
        print(last["date_modified"], last["removed"], last["authors"][0]["name"], last["tags"])
        print(articles.features == datasets_features())
        """,
        "21004 3 1 2026-03-02T09:00:00.5+01:00 {'caption': 3} Ida Quayle ['bridge'] True",
    ),
    "datatrove.pipeline.readers": (
        """
        last = next(one for one in documents if one.metadata["version"] == 2)
        print(len(documents), last.id == "a" * 32, last.metadata["removed"]["caption"])
        print(all(type(one.text) is type(one.id) is str for one in documents))
        """,
        "21003 True 3 True",
    ),
}


@pytest.mark.parametrize("library", PROBES)
def test_a_table_has_all_values_and_the_same_types(
    library: str, output: Path, tmp_path: Path
) -> None:
    top = library.partition(".")[0]
    if find_spec(top) is None:
        pytest.skip(f"{top} is not installed: pip install 'copydesk[readers]'")
    (example,) = (
        one for one in blocks("python") if re.search(rf"^(from|import) {top}\b", one, re.MULTILINE)
    )
    probe, expected = PROBES[library]
    told = run(f"{example}\nprint('---')\n{dedent(probe)}", output.parent, tmp_path)
    assert " ".join(told.rpartition("---\n")[2].split()) == expected


@pytest.mark.parametrize(
    "example", [one for one in blocks("python") if "from cleaning.read import" in one]
)
def test_the_examples_of_read_run(example: str, output: Path, tmp_path: Path) -> None:
    told = run(example, output.parent, tmp_path).splitlines()
    assert len(told) >= len(list(read(output)))
    assert told[-1] == ("next time: 3:1" if "cursor" in example else URL)


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_jq(output: Path) -> None:
    (example,) = (one for one in blocks("sh") if "jq" in one)
    told = [shell(line, output) for line in example.splitlines()]
    latest = told[0].splitlines()
    assert len(latest) == EMPTY + 2
    assert latest[-2] == "2026-03-02T07:30:00+01:00\texample.com\t1984"
    assert told[1] == f"{URL}\n"


def run(code: str, folder: Path, home: Path) -> str:
    """Run code where `output` is; a library that keeps caches keeps them in the test's folder."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "TZ": "UTC",
    }
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def shell(line: str, output: Path) -> str:
    command = line.replace("scrapy read", f"'{sys.executable}' -m scrapy read '{output}'")
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
