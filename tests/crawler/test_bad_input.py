"""Bad input: one line that names the subject and the cure, an exit code, never a traceback."""

import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from crawler.archive import ArchiveWriter, Exchange

Scrapy = Callable[..., CompletedProcess[str]]
Results = dict[str, CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
PROSE = "<p>The ferry left the quay at noon with forty passengers, the harbour master said.</p>"
SITE = 'domain = "ferry.example"\n[discover]\nfeeds = ["https://ferry.example/rss"]\n'
CLEANED = 'domain = "bus.example"\n[clean]\nbody = ["main"]\n'
#: What cannot even be started, as (arguments of `scrapy`, exit code, parts of the one line). `@`
#: stands for the folder that `bad_files` fills.
NEVER_STARTS = {
    "a glob that nothing matches": (
        "crawl archive -a warc=@/none-*.warc.gz",
        1,
        ["@/none-*.warc.gz: no such file", "check the path or glob"],
    ),
    "unknown key": (
        "crawl news -a sites=@/unknown-key",
        1,
        ["@/unknown-key/site.toml: domian: unknown key", "did you mean domain?"],
    ),
    "wrong type": (
        "crawl news -a sites=@/wrong-type",
        1,
        ["@/wrong-type/site.toml: fetch.delay: ", "write it like delay = 2.5"],
    ),
    "bad regex": (
        "crawl news -a sites=@/bad-regex",
        1,
        ["@/bad-regex/site.toml: discover.articles: ", "write it like articles = "],
    ),
    "bad CSS": (
        "crawl news -a sites=@/bad-css",
        1,
        ["@/bad-css/site.toml: clean.drop: ", "write it like drop = "],
    ),
    "no sites": ("crawl news -a sites=@/empty", 1, ["@/empty: no site is declared", "add a file"]),
    "unknown site": (
        "crawl news -a sites=@/good -a site=bus.example",
        1,
        ["site=bus.example: no such site is declared; there are ferry.example"],
    ),
    "a site that is only cleaned": (
        "crawl news -a sites=@/mixed -a site=bus.example",
        1,
        ["@/mixed/clean.toml: no feed, sitemap or section to crawl", "add [discover] and below"],
    ),
    "sites that are only cleaned": (
        "crawl news -a sites=@/only-cleaned",
        1,
        ["@/only-cleaned: no feed, sitemap or section to crawl", "or give a list of articles to"],
    ),
    "clean: no sites": (
        "clean @/page.html --sites @/empty",
        1,
        ["@/empty: no site is declared", "add a file"],
    ),
    "import-rules: no such folder": (
        "import-rules @/none",
        1,
        ["@/none: no such folder", "name the folder of a checkout"],
    ),
    "import-rules: no rules": (
        "import-rules @/empty -o @/imported",
        1,
        ["@/empty: holds no file of rules (.txt)", "name the folder of a checkout"],
    ),
    "no such list": (
        "crawl urls -a file=@/none.txt",
        1,
        ["@/none.txt: cannot be read", "check the path"],
    ),
    "a list that is binary": (
        "crawl urls -a file=@/binary.txt",
        1,
        ["@/binary.txt: is not UTF-8 text", "give a list of URLs"],
    ),
    "another program's ledger": (
        "crawl news -a sites=@/good -s COPYDESK_OUTPUT=@/foreign",
        1,
        ["@/foreign/ledger.sqlite: holds another program's data", "set another ledger"],
    ),
    "a newer ledger": (
        "crawl news -a sites=@/good -s COPYDESK_OUTPUT=@/newer",
        1,
        ["@/newer/ledger.sqlite: the ledger has version 99", "upgrade copydesk"],
    ),
    "a damaged ledger": (
        "crawl news -a sites=@/good -s COPYDESK_OUTPUT=@/damaged",
        1,
        ["@/damaged/ledger.sqlite: the ledger is damaged", "move it away"],
    ),
    "a file for an output folder": (
        "crawl news -a sites=@/good -s COPYDESK_OUTPUT=@/binary.txt",
        1,
        ["@/binary.txt", "a file stands where a folder should: move it away"],
    ),
    "a file where articles go": (
        "crawl news -a sites=@/good -s COPYDESK_OUTPUT=@/taken",
        1,
        ["@/taken/articles", "a file stands where a folder should: move it away"],
    ),
    "a setting that is no number": (
        "crawl news -a sites=@/good -s COPYDESK_WORKERS=many",
        1,
        ["COPYDESK_WORKERS: 'many' is no number", "set one"],
    ),
    "a budget that is no number": (
        "crawl news -a sites=@/good -s COPYDESK_MAX_PAGES=all",
        1,
        ["COPYDESK_MAX_PAGES: 'all' is no number", "set one"],
    ),
    "a wait that is no number": (
        "crawl news -a sites=@/good -s COPYDESK_MAX_WAIT=long",
        1,
        ["COPYDESK_MAX_WAIT: 'long' is no number", "set one"],
    ),
    "days that are no number": (
        "crawl news -a sites=@/good -s COPYDESK_NEAR_DAYS=few",
        1,
        ["COPYDESK_NEAR_DAYS: 'few' is no number", "set one"],
    ),
    "a setting that is none of its words": (
        "crawl news -a sites=@/good -s COPYDESK_DUPLICATES=hide",
        1,
        ["COPYDESK_DUPLICATES: 'hide' is not known", "set it to label or drop"],
    ),
    "dedup: no such ledger": (
        "dedup @/page.html --ledger @/none.sqlite",
        1,
        ["@/none.sqlite: there is no ledger", "name the one of a crawl's output"],
    ),
    "dedup: another program's ledger": (
        "dedup @/page.html --ledger @/foreign/ledger.sqlite",
        1,
        ["@/foreign/ledger.sqlite: holds another program's data", "set another ledger"],
    ),
    "ledger: damaged": (
        "ledger check --ledger @/damaged/ledger.sqlite",
        1,
        ["@/damaged/ledger.sqlite: the ledger is damaged", "move it away"],
    ),
    "why: newer ledger": (
        "why https://a.example/x --ledger @/newer/ledger.sqlite",
        1,
        ["@/newer/ledger.sqlite: the ledger has version 99", "upgrade copydesk"],
    ),
}
#: Mistakes in the command line itself; Scrapy writes its usage before the line.
USAGE = {
    "unknown spider": ("crawl newz", 2, ["no spider 'newz'; there are archive, news, urls"]),
    "unknown argument": (
        "crawl news -a sit=a.example",
        2,
        ["news: unexpected keyword argument 'sit'; there are site, sites"],
    ),
    "import-rules: no folder": ("import-rules", 2, ["name one folder to import"]),
    "import-rules: unknown option": ("import-rules --force @/empty", 2, ["unknown option --force"]),
    "clean: unknown option": ("clean --fast @/binary.txt", 2, ["unknown option --fast"]),
}
#: What is said of one input while the others go on; the summary follows.
GOES_ON = {
    "a damaged WARC": (
        "crawl archive -a warc=@/*.warc.gz",
        1,
        ["@/damaged.warc.gz: damaged at byte ", "fetch the file again"],
    ),
    "clean: of no kind": (
        "clean @/unknown.xyz @/page.html",
        1,
        ["@/unknown.xyz: is of no known kind", "give .html"],
    ),
}
CASES = NEVER_STARTS | USAGE | GOES_ON


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the files that the cases name."""
    folder = tmp_path_factory.mktemp("bad")
    sites = {
        "good": SITE,
        "unknown-key": SITE.replace("domain", "domian"),
        "wrong-type": f'{SITE}[fetch]\ndelay = "long"\n',
        "bad-regex": f"{SITE}articles = ['(']\n",
        "bad-css": f'{SITE}[clean]\ndrop = ["p >"]\n',
        "mixed": SITE,
        "only-cleaned": CLEANED,
    }
    for name, declared in sites.items():
        (folder / name).mkdir()
        (folder / name / "site.toml").write_text(declared)
    (folder / "mixed" / "clean.toml").write_text(CLEANED)
    for name in ("empty", "foreign", "newer", "damaged", "taken"):
        (folder / name).mkdir()
    (folder / "taken" / "articles").write_text("in the way")
    (folder / "damaged" / "ledger.sqlite").write_bytes(b"no database " * 400)
    write_database(folder / "foreign" / "ledger.sqlite", application_id=7, version=1)
    write_database(folder / "newer" / "ledger.sqlite", application_id=0x636F7079, version=99)
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x00\xff")
    (folder / "unknown.xyz").write_text("what is this")
    (folder / "page.html").write_text(f"<html lang=en><title>Ferry</title>{PROSE * 5}")
    write_archives(folder)
    return folder


def write_database(path: Path, *, application_id: int, version: int) -> None:
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA application_id = {application_id}")
    database.execute(f"PRAGMA user_version = {version}")
    database.execute("CREATE TABLE thing (name TEXT)")
    database.close()


def write_archives(folder: Path) -> None:
    """A whole archive, and one that breaks off in its second record."""
    for run_id, names in [("whole", ["noon"]), ("cut", ["dawn", "dusk"])]:
        with ArchiveWriter(folder, run_id) as writer:
            for name in names:
                # Texts of their own, or they would be copies of each other.
                body = f"<html lang=en><title>{name}</title>" + PROSE.replace("noon", name) * 5
                exchange = Exchange(
                    url=f"https://ferry.example/{name}",
                    status=200,
                    response_headers=((b"Content-Type", b"text/html"),),
                    body=body.encode(),
                    fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
                )
                place = writer.write(exchange)
    cut = folder / "cut-00001.warc.gz"
    (folder / "damaged.warc.gz").write_bytes(cut.read_bytes()[: place.offset + 100])
    cut.unlink()


@pytest.fixture(scope="module")
def results(bad_files: Path, scrapy: Scrapy) -> Iterator[Results]:
    """All cases at once: each is a process that does little but start."""

    def result(name: str) -> CompletedProcess[str]:
        arguments = CASES[name][0].replace("@", str(bad_files)).split(" ")
        settings = {
            "COPYDESK_OUTPUT": bad_files / "output" / name.replace(" ", "-").replace(":", ""),
            "COPYDESK_ARCHIVE": "",
            "COPYDESK_WORKERS": 0,
            "LOG_LEVEL": "ERROR",
        }
        usual = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
        command, *given = arguments
        return scrapy(command, *usual, *given)

    with ThreadPoolExecutor(3) as pool:
        yield dict(zip(CASES, pool.map(result, CASES), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_one_line_and_an_exit_code(results: Results, bad_files: Path, name: str) -> None:
    _, code, parts = CASES[name]
    process = results[name]
    lines = process.stderr.splitlines()
    saying = [line for line in lines if parts[0].replace("@", str(bad_files)) in line]
    assert process.returncode == code
    assert "Traceback" not in process.stderr
    assert len(saying) == 1, process.stderr
    for part in parts:
        assert part.replace("@", str(bad_files)) in saying[0]


@pytest.mark.parametrize("name", NEVER_STARTS)
def test_nothing_else_is_said_where_nothing_starts(results: Results, name: str) -> None:
    (line,) = results[name].stderr.splitlines()
    assert line.startswith(f"scrapy {CASES[name][0].split()[0]}: ")
    assert results[name].stdout == ""


def test_a_damaged_archive_gives_what_is_whole(results: Results, bad_files: Path) -> None:
    """Of two files, one damaged in its second record, two records are published."""
    (segment,) = (bad_files / "output" / "a-damaged-WARC" / "articles").rglob("*.jsonl")
    records = [json.loads(line) for line in segment.read_bytes().splitlines()]
    assert sorted(one["url"] for one in records) == [
        "https://ferry.example/dawn",
        "https://ferry.example/noon",
    ]
    assert "2 pages dealt with" in results["a damaged WARC"].stderr


@pytest.mark.parametrize("name", [name for name in GOES_ON if name.startswith("clean")])
def test_cleaning_goes_on(results: Results, name: str) -> None:
    urls = [json.loads(line)["url"] for line in results[name].stdout.splitlines()]
    assert urls[-1].endswith("/page.html")


def test_a_full_disk(courier: Any) -> None:
    """The crawl stops with one line and tears none; the next one makes it whole."""
    # In units of 512 bytes: less than the archive and the ledger will need.
    limited = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *courier.command("-L", "ERROR")]
    full = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True, check=False)
    (error,) = (line for line in full.stderr.splitlines() if "ERROR" in line)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert str(courier.output) in error
    assert "free space" in error
    courier.records()
    assert courier.crawl().process.returncode == 0
    records = courier.records()
    assert len({one["id"] for one in records}) == len(records) > 40
    assert not list((courier.output / "open").iterdir())


def test_a_source_that_is_no_feed_costs_only_itself(courier: Any) -> None:
    """The other sources of the site give their articles; other sites are left alone."""
    declared = courier.sites / "wire.example.toml"
    feeds = 'feeds = ["http://wire.example/rss.xml", "http://wire.example/latest/", '
    feeds += '"http://wire.example/nothing-here.xml"]\nsitemaps = ["http://wire.example/rss.xml"]\n'
    before = declared.read_text()
    before = before.replace('feeds = ["http://wire.example/rss.xml"]\n', feeds)
    declared.write_text(before.replace("sitemaps = []\n", ""))
    crawl = courier.crawl("-a", "site=wire.example", "-L", "WARNING")
    warnings = [line for line in crawl.process.stderr.splitlines() if "WARNING" in line]
    assert crawl.process.returncode == 0
    assert crawl.summary["sources_failed"] == len(warnings) == 2
    assert (
        "http://wire.example/latest/: no feed is here; name the address"
        in warnings[0] + warnings[1]
    )
    assert len(crawl.lines("articles")) == 3
    assert {one.host for one in crawl.requests} == {"wire.example"}
