"""Downloader middleware: article pages of a site with `render = true` go through a browser."""

from http import HTTPStatus
from typing import Any, Self
from urllib.parse import urljoin

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Headers, HtmlResponse, Response

from crawler.browser import Browser, Given, RenderError, Wanted, chromium_path
from crawler.coding import decode
from crawler.fetch_failure import Declined
from crawler.http_message import is_html
from crawler.middlewares.site import SiteMiddleware
from crawler.spiders.article import require_article_spider

#: Of the body as sent; and what each page has a context of its own against.
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
#: What is said for the crawler, not by the page.
_OURS = frozenset({"accept-encoding", "accept-language", "cookie", "host", "user-agent"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class RenderMiddleware:
    """Has a page built by the scripts that it brings, and gives out the HTML that comes of it.

    The page is fetched as any other; then the browser gets it, and what it asks for is fetched by
    the guarded download handler: addresses are checked, proxies, sizes and time limits are as the
    site has them, and redirects are followed here. No robots.txt is asked for these, and no delay
    kept: they are part of the page.

    Place it closer to the downloader than ArchiveMiddleware (890): what is archived is what is
    cleaned, the rendered HTML, with the header `X-Copydesk-Rendered`.

    Set: `meta["rendered"]`, true.
    Settings: COPYDESK_CHROMIUM; USER_AGENT, DOWNLOAD_TIMEOUT, DOWNLOAD_MAXSIZE,
    REDIRECT_MAX_TIMES.
    Stats: `copydesk/rendered`, `copydesk/render_requests`.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Take the crawler, whose spider knows the sites."""
        self._crawler = crawler
        self._settings = crawler.settings
        path = chromium_path(self._settings.get("COPYDESK_CHROMIUM", ""))
        self._browser = Browser(path, self._settings["USER_AGENT"])
        self._site = SiteMiddleware(crawler)
        proxied = self._settings.getbool("HTTPPROXY_ENABLED")
        self._proxies = HttpProxyMiddleware() if proxied else None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy.

        Raises:
            NotConfigured: no site is rendered.
            MissingError: one is, and there is no browser.
        """
        require_article_spider(crawler)
        if not any(site.fetch.render for site in crawler.spider.sites):  # type: ignore[union-attr]  # our spiders
            raise NotConfigured
        middleware = cls(crawler)
        crawler.signals.connect(middleware.spider_closed, signals.spider_closed)
        return middleware

    async def spider_closed(self) -> None:
        """End the browser."""
        await self._browser.close()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Render an article's page; all else passes.

        Raises:
            Declined: the browser made no page of it.
        """
        request.meta.pop("rendered", None)
        if not self._is_rendered(request, response):
            return response
        page = _given(response, self._max_bytes(request))
        if page is None or not is_html(page.headers.get("content-type"), page.body):
            return response
        html = await self._render(request, response, page)
        request.meta["rendered"] = True
        self._crawler.stats.inc_value("copydesk/rendered")
        return _as_response(html, request, response)

    def _is_rendered(self, request: Request, response: Response) -> bool:
        site = self._crawler.spider.site_of(request.url)  # type: ignore[union-attr]  # our spiders
        wanted = site is not None and site.fetch.render and request.meta.get("archive")
        return bool(wanted) and response.status == HTTPStatus.OK

    async def _render(self, request: Request, response: Response, page: Given) -> str:
        seconds = self._settings.getfloat("DOWNLOAD_TIMEOUT")
        try:
            return await self._browser.render(
                response.url,
                page,
                self._fetch,
                seconds=seconds,
                max_bytes=self._max_bytes(request),
            )
        except TimeoutError as error:
            raise Declined("timeout", f"the browser took over {seconds:g} s") from error
        except RenderError as error:
            raise Declined("render-failed", str(error)) from error

    def _max_bytes(self, request: Request) -> int:
        of_all = self._settings.getint("DOWNLOAD_MAXSIZE")
        return int(request.meta.get("download_maxsize", of_all))

    async def _fetch(self, wanted: Wanted) -> Given:
        """Get what a page asks for, after redirects."""
        url, method, body = wanted.url, wanted.method, wanted.body
        for _ in range(self._settings.getint("REDIRECT_MAX_TIMES") + 1):
            request = self._request(url, method, wanted, body)
            response = await self._send(request)
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                break
            url = urljoin(url, location.decode("latin-1"))
            if response.status == HTTPStatus.SEE_OTHER or method == "POST":
                method, body = "GET", b""
        else:
            raise Declined("too-many-redirects", wanted.url)
        given = _given(response, self._max_bytes(request))
        if given is None:
            raise Declined("corrupt", url)
        return given

    def _request(self, url: str, method: str, wanted: Wanted, body: bytes) -> Request:
        headers: dict[str, str] = {
            name: value
            for name, value in wanted.headers.items()
            if name.lower() not in _OURS and not name.startswith((":", "sec-"))
        }
        headers["User-Agent"] = self._settings["USER_AGENT"]
        headers["Accept-Encoding"] = "gzip, deflate"
        request = Request(url, method=method, headers=headers, body=body)
        request.meta["download_timeout"] = self._settings.getfloat("DOWNLOAD_TIMEOUT")
        self._site.process_request(request)
        if self._proxies:
            self._proxies.process_request(request)
        return request

    async def _send(self, request: Request) -> Response:
        """By the download handler, which lets nothing pass that the guard refuses."""
        self._crawler.stats.inc_value("copydesk/render_requests")
        handlers: Any = self._crawler.engine.downloader.handlers
        response: Response = await handlers.download_request_async(request)
        return response


def _given(response: Response, limit: int) -> Given | None:
    """A response for the browser; None where its coding cannot be undone within the limit."""
    coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
    body, fault = decode(response.body, coding, limit)
    if fault:
        return None
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    kept = {name: value for name, value in headers.items() if name not in _OF_THE_WIRE}
    return Given(status=response.status, headers=kept, body=body)


def _as_response(html: str, request: Request, response: Response) -> Response:
    headers = Headers(response.headers)
    for name in _OF_THE_WIRE:
        headers.pop(name, None)
    headers["Content-Type"] = "text/html; charset=utf-8"
    headers["X-Copydesk-Rendered"] = "the HTML after its scripts have run"
    return HtmlResponse(
        response.url,
        status=response.status,
        headers=headers,
        body=html.encode("utf-8", "replace"),
        request=request,
        flags=[*response.flags, "rendered"],
    )
