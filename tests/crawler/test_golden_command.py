"""`scrapy golden`: golden pages made of a site, of files and of the archive."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from cleaning.error import InputError, OutputError, SiteError
from cleaning.page import Lead, Page
from crawler.exchange import Exchange, exchange_records
from crawler.golden.capture import capture, name_of, page_in_archive, page_in_file
from crawler.golden.case import find_cases, load_case
from crawler.golden.check import check

Scrapy = Callable[..., CompletedProcess[str]]
BRIDGE = "http://newsroom.example/harbour/tidal-bridge-closes-for-winter.html"
_NAME = "newsroom.example-tidal-bridge-closes-for-winter"
_WWW = Path(__file__).parents[2] / "crawler" / "newsroom" / "www" / "newsroom.example"
_FILE = _WWW / "harbour" / "tidal-bridge-closes-for-winter.html"
_SITES = Path(__file__).parent
_AT = datetime(2026, 3, 10, 8, tzinfo=UTC)


def test_a_page_of_a_site_is_fetched_and_checked(
    scrapy: Scrapy, courier: Any, tmp_path: Path
) -> None:
    into = tmp_path / "golden"
    made = scrapy("golden", "add", BRIDGE, "--into", into, "--sites", courier.sites)
    assert made.returncode == 0, made.stderr
    assert f"{into / _NAME} is written: 301 words, " in made.stderr
    assert courier.newsroom.requests[0].path == "/robots.txt"
    meta = (into / _NAME / "meta.toml").read_text("utf-8")
    assert 'site = "../../sites/newsroom.example.toml"' in meta
    assert 'content-type = "text/html; charset=utf-8"' in meta
    expected = into / _NAME / "expected.json"
    whole = expected.read_text("utf-8")
    # As if a rule had taken the sentence since.
    first = re.search(r'"text": \[\n +"(.*)",', whole)
    expected.write_text(whole.replace(first[0], f'{first[0]} "0 comments",'), encoding="utf-8")  # type: ignore[index]
    checked = scrapy("golden", "check", into)
    assert checked.returncode == 1
    assert "- lost: 0 comments" in checked.stdout
    assert "1 golden pages, 1 not as expected" in checked.stderr


def test_wrong_usage_is_told(scrapy: Scrapy) -> None:
    told = scrapy("golden", "ad", BRIDGE)
    assert told.returncode == 2
    assert "say what to do: scrapy golden add URL|FILE, list, or check" in told.stderr


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
