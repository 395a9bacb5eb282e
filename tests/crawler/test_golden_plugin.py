"""The pytest plugin in projects of its users: each test runs pytest in a folder of its own."""

import gzip
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cleaning.clean import clean
from cleaning.page import Page
from crawler.exchange import Exchange, exchange_records
from crawler.golden import check, crawling, fixture  # noqa: F401  (pytester's runs share them)
from crawler.golden.case import Meta
from crawler.golden.expectation import LEFT_OUT, Expected, read_expected
from crawler.http_message import MAX_BODY

_URL = "https://gazette.example/2026/03/ferry"
_FIRST = (
    "The car ferry to Sollum Island sails again from Thursday, after two winters in a dry dock that"
    " nobody had planned for and that cost the county more than a new ship would have done."
)
_SECOND = (
    "Islanders had to make do with a fishing boat, which took eleven passengers, four sheep or one"
    " piano at a time, and never on a Sunday, when its owner sings in the choir of the mainland."
)
_THIRD = (
    "The first crossing is free of charge, the county says, and so is the last one in October,"
    " because the end of the season is to be celebrated from both of its shores."
)
_PARAGRAPHS = (_FIRST, _SECOND, _THIRD)
_CALL = "Sign up to our newsletter"
_META = f'url = "{_URL}"\nfetched_at = 2026-03-10T08:00:00Z\n'


def page_of(*paragraphs: str) -> str:
    body = "".join(f"<p>{one}</p>" for one in paragraphs)
    return (
        '<html lang="en"><head><title>Ferry sails again</title></head><body><nav><a href="/">Home'
        f"</a></nav><article><h1>Ferry sails again</h1>{body}</article></body></html>"
    )


PAGE = page_of(*_PARAGRAPHS[:2], _CALL, _PARAGRAPHS[2])


@pytest.fixture(autouse=True)
def warm() -> None:
    """Load what is loaded late, before pytester looks at which modules there are."""
    page = Page(url=_URL, requested_url=_URL, body=PAGE.encode(), fetched_at=datetime.now(UTC))
    clean(page)


class Project:
    """A project with golden pages."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path

    def add(self, name: str, expected: Any = None, *, meta: str = _META, html: str = PAGE) -> Path:
        """Write a golden page."""
        folder = self.root / "golden" / name
        folder.mkdir(parents=True)
        (folder / "page.html.gz").write_bytes(gzip.compress(html.encode()))
        (folder / "meta.toml").write_text(meta, encoding="utf-8")
        if expected is not None:
            (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
        return folder

    def run(self, *options: str) -> pytest.RunResult:
        """Run pytest."""
        return self.pytester.runpytest("-p", "crawler.golden.plugin", *options)


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    return Project(pytester)


def expected_of(folder: Path) -> Any:
    return json.loads((folder / "expected.json").read_bytes())


def text_of(result: pytest.RunResult) -> str:
    return result.stdout.str()


def test_an_expected_page_passes_and_is_named_by_its_folder(project: Project) -> None:
    project.add("ferry", {"contains": ["eleven passengers"], "lacks": [_CALL]})
    result = project.run("-v")
    result.assert_outcomes(passed=1)
    assert "golden/ferry/meta.toml::ferry PASSED" in text_of(result)


def test_a_lost_sentence_is_named_with_the_rule_that_took_it(project: Project) -> None:
    project.add("ferry", {"contains": [_CALL]})
    result = project.run()
    result.assert_outcomes(failed=1)
    assert "golden page ferry" in text_of(result)
    assert f'lost: "{_CALL}"\n    removed by rule newsletter: ' in text_of(result)
    assert "Traceback" not in text_of(result)


def test_what_is_too_much_is_named_with_what_speaks_for_it(project: Project) -> None:
    project.add("ferry", {"lacks": ["four sheep"]})
    assert 'should not be there: "four sheep"\n    in: Islanders had' in text_of(project.run())


def test_an_update_writes_the_whole_record_and_says_so(project: Project) -> None:
    folder = project.add("ferry")
    assert "expected.json: is missing; look at what comes out" in text_of(project.run())
    result = project.run("--golden-update")
    result.assert_outcomes(passed=1)
    assert "golden pages rewritten: look at them before you commit" in text_of(result)
    record = expected_of(folder)["record"]
    assert record["text"] == list(_PARAGRAPHS)
    assert not {"copydesk", "rules", "engines"} & set(record["provenance"])
    project.run().assert_outcomes(passed=1)


def test_a_whole_record_is_compared_paragraph_by_paragraph(project: Project) -> None:
    folder = project.add("ferry")
    project.run("--golden-update")
    expected = expected_of(folder)
    expected["record"]["title"] = "Ferry sails"
    lost, changed = _CALL, _PARAGRAPHS[0].replace("Thursday", "Friday")
    expected["record"]["text"] = [changed, *_PARAGRAPHS[1:2], lost]
    (folder / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    said = text_of(project.run())
    assert (
        "~ changed: The car ferry to Sollum Island sails again from [-Friday,-] {+Thursday,+}"
        in said
    )
    assert 'text: changed: "The car ferry' in said
    assert "= Islanders had to make do" in said
    assert f"- lost: {_CALL}\n        removed by rule newsletter" in said
    assert f"+ added: {_PARAGRAPHS[2]}\n        kept: no rule removes it, and the judge" in said
    assert 'title: expected "Ferry sails", is "Ferry sails again"' in said
    rewritten = text_of(project.run("--golden-update"))
    assert 'title: expected "Ferry sails", is "Ferry sails again"' in rewritten
    project.run().assert_outcomes(passed=1)


def test_an_update_renews_fields_and_leaves_texts_to_people(project: Project) -> None:
    folder = project.add("ferry", {"contains": [_CALL], "fields": {"title": "x"}})
    result = project.run("--golden-update")
    result.assert_outcomes(failed=1)
    assert "texts under contains and lacks are not rewritten" in text_of(result)
    assert expected_of(folder)["fields"] == {"title": "Ferry sails again"}
    assert expected_of(folder)["contains"] == [_CALL]


def test_a_refusal_can_be_expected(project: Project) -> None:
    project.add("short", {"refused": "no-text"}, html=page_of("Nothing."))
    project.add("ferry", {"refused": "no-text"})
    project.add("other", {"fields": {"title": "x"}}, html=page_of("Nothing."))
    result = project.run()
    result.assert_outcomes(passed=1, failed=2)
    assert "refused: expected no-text, but a record came out" in text_of(result)
    assert "expected a record, but the page is refused: no-text: " in text_of(result)


def test_a_warc_record_is_a_page_too(project: Project) -> None:
    folder = project.add("ferry", {"fields": {"url": _URL}, "lacks": [_CALL]}, meta="")
    (folder / "page.html.gz").unlink()
    exchange = Exchange(
        url=_URL,
        status=200,
        response_headers=((b"Content-Type", b"text/html"),),
        body=PAGE.encode(),
        fetched_at=datetime(2026, 3, 10, tzinfo=UTC),
    )
    (folder / "page.warc.gz").write_bytes(exchange_records(exchange))
    project.run().assert_outcomes(passed=1)
    (folder / "page.warc.gz").write_bytes(exchange_records(exchange) * 2)
    assert "page.warc.gz: holds 2 pages; name one of them" in text_of(project.run())


def test_site_rules_stand_in_a_file_beside_the_page(project: Project) -> None:
    folder = project.add("ferry", {"lacks": ["four sheep"]}, meta=_META + 'site = "site.toml"\n')
    assert "site.toml: no such file" in text_of(project.run())
    declared = 'domain = "gazette.example"\n[clean]\ndrop = ["//p[contains(., \'sheep\')]"]\n'
    (folder / "site.toml").write_text(declared, encoding="utf-8")
    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ("url = 4", "meta.toml: url: is no text; write it like url = "),
        (f'url = "{_URL}"', "meta.toml: fetched_at: is missing; add it, like fetched_at = 2026-"),
        (f'url = "{_URL}"\nfetched_at = 2026-03-10', "fetched_at: is no date with a time; write"),
        (f'url = "{_URL}"\nfetched_at = 2026-03-10T08:00:00', "fetched_at: has no offset"),
        ("uri = 'x'", "meta.toml: uri: unknown key; known here: url, "),
        ("url =", "meta.toml: is no TOML: "),
        (_META + "[lead]\nfrom = 'x'", "lead: from is unknown; write it like [lead]"),
        (_META + "[lead]\nvia = 'pigeon'", "lead: cannot be read"),
        (_META + "[lead]\nvia = 'feed'\nat = 2026-03-10T08:00:00", "lead: at has no offset, so"),
        (_META + "headers = 'x'", "headers: is no table of texts; write it like [headers]"),
    ],
)
def test_a_broken_meta_is_told_with_file_and_cure(project: Project, meta: str, said: str) -> None:
    project.add("ferry", {"contains": ["sheep"]}, meta=meta)
    result = project.run()
    result.assert_outcomes(failed=1)
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({}, "expected.json: expects nothing; write {"),
        ({"refused": "x", "contains": ["y"]}, "expected.json: expects several; write {"),
        ({"contain": ["y"]}, "object contains unknown field `contain`; write {"),
        ([], "expected `object`, got `array`; write {"),
    ],
)
def test_a_broken_expectation_is_told_with_file_and_cure(
    project: Project, expected: Any, said: str
) -> None:
    project.add("ferry", expected)
    assert said in text_of(project.run())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x1f\x8bno", "page.html.gz: is no whole gzip file; save the page anew"),
        (b"<p>plain", "page.html.gz: is no whole gzip file; save the page anew"),
        (
            gzip.compress(PAGE.encode(), mtime=0)[:-9],
            "page.html.gz: is no whole gzip file; save the page",
        ),
        (gzip.compress(bytes(MAX_BODY + 1), mtime=0), "page.html.gz: is larger than "),
    ],
    ids=["damaged", "plain", "cut", "large"],
)
def test_a_damaged_page_is_told_with_file_and_cure(
    project: Project, data: bytes, said: str
) -> None:
    folder = project.add("ferry", {"contains": ["sheep"]})
    (folder / "page.html.gz").write_bytes(data)
    assert said in text_of(project.run())


def test_folders_of_golden_pages_can_be_named(project: Project) -> None:
    project.add("ferry", {"contains": ["sheep"]})
    (project.root / "tests").mkdir()
    project.pytester.makeini("[pytest]\ntestpaths = tests\ngolden_paths = golden")
    project.run().assert_outcomes(passed=1)
    project.run("golden/ferry").assert_outcomes(passed=1)
    project.pytester.makeini("[pytest]\ngolden_paths = elsewhere")
    project.run().assert_outcomes()


def test_fixtures_are_there_and_say_what_is_wrong(project: Project) -> None:
    project.pytester.makepyfile(
        f"""
        import dataclasses, pytest

        PAGE, CALL = {PAGE!r}, {_CALL!r}

        def test_page(clean_page, assert_clean):
            article = clean_page(PAGE, url={_URL!r})
            assert article.url == {_URL!r} and CALL not in article.text
            assert_clean(article)

        def test_refusal(clean_page):
            assert clean_page({page_of("Nothing.")!r}).reason == "no-text"

        def test_residue(clean_page, assert_clean):
            article = clean_page(PAGE)
            assert_clean(dataclasses.replace(article, text=article.text + "\\n\\n" + CALL))
        """
    )
    result = project.run()
    result.assert_outcomes(passed=2, failed=1)
    assert f'paragraph 4 is residue by rule newsletter: "{_CALL}"' in text_of(result)


_DOCS = Path(__file__).parents[2] / "docs" / "testing.md"


def blocks(language: str) -> list[str]:
    found = re.findall(
        rf"^```{language}\n(.*?)^```$", _DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found


def test_the_tests_in_the_docs_pass(project: Project) -> None:
    site = project.root / "site" / "2026"
    site.mkdir(parents=True)
    html = PAGE.replace("Ferry sails again", "Old bridge reopens")
    (site / "bridge.html").write_text(html, encoding="utf-8")
    project.pytester.makepyfile(**{f"test_{at}": one for at, one in enumerate(blocks("python"))})
    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("written", blocks("json"))
def test_the_expectations_in_the_docs_are_such(written: str, tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    path.write_text(written, encoding="utf-8")
    assert read_expected(path)


def test_the_docs_name_all_keys() -> None:
    page = _DOCS.read_text("utf-8")
    named = [*Meta.__dataclass_fields__, *Expected.__struct_fields__, *LEFT_OUT]
    assert [name for name in named if name not in page] == []


def test_starting_pytest_imports_nothing_of_cleaning() -> None:
    code = (
        "import sys, crawler.golden.plugin;"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'cleaning', 'scrapy', 'lxml', 'trafilatura', 'twisted', 'numpy', 'msgspec'}])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
