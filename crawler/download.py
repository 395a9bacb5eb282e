"""Scrapy's HTTP/1.1 download handler, which connects only to where a crawl may go."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from OpenSSL.SSL import Error as TlsError
from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError
from scrapy.http import Response
from service_identity import VerificationError
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # ships no types

from crawler.fetch_failure import Declined
from crawler.gate import Gate, forbidden
from crawler.resolver import Visit, current_visit
from crawler.spiders.article import ArticleSpider

#: Bytes of a response's status line and headers; Chromium takes no more either.
MAX_HEADERS = 256 * 1024


class GuardedHandler(HTTP11DownloadHandler):
    """Has the answer of DNS checked for each request, and tells why one was not let through.

    Headers are bounded, and certificates not asked for where a site's TOML says so. Spiders that
    are not ours, and `scrapy fetch` and `shell`, go where they are sent.

    What is reached for in Scrapy's private parts is: the pool's protocol, to count what it reads,
    and the context factory, of which 2.19 has one for all hosts.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Made by Scrapy; http and https each have one."""
        super().__init__(crawler)
        self._guarded = issubclass(crawler.spidercls, ArticleSpider)
        if self._guarded:
            self._pool._factory = _BoundedFactory  # noqa: SLF001  (as Scrapy itself sets it)
            self._contextFactory = _TlsBySite(self._contextFactory, self)  # type: ignore[assignment]  # by zope

    @cached_property
    def gate(self) -> Gate:
        """Where the crawl may go; made once the spider is there."""
        return Gate(self._crawler.spider.sites)  # type: ignore[union-attr]  # our spiders

    async def download_request(self, request: Request) -> Response:
        """Send a request.

        Raises:
            Declined: its host is at an address that must not be asked, its certificate is not to be
                trusted, or its headers have no end.
        """
        if not self._guarded:
            return await super().download_request(request)
        # After all middlewares: nothing changes the URL any more.
        self.gate.check(request.url)
        visit = self._visit_of(request)
        before = current_visit.set(visit)
        try:
            return await super().download_request(request)
        except CannotResolveHostError as error:
            if visit and visit.refusal:
                raise forbidden(visit.refusal) from error
            raise
        except DownloadFailedError as error:
            _explain(error)
            raise
        finally:
            current_visit.reset(before)

    def _visit_of(self, request: Request) -> Visit | None:
        """What is checked of the answer of DNS; nothing of a proxy that the environment names.

        Whoever runs the crawl has chosen that, and it may well be at a private address.
        """
        if request.meta.get("_scheme_proxy"):
            return None
        return Visit(self.gate.allowed(request.url))


class _LongHeadersError(ValueError):
    """More headers than anybody needs."""


class _BoundedParser(_LenientHTTPClientParser):
    """Gives up on endless headers, of interim responses (1xx) too."""

    _read = 0

    def lineReceived(self, line: bytes) -> None:  # noqa: N802  (Twisted's name)
        self._read += len(line)
        if self._read > MAX_HEADERS:
            raise _LongHeadersError(f"more than {MAX_HEADERS} bytes of headers")
        super().lineReceived(line)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: object) -> "Deferred[object]":  # type: ignore[override]  # narrower
        response = super().request(request)  # type: ignore[arg-type]  # Twisted's own
        # As Scrapy's does: Twisted has no place to name a parser.
        self._parser.__class__ = _BoundedParser
        return response  # type: ignore[return-value]  # a Deferred of Twisted's response


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _BoundedProtocol:  # noqa: ARG002, N802
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


@implementer(IPolicyForHTTPS)
class _TlsBySite:
    """Asks each host for a certificate, but those whose site declares `verify_tls = false`."""

    def __init__(self, usual: Any, handler: GuardedHandler) -> None:
        self._usual = usual
        self._trusting = _ScrapyClientContextFactory(verify_certificates=False)
        self._handler = handler

    def creatorForNetloc(self, hostname: bytes, port: int) -> object:  # noqa: N802
        site = self._handler.gate.site_of(hostname.decode("ascii", "replace").lower())
        trusted = site is not None and not site.fetch.verify_tls
        policy = self._trusting if trusted else self._usual
        return policy.creatorForNetloc(hostname, port)


def _explain(error: DownloadFailedError) -> None:
    """Raise what lies behind a failed download, where it is known and would be so again."""
    for reason in _reasons(error.__cause__):
        if isinstance(reason, _LongHeadersError):
            raise Declined("too-large", str(reason)) from error
        if isinstance(reason, VerificationError):
            raise Declined("bad-certificate", f"it is not for this host: {reason!r}") from error
        if isinstance(reason, TlsError) and "certificate verify failed" in str(reason):
            raise Declined("bad-certificate", "it is not from an authority known here") from error


def _reasons(error: object) -> Iterator[object]:
    """What Twisted lists as causes, of causes too."""
    for failure in getattr(error, "reasons", ()):
        yield failure.value
        yield from _reasons(failure.value)
