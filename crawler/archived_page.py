"""Makes pages of archived responses, with what their crawl knew of them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from cleaning.article import Refusal, Warc
from cleaning.error import InputError
from cleaning.page import Lead, Page, WarcPlace
from cleaning.pagination import next_part
from cleaning.timestamp import format_timestamp
from crawler.archive import Archived, read_archive, read_response
from crawler.http_message import MAX_BODY
from crawler.source_file import Flaw


def archived_page(archived: Archived, path: Path) -> Page | Refusal:
    """The page that an archived response is, or why it is none."""
    if flaw := _archived_flaw(archived):
        return _refuse_archived(archived, flaw)
    return Page(
        url=archived.url,
        requested_url=archived.requested_url,
        body=archived.body,
        fetched_at=archived.fetched_at,
        status=archived.status,
        headers=archived.headers,
        lead=archived_lead(archived, path),
        warc=archived.place,
    )


def archived_lead(archived: Archived, path: Path) -> Lead:
    """What led to a page: what its crawl knew, else the archive itself."""
    known = archived.evidence.lead if archived.evidence else None
    return known or Lead(
        url=archived.url,
        via="archive",
        at=archived.fetched_at,
        source_url=path.absolute().as_uri(),
    )


class ArticleParts:
    """The further pages of articles in an archive: a crawl says of them what they continue."""

    def __init__(self, path: Path) -> None:
        """Take the archive; it is read through when an article that goes on is met."""
        self._path = path
        self._joined: set[WarcPlace] = set()

    def has(self, archived: Archived) -> bool:
        """Whether a response has been joined to the first page of its article."""
        return archived.evidence is not None and archived.evidence.continues in self._joined

    def joined(self, page: Page) -> Page:
        """The page with those that continue it, as far as they are whole."""
        goes_on = b"next" in page.body and next_part(page.body.decode("latin-1"), page.url)
        if not page.warc or not goes_on:
            return page
        self._joined.add(page.warc)
        return replace(page, continuations=tuple(self._of(page.warc)))

    def _of(self, first: WarcPlace) -> Iterator[Page]:
        for offset in self._offsets.get(first, ()):
            part = archived_page(read_response(self._path, offset), self._path)
            if isinstance(part, Refusal):
                return
            yield part

    @cached_property
    def _offsets(self) -> dict[WarcPlace, list[int]]:
        offsets: dict[WarcPlace, list[int]] = {}
        # What is damaged is said where the file is read for its pages.
        with suppress(InputError):
            for archived in read_archive(self._path):
                if archived.evidence and archived.evidence.continues:
                    offsets.setdefault(archived.evidence.continues, []).append(
                        archived.place.offset
                    )
        return offsets


def _archived_flaw(archived: Archived) -> Flaw | None:
    if archived.status not in {0, HTTPStatus.OK}:
        return Flaw(f"http-{archived.status}", "the server did not send a page")
    if archived.oversize:
        return Flaw("too-large", f"is larger than {MAX_BODY} bytes")
    if archived.fault:
        return Flaw(archived.fault.value, "its compression is damaged, so that it is not whole")
    if not archived.is_html:
        media_type = archived.headers.get("content-type", "unknown")
        return Flaw("not-html", f"is of content type {media_type}")
    if not archived.body.strip():
        return Flaw("empty-page", "holds nothing")
    return None


def _refuse_archived(archived: Archived, flaw: Flaw) -> Refusal:
    return Refusal(
        url=archived.url,
        requested_url=archived.requested_url,
        reason=flaw.reason,
        detail=flaw.detail,
        stage="clean",
        at=format_timestamp(archived.fetched_at),
        status=archived.status,
        warc=Warc(file=archived.place.file, offset=archived.place.offset),
        run_id=None,
        spider=None,
    )
