"""Makes golden pages, lists them and checks them, as `scrapy golden` is told."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from cleaning.error import CopydeskError, InputError, SiteError
from cleaning.page import Page
from crawler import settings as defaults
from crawler.command_line import ledger_of, say
from crawler.discovery.link import absolute
from crawler.golden.capture import capture, page_in_archive, page_in_file
from crawler.golden.case import EXPECTED, find_cases
from crawler.golden.check import check
from crawler.golden.expectation import read_expected
from crawler.known_sites import declared_sites, site_of
from crawler.site import Site


def add(given: str, opts: argparse.Namespace, settings: Settings) -> int:
    """Make a golden page of a URL or file, as the options say; the exit code.

    Raises:
        CopydeskError: the page cannot be had, or nothing be written.
        UsageError: the URL cannot be meant.
    """
    folder = Path(settings["COPYDESK_SITES"])
    sites = declared_sites(opts.sites, folder)
    page = _page(given, opts, settings)
    made = capture(
        page,
        opts.into,
        name=opts.name,
        site=_site(opts.site, page.url, sites),
        sites=opts.sites or folder,
    )
    say(f"{made} is written: {_told(made)}")
    say(f"look at {made / EXPECTED}, and run it: pytest {made}")
    return 0


def _page(given: str, opts: argparse.Namespace, settings: Settings) -> Page:
    path = Path(given)
    if path.exists() or "://" not in given:
        return page_in_file(path, opts.offset, opts.url)
    url = absolute("", given)
    if url is None:
        raise UsageError(f"{given!r} is no http or https URL", print_help=False)
    if opts.archived:
        ledger = ledger_of(opts, settings)
        return page_in_archive(url, ledger, ledger.parent / settings["COPYDESK_ARCHIVE"])
    return _fetched(url, opts.sites, settings)


def _fetched(url: str, sites: Path | None, settings: Settings) -> Page:
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.golden.page_spider import Fetched, PageSpider

    process, fetched = AsyncCrawlerProcess(settings), Fetched()
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


def list_cases(folders: Sequence[Path]) -> int:
    """Print a line for each golden page of the folders; the exit code.

    Raises:
        CopydeskError: a folder or a page in it cannot be read.
    """
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


def check_cases(folders: Sequence[Path], sites: Path) -> int:
    """Print what differs from what is expected; the exit code, 1 if anything does.

    Raises:
        CopydeskError: a folder cannot be read.
    """
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
