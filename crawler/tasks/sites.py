"""Lists the sites that are declared and declares others, as `scrapy sites` is told."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from scrapy.settings import Settings

from cleaning.error import InputError, SiteError
from crawler.command_line import say
from crawler.known_sites import load_known_sites
from crawler.output_file import OutputFile
from crawler.site import Site, load_site, load_sites
from crawler.survey import Survey, as_toml, report


def declare(url: str, folder: Path, opts: argparse.Namespace, settings: Settings) -> int:
    """Declare the site of a home page in a folder, as the options say; the exit code.

    Raises:
        CopydeskError: it is declared already, nothing was found of it, or nothing can be written.
    """
    survey = Survey(proxy=opts.proxy)
    if not opts.dry_run:
        # Before anybody is asked for anything.
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        _target(host, folder, overwrite=opts.overwrite)
    _look_at(url, survey, settings)
    for line in report(survey):
        say(line)
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
    say(f"{path} is written; crawl it: scrapy crawl news -a site={survey.domain}{where}")
    return 0


def _look_at(url: str, survey: Survey, settings: Settings) -> None:
    from scrapy.crawler import AsyncCrawlerProcess

    from crawler.survey_spider import SurveySpider

    process = AsyncCrawlerProcess(settings)
    process.crawl(SurveySpider, url=url, survey=survey)
    process.start()
    if process.bootstrap_failed:
        raise InputError(f"{url}: could not be looked at; what is above says why")


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


def list_sites(folder: Path) -> int:
    """Print the sites that are declared in a folder; the exit code.

    Raises:
        SiteError: a declaration is broken, or there is none.
    """
    table = Table(box=None, pad_edge=False)
    for name in ("domain", "feeds", "sitemaps", "sections", "articles", "clean"):
        table.add_column(name, justify="left" if name == "domain" else "right")
    sites = load_sites(folder)
    for site in sites:
        table.add_row(site.domain, *(str(count) if count else "-" for count in _counts(site)))
    console = Console(highlight=False)
    console.print(table)
    crawled = sum(site.is_crawled for site in sites)
    say(f"{len(sites)} sites in {folder}, {crawled} of them crawled")
    return 0


def _counts(site: Site) -> tuple[int, ...]:
    """How many sources, patterns of articles and exceptions a site declares."""
    found, clean = site.discover, site.clean
    exceptions = (*clean.body, *clean.drop, *clean.keep)
    listed = (found.feeds, found.sitemaps, found.sections, found.articles, exceptions)
    return tuple(map(len, listed))
