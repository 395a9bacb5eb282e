"""`scrapy publish`, and what a crawl publishes when it ends, as real processes."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from scrapy.settings import Settings
from sealing import Sealer

from cleaning.article import Article
from cleaning.error import InputError
from cleaning.read import read
from crawler.tasks.crawl import check_publish

# Any of the extras brings it, and `readers` too.
pytest.importorskip("fsspec")

Scrapy = Callable[..., "CompletedProcess[str]"]
Make = Callable[[int], list[Article]]


@pytest.fixture
def output(tmp_path: Path, make_articles: Make) -> Path:
    sealer = Sealer(tmp_path / "output")
    for article in make_articles(2):
        sealer.seal([article])
    return sealer.folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path}/away"


def test_what_is_new_and_then_nothing(scrapy: Scrapy, output: Path, url: str) -> None:
    given = ("publish", url, "-s", f"COPYDESK_OUTPUT={output}")
    told = scrapy(*given)
    assert (told.returncode, told.stderr) == (0, f"2 segments, 0.0 MB published to {url}\n")
    again = scrapy("publish", *given[2:], "-s", f"COPYDESK_PUBLISH={url}")
    assert (again.returncode, again.stderr) == (0, f"nothing is new for {url}\n")


def test_read_tells_where_nothing_is(scrapy: Scrapy, url: str) -> None:
    told = scrapy("read", url)
    assert told.returncode == 1
    assert told.stderr.startswith(f"scrapy read: {url}/manifest.jsonl: ")
    assert told.stderr.endswith(
        "; name the URL of COPYDESK_PUBLISH, and give credentials that may read there\n"
    )


def test_what_cannot_be_meant(scrapy: Scrapy, output: Path) -> None:
    told = scrapy("publish", "ftp://host/news", "-s", f"COPYDESK_OUTPUT={output}")
    assert told.returncode == 2
    assert "ftp://: no such store is known" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_crawl_publishes_when_it_ends(
    scrapy: Scrapy, output: Path, url: str, tmp_path: Path, make_articles: Make
) -> None:
    """One that finds nothing, so that the file of its feed stays as it was."""
    (tmp_path / "list.txt").write_text("http://127.0.0.1:1/story\n", encoding="utf-8")
    (tmp_path / "feed.jsonl").write_text("yesterday's", encoding="utf-8")
    given = ("crawl", "urls", "-a", f"file={tmp_path}/list.txt", "-s", f"COPYDESK_OUTPUT={output}")
    given += ("-s", "COPYDESK_WORKERS=0", "-O", str(tmp_path / "feed.jsonl"))
    told = scrapy(*given, "-s", f"COPYDESK_PUBLISH={url}")
    assert told.returncode == 0
    assert list(read(url, verify=True)) == make_articles(2)
    told = scrapy(*given, "-s", "COPYDESK_PUBLISH=file:///dev/null/news")
    assert told.returncode == 1
    assert "Not a directory" in told.stderr
    assert "The output folder has all of it" in told.stderr
    assert "Traceback" not in told.stderr
    kept = [path.read_text("utf-8") for path in (output / "runs").glob("*.json")]
    assert sum('"copydesk/publish_failed": 1' in one for one in kept) == 1
    assert (tmp_path / "feed.jsonl").read_text("utf-8") == "yesterday's"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://desk:sesame@host/news", "COPYDESK_PUBLISH: ftp://: no such store is known"),
        ("s3://desk:sesame@bucket/news", "leave the password out of the URL"),
        ("", None),
        ("file:///news", None),
    ],
)
def test_a_crawl_with_a_wrong_url_does_not_start(url: str, said: str | None) -> None:
    settings = Settings({"COPYDESK_PUBLISH": url})
    if said is None:
        check_publish(settings)
        return
    with pytest.raises(InputError, match=said) as raised:
        check_publish(settings)
    assert "sesame" not in str(raised.value)
