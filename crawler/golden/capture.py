"""Makes a golden page of a page: its folder, and what is expected of it from today's record."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from http import HTTPStatus
from os.path import relpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cleaning.article import Refusal
from cleaning.clean import clean
from cleaning.error import InputError, OutputError
from cleaning.page import Lead, Page
from crawler.archive import read_response
from crawler.archived_page import archived_page
from crawler.disk import explained
from crawler.golden.case import META, PAGE, bare, load_case, pages_of
from crawler.golden.check import write_expected
from crawler.golden.expectation import whole
from crawler.golden.toml_text import toml_of
from crawler.ledger import Ledger
from crawler.site import load_site

#: Headers that cleaning looks at. Cookies are not among them, and nothing else is made anonymous.
_HEADERS = (
    "content-type",
    "etag",
    "last-modified",
    "link",
    "tdm-policy",
    "tdm-reservation",
    "x-robots-tag",
)
_NO_NAME = re.compile(r"[^\w.-]+")
_INDEX = re.compile(r"(?:/index)?\.[a-z]{3,5}$|/+$")
_LETTERS = 60


def page_in_file(path: Path, offset: int | None, url: str | None) -> Page:
    """The page of a file: of a WARC file the one at an offset or of a URL.

    Args:
        path: an HTML, WARC or JSONL file.
        offset: of the record in a WARC file.
        url: where the page is from; for HTML what it says of itself, unless told.

    Raises:
        InputError: the file cannot be read, or what is meant is not one page of it.
    """
    if offset is not None:
        return _page_at(path, offset)
    pages = list(pages_of(path))
    if len(pages) > 1:
        pages = [page for page in pages if url in (page.url, page.requested_url)]
    if len(pages) != 1:
        what = "holds no such page" if url else "does not hold one page"
        raise InputError(f"{path}: {what}; name it: --url, or of a WARC file --offset")
    (page,) = pages
    if page.kind == "text":
        raise InputError(f"{path}: holds a text; golden pages are of HTML")
    return _as_from(path, page, url)


def _as_from(path: Path, page: Page, url: str | None) -> Page:
    """The page of a saved file as if it had been fetched."""
    if not page.requested_url.startswith("file:"):
        return page
    url = url or page.url
    if url.startswith("file:"):
        raise InputError(f"{path}: does not say where it is from; name it: --url")
    return replace(page, url=url, requested_url=url)


def _page_at(path: Path, offset: int) -> Page:
    page = archived_page(read_response(path, offset), path)
    if isinstance(page, Refusal):
        raise InputError(f"{path}: at byte {offset} is no page: {page.reason}: {page.detail}")
    return bare(page)


def page_in_archive(url: str, ledger: Path, archive: Path) -> Page:
    """The page that a crawl fetched last of a URL, out of the archive.

    Raises:
        LedgerError: there is no ledger, or it cannot be used.
        InputError: nothing of that URL is archived, or its file is gone.
    """
    with Ledger(ledger) as remembered:
        told = (event.detail.get("warc") for event in remembered.history(url))
        places = [place for place in told if place]
    if not places:
        raise InputError(f"{url}: nothing of it is archived; leave out --archived to fetch it")
    file, offset = places[-1]
    return _page_at(archive / file, offset)


def capture(page: Page, into: Path, *, name: str | None, site: str | None, sites: Path) -> Path:
    """Write a golden page, and what is expected of it: what comes out today.

    Args:
        page: as fetched.
        into: the folder of golden pages.
        name: of its folder; unless told, made from the URL.
        site: for `meta.toml`: the domain of a declared site, or the path of a site's file.
        sites: the folder of declared sites.

    Returns:
        The folder.

    Raises:
        OutputError: it is there already, or cannot be written.
        SiteError: the site's declaration is missing or broken.
    """
    if site is not None:
        # Before anything is written.
        load_site(Path(site) if site.endswith(".toml") else sites / f"{site}.toml")
    folder = into / (name or name_of(page.url))
    if folder.exists():
        raise OutputError(f"{folder}: is there already; give another name: --name, or delete it")
    with explained(folder):
        folder.mkdir(parents=True)
        # mtime=0: the same page gives the same file.
        (folder / PAGE).write_bytes(gzip.compress(page.body, mtime=0))
        (folder / META).write_text(toml_of(_meta(page, site, folder)), encoding="utf-8")
    case = load_case(folder, sites)
    write_expected(folder, whole(clean(case.page, case.rules)))
    return folder


def name_of(url: str) -> str:
    """A folder's name for a page: its host, and the last of its path that tells it from others."""
    parts = urlsplit(url)
    host = (parts.hostname or "page").removeprefix("www.")
    path = _INDEX.sub("", unquote(parts.path)).rpartition("/")[2]
    told = path or unquote(parts.query)
    return _NO_NAME.sub("-", f"{host}-{told}"[:_LETTERS]).strip("-.")


def _meta(page: Page, site: str | None, folder: Path) -> dict[str, Any]:
    by_path = site is not None and site.endswith(".toml")
    return {
        "url": page.url,
        "requested_url": page.requested_url if page.requested_url != page.url else None,
        "fetched_at": page.fetched_at.replace(microsecond=0),
        "status": page.status if page.status != HTTPStatus.OK else None,
        "site": relpath(site, folder) if site and by_path else site,
        "headers": {name: page.headers[name] for name in _HEADERS if name in page.headers},
        "lead": _lead(page.lead) if page.lead else {},
    }


def _lead(lead: Lead) -> Mapping[str, Any]:
    given = {one.name: getattr(lead, one.name) for one in fields(lead)}
    return {name: given[name] for name in given if given[name] and name not in ("url", "also")}
