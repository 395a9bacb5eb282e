"""A golden page on disk: a folder with the page, where it is from, and what must come out of it.

page.html.gz      or page.html, page.warc.gz, page.warc: the page as it was sent
meta.toml         its URL, when it was fetched, headers, what led to it, its site
expected.json     see `crawler.golden.expectation`
"""

import tomllib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cleaning.article import Refusal
from cleaning.error import InputError
from cleaning.page import Lead, Page
from cleaning.rules import Rules
from crawler.http_message import MAX_BODY
from crawler.site import load_site
from crawler.source import read_source

META, EXPECTED, PAGE = "meta.toml", "expected.json", "page.html.gz"
PAGES = (PAGE, "page.html", "page.warc.gz", "page.warc")
_ARCHIVES = frozenset(PAGES[2:])
_EXAMPLES = {
    "url": 'url = "https://example.org/2026/03/bridge.html"',
    "requested_url": 'requested_url = "https://example.org/?p=4711"',
    "fetched_at": "fetched_at = 2026-03-02T08:00:00Z",
    "status": "status = 200",
    "site": 'site = "example.org", or the path of its file, site = "../example.org.toml"',
    "headers": '[headers] and below it content-type = "text/html; charset=utf-8"',
    "lead": '[lead] and below it via = "feed" and title = "..."',
}
_ANY_TIME = datetime.fromtimestamp(0, UTC)
_LEAD = ("via", "at", "source_url", "title", "summary", "published", "modified", "authors")
_LEAD_KEYS = frozenset((*_LEAD, "language", "section", "tags"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What `meta.toml` says; of a WARC record only `url` and `site` are looked at."""

    url: str | None = None
    requested_url: str | None = None
    fetched_at: datetime | None = None
    status: int = 200
    #: The domain of a declared site, or the path of a site's file, seen from the folder.
    site: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    #: As in `cleaning.page.Lead`, without `url` and `also`.
    lead: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A golden page, ready to be cleaned."""

    folder: Path
    page: Page
    rules: Rules


def page_file(folder: Path) -> Path | None:
    """The page of a folder that holds a golden page; None where it holds none."""
    return next((path for name in PAGES if (path := folder / name).is_file()), None)


def find_cases(root: Path) -> list[Path]:
    """The folders of all golden pages in and below a folder, sorted."""
    return sorted(path.parent for path in root.rglob(META) if page_file(path.parent))


def load_case(folder: Path, sites: Path) -> Case:
    """Read a golden page.

    Args:
        folder: the case's.
        sites: the folder of declared sites, for a `site` that is given by its domain.

    Raises:
        InputError: the page or `meta.toml` cannot be used; the message names the file and the cure.
        SiteError: the site's declaration is missing or broken.
    """
    meta, file = _read_meta(folder / META), page_file(folder)
    if file is None:
        raise InputError(f"{folder}: holds no page; add {PAGE}, or a WARC record as {PAGES[2]}")
    page = _of_archive(file, meta) if file.name in _ARCHIVES else _of_html(file, meta)
    return Case(folder=folder, page=page, rules=_rules(folder, meta.site, sites))


def _rules(folder: Path, site: str | None, sites: Path) -> Rules:
    if site is None:
        return Rules()
    path = folder / site if site.endswith(".toml") else sites / f"{site}.toml"
    return load_site(path).rules


def _read_meta(path: Path) -> Meta:
    try:
        declared = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; add it, with {_EXAMPLES['url']}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8; save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is no TOML: {error}; mend that line") from error
    if unknown := next((key for key in declared if key not in _EXAMPLES), None):
        raise InputError(f"{path}: {unknown}: unknown key; known here: {', '.join(_EXAMPLES)}")
    for key, value in declared.items():
        if fault := _fault(key, value):
            raise InputError(f"{path}: {key}: {fault}; write it like {_EXAMPLES[key]}")
    return Meta(**declared)


def _fault(key: str, value: Any) -> str | None:
    check = _CHECKS.get(key, _is_text)
    return check(value)


def _is_text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "is no text"


def _is_moment(value: Any) -> str | None:
    if not isinstance(value, datetime):
        return "is no date with a time"
    return None if value.tzinfo else "has no offset, so nobody knows when that was"


def _is_status(value: Any) -> str | None:
    return None if type(value) is int else "is no whole number"


def _are_headers(value: Any) -> str | None:
    texts = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    return None if texts else "is no table of texts"


def _is_lead(value: Any) -> str | None:
    if not isinstance(value, dict):
        return "is no table"
    if unknown := next((key for key in value if key not in _LEAD_KEYS), None):
        return f"{unknown} is unknown"
    try:
        lead = msgspec.convert({"url": "-", "at": _ANY_TIME} | value, Lead)
    except msgspec.ValidationError as error:
        return f"cannot be read ({error})"
    return None if lead.at.tzinfo else "at has no offset, so nobody knows when that was"


_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "fetched_at": _is_moment,
    "status": _is_status,
    "headers": _are_headers,
    "lead": _is_lead,
}


def _of_html(file: Path, meta: Meta) -> Page:
    url, fetched_at = _required(file, meta)
    return Page(
        url=url,
        requested_url=meta.requested_url or url,
        body=_body(file),
        fetched_at=fetched_at,
        status=meta.status,
        headers={name.lower(): value for name, value in meta.headers.items()},
        lead=_lead(url, fetched_at, meta.lead) if meta.lead else None,
    )


def _required(file: Path, meta: Meta) -> tuple[str, datetime]:
    if meta.url is None or meta.fetched_at is None:
        key = "url" if meta.url is None else "fetched_at"
        raise InputError(f"{file.parent / META}: {key}: is missing; add it, like {_EXAMPLES[key]}")
    return meta.url, meta.fetched_at


def _lead(url: str, fetched_at: datetime, given: dict[str, Any]) -> Lead:
    return msgspec.convert({"url": url, "at": fetched_at} | given, Lead)


def _body(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}; mend its permissions") from error
    body = _inflated(file, data) if file.suffix == ".gz" else data
    if len(body) > MAX_BODY:
        raise InputError(f"{file}: is larger than {MAX_BODY} bytes; no crawl takes such a page")
    return body


def _inflated(file: Path, data: bytes) -> bytes:
    inflator = zlib.decompressobj(31)
    try:
        body = inflator.decompress(data, MAX_BODY + 1)
    except zlib.error:
        inflator, body = zlib.decompressobj(31), b""
    if not inflator.eof and len(body) <= MAX_BODY:
        raise InputError(f"{file}: is no whole gzip file; save the page anew: scrapy golden add")
    return body


def _of_archive(file: Path, meta: Meta) -> Page:
    """The one page of an archive, or that of the URL that is given."""
    pages = list(pages_of(file))
    chosen = [page for page in pages if meta.url in (None, page.url, page.requested_url)]
    if len(chosen) != 1:
        what = f"holds {len(pages)} pages" if meta.url is None else f"holds not one of {meta.url}"
        raise InputError(f"{file}: {what}; name one of them in {META}: {_EXAMPLES['url']}")
    return chosen[0]


def pages_of(file: Path) -> Iterator[Page]:
    """The pages of a file, as golden pages are cleaned: without where they are stored.

    Raises:
        InputError: the file cannot be read, or is of no known kind.
    """
    for page in read_source(file):
        if not isinstance(page, Refusal):
            yield bare(page)


def bare(page: Page) -> Page:
    """A page without what depends on the machine and the run: archive, run, path of the file."""
    lead = None if page.lead and page.lead.via in ("archive", "file") else page.lead
    return replace(page, lead=lead, warc=None, run_id=None, spider=None)
