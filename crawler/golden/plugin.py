"""The pytest plugin: golden pages as tests, and fixtures for tests of pages, sites and records.

Loaded in every project where copydesk is installed (entry point `pytest11`), so nothing of cleaning
is imported until a golden page runs or a fixture is asked for.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from crawler.golden.crawling import Crawl
    from crawler.golden.fixture import AssertClean, CleanPage

_META = "meta.toml"
_PAGES = ("page.html.gz", "page.html", "page.warc.gz", "page.warc")
#: A property of a test's report, which comes back from pytest-xdist's workers too.
_REWRITTEN = "golden_rewritten"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that rewrites, and where golden pages and declared sites are."""
    group = parser.getgroup("copydesk", "golden pages")
    group.addoption(
        "--golden-update",
        action="store_true",
        help="write what comes out of golden pages into their expected.json, and show what changed",
    )
    parser.addini(
        "golden_paths",
        "folders of golden pages (default: wherever pytest collects)",
        type="paths",
        default=[],
    )
    parser.addini(
        "golden_sites",
        "the folder of sites that golden pages name by their domain (default: copydesk's own)",
        type="paths",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the golden pages too where no path was given on the command line."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        given = [Path(argument).absolute() for argument in config.args]
        config.args += [
            str(path)
            for path in config.getini("golden_paths")
            if path.is_dir() and not any(path.is_relative_to(one) for one in given)
        ]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "GoldenFile | None":
    """A `meta.toml` with a page beside it is a golden page."""
    if file_path.name != _META or not any((file_path.parent / name).is_file() for name in _PAGES):
        return None
    folders = parent.config.getini("golden_paths")
    if folders and not any(file_path.is_relative_to(folder) for folder in folders):
        return None
    case: GoldenFile = GoldenFile.from_parent(parent, path=file_path)
    return case


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was rewritten."""
    rewritten = [
        (report.nodeid, lines)
        for report in terminalreporter.getreports("passed")
        for name, lines in report.user_properties
        if name == _REWRITTEN
    ]
    if rewritten:
        terminalreporter.section("golden pages rewritten: look at them before you commit")
    for nodeid, lines in rewritten:
        terminalreporter.line(nodeid)
        for line in lines:
            terminalreporter.line(f"    {line}")


class GoldenFile(pytest.File):
    """The folder of a golden page, by its `meta.toml`."""

    def collect(self) -> Iterable[pytest.Item]:
        """One test, named as the folder."""
        yield GoldenPage.from_parent(self, name=self.path.parent.name)


class GoldenPage(pytest.Item):
    """Passes if what comes out of a page is what is expected."""

    def runtest(self) -> None:
        """Clean and compare."""
        from crawler.golden.check import check  # noqa: PLC0415  (pytest starts without it)

        folder, config = self.path.parent, self.config
        update = config.getoption("golden_update")
        every = config.getoption("verbose") > 0
        checked = check(folder, _sites(config), update=update, every=every)
        if checked.written:
            self.user_properties.append((_REWRITTEN, list(checked.lines)))
        elif checked.lines:
            raise _DifferentError(checked.lines, updated=update)

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: Any = None,
    ) -> Any:
        """What differs, in words; a traceback only for what is a mistake of copydesk."""
        from cleaning.error import CopydeskError  # noqa: PLC0415  (pytest starts without it)

        if isinstance(excinfo.value, (CopydeskError, _DifferentError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """For the heading of a failure."""
        return self.path, None, f"golden page {self.name}"


class _DifferentError(Exception):
    def __init__(self, lines: Iterable[str], *, updated: bool) -> None:
        cure = (
            "texts under contains and lacks are not rewritten: edit expected.json"
            if updated
            else "if this is right: pytest --golden-update, then look at what changed"
        )
        super().__init__("\n".join((*lines, cure)))


def _sites(config: pytest.Config) -> Path:
    """The folder of declared sites."""
    from crawler import settings  # noqa: PLC0415  (pytest starts without it)

    folders: list[Path] = config.getini("golden_sites")
    return folders[0] if folders else Path(settings.COPYDESK_SITES)


@pytest.fixture(scope="session")
def clean_page(pytestconfig: pytest.Config) -> "CleanPage":
    """Cleans a page: `clean_page(html, url=...)` gives an `Article`, or a `Refusal`."""
    from crawler.golden.fixture import CleanPage  # noqa: PLC0415  (pytest starts without it)

    return CleanPage(_sites(pytestconfig))


@pytest.fixture(scope="session")
def assert_clean() -> "AssertClean":
    """Asserts of a record that it holds no residue, fits the schema and has sane dates."""
    from crawler.golden.fixture import assert_clean as check  # noqa: PLC0415  (the same)

    return check


@pytest.fixture(scope="session")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> "Crawl":
    """Crawls a folder of pages on loopback: `crawl(folder)` gives records, refusals, summary."""
    from crawler.golden.crawling import Crawl  # noqa: PLC0415  (pytest starts without it)

    return Crawl(tmp_path_factory)
