"""Answers requests out of WARC files, and lets none through to the network."""

from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, HtmlResponse, Response
from scrapy.responsetypes import responsetypes
from scrapy.statscollectors import StatsCollector

from cleaning.error import InputError
from crawler.archive import Archived, read_response
from crawler.fetch_failure import Declined

#: Headers of the body as it was sent; the replayed body is decoded.
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class ReplayMiddleware:
    """Replays archived responses; for spiders that name it in their own settings, at 900.

    Read: `meta["replay"]` = (path of the WARC file as str, offset of the response's record). Set:
    `meta["warc"]` (`WarcPlace`) and `meta["fetched_at"]` (aware datetime, the record's own).

    Whatever has no `meta["replay"]` is refused, robots.txt too: a replay never touches the network.
    Such spiders turn off what acts on live responses: ROBOTSTXT_OBEY, REDIRECT_ENABLED,
    METAREFRESH_ENABLED, RETRY_ENABLED, COOKIES_ENABLED.

    Stats: `copydesk/replayed`, `copydesk/replay_refused`.
    """

    def __init__(self, stats: StatsCollector) -> None:
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawler; there is nothing to set."""
        return cls(crawler.stats)

    def process_request(self, request: Request) -> Response:
        """The archived response.

        Raises:
            IgnoreRequest: the request names no record, or one that cannot be read or is oversize.
        """
        try:
            archived = _read(request)
        except (InputError, IgnoreRequest) as error:
            self._stats.inc_value("copydesk/replay_refused")
            raise (error if isinstance(error, Declined) else IgnoreRequest(str(error))) from error
        request.meta["warc"] = archived.place
        request.meta["fetched_at"] = archived.fetched_at
        self._stats.inc_value("copydesk/replayed")
        return _to_response(archived, request)


def _read(request: Request) -> Archived:
    if "replay" not in request.meta:
        raise IgnoreRequest(f"{request.url}: not in the archive; a replay does not fetch")
    path, offset = request.meta["replay"]
    archived = read_response(Path(path), offset)
    if archived.oversize:
        raise IgnoreRequest(f"{path}: the response at byte {offset} is too large to clean")
    if archived.fault:
        raise Declined(archived.fault.value, f"{path}: the response at byte {offset} is not whole")
    return archived


def _to_response(archived: Archived, request: Request) -> Response:
    headers = Headers(
        {
            name.encode("latin-1"): value.encode("latin-1")
            for name, value in archived.headers.items()
            if name not in _OF_THE_WIRE
        }
    )
    headers["Content-Length"] = str(len(archived.body))
    kind = HtmlResponse if archived.is_html else _kind_of(archived, headers)
    return kind(
        archived.url,
        status=archived.status,
        headers=headers,
        body=archived.body,
        request=request,
        flags=["replayed"],
    )


def _kind_of(archived: Archived, headers: Headers) -> type[Response]:
    return responsetypes.from_args(headers=headers, url=archived.url, body=archived.body)
