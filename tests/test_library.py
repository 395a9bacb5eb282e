"""A Scrapy project of one's own, as docs/library.md has it, crawls with copydesk."""

import os
import re
import subprocess
import sys
from pathlib import Path

from cleaning.read import read
from crawler.newsroom.server import Newsroom

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs" / "library.md").read_text("utf-8")
_FILES = ("scrapy.cfg", "desk/settings.py", "desk/pipelines.py", "desk/spiders/picked.py")


def _file(name: str) -> str:
    """What the page says to write into a file."""
    block = rf"`{name}`[^\n]*:\n\n```\w+\n(.*?)^```$"
    found = re.search(block, _PAGE, re.MULTILINE | re.DOTALL)
    assert found, name
    return found[1]


def test_a_project_of_ones_own_crawls(tmp_path: Path) -> None:
    for name in _FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_file(name), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if "SCRAPY" not in name}
    with Newsroom() as newsroom:
        newsroom.write_sites(tmp_path / "sites")
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "picked", "-s", "COPYDESK_WORKERS=1"],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    (article,) = read(tmp_path / "output")
    assert article.url.endswith("/tidal-bridge-closes-for-winter.html")
    assert done.stdout == f"new {article.url}\n"
