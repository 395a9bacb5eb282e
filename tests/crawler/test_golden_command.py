"""`scrapy golden`: golden pages made of a site, of files and of the archive."""

import gzip
import json
import re
import subprocess
import sys
import tomllib
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from scrapy.exceptions import UsageError

from cleaning.error import InputError, OutputError, SiteError
from cleaning.page import Lead, Page
from crawler.commands.golden import Command
from crawler.exchange import Exchange, exchange_records
from crawler.golden.capture import capture, name_of, page_in_archive, page_in_file
from crawler.golden.case import find_cases, load_case
from crawler.golden.check import check, write_expected
from crawler.golden.expectation import read_expected

Scrapy = Callable[..., CompletedProcess[str]]
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
_NAME = "newsroom.example-tidal-bridge-closes-for-winter"
_ROOT = Path(__file__).parents[2]
_WWW = _ROOT / "crawler" / "newsroom" / "www" / "newsroom.example"
_FILE = _WWW / "harbour" / "tidal-bridge-closes-for-winter.html"
_SITES = Path(__file__).parent
_AT = datetime(2026, 3, 10, 8, tzinfo=UTC)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The folder `my-pages`, with a story, as docs/newsroom.md has it served; the address."""
    story = tmp_path / "my-pages" / "2026" / "story.html"
    story.parent.mkdir(parents=True)
    story.write_bytes(_FILE.read_bytes())
    command = [sys.executable, "-m", "crawler.newsroom", "--port", "0"]
    command += ["--folder", str(story.parents[1]), "--host", "my.example"]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        reach = re.search(r"with (\S+) as proxy", process.stdout.readline())
        assert reach
        yield reach[1]
        process.terminate()


def test_the_way_of_the_docs_from_a_folder_to_a_golden_page(
    scrapy: Scrapy, served: str, tmp_path: Path
) -> None:
    page = (_ROOT / "docs" / "newsroom.md").read_text("utf-8")
    lines = re.findall(r"^scrapy (sites add .*|crawl .*|golden .*?)(?: +#.*)?$", page, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        written = line.replace("http://127.0.0.1:8025", served)
        written = re.sub(r"\bmy-(sites|output)", rf"{tmp_path}/my-\1", written)
        into = ["--into", tmp_path / "golden"] if line.startswith("golden") else []
        done = scrapy(*written.split(), *into, "-s", "DOWNLOAD_DELAY=0")
        assert done.returncode == 0, done.stderr
    assert "my.example-story is written: 301 words, " in done.stderr
    folder = tmp_path / "golden" / "my.example-story"
    meta = tomllib.loads((folder / "meta.toml").read_text("utf-8"))
    assert meta["site"] == "../../my-sites/my.example.toml"
    assert meta["headers"]["content-type"] == "text/html; charset=utf-8"
    expected = read_expected(folder / "expected.json")
    assert expected
    assert expected.record
    # As if a rule had taken a sentence since.
    expected.record["text"].insert(1, "0 comments")
    write_expected(folder, expected)
    checked = scrapy("golden", "check", tmp_path / "golden")
    assert checked.returncode == 1
    assert "- lost: 0 comments" in checked.stdout
    assert "1 golden pages, 1 not as expected" in checked.stderr


@pytest.mark.parametrize("args", [[], ["ad", BRIDGE], ["add"], ["add", BRIDGE, BRIDGE]])
def test_wrong_usage_is_told(args: list[str]) -> None:
    with pytest.raises(UsageError, match=r"scrapy golden add URL\|FILE, list, or check"):
        Command().run(args, Namespace())


def test_a_page_of_the_archive_has_what_led_to_it(editions: Any, tmp_path: Path) -> None:
    output = editions.first.output
    page = page_in_archive(BRIDGE, output / "ledger.sqlite", output / "archive")
    assert (page.warc, page.run_id, page.spider) == (None, None, None)
    folder = capture(page, tmp_path, name=None, site=None, sites=_SITES)
    assert folder.name == _NAME
    lead = load_case(folder, _SITES).page.lead
    assert lead == page.lead or lead.also == ()  # type: ignore[union-attr]
    assert lead.via == "feed"  # type: ignore[union-attr]
    assert check(folder, _SITES).lines == ()


def test_what_is_not_archived_is_told(editions: Any) -> None:
    output = editions.first.output
    with pytest.raises(InputError, match="nothing of it is archived; leave out --archived"):
        page_in_archive("http://newsroom.example/no", output / "ledger.sqlite", output)


def record_of(url: str, body: bytes) -> bytes:
    headers = ((b"Content-Type", b"text/html"), (b"Set-Cookie", b"who=me"), (b"ETag", b'"4"'))
    return exchange_records(
        Exchange(url=url, status=200, response_headers=headers, body=body, fetched_at=_AT)
    )


def test_a_record_of_a_warc_file_is_found_by_offset_and_url(tmp_path: Path) -> None:
    first, second = record_of(BRIDGE, _FILE.read_bytes()), record_of(f"{BRIDGE}?2", b"<p>x</p>")
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(first + second)
    assert page_in_file(path, len(first), None).url == f"{BRIDGE}?2"
    page = page_in_file(path, None, BRIDGE)
    assert page.fetched_at == _AT
    with pytest.raises(InputError, match=r"crawl\.warc\.gz: does not hold one page; name it"):
        page_in_file(path, None, None)
    folder = capture(page, tmp_path / "golden", name="bridge", site=None, sites=_SITES)
    written = [path.read_bytes() for path in folder.iterdir()]
    assert not any(
        b"who=me" in (gzip.decompress(one) if one[:1] == b"\x1f" else one) for one in written
    )
    assert load_case(folder, _SITES).page.headers["etag"] == '"4"'


def test_a_saved_file_needs_an_address(tmp_path: Path) -> None:
    assert page_in_file(_FILE, None, None).url == BRIDGE
    path = tmp_path / "saved.html"
    path.write_text("<p>Nothing said.</p>", encoding="utf-8")
    with pytest.raises(InputError, match="does not say where it is from; name it: --url"):
        page_in_file(path, None, None)
    page = page_in_file(path, None, "https://example.org/a")
    assert (page.url, page.requested_url) == ("https://example.org/a",) * 2
    lines = tmp_path / "old.jsonl"
    lines.write_text(json.dumps({"url": "https://example.org/a", "text": "Old."}), encoding="utf-8")
    with pytest.raises(InputError, match="holds a text; golden pages are of HTML"):
        page_in_file(lines, None, None)


def test_what_led_to_a_page_is_kept_whatever_it_is(tmp_path: Path) -> None:
    url = "https://example.org/?p=4711&q=ü"
    lead = Lead(
        url=url,
        via="feed",
        at=_AT,
        title='"Quoted" \\ and \x7f, \u2028\n',
        authors=("Ann", "Bob"),
        tags=("a",),
    )
    page = Page(
        url=url,
        requested_url=f"{url}&r",
        body=b"\xff\x00<p>x",
        fetched_at=_AT,
        status=203,
        lead=lead,
    )
    folder = capture(page, tmp_path, name=None, site=None, sites=_SITES)
    assert load_case(folder, _SITES).page == page
    assert find_cases(tmp_path) == [folder]
    with pytest.raises(OutputError, match="is there already; give another name"):
        capture(page, tmp_path, name=None, site=None, sites=_SITES)
    with pytest.raises(SiteError, match=r"no\.toml: no such file"):
        capture(page, tmp_path, name="other", site="no.toml", sites=_SITES)
    assert find_cases(tmp_path) == [folder]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (BRIDGE, _NAME),
        ("https://www.example.org/2026/03/bridge/", "example.org-bridge"),
        ("https://example.org/a/index.html", "example.org-a"),
        ("https://example.org/", "example.org"),
        ("https://example.org/news.php?id=4", "example.org-news"),
        ("https://example.org/?id=4", "example.org-id-4"),
        ("https://example.org/%D8%AE%D8%A8%D8%B1.html", "example.org-خبر"),
        ("https://example.org/..%2F..%2Fetc", "example.org-etc"),
        (f"https://example.org/{'a' * 300}", f"example.org-{'a' * 48}"),
    ],
)
def test_a_folder_is_named_by_the_url(url: str, name: str) -> None:
    assert name_of(url) == name
