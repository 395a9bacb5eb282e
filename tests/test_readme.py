"""What README and docs say of the project is so: examples load, names exist, none is left out."""

import json
import re
import tomllib
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cleaning import quality
from cleaning.article import Article, Provenance, Refusal
from cleaning.characters import words_of
from cleaning.phrase import phrase_rules
from cleaning.schema import generate_schema
from crawler import settings
from crawler.site import Clean, Discover, Fetch, Site, load_site
from crawler.spiders.archive import ArchiveSpider
from crawler.spiders.news import NewsSpider
from crawler.spiders.urls import UrlsSpider

_ROOT = Path(__file__).parent.parent
_PAGES = {
    str(path.relative_to(_ROOT)): path.read_text("utf-8")
    for path in (*_ROOT.glob("*.md"), *_ROOT.glob("docs/*.md"), *_ROOT.glob("*/**/README.md"))
    if not path.is_relative_to(_ROOT / ".venv")
}
_SITE_PAGES = ("README.md", "docs/sites.md", "crawler/sites/README.md")
_SPIDERS = {spider.name: spider for spider in (NewsSpider, UrlsSpider, ArchiveSpider)}
# Set by the addon for each run, so it has no default in the settings.
_SETTINGS = {name for name in dir(settings) if name.startswith("COPYDESK_")} | {"COPYDESK_RUN_ID"}


def _blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", _PAGES[page], re.MULTILINE | re.DOTALL)


def _all(pattern: str) -> list[tuple[str, str]]:
    """What a pattern's group finds, with the page where it stands."""
    return sorted({(page, found) for page in _PAGES for found in re.findall(pattern, _PAGES[page])})


@pytest.mark.parametrize(
    "declared", [block for page in _SITE_PAGES for block in _blocks(page, "toml")]
)
def test_sites_in_the_docs_load(declared: str, tmp_path: Path) -> None:
    path = tmp_path / "example.org.toml"
    path.write_text(declared, encoding="utf-8")
    assert load_site(path).domain == "example.org"


def test_the_readme_shows_a_valid_record_with_all_keys_in_order() -> None:
    (example,) = _blocks("README.md", "json")
    record = json.loads(example)
    Draft202012Validator(generate_schema()).validate(record)
    assert list(record) == [field.name for field in fields(Article)]
    assert list(record["provenance"]) == [field.name for field in fields(Provenance)]


def test_the_rule_in_the_docs_catches_and_leaves_what_it_says() -> None:
    (example,) = _blocks("docs/cleaning.md", "toml")
    (rule,) = tomllib.loads(example)["line"]

    def catches(text: str) -> bool:
        found = any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in rule["patterns"])
        return found and len(words_of(text)) <= rule["max_words"]

    assert all(map(catches, rule["catches"]))
    assert not any(map(catches, rule["leaves"]))


@pytest.mark.parametrize(("page", "target"), _all(r"(?:^|`)make ([a-z-]+)(?=[\s`])"))
def test_make_targets_exist(page: str, target: str) -> None:
    assert re.search(rf"^{target}:", (_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), page


@pytest.mark.parametrize(("page", "spider"), _all(r"scrapy crawl ([a-z]+)"))
def test_spiders_exist(page: str, spider: str) -> None:
    assert spider in _SPIDERS, page


@pytest.mark.parametrize(("page", "line"), _all(r"(scrapy crawl [^\n#`]+-a [^\n#`]+)"))
def test_spiders_take_the_arguments(page: str, line: str) -> None:
    spider = _SPIDERS[line.split()[2]]
    given = dict(re.findall(r"-a ([a-z]+)=(\S+)", line))
    assert spider(**given).name == spider.name, page


@pytest.mark.parametrize(("page", "module"), _all(r"python -m ([a-z_.]+)"))
def test_modules_exist(page: str, module: str) -> None:
    assert find_spec(module), page


@pytest.mark.parametrize(("page", "name"), _all(r"\b(COPYDESK_[A-Z_]+)"))
def test_settings_exist(page: str, name: str) -> None:
    assert name in _SETTINGS, page


_TABLES: dict[str, tuple[str, ...]] = {
    "docs/settings.md": tuple(sorted(_SETTINGS)),
    "docs/sites.md": (
        "domain",
        "name",
        "languages",
        "second_opinion",
        "timezone",
        "date_order",
        *(f"discover.{name}" for name in Discover.__struct_fields__),
        *(f"fetch.{name}" for name in Fetch.__struct_fields__),
        *(f"clean.{name}" for name in Clean.__struct_fields__),
    ),
    "docs/output.md": (
        *(field.name for record in (Article, Provenance, Refusal) for field in fields(record)),
        *(rule.reason for rule in quality.refusal_rules()),
    ),
    "docs/cleaning.md": tuple(
        rule.rule for kind in ("line", "tail") for rule in phrase_rules(kind)
    ),
}


@pytest.mark.parametrize(
    ("page", "name"), [(page, name) for page, names in _TABLES.items() for name in names]
)
def test_tables_are_complete(page: str, name: str) -> None:
    assert f"`{name}`" in _PAGES[page]


def test_a_site_has_no_other_keys() -> None:
    tables = {"discover", "fetch", "clean"}
    keys = set(Site.__struct_fields__) - {"file"}
    assert keys - tables == set(_TABLES["docs/sites.md"][:6])


def _rows(page: str) -> list[list[str]]:
    """The cells of the table that compares programs, without the line below its heads."""
    text = (_ROOT / page).read_text("utf-8")
    table = re.search(r"^\| program +\| AEB F1.*\n(?:\|.*\n)+", text, re.MULTILINE)
    assert table
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()]
    return [rows[0], *rows[2:]]


def test_figures_of_peers_are_those_that_were_measured() -> None:
    shown, measured = _rows("README.md"), _rows("benchmarks/RESULTS.md")
    assert sorted(shown) == sorted(measured)
    assert len(shown) > 5
