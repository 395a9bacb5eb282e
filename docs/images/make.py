"""Makes the pictures of this folder anew.

    python docs/images/make.py

Crawls the bundled newsroom, reports on the run, explains its articles, and photographs two of the
pages. Needs copydesk[render], a Chromium and Pillow, which makes the files smaller.
"""

# ruff: noqa: INP001, TID251  (a script, and of the crawler)

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from cleaning.identity import article_id
from crawler.browser import chromium_path

HERE = Path(__file__).parent
PARISH = "http://newsroom.example/blog/2025/10/why-the-parish-newsletter-refuses-to-die/"
WIDTH, HEIGHT = 1300, 1046
#: Of a palette; text has no more.
COLOURS = 256


def main() -> None:
    """Write explain.png and report.png."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        output = Path(folder)
        run("crawler.newsroom.demo", "--output", output)
        sites = output / "newsroom" / "sites"
        report = output / "report.html"
        given = ("--explain", "all", "--sites", sites, "-s", f"COPYDESK_OUTPUT={output}")
        run("scrapy", "report", *given, "-o", report)
        chromium = playwright.chromium.launch(executable_path=chromium_path(""))
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto((output / "explanations" / f"{article_id(PARISH)}.html").as_uri())
        scroll_to_sidebar(page)
        photograph(page, "explain")
        page.goto(report.as_uri())
        photograph(page, "report")
        chromium.close()


def run(module: str, *args: object) -> None:
    """Run a module of this Python, from the project's root."""
    command = [sys.executable, "-m", module, *map(str, args)]
    subprocess.run(command, check=True, cwd=HERE.parents[1])  # noqa: S603  (our own words)


def scroll_to_sidebar(page: Any) -> None:
    """Have the end of the article and the alloys in the window; on the right, in the original."""
    page.get_by_role("heading", name="A list of small things").evaluate(
        "heading => heading.scrollIntoView()"
    )
    page.mouse.wheel(0, -12)
    page.frame_locator("iframe").get_by_text("Alloy for brine").scroll_into_view_if_needed()


def photograph(page: Any, name: str) -> None:
    """Write what the window shows, with few colours."""
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(COLOURS)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
