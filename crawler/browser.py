"""Lets a browser build a page of what is fetched for it: the browser itself connects to nothing.

A browser that fetches by itself looks names up by itself, and follows redirects of what a page asks
for without asking anybody (Playwright's routes see the first URL alone, and scrapy-playwright is
built on them). So each answer is given to it from outside, and all its own ways out are shut.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cleaning.error import MissingError

_PACKAGE: Final = "playwright"
_CURE: Final = "pip install 'copydesk[render]' && playwright install chromium"
#: What a page may ask for: what its text can depend on. A style sheet that is missing stops some
#: applications; pictures, films, fonts and beacons none.
_WANTED: Final = frozenset({"script", "stylesheet", "fetch", "xhr"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_MAX_REQUESTS: Final = 100
_MAX_AT_ONCE: Final = 4
_MAX_PAGES: Final = 2
#: Milliseconds that a page may go on asking after it has been loaded.
_SETTLE: Final = 5_000
#: Seconds that closing a page may take before the browser is ended with it.
_CLOSING: Final = 5
_NOWHERE: Final = "nowhere.invalid"
_ARGUMENTS: Final = (
    # A proxy that does not exist, for all hosts and addresses, loopback too.
    f"--proxy-server=http://{_NOWHERE}:9",
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    # WebRTC would send datagrams past the proxy.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-background-networking",
    "--dns-prefetch-disable",
    "--js-flags=--max-old-space-size=512",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a page asks for."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer for the browser, its body without content coding."""

    status: int
    headers: Mapping[str, str]
    body: bytes


#: To a navigation it means: stay where you are; a failure would show a page that says so.
_STAY: Final = Given(status=204, headers={}, body=b"")
#: Raises whatever it likes where there is nothing to give.
Fetch = Callable[[Wanted], Awaitable[Given]]


class RenderError(Exception):
    """The browser could not make a page of it; the message is one line."""


@dataclass(slots=True)
class _Visit:
    """One page in the browser."""

    url: str
    page: Given
    fetch: Fetch
    max_bytes: int
    shown: bool = False
    asked: int = 0
    bytes: int = 0
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_MAX_AT_ONCE))


class Browser:
    """A Chromium that is started with its first page; each page has a profile of its own."""

    def __init__(self, executable: str, user_agent: str) -> None:
        """Take the path of Chromium, and whom the pages' scripts see."""
        self._executable = executable
        self._user_agent = user_agent
        self._driver: Any = None
        self._chromium: Any = None
        self._starting = asyncio.Lock()
        self._pages = asyncio.Semaphore(_MAX_PAGES)

    async def render(
        self, url: str, page: Given, fetch: Fetch, *, seconds: float, max_bytes: int
    ) -> str:
        """The page's HTML once its scripts have run.

        Args:
            url: of the page.
            page: the page as fetched.
            fetch: gets what the page asks for.
            seconds: that it may take, from when it is its turn.
            max_bytes: that the HTML may have, and a quarter of what may be fetched for it.

        Raises:
            RenderError: the browser failed, or the HTML is too large.
            TimeoutError: it took too long.
        """
        from playwright.async_api import Error  # noqa: PLC0415  (optional)

        visit = _Visit(url, page, fetch, max_bytes)
        async with self._pages:
            try:
                async with asyncio.timeout(seconds):
                    return await self._visit(visit)
            except Error as error:
                raise RenderError(" ".join(str(error).split())[:200]) from error

    async def close(self) -> None:
        """End the browser."""
        if self._chromium:
            await self._chromium.close()
        if self._driver:
            await self._driver.stop()
        self._chromium = self._driver = None

    async def _visit(self, visit: _Visit) -> str:
        chromium = await self._started()
        context = await chromium.new_context(
            user_agent=self._user_agent, service_workers="block", accept_downloads=False
        )
        try:
            await context.route("**/*", lambda route: self._answer(route, visit))
            await context.route_web_socket("**/*", lambda socket: socket.close())
            return await _html_of(await context.new_page(), visit)
        finally:
            await self._closed(context)

    async def _started(self) -> Any:
        from playwright.async_api import async_playwright  # noqa: PLC0415  (optional)

        async with self._starting:
            if self._driver is None:
                self._driver = await async_playwright().start()
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._driver.chromium.launch(
                    executable_path=self._executable,
                    args=list(_ARGUMENTS),
                    # Chromium refuses to have one as root.
                    chromium_sandbox=os.geteuid() != 0,
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
        return self._chromium

    async def _closed(self, context: Any) -> None:
        """Close a page; where its scripts keep it from that, the browser goes with it."""
        try:
            async with asyncio.timeout(_CLOSING):
                await context.close()
        except Exception:  # noqa: BLE001  (whatever Playwright raises of a page that hangs)
            with suppress(Exception):
                await self._chromium.close()
            self._chromium = None

    async def _answer(self, route: Any, visit: _Visit) -> None:
        given = await _given(route.request, visit)
        # The page may be closed by now.
        with suppress(Exception):
            if given is None:
                await route.abort()
            else:
                await route.fulfill(
                    status=given.status, headers=dict(given.headers), body=given.body
                )


async def _html_of(page: Any, visit: _Visit) -> str:
    from playwright.async_api import TimeoutError as NotSettled  # noqa: PLC0415  (optional)

    # What limits it is `render`, as a whole.
    page.set_default_timeout(0)
    await page.goto(visit.url, wait_until="commit")
    for state in ("load", "networkidle"):
        with suppress(NotSettled):
            await page.wait_for_load_state(state, timeout=_SETTLE)
    if urlsplit(page.url)[:2] != urlsplit(visit.url)[:2]:
        raise RenderError(f"the page has gone to {page.url[:80]}")
    size = await page.evaluate("document.documentElement.outerHTML.length")
    if size > visit.max_bytes:
        raise RenderError(f"the page has grown to {size} characters")
    return str(await page.content())


async def _given(request: Any, visit: _Visit) -> Given | None:
    """The answer to what a page asks for; None where it gets none."""
    if request.is_navigation_request():
        # Only the page itself, once: frames and where scripts lead are other pages.
        first, visit.shown = not visit.shown, True
        return visit.page if first else _STAY if _is_of_a_window(request) else None
    if request.resource_type not in _WANTED or request.method not in _METHODS:
        return None
    visit.asked += 1
    if visit.asked > _MAX_REQUESTS or visit.bytes > 4 * visit.max_bytes:
        return None
    async with visit.gate:
        try:
            given = await visit.fetch(_wanted(request))
        except Exception:  # noqa: BLE001  (whatever fails: the page lacks it, as in any browser)
            return None
    visit.bytes += len(given.body)
    return given


def _is_of_a_window(request: Any) -> bool:
    """Whether a navigation is not a frame's: those would wait for ever to be loaded."""
    try:
        return request.frame.parent_frame is None
    except Exception:  # noqa: BLE001  (Playwright has no frame yet, of a new window for instance)
        return False


def _wanted(request: Any) -> Wanted:
    return Wanted(
        url=request.url,
        method=request.method,
        headers=request.headers,
        body=request.post_data_buffer or b"",
    )


def chromium_path(named: str) -> str:
    """The Chromium to use: the one named, Playwright's own, or the system's.

    Args:
        named: COPYDESK_CHROMIUM, may be empty.

    Raises:
        MissingError: Playwright is not installed, or there is no Chromium; names the cure.
    """
    if find_spec(_PACKAGE) is None:
        raise MissingError(f"fetch.render: {_PACKAGE} is not installed; {_CURE}, or leave it out")
    path = shutil.which(named) if named else _own_chromium() or shutil.which("chromium")
    if not path:
        what = f"COPYDESK_CHROMIUM names {named!r}, which" if named else "Chromium"
        raise MissingError(f"fetch.render: {what} is not there; {_CURE}, or leave render out")
    return path


@cache
def _own_chromium() -> str | None:
    """Playwright's, where it has been installed; asked in a thread, since a loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_ask_playwright).result()


def _ask_playwright() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (optional)

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None
