"""`scrapy sites`: lists the sites that are declared; `scrapy sites add URL` declares one.

The exit code is 1 if nothing could be declared or a declaration is broken, 2 after wrong usage.
"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from cleaning.error import CopydeskError, InputError, SiteError
from crawler.discovery.link import absolute
from crawler.known_sites import load_known_sites
from crawler.output_file import OutputFile
from crawler.site import Site, load_site, load_sites
from crawler.survey import Survey, as_toml, report
from crawler.survey_spider import SurveySpider


class Command(ScrapyCommand):
    """Shows what is declared, and makes declarations of what a site's home page leads to."""

    requires_project = True

    def syntax(self) -> str:
        """For the usage line."""
        return "[options] [add URL]"

    def short_desc(self) -> str:
        """For the list of commands."""
        return "List the sites that are declared, or declare one by the address of its home page"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Scrapy's own options, and where and how to write."""
        super().add_options(parser)
        parser.add_argument(
            "--sites",
            metavar="DIR",
            type=Path,
            help="the folder of site files (default: COPYDESK_SITES)",
        )
        parser.add_argument("--proxy", metavar="URL", help="fetch the site through this proxy")
        parser.add_argument(
            "--dry-run", action="store_true", help="write the declaration to stdout, not to a file"
        )
        parser.add_argument(
            "--overwrite", action="store_true", help="replace the site's file if there is one"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's own; what is found is said by the command, so the log keeps to warnings."""
        if self.settings is not None:
            self.settings.set("LOG_LEVEL", "WARNING", "project")
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """List, or add."""
        if self.settings is None:
            raise UsageError("run this command through scrapy")
        folder = opts.sites or Path(self.settings["COPYDESK_SITES"])
        try:
            self.exitcode = self._add(_url_of(args), folder, opts) if args else _list(folder)
        except CopydeskError as error:
            _say(f"scrapy sites: {error}")
            self.exitcode = 1

    def _add(self, url: str, folder: Path, opts: argparse.Namespace) -> int:
        survey = Survey(proxy=opts.proxy)
        if opts.proxy and absolute("", opts.proxy) is None:
            raise UsageError(f"--proxy: {opts.proxy!r} is no http or https URL", print_help=False)
        if not opts.dry_run:
            # Before anybody is asked for anything.
            host = (urlsplit(url).hostname or "").removeprefix("www.")
            _target(host, folder, overwrite=opts.overwrite)
        self._survey(url, survey)
        for line in report(survey):
            _say(line)
        if survey.fault or not survey.found:
            what = survey.fault or "no feed, sitemap or page of articles was found"
            raise InputError(f"{url}: {what}; check the address, or write a site file by hand")
        toml = as_toml(survey, f"{datetime.now(UTC):%Y-%m-%d}")
        if opts.dry_run:
            sys.stdout.write(toml)
            return 0
        path = _target(survey.domain, folder, overwrite=opts.overwrite)
        with OutputFile(path) as file:
            file.write(toml.removesuffix("\n").encode())
        load_site(path)
        where = f" -a sites={opts.sites}" if opts.sites else ""
        _say(f"{path} is written; crawl it: scrapy crawl news -a site={survey.domain}{where}")
        return 0

    def _survey(self, url: str, survey: Survey) -> None:
        process = self.crawler_process
        if process is None:
            raise UsageError("run this command through scrapy")
        process.crawl(SurveySpider, url=url, survey=survey)
        process.start()
        if process.bootstrap_failed:
            raise InputError(f"{url}: could not be looked at; what is above says why")


def _url_of(args: list[str]) -> str:
    action, *rest = args
    if action != "add" or len(rest) != 1:
        what = f"{' '.join(args)}: name one site to add: scrapy sites add https://example.org"
        raise UsageError(what, print_help=False)
    given = rest[0] if "://" in rest[0] else f"https://{rest[0]}"
    url = absolute("", given)
    if url is None:
        raise UsageError(f"{rest[0]!r} is no http or https URL", print_help=False)
    return url


def _target(domain: str, folder: Path, *, overwrite: bool) -> Path:
    """The file to write.

    Raises:
        SiteError: the site is declared already, or a declaration is broken.
    """
    path = folder / f"{domain}.toml"
    there = next((site.file for site in load_known_sites(folder) if site.domain == domain), None)
    if there is not None and there != path:
        raise SiteError(f"{there}: declares {domain} already; add there what was found")
    if path.exists() and not overwrite:
        raise SiteError(f"{path}: is there already; add --overwrite to replace it, or --dry-run")
    return path


def _list(folder: Path) -> int:
    table = Table(box=None, pad_edge=False)
    for name in ("domain", "feeds", "sitemaps", "sections", "articles", "clean"):
        table.add_column(name, justify="left" if name == "domain" else "right")
    sites = load_sites(folder)
    for site in sites:
        table.add_row(site.domain, *(str(count) if count else "-" for count in _counts(site)))
    console = Console(highlight=False)
    console.print(table)
    crawled = sum(site.is_crawled for site in sites)
    _say(f"{len(sites)} sites in {folder}, {crawled} of them crawled")
    return 0


def _counts(site: Site) -> tuple[int, ...]:
    """How many sources, patterns of articles and exceptions a site declares."""
    found, clean = site.discover, site.clean
    exceptions = (*clean.body, *clean.drop, *clean.keep)
    listed = (found.feeds, found.sitemaps, found.sections, found.articles, exceptions)
    return tuple(map(len, listed))


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
