"""A command loads what it needs: Scrapy loads all commands for each, so each pays for all."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: Large packages of others, and what of ours brings most of them in.
HEAVY = """
    aiohttp botocore catboost dateparser datasets feedparser fsspec htmldate isal jinja2 langdetect
    msgspec numpy pandas pebble playwright polars py3langid requests rich sqlite3 tldextract
    trafilatura warcio
    cleaning.article cleaning.dates cleaning.decode cleaning.metadata cleaning.phrase
    crawler.ledger crawler.sealing crawler.site crawler.spiders crawler.workers
""".split()
CLEANING = ["cleaning.clean", "cleaning.dates", "cleaning.phrase", "dateparser", "trafilatura"]
#: Command lines, `@` for a folder with a page and sites; a module that each loads, and what not.
STARTS = {
    "any command": ("version", "crawler.command_line", [*HEAVY, "crawler.tasks"]),
    "read": ("read @", "crawler.tasks.read", [*CLEANING, "crawler.ledger", "numpy", "rich"]),
    "verify": ("verify @", "crawler.tasks.verify", [*CLEANING, "crawler.ledger"]),
    "sites": (
        "sites --sites @/sites",
        "crawler.tasks.sites",
        [*CLEANING, "crawler.ledger", "crawler.spiders.article"],
    ),
    "explain": (
        "explain @/page.html --json -s COPYDESK_OUTPUT=@",
        "crawler.tasks.explain",
        ["crawler.ledger", "crawler.spiders.article", "feedparser", "jinja2", "rich"],
    ),
}


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[str], set[str]]:
    """Runs a command line in a new process; the modules that it has loaded, and their packages."""
    (tmp_path / "page.html").write_text("<title>Ferry</title><p>The ferry left the quay at noon.")
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "a.toml").write_text('domain = "ferry.example"\n[clean]\nbody = ["main"]')

    def modules(line: str) -> set[str]:
        args = line.replace("@", str(tmp_path)).split()
        command = [sys.executable, "-X", "importtime", "-m", "scrapy", *args]
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        names = [
            said.rpartition("|")[2].strip()
            for said in process.stderr.splitlines()
            if said.startswith("import time:")
        ]
        return set(names)

    return modules


@pytest.mark.parametrize("name", STARTS)
def test_nothing_heavy_is_loaded_in_vain(loaded: Any, name: str) -> None:
    line, wanted, unwanted = STARTS[name]
    modules = loaded(line)
    assert wanted in modules
    assert sorted(modules & set(unwanted)) == []
