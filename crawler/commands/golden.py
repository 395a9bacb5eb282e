"""`scrapy golden add URL|FILE`: makes a golden page, a test of what comes out of a page.

`list` and `check` go through those that are there. The exit code is 1 if a page could not be had or
is not as expected, 2 after wrong usage.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from cleaning.error import CopydeskError, InputError, SiteError
from cleaning.page import Page
from crawler import settings as defaults
from crawler.command_line import add_ledger_option, ledger_of, say
from crawler.discovery.link import absolute
from crawler.golden.capture import capture, page_in_archive, page_in_file
from crawler.golden.case import EXPECTED, find_cases
from crawler.golden.check import check
from crawler.golden.expectation import read_expected
from crawler.golden.page_spider import Fetched, PageSpider
from crawler.known_sites import declared_sites, site_of
from crawler.site import Site

_INTO = Path("tests") / "golden"


class Command(ScrapyCommand):
    """Takes pages of the network, of files and of the archive as tests."""

    requires_project = True

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] add URL|FILE | list [DIR...] | check [DIR...]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "Make a test of a page: what comes out of it today must come out of it tomorrow"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and what is to be taken and where to."""
        super().add_options(parser)
        for flag, name, what in (
            ("--into", "DIR", f"the folder of golden pages (default: {_INTO})"),
            ("--name", "NAME", "of the page's own folder (default: made from its URL)"),
            ("--site", "SITE", "clean by the rules of this declared site, or of this TOML file"),
            ("--sites", "DIR", "the sites declared in DIR (default: COPYDESK_SITES)"),
            ("--url", "URL", "where a saved file is from; which page of a WARC file is meant"),
        ):
            kind = Path if name == "DIR" else str
            parser.add_argument(flag, metavar=name, type=kind, help=what)
        parser.add_argument(
            "--offset", metavar="BYTE", type=int, help="where its record starts in a WARC file"
        )
        parser.add_argument(
            "--archived", action="store_true", help="take what the archive has of the URL"
        )
        add_ledger_option(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; what is done is said by the command, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Add, list or check."""
        action, *rest = args or [""]
        if action not in ("add", "list", "check") or (action == "add" and len(rest) != 1):
            what = "say what to do: scrapy golden add URL|FILE, list, or check"
            raise UsageError(what, print_help=False)
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        if opts.offset is not None and opts.offset < 0:
            raise UsageError(f"--offset: {opts.offset} is no byte of a file", print_help=False)
        folders = [Path(one) for one in rest] or [opts.into or _INTO]
        try:
            if action == "add":
                self.exitcode = self._add(rest[0], opts, self.settings)
            elif action == "list":
                self.exitcode = _list(folders)
            else:
                self.exitcode = _check(folders, opts.sites or Path(defaults.COPYDESK_SITES))
        except CopydeskError as error:
            say(f"scrapy golden: {error}")
            self.exitcode = 1

    def _add(self, given: str, opts: argparse.Namespace, settings: BaseSettings) -> int:
        folder = Path(settings["COPYDESK_SITES"])
        sites = declared_sites(opts.sites, folder)
        page = self._page(given, opts, settings)
        made = capture(
            page,
            opts.into or _INTO,
            name=opts.name,
            site=_site(opts.site, page.url, sites),
            sites=opts.sites or folder,
        )
        say(f"{made} is written: {_told(made)}")
        say(f"look at {made / EXPECTED}, and run it: pytest {made}")
        return 0

    def _page(self, given: str, opts: argparse.Namespace, settings: BaseSettings) -> Page:
        path = Path(given)
        if path.exists() or "://" not in given:
            return page_in_file(path, opts.offset, opts.url)
        url = absolute("", given)
        if url is None:
            raise UsageError(f"{given!r} is no http or https URL", print_help=False)
        if opts.archived:
            ledger = ledger_of(opts, settings)
            return page_in_archive(url, ledger, ledger.parent / settings["COPYDESK_ARCHIVE"])
        return self._fetch(url, opts.sites)

    def _fetch(self, url: str, sites: Path | None) -> Page:
        process, fetched = self.crawler_process, Fetched()
        if process is None:
            raise UsageError("run this command through scrapy")
        process.crawl(PageSpider, url=url, fetched=fetched, sites=sites)
        process.start()
        if fetched.page is None:
            raise InputError(f"{url}: {fetched.fault}; check the address, or give a saved file")
        return fetched.page


def _site(asked: str | None, url: str, sites: Sequence[Site]) -> str | None:
    """How `meta.toml` is to name the site that was asked for, else that of the URL, if any."""
    if asked is None:
        return _name_of(site_of(url, sites))
    if asked.endswith(".toml"):
        return asked
    declared = [site for site in sites if site.domain == asked]
    if not declared:
        raise SiteError(f"--site {asked}: is not declared; name another, or its file: {asked}.toml")
    return _name_of(declared[0])


def _name_of(site: Site | None) -> str | None:
    """A site by its domain where pytest will look for it, else by its file.

    A declaration of one's own is found by its path, whatever folder pytest is told of.
    """
    if site is None or site.file is None:
        return None
    shipped = site.file.parent.resolve() == Path(defaults.COPYDESK_SITES).resolve()
    return site.domain if shipped else str(site.file)


def _told(folder: Path) -> str:
    expected = read_expected(folder / EXPECTED)
    if expected is None or expected.record is None:
        return f"refused, {expected.refused}" if expected else "nothing"
    record = expected.record
    words, removed = record["word_count"], sum(record["removed"].values())
    return f"{words} words, {removed} blocks removed, site {record['site']}"


def _list(folders: Sequence[Path]) -> int:
    cases = [case for folder in folders for case in find_cases(folder)]
    for case in cases:
        expected = read_expected(case / EXPECTED)
        if expected is None:
            kind = "nothing expected yet"
        elif expected.is_partial:
            kind = "parts of a record"
        else:
            kind = f"refused: {expected.refused}" if expected.refused else "a whole record"
        sys.stdout.write(f"{case}: {kind}\n")
    say(f"{len(cases)} golden pages")
    return 0


def _check(folders: Sequence[Path], sites: Path) -> int:
    cases, different = [case for folder in folders for case in find_cases(folder)], 0
    for case in cases:
        try:
            lines = check(case, sites).lines
        except CopydeskError as error:
            lines = (str(error),)
        different += bool(lines)
        for line in (f"{case}:", *(f"    {line}" for line in lines)) if lines else ():
            sys.stdout.write(f"{line}\n")
    say(f"{len(cases)} golden pages, {different} not as expected")
    return int(different > 0)
