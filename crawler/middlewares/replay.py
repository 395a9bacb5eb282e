"""Answers requests out of WARC files, and lets none through to the network."""

from pathlib import Path
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy.settings import BaseSettings
from scrapy.statscollectors import StatsCollector

from cleaning.error import InputError
from crawler.archive import Archived, read_response
from crawler.fetch_failure import Declined, NotAsked
from crawler.http_message import MAX_BODY


class ReplayMiddleware:
    """Replays archived responses; for spiders that name it in their own settings, at 900.

    They come as they were sent, still compressed: the middlewares that decode what a crawl gets,
    and decline what is damaged or too large, do so here too. What is larger than DOWNLOAD_MAXSIZE
    or `meta["download_maxsize"]` is declined, as the downloader does.

    Read: `meta["replay"]` = (path of the WARC file as str, offset of the response's record). Set:
    `meta["warc"]` (`WarcPlace`) and `meta["fetched_at"]` (aware datetime, the record's own).

    Whatever has no `meta["replay"]` is refused, robots.txt too: a replay never touches the network.
    Such spiders turn off what acts on live responses: ROBOTSTXT_OBEY, REDIRECT_ENABLED,
    RETRY_ENABLED, COOKIES_ENABLED. A page that refreshes to another one is left out, without a
    refusal, as in a crawl: the other one is archived by itself.

    Stats: `copydesk/replayed`, `copydesk/replay_refused`.
    """

    def __init__(self, stats: StatsCollector, settings: BaseSettings) -> None:
        self._stats = stats
        self._max_size = settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for a crawler."""
        return cls(crawler.stats, crawler.settings)

    def process_request(self, request: Request) -> Response:
        """The archived response.

        Raises:
            IgnoreRequest: the request names no record, or one that cannot be read or is too large.
        """
        try:
            archived = self._read(request)
        except NotAsked:
            raise
        except IgnoreRequest:
            self._stats.inc_value("copydesk/replay_refused")
            raise
        self._stats.inc_value("copydesk/replayed")
        return _to_response(archived, request)

    def _read(self, request: Request) -> Archived:
        if "replay" not in request.meta:
            raise IgnoreRequest(f"{request.url}: not in the archive; a replay does not fetch")
        # Scrapy's own mark: a redirect within the replay, whose request is a copy.
        if "redirect_reasons" in request.meta:
            raise NotAsked(f"{request.url}: is archived by itself, if it was fetched")
        path, offset = request.meta["replay"]
        try:
            archived = read_response(Path(path), offset)
        except InputError as error:
            raise IgnoreRequest(str(error)) from error
        request.meta["warc"] = archived.place
        request.meta["fetched_at"] = archived.fetched_at
        limit = min(request.meta.get("download_maxsize", self._max_size) or MAX_BODY, MAX_BODY)
        if len(archived.sent) > limit:
            raise Declined("too-large", f"{path}: over {limit} bytes at byte {offset}")
        return archived


def _to_response(archived: Archived, request: Request) -> Response:
    """The response; archives of other crawlers may hold chunks, which are undone by now."""
    headers = Headers(
        {
            name.encode("latin-1"): value.encode("latin-1")
            for name, value in archived.headers.items()
            if name != "transfer-encoding"
        }
    )
    kind = responsetypes.from_args(headers=headers, url=archived.url, body=archived.sent)
    return kind(
        archived.url,
        status=archived.status,
        headers=headers,
        body=archived.sent,
        request=request,
        flags=["replayed"],
    )
