"""Why a request gave no page, as a countable reason."""

from dataclasses import dataclass
from typing import Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "unknown-host"),
    (DownloadConnectionRefusedError, "connection-refused"),
    (DownloadCancelledError, "too-large"),
    (ResponseDataLossError, "cut-short"),
    (UnsupportedURLSchemeError, "bad-url"),
    (DownloadFailedError, "connection-lost"),
)
# Scrapy gives these two no words.
_UNSAID: Final = {
    "cut-short": "the connection ended before the body that was announced",
    "too-large": "the body went on beyond DOWNLOAD_MAXSIZE, or the site's max_mb",
}


class NotModified(IgnoreRequest):
    """Raised by `ValidatorMiddleware` when a server says that a known article has not changed."""


class Declined(IgnoreRequest):
    """Raised where the crawler itself will not ask, or not believe what it got.

    `reason` is a slug to count by.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class NotAsked(IgnoreRequest):
    """Raised for what this run does not ask for, and the next may: no refusal, but counted.

    A site's budget is spent, it wants to be left alone, or the run is ending.
    """


class RobotsUnreachable(IgnoreRequest):
    """Raised for every URL of a host whose robots.txt could not be had (RFC 9309, 2.3.1.4)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why there is no page: a slug to count by, words for people, the status if there was one."""

    reason: str
    detail: str
    status: int | None = None


def explain(failure: Failure) -> Cause:
    """The cause of a failed request."""
    error = failure.value
    if error is None:
        return Cause("fetch-failed", "no cause was given")
    if isinstance(error, HttpError):
        status = error.response.status
        return Cause(f"http-{status}", f"the server answered {status}", status)
    for kind, reason in _REASONS:
        if isinstance(error, kind):
            return Cause(reason, _one_line(error) or _UNSAID.get(reason, ""))
    if isinstance(error, IgnoreRequest):
        return _explain_ignored(error)
    return Cause("fetch-failed", f"{type(error).__name__}: {_one_line(error)}")


def _explain_ignored(error: IgnoreRequest) -> Cause:
    detail = _one_line(error)
    if isinstance(error, Declined):
        return Cause(error.reason, detail)
    if isinstance(error, RobotsUnreachable):
        return Cause("robots-unreachable", detail)
    if "robots.txt" in detail:
        return Cause("robots", "robots.txt asks not to fetch it")
    if "max redirections" in detail:
        return Cause("too-many-redirects", detail)
    return Cause("ignored", detail or "a middleware declined the request")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
