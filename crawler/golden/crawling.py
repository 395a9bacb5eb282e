"""The fixture `crawl`: a real crawl of a folder of pages, served on loopback."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cleaning.article import Article, Refusal
from crawler.golden.folder_site import SITE, FolderSite
from crawler.golden.toml_text import toml_of
from crawler.newsroom.server import Newsroom

#: Seconds after which a crawl is taken to hang.
_PATIENCE = 300
_HOST = "example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What came of a crawl."""

    records: list[Article]
    refusals: list[Refusal]
    #: `runs/RUN.json`; empty where the run did not come so far.
    summary: dict[str, Any]
    exit_code: int
    #: Log of the crawl, and its summary for people.
    log: str
    #: Paths that were asked for, in order.
    asked: list[str]
    #: COPYDESK_OUTPUT of the crawl.
    output: Path

    def record(self, path: str) -> Article:
        """The record of the page at a path; AssertionError, saying what became of it, if none."""
        for record in self.records:
            if record.url.endswith(path):
                return record
        refused = [one for one in self.refusals if one.url.endswith(path)]
        became = f"{refused[0].reason}: {refused[0].detail}" if refused else "nothing came of it"
        raise AssertionError(f"no record of {path}: {became}\n{self.log}")


class Crawl:
    """Crawls folders of pages; see `__call__`."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        """Take pytest's maker of temporary folders."""
        self._factory = factory

    def __call__(
        self,
        folder: str | Path,
        host: str | None = None,
        *,
        site: str | Path | None = None,
        output: Path | None = None,
        settings: Mapping[str, object] | None = None,
    ) -> Crawled:
        """Serve a folder under a host's name, crawl it, and give what came of it.

        Args:
            folder: the pages; their paths are the site's.
            host: the site's domain; unless told that of its declaration, or example.org.
            site: the site's TOML file; unless told `site.toml` in the folder, or one is made.
            output: of an earlier crawl, to be the next run there, which asks for all pages again;
                unless told, a new one.
            settings: Scrapy's and copydesk's, for this crawl.

        Raises:
            ArgumentError: there is no such folder.
            SiteError: the site's file is missing, or no TOML.
        """
        base, given = Path(folder), Path(site) if site else None
        served = FolderSite(base, host or _domain(given or base / SITE) or _HOST)
        work = self._factory.mktemp("crawl")
        target = output or work / "output"
        with Newsroom(library=served) as server:
            sites = work / "sites"
            sites.mkdir()
            declared = toml_of(served.declaration(server.proxy, given))
            (sites / f"{served.host}.toml").write_text(declared, encoding="utf-8")
            before = set((target / "runs").glob("*.json"))
            refused = set((target / "rejected").rglob("*.jsonl"))
            done = _run(work, sites, target, dict(settings or {}))
            asked = [request.path for request in server.requests]
        runs = sorted(set((target / "runs").glob("*.json")) - before)
        rejected = sorted(set((target / "rejected").rglob("*.jsonl")) - refused)
        return Crawled(
            records=_read([work / "records.jsonl"], Article),
            refusals=_read(rejected, Refusal),
            summary=json.loads(runs[-1].read_bytes()) if runs else {},
            exit_code=done.returncode,
            log=done.stderr,
            asked=asked,
            output=target,
        )


def _domain(file: Path) -> str | None:
    """The domain that a declaration names; what is wrong with it is said by the crawl."""
    try:
        domain = tomllib.loads(file.read_text("utf-8")).get("domain")
    except (OSError, ValueError):
        return None
    return domain if isinstance(domain, str) else None


def _run(
    work: Path, sites: Path, output: Path, settings: dict[str, object]
) -> "subprocess.CompletedProcess[str]":
    # One worker: starting more takes longer than a few pages do.
    chosen = {"LOG_LEVEL": "WARNING", "COPYDESK_OUTPUT": output, "COPYDESK_WORKERS": 1} | settings
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"sites={sites}"]
    command += ["-a", "revisit=all", "-O", str(work / "records.jsonl")]
    command += [word for name, value in chosen.items() for word in ("-s", f"{name}={value}")]
    environment = {"SCRAPY_SETTINGS_MODULE": "crawler.settings"} | os.environ
    return subprocess.run(  # noqa: S603  (our own words)
        command,
        cwd=work,
        env=environment | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )


def _read(paths: list[Path], kind: type[Any]) -> list[Any]:
    lines = (line for path in paths if path.exists() for line in path.read_bytes().splitlines())
    return [msgspec.json.decode(line, type=kind) for line in lines]
