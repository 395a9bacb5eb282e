"""Crawls the newsroom from end to end, and shows what came out: `make crawl`.

python -m crawler.newsroom.demo [--output DIR]
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.highlighter import JSONHighlighter

from cleaning.error import CopydeskError
from cleaning.segment_file import read_segment
from crawler import settings
from crawler.addon import new_run_id
from crawler.disk import explained
from crawler.newsroom.server import Newsroom
from crawler.sealing import segments_of

#: The exit code that shells give to what Ctrl-C has ended.
_INTERRUPTED = 130
# What of a record is shown: letters of a text, entries of a list, columns of a line.
_LETTERS = 180
_ENTRIES = 3
_COLUMNS = 96


def main() -> int:
    """Read the command line and run; the exit code is Scrapy's, if Scrapy came to run."""
    parser = argparse.ArgumentParser(prog="python -m crawler.newsroom.demo", description=__doc__)
    parser.add_argument(
        "--output",
        type=Path,
        default=_from_here(Path(settings.COPYDESK_OUTPUT)),
        help="where records, ledger and archive go (default: the project's output/)",
    )
    try:
        return _demonstrate(parser.parse_args().output)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (CopydeskError, OSError) as error:
        sys.stderr.write(f"newsroom: {error}\n")
        return 1


def shorten(value: Any) -> Any:
    """A JSON value with long texts cut and long lists ended early; both say so."""
    if isinstance(value, str):
        return value if len(value) <= _LETTERS else f"{value[:_LETTERS].rstrip()}…"
    if isinstance(value, dict):
        return {key: shorten(inner) for key, inner in value.items()}
    if isinstance(value, list):
        rest = len(value) - _ENTRIES
        return [*map(shorten, value[:_ENTRIES]), *([f"… {rest} more"] if rest > 0 else [])]
    return value


def lay_out(value: Any, indent: int = 0) -> str:
    """A JSON value as text: what fits stands on one line, the rest on a line an entry."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or indent + len(flat) <= _COLUMNS:
        return flat
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {lay_out(one, indent + 2)}" for key, one in value.items()]
    else:
        lines = [lay_out(one, indent + 2) for one in value]
    margin = "\n" + " " * indent
    body = ",".join(f"{margin}  {line}" for line in lines)
    return f"{flat[0]}{body}{margin}{flat[-1]}"


def choose(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The record that shows most: English if there is one, with most fields filled."""
    return max(records, key=lambda record: (record["language"] == "en", _filled(record)))


def _filled(record: dict[str, Any]) -> int:
    return sum(bool(value) for value in record.values()) + len(record["removed"])


def _demonstrate(output: Path) -> int:
    console = Console(highlight=False, soft_wrap=True)
    run_id = new_run_id(datetime.now(UTC))
    with Newsroom() as newsroom:
        sites = output / "newsroom" / "sites"
        with explained(sites):
            newsroom.write_sites(sites)
        console.print(f"Crawling the bundled newsroom, served at {newsroom.proxy}/ meanwhile ...")
        exit_code = _crawl(sites, output, run_id)
    if exit_code == 0:
        _show(console, output, run_id)
    return exit_code


def _crawl(sites: Path, output: Path, run_id: str) -> int:
    chosen = {
        "COPYDESK_OUTPUT": output,
        "COPYDESK_RUN_ID": run_id,
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"sites={sites}"]
    command += [word for name, value in chosen.items() for word in ("-s", f"{name}={value}")]
    environment = os.environ | {"SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    with subprocess.Popen(command, env=environment) as crawl:  # noqa: S603  (our own words)
        # Ctrl-C reaches Scrapy too, which then ends in order: it needs the server until it has.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return crawl.wait()
        finally:
            signal.signal(signal.SIGINT, before)


def _show(console: Console, output: Path, run_id: str) -> None:
    """One record of this run, or where the earlier ones are."""
    segments = segments_of(output, run_id, "articles")
    if not segments:
        console.print(f"What earlier crawls have published is in {output / 'articles'}/")
        return
    lines = (line for segment in segments for line in read_segment(output, segment))
    records = [json.loads(line) for line in lines]
    console.print("\nOne of the records, shortened:\n")
    console.print(JSONHighlighter()(lay_out(shorten(choose(records)))))
    console.print(f"\nAll {len(records)} are in {output / segments[0].path}, one a line.")
    console.print("Crawl again and nothing is new; README.md says how to declare your own site.")


def _from_here(path: Path) -> Path:
    """The path as a reader of the terminal would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    sys.exit(main())
