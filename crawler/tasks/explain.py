"""Explains the page that `scrapy explain` is told of."""

import argparse
import gc
import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

import msgspec
from scrapy.settings import Settings

from cleaning.article import Refusal
from cleaning.error import InputError, LedgerError
from cleaning.explanation import Explanation, Origin
from cleaning.page import Page
from crawler.command_line import say
from crawler.discovery.link import absolute
from crawler.explain_source import (
    Taken,
    take_at,
    take_from_archive,
    take_from_file,
)
from crawler.explaining import explain_taken, html_of, with_duplicates
from crawler.known_sites import declared_sites, outdated
from crawler.output_file import OutputFile
from crawler.setting import number_of

_ID = re.compile(r"[0-9a-f]{32}")
#: Where the output is no terminal.
_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class Search:
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
        """The page, from wherever it is.

        Raises:
            CopydeskError: it cannot be had.
        """
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
            from crawler.explain_place import place_of_url
            from crawler.ledger_view import view_of

            with view_of(self.ledger) as view:
                place = place_of_url(url, view)
            if place is not None:
                return take_from_archive(place, self.archive)
        return self._fetched(url)

    def _of_id(self, id_: str) -> Taken:
        from crawler.explain_place import place_of_id
        from crawler.ledger_view import view_of

        with view_of(self.ledger) as view:
            place = place_of_id(id_, view)
        archived = take_from_archive(place, self.archive)
        return self._fetched(archived.page.url) if self.opts.live else archived

    def _fetched(self, url: str) -> Taken:
        from scrapy.crawler import AsyncCrawlerProcess

        from crawler.explain_spider import ExplainSpider

        found: list[Page | Refusal] = []
        process = AsyncCrawlerProcess(self.settings)
        process.crawl(ExplainSpider, url=url, folder=self.opts.sites, found=found)
        process.start()
        if not found:
            raise InputError(f"{url}: could not be fetched; what is above says why")
        return Taken(page=found[0], origin=Origin(kind="live"))


def explain_one(search: Search) -> int:
    """Explain the page, as the options say; the exit code.

    Raises:
        CopydeskError: the page cannot be had, or nothing be written.
    """
    # One page makes little garbage, and looking for it took a tenth of the time.
    gc.disable()
    opts = search.opts
    sites = declared_sites(opts.sites, Path(search.settings["COPYDESK_SITES"]))
    for warning in outdated(sites, datetime.now(UTC).date()):
        say(f"scrapy explain: {warning}")
    seconds = number_of(search.settings, "COPYDESK_CLEAN_TIMEOUT", least=0.001)
    taken = search.taken()
    explanation = explain_taken(taken, sites, seconds)
    _write(_with_duplicates(explanation, search.ledger), taken, opts)
    return 0


def _with_duplicates(explanation: Explanation, ledger: Path) -> Explanation:
    """With what the ledger knows, if there is one that can be read."""
    if not ledger.exists():
        return explanation
    from crawler.ledger_view import view_of

    try:
        with view_of(ledger) as view:
            return with_duplicates(explanation, view)
    except LedgerError as error:
        say(f"scrapy explain: duplicates are not looked for: {error}")
        return explanation


def _write(explanation: Explanation, taken: Taken, opts: argparse.Namespace) -> None:
    if taken.has_more:
        say(f"scrapy explain: this is page {opts.number} of the file; --number names another")
    if opts.html:
        _write_html(explanation, taken, opts.html)
    if opts.json:
        sys.stdout.buffer.write(as_json(explanation))
    elif not opts.html:
        _show(explanation)


def _write_html(explanation: Explanation, taken: Taken, path: Path) -> None:
    with OutputFile(path) as file:
        file.write(html_of(explanation, taken))
    say(f"scrapy explain: {path} is written; open it in a browser")


def as_json(explanation: Explanation) -> bytes:
    """One line of JSON in UTF-8; half surrogate pairs, as data of pages may hold, are escaped."""
    line = json.dumps(msgspec.to_builtins(explanation), ensure_ascii=False, separators=(",", ":"))
    return f"{line}\n".encode("utf-8", "backslashreplace")


def _show(explanation: Explanation) -> None:
    from rich.console import Console

    from crawler.explain_terminal import show

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    width = None if sys.stdout.isatty() else _COLUMNS
    show(explanation, Console(width=width, highlight=False, markup=False, emoji=False))
