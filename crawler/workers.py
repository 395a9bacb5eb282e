"""Cleans pages in worker processes: a page that hangs or crashes costs only itself.

pebble rather than concurrent.futures, which keeps a hung worker for ever and loses the whole pool
when one crashes.
"""

import asyncio
import multiprocessing
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self

from pebble import ProcessExpired, ProcessPool
from scrapy.settings import BaseSettings

from cleaning.article import Article, Refusal
from cleaning.clean import Cleaned, clean_with_audit
from cleaning.error import Refused
from cleaning.page import Page
from cleaning.record import compose_refusal
from cleaning.rules import Rules

_MEGABYTE = 1024 * 1024
# So many pages wait per worker when a whole file is cleaned: enough to keep all of them busy.
_AHEAD = 4


class Workers:
    """A pool of processes that clean; with `count=0` the calling process does it itself."""

    def __init__(self, count: int, timeout: float, memory_mb: int) -> None:
        """Prepare the pool; its processes start with the first page.

        Args:
            count: worker processes; 0 for none.
            timeout: seconds that one page may take; not enforced where count is 0.
            memory_mb: megabytes of address space that a worker may use.
        """
        self.count = count
        self._timeout = timeout
        self._pool = _start_pool(count, memory_mb) if count else None

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Made from the COPYDESK_ settings."""
        return cls(
            count=settings.getint("COPYDESK_WORKERS"),
            timeout=settings.getfloat("COPYDESK_CLEAN_TIMEOUT"),
            memory_mb=settings.getint("COPYDESK_CLEAN_MEMORY_MB"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def clean(self, page: Page, rules: Rules) -> Cleaned:
        """Clean a page without blocking the event loop."""
        if self._pool is None:
            return _clean_here(page, rules)
        future = self._pool.schedule(clean_with_audit, (page, rules), timeout=self._timeout)
        try:
            return await asyncio.wrap_future(future)
        except Exception as error:  # noqa: BLE001  (whatever befell the worker befell one page)
            return _refused(page, error, self._timeout)

    def clean_all(
        self, pages: Iterable[Page | Refusal], rules_for: Callable[[str], Rules]
    ) -> Iterator[Article | Refusal]:
        """Clean many pages; results come in the order of the pages, memory stays bounded.

        Args:
            pages: what is to be cleaned; refusals among them pass in their place.
            rules_for: gives the rules for a page's URL.
        """
        waiting: deque[Callable[[], Article | Refusal]] = deque()
        for page in pages:
            waiting.append(self._promise(page, rules_for))
            if len(waiting) > self.count * _AHEAD:
                yield waiting.popleft()()
        yield from (promise() for promise in waiting)

    def close(self) -> None:
        """End the worker processes; what they work on is lost."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # pebble's hints have gaps
            self._pool.join()

    def _promise(
        self, page: Page | Refusal, rules_for: Callable[[str], Rules]
    ) -> Callable[[], Article | Refusal]:
        """A call that waits for the result; the work on it has begun."""
        if isinstance(page, Refusal):
            return lambda: page
        rules = rules_for(page.url)
        if self._pool is None:
            return lambda: _clean_here(page, rules).result
        future = self._pool.schedule(clean_with_audit, (page, rules), timeout=self._timeout)
        return lambda: _finished(page, future, self._timeout).result


def _start_pool(count: int, memory_mb: int) -> ProcessPool:
    # Not fork: Scrapy's process has threads. The fork server loads cleaning once for all workers.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cleaning.clean"])
    return ProcessPool(
        max_workers=count, initializer=_start_worker, initargs=(memory_mb,), context=context
    )


def _start_worker(memory_mb: int) -> None:
    # Ctrl-C is for the parent, which ends the workers in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = memory_mb * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _clean_here(page: Page, rules: Rules) -> Cleaned:
    try:
        return clean_with_audit(page, rules)
    except Exception as error:  # noqa: BLE001  (as in a worker: a page costs only itself)
        return _refused(page, error, 0)


def _finished(page: Page, future: "Future[Cleaned]", timeout: float) -> Cleaned:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001  (as above)
        return _refused(page, error, timeout)


def _refused(page: Page, error: Exception, timeout: float) -> Cleaned:
    refused = _verdict(error, timeout)
    return Cleaned(result=compose_refusal(page, refused), removed=())


def _verdict(error: Exception, timeout: float) -> Refused:
    """What befell the page, as a countable reason."""
    if isinstance(error, (FutureTimeoutError, TimeoutError)):
        return Refused("clean-timeout", f"cleaning took over {timeout:g} s")
    if isinstance(error, ProcessExpired):
        return Refused("clean-crash", f"the worker process died (exit code {error.exitcode})")
    if isinstance(error, MemoryError):
        return Refused("clean-memory", "cleaning needed more memory than a worker may use")
    return Refused("clean-error", f"{type(error).__name__}: {str(error)[:200]}")
