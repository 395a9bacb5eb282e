"""Cleans pages in worker processes: a page that hangs or crashes costs only itself.

pebble rather than concurrent.futures, which keeps a hung worker for ever and loses the whole pool
when one crashes. The time limit is the worker's own: the kernel's alarm ends it inside C code too,
and also where the parent was killed and nobody else would.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import NamedTuple, Self

from pebble import ProcessExpired, ProcessPool
from scrapy.settings import BaseSettings

from cleaning.article import Article, Refusal
from cleaning.cleaned import Cleaned
from cleaning.error import Refused
from cleaning.page import Page
from cleaning.record import compose_refusal
from cleaning.rules import Rules
from crawler.setting import number_of
from crawler.slowest import Slowest

# Not fork: Scrapy's process has threads. The fork server loads all of cleaning once.
_CONTEXT = multiprocessing.get_context("forkserver")
_MEGABYTE = 1024 * 1024
# So many pages wait per worker when a whole file is cleaned: enough to keep all of them busy.
_AHEAD = 4
# Seconds after which a page that is waited for is asked after.
_LOOK_EVERY = 1.0
# Exit code of a worker whose page took all its memory.
_OUT_OF_MEMORY = 71
# So many pages that took longest are remembered: enough to see what they have in common.
_SLOWEST = 20


class Limits(NamedTuple):
    """What cleaning one page may take: seconds, and bytes of address space."""

    seconds: float
    address_space: int


class Timed(NamedTuple):
    """A cleaned page, and the seconds that cleaning it took, without any waiting for a worker."""

    cleaned: Cleaned
    seconds: float


class Begun(NamedTuple):
    """The work on a page, and the pool that does it."""

    future: "Future[Timed]"
    pool: ProcessPool


class Workers:
    """A pool of processes that clean; with `count=0` the calling process does it itself."""

    def __init__(self, count: int, timeout: float, memory_mb: int) -> None:
        """Prepare the pool; its workers start with the first page.

        Args:
            count: worker processes; 0 for none.
            timeout: seconds that one page may take; not enforced where count is 0.
            memory_mb: megabytes of address space that a worker may use for a page; as above.
        """
        self.count = count
        #: Of those that `clean` was given.
        self.slowest = Slowest(_SLOWEST)
        self._limits = Limits(timeout, memory_mb * _MEGABYTE)
        self._pool: ProcessPool | None = None
        if count:
            # Now, so that it is ready when the first page comes.
            # numpy's OpenBLAS reserves memory for a thread a core, which would count for the limit.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            preloaded = ["crawler.own_group", "__main__", "crawler.workers", "crawler.warm"]
            _CONTEXT.set_forkserver_preload(preloaded)
            forkserver.ensure_running()

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Made from the COPYDESK_ settings.

        Raises:
            InputError: one of them is no number.
        """
        return cls(
            count=int(number_of(settings, "COPYDESK_WORKERS", least=0)),
            timeout=number_of(settings, "COPYDESK_CLEAN_TIMEOUT", least=0.001),
            memory_mb=int(number_of(settings, "COPYDESK_CLEAN_MEMORY_MB", least=1)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def clean(self, page: Page, rules: Rules) -> Cleaned:
        """Clean a page without blocking the event loop."""
        timed = await self._timed(page, rules)
        self.slowest.see(page.url, timed.seconds)
        return timed.cleaned

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
        self._pool = None

    async def _timed(self, page: Page, rules: Rules) -> Timed:
        if not self.count:
            return _clock(lambda: _clean_here(page, rules))
        try:
            return await _awaited(*self._begin(page, rules))
        except Exception as error:  # noqa: BLE001  (whatever befell the worker befell one page)
            # A worker that was ended had all its time; one that died tells none.
            is_late = isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGALRM
            refused = _refused(page, error, self._limits)
            return Timed(refused, self._limits.seconds if is_late else 0)

    def _promise(
        self, page: Page | Refusal, rules_for: Callable[[str], Rules]
    ) -> Callable[[], Article | Refusal]:
        """A call that waits for the result; the work on it has begun."""
        if isinstance(page, Refusal):
            return lambda: page
        rules = rules_for(page.url)
        if not self.count:
            return lambda: _clean_here(page, rules).result
        begun = self._begin(page, rules)
        return lambda: _finished(page, begun, self._limits).result

    def _begin(self, page: Page, rules: Rules) -> Begun:
        # pebble gives up a pool of which an idle worker was killed: the next page has a new one.
        if self._pool is None or not self._pool.active:
            self.close()
            self._pool = ProcessPool(self.count, initializer=_start_worker, context=_CONTEXT)
        future = self._pool.schedule(_clean_within, (page, rules, self._limits))
        return Begun(future, self._pool)


def _start_worker() -> None:
    # pebble's own handler would wait for C code to end.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _clock(work: Callable[[], Cleaned]) -> Timed:
    started = time.perf_counter()
    cleaned = work()
    return Timed(cleaned, time.perf_counter() - started)


def _clean_within(page: Page, rules: Rules, limits: Limits) -> Timed:
    """Clean in a worker; the limits hold for the cleaning alone, not for the work of the pool."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_space, hard))
    # No handler is set: the alarm ends the process.
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    try:
        return _clock(lambda: _cleaned(page, rules))
    except MemoryError:
        # What is half loaded, and the swollen heap, go with the process.
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  (lxml's errors cannot be sent to the parent)
        return Timed(_refused(page, error, limits), 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _cleaned(page: Page, rules: Rules) -> Cleaned:
    # Scrapy's process only hands pages on; for workers `crawler.warm` has loaded this before.
    from cleaning.clean import clean_with_audit  # noqa: PLC0415

    return clean_with_audit(page, rules)


def _clean_here(page: Page, rules: Rules) -> Cleaned:
    try:
        return _cleaned(page, rules)
    except Exception as error:  # noqa: BLE001  (as in a worker: a page costs only itself)
        return _refused(page, error, Limits(0, 0))


async def _awaited(future: "Future[Timed]", pool: ProcessPool) -> Timed:
    """The result; pebble forgets pages that wait when it gives up a pool, so that is looked for."""
    result = asyncio.wrap_future(future)
    while not (await asyncio.wait([result], timeout=_LOOK_EVERY))[0]:
        _check(pool)
    return result.result()


def _finished(page: Page, begun: Begun, limits: Limits) -> Cleaned:
    """The result, waited for as above."""
    try:
        while not wait([begun.future], timeout=_LOOK_EVERY).done:
            _check(begun.pool)
        return begun.future.result().cleaned
    except Exception as error:  # noqa: BLE001  (as above)
        return _refused(page, error, limits)


def _check(pool: ProcessPool) -> None:
    if not pool.active:
        raise BrokenProcessPool


def _refused(page: Page, error: Exception, limits: Limits) -> Cleaned:
    refused = _verdict(error, limits)
    return Cleaned(result=compose_refusal(page, refused), removed=())


def _verdict(error: Exception, limits: Limits) -> Refused:
    """What befell the page, as a countable reason."""
    if isinstance(error, BrokenProcessPool):
        return Refused("clean-crash", "the pool of worker processes broke down")
    if isinstance(error, ProcessExpired):
        if error.exitcode == -signal.SIGALRM:
            return Refused("clean-timeout", f"cleaning took over {limits.seconds:g} s")
        if error.exitcode == _OUT_OF_MEMORY:
            megabytes = limits.address_space // _MEGABYTE
            return Refused("clean-memory", f"cleaning took over {megabytes} MB")
        return Refused("clean-crash", f"the worker process died (exit code {error.exitcode})")
    return Refused("clean-error", f"{type(error).__name__}: {str(error)[:200]}")
