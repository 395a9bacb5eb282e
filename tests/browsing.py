"""A real Chromium for tests of pages that copydesk makes: what it shows, says and asks for.

Needs copydesk[render] and a Chromium. What axe-core finds is looked at where AXE_CORE names its
`axe.min.js`, as `npm pack axe-core` has it.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from cleaning.error import MissingError
from crawler.browser import chromium_path

try:
    CHROMIUM = chromium_path("")
    _MISSING = ""
except MissingError as error:
    CHROMIUM, _MISSING = "", str(error)

AXE = os.environ.get("AXE_CORE", "")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
COLOURS = ("light", "dark")
#: Violations by which somebody is kept from reading.
_SERIOUS = {"serious", "critical"}

with_chromium = pytest.mark.skipif(not CHROMIUM, reason=f"needs a browser: {_MISSING}")
with_axe = pytest.mark.skipif(not AXE, reason="AXE_CORE does not name an axe.min.js")


class Opened:
    """A page in a window, and what the browser said and asked for."""

    def __init__(self, browser: Any, path: Path, size: str = "desktop", **given: Any) -> None:
        width, height = SIZES[size]
        self.context = browser.new_context(viewport={"width": width, "height": height}, **given)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())

    @property
    def width(self) -> int:
        """Of what is shown, in pixels."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width

    def violations(self) -> list[Any]:
        """What axe-core finds serious; the page is to be opened with `bypass_csp=True`."""
        self.page.evaluate(Path(AXE).read_text("utf-8"))
        found = self.page.evaluate("axe.run()")["violations"]
        return [(one["id"], one["nodes"]) for one in found if one["impact"] in _SERIOUS]
