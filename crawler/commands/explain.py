"""`scrapy explain URL|FILE|ID`: how one page is cleaned, and why so.

The page is taken from the archive, where the ledger knows it; fetched, where it does not; or read
from a file. Nothing is published or remembered. The exit code is 0 whenever there is something to
explain, a refusal too; 1 if the page cannot be found or read, or nothing be written.
"""

import argparse
import gc
import json
import re
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

import msgspec
from rich.console import Console
from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from cleaning.article import Refusal
from cleaning.error import InputError, LedgerError
from cleaning.explain import explained_refusal
from cleaning.explanation import Explanation, Origin
from cleaning.page import Page
from crawler.command_line import run_to_output, say
from crawler.discovery.link import absolute
from crawler.explain_limit import explain_within
from crawler.explain_source import (
    Taken,
    place_of_id,
    place_of_url,
    take_at,
    take_from_archive,
    take_from_file,
)
from crawler.explain_spider import ExplainSpider
from crawler.explain_terminal import show
from crawler.known_sites import declared_sites, outdated, rules_for
from crawler.ledger_view import view_of
from crawler.output_file import OutputFile
from crawler.setting import number_of

_ID = re.compile(r"[0-9a-f]{32}")
#: Where the output is no terminal.
_COLUMNS = 120


class Command(ScrapyCommand):
    """Cleans one page as a crawl does, and shows all that was considered."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] URL|FILE|ID"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Show what was kept and removed of a page, and why; and what else was considered"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, which page, and how to show it."""
        super().add_options(parser)
        _add_places(parser)
        parser.add_argument(
            "--html", metavar="FILE", type=Path, help="write it to FILE as a page for a browser"
        )
        parser.add_argument(
            "--json", action="store_true", help="write it to stdout as JSON, for programs"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; the command says what is to be said, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Explain one page."""
        unknown = next((arg for arg in args if arg.startswith("-")), None)
        if unknown or len(args) != 1:
            message = f"unknown option {unknown}" if unknown else "name one URL, file or id"
            raise UsageError(message, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        if opts.number < 1 or (opts.offset or 0) < 0:
            raise UsageError("--number counts from 1, --offset from 0", print_help=False)
        search = _Search(opts, self.settings, _usable(args[0]))
        self.exitcode = run_to_output("explain", lambda: _explain(search))


def _usable(target: str) -> str:
    if "://" in target and absolute("", target) is None:
        raise UsageError(f"{target!r} is no http or https URL", print_help=False)
    return target


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--live", action="store_true", help="fetch the URL, also where it is archived"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--number", metavar="N", type=int, default=1, help="which page of FILE, from 1 (1)"
    )
    which.add_argument(
        "--offset", metavar="BYTE", type=int, help="the record of a WARC file that starts at BYTE"
    )
    parser.add_argument(
        "--sites",
        metavar="DIR",
        type=Path,
        help="by the rules of the sites declared in DIR (default: COPYDESK_SITES)",
    )
    parser.add_argument(
        "--ledger",
        metavar="FILE",
        type=Path,
        help="another ledger than that of COPYDESK_OUTPUT; the archive is looked for beside it",
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """What is to be explained, and where it may be found."""

    opts: argparse.Namespace
    settings: Settings
    target: str

    @property
    def ledger(self) -> Path:
        """The ledger that may know the page."""
        default = Path(str(self.settings["COPYDESK_OUTPUT"]), "ledger.sqlite")
        given: Path | None = self.opts.ledger
        return given or default

    @property
    def archive(self) -> Path:
        """The folder that may hold it."""
        return self.ledger.parent / str(self.settings["COPYDESK_ARCHIVE"])

    def taken(self) -> Taken:
        """The page, from wherever it is."""
        if "://" in self.target:
            return self._of_url(absolute("", self.target) or self.target)
        path = Path(self.target)
        if _ID.fullmatch(self.target) and not path.exists():
            return self._of_id(self.target)
        if self.opts.live:
            raise InputError(f"{path}: is no URL, so there is nothing to fetch; leave out --live")
        if self.opts.offset is not None:
            return take_at(path, self.opts.offset)
        return take_from_file(path, self.opts.number)

    def _of_url(self, url: str) -> Taken:
        if not self.opts.live and self.ledger.exists():
            with view_of(self.ledger) as view:
                place = place_of_url(url, view)
            if place is not None:
                return take_from_archive(place, self.archive)
        return self._fetched(url)

    def _of_id(self, id_: str) -> Taken:
        with view_of(self.ledger) as view:
            place = place_of_id(id_, view)
        archived = take_from_archive(place, self.archive)
        return self._fetched(archived.page.url) if self.opts.live else archived

    def _fetched(self, url: str) -> Taken:
        found: list[Page | Refusal] = []
        process = AsyncCrawlerProcess(self.settings)
        process.crawl(ExplainSpider, url=url, folder=self.opts.sites, found=found)
        process.start()
        if not found:
            raise InputError(f"{url}: could not be fetched; what is above says why")
        return Taken(page=found[0], origin=Origin(kind="live"))


def _explain(search: _Search) -> int:
    # One page makes little garbage, and looking for it took a tenth of the time.
    gc.disable()
    opts = search.opts
    sites = declared_sites(opts.sites, Path(search.settings["COPYDESK_SITES"]))
    for warning in outdated(sites, datetime.now(UTC).date()):
        say(f"scrapy explain: {warning}")
    taken = search.taken()
    page = taken.page
    if isinstance(page, Page):
        seconds = number_of(search.settings, "COPYDESK_CLEAN_TIMEOUT", least=0.001)
        explanation = explain_within(page, rules_for(page.url, sites), seconds)
    else:
        explanation = explained_refusal(page)
    explanation = replace(explanation, origin=taken.origin)
    _write(_with_duplicates(explanation, search.ledger), taken, opts)
    return 0


def _with_duplicates(explanation: Explanation, ledger: Path) -> Explanation:
    """With what the ledger knows, if there is one that can be read."""
    if not ledger.exists():
        return explanation
    try:
        with view_of(ledger) as view:
            known = view.duplicates_of(explanation.url, explanation.record)
    except LedgerError as error:
        say(f"scrapy explain: duplicates are not looked for: {error}")
        return explanation
    return replace(explanation, duplicates=known)


def _write(explanation: Explanation, taken: Taken, opts: argparse.Namespace) -> None:
    if taken.has_more:
        say(f"scrapy explain: this is page {opts.number} of the file; --number names another")
    if opts.html:
        _write_html(explanation, taken.page, opts.html)
    if opts.json:
        sys.stdout.buffer.write(as_json(explanation))
    elif not opts.html:
        show(explanation, _console())


def _write_html(explanation: Explanation, page: Page | Refusal, path: Path) -> None:
    # Every other command of Scrapy's would pay for the loading of a template engine.
    from crawler.explain_page import page_of  # noqa: PLC0415

    html = page_of(explanation, page if isinstance(page, Page) else None)
    with OutputFile(path) as file:
        file.write(html.encode("utf-8", "replace"))
    say(f"scrapy explain: {path} is written; open it in a browser")


def as_json(explanation: Explanation) -> bytes:
    """One line of JSON in UTF-8; half surrogate pairs, as data of pages may hold, are escaped."""
    line = json.dumps(msgspec.to_builtins(explanation), ensure_ascii=False, separators=(",", ":"))
    return f"{line}\n".encode("utf-8", "backslashreplace")


def _console() -> Console:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    width = None if sys.stdout.isatty() else _COLUMNS
    return Console(width=width, highlight=False, markup=False, emoji=False)
