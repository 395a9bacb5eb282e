"""`scrapy import-rules`: a folder of ftr-site-config in, site files and a report out."""

import os
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cleaning.error import InputError, OutputError, SiteError
from crawler.known_sites import rules_for
from crawler.rule_import import Imported, import_rules, summary
from crawler.site import load_sites

Scrapy = Callable[..., CompletedProcess[str]]
FILES: dict[str, bytes] = {
    "gazette.example.txt": (
        b"\xef\xbb\xbf# The Gazette\r\ntitle: //h1\r\nbody: //div[@id='story']\r\n"
        b"strip: //aside\r\nstrip_id_or_class: promo\r\nprune: no\r\n"
        b"test_url: https://gazette.example/2026/harbour\r\n"
    ),
    "ferry.example.txt": "strip: //*[. = 'Más noticias']\nstrip: //div[\nfootnote: no\ta".encode(),
    # A site of its own beside the site of all other subdomains.
    "live.gazette.example.txt": b"body: //ol/li\n",
    ".gazette.example.txt": b"body: //section",
    ".bus.example.txt": b"strip: //nav",
    "only-title.example.txt": b"title: //h1",
    "empty.example.txt": b"",
    "global.txt": b"strip: //nav",
    "fingerprint.blog.example.txt": b"strip: //nav",
    "LICENSE.txt": b"CC0",
    "README.md": b"body: //main",
    "latin.example.txt": "strip: //*[. = 'Más']".encode("latin-1"),
    "my notes.txt": b"body: //main",
}
SUMMARY = [
    "4 sites made of 12 files",
    "carried over: 3 strip, 1 body, 1 strip_id_or_class",
    "adapted: 1 body, 1 whole files",
    "not carried over: 6 whole files, 2 title, 1 strip",
    "needless: 1 prune, 1 test_url",
    "unknown: 1 footnote",
    "not read: 2 whole files",
]
FERRY, GAZETTE = "ferry.example.txt", "gazette.example.txt"
NOT_CARRIED = "not carried over"
ROWS = [
    ("file", "line", "key", "outcome", "why", "value"),
    (FERRY, "2", "strip", NOT_CARRIED, "'//div[' is no XPath: Invalid expression", "//div["),
    (FERRY, "3", "footnote", "unknown", "no such key is known", "no a"),
    (GAZETTE, "6", "prune", "needless", "what stands in the body is cleaned as on any page", "no"),
    ("global.txt", "", "", NOT_CARRIED, "is of no one site", ""),
    ("only-title.example.txt", "", "", NOT_CARRIED, "holds no rule for [clean]", ""),
    ("latin.example.txt", "", "", "not read", "is not UTF-8; save it as UTF-8", ""),
]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder of rules, of all kinds."""
    folder = tmp_path / "rules"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


def imported(rules: Path, target: Path, *, overwrite: bool = False) -> Imported:
    return import_rules(rules, target, overwrite=overwrite)


def test_the_command(rules: Path, scrapy: Scrapy, tmp_path: Path) -> None:
    """Faults, summary and report are told; what is written serves `scrapy clean`."""
    target = tmp_path / "new" / "sites"
    process = scrapy("import-rules", rules, "-o", target)
    lines = process.stderr.splitlines()
    assert (process.returncode, process.stdout) == (1, "")
    said = f"scrapy import-rules: {rules}"
    assert lines[0] == f"{said}/latin.example.txt: is not UTF-8; save it as UTF-8"
    assert lines[1].startswith(f"{said}/my notes.txt: is not named after a host; name it like")
    assert lines[2:] == [*SUMMARY, f"report: {target / 'import-report.tsv'}"]
    sites = load_sites(target)
    assert [site.domain for site in sites] == [
        "bus.example",
        "ferry.example",
        "gazette.example",
        "live.gazette.example",
    ]
    assert rules_for("https://www.gazette.example/a", sites).body == ("//div[@id='story']",)
    assert rules_for("https://ferry.example/", sites).drop == ("//*[. = 'Más noticias']",)


def test_the_report_has_a_line_for_all_that_is_not_as_it_was(rules: Path, tmp_path: Path) -> None:
    result = imported(rules, tmp_path / "sites")
    lines = (tmp_path / "sites" / "import-report.tsv").read_text("utf-8").splitlines()
    report = [tuple(line.split("\t")) for line in lines]
    assert set(report) >= set(ROWS)
    assert report[0] == ROWS[0]
    assert len(report) == 1 + sum(one.remark.outcome != "carried over" for one in result.found)
    assert list(summary(result)) == SUMMARY


def test_a_site_that_is_there_is_left_alone(rules: Path, tmp_path: Path) -> None:
    """Unless it may be overwritten; its faults are told, and other sites are written."""
    target = tmp_path / "sites"
    target.mkdir()
    own = target / "gazette.example.toml"
    declared = 'domain = "gazette.example"\n[discover]\nfeeds = ["https://gazette.example/rss"]\n'
    own.write_text(declared)
    first = imported(rules, target)
    assert own.read_text() == declared
    assert first.sites == 3
    assert f"{rules / 'gazette.example.txt'}: {own} is there already; add --overwrite to" in (
        " ".join(first.faults)
    )
    second = imported(rules, target, overwrite=True)
    assert second.sites == 4
    assert "feeds" not in own.read_text()


def test_a_domain_that_another_file_declares_is_not_declared_twice(
    rules: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text('domain = "ferry.example"\n[clean]\nkeep = ["table"]\n')
    result = imported(rules, tmp_path, overwrite=True)
    (fault,) = (one for one in result.faults if "ferry" in one)
    assert f"{tmp_path / 'mine.toml'} declares ferry.example already; put the rules there" in fault
    assert len(load_sites(tmp_path)) == 4


def test_a_name_may_hold_anything(rules: Path, tmp_path: Path) -> None:
    """It makes no second line in the report."""
    for name in (b"a\tb\nc.txt", b"\xff.txt"):
        Path(os.fsdecode(bytes(rules) + b"/" + name)).write_text("body: //main")
    imported(rules, tmp_path / "sites")
    lines = (tmp_path / "sites" / "import-report.tsv").read_text("utf-8").splitlines()
    assert {"a b c.txt", "\\udcff.txt"} <= {line.split("\t")[0] for line in lines}
    assert {line.count("\t") for line in lines} == {5}


def test_a_later_import_does_not_keep_the_report_of_an_earlier(rules: Path, tmp_path: Path) -> None:
    imported(rules, tmp_path / "sites")
    for path in rules.iterdir():
        path.unlink()
    (rules / "tram.example.txt").write_text("body: //main")
    assert not imported(rules, tmp_path / "sites").faults
    assert not (tmp_path / "sites" / "import-report.tsv").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(rules: Path, tmp_path: Path) -> None:
    (rules / "ferry.example.txt").chmod(0)
    (fault,) = (one for one in imported(rules, tmp_path / "sites").faults if "ferry" in one)
    assert fault.endswith("cannot be read (Permission denied); mend its permissions")


def test_a_folder_named_like_a_file(rules: Path, tmp_path: Path) -> None:
    (rules / "tram.example.txt").mkdir()
    (fault,) = (one for one in imported(rules, tmp_path / "sites").faults if "tram" in one)
    assert fault.endswith("cannot be read (Is a directory); mend its permissions")


@pytest.mark.parametrize("name", ["missing", "empty", "file"])
def test_a_folder_that_holds_no_rules(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("body: //main")
    with pytest.raises(InputError, match=r"; name the folder of a checkout of ftr-site-config$"):
        imported(tmp_path / name, tmp_path / "sites")


def test_a_target_that_cannot_be_used(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="a file stands where a folder should: move it away"):
        imported(rules, tmp_path / "file")
    (tmp_path / "broken.toml").write_text("domian = 1")
    with pytest.raises(SiteError, match="did you mean domain"):
        imported(rules, tmp_path)
